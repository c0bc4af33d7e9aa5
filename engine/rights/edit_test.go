package rights_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gabarit/engine"
	"gabarit/engine/matter"
	"gabarit/engine/rights"
	"gabarit/engine/rights/document"
)

func TestABodyIsReadAsItWasWritten(t *testing.T) {
	offered(t, func(t *testing.T, regime matter.Regime, right engine.Right, lang string) {
		body := composed(t, everything(regime, right, lang), items(2)).Body
		if diff := cmp.Diff(body, rights.ParseBody(rights.BodyText(body))); diff != "" {
			t.Errorf("(-written +read):\n%s", diff)
		}
	})
}

func TestChangesOfTheUserAreKeptWhenFieldsChange(t *testing.T) {
	block := func(lines ...string) []matter.LetterBlock { return rights.ParseBody(strings.Join(lines, "\n\n")) }
	const base = "Dear Sir\n\nI am A of P\n\nPlease erase\n1. one;\n2. two.\n\nBye"
	for _, c := range []struct {
		name, text string
		now        []matter.LetterBlock
		want       []string // "=" the program's, "+" the user's, "!" the user's where the program's changed as well
	}{
		{"nothing was edited", base, block("Dear Sir", "I am B of P", "Bye"), []string{"=Dear Sir", "=I am B of P", "=Bye"}},
		{"white space is no text", " \n\u200b ", block("Dear Sir", "Bye"), []string{"=Dear Sir", "=Bye"}},
		{"no text at all means unchanged", "", block("Dear Sir", "Bye"), []string{"=Dear Sir", "=Bye"}},
		{"a changed paragraph is the user's", strings.Replace(base, "Dear Sir", "Hello", 1), block("Dear Sir", "I am A of P", "Please erase\n1. one;\n2. two.", "Bye"),
			[]string{"+Hello", "=I am A of P", "=Please erase", "=1. one;", "=2. two.", "=Bye"}},
		{"a field filled in since goes into the other paragraphs", strings.Replace(base, "Dear Sir", "Hello", 1), block("Dear Sir", "I am B of P", "Please erase\n1. one;\n2. two.", "Bye"),
			[]string{"+Hello", "=I am B of P", "=Please erase", "=1. one;", "=2. two.", "=Bye"}},
		{"both changed: the user's stands and is marked", strings.Replace(base, "I am A of P", "I am A, a nurse", 1), block("Dear Sir", "I am B of P", "Please erase\n1. one;\n2. two.", "Bye"),
			[]string{"=Dear Sir", "!I am A, a nurse", "=Please erase", "=1. one;", "=2. two.", "=Bye"}},
		{"an added paragraph stays where it was put", strings.Replace(base, "\n\nBye", "\n\nOne more thing\n\nBye", 1), block("Dear Sir", "I am B of P", "Please erase\n1. one;", "Bye"),
			[]string{"=Dear Sir", "=I am B of P", "=Please erase", "=1. one;", "+One more thing", "=Bye"}},
		{"what was taken out stays out", strings.Replace(base, "2. two.\n", "", 1), block("Dear Sir", "I am B of P", "Please erase\n1. one;\n2. two.", "Bye"),
			[]string{"=Dear Sir", "=I am B of P", "=Please erase", "=1. one;", "=Bye"}},
		{"a change beside one of the program is no clash", strings.Replace(base, "Dear Sir", "Hello\n\nWe met", 1), block("Dear Sir", "I am B of P", "Please erase\n1. one;\n2. two.", "Bye"),
			[]string{"+Hello", "+We met", "=I am B of P", "=Please erase", "=1. one;", "=2. two.", "=Bye"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, p := range rights.Merge(matter.LetterEdit{Base: base, Text: c.text}, c.now) {
				mark := "="
				if p.Changed {
					mark = "+"
				}
				if p.Clash {
					mark = "!"
				}
				got = append(got, mark+p.Text)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestTheEditedTextIsTheLetters(t *testing.T) {
	req := least(matter.RegimeEU, engine.RightErasure, "en")
	base, err := letters(t).Base(aCase(), req, items(1))
	if err != nil {
		t.Fatal(err)
	}
	req.Edit.Base = rights.BodyText(base)
	req.Edit.Text = strings.Replace(req.Edit.Base, "Dear Sir or Madam,", "Dear Ms Example,\n\nWe met in May.", 1)
	req.Fields.ControllerName = "Another Operator"
	text := document.Text(composed(t, req, items(1)))
	for _, want := range []string{"Dear Ms Example,\n\nWe met in May.\n\nI ask Another Operator to erase", "– Article 17(1)(d)"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	if strings.Contains(text, "Dear Sir") {
		t.Error("what was replaced is still there")
	}
	req.Edit.Text += "\n\n{{date}}"
	var missing *rights.MissingError
	if _, err := letters(t).Compose(aCase(), req, items(1)); !errors.As(err, &missing) || !slices.Equal(missing.Fields, []string{"body"}) {
		t.Errorf("a mark is left in the text: %v", err)
	}
}

func FuzzEditedBody(f *testing.F) {
	f.Add("Dear Sir\n\nI am\n1. one;\n2. two", "Hello\n– x\n\n1. y", "Dear Sir\n\nYou are")
	f.Add("", "x\n\n\n– ", "1. ")
	f.Fuzz(func(t *testing.T, base, text, now string) {
		if len(base)+len(text)+len(now) > 4000 {
			return
		}
		blocks := rights.ParseBody(text)
		again := rights.ParseBody(rights.BodyText(blocks))
		words := func(b []matter.LetterBlock) string { return strings.Join(strings.Fields(rights.BodyText(b)), " ") }
		if words(blocks) != words(again) {
			t.Fatalf("words changed: %q, %q", words(blocks), words(again))
		}
		if len(blocks) == 0 {
			text = ""
		}
		parts := rights.Merge(matter.LetterEdit{Base: text, Text: text}, rights.ParseBody(now))
		if words(rights.ParseBody(rights.Joined(parts))) != words(rights.ParseBody(now)) {
			t.Fatalf("an unchanged text does not give way: %v", parts)
		}
		kept := rights.Merge(matter.LetterEdit{Base: base, Text: text}, rights.ParseBody(base))
		if text != "" && words(rights.ParseBody(rights.Joined(kept))) != words(rights.ParseBody(text)) {
			t.Fatalf("an edited text is not kept: %q of %q", rights.Joined(kept), text)
		}
	})
}
