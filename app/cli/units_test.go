package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gabarit/app"
	"gabarit/app/cli/command"
	"gabarit/app/cli/document"
	"gabarit/engine"
)

func TestExitStatuses(t *testing.T) {
	e := func(c engine.Code) error { return engine.E(c, "op", "msg", nil) }
	for _, c := range []struct {
		err  error
		want int
	}{
		{nil, 0},
		{errors.New("other"), 1},
		{e(engine.CodeInternal), 1},
		{e(engine.CodeInvalid), 1},
		{e(engine.CodeNotFound), 1},
		{command.Usage("x", ""), 2},
		{command.InvalidIsUsage(e(engine.CodeInvalid)), 2},
		{command.Ended(3), 3},
		{errors.Join(command.Ended(20), nil), 20},
		{e(engine.CodeNoVault), 10},
		{e(engine.CodeLocked), 11},
		{fmt.Errorf("opening: %w", e(engine.CodeBadKey)), 12},
		{e(engine.CodeCanceled), 130},
		{context.Canceled, 130},
	} {
		if got := command.ExitStatus(c.err); got != c.want {
			t.Errorf("%v gives %d, want %d", c.err, got, c.want)
		}
	}
}

func TestRetentions(t *testing.T) {
	for s, want := range map[string]time.Duration{"1d": day, "180d": 180 * day, "6w": 42 * day, "12m": 360 * day, "2y": 730 * day} {
		if got, err := parseRetain(s); err != nil || got != want {
			t.Errorf("%q gives %v, %v", s, got, err)
		}
	}
	for _, s := range []string{"", "d", "180", "-1d", "+1d", "1.5y", "1h", "999999d", "d180", "１d"} {
		if got, err := parseRetain(s); err == nil {
			t.Errorf("%q gives %v", s, got)
		}
	}
}

func TestDetailsAreOfTheOutermostCause(t *testing.T) {
	inner := engine.E(engine.CodeCorrupt, "a", "inner", errors.New("byte 7"))
	for want, err := range map[string]error{
		"":       engine.E(engine.CodeInvalid, "a", "msg", nil),
		"x.jpg":  engine.E(engine.CodeInvalid, "a", "msg", errors.New("x.jpg")),
		"byte 7": engine.E(engine.CodeInternal, "b", "outer", inner),
		"plain":  errors.New("plain"),
	} {
		if got := engine.DetailOf(err); got != want {
			t.Errorf("%v: %q, want %q", err, got, want)
		}
	}
}

func TestProgressIsWrittenNowAndThenAndAtTheEnd(t *testing.T) {
	now := time.Unix(0, 0)
	var written []int
	pr := &progress{every: time.Second, now: func() time.Time { return now }, last: now,
		write: func(c engine.CollectProgress) { written = append(written, c.Counts.Photos) }}
	for i := 1; i <= 40; i++ {
		now = now.Add(100 * time.Millisecond)
		pr.update(engine.CollectProgress{Counts: engine.CollectCounts{Photos: i}, Total: 40, Listed: i > 20})
	}
	pr.update(engine.CollectProgress{Counts: engine.CollectCounts{Photos: 40}, Total: 40, Listed: true})
	if want := []int{10, 20, 30, 40}; !slices.Equal(written, want) {
		t.Errorf("written at %v, want %v", written, want)
	}
}

// Reading from a terminal can't be cancelled: the program leaves from there, and the vault is closed before.
func TestAnInterruptedQuestionClosesTheVault(t *testing.T) {
	in, typed, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	a := app.New(app.Config{VaultDir: filepath.Join(t.TempDir(), "vault"), StateDir: t.TempDir()})
	if err := a.CreateVault(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	left, statuses := make(chan struct{}), make(chan int, 1)
	p := &program{in: in, err: io.Discard, say: command.NewPhrases(env()), app: a, exit: func(status int) {
		statuses <- status
		_ = typed.Close() // a real exit does not come back; here the question gets its end
		close(left)
	}}
	ctx, interrupt := context.WithCancel(t.Context())
	interrupt()
	err = p.confirm(ctx, "Erase this for good? Type yes: ")
	<-left
	if status := <-statuses; status != command.StatusInterrupted || err == nil {
		t.Errorf("left with status %d, confirm gave %v", status, err)
	}
	if _, err := a.Status(context.Background()); engine.CodeOf(err) != engine.CodeCanceled {
		t.Errorf("the vault was left open: %v", err)
	}
}

func TestIDsArePhotosOrFaces(t *testing.T) {
	var req engine.ErasureRequest
	sortIDs(&req, []string{"P1-0", "P2", "P3-x", "P4-12"}, false)
	if want := []engine.FaceID{"P1-0", "P4-12"}; !slices.Equal(req.Faces, want) {
		t.Errorf("faces %v, want %v", req.Faces, want)
	}
	if want := []engine.PhotoID{"P2", "P3-x"}; !slices.Equal(req.Photos, want) {
		t.Errorf("photos %v, want %v", req.Photos, want)
	}
	req = engine.ErasureRequest{}
	sortIDs(&req, []string{"P1-0", "P2"}, true)
	if want := []engine.PhotoID{"P1", "P2"}; !slices.Equal(req.Photos, want) || len(req.Faces) != 0 {
		t.Errorf("whole photos %v, faces %v", req.Photos, req.Faces)
	}
}

// An erasure that was broken off must not look proved: nothing was looked at, so nothing was found left.
func TestABrokenOffErasureHasNoProof(t *testing.T) {
	out := document.NewReport(engine.ErasureReport{ID: "E"}, false)
	if out.Check != nil {
		t.Errorf("a proof of nothing: %+v", *out.Check)
	}
	var text strings.Builder
	p := &program{say: command.NewPhrases(env())}
	p.writeErasure(&text, out)
	if !strings.Contains(text.String(), "It is not finished") || strings.Contains(text.String(), "Left of what was erased") {
		t.Errorf("it says:\n%s", text.String())
	}
}

func TestAnEstimateIsToldWithTwoFigures(t *testing.T) {
	for x, want := range map[float64]float64{0: 0, -1: -1, 0.001234: 0.0012, 0.0996: 0.1, 0.3: 0.3, 1: 1, 9.96: 10, 12.4: 12, 604.7: 600, 12345: 12000} {
		if got := twoFigures(x); math.Abs(got-want) > 1e-12*math.Abs(want) {
			t.Errorf("%v is %v in two figures, want %v", x, got, want)
		}
	}
	if got := twoFigures(math.NaN()); !math.IsNaN(got) {
		t.Errorf("NaN is %v", got)
	}
}
