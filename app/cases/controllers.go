package cases

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"gabarit/app/files"
	"gabarit/app/opened"
	"gabarit/engine"
	"gabarit/engine/entry"
	"gabarit/engine/matter"
	"gabarit/engine/rights/directory"
)

// contactVersion is the form of a stored contact. One that is newer than the program is refused, never guessed at.
const contactVersion = 1

// contact is a document of the address book: one entry of the user's, or a directory as it was imported, as a whole.
type contact struct {
	Version    int                `json:"v"`
	Controller *matter.Controller `json:"controller,omitempty"`
	Directory  *imported          `json:"directory,omitempty"`
}

type imported struct {
	Source      string              `json:"source"`
	At          time.Time           `json:"at"`
	Controllers []matter.Controller `json:"controllers"`
	Obsolete    map[string]string   `json:"obsolete,omitempty"`
}

// book is the address book as it is stored.
type book struct {
	own       []matter.Controller
	directory imported
	id        string // of the directory's document; "": none
}

func readBook(ctx context.Context, v opened.Vault) (book, error) {
	var b book
	err := v.Store.Documents(ctx, engine.DocumentContact, func(id string, data []byte) error {
		var c contact
		if err := json.Unmarshal(data, &c); err != nil {
			return engine.E(engine.CodeCorrupt, "cases.readBook", "an entry of the address book is damaged", err)
		}
		switch {
		case c.Version > contactVersion:
			return engine.E(engine.CodeUnsupported, "cases.readBook", "the address book was written by a newer version of the program", fmt.Errorf("version %d", c.Version))
		case c.Controller != nil:
			c.Controller.ID = id
			b.own = append(b.own, *c.Controller)
		case c.Directory != nil:
			b.directory, b.id = *c.Directory, id
		}
		return nil
	})
	return b, err
}

// all lists the entries: the user's own, and those of the directory that the user has no own version of.
func (b book) all() []matter.Controller {
	mine := map[string]bool{}
	for _, c := range b.own {
		mine[c.Slug] = true
	}
	out := slices.Clone(b.own)
	for _, c := range b.directory.Controllers {
		if !mine[c.Slug] {
			c.Source, c.At = b.directory.Source, b.directory.At
			out = append(out, c)
		}
	}
	return out
}

// ImportControllers reads a directory of controllers in the form of the Datenanfragen data from a file or folder, in the place of the one before.
// Entries of the user are left alone. What is odd in it is said in the report. Errors: see directory.File.
func (m *Matters) ImportControllers(ctx context.Context, path string) (matter.DirectoryReport, error) {
	const op = "cases.ImportControllers"
	dir, report, err := readDirectory(path)
	if err != nil {
		return report, err
	}
	return opened.Use(ctx, m.door, op, func(ctx context.Context, v opened.Vault) (matter.DirectoryReport, error) {
		b, err := readBook(ctx, v)
		if err != nil {
			return report, err
		}
		for _, c := range b.own {
			if slices.ContainsFunc(dir.Controllers, func(d matter.Controller) bool { return d.Slug == c.Slug }) {
				report.Kept++
			}
		}
		report.Source = strings.TrimSpace(filepath.Base(path) + " " + report.Source)
		data, err := json.Marshal(contact{Version: contactVersion, Directory: &imported{Source: report.Source, At: m.door.Now(), Controllers: dir.Controllers, Obsolete: dir.Obsolete}})
		if err == nil && len(data) > engine.MaxDocument {
			err = engine.E(engine.CodeLimit, op, "the directory is too large", nil)
		}
		if err != nil {
			return report, err
		}
		return report, v.Store.ChangeDocuments(ctx, func(tx engine.DocumentTx) error {
			id := cmp.Or(b.id, tx.NewID())
			return errors.Join(tx.Put(engine.DocumentContact, id, data), tx.Log(entry.ContactsChanged("imported", report.Controllers)))
		})
	})
}

func readDirectory(path string) (directory.Directory, matter.DirectoryReport, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return directory.Folder(os.DirFS(path))
	}
	data, err := files.Read(path, directory.MaxArchive)
	if err != nil {
		return directory.Directory{}, matter.DirectoryReport{}, err
	}
	return directory.File(data)
}

// FindControllers lists who may answer for pages or pictures, with the reason of each, by the user's own entries and the imported directory. It never
// chooses. pages and images are addresses or bare domains; country is the user's, which only sorts.
func (m *Matters) FindControllers(ctx context.Context, pages, images []string, country string) ([]matter.Candidate, error) {
	return opened.Use(ctx, m.door, "cases.FindControllers", func(ctx context.Context, v opened.Vault) ([]matter.Candidate, error) {
		b, err := readBook(ctx, v)
		if err != nil {
			return nil, err
		}
		return directory.Match(b.all(), directory.Query{Pages: pages, Images: images, Country: country}), nil
	})
}

// Controllers lists the user's own entries, by name, and tells how many the imported directory has and where it is from.
func (m *Matters) Controllers(ctx context.Context) (own []matter.Controller, report matter.DirectoryReport, at time.Time, err error) {
	b, err := opened.Use(ctx, m.door, "cases.Controllers", func(ctx context.Context, v opened.Vault) (book, error) { return readBook(ctx, v) })
	if err != nil {
		return nil, report, at, err
	}
	slices.SortFunc(b.own, func(a, b matter.Controller) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.ID, b.ID))
	})
	return b.own, matter.DirectoryReport{Controllers: len(b.directory.Controllers), Source: b.directory.Source}, b.directory.At, nil
}

