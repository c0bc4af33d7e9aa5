package document

import (
	"fmt"
	"strings"
	"unicode/utf16"

	"github.com/go-pdf/fpdf"
)

// Roles of the parts of a letter: standard structure types of ISO 32000-1, 14.8.4.
const (
	roleDocument  = "Document"
	roleTitle     = "H1" // the subject
	roleHead      = "H2" // the head of the annex
	roleParagraph = "P"
	roleList      = "L"
	roleItem      = "LI"
	roleMarker    = "Lbl"
	roleItemBody  = "LBody"
	roleTable     = "Table"
	roleRow       = "TR"
	roleHeader    = "TH"
	roleCell      = "TD"
	roleFigure    = "Figure"
	roleLink      = "Link"
)

// pageFoot marks what stands at the foot of each page, which is not read aloud; decoration marks lines drawn.
const (
	pageFoot   = "/Artifact <</Type /Pagination /Subtype /Footer>> BDC"
	decoration = "/Artifact <</Type /Layout>> BDC"
)

// element is a part of the letter as a screen reader tells it: its role, and what it holds in the order of reading.
type element struct {
	parent *element
	role   string
	extra  string // further entries of its dictionary, as PDF
	kids   []kid
	object int // its number in the file; 0: none yet
}

// kid is one of three: an element, marked content of a page, or the area of a link on it.
type kid struct {
	part *element
	mark bool
	page int // from 0 on
	mcid int // of marked content
	area int // of a link: its place in tags.areas
}

// area is a place on a page that opens an address.
type area struct {
	owner                    *element
	page                     int     // from 0 on
	left, bottom, right, top float64 // points, from the bottom left of the page
	target                   string  // ASCII
}

// tags is the structure of a document while it is set. Not for concurrent use.
type tags struct {
	root, at *element
	marks    [][]*element // by page and MCID: whose content it is
	areas    []area
}

func newTags() *tags {
	root := &element{role: roleDocument}
	return &tags{root: root, at: root}
}

// open begins a part inside the current one; extra are further entries of its dictionary. Close it with shut.
func (t *tags) open(role, extra string) {
	part := &element{parent: t.at, role: role, extra: extra}
	t.at.kids = append(t.at.kids, kid{part: part})
	t.at = part
}

func (t *tags) shut() { t.at = t.at.parent }

// content marks what set draws on the current page as content of the current part. set must not go to another page.
func (t *tags) content(pdf *fpdf.Fpdf, set func()) {
	page := pdf.PageNo() - 1
	for len(t.marks) <= page {
		t.marks = append(t.marks, nil)
	}
	mcid := len(t.marks[page])
	t.marks[page] = append(t.marks[page], t.at)
	t.at.kids = append(t.at.kids, kid{mark: true, page: page, mcid: mcid})
	bracket(pdf, fmt.Sprintf("/%s <</MCID %d>> BDC", t.at.role, mcid), set)
}

// bracket puts what set draws between a mark and its end.
func bracket(pdf *fpdf.Fpdf, mark string, set func()) {
	pdf.RawWriteStr(mark)
	set()
	pdf.RawWriteStr("EMC")
}

// link makes an area of the current page, in millimetres from its top left, open an address.
func (t *tags) link(pdf *fpdf.Fpdf, x, y, width, height float64, target string) {
	k := pdf.GetConversionRatio()
	_, pageTop := pdf.GetPageSize()
	t.at.kids = append(t.at.kids, kid{page: pdf.PageNo() - 1, area: len(t.areas)})
	t.areas = append(t.areas, area{owner: t.at, page: pdf.PageNo() - 1, target: target,
		left: x * k, right: (x + width) * k, top: (pageTop - y) * k, bottom: (pageTop - y - height) * k})
}

// heads are the entries of a header cell that stands before rows of a table.
func heads(rows int) string {
	if rows > 1 {
		return fmt.Sprintf("/A <</O /Table /Scope /Row /RowSpan %d>>", rows)
	}
	return "/A <</O /Table /Scope /Row>>"
}

// shows are the entries of a figure: the words that stand for it, and its place on the page, in millimetres from its top left.
func shows(pdf *fpdf.Fpdf, alt string, x, y, width, height float64) string {
	k := pdf.GetConversionRatio()
	_, top := pdf.GetPageSize()
	return fmt.Sprintf("/Alt %s /A <</O /Layout /Placement /Block /BBox [%.2f %.2f %.2f %.2f]>>",
		textString(alt), x*k, (top-y-height)*k, (x+width)*k, (top-y)*k)
}

// textString is a text string of ISO 32000-1, 7.9.2.2: UTF-16BE with its mark, written in hexadecimal digits.
func textString(s string) string {
	out := []byte("<FEFF")
	for _, u := range utf16.Encode([]rune(s)) {
		out = fmt.Appendf(out, "%04X", u)
	}
	return string(append(out, '>'))
}

// literal is a string of ASCII as PDF.
func literal(s string) string {
	return "(" + strings.NewReplacer(`\`, `\\`, "(", `\(`, ")", `\)`, "\r", `\r`).Replace(s) + ")"
}
