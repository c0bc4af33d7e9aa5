package main_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"image/color"
	"image/jpeg"
	"os"
	"path/filepath"
	"testing"
)

// sitters are the people of the picture in the README.
var sitters = []sitter{
	{skin: color.RGBA{222, 176, 146, 255}, hair: color.RGBA{58, 38, 28, 255}, iris: color.RGBA{74, 98, 82, 255}, lips: color.RGBA{176, 92, 86, 255}, shirt: color.RGBA{52, 92, 82, 255},
		wide: .74, jaw: .84, eyes: .31, brow: .034, nose: .27, mouth: .25},
	{skin: color.RGBA{142, 96, 68, 255}, hair: color.RGBA{24, 20, 20, 255}, iris: color.RGBA{52, 34, 24, 255}, lips: color.RGBA{128, 66, 62, 255}, shirt: color.RGBA{178, 122, 60, 255},
		wide: .78, jaw: .9, eyes: .33, brow: .042, nose: .25, mouth: .29, beard: true},
	{skin: color.RGBA{238, 200, 176, 255}, hair: color.RGBA{166, 96, 44, 255}, iris: color.RGBA{76, 112, 148, 255}, lips: color.RGBA{190, 92, 96, 255}, shirt: color.RGBA{96, 64, 106, 255},
		wide: .7, jaw: .78, eyes: .3, brow: .024, nose: .23, mouth: .23, long: true},
	{skin: color.RGBA{206, 160, 122, 255}, hair: color.RGBA{96, 92, 90, 255}, iris: color.RGBA{66, 52, 40, 255}, lips: color.RGBA{154, 88, 80, 255}, shirt: color.RGBA{58, 66, 84, 255},
		wide: .77, jaw: .86, eyes: .32, brow: .038, nose: .3, mouth: .27, bald: true, glasses: true},
}

// poses are the pictures of each sitter; the first is the one searched with.
var poses = []pose{
	{turn: 0, tilt: 0, size: .5, at: [2]float64{.5, .46}, light: 1, smile: .03, wall: color.RGBA{168, 172, 164, 255}},
	{turn: .05, tilt: .05, size: .46, at: [2]float64{.52, .48}, light: .92, smile: .05, wall: color.RGBA{136, 152, 166, 255}},
	{turn: -.06, tilt: -.06, size: .54, at: [2]float64{.47, .47}, light: 1.06, smile: .01, wall: color.RGBA{196, 182, 158, 255}},
	{turn: .03, tilt: -.03, size: .42, at: [2]float64{.54, .45}, light: .85, smile: .06, wall: color.RGBA{120, 138, 122, 255}},
	{turn: -.02, tilt: .08, size: .48, at: [2]float64{.46, .5}, light: 1, smile: .04, wall: color.RGBA{178, 160, 168, 255}},
}

// TestWindowPicture makes the picture of the README: the window with a search among drawn faces.
func TestWindowPicture(t *testing.T) {
	if os.Getenv("GABARIT_PICTURE") == "" {
		t.Skip("the picture of the README is made by: make picture")
	}
	d := newScreen(t)
	d.pass = "drawn faces only"
	probe := d.fillDrawn()

	w := d.open("light", "en", probe)
	w.wait("gate.passphrase", "")
	w.enter(d.pass)
	w.key("Return")
	w.wait("search.faces", "1 face found, chosen.")
	w.typeText(purpose)
	w.key("Return")
	w.wait("search.card.0", "")
	w.key("ctrl+f", "Home", "space", "Right", "Right", "space", "Home")
	w.wait("search.count", "2 ticked")
	w.waitCrop()
	w.screen("readme")
	w.quit()
}

// fillDrawn makes a vault of drawn photos that were found on sites, and gives the one to search with, which is not among them.
func (d *desk) fillDrawn() (probe string) {
	d.t.Helper()
	pages := []struct{ page, title, image, taken, place string }{
		{"https://gazette.example/2024/harbour-market", "Harbour market, the opening", "At the fish stall", "2024-07-12", "47.2184,-1.5536"},
		{"https://photos.example.org/club/meeting", "The club's yearly meeting", "Members", "2025-05-12", "48.8566,2.3522"},
		{"https://library.example.net/staff", "New faces at the library", "", "2023-08-12", "45.7640,4.8357"},
		{"https://gazette.example/2025/night-run", "Night run along the quays", "Finish line", "2025-11-02", "47.2184,-1.5536"},
	}
	list := [][]string{{"file", "url", "page_url", "page_title", "image_title", "captured_at", "lat", "lon"}}
	for i, s := range sitters {
		for j, p := range poses {
			p.seed = uint64(i*len(poses) + j)
			var buf bytes.Buffer
			if err := jpeg.Encode(&buf, portrait(s, p, 560), &jpeg.Options{Quality: 92}); err != nil {
				d.t.Fatal(err)
			}
			name := fmt.Sprintf("drawn-%d-%d.jpg", i+1, j+1)
			d.write(name, buf.Bytes(), 0o600)
			if j == 0 {
				continue
			}
			at := pages[(i+j)%len(pages)]
			var lat, lon float64
			if _, err := fmt.Sscanf(at.place, "%f,%f", &lat, &lon); err != nil {
				d.t.Fatal(err)
			}
			list = append(list, []string{name, at.page + "/img/" + name, at.page, at.title, at.image, at.taken, fmt.Sprint(lat), fmt.Sprint(lon)})
		}
	}
	var buf bytes.Buffer
	if err := csv.NewWriter(&buf).WriteAll(list); err != nil {
		d.t.Fatal(err)
	}
	d.write("drawn.csv", buf.Bytes(), 0o600)
	d.cli("vault", "init")
	d.cli("collection", "add", "Local press", "--purpose", purpose, "--basis", "legitimate-interests", "--condition", "made-public-by-the-person")
	d.cli("collect", "Local press", filepath.Join(d.dir, "drawn.csv"))
	return filepath.Join(d.dir, "drawn-1-1.jpg")
}
