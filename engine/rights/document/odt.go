package document

import (
	"fmt"
	"strings"

	"gabarit/engine"
	"gabarit/engine/matter"
)

// ODT renders a letter as an OpenDocument text (ISO/IEC 26300, version 1.3): headings, language, lists set with their own
// markers, links, pictures with a description. Errors: CodeCorrupt for a picture that is not a JPEG, CodeInternal.
func ODT(doc matter.LetterDoc) ([]byte, error) {
	const op = "document.ODT"
	faces, err := pictures(op, doc.Annex)
	if err != nil {
		return nil, err
	}
	w := odtWriter{faces: faces}
	w.letter(doc)
	lang := xmlText(doc.Lang)
	manifest := `<manifest:file-entry manifest:full-path="/" manifest:version="1.3" manifest:media-type="application/vnd.oasis.opendocument.text"/>
<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>
<manifest:file-entry manifest:full-path="styles.xml" manifest:media-type="text/xml"/>
<manifest:file-entry manifest:full-path="meta.xml" manifest:media-type="text/xml"/>
`
	parts := []part{
		{"mimetype", []byte("application/vnd.oasis.opendocument.text"), true},
		{"content.xml", []byte(odtHead + `<office:document-content ` + odtSpaces + ` office:version="1.3"><office:body><office:text>` + w.b.String() +
			`</office:text></office:body></office:document-content>`), false},
		{"styles.xml", []byte(fmt.Sprintf(odtHead+odtStyles, odtSpaces, lang, xmlText(country(doc.Lang)))), false},
		{"meta.xml", []byte(odtHead + `<office:document-meta ` + odtSpaces + ` office:version="1.3"><office:meta><meta:generator>Gabarit</meta:generator><dc:title>` +
			xmlText(doc.Title) + `</dc:title><dc:subject>` + xmlText(doc.MailHead) + `</dc:subject><dc:creator>` + xmlText(doc.Signature) + `</dc:creator><dc:language>` + lang + `</dc:language><dc:date>` +
			doc.Date.UTC().Format("2006-01-02T15:04:05Z") + `</dc:date></office:meta></office:document-meta>`), false},
	}
	for _, it := range doc.Annex {
		if p, ok := faces[it.No]; ok {
			parts = append(parts, part{"Pictures/" + p.name, p.data, false})
			manifest += `<manifest:file-entry manifest:full-path="Pictures/` + p.name + `" manifest:media-type="image/jpeg"/>` + "\n"
		}
	}
	parts = append(parts, part{"META-INF/manifest.xml", []byte(odtHead + `<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3">` + manifest + `</manifest:manifest>`), false})
	data, err := zipped(doc.Date, parts)
	if err != nil {
		return nil, engine.E(engine.CodeInternal, op, "the document could not be made", err)
	}
	return data, nil
}

// country goes with a language where a program asks for one.
func country(lang string) string {
	if lang == "en" {
		return "GB"
	}
	return strings.ToUpper(lang)
}

type odtWriter struct {
	b     strings.Builder
	faces map[int]picture
}

func (w *odtWriter) letter(doc matter.LetterDoc) {
	side, other := "Left", "Right" // of the addressee, of the sender
	if doc.Lang == "fr" {
		side, other = "Right", "Left"
	}
	if doc.Outline != "" {
		w.p("Note", doc.Outline)
	}
	w.lines("Head"+other, doc.Sender)
	w.p("Head"+other, "")
	w.lines("Head"+side, doc.Addressee)
	w.p("Head"+other, "")
	w.p("Head"+other, doc.PlaceDate)
	w.p("HeadLeft", doc.Reference)
	w.h(1, doc.Subject)
	for i, b := range doc.Body {
		if b.Kind == matter.BlockListItem {
			w.p("Entry", b.Marker+"\t"+b.Text)
		} else if i+1 == len(doc.Body) {
			w.p("Closing", b.Text)
		} else {
			w.p("Text", b.Text)
		}
	}
	w.p("Signature", doc.Signature)
	w.lines("Small", doc.Enclosures)
	if len(doc.Annex) == 0 {
		return
	}
	w.heading("Annex", 1, doc.AnnexHead)
	w.p("Small", doc.AnnexNote)
	for _, it := range doc.Annex {
		w.item(doc, it)
	}
}

func (w *odtWriter) item(doc matter.LetterDoc, it matter.LetterItem) {
	w.h(2, number(it)+".")
	if p, ok := w.faces[it.No]; ok {
		width, height := p.fit(thumbSide)
		fmt.Fprintf(&w.b, `<text:p text:style-name="Row"><draw:frame draw:name="%s" text:anchor-type="as-char" svg:width="%.2fmm" svg:height="%.2fmm">`+
			`<draw:image xlink:href="Pictures/%s" xlink:type="simple" xlink:show="embed" xlink:actuate="onLoad"/><svg:desc>%s</svg:desc></draw:frame></text:p>`,
			p.name, width, height, p.name, xmlText(it.Alt))
	}
	if len(it.Rows) == 0 {
		w.p("Row", emptyItem)
	}
	for _, r := range it.Rows {
		w.b.WriteString(`<text:p text:style-name="Row"><text:span text:style-name="Label">` + xmlText(r.Label+doc.LabelEnd) + `</text:span> `)
		if r.Link != "" {
			w.link(r.Link, r.Value)
		} else {
			w.b.WriteString(odtText(r.Value))
		}
		w.b.WriteString(`</text:p>`)
	}
}

func (w *odtWriter) lines(style string, lines []string) {
	for _, l := range lines {
		w.p(style, l)
	}
}

