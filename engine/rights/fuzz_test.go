package rights_test

import (
	"strings"
	"testing"
	"testing/fstest"
	"unicode"
	"unicode/utf8"

	"gabarit/engine"
	"gabarit/engine/matter"
	"gabarit/engine/rights"
	"gabarit/engine/rights/document"
)

// FuzzTemplate: a template is refused, or gives a letter without a mark left in it.
func FuzzTemplate(f *testing.F) {
	data := wholeTemplate(f)
	f.Add([]byte(data))
	for _, cut := range []string{"[[end]]", "{{place}}", "[[section annex]]", "– "} {
		f.Add([]byte(strings.Replace(data, cut, "", 1)))
		f.Add([]byte(strings.ReplaceAll(data, cut, cut+cut)))
	}
	f.Add([]byte("[[section title]]\n[[if site]]{{place}}[[else]]"))
	f.Add([]byte("{[{[]}]}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		l, err := rights.NewLetters(fstest.MapFS{"letters/eu_gdpr/erasure.fr.txt": {Data: data}})
		if err != nil {
			if engine.CodeOf(err) != engine.CodeCorrupt {
				t.Fatalf("error %v, want code corrupt", err)
			}
			return
		}
		doc, err := l.Compose(aCase(), erasing("fr", frenchFields()), items(2))
		if err != nil {
			if c := engine.CodeOf(err); c != engine.CodeInvalid && c != engine.CodeCorrupt {
				t.Fatalf("error %v, want code invalid or corrupt", err)
			}
			return
		}
		text := document.Text(doc)
		for _, mark := range []string{"{{", "}}", "[[", "]]"} {
			if strings.Contains(text, mark) {
				t.Fatalf("%s is left in the letter:\n%s", mark, text)
			}
		}
	})
}

// FuzzCompose: whatever users and pages supply, the letter has its shape, prints nothing invisible, and can be rendered.
func FuzzCompose(f *testing.F) {
	f.Add("Anna Example", "1 Sample Street\nLondon", "my reasons", "a title", "https://example.org/x")
	f.Add("{{place}}", "[[end]]\r\n– x\u2028y", "1. one\n\n2. two", "\x00\x1b[31m\u202e", "https://[::1]:80/%zz?\n")
	f.Add("e\u0301\ufeff", "\xff\xfe", strings.Repeat("wide ", 40)+strings.Repeat("w", 200), "夏🎉\u0301", "HTTP://BÜCHER.example/ü#ü")
	f.Add(" ", "", "x;", "\u00a0", "data:,x")
	f.Fuzz(func(t *testing.T, name, postal, reasons, title, address string) {
		fields := englishFields()
		fields.SenderName, fields.SenderAddress, fields.ObjectionReasons = name, postal, reasons
		annex := []matter.AnnexItem{{Source: engine.Provenance{PageTitle: title, PageURL: address, File: title}}}
		doc, err := letters(t).Compose(aCase(), erasing("en", fields), annex)
		if err != nil {
			if c := engine.CodeOf(err); c != engine.CodeInvalid && c != engine.CodeLimit {
				t.Fatalf("error %v, want code invalid or limit", err)
			}
			return
		}
		fields.SenderName, fields.SenderAddress = "A", "B"
		if len(doc.Body[len(doc.Body)-1].Text) == 0 || len(doc.Sender) < 2 {
			t.Fatalf("the letter lost its shape: %+v", doc)
		}
		if strings.TrimSpace(reasons) != "" && doc.Subject != "Subject: Request for erasure – Articles 17 and 19 GDPR" {
			fields.ObjectionReasons = "C"
		} else {
			fields.ObjectionReasons = ""
		}
		if got, want := len(doc.Body), len(compose(t, "en", fields, items(1)).Body); got != want {
			t.Fatalf("%d blocks in the body, want %d", got, want)
		}
		text := document.Text(doc)
		if !utf8.ValidString(text) {
			t.Fatal("the text is not UTF-8")
		}
		for _, r := range text {
			if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)) {
				t.Fatalf("%U is in the text", r)
			}
		}
		if _, err := document.PDF(doc); err != nil {
			t.Fatalf("PDF: %v", err)
		}
	})
}
