package rights

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"gabarit/engine/matter"
)

// values fill a template.
type values struct {
	template   template
	fields     map[string]string // sanitised
	optional   map[string]bool   // fields that may be empty
	conditions map[string]bool
}

// piece is a stretch of text. Only literal ones, from the template, may mark a list entry: a value never
// acts as layout.
type piece struct {
	text    string
	literal bool
}

// line is one line of a template with its values put in.
type line []piece

func (l line) String() string {
	var b strings.Builder
	for _, p := range l {
		b.WriteString(p.text)
	}
	return strings.Trim(b.String(), " ")
}

// lines fills a section. An empty field that is not optional is an error: no letter leaves with a gap.
func (v *values) lines(section string) ([]line, error) {
	lines := []line{nil}
	if err := v.expand(v.template[section], &lines); err != nil {
		return nil, err
	}
	return lines, nil
}

func (v *values) expand(nodes []node, lines *[]line) error {
	add := func(p piece) {
		last := len(*lines) - 1
		(*lines)[last] = append((*lines)[last], p)
	}
	for _, n := range nodes {
		switch {
		case n.condition != "":
			branch := n.otherwise
			if v.conditions[n.condition] {
				branch = n.then
			}
			if err := v.expand(branch, lines); err != nil {
				return err
			}
		case isBlock(n.field):
			if err := v.expand(v.template[n.field], lines); err != nil { // a section without text is none
				return err
			}
		case n.field != "":
			value := v.fields[n.field]
			if value == "" && !v.optional[n.field] {
				return fmt.Errorf("%s", n.field)
			}
			add(piece{text: value})
		default:
			for i, part := range strings.Split(n.text, "\n") {
				if i > 0 {
					*lines = append(*lines, nil)
				}
				add(piece{text: part, literal: true})
			}
		}
	}
	return nil
}

// plain fills a section whose lines are just lines, as in an address; empty ones are dropped.
func (v *values) plain(section string) ([]string, error) {
	lines, err := v.lines(section)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, l := range lines {
		for part := range strings.SplitSeq(l.String(), "\n") {
			if part != "" {
				out = append(out, part)
			}
		}
	}
	return out, nil
}

// single fills a section that is one line.
func (v *values) single(section string) (string, error) {
	lines, err := v.plain(section)
	return strings.Join(lines, " "), err
}

var numbered = regexp.MustCompile(`^[0-9]+\. `)

const dash = "– "

// blocks fills a section of paragraphs and lists.
func (v *values) blocks(section string) ([]matter.LetterBlock, error) {
	lines, err := v.lines(section)
	if err != nil {
		return nil, err
	}
	var out []matter.LetterBlock
	number := 0
	for _, l := range lines {
		text := l.String()
		if text == "" {
			continue
		}
		b := matter.LetterBlock{Text: text}
		if mark := listMark(l); mark != "" {
			b.Kind, b.Marker, b.Text = matter.BlockListItem, strings.TrimSpace(mark), strings.TrimPrefix(text, mark)
		}
		if b.Marker == "" || b.Marker == strings.TrimSpace(dash) {
			number = 0
		} else {
			number++
			b.Marker = strconv.Itoa(number) + "."
		}
		if b.Kind == matter.BlockParagraph {
			endList(out)
		}
		out = append(out, b)
	}
	endList(out)
	return out, nil
}

// listMark gives the mark at the start of a line, if the template set it.
func listMark(l line) string {
	for _, p := range l {
		switch {
		case p.text == "":
			continue
		case !p.literal:
			return ""
		case strings.HasPrefix(p.text, dash):
			return dash
		}
		return numbered.FindString(p.text)
	}
	return ""
}

// endList puts a full stop to a list whose entries so far end with semicolons.
func endList(blocks []matter.LetterBlock) {
	if len(blocks) == 0 || blocks[len(blocks)-1].Kind != matter.BlockListItem {
		return
	}
	last := &blocks[len(blocks)-1]
	if cut, ok := strings.CutSuffix(last.Text, ";"); ok {
		last.Text = strings.TrimRight(cut, " "+noBreak) + "."
	}
}
