package document

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"gabarit/engine/matter"
)

// textWidth is the width of plain text in characters, the customary one of e-mail.
const textWidth = 76

// Text renders a letter as plain text: UTF-8, lines of at most 76 characters ended by "\n". Addresses
// of the web are never broken, however long. Pictures are left out.
func Text(doc matter.LetterDoc) string {
	head, body, tail := TextParts(doc)
	return head + body + tail
}

// TextParts gives plain text in three parts that make a whole: what stands above the body, the body, and what follows.
func TextParts(doc matter.LetterDoc) (head, body, tail string) {
	var h, b, t strings.Builder
	if doc.Outline != "" {
		wrap(&h, doc.Outline, "", "")
		h.WriteByte('\n')
	}
	putLines(&h, doc.Sender...)
	h.WriteByte('\n')
	putLines(&h, doc.Addressee...)
	h.WriteByte('\n')
	putLines(&h, doc.PlaceDate, doc.Reference)
	h.WriteByte('\n')
	putLines(&h, doc.Subject)
	for _, block := range doc.Body {
		if block.Kind == matter.BlockParagraph {
			b.WriteByte('\n')
		}
		textBlock(&b, block)
	}
	t.WriteByte('\n')
	putLines(&t, doc.Signature)
	if len(doc.Enclosures) > 0 {
		t.WriteByte('\n')
		putLines(&t, doc.Enclosures...)
	}
	if len(doc.Annex) > 0 {
		textAnnex(&t, doc)
	}
	return h.String(), b.String(), t.String()
}

func putLines(b *strings.Builder, lines ...string) {
	for _, l := range lines {
		wrap(b, l, "", "")
	}
}

func textAnnex(b *strings.Builder, doc matter.LetterDoc) {
	b.WriteString("\n" + strings.Repeat("-", textWidth) + "\n")
	putLines(b, doc.AnnexHead)
	b.WriteByte('\n')
	putLines(b, doc.AnnexNote)
	for _, it := range doc.Annex {
		b.WriteByte('\n')
		textItem(b, doc, it)
	}
}

func textBlock(b *strings.Builder, block matter.LetterBlock) {
	if block.Kind == matter.BlockParagraph {
		for l := range strings.SplitSeq(block.Text, "\n") {
			wrap(b, l, "", "")
		}
		return
	}
	indent := strings.Repeat(" ", utf8.RuneCountInString(block.Marker)+1)
	first := block.Marker + " "
	for l := range strings.SplitSeq(block.Text, "\n") {
		wrap(b, l, first, indent)
		first = indent
	}
}

// textItem writes one row of the annex as a numbered list of labelled values.
func textItem(b *strings.Builder, doc matter.LetterDoc, it matter.LetterItem) {
	const indent = "      "
	first := fmt.Sprintf("%4d. ", it.No)
	if len(it.Rows) == 0 {
		wrap(b, emptyItem, first, indent)
	}
	for _, r := range it.Rows {
		label := r.Label + doc.LabelEnd
		room := textWidth - utf8.RuneCountInString(indent+label+" ")
		fits := utf8.RuneCountInString(r.Value) <= room
		if r.Kind == matter.RowWords || r.Kind == matter.RowHash && fits {
			wrap(b, label+" "+r.Value, first, indent)
		} else {
			b.WriteString(first + label + "\n" + indent + r.Value + "\n")
		}
		first = indent
	}
}

// wrap writes text in lines of at most textWidth, broken at plain spaces only; a longer word stands alone on its line.
func wrap(b *strings.Builder, text, first, next string) {
	line := first
	empty := true
	for word := range strings.SplitSeq(text, " ") {
		if !empty && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > textWidth {
			b.WriteString(strings.TrimRight(line, " ") + "\n")
			line, empty = next, true
		}
		if !empty {
			line += " "
		}
		line += word
		empty = false
	}
	b.WriteString(strings.TrimRight(line, " ") + "\n")
}
