package engine

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// CollectionID names a collection in the vault (a ULID).
type CollectionID string

// Collection is a set of photos gathered for one stated purpose. It can't exist without
// purpose, legal basis, condition, source scope and retention (GDPR art. 5(1)(b), 5(1)(e), 6, 9(2)).
type Collection struct {
	ID         CollectionID
	Name       string
	Purpose    string
	Basis      string        // art. 6: one of LegalBases
	Condition  string        // art. 9(2): one of Conditions
	Scope      string        // see CheckScope: hosts for a site; ScopeLocal: what is named at collect time
	Retain     time.Duration // photos leave this long after they were collected
	Controller string        // who answers for the collection; empty: the user
	CreatedAt  time.Time
}

// LegalBases lists the legal bases of GDPR art. 6(1), points a to f, in their order.
func LegalBases() []string {
	return keys(Bases())
}

// Conditions lists the conditions of GDPR art. 9(2), points a to j, in their order.
func Conditions() []string {
	return keys(ConditionGrounds())
}

// Limits of a collection's fields.
const (
	MaxCollectionName = 100
	MaxPurpose        = 500
	MinRetain         = 24 * time.Hour
	MaxRetain         = 10 * 366 * 24 * time.Hour
	DefaultRetain     = 180 * 24 * time.Hour // offered; a record nobody re-checked for six months goes
)

// Validate reports the first field that is missing or wrong, as a CodeInvalid error.
func (c Collection) Validate() error {
	const op = "engine.Collection.Validate"
	bad := func(msg string) error { return E(CodeInvalid, op, msg, nil) }
	name := strings.TrimSpace(c.Name)
	switch {
	case name == "" || name != c.Name:
		return bad("a collection needs a name, without spaces around it")
	case utf8.RuneCountInString(name) > MaxCollectionName || strings.ContainsAny(name, "\x00\n\r\t"):
		return bad("the collection's name is too long or holds control characters")
	case strings.TrimSpace(c.Purpose) == "":
		return bad("a collection needs a purpose")
	case utf8.RuneCountInString(c.Purpose) > MaxPurpose:
		return bad("the purpose is too long")
	case !slices.Contains(LegalBases(), c.Basis):
		return bad("a collection needs a legal basis (GDPR article 6)")
	case c.Condition == "":
		return bad("a collection needs a condition for biometric data (GDPR article 9, paragraph 2)")
	case !slices.Contains(Conditions(), c.Condition):
		return bad("the condition is not one of GDPR article 9, paragraph 2")
	case c.Retain < MinRetain || c.Retain > MaxRetain:
		return bad("a collection needs a retention between one day and ten years")
	}
	return CheckScope(c.Scope)
}

// CollectionInfo is a collection with its counts.
type CollectionInfo struct {
	Collection
	Photos int
	Faces  int
	NoFace int // photos read, without a face
	Failed int // items that could not be read at their last try
}

// Totals counts the whole index.
type Totals struct {
	Faces       int `json:"faces"`
	Photos      int `json:"photos"`
	Collections int `json:"collections"`
	// OtherModel counts those of Faces whose templates another model made than the one in use. They can't be compared with a
	// probe and are not searched until they are made anew (CollectRequest.Retemplate). A store leaves it zero: it does not know
	// which model is in use.
	OtherModel int `json:"other_model"`
	// Hidden counts those that are kept out of every search although they are held, see matter.Hold. A store leaves it zero.
	Hidden int `json:"hidden"`
}

// Searchable is the number of faces that a search without a filter compares.
func (t Totals) Searchable() int { return t.Faces - t.OtherModel - t.Hidden }
