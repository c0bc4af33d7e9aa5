package document

import (
	"bytes"
	"fmt"
	"image/jpeg"
	"time"

	"github.com/go-pdf/fpdf"

	"gabarit/engine"
	"gabarit/engine/matter"
)

// Measures of the page, in millimetres and points. A4; the addressee's block lies where window envelopes show it: at
// the left in English letters, at the right in French ones.
const (
	pageWidth, pageHeight = 210.0, 297.0
	marginLeft            = 25.0
	marginRight           = 20.0
	marginTop             = 20.0
	bodyBottom            = pageHeight - 22 // below it lies the foot
	footBase              = pageHeight - 12
	textFullWidth         = pageWidth - marginLeft - marginRight

	blockRight  = 115.0 // left edge of the right-hand block of the head
	addresseeAt = 50.0

	bodySize, bodyLine   = 10.0, 5.0
	smallSize, smallLine = 8.5, 4.2
	paragraphGap         = 2.4
	listIndent           = 6.0
	signatureGap         = 16.0 // room for a signature by hand
)

// PDF renders a letter as an A4 document with real text in embedded fonts, page numbers, and an annex whose web addresses
// are printed in full and can be clicked. It is tagged (ISO 32000-1, 14.8), so that it can be read aloud in order: headings,
// paragraphs, lists, the annex as a table with a row header for each value, pictures with words for them. The same letter gives
// the same bytes.
//
// Characters that the fonts lack (they hold Latin, Greek and Cyrillic) are printed as a box, and a note at the end says so. Errors:
// CodeCorrupt for a thumbnail that is not a JPEG, CodeInternal.
func PDF(doc matter.LetterDoc) ([]byte, error) {
	const op = "document.PDF"
	for _, it := range doc.Annex {
		if len(it.Thumbnail) == 0 {
			continue
		}
		if _, err := jpeg.DecodeConfig(bytes.NewReader(it.Thumbnail)); err != nil {
			return nil, engine.E(engine.CodeCorrupt, op, "a face picture of the annex is damaged", fmt.Errorf("item %d: %w", it.No, err))
		}
	}
	// The number of pages is known once they are laid out, so the document is laid out twice.
	draft, err := render(doc, 0)
	if err != nil {
		return nil, engine.E(engine.CodeInternal, op, "the PDF could not be made", err)
	}
	final, err := render(doc, draft.pdf.PageCount())
	if err != nil {
		return nil, engine.E(engine.CodeInternal, op, "the PDF could not be made", err)
	}
	var out bytes.Buffer
	if err := final.pdf.Output(&out); err != nil {
		return nil, engine.E(engine.CodeInternal, op, "the PDF could not be made", err)
	}
	data, err := tagged(out.Bytes(), final.tags, final.pdf.PageCount())
	if err != nil {
		return nil, engine.E(engine.CodeInternal, op, "the PDF could not be made", err)
	}
	return data, nil
}

func render(doc matter.LetterDoc, pages int) (*sheet, error) {
	s, err := newSheet(doc, pages)
	if err != nil {
		return nil, err
	}
	s.head(doc)
	s.body(doc)
	if len(doc.Annex) > 0 {
		s.annex(doc)
	}
	s.glyphNote(doc)
	return s, s.pdf.Error()
}

// newSheet opens a document with its properties and first page.
func newSheet(doc matter.LetterDoc, pages int) (*sheet, error) {
	faces, err := newFaces()
	if err != nil {
		return nil, err
	}
	pdf := fpdf.New("P", "mm", "A4", "")
	pdf.SetCatalogSort(true)
	at := doc.Date
	if at.IsZero() {
		at = time.Unix(0, 0).UTC() // never the clock: the same letter gives the same bytes
	}
	pdf.SetCreationDate(at)
	pdf.SetModificationDate(at)
	pdf.SetTitle(doc.Title, true)
	pdf.SetSubject(doc.Subject, true)
	pdf.SetAuthor(doc.Signature, true)
	pdf.SetCreator("Gabarit", true)
	pdf.SetLang(doc.Lang)
	pdf.SetAutoPageBreak(false, 0)
	pdf.SetMargins(0, 0, 0)
	pdf.SetCellMargin(0)
	faces.register(pdf)
	s := &sheet{pdf: pdf, tags: newTags(), faces: faces, pages: pages, foot: doc.Reference}
	s.newPage()
	return s, nil
}

