// Package document renders a composed letter (matter.LetterDoc) as plain text, PDF, DOCX, ODT, a draft of an e-mail and a mailto: link. All
// say the same, word for word.
//
// It is the last step of the flow case -> letter -> file, and pure: it reads no clock and no file, writes none, and sends nothing. It
// must never shorten an address or drop a word; what a format can't show is said in the document itself. The same letter gives the
// same bytes.
package document

import (
	"strconv"

	"gabarit/engine"
	"gabarit/engine/matter"
)

// Formats lists the formats a letter can be written in, by the ending of their files.
func Formats() []string { return []string{"pdf", "docx", "odt", "eml", "txt", "mailto"} }

// Render writes a letter in a format. CodeUnsupported: there is no such format; CodeLimit: the letter is too long for a mailto:
// link; others as the functions of the formats tell.
func Render(doc matter.LetterDoc, format string) ([]byte, error) {
	const op = "document.Render"
	switch format {
	case "txt":
		return []byte(Text(doc)), nil
	case "pdf":
		return PDF(doc)
	case "docx":
		return DOCX(doc)
	case "odt":
		return ODT(doc)
	case "eml":
		return EML(doc)
	case "mailto":
		link, ok := Mailto(doc)
		if !ok {
			return nil, engine.E(engine.CodeLimit, op, "the letter is too long for a mailto link: write it as EML, a draft for a mail program", nil)
		}
		return []byte(link + "\n"), nil
	}
	return nil, engine.E(engine.CodeUnsupported, op, "letters can't be written in this format", nil)
}

// number is how a row of the annex is named.
func number(it matter.LetterItem) string { return strconv.Itoa(it.No) }

// emptyItem stands for an item of which nothing is known.
const emptyItem = "–"