func (w *odtWriter) h(level int, text string) {
	w.heading(fmt.Sprintf("Heading%d", level), level, text)
}

func (w *odtWriter) heading(style string, level int, text string) {
	fmt.Fprintf(&w.b, `<text:h text:style-name="%s" text:outline-level="%d">%s</text:h>`, style, level, odtText(text))
}

// p writes a paragraph; web addresses in it can be clicked.
func (w *odtWriter) p(style, text string) {
	w.b.WriteString(`<text:p text:style-name="` + style + `">`)
	for i, s := range webAddresses(text) {
		if i%2 == 1 {
			w.link(s, s)
		} else {
			w.b.WriteString(odtText(s))
		}
	}
	w.b.WriteString(`</text:p>`)
}

func (w *odtWriter) link(target, text string) {
	w.b.WriteString(`<text:a xlink:type="simple" xlink:href="` + xmlText(target) + `" text:style-name="Link">` + odtText(text) + `</text:a>`)
}

// odtText escapes text. OpenDocument takes several spaces, and one at an end, as one or none; letters have single ones only, except at the
// border of an address.
func odtText(s string) string {
	s = strings.ReplaceAll(xmlText(s), "&#xA;", "<text:line-break/>")
	s = strings.ReplaceAll(s, "&#x9;", "<text:tab/>")
	if rest, ok := strings.CutPrefix(s, " "); ok {
		s = "<text:s/>" + rest
	}
	if rest, ok := strings.CutSuffix(s, " "); ok {
		s = rest + "<text:s/>"
	}
	return s
}

const odtHead = `<?xml version="1.0" encoding="UTF-8"?>` + "\n"

const odtSpaces = `xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" ` +
	`xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" ` +
	`xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0" ` +
	`xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0"`

// odtStyles takes the name spaces, the language and the country.
const odtStyles = `<office:document-styles %s office:version="1.3"><office:styles>
<style:default-style style:family="paragraph"><style:paragraph-properties fo:orphans="2" fo:widows="2"/>` +
	`<style:text-properties style:font-name="Liberation Sans" fo:font-family="'Liberation Sans', Arial, sans-serif" fo:font-size="10pt" fo:language="%s" fo:country="%s"/></style:default-style>
<style:style style:name="Text" style:family="paragraph" style:class="text"><style:paragraph-properties fo:margin-bottom="2.4mm" fo:line-height="125%%"/></style:style>
<style:style style:name="Closing" style:family="paragraph" style:parent-style-name="Text"><style:paragraph-properties fo:keep-with-next="always"/></style:style>
<style:style style:name="Entry" style:family="paragraph" style:parent-style-name="Text"><style:paragraph-properties fo:margin-left="7mm" fo:text-indent="-7mm" fo:margin-bottom="1.2mm">` +
	`<style:tab-stops><style:tab-stop style:position="0mm"/></style:tab-stops></style:paragraph-properties></style:style>
<style:style style:name="HeadLeft" style:family="paragraph"><style:paragraph-properties fo:line-height="125%%"/></style:style>
<style:style style:name="HeadRight" style:family="paragraph" style:parent-style-name="HeadLeft"><style:paragraph-properties fo:margin-left="90mm"/></style:style>
<style:style style:name="Note" style:family="paragraph" style:parent-style-name="Text"><style:text-properties fo:font-weight="bold"/></style:style>
<style:style style:name="Small" style:family="paragraph"><style:paragraph-properties fo:margin-bottom="1mm"/><style:text-properties fo:font-size="8.5pt"/></style:style>
<style:style style:name="Row" style:family="paragraph"><style:paragraph-properties fo:margin-left="8mm" fo:margin-bottom="0.7mm"/><style:text-properties fo:font-size="8pt"/></style:style>
<style:style style:name="Signature" style:family="paragraph"><style:paragraph-properties fo:margin-top="16mm" fo:margin-bottom="5mm"/></style:style>
<style:style style:name="Heading1" style:display-name="Heading 1" style:family="paragraph" style:default-outline-level="1"><style:paragraph-properties fo:margin-top="6mm" fo:margin-bottom="5mm" fo:keep-with-next="always"/><style:text-properties fo:font-weight="bold"/></style:style>
<style:style style:name="Heading2" style:display-name="Heading 2" style:family="paragraph" style:default-outline-level="2"><style:paragraph-properties fo:margin-top="2.5mm" fo:margin-bottom="0.7mm" fo:keep-with-next="always"/><style:text-properties fo:font-weight="bold"/></style:style>
<style:style style:name="Annex" style:family="paragraph" style:parent-style-name="Heading1" style:default-outline-level="1"><style:paragraph-properties fo:break-before="page" fo:margin-top="0mm" fo:margin-bottom="2mm"/><style:text-properties fo:font-size="12pt" fo:font-weight="bold"/></style:style>
<style:style style:name="Label" style:family="text"><style:text-properties fo:color="#5a5a5a"/></style:style>
<style:style style:name="Link" style:family="text"><style:text-properties fo:color="#143c8c"/></style:style>
</office:styles><office:automatic-styles><style:page-layout style:name="A4"><style:page-layout-properties fo:page-width="210mm" fo:page-height="297mm" ` +
	`fo:margin-top="20mm" fo:margin-bottom="20mm" fo:margin-left="25mm" fo:margin-right="20mm"/></style:page-layout></office:automatic-styles>` +
	`<office:master-styles><style:master-page style:name="Standard" style:page-layout-name="A4"/></office:master-styles></office:document-styles>`
