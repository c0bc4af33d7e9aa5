package collect

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"gabarit/engine"
)

// Day is what retentions are counted in.
const Day = 24 * time.Hour

// Step is one question of the wizard.
type Step int

// The steps, in their order.
const (
	StepSite    Step = iota // the address of a site, who asks, and within which limits
	StepTarget              // what is read, into which collection, and how it is looked at
	StepPurpose             // name and purpose of a new collection
	StepGrounds             // legal basis and condition
	StepKeep                // sources and retention
)

// Form is what the wizard holds. All methods are for one goroutine.
type Form struct {
	Sources  []string // what is to be read; empty: only the collection is made
	Existing []string // names of the collections there are

	Site    bool // a site is read: its address is asked for
	Address string
	Contact string
	Pages   string // visited at most; "": the collector's own limit
	Keep    bool   // what the site gives is also kept as a web archive, in
	Archive string // this folder

	New       bool // a new collection is described, else Name is an existing one
	Name      string
	Purpose   string
	Basis     string
	Condition string
	Scope     string // engine.ScopeLocal, or which sources are meant
	Days      string
	Detector  engine.DetectorKind
	Smallest  string // width of the smallest face wanted, in pixels; "": the detector's own

	at     int    // index of the present step
	scoped string // the scope that the address brought
}

// NewForm gives a form for sources, with the defaults filled in. With no collection yet, a new one is described.
func NewForm(sources, existing []string, preferred string) *Form {
	f := &Form{Sources: sources, Existing: existing, New: true, Scope: engine.ScopeLocal, Detector: engine.DetectorFast, Days: strconv.Itoa(int(engine.DefaultRetain / Day))}
	if len(sources) > 0 && len(existing) > 0 {
		f.New = false
		f.Name = existing[0]
		if slices.Contains(existing, preferred) {
			f.Name = preferred
		}
	}
	return f
}

// NewSiteForm gives a form for a site. A new collection is described, as its scope must name the site.
func NewSiteForm(existing []string, contact string) *Form {
	f := NewForm(nil, existing, "")
	f.Site, f.Contact, f.Scope = true, contact, ""
	return f
}

// NewSiteRetry gives a form for a site that is read again into its collection: it asks who asks.
func NewSiteRetry(existing []string, collection, address string) *Form {
	f := NewSiteForm(existing, "")
	f.New, f.Name = false, collection
	f.SetAddress(address)
	return f
}

// Steps are those that are asked, as far as is known by now.
func (f *Form) Steps() (out []Step) {
	if f.Site {
		out = append(out, StepSite)
	}
	if f.reads() {
		out = append(out, StepTarget)
	}
	if f.New {
		out = append(out, StepPurpose, StepGrounds, StepKeep)
	}
	return out
}

// reads tells whether anything is read when the form is complete.
func (f *Form) reads() bool { return f.Site || len(f.Sources) > 0 }

// At gives the present step, its number from 1, and how many there are.
func (f *Form) At() (step Step, number, of int) {
	steps := f.Steps()
	f.at = min(f.at, len(steps)-1)
	return steps[f.at], f.at + 1, len(steps)
}

// Last tells whether the present step is the last.
func (f *Form) Last() bool {
	_, n, of := f.At()
	return n == of
}

// Next goes on if what the present step asks for is complete, and tells whether it did.
func (f *Form) Next() bool {
	if f.Last() || f.CheckStep() != nil {
		return false
	}
	f.at++
	return true
}

// Back goes back, and tells whether it did.
func (f *Form) Back() bool {
	if f.at == 0 {
		return false
	}
	f.at--
	return true
}

// SetAddress takes the address of a site; a new collection's scope names its host, unless something else was typed there.
func (f *Form) SetAddress(text string) {
	f.Address = strings.TrimSpace(text)
	if f.Address != "" && !strings.Contains(f.Address, "://") {
		f.Address = "https://" + f.Address
	}
	if f.Scope == f.scoped {
		f.scoped = f.host()
		f.Scope = f.scoped
	}
}

