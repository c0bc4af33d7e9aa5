package document

import (
	"fmt"
	"strings"

	"gabarit/engine"
	"gabarit/engine/matter"
)

// DOCX renders a letter as an Office Open XML document (ISO/IEC 29500, transitional): headings, language, lists set with their own
// markers, links, pictures with a description. Errors: CodeCorrupt for a picture that is not a JPEG, CodeInternal.
func DOCX(doc matter.LetterDoc) ([]byte, error) {
	const op = "document.DOCX"
	faces, err := pictures(op, doc.Annex)
	if err != nil {
		return nil, err
	}
	w := docxWriter{faces: faces}
	w.letter(doc)
	relations := `<Relationship Id="styles" Type="` + relOffice + `/styles" Target="styles.xml"/>`
	for i, target := range w.links {
		relations += fmt.Sprintf(`<Relationship Id="link%d" Type="%s/hyperlink" Target="%s" TargetMode="External"/>`, i+1, relOffice, xmlText(target))
	}
	var media []part
	for _, it := range doc.Annex {
		if p, ok := faces[it.No]; ok {
			relations += fmt.Sprintf(`<Relationship Id="face%d" Type="%s/image" Target="media/%s"/>`, it.No, relOffice, p.name)
			media = append(media, part{"word/media/" + p.name, p.data, false})
		}
	}
	lang := doc.Lang + "-" + country(doc.Lang)
	parts := []part{
		{"[Content_Types].xml", []byte(xmlHead + docxTypes), false},
		{"_rels/.rels", []byte(xmlHead + `<Relationships xmlns="` + relSpace + `"><Relationship Id="document" Type="` + relOffice + `/officeDocument" Target="word/document.xml"/>` +
			`<Relationship Id="core" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>`), false},
		{"docProps/core.xml", []byte(xmlHead + docxCore(doc, lang)), false},
		{"word/document.xml", []byte(xmlHead + `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="` + relOffice + `" ` +
			`xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" ` +
			`xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"><w:body>` + w.b.String() +
			`<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1134" w:right="1134" w:bottom="1134" w:left="1417" w:header="567" w:footer="567" w:gutter="0"/></w:sectPr></w:body></w:document>`), false},
		{"word/styles.xml", []byte(xmlHead + fmt.Sprintf(docxStyles, xmlText(lang))), false},
		{"word/_rels/document.xml.rels", []byte(xmlHead + `<Relationships xmlns="` + relSpace + `">` + relations + `</Relationships>`), false},
	}
	data, err := zipped(doc.Date, append(parts, media...))
	if err != nil {
		return nil, engine.E(engine.CodeInternal, op, "the document could not be made", err)
	}
	return data, nil
}

func docxCore(doc matter.LetterDoc, lang string) string {
	at := doc.Date.UTC().Format("2006-01-02T15:04:05Z")
	return `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" ` +
		`xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>` + xmlText(doc.Title) + `</dc:title><dc:subject>` + xmlText(doc.MailHead) +
		`</dc:subject><dc:creator>` + xmlText(doc.Signature) + `</dc:creator><dc:language>` + xmlText(lang) + `</dc:language><dcterms:created xsi:type="dcterms:W3CDTF">` + at +
		`</dcterms:created><dcterms:modified xsi:type="dcterms:W3CDTF">` + at + `</dcterms:modified></cp:coreProperties>`
}

type docxWriter struct {
	b     strings.Builder
	faces map[int]picture
	links []string // targets, in the order of their IDs
}

