package cases

import (
	"cmp"
	"context"
	"slices"

	"gabarit/engine"
	"gabarit/engine/matter"
	"gabarit/engine/rights"
	"gabarit/engine/rights/document"
)

// DraftCases groups items by site as OpenCases will: no IDs, no references, nothing stored or recorded.
func (m *Matters) DraftCases(_ context.Context, items []engine.CaseItem) ([]engine.Case, error) {
	if len(items) == 0 {
		return nil, engine.E(engine.CodeInvalid, "cases.DraftCases", "a case needs at least one item", nil)
	}
	return rights.BySite(items), nil
}

// draftRef stands in a preview for the reference that the store gives to a case when it is opened.
const draftRef = "…"

// DefaultController names whoever runs a site, as a letter in that language calls them; "" without a site.
func (m *Matters) DefaultController(site, lang string) string {
	return rights.DefaultController(site, lang)
}

// Offered lists the languages in which there is a letter for a right under a regime; those that are not en or fr are outlines.
func (m *Matters) Offered(regime matter.Regime, right engine.Right) []string {
	l, err := m.letters()
	if err != nil {
		return nil // Compose says why
	}
	return l.Offered(cmp.Or(regime, matter.RegimeEU), right)
}

// Provisions lists the keys of the provisions that a complaint can name, with their words in a language.
func (m *Matters) Provisions(regime matter.Regime, lang string) (keys []string, words map[string]string) {
	l, err := m.letters()
	if err != nil {
		return nil, nil
	}
	return l.Provisions(cmp.Or(regime, matter.RegimeEU), lang)
}

// PreviewLetter gives a letter for the screen: that of the request's case, or of items of one site before any case exists. Nothing is stored
// or recorded. CodeInvalid names the fields that are missing in its cause, unless the request's Gaps stand for them, and refuses items
// of several sites.
func (m *Matters) PreviewLetter(ctx context.Context, items []engine.CaseItem, req matter.LetterRequest) (matter.LetterDraft, error) {
	const op = "cases.PreviewLetter"
	v, ctx, done, err := m.door.Enter(ctx, op)
	if err != nil {
		return matter.LetterDraft{}, err
	}
	defer done()
	c := engine.Case{Ref: draftRef}
	if req.Case != "" {
		if c, err = v.Store.Case(ctx, req.Case); err != nil {
			return matter.LetterDraft{}, err
		}
	} else if drafts := rights.BySite(items); len(drafts) == 1 {
		c.Site, c.Items = drafts[0].Site, drafts[0].Items
	} else {
		return matter.LetterDraft{}, engine.E(engine.CodeInvalid, op, "a letter is for items of one site", nil)
	}
	if req.Case != "" {
		if req, err = m.prepared(c, req); err != nil {
			return matter.LetterDraft{}, err
		}
	}
	carries := req.Files != (matter.LetterFiles{}) || req.Fields.Thumbnails && !req.Fields.NoItems // what no link can
	req.Fields.Thumbnails = false                                                                  // text shows none
	req = enclosed(req)
	if err := accessFirst(c, &req, true); err != nil {
		return matter.LetterDraft{}, err
	}
	d, err := m.draft(c, req)
	if carries {
		d.Mail = ""
	}
	return d, err
}

// draft composes a letter with and without the user's changes.
func (m *Matters) draft(c engine.Case, req matter.LetterRequest) (matter.LetterDraft, error) {
	letters, err := m.letters()
	if err != nil {
		return matter.LetterDraft{}, err
	}
	rows := annexRows(c)
	doc, err := letters.Compose(c, req, rows)
	if err != nil {
		return matter.LetterDraft{}, err
	}
	base, err := letters.Base(c, req, rows)
	if err != nil {
		return matter.LetterDraft{}, err
	}
	d := matter.LetterDraft{Text: document.Text(doc), Base: rights.BodyText(base), Parts: rights.Merge(req.Edit, base), Notes: rights.Notes(req)}
	d.Body = rights.BodyText(doc.Body)
	d.Head, _, d.Tail = document.TextParts(doc)
	d.To = doc.To
	if link, ok := document.Mailto(doc); ok && doc.To != "" {
		d.Mail = link
	}
	return d, nil
}

// accessFirst keeps the order of access and erasure in one case: the letter of erasure says that access is to be answered first, and is not
// exported before the one of access is.
func accessFirst(c engine.Case, req *matter.LetterRequest, preview bool) error {
	if req.Right != engine.RightErasure || req.AccessAnswered {
		if req.AccessAnswered && req.Right == engine.RightErasure {
			req.Fields.AccessFirst = false
		}
		return nil
	}
	f := &req.Fields
	at := slices.IndexFunc(c.Letters, func(l engine.LetterRecord) bool { return l.Right == engine.RightAccess })
	switch {
	case at >= 0:
		f.AccessFirst = true
		if f.AccessDate.IsZero() {
			f.AccessDate = c.Letters[at].At.Local()
		}
	case f.AccessFirst && !preview:
		return engine.E(engine.CodeConflict, "cases.ExportLetter", "the letter of access comes first: export it before the letter of erasure", nil)
	case f.AccessFirst && f.AccessDate.IsZero():
		f.AccessDate = f.Date
	}
	return nil
}
