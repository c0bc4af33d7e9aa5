package cases

import (
	"context"

	"gabarit/engine"
	"gabarit/engine/matter"
	"gabarit/engine/rights"
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

// PreviewLetter gives, as plain text, the letter for items of one site before any case exists. The request's Case
// is not looked at; nothing is stored or recorded. CodeInvalid names the fields that are missing in its cause, and
// refuses items of several sites.
func (m *Matters) PreviewLetter(ctx context.Context, items []engine.CaseItem, req matter.LetterRequest) (string, error) {
	const op = "cases.PreviewLetter"
	v, ctx, done, err := m.door.Enter(ctx, op)
	if err != nil {
		return "", err
	}
	defer done()
	drafts := rights.BySite(items)
	if len(drafts) != 1 {
		return "", engine.E(engine.CodeInvalid, op, "a letter is for items of one site", nil)
	}
	req.Fields.Thumbnails = false // text shows none
	drafts[0].Ref = draftRef
	doc, err := composeCase(ctx, v, drafts[0], req)
	if err != nil {
		return "", err
	}
	return rights.Text(doc), nil
}