func (w *docxWriter) letter(doc matter.LetterDoc) {
	side, other := "HeadLeft", "HeadRight" // of the addressee, of the sender
	if doc.Lang == "fr" {
		side, other = other, side
	}
	if doc.Outline != "" {
		w.p("Note", doc.Outline)
	}
	w.lines(other, doc.Sender)
	w.p(other, "")
	w.lines(side, doc.Addressee)
	w.p(other, "")
	w.p(other, doc.PlaceDate)
	w.p("HeadLeft", doc.Reference)
	w.p("Heading1", doc.Subject)
	for i, b := range doc.Body {
		if b.Kind == matter.BlockListItem {
			w.p("Entry", b.Marker+"\t"+b.Text)
		} else if i+1 == len(doc.Body) {
			w.p("Closing", b.Text)
		} else {
			w.p("Letter", b.Text)
		}
	}
	w.p("Signed", doc.Signature)
	w.lines("Small", doc.Enclosures)
	if len(doc.Annex) == 0 {
		return
	}
	w.p("Annex", doc.AnnexHead)
	w.p("Small", doc.AnnexNote)
	for _, it := range doc.Annex {
		w.item(doc, it)
	}
}

func (w *docxWriter) item(doc matter.LetterDoc, it matter.LetterItem) {
	w.p("Heading2", number(it)+".")
	if p, ok := w.faces[it.No]; ok {
		const perMM = 36000 // English metric units
		width, height := p.fit(thumbSide)
		cx, cy := int(width*perMM), int(height*perMM)
		fmt.Fprintf(&w.b, `<w:p><w:pPr><w:pStyle w:val="Row"/></w:pPr><w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="%d" cy="%d"/>`+
			`<wp:docPr id="%d" name="%s" descr="%s"/><a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic>`+
			`<pic:nvPicPr><pic:cNvPr id="%d" name="%s"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:embed="face%d"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>`+
			`<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="%d" cy="%d"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>`,
			cx, cy, it.No, p.name, xmlText(it.Alt), it.No, p.name, it.No, cx, cy)
	}
	if len(it.Rows) == 0 {
		w.p("Row", emptyItem)
	}
	for _, r := range it.Rows {
		w.b.WriteString(`<w:p><w:pPr><w:pStyle w:val="Row"/></w:pPr>`)
		w.run("Label", r.Label+doc.LabelEnd)
		w.run("", " ")
		if r.Link != "" {
			w.link(r.Link, r.Value)
		} else {
			w.run("", r.Value)
		}
		w.b.WriteString(`</w:p>`)
	}
}

func (w *docxWriter) lines(style string, lines []string) {
	for _, l := range lines {
		w.p(style, l)
	}
}

// p writes a paragraph; web addresses in it can be clicked.
func (w *docxWriter) p(style, text string) {
	w.b.WriteString(`<w:p><w:pPr><w:pStyle w:val="` + style + `"/></w:pPr>`)
	for i, s := range webAddresses(text) {
		if i%2 == 1 {
			w.link(s, s)
		} else {
			w.run("", s)
		}
	}
	w.b.WriteString(`</w:p>`)
}

// run writes text, its line ends as breaks and tabs as such.
func (w *docxWriter) run(style, text string) {
	if text == "" {
		return
	}
	w.b.WriteString(`<w:r>`)
	if style != "" {
		w.b.WriteString(`<w:rPr><w:rStyle w:val="` + style + `"/></w:rPr>`)
	}
	for i, line := range strings.Split(text, "\n") {
		if i > 0 {
			w.b.WriteString(`<w:br/>`)
		}
		for j, s := range strings.Split(line, "\t") {
			if j > 0 {
				w.b.WriteString(`<w:tab/>`)
			}
			w.b.WriteString(`<w:t xml:space="preserve">` + xmlText(s) + `</w:t>`)
		}
	}
	w.b.WriteString(`</w:r>`)
}

func (w *docxWriter) link(target, text string) {
	w.links = append(w.links, target)
	fmt.Fprintf(&w.b, `<w:hyperlink r:id="link%d">`, len(w.links))
	w.run("Link", text)
	w.b.WriteString(`</w:hyperlink>`)
}

