package kit_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"net/url"
	"sync/atomic"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"gabarit/engine"
	"gabarit/ui/kit"
)

func jpegOf(t *testing.T, side int) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, side, side))
	for i := range side {
		img.Set(i, i, color.White)
	}
	var buf bytes.Buffer
	if err := jpeg.Encode(&buf, img, nil); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func TestImagesShowTheNewestKeyOfASlotOnly(t *testing.T) {
	th := newThread()
	slots := kit.NewSlots(t.Context(), th.deliver)
	defer slots.Close()
	release := make(chan struct{})
	images := kit.NewImages(func(ctx context.Context, key string) ([]byte, error) {
		if key == "slow" {
			select {
			case <-release:
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}
		return jpegOf(t, 8), nil
	})
	slot := slots.NewSlot()
	images.Show(slot, "slow", func(image.Image, error) { t.Error("a recycled card got the picture of its former row") })
	shown := false
	images.Show(slot, "fast", func(img image.Image, err error) { shown = img != nil && err == nil })
	th.next(t)
	th.next(t)
	close(release)
	if !shown {
		t.Error("the newest picture was not shown")
	}
}

func TestImagesAreLoadedOnce(t *testing.T) {
	th := newThread()
	slots := kit.NewSlots(t.Context(), th.deliver)
	defer slots.Close()
	var loads atomic.Int32
	images := kit.NewImages(func(context.Context, string) ([]byte, error) { loads.Add(1); return jpegOf(t, 8), nil })
	images.Show(slots.NewSlot(), "a", func(image.Image, error) {})
	th.next(t)
	at := false
	images.Show(slots.NewSlot(), "a", func(img image.Image, _ error) { at = img != nil })
	if !at || loads.Load() != 1 {
		t.Errorf("shown at once: %v, loads: %d", at, loads.Load())
	}
	images.Forget()
	images.Show(slots.NewSlot(), "a", func(image.Image, error) {})
	th.next(t)
	if loads.Load() != 2 {
		t.Errorf("a forgotten picture was kept")
	}
}

func TestImagesTellErrors(t *testing.T) {
	th := newThread()
	slots := kit.NewSlots(t.Context(), th.deliver)
	defer slots.Close()
	for name, load := range map[string]func() ([]byte, error){
		"the store's error": func() ([]byte, error) { return nil, engine.E(engine.CodeNotFound, "x", "", nil) },
		"a damaged picture": func() ([]byte, error) { return []byte("no jpeg"), nil },
	} {
		images := kit.NewImages(func(context.Context, string) ([]byte, error) { return load() })
		var got error
		images.Show(slots.NewSlot(), "a", func(_ image.Image, err error) { got = err })
		th.next(t)
		if code := engine.CodeOf(got); code != engine.CodeNotFound && code != engine.CodeCorrupt {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func env(t *testing.T, th *thread) *kit.Env {
	t.Helper()
	test.NewTempApp(t)
	win := test.NewTempWindow(t, nil)
	slots := kit.NewSlots(t.Context(), th.deliver)
	t.Cleanup(slots.Close)
	return &kit.Env{Win: win, Slots: slots, OpenURL: func(*url.URL) error { return errors.New("none") }, Copy: func(string) {}, Dump: kit.NewDump(slots)}
}

func TestPairZoomsTogetherAndKeepsItsZoom(t *testing.T) {
	e := env(t, newThread())
	var passed []fyne.KeyName
	p := kit.NewPair(func(ev *fyne.KeyEvent) bool { passed = append(passed, ev.Name); return true })
	e.Win.SetContent(p)
	e.Win.Resize(fyne.NewSize(600, 300))
	p.TypedRune('+')
	p.TypedRune('+')
	zoomed := p.Zoom()
	p.SetRight(image.NewRGBA(image.Rect(0, 0, 4, 4)))
	if zoomed <= 1.5 || p.Zoom() != zoomed {
		t.Errorf("zoom %v, after the next picture %v", zoomed, p.Zoom())
	}
	p.TypedRune('-')
	if p.Zoom() >= zoomed {
		t.Error("- did not zoom out")
	}
	p.TypedRune('0')
	if p.Zoom() != 1 {
		t.Error("0 did not reset")
	}
	p.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if len(passed) != 1 || passed[0] != fyne.KeyEscape {
		t.Errorf("keys passed on: %v", passed)
	}
}

func TestBadgeSaysTheBandInWords(t *testing.T) {
	seen := map[string]bool{}
	for _, b := range []engine.Band{engine.BandStrong, engine.BandLikely, engine.BandPossible, engine.BandNone} {
		seen[kit.BandWord(b)] = true
	}
	if len(seen) != 4 {
		t.Errorf("bands share words: %v", seen)
	}
}

func TestOnlyWebAddressesAreOpened(t *testing.T) {
	for address, want := range map[string]bool{"https://example.org/a": true, "http://example.org": true, "file:///etc/passwd": false,
		"javascript:alert(1)": false, "https:///nohost": false, "/a/file.jpg": false, "ftp://example.org": false, "": false, "%zz": false} {
		if _, ok := kit.IsWeb(address); ok != want {
			t.Errorf("IsWeb(%q) = %v", address, ok)
		}
	}
}

func TestWidgetsPassWindowKeysOn(t *testing.T) {
	e := env(t, newThread())
	var got []fyne.KeyName
	e.Keys = func(ev *fyne.KeyEvent) bool { got = append(got, ev.Name); return true }
	pressed := 0
	button := e.NewButton("x", nil, func() { pressed++ })
	for _, f := range []fyne.Focusable{e.NewEntry(""), button, e.NewSelect([]string{"a"}, nil), e.NewSlider(0, 1, .1, 0, nil), e.NewCheck("x", nil)} {
		f.TypedKey(&fyne.KeyEvent{Name: fyne.KeyF1})
	}
	if len(got) != 5 {
		t.Errorf("F1 reached the window %d times of 5", len(got))
	}
	button.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	button.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
	button.Disable()
	button.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if pressed != 2 {
		t.Errorf("pressed %d times, want 2", pressed)
	}
}

func TestFiguresAreShort(t *testing.T) {
	test.NewTempApp(t)
	for x, want := range map[float64]string{0: "0", 0.001: "0.001", 0.0123: "0.01", 0.0961: "0.1", 0.3: "0.3", 0.94: "0.9", 0.96: "1", 1: "1",
		1.04: "1", 1.32: "1.3", 9.96: "10", 12.4: "12", 604.7: "600", 1234: "1,200"} {
		if got := kit.Figure(x); got != want {
			t.Errorf("%v is written %q, want %q", x, got, want)
		}
	}
}
