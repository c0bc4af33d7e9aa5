package rights

import (
	"slices"
	"strings"

	"gabarit/engine/matter"
)

// BodyText writes a body as the text that a person edits: paragraphs separated by empty lines, each entry of a list on a line
// of its own that starts with its marker.
func BodyText(body []matter.LetterBlock) string {
	var b strings.Builder
	for i, block := range body {
		if i > 0 {
			b.WriteByte('\n')
			if block.Kind == matter.BlockParagraph {
				b.WriteByte('\n')
			}
		}
		b.WriteString(blockText(block))
	}
	return b.String()
}

func blockText(b matter.LetterBlock) string {
	if b.Kind == matter.BlockListItem {
		return b.Marker + " " + b.Text
	}
	return b.Text
}

// ParseBody reads an edited text: what BodyText writes, and whatever else a person makes of it.
func ParseBody(text string) []matter.LetterBlock {
	var out []matter.LetterBlock
	fresh := true
	for line := range strings.SplitSeq(clean(text), "\n") {
		line = squeeze(line)
		mark := numbered.FindString(line)
		if strings.HasPrefix(line, dash) {
			mark = dash
		}
		switch {
		case line == "":
			fresh = true
			continue
		case mark != "":
			out = append(out, matter.LetterBlock{Kind: matter.BlockListItem, Marker: strings.TrimSpace(mark), Text: strings.TrimPrefix(line, mark)})
		case fresh:
			out = append(out, matter.LetterBlock{Text: line})
		default:
			out[len(out)-1].Text += "\n" + line
		}
		fresh = false
	}
	return out
}

// Merge puts the user's changes of a body into the body that the program writes now: the same fields may have been filled in since. A
// paragraph that the user left alone is the program's, one that was changed, added or taken out is the user's. Where both changed, the
// user's stands and is marked as a clash, so that a name or date of before can be seen.
func Merge(edit matter.LetterEdit, now []matter.LetterBlock) []matter.LetterPart {
	was, is, current := paragraphs(edit.Base), paragraphs(edit.Text), paragraphs(BodyText(now))
	if len(is) == 0 { // nothing, or nothing but white space, is no text of the user's
		is, was = current, current
	}
	if len(was) == 0 && len(current) > 0 {
		return parts(is, true, false) // a text of the user's own
	}
	user, program := changesOf(was, is), changesOf(was, current)
	out := added(user.first, program.first)
	for i := range was {
		out = append(out, chosen(was[i], user.instead[i], program.instead[i])...)
		out = append(out, added(user.after[i], program.after[i])...)
	}
	return out
}

// changes tell what became of each paragraph of a text.
type changes struct {
	first   []string   // added at the start
	instead [][]string // what stands for a paragraph: itself, others, or none
	after   [][]string // added behind it
}

// changesOf compares two versions. In a stretch without a common paragraph, each stands for the one at its place; what is more was added
// behind the last.
func changesOf(was, is []string) changes {
	c := changes{instead: make([][]string, len(was)), after: make([][]string, len(was))}
	to := matches(was, is)
	from, last := 0, -1 // next of is; last of was that has something to stand behind
	more := func(end int) {
		if from < end && last < 0 {
			c.first = append(c.first, is[from:end]...)
		} else if from < end {
			c.after[last] = append(c.after[last], is[from:end]...)
		}
		from = end
	}
	for i := range was {
		end := len(is) // where the stretch ends in is
		for _, j := range to[i:] {
			if j >= 0 {
				end = j
				break
			}
		}
		switch {
		case to[i] >= 0:
			more(end)
			c.instead[i], from = is[end:end+1], end+1
		case from < end:
			c.instead[i], from = is[from:from+1], from+1
		}
		last = i
	}
	more(len(is))
	return c
}

// chosen decides about one paragraph.
func chosen(was string, user, program []string) []matter.LetterPart {
	if len(user) == 1 && user[0] == was || slices.Equal(user, program) {
		return parts(program, false, false)
	}
	same := len(program) == 1 && program[0] == was
	return parts(user, true, !same)
}

// added takes what both added, each once, the user's first.
func added(user, program []string) []matter.LetterPart {
	if slices.Equal(user, program) {
		return parts(program, false, false)
	}
	return append(parts(user, true, false), parts(program, false, false)...)
}

func parts(texts []string, changed, clash bool) []matter.LetterPart {
	var out []matter.LetterPart
	for _, t := range texts {
		out = append(out, matter.LetterPart{Text: t, Changed: changed, Clash: clash})
	}
	return out
}

// joined is the text of parts as a person edits it.
func joined(parts []matter.LetterPart) string {
	var blocks []matter.LetterBlock
	for _, p := range parts {
		blocks = append(blocks, ParseBody(p.Text)...)
	}
	return BodyText(blocks)
}

// Joined gives the text of a body that was merged.
func Joined(parts []matter.LetterPart) string { return joined(parts) }

// paragraphs lists the paragraphs and list entries of an edited text.
func paragraphs(text string) []string {
	var out []string
	for _, b := range ParseBody(text) {
		out = append(out, blockText(b))
	}
	return out
}

// matches gives for each of a the place of the same paragraph in b, or -1, by the longest common subsequence.
func matches(a, b []string) []int {
	length := make([][]int, len(a)+1) // of the longest one of a[i:] and b[j:]
	for i := range length {
		length[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				length[i][j] = length[i+1][j+1] + 1
			} else {
				length[i][j] = max(length[i+1][j], length[i][j+1])
			}
		}
	}
	out := make([]int, len(a))
	i, j := 0, 0
	for i < len(a) {
		switch {
		case j < len(b) && a[i] == b[j]:
			out[i] = j
			i, j = i+1, j+1
		case j < len(b) && length[i][j+1] >= length[i+1][j]:
			j++
		default:
			out[i] = -1
			i++
		}
	}
	return out
}
