package library

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"gabarit/engine"
)

const day = 24 * time.Hour

// Form is what the add dialog holds. All methods are for one goroutine.
type Form struct {
	Sources  []string // what is to be read; empty: only the collection is made
	Existing []string // names of the collections there are

	New       bool // a new collection is described, else Name is an existing one
	Name      string
	Purpose   string
	Basis     string
	Condition string
	Scope     string // engine.ScopeLocal, or which sources are meant
	Days      string
	Detector  engine.DetectorKind
	Smallest  string // width of the smallest face wanted, in pixels; "": the detector's own
}

// NewForm gives a form for sources, with the defaults filled in. With no collection yet, a new one is described.
func NewForm(sources, existing []string, preferred string) *Form {
	f := &Form{Sources: sources, Existing: existing, New: true, Scope: engine.ScopeLocal, Detector: engine.DetectorFast, Days: strconv.Itoa(int(engine.DefaultRetain / day))}
	if len(sources) > 0 && len(existing) > 0 {
		f.New = false
		f.Name = existing[0]
		if slices.Contains(existing, preferred) {
			f.Name = preferred
		}
	}
	return f
}

// SetBasis chooses the legal basis and the condition that it brings with it; one that came with the former basis goes.
func (f *Form) SetBasis(basis string) {
	if implied := engine.ImpliedCondition(basis); implied != "" {
		f.Condition = implied
	} else if f.Condition == engine.ImpliedCondition(f.Basis) {
		f.Condition = ""
	}
	f.Basis = basis
}

// Collection is the new collection as described.
func (f *Form) Collection() engine.Collection {
	days, err := strconv.Atoi(strings.TrimSpace(f.Days))
	if err != nil || days < 0 || days > 100_000 {
		days = 0
	}
	return engine.Collection{Name: strings.TrimSpace(f.Name), Purpose: strings.TrimSpace(f.Purpose), Basis: f.Basis, Condition: f.Condition,
		Scope: strings.TrimSpace(f.Scope), Retain: time.Duration(days) * day}
}

// Check reports the first thing that is missing or wrong, as a CodeInvalid error with a static message.
func (f *Form) Check() error {
	const op = "library.Form.Check"
	if err := f.checkCollection(op); err != nil {
		return err
	}
	look, err := f.look()
	if err != nil {
		return err
	}
	return look.Check()
}

func (f *Form) checkCollection(op string) error {
	if !f.New {
		if f.Name == "" {
			return engine.E(engine.CodeInvalid, op, "choose a collection", nil)
		}
		return nil
	}
	c := f.Collection()
	if err := c.Validate(); err != nil {
		return err
	}
	if slices.Contains(f.Existing, c.Name) {
		return engine.E(engine.CodeInvalid, op, "a collection of this name exists already", nil)
	}
	return nil
}

// look is how the photos are searched for faces; CodeInvalid where the smallest face is no number.
func (f *Form) look() (engine.Look, error) {
	look := engine.Look{Detector: f.Detector}
	if text := strings.TrimSpace(f.Smallest); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n <= 0 {
			return look, engine.E(engine.CodeInvalid, "library.Form.look", "the smallest face is a number of pixels, or empty", nil)
		}
		look.Smallest.Pixels = n
	}
	return look, nil
}

// Request asks to read the sources; ok is false when there are none.
func (f *Form) Request() (req engine.CollectRequest, ok bool) {
	req = engine.CollectRequest{Collection: strings.TrimSpace(f.Name), Sources: f.Sources}
	req.Look, _ = f.look() // Check has told of what is wrong
	return req, len(f.Sources) > 0
}
