package cases

import (
	"context"
	"errors"
	"slices"
	"strings"

	"gabarit/app/files"
	"gabarit/app/opened"
	"gabarit/assets"
	"gabarit/engine"
	"gabarit/engine/matter"
	"gabarit/engine/photo"
	"gabarit/engine/rights"
)

// Formats lists the formats a letter can be written in.
func Formats() []string { return []string{"pdf", "txt"} }

// MissingFields names the fields of a letter that are still to be filled in ("sender_name", ...).
func MissingFields(f matter.LetterFields) []string { return rights.Missing(f) }

// MissingFields is the function MissingFields, for those who know a Matters only by what it can do.
func (*Matters) MissingFields(f matter.LetterFields) []string { return MissingFields(f) }

// ComposeLetter gives the letter as plain text, for a preview; nothing is written or recorded. CodeInvalid
// names the fields that are missing in its cause.
func (m *Matters) ComposeLetter(ctx context.Context, req matter.LetterRequest) (string, error) {
	v, ctx, done, err := m.door.Enter(ctx, "cases.ComposeLetter")
	if err != nil {
		return "", err
	}
	defer done()
	req.Fields.Thumbnails = false // text shows none
	_, doc, err := compose(ctx, v, req)
	if err != nil {
		return "", err
	}
	return rights.Text(doc), nil
}

// ExportLetter writes a case's letter into the folder Dir, one file per format, and records the export. An
// existing file is never overwritten: the new ones get a number. The paths written are returned. If the
// export can't be recorded, the files are taken back.
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
	c, doc, err := compose(ctx, v, req)
	if err != nil {
		return nil, err
	}
	var out []files.New
	for _, f := range formats {
		data, err := render(doc, f)
		if err != nil {
			return nil, err
		}
		out = append(out, files.New{Ext: f, Data: data})
	}
	paths, err := files.WriteNew(req.Dir, fileBase(c, req.Right), out)
	if err != nil {
		return nil, err
	}
	rec := engine.LetterRecord{Right: req.Right, Lang: req.Lang, Formats: formats, At: m.door.Now()}
	if err := v.Store.RecordLetter(ctx, c.ID, rec); err != nil {
		return nil, errors.Join(err, files.RemoveAll(paths))
	}
	m.door.Tell(engine.EventCases)
	return paths, nil
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

func render(doc matter.LetterDoc, format string) ([]byte, error) {
	if format == "txt" {
		return []byte(rights.Text(doc)), nil
	}
	return rights.PDF(doc)
}

func compose(ctx context.Context, v opened.Vault, req matter.LetterRequest) (engine.Case, matter.LetterDoc, error) {
	c, err := v.Store.Case(ctx, req.Case)
	if err != nil {
		return c, matter.LetterDoc{}, err
	}
	doc, err := composeCase(ctx, v, c, req)
	return c, doc, err
}

func composeCase(ctx context.Context, v opened.Vault, c engine.Case, req matter.LetterRequest) (matter.LetterDoc, error) {
	letters, err := rights.NewLetters(assets.FS())
	if err != nil {
		return matter.LetterDoc{}, err
	}
	annex, err := annex(ctx, v, c, req.Fields.Thumbnails)
	if err != nil {
		return matter.LetterDoc{}, err
	}
	return letters.Compose(c, req.Right, req.Lang, req.Fields, annex)
}

// annex lists the items of a case. A thumbnail shows the one face only: other people in the picture are
// blurred, because the letter goes to somebody who may not have seen them. A find that was erased from the vault has none.
func annex(ctx context.Context, v opened.Vault, c engine.Case, thumbnails bool) ([]matter.AnnexItem, error) {
	rows := make([]matter.AnnexItem, len(c.Items))
	for i, item := range c.Items {
		rows[i] = matter.AnnexItem{No: i + 1, Source: item.Source, SHA256: item.SHA256, FoundAt: item.FoundAt}
		if !thumbnails {
			continue
		}
		crop, err := v.Crop(ctx, item.Face)
		if engine.CodeOf(err) == engine.CodeNotFound {
			continue // erased: the letter about it can still be written
		}
		if err != nil {
			return nil, err
		}
		if rows[i].Thumbnail, err = photo.BlurOthers(crop); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// maxFileHost bounds the part of a file name that comes from outside.
const maxFileHost = 60

// fileBase names a letter's files: reference, right and site, in characters every file system takes.
func fileBase(c engine.Case, right engine.Right) string {
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
	return clean(c.Ref) + "-" + clean(string(right)) + "-" + clean(site)
}