const (
	xmlHead   = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	relSpace  = "http://schemas.openxmlformats.org/package/2006/relationships"
	relOffice = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	docxTypes = `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
		`<Default Extension="xml" ContentType="application/xml"/><Default Extension="jpg" ContentType="image/jpeg"/>` +
		`<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>` +
		`<Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/>` +
		`<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>`
)

// docxStyles takes the language. Measures are in twentieths of a point, sizes in half points.
const docxStyles = `<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:docDefaults><w:rPrDefault><w:rPr>` +
	`<w:rFonts w:ascii="Arial" w:hAnsi="Arial" w:cs="Arial" w:eastAsia="Arial"/><w:sz w:val="20"/><w:szCs w:val="20"/><w:lang w:val="%s"/></w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>
<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>
<w:style w:type="paragraph" w:customStyle="1" w:styleId="Letter"><w:name w:val="Letter"/><w:basedOn w:val="Normal"/><w:pPr><w:spacing w:after="136" w:line="300" w:lineRule="auto"/></w:pPr></w:style>
<w:style w:type="paragraph" w:customStyle="1" w:styleId="Closing"><w:name w:val="Letter Closing"/><w:basedOn w:val="Letter"/><w:pPr><w:keepNext/></w:pPr></w:style>
<w:style w:type="paragraph" w:customStyle="1" w:styleId="Entry"><w:name w:val="Entry"/><w:basedOn w:val="Letter"/><w:pPr><w:tabs><w:tab w:val="left" w:pos="397"/></w:tabs><w:spacing w:after="68" w:line="300" w:lineRule="auto"/><w:ind w:left="397" w:hanging="397"/></w:pPr></w:style>
<w:style w:type="paragraph" w:customStyle="1" w:styleId="HeadLeft"><w:name w:val="Head Left"/><w:basedOn w:val="Normal"/><w:pPr><w:spacing w:line="300" w:lineRule="auto"/></w:pPr></w:style>
<w:style w:type="paragraph" w:customStyle="1" w:styleId="HeadRight"><w:name w:val="Head Right"/><w:basedOn w:val="HeadLeft"/><w:pPr><w:ind w:left="5103"/></w:pPr></w:style>
<w:style w:type="paragraph" w:customStyle="1" w:styleId="Note"><w:name w:val="Note"/><w:basedOn w:val="Letter"/><w:rPr><w:b/></w:rPr></w:style>
<w:style w:type="paragraph" w:customStyle="1" w:styleId="Small"><w:name w:val="Small"/><w:basedOn w:val="Normal"/><w:pPr><w:spacing w:after="57"/></w:pPr><w:rPr><w:sz w:val="17"/></w:rPr></w:style>
<w:style w:type="paragraph" w:customStyle="1" w:styleId="Row"><w:name w:val="Row"/><w:basedOn w:val="Normal"/><w:pPr><w:spacing w:after="40"/><w:ind w:left="454"/></w:pPr><w:rPr><w:sz w:val="16"/></w:rPr></w:style>
<w:style w:type="paragraph" w:customStyle="1" w:styleId="Signed"><w:name w:val="Signed"/><w:basedOn w:val="Normal"/><w:pPr><w:spacing w:before="907" w:after="284"/></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/><w:basedOn w:val="Normal"/><w:next w:val="Letter"/><w:pPr><w:keepNext/><w:spacing w:before="340" w:after="284"/><w:outlineLvl w:val="0"/></w:pPr><w:rPr><w:b/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="Heading2"><w:name w:val="heading 2"/><w:basedOn w:val="Normal"/><w:next w:val="Row"/><w:pPr><w:keepNext/><w:spacing w:before="142" w:after="40"/><w:outlineLvl w:val="1"/></w:pPr><w:rPr><w:b/></w:rPr></w:style>
<w:style w:type="paragraph" w:customStyle="1" w:styleId="Annex"><w:name w:val="Annex"/><w:basedOn w:val="Heading1"/><w:next w:val="Small"/><w:pPr><w:pageBreakBefore/><w:spacing w:before="0" w:after="113"/></w:pPr><w:rPr><w:sz w:val="24"/></w:rPr></w:style>
<w:style w:type="character" w:customStyle="1" w:styleId="Label"><w:name w:val="Label"/><w:rPr><w:color w:val="5A5A5A"/></w:rPr></w:style>
<w:style w:type="character" w:customStyle="1" w:styleId="Link"><w:name w:val="Link"/><w:rPr><w:color w:val="143C8C"/><w:u w:val="single"/></w:rPr></w:style>
</w:styles>`
