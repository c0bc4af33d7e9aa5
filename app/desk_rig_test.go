package app_test

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/png"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"gabarit/app"
	"gabarit/engine"
	"gabarit/engine/matter"
)

// cards is a detector for pictures made by drawCards: a face for each stripe. A stripe's colour says who is on it (red), and by how much (blue, in 1/400 of a
// unit of distance) the template lies aside of that person's, in a direction of its own (green). Black: nobody.
type cards struct{ stripes }

func (cards) Detect(_ context.Context, p *engine.Picture, _ engine.Look) ([]engine.Detection, error) {
	var found []engine.Detection
	for x := 0; x+stripeWidth <= p.Width; x += stripeWidth {
		r, g, b, _ := p.Image.At(x+stripeWidth/2, p.Height/2).RGBA()
		if r>>8 == 0 {
			continue
		}
		found = append(found, engine.Detection{Box: engine.Box{X: x + 12, Y: 12, W: 40, H: 40}, Quality: .8, Model: "test", Template: aside(uint64(r>>8), uint64(g>>8), float64(b>>8)/400)})
	}
	return found, nil
}

// aside gives a person's template moved by a distance into one of many directions.
func aside(who, way uint64, by float64) engine.Template {
	t, d := person(who), person(1000+way)
	var n float64
	for i := range d {
		n += float64(d[i]) * float64(d[i])
	}
	for i := range t {
		t[i] += float32(by * float64(d[i]) / math.Sqrt(n))
	}
	return t
}

// card is the colour of a person's stripe whose template lies aside by that much.
func card(who, way uint8, by float64) color.RGBA {
	return color.RGBA{who, way, uint8(by*400 + .5), 255}
}

const (
	anna  = 10 // the people of these tests
	bert  = 20
	clara = 30
)

// drawCards writes a picture of people side by side whose bytes, and looks, follow from its stripes and mark.
func drawCards(t testing.TB, path string, mark uint8, people ...color.RGBA) {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, max(1, len(people))*stripeWidth, stripeWidth))
	looks := rand.New(rand.NewPCG(uint64(mark), 7)) // so that pictures differ in their looks
	for i, c := range people {
		var grey [8][8]uint8
		for n := range 64 {
			grey[n/8][n%8] = uint8(looks.IntN(256))
		}
		for n := range stripeWidth * stripeWidth {
			x, y := n%stripeWidth, n/stripeWidth
			g := grey[y/8][x/8]
			img.SetRGBA(i*stripeWidth+x, y, color.RGBA{g, g, g, 255})
		}
		img.SetRGBA(i*stripeWidth+stripeWidth/2, stripeWidth/2, c)
	}
	img.SetRGBA(0, 0, color.RGBA{mark, 1, 2, 255})
	var b bytes.Buffer
	must(t, png.Encode(&b, img))
	must(t, os.MkdirAll(filepath.Dir(path), 0o755))
	must(t, os.WriteFile(path, b.Bytes(), 0o600))
}

// deskRig is an App whose clock can be turned, with a vault of anna, bert and clara.
type deskRig struct {
	*app.App
	t   testing.TB
	cfg app.Config
	dir string // of the photos

	clock sync.Mutex // held while at is read or set: the program looks at the clock by itself too
	at    time.Time
}

// now is what the program's clock shows.
func (d *deskRig) now() time.Time {
	d.clock.Lock()
	defer d.clock.Unlock()
	return d.at
}

// turn sets the program's clock.
func (d *deskRig) turn(to time.Time) {
	d.clock.Lock()
	defer d.clock.Unlock()
	d.at = to
}

