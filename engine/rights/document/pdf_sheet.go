package document

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
)

// faces are the two fonts of a letter. Their glyphs tell what can be printed.
type faces struct {
	regular, bold *sfnt.Font
	buffer        sfnt.Buffer
}

const fontName = "letter"

func newFaces() (*faces, error) {
	regular, err := sfnt.Parse(goregular.TTF)
	if err != nil {
		return nil, fmt.Errorf("regular font: %w", err)
	}
	bold, err := sfnt.Parse(gobold.TTF)
	if err != nil {
		return nil, fmt.Errorf("bold font: %w", err)
	}
	return &faces{regular: regular, bold: bold}, nil
}

func (f *faces) register(pdf *fpdf.Fpdf) {
	pdf.AddUTF8FontFromBytes(fontName, "", goregular.TTF)
	pdf.AddUTF8FontFromBytes(fontName, "B", gobold.TTF)
}

// has reports whether both fonts can print r. fpdf takes characters of the basic plane only.
func (f *faces) has(r rune) bool {
	if r > 0xffff {
		return false
	}
	for _, font := range []*sfnt.Font{f.regular, f.bold} {
		if g, err := font.GlyphIndex(&f.buffer, r); err != nil || g == 0 {
			return false
		}
	}
	return true
}

// sheet is a document being set: a cursor that runs down the pages.
type sheet struct {
	pdf   *fpdf.Fpdf
	tags  *tags
	faces *faces
	pages int    // of the whole document; 0 while not known
	foot  string // at the left of each page's foot
	size  float64
	bold  bool
	y     float64 // top of the next line, mm
	lost  bool    // a character could not be printed
}

// newPage adds a page with its foot and goes to its top.
func (s *sheet) newPage() {
	size, bold := s.size, s.bold
	s.pdf.AddPage()
	s.style(8, false)
	s.pdf.SetTextColor(110, 110, 110)
	number := fmt.Sprintf("%d/%d", s.pdf.PageNo(), s.pages)
	bracket(s.pdf, pageFoot, func() {
		s.put(s.printable(s.foot), marginLeft, footBase)
		s.put(number, pageWidth-marginRight-s.pdf.GetStringWidth(number), footBase)
	})
	s.pdf.SetTextColor(0, 0, 0)
	s.style(size, bold)
	s.y = marginTop
}

// style chooses size in points and weight.
func (s *sheet) style(size float64, bold bool) {
	s.size, s.bold = size, bold
	weight := ""
	if bold {
		weight = "B"
	}
	if size > 0 {
		s.pdf.SetFont(fontName, weight, size)
	}
}

// room goes to a new page unless height fits on this one.
func (s *sheet) room(height float64) {
	if s.y+height > bodyBottom && s.y > marginTop {
		s.newPage()
	}
}

// paragraph sets wrapped text from x on, as a part of the letter of that role. At least two of its lines stand together, and keep more millimetres
// follow the last one on the same page.
func (s *sheet) paragraph(role, text string, x, width, line, keep float64) {
	s.tags.open(role, "")
	defer s.tags.shut()
	lines := s.wrap(text, width)
	for i, l := range lines {
		left := len(lines) - i
		if need := float64(min(left, 2)) * line; left <= 2 {
			s.room(need + keep)
		} else if i == 0 {
			s.room(need)
		} else {
			s.room(line)
		}
		s.print(l, x, line)
		s.y += line
	}
}

// print sets one line of text, whose top is the cursor, as content of the current part; the cursor stays.
func (s *sheet) print(text string, x, line float64) {
	if text != "" {
		s.tags.content(s.pdf, func() { s.put(s.printable(text), x, s.y+line*0.75) })
	}
}

// put writes printable text at a baseline.
func (s *sheet) put(text string, x, baseline float64) {
	if text != "" {
		s.pdf.Text(x, baseline, text)
	}
}

// printable replaces what the fonts lack by a box, so that nothing vanishes unseen.
func (s *sheet) printable(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case s.faces.has(r):
			return r
		case r == '\u202f': // narrow no-break space
			return '\u00a0'
		}
		s.lost = true
		return '□'
	}, text)
}

// numbered is a word that stays on one line with the number behind it.
var numbered = regexp.MustCompile(`\b([Aa]rticles?|[Aa]rtt?\.|Abs\.|par\.|[Ss]ections?|[Pp]aragraphes?|points?|alinéa|lettre) ([0-9a-h])`)

// wrap cuts text into lines of at most width millimetres in the current style: at line ends and plain
// spaces, and inside a word only where it is longer than a line. A line whose last word ends there has a space at its end if
// another line follows: who reads aloud tells by it where words end.
func (s *sheet) wrap(text string, width float64) []string {
	var lines []string
	text = numbered.ReplaceAllString(text, "$1\u00a0$2")
	for part := range strings.SplitSeq(text, "\n") {
		line := ""
		for word := range strings.SplitSeq(s.printable(part), " ") {
			if line != "" && s.pdf.GetStringWidth(line+" "+word) <= width {
				line += " " + word
				continue
			}
			if line != "" {
				lines = append(lines, line+" ")
			}
			pieces := s.breakWord(word, width)
			lines = append(lines, pieces[:len(pieces)-1]...)
			line = pieces[len(pieces)-1]
		}
		lines = append(lines, line+" ")
	}
	lines[len(lines)-1] = strings.TrimSuffix(lines[len(lines)-1], " ")
	return lines
}

// breakWord cuts a word that is longer than a line, best behind a mark that ends a part of an address.
func (s *sheet) breakWord(word string, width float64) []string {
	var pieces []string
	runes := []rune(word)
	for len(runes) > 1 && s.pdf.GetStringWidth(string(runes)) > width {
		n, w := 0, 0.0
		for n < len(runes) {
			w += s.pdf.GetStringWidth(string(runes[n]))
			if w > width {
				break
			}
			n++
		}
		n = max(n, 1)
		if cut := strings.LastIndexAny(string(runes[:n]), "/?&=-_.+%"); cut >= 0 {
			if at := len([]rune(string(runes[:n])[:cut])) + 1; at > n*3/4 {
				n = at
			}
		}
		pieces = append(pieces, string(runes[:n]))
		runes = runes[n:]
	}
	return append(pieces, string(runes))
}
