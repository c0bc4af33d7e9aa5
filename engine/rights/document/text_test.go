package document_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"gabarit/engine/matter"
	"gabarit/engine/rights"
	"gabarit/engine/rights/document"
)

func TestTextOfWholeLetters(t *testing.T) {
	french := frenchFields()
	everything := englishFields()
	everything.Grounds = []string{"f", "b", "a", "c", "d"}
	everything.ObjectionReasons = "I was a victim of stalking."
	everything.Site, everything.ForDPO = true, true
	least := matter.LetterFields{SenderName: "A. B.", ReplyChannel: "a@example.org", ControllerName: rights.DefaultController("example.org", "en"),
		Place: "Rome", Date: englishFields().Date}
	for _, c := range []struct {
		name, lang string
		fields     matter.LetterFields
		annex      int
	}{
		{"erasure.en.txt", "en", englishFields(), 3},
		{"erasure.everything.en.txt", "en", everything, 1},
		{"erasure.least.en.txt", "en", least, 1},
		{"erasure.fr.txt", "fr", french, 3},
		{"erasure.plain.fr.txt", "fr", englishFields(), 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			golden(t, c.name, document.Text(compose(t, c.lang, c.fields, items(c.annex))))
		})
	}
}

func TestTextKeepsToItsWidthAndBreaksNoAddress(t *testing.T) {
	for _, lang := range []string{"en", "fr"} {
		annex := items(40)
		f := frenchFields()
		f.ObjectionReasons = "see https://example.org/" + strings.Repeat("long/", 40) + " for more"
		text := document.Text(compose(t, lang, f, annex))
		for line := range strings.Lines(text) {
			line = strings.TrimRight(line, "\n")
			if utf8.RuneCountInString(line) > 76 && strings.Contains(strings.TrimSpace(line), " ") {
				t.Errorf("%s: a line of %d characters: %q", lang, utf8.RuneCountInString(line), line)
			}
			if line != strings.TrimRight(line, " ") {
				t.Errorf("%s: space at the end of %q", lang, line)
			}
		}
		for _, it := range annex {
			for _, u := range []string{it.Source.PageURL, it.Source.URL} {
				if !strings.Contains(text, u) {
					t.Errorf("%s: %s is not whole in the text", lang, u)
				}
			}
		}
		if !strings.Contains(text, "https://example.org/"+strings.Repeat("long/", 40)) {
			t.Errorf("%s: an address in the reasons was broken", lang)
		}
	}
}

func TestTextHoldsNoFolderOfTheSendersComputer(t *testing.T) {
	text := document.Text(compose(t, "en", englishFields(), items(6)))
	for _, private := range []string{"/home", "private", "Users", "Desktop", "photo.jpg"} {
		if strings.Contains(text, private) {
			t.Errorf("the letter holds %q of a local path", private)
		}
	}
	if !strings.Contains(text, "File name: scan 3.jpg") {
		t.Error("the file name of an item without an address is missing")
	}
}

func TestItemOfWhichNothingIsKnownIsStillListed(t *testing.T) {
	text := document.Text(compose(t, "en", englishFields(), []matter.AnnexItem{{}, {}}))
	for _, row := range []string{"   1. –\n", "   2. –\n"} {
		if !strings.Contains(text, row) {
			t.Errorf("row %q is missing in:\n%s", row, text)
		}
	}
}
