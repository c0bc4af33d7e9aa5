package document

import (
	"github.com/go-pdf/fpdf"

	"gabarit/engine/matter"
)

// Measures of the annex, in millimetres and points.
const (
	numberWidth  = 8.0
	labelWidth   = 38.0
	thumbSide    = 25.0 // the longer side of a face picture
	thumbGap     = 3.0
	itemPadding  = 2.6
	valueSize    = 8.0
	hashSize     = 7.3 // so that a SHA-256 stands on one line beside a picture
	valueLine    = 3.9
	rowGap       = 0.7
	itemTextFrom = marginLeft + numberWidth
)

// annex sets the list of items on pages of its own.
func (s *sheet) annex(doc matter.LetterDoc) {
	s.newPage()
	s.style(12, true)
	s.paragraph(roleHead, doc.AnnexHead, marginLeft, textFullWidth, 6, 0)
	s.y += paragraphGap / 2
	s.style(smallSize, false)
	s.paragraph(roleParagraph, doc.AnnexNote, marginLeft, textFullWidth, smallLine, 0)
	s.y += 3
	s.tags.open(roleTable, "")
	for _, it := range doc.Annex {
		s.item(doc, it)
	}
	s.tags.shut()
	s.rule()
}

// glyphNote says that characters could not be printed.
func (s *sheet) glyphNote(doc matter.LetterDoc) {
	if s.lost && doc.GlyphNote != "" {
		s.y += 3
		s.style(smallSize, false)
		s.paragraph(roleParagraph, doc.GlyphNote, marginLeft, textFullWidth, smallLine, 0)
	}
}

// setRow is a row of an item with its value cut into lines.
type setRow struct {
	label, value []string
	size         float64 // of the value, points
	target       string  // what a click opens; "": nothing
}

func (r setRow) height() float64 {
	return float64(max(len(r.label), len(r.value)))*valueLine + rowGap
}

// item sets one find: its number, the labelled values, the picture at the right. It moves to the next page
// as a whole, unless it is longer than one.
func (s *sheet) item(doc matter.LetterDoc, it matter.LetterItem) {
	width, height := s.picture(it)
	valueWidth := textFullWidth - numberWidth - labelWidth
	if width > 0 {
		valueWidth -= thumbSide + thumbGap
	}
	rows, total := s.rows(it, doc.LabelEnd, valueWidth)
	s.room(max(total, height) + 2*itemPadding)
	s.rule()
	s.y += itemPadding

	top, page := s.y, s.pdf.PageNo()
	s.tags.open(roleRow, "")
	s.itemHead(it, width, height, len(rows))
	if len(rows) == 0 {
		s.style(valueSize, false)
		s.tags.open(roleCell, "/A <</O /Table /ColSpan 2>>")
		s.print(emptyItem, itemTextFrom, valueLine)
		s.tags.shut()
		s.y += valueLine
	}
	for i, r := range rows {
		if i > 0 {
			s.tags.shut()
			s.tags.open(roleRow, "")
		}
		s.row(r, valueWidth)
	}
	s.tags.shut()
	if s.pdf.PageNo() == page {
		s.y = max(s.y, top+height)
	}
	s.y += itemPadding
}

// itemHead sets the header cell of a find, which stands before all its rows: the number, and the picture at the right of the page.
func (s *sheet) itemHead(it matter.LetterItem, width, height float64, rows int) {
	s.tags.open(roleHeader, heads(rows))
	defer s.tags.shut()
	s.style(bodySize, true)
	s.print(number(it)+".", marginLeft, valueLine)
	if width > 0 {
		x := pageWidth - marginRight - width
		s.tags.open(roleFigure, shows(s.pdf, it.Alt, x, s.y, width, height))
		defer s.tags.shut()
		s.tags.content(s.pdf, func() {
			s.pdf.ImageOptions(pictureName(it), x, s.y, width, height, false, fpdf.ImageOptions{ImageType: "JPG"}, 0, "")
		})
	}
}

// rows cuts the values of an item into lines and tells their height; end ends a label.
func (s *sheet) rows(it matter.LetterItem, end string, width float64) (rows []setRow, height float64) {
	for _, r := range it.Rows {
		set := setRow{size: valueSize, target: r.Link}
		s.style(valueSize, false)
		set.label = s.wrap(r.Label+end, labelWidth-2)
		if r.Kind == matter.RowHash {
			set.size = hashSize
		}
		s.style(set.size, false)
		set.value = s.wrap(r.Value, width)
		rows = append(rows, set)
		height += set.height()
	}
	return rows, height
}

// row sets one labelled value. A long one runs over to the next page.
func (s *sheet) row(r setRow, width float64) {
	s.style(valueSize, false)
	s.room(float64(len(r.label)) * valueLine)
	y := s.y
	s.pdf.SetTextColor(90, 90, 90)
	s.tags.open(roleHeader, heads(1))
	for i, l := range r.label {
		s.y = y + float64(i)*valueLine
		s.print(l, itemTextFrom, valueLine)
	}
	s.tags.shut()
	s.y = y
	s.style(r.size, false)
	s.value(r, width)
	s.pdf.SetTextColor(0, 0, 0)
	if extra := len(r.label) - len(r.value); extra > 0 {
		s.y += float64(extra) * valueLine
	}
	s.y += rowGap
}

// value sets the lines of a value, each of which opens its target.
func (s *sheet) value(r setRow, width float64) {
	s.tags.open(roleCell, "")
	defer s.tags.shut()
	if r.target != "" {
		s.tags.open(roleLink, "")
		defer s.tags.shut()
	}
	for _, l := range r.value {
		s.room(valueLine)
		s.pdf.SetTextColor(0, 0, 0)
		if r.target != "" {
			s.pdf.SetTextColor(20, 60, 140)
			s.tags.link(s.pdf, itemTextFrom+labelWidth, s.y, width, valueLine, r.target)
		}
		s.print(l, itemTextFrom+labelWidth, valueLine)
		s.y += valueLine
	}
}

// rule draws a thin line across the page.
func (s *sheet) rule() {
	s.pdf.SetDrawColor(170, 170, 170)
	s.pdf.SetLineWidth(0.2)
	bracket(s.pdf, decoration, func() { s.pdf.Line(marginLeft, s.y, pageWidth-marginRight, s.y) })
}