// newDesk gives a desk whose vault holds, of anna: two photos alone (one 5 years old), one near with bert, one far (.52), and a look-alike of hers (clara at .47).
func newDesk(t testing.TB, options ...func(*app.App)) *deskRig {
	t.Helper()
	d := &deskRig{t: t, dir: t.TempDir(), at: clock()}
	d.cfg = app.Config{VaultDir: filepath.Join(t.TempDir(), "vault"), ModelsDir: t.TempDir(), Detector: cards{}, Now: d.now}
	d.App = app.New(d.cfg)
	d.CheapPassphrases()
	for _, o := range options {
		o(d.App)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	must(t, d.CreateVault(t.Context(), secret))
	_, err := d.AddCollection(t.Context(), people())
	must(t, err)
	d.turn(clock().AddDate(-5, 0, 0))
	d.collect("old.png", 1, card(anna, 1, .1))
	d.turn(clock())
	d.collect("alone.png", 2, card(anna, 2, .2))
	d.collect("pair.png", 3, card(anna, 3, .3), card(bert, 1, 0))
	d.collect("far.png", 4, card(anna, 4, .52))
	d.collect("bert.png", 5, card(bert, 2, .1))
	d.collect("clara.png", 6, card(clara, 1, 0))
	d.collect("like-anna.png", 7, card(anna, 77, .47)) // nobody knows but the test: this is somebody else
	return d
}

func (d *deskRig) collect(name string, mark uint8, people ...color.RGBA) {
	d.t.Helper()
	drawCards(d.t, filepath.Join(d.dir, name), mark, people...)
	// the folder, as records of runs keep the sources that somebody named; what was read before is unchanged
	if rep := collect(d.t, d.App, d.dir); rep.Counts.Photos != 1 {
		d.t.Fatalf("%s: %+v", name, rep)
	}
}

// portrait writes a portrait and gives its path.
func (d *deskRig) portrait(people ...color.RGBA) string {
	d.t.Helper()
	path := filepath.Join(d.tempDir(), "portrait.png")
	drawCards(d.t, path, 99, people...)
	return path
}

// request registers a request of anna's with one portrait.
func (d *deskRig) request(rights ...engine.Right) matter.Request {
	d.t.Helper()
	r, problems, err := d.RegisterRequest(d.t.Context(), matter.NewRequest{Rights: rights, Photos: []string{d.portrait(card(anna, 9, 0))}})
	must(d.t, err)
	if len(problems) > 0 {
		d.t.Fatalf("%v", problems)
	}
	return r
}

// name tells which photo a candidate is of.
func (d *deskRig) name(c matter.CandidateView) string { return filepath.Base(c.Source.File) }

// reviewed searches for a request and has its candidates decided: yes are those on the named photos that are nearest anna there; two people sign.
func (d *deskRig) reviewed(name string, yes ...string) matter.Request {
	d.t.Helper()
	_, err := d.SearchSubject(d.t.Context(), name, 0, nil)
	must(d.t, err)
	views, err := d.CandidatesOf(d.t.Context(), name)
	must(d.t, err)
	var r matter.Request
	for _, by := range []string{"first reviewer", "second reviewer"} {
		for _, v := range views {
			decision := matter.DecidedNo
			if slices.Contains(yes, d.name(v)) && v.Compared {
				decision = matter.DecidedYes
			}
			r, err = d.ReviewCandidates(d.t.Context(), name, matter.Decide{Keys: []string{v.Key()}, By: by, Decision: decision, Reason: "looked at it"})
			must(d.t, err)
		}
	}
	if n := r.Undecided(); n != 0 {
		d.t.Fatalf("%d candidates are undecided", n)
	}
	return r
}

// annas are the photos of anna.
func annas() []string { return []string{"old.png", "alone.png", "pair.png", "far.png"} }

// access writes an access package and has it sent.
func (d *deskRig) access(name string) matter.PackageRecord {
	d.t.Helper()
	for _, item := range []matter.AccessItem{matter.ItemRecipients, matter.ItemComplaint, matter.ItemController} {
		_, err := d.StateReason(d.t.Context(), name, string(item), "nothing is recorded in this test")
		must(d.t, err)
	}
	rec, err := d.WriteAccess(d.t.Context(), name, matter.AccessOrder{Dir: d.tempDir()})
	must(d.t, err)
	_, err = d.RecordAnswer(d.t.Context(), name, time.Time{})
	must(d.t, err)
	return rec
}

// finds tells on which photos a search for a person finds faces within a distance.
func (d *deskRig) finds(who color.RGBA, within float64) []string {
	d.t.Helper()
	res, err := d.Search(d.t.Context(), engine.SearchRequest{Purpose: "tests", Probe: probe(d.t, d.App, d.portrait(who)), Within: within, Max: engine.MaxResults})
	must(d.t, err)
	return files(res.Probes[0].Matches)
}

// reopen closes the program and opens the vault anew.
func (d *deskRig) reopen() {
	d.t.Helper()
	must(d.t, d.Close())
	d.App = app.New(d.cfg)
	d.CheapPassphrases()
	must(d.t, d.Unlock(d.t.Context(), secret))
}

func (d *deskRig) tempDir() string { return d.t.(interface{ TempDir() string }).TempDir() }
