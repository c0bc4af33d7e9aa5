package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gabarit/app/cli/command"
	"gabarit/app/cli/document"
	"gabarit/engine"
	"gabarit/engine/enginetest"
)

// corner is a detector that finds a face in the corner of every picture but those of the probe's name, and describes drawn boxes by
// their place. It remembers how it was asked to look.
type corner struct {
	enginetest.FakeDetector
	blind bool
	looks []engine.Look
}

func (c *corner) Detect(ctx context.Context, p *engine.Picture, look engine.Look) ([]engine.Detection, error) {
	c.looks = append(c.looks, look)
	if c.blind {
		return nil, nil
	}
	d, err := c.Describe(ctx, p, engine.Box{X: 2, Y: 2, W: 10, H: 10}, look)
	d.Drawn, d.Score = false, 0.75
	return []engine.Detection{d}, err
}

// cli runs gabarit-cli in this process with a detector.
func cli(t *testing.T, d engine.FaceDetector, dir string, args ...string) (status int, out string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	vars := env("GABARIT_LANG", "en")
	p := &program{in: os.Stdin, out: &stdout, err: &stderr, env: vars, exit: func(int) {}, now: time.Now, detector: d}
	status = p.run(t.Context(), append(args, "--vault", filepath.Join(dir, "vault")))
	t.Logf("gabarit-cli %v: status %d\n%s%s", args, status, stdout.String(), stderr.String())
	return status, stdout.String()
}

func TestAFaceDrawnByHandIsSearched(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("GABARIT_STATE", filepath.Join(dir, "state"))
	photo := filepath.Join(dir, "album", "a.png")
	var picture bytes.Buffer
	if err := drawPlain(&picture, "a"); err != nil {
		t.Fatal(err)
	}
	write(t, photo, picture.Bytes())
	d := &corner{}
	for _, args := range [][]string{
		{"vault", "init", "--no-passphrase"}, {"collection", "add", "people", "--purpose", "tests", "--basis", "consent"},
		{"collect", "people", filepath.Dir(photo), "--detector", "thorough", "--smallest", "24"},
	} {
		if status, _ := cli(t, d, dir, args...); status != 0 {
			t.Fatalf("status %d", status)
		}
	}
	if want := (engine.Look{Detector: engine.DetectorThorough, Smallest: engine.FaceSize{Pixels: 24}}); d.looks[0] != want {
		t.Errorf("collected by %+v, want %+v", d.looks[0], want)
	}
	_, out := cli(t, d, dir, "faces", photo, "--json", "--smallest", "24")
	if want := `"score":0.75`; !strings.Contains(out, want) {
		t.Errorf("faces: no %s in %s", want, out)
	}
	if want := (engine.Look{Detector: engine.DetectorFast, Smallest: engine.FaceSize{Pixels: 24}, Averaged: true}); d.looks[1] != want {
		t.Errorf("faces found by %+v, want %+v", d.looks[1], want)
	}

	d.blind = true
	if status, _ := cli(t, d, dir, "search", photo, "--purpose", "tests"); status != command.StatusItemsFailed {
		t.Errorf("without a face and without a box: status %d", status)
	}
	args := []string{"search", photo, "--purpose", "tests", "--detector", "thorough", "--box", "2,2,10,10", "--box", " 9,9,5,5"}
	status, out := cli(t, d, dir, append(args, "--json")...)
	var res document.Search
	if err := json.Unmarshal([]byte(out), &res); err != nil || status != 0 || len(res.Probes) != 2 {
		t.Fatalf("status %d, %v", status, err)
	}
	if p := res.Probes[0]; !p.Drawn || p.Box != (document.Box{2, 2, 10, 10}) || len(p.Matches) != 1 || p.Matches[0].Distance != 0 {
		t.Errorf("probe %+v", p)
	}
	if _, out := cli(t, d, dir, args...); strings.Count(out, "drawn by hand: no detector says that there is a face") != 2 {
		t.Error("the text does not say that the faces were drawn")
	}
	status, out = cli(t, d, dir, "search", photo, "--purpose", "tests", "--box", "30,30,5,5", "--json")
	if status != command.StatusItemsFailed || !strings.Contains(out, "outside") {
		t.Errorf("a box outside the photo: status %d", status)
	}

	d.blind = false
	_, out = cli(t, d, dir, "search", photo, "--purpose", "tests", "--box", "9,9,5,5", "--json")
	if err := json.Unmarshal([]byte(out), &res); err != nil || len(res.Probes) != 1 || res.Probes[0].Face != 1 || !res.Probes[0].Drawn {
		t.Errorf("beside a face that was found: %+v, %v", res.Probes, err)
	}
	_, out = cli(t, d, dir, "search", photo, "--purpose", "tests", "--json")
	if err := json.Unmarshal([]byte(out), &res); err != nil || len(res.Probes) != 1 || res.Probes[0].Drawn {
		t.Errorf("a face that was found: %+v, %v", res.Probes, err)
	}
	_, out = cli(t, d, dir, "audit", "list", "--json")
	if strings.Count(out, `"drawn":`) != 3 || strings.Count(out, `"drawn":2`) != 2 {
		t.Errorf("the log does not mark the searches for drawn faces: %s", out)
	}
}

func TestFacesOfAnotherModelAreToldOf(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("GABARIT_STATE", filepath.Join(dir, "state"))
	photo := filepath.Join(dir, "album", "a.png")
	var picture bytes.Buffer
	if err := drawPlain(&picture, "a"); err != nil {
		t.Fatal(err)
	}
	write(t, photo, picture.Bytes())
	write(t, filepath.Join(dir, "album", "b.png"), append(picture.Bytes(), 0))
	old, next := &corner{}, &corner{FakeDetector: enginetest.FakeDetector{Makes: "next"}}
	cli(t, old, dir, "vault", "init", "--no-passphrase")
	cli(t, old, dir, "collection", "add", "people", "--purpose", "tests", "--basis", "consent")
	cli(t, old, dir, "collect", "people", filepath.Dir(photo))
	if status, out := cli(t, next, dir, "search", photo, "--purpose", "tests"); status != command.StatusNothing ||
		!strings.Contains(out, "Nothing was searched.\n") || !strings.Contains(out, "faces: 2. To make them anew: gabarit-cli collect") {
		t.Errorf("status %d", status)
	}
	if _, out := cli(t, next, dir, "vault", "info"); !strings.Contains(out, "Not searched, as another model made their templates: faces: 2") {
		t.Error("vault info does not tell")
	}
	if err := os.Remove(filepath.Join(dir, "album", "b.png")); err != nil {
		t.Fatal(err)
	}
	_, out := cli(t, next, dir, "collect", "people", filepath.Dir(photo), "--retemplate")
	for _, want := range []string{"Photos whose faces were found anew: 1, faces: 1", "b.png: not found again, or not readable: it keeps templates of another model",
		"Photos that keep templates of another model, and are not searched: 1"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q", want)
		}
	}
	_, out = cli(t, next, dir, "search", photo, "--purpose", "tests", "--json")
	var res document.Search
	if err := json.Unmarshal([]byte(out), &res); err != nil || res.Index.OtherModel != 1 || res.Index.Faces != 2 || len(res.Probes[0].Matches) != 1 {
		t.Errorf("%+v, %v", res, err)
	}
}
