package rights_test

import (
	"bytes"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gabarit/engine"
	"gabarit/engine/matter"
	"gabarit/engine/rights"
)

var update = flag.Bool("update", false, "write the golden files anew")

func paris() *time.Location { return time.FixedZone("CET", 3600) }

// letters loads the templates that the program ships.
func letters(t testing.TB) *rights.Letters {
	t.Helper()
	l, err := rights.NewLetters(os.DirFS(filepath.Join("..", "..", "assets")))
	if err != nil {
		t.Fatal(err)
	}
	l.Zone = paris()
	return l
}

func aCase() engine.Case {
	return engine.Case{ID: "01C", Ref: "2026-ERA-0007", Site: "example.org"}
}

func englishFields() matter.LetterFields {
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

func frenchFields() matter.LetterFields {
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

// items gives n annex rows of many kinds.
func items(n int) []matter.AnnexItem {
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

// drawnFace is a picture of nobody: an oval on a ground.
func drawnFace(t testing.TB, w, h int) []byte {
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

func compose(t testing.TB, lang string, f matter.LetterFields, annex []matter.AnnexItem) matter.LetterDoc {
	t.Helper()
	doc, err := letters(t).Compose(aCase(), engine.RightErasure, lang, f, annex)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// golden compares with a file of testdata; -update writes it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
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
