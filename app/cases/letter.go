package cases

import (
	"cmp"
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"

	"gabarit/app/files"
	"gabarit/app/opened"
	"gabarit/engine"
	"gabarit/engine/matter"
	"gabarit/engine/photo"
	"gabarit/engine/rights"
	"gabarit/engine/rights/document"
)

// Formats lists the formats a letter can be written in.
func Formats() []string { return document.Formats() }

// Rights lists the letters there are.
func Rights() []engine.Right { return rights.Rights() }

// MissingFields names the fields of a letter that are still to be filled in ("sender_name", ...).
func MissingFields(req matter.LetterRequest) []string {
	l, err := templates()
	if err != nil {
		return nil // Compose says why
	}
	return l.Missing(enclosed(req))
}

// MissingFields is the function MissingFields with the templates that are at hand.
func (m *Matters) MissingFields(req matter.LetterRequest) []string {
	l, err := m.letters()
	if err != nil {
		return nil
	}
	req = enclosed(req)
	if req.Right == engine.RightErasure && req.Fields.AccessFirst && req.Fields.AccessDate.IsZero() {
		req.Fields.AccessDate = req.Fields.Date // ExportLetter takes the day of the letter of access
	}
	return l.Missing(req)
}

// Notes gives what is to be known beside a letter: English sentences, keys of their translations.
func (*Matters) Notes(req matter.LetterRequest) []string { return rights.Notes(enclosed(req)) }

// enclosed names in the letter what goes with it.
func enclosed(req matter.LetterRequest) matter.LetterRequest {
	if req.Files.Portrait != "" {
		req.Fields.Portrait = portraitName
	}
	if req.Files.Proof != "" {
		req.Fields.AuthorityProof = filepath.Base(req.Files.Proof)
	}
	return req
}

// ExportLetter writes a case's letter into the folder Dir, one file per format, and records the export. An
// existing file is never overwritten: the new ones get a number. The paths written are returned. If the
// export can't be recorded, the files are taken back. CodeConflict: the letter of access comes first; CodeLimit: the letter is too long for the
// format (mailto).
func (m *Matters) ExportLetter(ctx context.Context, req matter.LetterRequest) ([]string, error) {
	const op = "cases.ExportLetter"
	v, ctx, done, err := m.door.Enter(ctx, op)
	if err != nil {
		return nil, err
	}
	defer done()
	formats, err := checkFormats(req.Formats)
	if err != nil {
		return nil, err
	}
	c, doc, err := m.compose(ctx, v, req)
	if err != nil {
		return nil, err
	}
	var out []files.New
	for _, f := range formats {
		data, err := document.Render(doc, f)
		if err != nil {
			return nil, err
		}
		out = append(out, files.New{Ext: f, Data: data})
	}
	paths, err := files.WriteNew(req.Dir, fileBase(c, req), out)
	if err != nil {
		return nil, err
	}
	if err := m.recordLetter(ctx, v, c, req, formats); err != nil {
		return nil, errors.Join(err, files.RemoveAll(paths))
	}
	return paths, nil
}

// recordLetter records an export, and who the case is addressed to where it does not know yet.
func (m *Matters) recordLetter(ctx context.Context, v opened.Vault, c engine.Case, req matter.LetterRequest, formats []string) error {
	rec := engine.LetterRecord{Right: req.Right, Lang: req.Lang, Formats: formats, At: m.door.Now(), Regime: string(cmp.Or(req.Regime, matter.RegimeEU))}
	err := errors.Join(adopt(ctx, v, c, req), v.Store.RecordLetter(ctx, c.ID, rec))
	if err == nil {
		m.door.Tell(engine.EventCases)
	}
	return err
}

// MailLetter gives a case's letter as a link that opens it in a mail program (RFC 6068), and records the export as ExportLetter does; no file is written,
// the request's Dir and Formats are not used. CodeInvalid: no mail address of the addressee is known; CodeLimit: a link can't hold the letter, because it is too
// long or something goes with it; an EML can.
func (m *Matters) MailLetter(ctx context.Context, req matter.LetterRequest) (string, error) {
	const op, format = "cases.MailLetter", "mailto"
	return opened.Use(ctx, m.door, op, func(ctx context.Context, v opened.Vault) (string, error) {
		c, doc, err := m.compose(ctx, v, req)
		switch {
		case err != nil:
			return "", err
		case doc.To == "":
			return "", engine.E(engine.CodeInvalid, op, "no e-mail address of the addressee is known", nil)
		case len(doc.Files) > 0 || slices.ContainsFunc(doc.Annex, func(it matter.LetterItem) bool { return len(it.Thumbnail) > 0 }):
			return "", engine.E(engine.CodeLimit, op, "a mail link carries neither files nor pictures: write the letter as EML, a draft for a mail program", nil)
		}
		link, err := document.Render(doc, format)
		if err != nil {
			return "", err
		}
		if err := m.recordLetter(ctx, v, c, req, []string{format}); err != nil {
			return "", err
		}
		return strings.TrimSpace(string(link)), nil
	})
}

