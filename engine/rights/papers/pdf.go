package papers

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"github.com/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"

	"gabarit/engine"
)

// Measures in millimetres and points, A4.
const (
	pageWidth  = 210.0
	margin     = 20.0
	textWidth  = pageWidth - 2*margin
	pageBottom = 297.0 - 20
	textSize   = 10.0
	textLine   = 5.0
	cellSize   = 8.5
	cellLine   = 4.2
	cellPad    = 1.2
	mostGrid   = 6 // columns; a wider table is set as a list for each row
	fontName   = "paper"
)

// PDF renders a sheet as A4 with real text in embedded fonts and page numbers; the same sheet gives the same bytes. Characters that the fonts
// lack (they hold Latin, Greek and Cyrillic) are printed as a box, and a note at the end says so.
func PDF(s Sheet, say Say) ([]byte, error) {
	const op = "papers.PDF"
	font, err := sfnt.Parse(goregular.TTF)
	if err != nil {
		return nil, engine.E(engine.CodeInternal, op, "the PDF could not be made", err)
	}
	p := &press{pdf: fpdf.New("P", "mm", "A4", ""), font: font, say: say}
	p.open(s)
	p.style(16, true)
	p.text(s.Title, 7.5, 0)
	p.style(textSize, false)
	p.text(s.Date, textLine, 0)
	for _, b := range s.Blocks {
		p.block(b)
	}
	if p.lost {
		p.text(say("□ stands for a character that this document's font does not have; the other formats have it."), textLine, 0)
	}
	var out bytes.Buffer
	if err := p.pdf.Output(&out); err != nil {
		return nil, engine.E(engine.CodeInternal, op, "the PDF could not be made", err)
	}
	return out.Bytes(), nil
}

// press sets a sheet; fpdf's cursor runs down the pages.
type press struct {
	pdf  *fpdf.Fpdf
	font *sfnt.Font
	buf  sfnt.Buffer
	say  Say
	lost bool // a character could not be printed
}

func (p *press) open(s Sheet) {
	pdf := p.pdf
	pdf.SetCatalogSort(true)
	at, err := time.Parse(time.DateOnly, s.Date)
	if err != nil {
		at = time.Unix(0, 0).UTC() // never the clock: the same sheet gives the same bytes
	}
	pdf.SetCreationDate(at)
	pdf.SetModificationDate(at)
	pdf.SetTitle(s.Title, true)
	pdf.SetAuthor(s.Author, true)
	pdf.SetCreator("Gabarit", true)
	pdf.SetLang(s.Lang)
	pdf.SetMargins(margin, margin, margin)
	pdf.SetAutoPageBreak(true, margin)
	pdf.SetCellMargin(0)
	pdf.AddUTF8FontFromBytes(fontName, "", goregular.TTF)
	pdf.AddUTF8FontFromBytes(fontName, "B", gobold.TTF)
	pdf.AliasNbPages("")
	title := p.printable(s.Title)
	pdf.SetFooterFunc(func() {
		pdf.SetY(-13)
		pdf.SetFont(fontName, "", 8)
		pdf.SetTextColor(110, 110, 110)
		pdf.CellFormat(textWidth*0.8, 5, title, "", 0, "L", false, 0, "")
		pdf.CellFormat(textWidth*0.2, 5, fmt.Sprintf("%d/{nb}", pdf.PageNo()), "", 0, "R", false, 0, "")
		pdf.SetTextColor(0, 0, 0)
	})
	pdf.AddPage()
}

func (p *press) style(size float64, bold bool) {
	weight := ""
	if bold {
		weight = "B"
	}
	p.pdf.SetFont(fontName, weight, size)
}

// text sets a paragraph, indented, and a little room after it.
func (p *press) text(text string, line, indent float64) {
	if text == "" {
		return
	}
	p.pdf.SetX(margin + indent)
	p.pdf.MultiCell(textWidth-indent, line, p.printable(text), "", "L", false)
	p.pdf.SetY(p.pdf.GetY() + line*0.35)
}

// room begins a new page unless height fits on this one.
func (p *press) room(height float64) {
	if p.pdf.GetY()+height > pageBottom {
		p.pdf.AddPage()
	}
}

func (p *press) block(b Block) {
	p.style(textSize, false)
	switch b.Kind {
	case BlockHeading:
		p.room(22)
		p.pdf.SetY(p.pdf.GetY() + 3)
		p.style(12, true)
		p.text(b.Text, 6, 0)
	case BlockItem:
		p.room(textLine)
		y := p.pdf.GetY()
		p.pdf.SetXY(margin+1, y)
		p.pdf.CellFormat(4, textLine, "–", "", 0, "L", false, 0, "")
		p.pdf.SetY(y)
		p.text(b.Text, textLine, 6)
	case BlockWrite, BlockGap:
		p.marked(b)
	case BlockTable:
		p.table(b.Table)
	default:
		p.text(b.Text, textLine, 0)
	}
}

