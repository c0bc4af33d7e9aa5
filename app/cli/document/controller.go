package document

import "gabarit/engine/matter"

// Controller is an entry of the address book or of the imported directory.
type Controller struct {
	ID       string   `json:"id,omitempty"`   // of the user's own
	Slug     string   `json:"slug,omitempty"` // of the directory
	Name     string   `json:"name"`
	Address  string   `json:"address,omitempty"`
	Email    string   `json:"email,omitempty"`
	Web      string   `json:"web,omitempty"`
	Webform  string   `json:"webform,omitempty"`
	Rep      string   `json:"representative,omitempty"`
	Domains  []string `json:"domains,omitempty"`
	Lang     string   `json:"language,omitempty"`
	Quality  string   `json:"quality,omitempty"`
	Origin   string   `json:"origin"` // own, imported
	Source   string   `json:"source"` // of the address
	At       string   `json:"at"`     // when it was imported or last changed
	Weight   int      `json:"weight,omitempty"`
	Why      string   `json:"why,omitempty"` // what leads to it
	Warnings []string `json:"warnings,omitempty"`
}

// NewController is the document of an entry.
func NewController(c matter.Controller) Controller {
	return Controller{ID: c.ID, Slug: c.Slug, Name: c.Name, Address: c.Address, Email: c.Email, Web: c.Web, Webform: c.Webform, Rep: c.Rep, Domains: c.Domains,
		Lang: c.Lang, Quality: c.Quality, Origin: string(c.Origin), Source: c.Source, At: Stamp(c.At)}
}

// Import is what controller import prints.
type Import struct {
	Controllers int      `json:"controllers"`
	Redirected  int      `json:"redirected"`
	Kept        int      `json:"kept"` // the user's own entries that the directory has too
	Source      string   `json:"source"`
	Warnings    []Remark `json:"warnings"`
	Failed      []Remark `json:"failed"`
}

// Remark is one thing said of a file or record.
type Remark struct {
	Item   string `json:"item"`
	Reason string `json:"reason"`
}

// NewImport is the document of an import; text translates.
func NewImport(r matter.DirectoryReport, text func(string, ...any) string) Import {
	remarks := func(list []matter.Remark) []Remark {
		return Each(list, func(r matter.Remark) Remark { return Remark{r.Item, text(r.Reason)} })
	}
	return Import{r.Controllers, r.Redirected, r.Kept, r.Source, remarks(r.Warnings), remarks(r.Failed)}
}
