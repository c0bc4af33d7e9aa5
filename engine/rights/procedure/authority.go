package procedure

import (
	"encoding/json"
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"

	"gabarit/engine"
	"gabarit/engine/matter"
)

// Authorities is the table of authorities. It is not changed after it was read.
type Authorities struct{ all []matter.Authority }

// ReadAuthorities reads authorities/authorities.json of the program's data.
func ReadAuthorities(fsys fs.FS) (Authorities, error) {
	const op = "procedure.ReadAuthorities"
	data, err := fs.ReadFile(fsys, "authorities/authorities.json")
	if err != nil {
		return Authorities{}, engine.E(engine.CodeInternal, op, "the table of authorities is missing", err)
	}
	var a Authorities
	if err := json.Unmarshal(data, &a.all); err != nil {
		return Authorities{}, engine.E(engine.CodeInternal, op, "the table of authorities is damaged", err)
	}
	return a, nil
}

// All lists the authorities: countries first, then the German Länder.
func (a Authorities) All() []matter.Authority { return slices.Clone(a.all) }

// Get gives an authority by its ID; CodeNotFound.
func (a Authorities) Get(id string) (matter.Authority, error) {
	i := slices.IndexFunc(a.all, func(x matter.Authority) bool { return strings.EqualFold(x.ID, id) })
	if i < 0 {
		return matter.Authority{}, engine.E(engine.CodeNotFound, "procedure.Authority", "there is no such authority in the table", errors.New(id))
	}
	return a.all[i], nil
}

// Choose proposes the authority of the person's residence, offers that of the controller's country, and asks for the Land where a
// German authority is concerned. Each regime has its own authorities.
func (a Authorities) Choose(c matter.Course) matter.AuthorityChoice {
	var out matter.AuthorityChoice
	home, there := strings.ToUpper(c.Residence), strings.ToUpper(c.To.Country)
	switch c.Regime {
	case matter.RegimeUK:
		home, there = "GB", ""
	case matter.RegimeCH:
		home, there = "CH", ""
	case matter.RegimeEU, "":
		if home == "GB" || home == "CH" {
			home = ""
		}
		if there == "GB" || there == "CH" {
			there = ""
		}
	default:
		return out
	}
	find := func(country string) (matter.Authority, bool) {
		id := country
		if country == "DE" {
			out.AskLand = true
			if c.Land == "" {
				return matter.Authority{}, false
			}
			id = "DE-" + strings.ToUpper(c.Land)
		}
		x, err := a.Get(id)
		return x, err == nil && country != ""
	}
	if x, ok := find(home); ok {
		out.Default = x
	}
	if there == home {
		return out
	}
	if x, ok := find(there); ok {
		out.Others = append(out.Others, x)
	}
	return out
}

// Lands lists the authorities of the German Länder for private controllers.
func (a Authorities) Lands() []matter.Authority {
	return slices.DeleteFunc(a.All(), func(x matter.Authority) bool { return x.Land == "" || x.PublicBodies })
}

// authorityCountry is the country of an authority's ID.
func authorityCountry(id string) string {
	country, _, _ := strings.Cut(id, "-")
	return country
}

// Preflight looks at a complaint before it is sent, with what is known of what the authority asks for: what stops it comes first.
func Preflight(a matter.Authority, f matter.Filing) (out []matter.Finding) {
	form := a.Form
	add := func(on, stops bool, text, detail string) {
		if on {
			out = append(out, matter.Finding{Stops: stops, Text: text, Detail: detail})
		}
	}
	add(form.PriorRequest && f.PriorRequest.IsZero(), true, "this authority asks that the controller was written to first", "")
	add(form.Proof && !f.Proof, true, "this authority asks for proof of the earlier request: attach the letter and the proof that it was sent", "")
	add(form.Signed && !f.Signed, true, "this authority asks for a signature", "")
	add(form.NotAnonymous && f.Anonymous, true, "this authority takes no anonymous complaint", "")
	add(form.Address && !f.Address, true, "this authority asks for your address", "")
	add(len(form.Languages) > 0 && !slices.Contains(form.Languages, f.Lang), true, "this authority takes complaints in its own languages only", strings.Join(form.Languages, ", "))
	out = append(out, filesAgainst(form, f.Files)...)
	add(form.OwnModel, false, "this authority has a form of its own that must be used; copy the text into it", "")
	add(form.IdentityCopy, false, "this authority asks for a copy of an identity document where the complaint is signed by hand", "")
	add(form.Qualified, false, "sent electronically, this authority asks for a qualified, trusted or personal signature", "")
	add(form.ConfirmDays > 0, false, "a plain e-mail to this authority must be confirmed within three working days", "")
	add(form.WithinMonths > 0, false, "this authority asks for complaints within three months of the last contact with the controller", "")
	add(form.ReportOnly, false, "this is a report: who makes it is no party to what follows; own claims go to the civil court", "")
	add(len(form.By) > 0, false, "this authority takes complaints by these ways only", strings.Join(form.By, ", "))
	add(len(form.Languages) == 0 && a.Language != "" && a.Language != f.Lang, false, "which languages this authority takes is not known; its own is", a.Language)
	add(a.URLKind == "website only", false, "only the authority’s website is known, not its page for complaints", "")
	add(a.Confidence != "A", false, "the address of this page was not checked lately: open it before you rely on it", "")
	return out
}

// filesAgainst looks at the annexes: their number, size and kind.
func filesAgainst(form matter.ComplaintForm, files []matter.FilingFile) (out []matter.Finding) {
	stop := func(text, detail string) {
		out = append(out, matter.Finding{Stops: true, Text: text, Detail: detail})
	}
	if form.MaxFiles > 0 && len(files) > form.MaxFiles {
		stop("this authority takes fewer files", "")
	}
	for _, f := range files {
		if refusedType(form, f.Name) {
			stop("this authority does not take files of this kind: send separate PDF files", f.Name)
		}
		if form.MaxFileBytes > 0 && f.Size > form.MaxFileBytes {
			stop("this file is larger than this authority takes", f.Name)
		}
	}
	return out
}

func refusedType(form matter.ComplaintForm, name string) bool {
	ext := strings.TrimPrefix(strings.ToLower(path.Ext(name)), ".")
	for _, t := range form.RefusedTypes {
		switch t {
		case "audio":
			if slices.Contains([]string{"mp3", "wav", "ogg", "flac", "m4a", "aac", "opus", "wma"}, ext) {
				return true
			}
		case "video":
			if slices.Contains([]string{"mp4", "mkv", "mov", "avi", "webm", "wmv", "mpg", "mpeg", "m4v"}, ext) {
				return true
			}
		case ext:
			return true
		}
	}
	return false
}