// marked sets a block with a bar beside it: orange for what is to be written, red for a gap.
func (p *press) marked(b Block) {
	text, r, g := b.Text, 178, 80
	if b.Kind == BlockWrite {
		text = p.say("To be written:") + " " + text
	} else {
		r, g = 176, 0
		p.style(textSize, true)
	}
	lines := float64(len(p.pdf.SplitText(p.printable(text), textWidth-5)))
	p.room(lines * textLine)
	p.pdf.SetFillColor(r, g, 0)
	p.pdf.Rect(margin, p.pdf.GetY(), 1.2, lines*textLine, "F")
	p.text(text, textLine, 5)
}

func (p *press) table(t Table) {
	p.room(4 * cellLine)
	p.pdf.SetY(p.pdf.GetY() + 1)
	p.style(textSize, true)
	p.text(t.Caption, textLine, 0)
	if len(t.Head) > mostGrid {
		p.lists(t)
		return
	}
	widths := p.widths(t)
	p.row(t.Head, widths, true)
	for _, row := range t.Rows {
		p.row(row, widths, false)
	}
	p.pdf.SetY(p.pdf.GetY() + 3)
}

// lists sets a wide table: for each row its first cell, and the other cells below each other behind their heads.
func (p *press) lists(t Table) {
	const side = 45.0
	for _, row := range t.Rows {
		p.room(8 * cellLine)
		p.pdf.SetY(p.pdf.GetY() + 2)
		p.style(textSize+0.5, true)
		p.text(row[0], textLine, 0)
		for i := 1; i < len(row) && i < len(t.Head); i++ {
			if row[i] != "" {
				p.row([]string{t.Head[i], row[i]}, []float64{side, textWidth - side}, false)
			}
		}
		p.pdf.SetY(p.pdf.GetY() + 2)
	}
}

// widths shares the page among columns: each has room for its longest word, the rest goes by the length of the text.
func (p *press) widths(t Table) []float64 {
	const longWord, longCell = 40.0, 120.0
	p.style(cellSize, true)
	least, wish, rest, total := make([]float64, len(t.Head)), make([]float64, len(t.Head)), textWidth, 0.0
	for i := range t.Head {
		for _, row := range append([][]string{t.Head}, t.Rows...) {
			if i >= len(row) {
				continue
			}
			text := p.printable(row[i])
			wish[i] = max(wish[i], min(p.pdf.GetStringWidth(text), longCell))
			for _, word := range strings.Fields(text) { // a no-break space is none here, too
				least[i] = max(least[i], min(p.pdf.GetStringWidth(word), longWord)+2*cellPad+0.5)
			}
		}
		rest -= least[i]
		total += wish[i]
	}
	if rest < 0 || total == 0 {
		for i := range least {
			least[i] = textWidth / float64(len(least))
		}
		return least
	}
	for i := range least {
		least[i] += rest * wish[i] / total
	}
	return least
}

// row sets cells beside each other, framed, all as high as the highest; a row that does not fit begins a page.
func (p *press) row(cells []string, widths []float64, bold bool) {
	p.style(cellSize, bold)
	lines := make([][]string, len(widths))
	most := 1
	for i := range widths {
		if i < len(cells) {
			lines[i] = p.split(cells[i], widths[i]-2*cellPad)
		}
		most = max(most, len(lines[i]))
	}
	height := float64(most)*cellLine + 2*cellPad
	p.room(min(height, pageBottom-margin))
	x, y := margin, p.pdf.GetY()
	p.pdf.SetDrawColor(150, 150, 150)
	p.pdf.SetAutoPageBreak(false, 0)
	for i, w := range widths {
		p.pdf.Rect(x, y, w, height, "D")
		for n, line := range lines[i] {
			p.pdf.Text(x+cellPad, y+cellPad+float64(n)*cellLine+cellLine*0.75, line)
		}
		x += w
	}
	p.pdf.SetAutoPageBreak(true, margin)
	p.pdf.SetXY(margin, y+height)
}

// split cuts a cell's text into lines of at most width, also inside a word that is longer.
func (p *press) split(text string, width float64) []string {
	var out []string
	for _, line := range p.pdf.SplitText(p.printable(text), width) {
		for runes := []rune(line); ; {
			n := len(runes)
			for n > 1 && p.pdf.GetStringWidth(string(runes[:n])) > width+0.1 {
				n--
			}
			out = append(out, string(runes[:n]))
			if runes = runes[n:]; len(runes) == 0 {
				break
			}
		}
	}
	return out
}

// printable replaces what the font lacks by a box, so that nothing vanishes unseen.
func (p *press) printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\u202f' { // narrow no-break space
			r = '\u00a0'
		}
		if r == '\n' || r == '□' {
			return r
		}
		if g, err := p.font.GlyphIndex(&p.buf, r); r <= 0xffff && err == nil && g != 0 {
			return r
		}
		p.lost = true
		return '□'
	}, text)
}
