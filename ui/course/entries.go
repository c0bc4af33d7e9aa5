package course

import (
	"slices"
	"strings"
	"time"

	"gabarit/engine"
	"gabarit/engine/matter"
)

// Entries is the address book as it is shown. For one goroutine.
type Entries struct {
	all        []matter.Controller
	candidates []matter.Candidate
	words      []string
	rows       []EntryRow
	at         int    // -1: none is chosen
	prefer     string // key of an entry that is to be chosen once it is there
}

// EntryRow is one entry. Why and Warnings are set where it may answer for the case that the book was opened for.
type EntryRow struct {
	matter.Controller
	Why      string
	Warnings []string
}

// NewEntries gives an empty book.
func NewEntries() *Entries { return &Entries{at: -1} }

// Set takes all entries, and of them those that may answer for a case, best first. Nothing is chosen, even if there is only one.
func (e *Entries) Set(all []matter.Controller, candidates []matter.Candidate) {
	e.all, e.candidates = all, candidates
	e.filter()
}

// Filter keeps the entries that have each of the words in their name, identifier, domains or addresses; "" keeps all.
func (e *Entries) Filter(text string) {
	e.words = strings.Fields(strings.ToLower(text))
	e.filter()
}

func (e *Entries) filter() {
	wanted := e.prefer
	if was, chosen := e.Current(); chosen && wanted == "" {
		wanted = entryKey(was.Controller)
	}
	e.rows, e.at = nil, -1
	seen := map[string]bool{}
	add := func(r EntryRow) {
		key := entryKey(r.Controller)
		if seen[key] || !holds(r.Controller, e.words) {
			return
		}
		seen[key] = true
		if key == wanted {
			e.at = len(e.rows)
		}
		e.rows = append(e.rows, r)
	}
	for _, c := range e.candidates {
		add(EntryRow{c.Controller, c.Why, c.Warnings})
	}
	for _, c := range e.all {
		add(EntryRow{Controller: c})
	}
	if e.at >= 0 {
		e.prefer = ""
	}
}

// entryKey tells entries apart.
func entryKey(c matter.Controller) string { return string(c.Origin) + "\x00" + c.ID + "\x00" + c.Slug }

func holds(c matter.Controller, words []string) bool {
	text := strings.ToLower(strings.Join(slices.Concat([]string{c.Name, c.Slug, c.Web, c.Email, c.Address}, c.Domains, c.Runs), "\n"))
	return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) })
}

// Prefer makes an entry the chosen one once it is read.
func (e *Entries) Prefer(c matter.Controller) { e.prefer = entryKey(c) }

// Rows are the entries that are shown.
func (e *Entries) Rows() []EntryRow { return e.rows }

// Select chooses an entry that is shown.
func (e *Entries) Select(i int) {
	if i >= 0 && i < len(e.rows) {
		e.at = i
	}
}

// Selected is the place of the chosen entry; -1 if there is none.
func (e *Entries) Selected() int { return e.at }

// Current is the chosen entry.
func (e *Entries) Current() (EntryRow, bool) {
	if e.at < 0 || e.at >= len(e.rows) {
		return EntryRow{}, false
	}
	return e.rows[e.at], true
}

// Addressed gives what a case notes of an entry. The directory tells whom a controller serves, not where it is established: country and time zone, which periods
// are counted by, stay only where the name does.
func Addressed(was matter.Addressee, c matter.Controller) matter.Addressee {
	to := matter.Addressee{Name: c.Name, Address: c.Address, Email: c.Email, Web: c.Web, Source: c.Source, SourceAt: matter.DayOf(c.At, time.Local)}
	if to.Name == was.Name {
		to.Country, to.Zone = was.Country, was.Zone
	}
	return to
}

// Places lists the pages and pictures of finds, to look for who answers for them.
func Places(items []engine.CaseItem) (pages, images []string) {
	for _, it := range items {
		pages, images = append(pages, it.Source.PageURL), append(images, it.Source.URL)
	}
	return pages, images
}

// EntryForm is an entry as it is typed.
type EntryForm struct {
	Name, Address, Email, Web, Webform, Rep, Domains, Source string // Domains one a line
	Biometric                                                bool

	of matter.Controller
}

// NewEntryForm gives the form of an entry; of one of the directory it makes the user's own version, which no import changes.
func NewEntryForm(c matter.Controller) *EntryForm {
	f := &EntryForm{Name: c.Name, Address: c.Address, Email: c.Email, Web: c.Web, Webform: c.Webform, Rep: c.Rep, Domains: strings.Join(c.Domains, "\n"), Source: c.Source, Biometric: c.Biometric, of: c}
	if c.Origin == matter.OriginImported {
		f.of.ID = ""
	}
	return f
}

// Controller is what was typed. An address of the directory's that was changed is not from there any more.
func (f *EntryForm) Controller() matter.Controller {
	c := f.of
	trim := strings.TrimSpace
	c.Name, c.Address, c.Email, c.Web = trim(f.Name), trim(f.Address), trim(f.Email), trim(f.Web)
	c.Webform, c.Rep, c.Source, c.Domains, c.Biometric = trim(f.Webform), trim(f.Rep), trim(f.Source), strings.Fields(f.Domains), f.Biometric
	was := f.of
	changed := c.Name != was.Name || c.Address != was.Address || c.Email != was.Email || c.Web != was.Web || c.Webform != was.Webform || c.Rep != was.Rep
	if changed && was.Origin == matter.OriginImported && c.Source == was.Source {
		c.Source = ""
	}
	return c
}