// host is the name of the site, "" if the address is none.
func (f *Form) host() string {
	u, err := url.Parse(f.Address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || !strings.Contains(u.Hostname(), ".") {
		return ""
	}
	return strings.ToLower(u.Host)
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
		Scope: strings.TrimSpace(f.Scope), Retain: time.Duration(days) * Day}
}

// CheckStep reports the first thing that is missing or wrong in the present step, as a CodeInvalid error with a static message.
func (f *Form) CheckStep() error {
	step, _, _ := f.At()
	return f.check(step)
}

// Created notes that the new collection was made, though reading could not begin: the form is then about an existing one.
func (f *Form) Created() {
	f.New, f.Existing = false, append(f.Existing, strings.TrimSpace(f.Name))
	f.at = 0
}

// Check does so for all steps.
func (f *Form) Check() error {
	for _, s := range f.Steps() {
		if err := f.check(s); err != nil {
			return err
		}
	}
	return nil
}

func (f *Form) check(step Step) error {
	const op = "collect.Form.Check"
	switch step {
	case StepSite:
		return f.checkSite(op)
	case StepTarget:
		if !f.New && f.Name == "" {
			return engine.E(engine.CodeInvalid, op, "choose a collection", nil)
		}
		look, err := f.look()
		return cmp.Or(err, look.Check())
	case StepPurpose, StepGrounds, StepKeep:
	}
	return f.checkCollection(op, step)
}

func (f *Form) checkSite(op string) error {
	switch {
	case f.host() == "":
		return engine.E(engine.CodeInvalid, op, "type the address of a page of the site, as https://press.example/", nil)
	case !strings.Contains(f.Contact, "@") && !strings.Contains(f.Contact, "://"):
		return engine.E(engine.CodeInvalid, op, "collecting from sites needs a contact for their owners: your e-mail address, or the address of a page about you", nil)
	case f.Keep && f.Archive == "":
		return engine.E(engine.CodeInvalid, op, "choose a folder for the web archive", nil)
	}
	_, err := f.pages()
	return err
}

// checkCollection judges what a step and those before it ask: what later steps ask is filled in for that.
func (f *Form) checkCollection(op string, step Step) error {
	c := f.Collection()
	if step < StepKeep {
		c.Scope, c.Retain = engine.ScopeLocal, engine.DefaultRetain
	}
	if step < StepGrounds {
		c.Basis, c.Condition = "consent", engine.ImpliedCondition("consent")
	}
	if err := c.Validate(); err != nil {
		return err
	}
	if slices.Contains(f.Existing, c.Name) {
		return engine.E(engine.CodeInvalid, op, "a collection of this name exists already", nil)
	}
	return nil
}

// pages is the limit on pages, 0 for none; CodeInvalid where it is no number.
func (f *Form) pages() (int, error) {
	text := strings.TrimSpace(f.Pages)
	if text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n <= 0 {
		return 0, engine.E(engine.CodeInvalid, "collect.Form.pages", "the limit is a number of pages, or empty", nil)
	}
	return n, nil
}

// look is how the photos are searched for faces; CodeInvalid where the smallest face is no number.
func (f *Form) look() (engine.Look, error) {
	look := engine.Look{Detector: f.Detector}
	if text := strings.TrimSpace(f.Smallest); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n <= 0 {
			return look, engine.E(engine.CodeInvalid, "collect.Form.look", "the smallest face is a number of pixels, or empty", nil)
		}
		look.Smallest.Pixels = n
	}
	return look, nil
}

// Request asks to read the sources; ok is false when there are none.
func (f *Form) Request() (req engine.CollectRequest, ok bool) {
	req = engine.CollectRequest{Collection: strings.TrimSpace(f.Name), Sources: f.Sources}
	req.Look, _ = f.look() // Check has told of what is wrong
	if f.Site {
		req.Sources = []string{f.Address}
		req.Web = engine.WebOptions{Contact: strings.TrimSpace(f.Contact)}
		if f.Keep {
			req.Web.Archive = f.Archive
		}
		req.Web.Pages, _ = f.pages()
	}
	return req, f.reads()
}
