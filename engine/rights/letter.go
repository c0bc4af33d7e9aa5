package rights

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"gabarit/engine"
)

// columns is the number of labels of an annex row, in the order of annexRows.
const columns = 7

// kind names a letter.
type kind struct {
	right engine.Right
	lang  string
}

// Letters composes letters from templates. Safe for concurrent use once made.
type Letters struct {
	// Zone is the time zone in which dates of finds are told; NewLetters sets the computer's.
	Zone *time.Location

	templates map[kind]template
}

// NewLetters reads every letters/RIGHT.LANG.txt of fsys. A template that is not right in all
// its parts is an error (CodeCorrupt), and so is a folder without any.
func NewLetters(fsys fs.FS) (*Letters, error) {
	const op = "rights.NewLetters"
	files, err := fs.Glob(fsys, "letters/*.txt")
	if err == nil && len(files) == 0 {
		err = errors.New("no file letters/*.txt")
	}
	if err != nil {
		return nil, engine.E(engine.CodeCorrupt, op, "the letter templates are missing", err)
	}
	l := &Letters{Zone: time.Local, templates: make(map[kind]template)}
	for _, file := range files {
		right, lang, ok := strings.Cut(strings.TrimSuffix(path.Base(file), ".txt"), ".")
		if !ok || lang != "en" && lang != "fr" {
			return nil, engine.E(engine.CodeCorrupt, op, "a letter template is damaged", fmt.Errorf("%s: not named RIGHT.en.txt or RIGHT.fr.txt", file))
		}
		data, err := fs.ReadFile(fsys, file)
		if err != nil {
			return nil, engine.E(engine.CodeCorrupt, op, "a letter template is damaged", err)
		}
		t, err := parseTemplate(data)
		if err != nil {
			return nil, engine.E(engine.CodeCorrupt, op, "a letter template is damaged", fmt.Errorf("%s: %w", file, err))
		}
		setTypography(lang, t)
		l.templates[kind{engine.Right(right), lang}] = t
	}
	return l, nil
}

// setTypography sets the spaces of literal text as the language wants them. What users wrote stays as they wrote it.
func setTypography(lang string, t template) {
	var walk func([]node)
	walk = func(nodes []node) {
		for i := range nodes {
			nodes[i].text = typography(lang, nodes[i].text)
			walk(nodes[i].then)
			walk(nodes[i].otherwise)
		}
	}
	for _, nodes := range t {
		walk(nodes)
	}
}

// Compose writes the letter of a case. Fields and annex are taken as data: nothing in them acts as template or layout.
// Annex rows are numbered from 1 in the given order; thumbnails are left out unless f.Thumbnails asks for them.
//
// Reasons of an objection add ground c; without grounds the letter relies on d (unlawful processing).
//
// Errors: CodeInvalid with a *MissingError cause that names empty fields, CodeInvalid for an unknown ground, CodeUnsupported for
// a right or language without a letter, CodeLimit.
func (l *Letters) Compose(c engine.Case, right engine.Right, lang string, f engine.LetterFields, annex []engine.AnnexItem) (engine.LetterDoc, error) {
	const op = "rights.Letters.Compose"
	t, ok := l.templates[kind{right, lang}]
	if !ok {
		return engine.LetterDoc{}, engine.E(engine.CodeUnsupported, op, "there is no letter for this right in this language", fmt.Errorf("%s, %s", right, lang))
	}
	missing := Missing(f)
	if oneLine(c.Ref) == "" {
		missing = append(missing, "reference")
	}
	if len(annex) == 0 {
		missing = append(missing, "items")
	}
	if len(missing) > 0 {
		return engine.LetterDoc{}, engine.E(engine.CodeInvalid, op, "fields of the letter are empty", &MissingError{missing})
	}
	if err := tooLong(f); err != nil {
		return engine.LetterDoc{}, engine.E(engine.CodeLimit, op, "a field of the letter is too long", err)
	}
	grounds, err := groundsOf(f)
	if err != nil {
		return engine.LetterDoc{}, engine.E(engine.CodeInvalid, op, "this is not a ground of GDPR article 17, paragraph 1", err)
	}
	rows, err := l.annex(annex, f.Thumbnails)
	if err != nil {
		return engine.LetterDoc{}, engine.E(engine.CodeLimit, op, "the annex of the letter is too large", err)
	}
	v := &values{template: t, fields: fieldValues(c, lang, f), conditions: conditions(f, grounds, rows),
		optional: map[string]bool{"controller_address": true}}
	doc := engine.LetterDoc{Lang: lang, Date: f.Date, Annex: rows}
	if err := v.fill(&doc); err != nil {
		return engine.LetterDoc{}, engine.E(engine.CodeInvalid, op, "fields of the letter are empty", err)
	}
	if len(doc.Addressee) > 0 && doc.Addressee[0] == DefaultController(c.Site, lang) {
		doc.Addressee[0] = capital(doc.Addressee[0])
	}
	return doc, nil
}

