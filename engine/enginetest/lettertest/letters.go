// Package lettertest has the fictitious case whose letters the tests of engine/rights and of engine/rights/document write and render. Only
// tests import it.
package lettertest

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gabarit/assets"
	"gabarit/engine"
	"gabarit/engine/matter"
	"gabarit/engine/rights"
)

// Paris is a time zone in which the letters are dated.
func Paris() *time.Location { return time.FixedZone("CET", 3600) }

// shipped reads the templates of the program once: a test asks for them hundreds of times.
var shipped = sync.OnceValues(func() (*rights.Letters, error) { return rights.NewLetters(assets.FS()) }) //nolint:gochecknoglobals // a function that is never another one

// Letters gives the letters that the program ships.
func Letters(t testing.TB) *rights.Letters {
	t.Helper()
	l, err := shipped()
	if err != nil {
		t.Fatal(err)
	}
	mine := *l
	mine.Zone = Paris()
	return &mine
}

// Case is the case that the letters are of.
func Case() engine.Case {
	return engine.Case{ID: "01C", Ref: "2026-ERA-0007", Site: "example.org"}
}

// EnglishFields are the fields of a letter in English.
func EnglishFields() matter.LetterFields {
	return matter.LetterFields{
		SenderName:        "Anna Example",
		SenderAddress:     "1 Sample Street\nLondon AB1 2CD\nUnited Kingdom",
		ControllerName:    "Example Search Ltd",
		ControllerAddress: "Legal department\n99 Index Road\nDublin 2\nIreland",
		Place:             "London",
		Date:              time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC),
		Biometric:         true,
	}
}

// FrenchFields are those of one in French.
func FrenchFields() matter.LetterFields {
	return matter.LetterFields{
		SenderName:       "Zoë Lefèvre-Œuvrard",
		SenderAddress:    "12, rue de l’Église\n75000 Paris",
		ReplyChannel:     "zoe@example.org",
		ControllerName:   rights.DefaultController("example.org", "fr"),
		Place:            "Paris",
		Date:             time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC),
		Site:             true,
		ForDPO:           true,
		Grounds:          []string{"a"},
		ObjectionReasons: "La photo a été prise lors d’un suivi médical ; je ne souhaite pas y être reconnue.\nMon employeur l’a vue.",
		Thumbnails:       true,
	}
}

// Items gives n annex rows of many kinds.
func Items(n int) []matter.AnnexItem {
	long := "https://images.example.org/archive/2019/gallery/event-%d/photo.php?album=summer&id=%d&size=large&token=" +
		"a1b2c3d4e5f60718293a4b5c6d7e8f90112233445566778899aabbccddeeff00#face=%d&übergröße=ja"
	out := make([]matter.AnnexItem, n)
	for i := range out {
		it := matter.AnnexItem{No: i + 1, FoundAt: time.Date(2026, 11, 20, 23, 5, i, 0, time.UTC)}
		for b := range it.SHA256 {
			it.SHA256[b] = byte(b*7 + i)
		}
		it.Source = engine.Provenance{
			File:      "/home/anna/private/photo.jpg",
			PageURL:   fmt.Sprintf("https://www.example.org/people/%d", i+1),
			PageTitle: "Summer party – the pictures",
			URL:       fmt.Sprintf(long, i, i, i),
		}
		switch i % 3 {
		case 1:
			it.Source.PageTitle, it.Source.URL = "", ""
		case 2:
			it.Source = engine.Provenance{File: `C:\Users\anna\Desktop\scan 3.jpg`, PageTitle: "Σχολείο, школа, Straße (été)"}
		}
		out[i] = it
	}
	return out
}

// DrawnFace is a picture of nobody: an oval on a ground.
func DrawnFace(t testing.TB, w, h int) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			dx, dy := float64(2*x-w)/float64(w), float64(2*y-h)/float64(h)
			c := color.RGBA{R: 150, G: 170, B: uint8(160 + 60*y/h), A: 255}
			if dx*dx*2.2+dy*dy*1.3 < 0.8 {
				c = color.RGBA{R: 224, G: 190, B: 160, A: 255}
			}
			img.SetRGBA(x, y, c)
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Erasing asks for a letter of erasure under EU law.
func Erasing(lang string, f matter.LetterFields) matter.LetterRequest {
	return matter.LetterRequest{Right: engine.RightErasure, Regime: matter.RegimeEU, Lang: lang, Fields: f}
}

// Compose writes a letter of erasure.
func Compose(t testing.TB, lang string, f matter.LetterFields, annex []matter.AnnexItem) matter.LetterDoc {
	t.Helper()
	return Composed(t, Erasing(lang, f), annex)
}

