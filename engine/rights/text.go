package rights

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
	var b strings.Builder
	gap := func() { b.WriteByte('\n') }
	put := func(lines ...string) {
		for _, l := range lines {
			wrap(&b, l, "", "")
		}
	}
	put(doc.Sender...)
	gap()
	put(doc.Addressee...)
	gap()
	put(doc.PlaceDate, doc.Reference)
	gap()
	put(doc.Subject)
	for _, block := range doc.Body {
		if block.Kind == matter.BlockParagraph {
			gap()
		}
		textBlock(&b, block)
	}
	gap()
	put(doc.Signature)
	gap()
	put(doc.AnnexHead)
	gap()
	b.WriteString(strings.Repeat("-", textWidth) + "\n")
	put(doc.AnnexHead)
	gap()
	put(doc.AnnexNote)
	for _, it := range doc.Annex {
		gap()
		textItem(&b, doc, it)
	}
	return b.String()
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
func textItem(b *strings.Builder, doc matter.LetterDoc, it matter.AnnexItem) {
	const indent = "      "
	first := fmt.Sprintf("%4d. ", it.No)
	if len(annexRows(doc, it)) == 0 {
		wrap(b, "–", first, indent)
	}
	for _, r := range annexRows(doc, it) {
		label := r.label + colon(doc.Lang)
		room := textWidth - utf8.RuneCountInString(indent+label+" ")
		fits := utf8.RuneCountInString(r.value) <= room
		if r.kind == rowWords || r.kind == rowHash && fits {
			wrap(b, label+" "+r.value, first, indent)
		} else {
			b.WriteString(first + label + "\n" + indent + r.value + "\n")
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