// fill sets the parts of doc that come from the template.
func (v *values) fill(doc *engine.LetterDoc) error {
	var errs [10]error
	doc.Title, errs[0] = v.single("title")
	doc.Sender, errs[1] = v.plain("sender")
	doc.Addressee, errs[2] = v.plain("addressee")
	doc.PlaceDate, errs[3] = v.single("place")
	doc.Reference, errs[4] = v.single("reference")
	doc.Subject, errs[5] = v.single("subject")
	doc.Body, errs[6] = v.blocks("body")
	doc.Signature, errs[7] = v.single("signature")
	doc.AnnexHead, errs[8] = v.single("annex")
	doc.AnnexNote, errs[9] = v.single("annex_note")
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	var err error
	if doc.GlyphNote, err = v.single("glyph_note"); err != nil {
		return err
	}
	doc.Columns, err = v.plain("columns")
	return err
}

// groundsOf gives the points of art. 17(1) that the letter relies on, in the order of the letter.
func groundsOf(f engine.LetterFields) ([]string, error) {
	order := []string{"d", "c", "a", "b", "f"}
	for _, g := range f.Grounds {
		if !slices.Contains(order, g) {
			return nil, fmt.Errorf("ground %q", g)
		}
	}
	given := slices.Clone(f.Grounds)
	if len(given) == 0 {
		given = []string{"d"}
	}
	if manyLines(f.ObjectionReasons) != "" {
		given = append(given, "c")
	}
	return slices.DeleteFunc(order, func(g string) bool { return !slices.Contains(given, g) }), nil
}

func conditions(f engine.LetterFields, grounds []string, rows []engine.AnnexItem) map[string]bool {
	m := map[string]bool{
		"dpo":       f.ForDPO,
		"biometric": f.Biometric,
		"site":      f.Site,
		"objection": manyLines(f.ObjectionReasons) != "",
		"reply": manyLines(f.SenderAddress) != "" && oneLine(f.ReplyChannel) != "" &&
			oneLine(f.SenderAddress) != oneLine(f.ReplyChannel),
		"thumbnails": slices.ContainsFunc(rows, func(r engine.AnnexItem) bool { return len(r.Thumbnail) > 0 }),
	}
	for i, g := range grounds {
		m["g_"+g] = true
		m[g+"_first"] = i == 0
	}
	return m
}

func fieldValues(c engine.Case, lang string, f engine.LetterFields) map[string]string {
	m := map[string]string{
		"sender_name":             oneLine(f.SenderName),
		"sender_address_or_email": manyLines(f.SenderAddress),
		"reply_channel":           oneLine(f.ReplyChannel),
		"controller_name":         oneLine(f.ControllerName),
		"controller_address":      manyLines(f.ControllerAddress),
		"place":                   oneLine(f.Place),
		"date":                    dateWords(lang, f.Date),
		"our_ref":                 oneLine(c.Ref),
		"objection_reasons":       manyLines(f.ObjectionReasons),
	}
	if m["sender_address_or_email"] == "" {
		m["sender_address_or_email"] = m["reply_channel"]
	}
	return m
}

// annex copies the rows with safe text, local times and numbers.
func (l *Letters) annex(items []engine.AnnexItem, thumbnails bool) ([]engine.AnnexItem, error) {
	if len(items) > MaxAnnex {
		return nil, fmt.Errorf("%d items, at most %d", len(items), MaxAnnex)
	}
	rows := make([]engine.AnnexItem, len(items))
	for i, it := range items {
		row := engine.AnnexItem{No: i + 1, SHA256: fileHash(it)}
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
		if thumbnails {
			row.Thumbnail = it.Thumbnail
		}
		rows[i] = row
	}
	return rows, nil
}

// fileHash is that of the file that shows the face: of a frame that of the video, as the frame has no file.
func fileHash(it engine.AnnexItem) (h engine.SHA256) {
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

// rowKind tells how the value of an annex row is set.
type rowKind int

const (
	rowWords   rowKind = iota
	rowAddress         // never broken in text, clickable in PDF
	rowHash
)

// annexRow is one labelled value of an annex item.
type annexRow struct {
	label string
	value string
	kind  rowKind
}

// annexRows gives the values of an item that are known, with their labels.
func annexRows(doc engine.LetterDoc, it engine.AnnexItem) []annexRow {
	var labels [columns]string
	copy(labels[:], doc.Columns)
	hash, found := "", ""
	if it.SHA256 != (engine.SHA256{}) {
		hash = fmt.Sprintf("%x", it.SHA256[:])
	}
	if !it.FoundAt.IsZero() {
		found = momentWords(doc.Lang, it.FoundAt)
	}
	all := []annexRow{
		{labels[1], it.Source.PageTitle, rowWords},
		{labels[2], it.Source.PageURL, rowAddress},
		{labels[3], it.Source.URL, rowAddress},
		{labels[4], it.Source.File, rowWords},
		{labels[5], found, rowWords},
		{labels[6], hash, rowHash},
	}
	return slices.DeleteFunc(all, func(r annexRow) bool { return r.value == "" })
}
