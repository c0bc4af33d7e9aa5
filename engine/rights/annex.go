package rights

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"gabarit/engine"
	"gabarit/engine/matter"
)

// The lines of the section "labels".
const (
	labelTitle = iota
	labelPage
	labelImage
	labelFile
	labelFound
	labelHash
	labelQuery
	labelCountry
	labelType
	wordWeb
	wordPreview
	wordFace
	labelCount
)

// confirmed copies the rows that the user said yes to, with safe text, local times and numbers.
func (l *Letters) confirmed(items []matter.AnnexItem, f matter.LetterFields) ([]matter.AnnexItem, error) {
	if f.NoItems {
		return nil, nil
	}
	if len(items) > MaxAnnex {
		return nil, fmt.Errorf("%d items, at most %d", len(items), MaxAnnex)
	}
	var rows []matter.AnnexItem
	for _, it := range items {
		if !it.Confirmed.Confirms() {
			continue
		}
		row := matter.AnnexItem{No: len(rows) + 1, SHA256: fileHash(it)}
		row.Source.PageTitle = title(it.Source.PageTitle)
		row.Source.PageURL = address(it.Source.AtTime(it.Source.PageURL))
		row.Source.URL = address(it.Source.AtTime(it.Source.URL))
		if row.Source.PageURL == "" && row.Source.URL == "" {
			if row.Source.File = fileName(it.Source.File); it.Source.Video != "" {
				row.Source.File += ", " + engine.Clock(it.Source.FrameMS)
			}
		}
		for _, u := range []string{row.Source.PageURL, row.Source.URL} {
			if utf8.RuneCountInString(u) > MaxURL {
				return nil, fmt.Errorf("item %d: an address of more than %d characters", row.No, MaxURL)
			}
		}
		if !it.FoundAt.IsZero() {
			row.FoundAt = it.FoundAt.In(l.Zone)
		}
		if f.Thumbnails {
			row.Thumbnail = it.Thumbnail
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// fileHash is that of the file that shows the face: of a frame that of the video, as the frame has no file.
func fileHash(it matter.AnnexItem) (h engine.SHA256) {
	if b, err := hex.DecodeString(it.Source.Video); err == nil && len(b) == len(h) {
		copy(h[:], b)
		return h
	}
	return it.SHA256
}

// fileName is the last part of a path of any system: the folders of the sender's computer
// are nobody's business.
func fileName(file string) string {
	if i := strings.LastIndexAny(file, `/\`); i >= 0 {
		file = file[i+1:]
	}
	return title(file)
}

// capital writes the first letter large.
func capital(s string) string {
	_, n := utf8.DecodeRuneInString(s)
	return strings.ToUpper(s[:n]) + s[n:]
}

// annex labels the rows. A search engine shows pages and image previews as results of their own, so a find is up to two items there.
func (v *values) annex(rows []matter.AnnexItem, req matter.LetterRequest) ([]matter.LetterItem, error) {
	lines, err := v.plain("labels")
	if err != nil || len(lines) != labelCount {
		return nil, engine.E(engine.CodeCorrupt, "rights.Letters.Compose", "a letter template is damaged", fmt.Errorf("labels: %d lines, want %d: %w", len(lines), labelCount, err))
	}
	var out []matter.LetterItem
	add := func(it matter.AnnexItem, rows ...matter.LetterRow) {
		rows = slices.DeleteFunc(rows, func(r matter.LetterRow) bool { return r.Value == "" })
		alt := ""
		if len(it.Thumbnail) > 0 {
			alt = fmt.Sprintf("%s %d", lines[wordFace], len(out)+1)
		}
		out = append(out, matter.LetterItem{No: len(out) + 1, Rows: rows, Thumbnail: it.Thumbnail, Alt: alt})
	}
	for _, it := range rows {
		known := v.itemRows(lines, req.Lang, it)
		if req.Right != engine.RightDelisting {
			add(it, known...)
			continue
		}
		for _, result := range []struct{ address, kind string }{{it.Source.PageURL, lines[wordWeb]}, {it.Source.URL, lines[wordPreview]}} {
			if result.address != "" {
				add(it, append([]matter.LetterRow{{Label: lines[labelQuery], Value: v.fields["names"]}, {Label: lines[labelCountry], Value: v.fields["country"]},
					{Label: lines[labelType], Value: result.kind}}, known...)...)
			}
		}
	}
	return out, nil
}

// itemRows gives the values of an item that are known, with their labels.
func (v *values) itemRows(labels []string, lang string, it matter.AnnexItem) []matter.LetterRow {
	hash, found := "", ""
	if it.SHA256 != (engine.SHA256{}) {
		hash = fmt.Sprintf("%x", it.SHA256[:])
	}
	if !it.FoundAt.IsZero() {
		found = momentWords(lang, it.FoundAt)
	}
	return []matter.LetterRow{
		{Label: labels[labelTitle], Value: it.Source.PageTitle},
		{Label: labels[labelPage], Value: it.Source.PageURL, Kind: matter.RowAddress, Link: link(it.Source.PageURL)},
		{Label: labels[labelImage], Value: it.Source.URL, Kind: matter.RowAddress, Link: link(it.Source.URL)},
		{Label: labels[labelFile], Value: it.Source.File},
		{Label: labels[labelFound], Value: found},
		{Label: labels[labelHash], Value: hash, Kind: matter.RowHash},
	}
}