// Composed writes any letter.
func Composed(t testing.TB, req matter.LetterRequest, annex []matter.AnnexItem) matter.LetterDoc {
	t.Helper()
	doc, err := Letters(t).Compose(Case(), req, annex)
	if err != nil {
		t.Fatalf("%s %s %s: %v", req.Regime, req.Right, req.Lang, err)
	}
	return doc
}

// Golden compares with a file of testdata; where update is set it writes it.
func Golden(t *testing.T, update bool, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if update {
		if err := os.MkdirAll("testdata", 0o755); err != nil { //nolint:gosec // as git has it
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil { //nolint:gosec // as git has it
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (-want +got); go test -update writes it anew:\n%s", file, diff)
	}
}

// Everything is a request with all that a letter of a right can take, of a fictitious case.
func Everything(regime matter.Regime, right engine.Right, lang string) matter.LetterRequest {
	day := func(d int) time.Time { return time.Date(2026, 10, d, 12, 0, 0, 0, time.UTC) }
	f := EnglishFields()
	f.ReplyChannel = "anna@example.org"
	f.ControllerEmail, f.ControllerWeb, f.ControllerRep = "privacy@search.example", "https://search.example/privacy", "Rep Ltd, 2 Some Street, Dublin"
	f.ForDPO, f.Site, f.Marketing, f.Thumbnails = true, true, true, true
	f.Grounds = []string{"a", "b", "c", "d", "f"}
	f.ObjectionReasons = "I was a victim of stalking & had to move; see https://example.org/a?b=1&c=2#d."
	f.Restriction = "b"
	f.Portrait = "portrait.jpg"
	f.Represented, f.Parent, f.AuthorityProof = "Ben Example", true, "birth-certificate.pdf"
	f.AccessFirst, f.AccessDate = true, day(2)
	f.Delisting = matter.Delisting{Names: "Anna Example, A. Example", Country: "google.ie"}
	f.FollowUp = matter.FollowUp{Right: engine.RightAccess, RequestDate: day(2), Channel: "e-mail", ReceivedDate: day(3), DueDate: day(30),
		ExtensionDate: day(31), NoReasons: true, AnswerDate: day(29), MissingList: "the source, the recipients", CapText: "2 pictures",
		RefusalReason: "the request is said to be excessive", RefusalRule: "Article 12(5)", LastChecked: day(31), StillOnline: "1, 2", GraceDate: time.Date(2026, 12, 4, 12, 0, 0, 0, time.UTC),
		AuthorityName: "The Authority", AuthorityAddress: "1 Square\nDublin", SenderEmail: "anna@example.org", Residence: "Ireland",
		Facts: "The pictures were taken at a private party.", Chronology: "2 October 2026 – request – e-mail – annex 2\n29 October 2026 – answer – e-mail – annex 3",
		Infringed: []string{"15", "17", "25", "30", "6"}, Court: "none before this complaint", NoDisclosure: true}
	if regime == matter.RegimeCH {
		f.FollowUp.RefusalRule = "Article 26"
	}
	return matter.LetterRequest{Regime: regime, Right: right, Lang: lang, Fields: f}
}

// Least is the same with no more than what the letter needs.
func Least(regime matter.Regime, right engine.Right, lang string) matter.LetterRequest {
	f := Everything(regime, right, lang).Fields
	u := f.FollowUp
	return matter.LetterRequest{Regime: regime, Right: right, Lang: lang, Fields: matter.LetterFields{SenderName: f.SenderName, ReplyChannel: f.ReplyChannel,
		ControllerName: "Operator", Place: f.Place, Date: f.Date, Site: true, ObjectionReasons: "My work.", Restriction: "d", Delisting: f.Delisting,
		FollowUp: matter.FollowUp{Right: engine.RightErasure, RequestDate: u.RequestDate, Channel: u.Channel, ReceivedDate: u.ReceivedDate, DueDate: u.DueDate, NoAnswer: true,
			GraceDate: u.GraceDate, AuthorityName: u.AuthorityName, Residence: u.Residence, Chronology: "2 October 2026 – request – e-mail – annex 2", Infringed: []string{"17", "32"}}}}
}

// Offered calls fn for every letter there is.
func Offered(t *testing.T, fn func(t *testing.T, regime matter.Regime, right engine.Right, lang string)) {
	t.Helper()
	l, n := Letters(t), 0
	for _, regime := range matter.Regimes() {
		for _, right := range rights.Rights() {
			for _, lang := range l.Offered(regime, right) {
				n++
				t.Run(fmt.Sprintf("%s %s %s", regime, right, lang), func(t *testing.T) { fn(t, regime, right, lang) })
			}
		}
	}
	if n < 28+14+14 {
		t.Fatalf("only %d letters are offered", n)
	}
}
