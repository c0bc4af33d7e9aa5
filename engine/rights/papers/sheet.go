package papers

import (
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"text/template"

	"gabarit/engine"
)

// Sheet is a paper, the one content that HTML and PDF render.
type Sheet struct {
	Lang   string // "en", "fr"
	Title  string
	Date   string // of the state of the data, year-month-day
	Author string // the controller, for the document's properties
	Blocks []Block
}

// BlockKind tells how a block is set.
type BlockKind int

// The kinds of block.
const (
	BlockText BlockKind = iota
	BlockHeading
	BlockItem  // of a list
	BlockWrite // for a person to write: the program can't know it
	BlockGap   // something that is missing and must be said
	BlockTable
)

// Block is a part of a sheet.
type Block struct {
	Kind  BlockKind
	Text  string
	Table Table // of a BlockTable
}

// Table is a table with a heading row.
type Table struct {
	Caption string
	Head    []string
	Rows    [][]string
}

// ToWrite counts the places that a person must fill in.
func (s Sheet) ToWrite() int {
	n := 0
	for _, b := range s.Blocks {
		if b.Kind == BlockWrite {
			n++
		}
	}
	return n
}

// Texts are the long texts of papers: a file a paper and language.
type Texts struct{ files fs.FS }

// NewTexts gives the texts in the folder papers of files.
func NewTexts(files fs.FS) Texts { return Texts{files} }

// Languages lists the languages that papers are written in.
func Languages() []string { return []string{"en", "fr"} }

// compose makes a sheet of a text. Its lines are blocks by their beginning:
//
//	# title      ## heading      - item      ! to be written by a person      @name: the blocks that parts holds under that name
//
// and text otherwise. A line that starts with // is left out. Each line is a template of its own that is filled in after the lines were told apart: no value can make a heading,
// an item or a further line. A line that comes out empty is left out.
func (t Texts) compose(paper, lang string, view any, parts map[string][]Block) (Sheet, error) {
	const op = "papers.compose"
	if !slices.Contains(Languages(), lang) {
		return Sheet{}, engine.E(engine.CodeInvalid, op, "papers are written in en or fr", fmt.Errorf("%q", lang))
	}
	data, err := fs.ReadFile(t.files, "papers/"+paper+"."+lang+".txt")
	if err != nil {
		return Sheet{}, engine.E(engine.CodeInternal, op, "the text of a paper is missing", err)
	}
	s := Sheet{Lang: lang}
	for no, line := range strings.Split(string(data), "\n") {
		kind, text := blockOf(strings.TrimSpace(line))
		if name, ok := strings.CutPrefix(text, "@"); ok {
			part, known := parts[name]
			if !known {
				return Sheet{}, engine.E(engine.CodeInternal, op, "the text of a paper is damaged", fmt.Errorf("%s.%s.txt:%d: no part %q", paper, lang, no+1, name))
			}
			s.Blocks = append(s.Blocks, part...)
			continue
		}
		if text, err = fill(text, view); err != nil {
			return Sheet{}, engine.E(engine.CodeInternal, op, "the text of a paper is damaged", fmt.Errorf("%s.%s.txt:%d: %w", paper, lang, no+1, err))
		}
		text = typeset(lang, text)
		switch {
		case text == "":
		case kind == blockTitle:
			s.Title = text
		default:
			s.Blocks = append(s.Blocks, Block{Kind: kind, Text: text})
		}
	}
	return s, nil
}

// typeset makes the spaces non-breaking that French sets before double punctuation, inside quotation marks and after a section sign: no line begins with a
// semicolon.
func typeset(lang, text string) string {
	if lang != "fr" {
		return text
	}
	return strings.NewReplacer(" ;", "\u00a0;", " :", "\u00a0:", " !", "\u00a0!", " ?", "\u00a0?", "« ", "«\u00a0", " »", "\u00a0»", "§ ", "§\u00a0").Replace(text)
}

// decimal writes a number with two significant digits, without an exponent, as the language does.
func decimal(lang string, x float64) string {
	short, err := strconv.ParseFloat(strconv.FormatFloat(x, 'g', 2, 64), 64)
	if err != nil {
		short = x
	}
	return point(lang, strconv.FormatFloat(short, 'f', -1, 64))
}

// point sets the decimal comma of French.
func point(lang, number string) string {
	if lang == "fr" {
		return strings.Replace(number, ".", ",", 1)
	}
	return number
}

const blockTitle BlockKind = -1

func blockOf(line string) (BlockKind, string) {
	for _, p := range []struct {
		mark string
		kind BlockKind
	}{{"## ", BlockHeading}, {"# ", blockTitle}, {"- ", BlockItem}, {"! ", BlockWrite}} {
		if text, ok := strings.CutPrefix(line, p.mark); ok {
			return p.kind, text
		}
	}
	if strings.HasPrefix(line, "//") {
		return BlockText, ""
	}
	return BlockText, line
}

func fill(text string, view any) (string, error) {
	if !strings.Contains(text, "{{") {
		return text, nil
	}
	tpl, err := template.New("").Option("missingkey=error").Parse(text)
	if err != nil {
		return "", err
	}
	var out strings.Builder
	if err := tpl.Execute(&out, view); err != nil {
		return "", err
	}
	return strings.TrimSpace(oneLine(out.String())), nil
}

// gapBlocks says what the profile lacks.
func gapBlocks(say Say, k Known) []Block {
	var out []Block
	for _, g := range gapWords(say, k.Profile) {
		out = append(out, Block{Kind: BlockGap, Text: g})
	}
	return out
}

func tableBlock(caption string, head []string, rows [][]string) []Block {
	if len(rows) == 0 {
		return nil
	}
	return []Block{{Kind: BlockTable, Table: Table{Caption: caption, Head: head, Rows: rows}}}
}