func checkFormats(named []string) ([]string, error) {
	const op = "cases.ExportLetter"
	var out []string
	for _, f := range named {
		if !slices.Contains(Formats(), f) {
			return nil, engine.E(engine.CodeInvalid, op, "letters can't be written in this format", errors.New(f))
		}
		if !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	if len(out) == 0 {
		return nil, engine.E(engine.CodeInvalid, op, "a letter needs a format", nil)
	}
	return out, nil
}

// compose writes the letter of a stored case, with all that goes into its files.
func (m *Matters) compose(ctx context.Context, v opened.Vault, req matter.LetterRequest) (engine.Case, matter.LetterDoc, error) {
	c, err := v.Store.Case(ctx, req.Case)
	if err != nil {
		return c, matter.LetterDoc{}, err
	}
	if err := leftGap(req); err != nil {
		return c, matter.LetterDoc{}, err
	}
	req.Gaps = nil
	if req, err = m.prepared(c, req); err != nil {
		return c, matter.LetterDoc{}, err
	}
	req = enclosed(req)
	if err := accessFirst(c, &req, false); err != nil {
		return c, matter.LetterDoc{}, err
	}
	letters, err := m.letters()
	if err != nil {
		return c, matter.LetterDoc{}, err
	}
	rows := annexRows(c)
	if req.Fields.Thumbnails {
		if err := thumbnails(ctx, v, c, rows); err != nil {
			return c, matter.LetterDoc{}, err
		}
	}
	doc, err := letters.Compose(c, req, rows)
	if err != nil {
		return c, matter.LetterDoc{}, err
	}
	doc.Files, err = readEnclosures(ctx, req.Files)
	return c, doc, err
}

// leftGap finds the words of a gap in a text that the user edited while fields were still empty.
func leftGap(req matter.LetterRequest) error {
	for name, gap := range req.Gaps {
		if gap != "" && strings.Contains(req.Edit.Text, gap) {
			return engine.E(engine.CodeInvalid, "cases.ExportLetter", "the edited text still holds the place of an empty field", errors.New(name))
		}
	}
	return nil
}

// annexRows lists the items of a case.
func annexRows(c engine.Case) []matter.AnnexItem {
	rows := make([]matter.AnnexItem, len(c.Items))
	for i, item := range c.Items {
		rows[i] = matter.AnnexItem{No: i + 1, Source: item.Source, SHA256: item.SHA256, FoundAt: item.FoundAt, Confirmed: item.Confirmed}
	}
	return rows
}

// thumbnails sets the pictures of confirmed items. One shows the one face only: other people in the picture are
// blurred, because the letter goes to somebody who may not have seen them. A find that was erased from the vault has none.
func thumbnails(ctx context.Context, v opened.Vault, c engine.Case, rows []matter.AnnexItem) error {
	for i, item := range c.Items {
		if !item.Confirmed.Confirms() {
			continue
		}
		crop, err := v.Crop(ctx, item.Face)
		if engine.CodeOf(err) == engine.CodeNotFound {
			continue // erased: the letter about it can still be written
		}
		if err != nil {
			return err
		}
		if rows[i].Thumbnail, err = photo.BlurOthers(crop); err != nil {
			return err
		}
	}
	return nil
}

// maxFileHost bounds the part of a file name that comes from outside.
const maxFileHost = 60

// fileBase names a letter's files: reference, right and site, in characters every file system takes.
func fileBase(c engine.Case, req matter.LetterRequest) string {
	site := c.Site
	if site == "" {
		site = "local"
	}
	clean := func(s string) string {
		s = strings.Map(func(r rune) rune {
			switch {
			case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '.', r == '-':
				return r
			}
			return '_'
		}, s)
		return strings.Trim(s[:min(len(s), maxFileHost)], ".")
	}
	return clean(matter.LetterRef(c.Ref, req.About())) + "-" + clean(string(req.Right)) + "-" + clean(site)
}