// head sets sender, addressee, place and date, reference and subject.
func (s *sheet) head(doc matter.LetterDoc) {
	senderX, addresseeX := blockRight, marginLeft
	if doc.Lang == "fr" {
		senderX, addresseeX = marginLeft, blockRight
	}
	s.y = marginTop
	if doc.Outline != "" {
		s.style(smallSize, true)
		s.paragraph(roleParagraph, doc.Outline, marginLeft, textFullWidth, smallLine, 0)
		s.y += 2
	}
	s.block(doc.Sender, senderX)
	s.y = max(s.y+8, addresseeAt)
	s.block(doc.Addressee, addresseeX)
	s.y = max(s.y+10, addresseeAt+32)

	s.style(bodySize, false)
	s.block([]string{doc.PlaceDate}, senderX)
	s.y += 2
	s.block([]string{doc.Reference}, marginLeft)
	s.y += 4
	s.style(bodySize, true)
	s.paragraph(roleTitle, doc.Subject, marginLeft, textFullWidth, bodyLine, 0)
	s.y += 2 * paragraphGap
}

// block sets lines of the head as they are, wrapped at the edge of the page.
func (s *sheet) block(lines []string, x float64) {
	s.style(bodySize, false)
	for _, l := range lines {
		s.paragraph(roleParagraph, l, x, min(pageWidth-marginRight-x, 85), bodyLine, 0)
	}
}

// body sets the text and the signature. A list keeps its introduction, the signature its closing line.
func (s *sheet) body(doc matter.LetterDoc) {
	s.style(bodySize, false)
	for i, b := range doc.Body {
		next := matter.LetterBlock{}
		if i+1 < len(doc.Body) {
			next = doc.Body[i+1]
		}
		keep := 0.0
		if i+1 == len(doc.Body) {
			keep = signatureGap + 2*bodyLine
		} else if b.Kind == matter.BlockParagraph && next.Kind == matter.BlockListItem {
			keep = 2 * bodyLine
		}
		if b.Kind == matter.BlockListItem && s.tags.at.role != roleList {
			s.tags.open(roleList, "")
		}
		s.bodyBlock(b, keep)
		if s.tags.at.role == roleList && next.Kind != matter.BlockListItem {
			s.tags.shut()
		}
		if b.Kind == matter.BlockListItem && next.Kind == matter.BlockListItem || keep == 2*bodyLine {
			s.y += paragraphGap / 2
		} else {
			s.y += paragraphGap
		}
	}
	s.y += signatureGap
	s.paragraph(roleParagraph, doc.Signature, marginLeft, textFullWidth, bodyLine, 0)
	s.y += 2 * paragraphGap
	s.style(smallSize, false)
	for _, l := range doc.Enclosures {
		s.paragraph(roleParagraph, l, marginLeft, textFullWidth, smallLine, 0)
	}
}

func (s *sheet) bodyBlock(b matter.LetterBlock, keep float64) {
	if b.Kind == matter.BlockParagraph {
		s.paragraph(roleParagraph, b.Text, marginLeft, textFullWidth, bodyLine, keep)
		return
	}
	s.room(min(float64(len(s.wrap(b.Text, textFullWidth-listIndent))), 2)*bodyLine + keep)
	s.tags.open(roleItem, "")
	defer s.tags.shut()
	s.tags.open(roleMarker, "")
	s.print(b.Marker, marginLeft, bodyLine)
	s.tags.shut()
	s.paragraph(roleItemBody, b.Text, marginLeft+listIndent, textFullWidth-listIndent, bodyLine, keep)
}
