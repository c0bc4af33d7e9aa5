package directory

import (
	"bytes"
	"encoding/json"
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"gabarit/engine/matter"
)

// record is what is used of a company's record; other properties are passed over.
type record struct {
	Slug      string   `json:"slug"`
	Name      string   `json:"name"`
	Address   string   `json:"address"`
	Email     string   `json:"email"`
	Web       string   `json:"web"`
	Webform   string   `json:"webform"`
	Runs      []string `json:"runs"`
	Countries []string `json:"relevant-countries"`
	Lang      string   `json:"request-language"`
	Quality   string   `json:"quality"`
	Medium    string   `json:"suggested-transport-medium"`
	NeedsID   bool     `json:"needs-id-document"`
	Comments  []string `json:"comments"`
	Sources   []string `json:"sources"`
}

// obsolete is a record of obsolete-records/.
type obsolete struct {
	Slug     string `json:"slug"`
	Redirect string `json:"redirect-to"`
}

// What can be said of a record; keys of translations.
const (
	saidLeaves   = "the path leads out of the archive: refused"
	saidTooLarge = "larger than a record may be"
	saidBroken   = "not a record that can be read"
	saidNameless = "the record lacks name or identifier"
	saidTwice    = "the identifier is there twice: left out"
	saidWeb      = "the web address is not one that can be opened"
	saidMail     = "the e-mail address is none"
	saidFile     = "the file’s name is not the record’s identifier"
	saidLoop     = "the redirection leads nowhere"
	saidMore     = "and more that are not listed"
)

var slugForm = regexp.MustCompile(`^[a-z0-9-]{1,120}$`)

// controller reads a record. said is what is odd about it; bad is why it can't be taken, "" where it can.
func controller(data []byte, stem string) (c matter.Controller, said []string, bad string) {
	var r record
	d := json.NewDecoder(bytes.NewReader(data))
	if err := d.Decode(&r); err != nil || d.More() {
		return c, nil, saidBroken
	}
	c = matter.Controller{Slug: r.Slug, Name: line(r.Name), Address: lines(r.Address), Email: line(r.Email), Web: line(r.Web), Webform: line(r.Webform),
		Runs: each(r.Runs), Audience: each(r.Countries), Lang: line(r.Lang), Quality: line(r.Quality), Medium: line(r.Medium), NeedsID: r.NeedsID,
		Comments: each(r.Comments), Sources: each(r.Sources), Origin: matter.OriginImported}
	if !slugForm.MatchString(c.Slug) || c.Name == "" {
		return c, nil, saidNameless
	}
	if stem != "" && stem != c.Slug {
		said = append(said, saidFile)
	}
	for _, address := range []*string{&c.Web, &c.Webform} {
		if *address != "" && !opens(*address) {
			said = append(said, saidWeb)
		}
	}
	if c.Email != "" {
		if a, err := mail.ParseAddress(c.Email); err != nil || a.Address != c.Email {
			said, c.Email = append(said, saidMail), ""
		}
	}
	return c, said, ""
}

// opens tells whether a click on an address may open it.
func opens(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}

// line is foreign text on one line, without what is invisible or turns the direction of writing.
func line(s string) string {
	s = strings.ToValidUTF8(s, "\ufffd")
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), r == utf8.RuneError, unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

func lines(s string) string {
	var out []string
	for l := range strings.SplitSeq(s, "\n") {
		if l = line(l); l != "" {
			out = append(out, l)
		}
	}
	return strings.Join(out, "\n")
}

func each(list []string) []string {
	var out []string
	for _, s := range list {
		if s = line(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// follow gives the record that an old name leads to, over at most five steps; "" where it leads to none.
func (d *Directory) follow(slug string, known map[string]bool) string {
	const maxHops = 5
	for range maxHops {
		if known[slug] {
			return slug
		}
		next, ok := d.Obsolete[slug]
		if !ok || next == "" {
			return ""
		}
		slug = next
	}
	return ""
}

// Find gives a controller by its identifier, also by one that it had before.
func (d *Directory) Find(slug string) (matter.Controller, bool) {
	known := make(map[string]bool, len(d.Controllers))
	for _, c := range d.Controllers {
		known[c.Slug] = true
	}
	to := d.follow(slug, known)
	if i := slices.IndexFunc(d.Controllers, func(c matter.Controller) bool { return c.Slug == to }); to != "" && i >= 0 {
		return d.Controllers[i], true
	}
	return matter.Controller{}, false
}