// AddressBook lists all entries: the user's own by name, then by name those of the imported directory that the user has no own version of. It tells how many the
// directory has and where it is from.
func (m *Matters) AddressBook(ctx context.Context) (all []matter.Controller, report matter.DirectoryReport, at time.Time, err error) {
	b, err := opened.Use(ctx, m.door, "cases.AddressBook", func(ctx context.Context, v opened.Vault) (book, error) { return readBook(ctx, v) })
	if err != nil {
		return nil, report, at, err
	}
	all = b.all()
	rank := func(c matter.Controller) int {
		if c.Origin == matter.OriginOwn {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(all, func(a, b matter.Controller) int {
		return cmp.Or(rank(a)-rank(b), strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), strings.Compare(a.ID+a.Slug, b.ID+b.Slug))
	})
	return all, matter.DirectoryReport{Controllers: len(b.directory.Controllers), Source: b.directory.Source}, b.directory.At, nil
}

// Controller gives an entry by the ID of the user's own or the identifier of the directory, also a former one. CodeNotFound.
func (m *Matters) Controller(ctx context.Context, name string) (matter.Controller, error) {
	return opened.Use(ctx, m.door, "cases.Controller", func(ctx context.Context, v opened.Vault) (matter.Controller, error) {
		b, err := readBook(ctx, v)
		if err != nil {
			return matter.Controller{}, err
		}
		if i := slices.IndexFunc(b.own, func(c matter.Controller) bool { return c.ID == name || c.Slug != "" && c.Slug == name }); i >= 0 {
			return b.own[i], nil
		}
		dir := directory.Directory{Controllers: b.directory.Controllers, Obsolete: b.directory.Obsolete}
		if c, ok := dir.Find(name); ok {
			c.Source, c.At = b.directory.Source, b.directory.At
			return c, nil
		}
		return matter.Controller{}, engine.E(engine.CodeNotFound, "cases.Controller", "the address book has no such entry", errors.New(name))
	})
}

// maxContactField bounds each text of an entry, in characters.
const maxContactField = 1000

// SaveController stores an entry of the user's: a new one, one in the place of that with its ID, or the user's own version of a directory's. An import
// never changes it. Source is where the address was read; empty: typed by hand. It gives the entry as it is stored.
func (m *Matters) SaveController(ctx context.Context, c matter.Controller) (matter.Controller, error) {
	const op = "cases.SaveController"
	c.Name, c.Email, c.Web, c.Source = strings.TrimSpace(c.Name), strings.TrimSpace(c.Email), strings.TrimSpace(c.Web), strings.TrimSpace(c.Source)
	if c.Name == "" {
		return c, engine.E(engine.CodeInvalid, op, "an entry of the address book needs a name", nil)
	}
	for _, s := range append([]string{c.Name, c.Address, c.Email, c.Web, c.Webform, c.Rep, c.Source}, c.Domains...) {
		if utf8.RuneCountInString(s) > maxContactField {
			return c, engine.E(engine.CodeLimit, op, "a field of the address book is too long", nil)
		}
	}
	for i, d := range c.Domains {
		if c.Domains[i] = directory.Domain(directory.Host(d)); c.Domains[i] == "" {
			return c, engine.E(engine.CodeInvalid, op, "this is no domain", errors.New(d))
		}
	}
	c.Origin, c.At = matter.OriginOwn, m.door.Now()
	return c, m.changeBook(ctx, op, func(tx engine.DocumentTx) error {
		if c.ID == "" {
			c.ID = tx.NewID()
		} else if _, err := tx.Get(engine.DocumentContact, c.ID); err != nil {
			return err
		}
		data, err := json.Marshal(contact{Version: contactVersion, Controller: &c})
		if err != nil {
			return err
		}
		return errors.Join(tx.Put(engine.DocumentContact, c.ID, data), tx.Log(entry.ContactsChanged("saved", 1, c.ID)))
	})
}

// RemoveController erases an entry of the user's; CodeNotFound.
func (m *Matters) RemoveController(ctx context.Context, id string) error {
	return m.changeBook(ctx, "cases.RemoveController", func(tx engine.DocumentTx) error {
		if _, err := tx.Get(engine.DocumentContact, id); err != nil {
			return err
		}
		return errors.Join(tx.Delete(engine.DocumentContact, id), tx.Log(entry.ContactsChanged("removed", 1, id)))
	})
}

func (m *Matters) changeBook(ctx context.Context, op string, change func(engine.DocumentTx) error) error {
	_, err := opened.Use(ctx, m.door, op, func(ctx context.Context, v opened.Vault) (struct{}, error) {
		return struct{}{}, v.Store.ChangeDocuments(ctx, change)
	})
	return err
}

// ConfirmItems notes what the user says of items of a case, by their numbers from 1: only those that are confirmed enter a letter.
func (m *Matters) ConfirmItems(ctx context.Context, id engine.CaseID, items []int, said engine.Verdict) error {
	const op = "cases.ConfirmItems"
	if !slices.Contains([]engine.Verdict{engine.VerdictYes, engine.VerdictNo, engine.VerdictUnsure}, said) {
		return engine.E(engine.CodeInvalid, op, "an item is confirmed with yes, no or unsure", errors.New(string(said)))
	}
	_, err := opened.Use(ctx, m.door, op, func(ctx context.Context, v opened.Vault) (struct{}, error) {
		return struct{}{}, v.Store.ChangeCase(ctx, id, func(c *engine.Case) (engine.AuditEntry, error) {
			c.Items = slices.Clone(c.Items)
			for _, n := range items {
				if n < 1 || n > len(c.Items) {
					return engine.AuditEntry{}, engine.E(engine.CodeNotFound, op, "the case has no such item", fmt.Errorf("%d", n))
				}
				c.Items[n-1].Confirmed = said
			}
			return entry.ItemsJudged(id, said, len(items)), nil
		})
	})
	if err == nil {
		m.door.Tell(engine.EventCases)
	}
	return err
}
