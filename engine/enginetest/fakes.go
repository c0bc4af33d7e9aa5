package enginetest

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"iter"
	"strconv"
	"strings"
	"sync"
	"time"

	"gabarit/engine"
	"gabarit/engine/crowd"
)

// FakePhoto writes a photo in the format that FakePhotos reads. remark makes its bytes different from those of
// another photo with the same faces; faces are the seeds of the people on it, from left to right. Lines may be appended:
//
//	title: T            description: D          taken: 2024-05-31T14:05:00Z       place: 48.85 2.35
//	looks: 255          the perceptual hash
//	broken: MESSAGE     Decode fails with CodeCorrupt
//	crash: MESSAGE      Detect fails with CodeUnavailable
func FakePhoto(remark string, faces ...uint64) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "photo\nremark: %s\nfaces:", remark)
	for _, f := range faces {
		fmt.Fprintf(&b, " %d", f)
	}
	b.WriteByte('\n')
	return []byte(b.String())
}

// FakeTemplate is the template of a person in fake photos; the same seed gives the same template.
func FakeTemplate(seed uint64) engine.Template { return crowd.People(seed, 1, 1)[0] }

// fakeImage carries the lines of a fake photo from Decode to Detect.
type fakeImage struct {
	image.Image
	lines map[string]string
}

// FakeRemark gives the remark of a decoded fake photo.
func FakeRemark(p *engine.Picture) string {
	if f, ok := p.Image.(fakeImage); ok {
		return f.lines["remark"]
	}
	return ""
}

// meter counts calls and how many of them ran at once.
type meter struct {
	mu              sync.Mutex
	calls, now, top int
}

func (m *meter) enter() (leave func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.calls++
	m.now++
	m.top = max(m.top, m.now)
	return func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.now--
	}
}

func (m *meter) read() (calls, top int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.calls, m.top
}

// FakePhotos is an engine.Photographer for what FakePhoto writes. The zero value is ready.
type FakePhotos struct {
	// Limit is MaxBytes; 0: 1 MiB. Change fields before the first call only.
	Limit int64
	// OnDecode, if set, is called inside every Decode with its bytes: it may wait, fail or panic.
	OnDecode func(ctx context.Context, data []byte) error

	decodes meter
}

var _ engine.Photographer = (*FakePhotos)(nil)

// Decodes tells how often Decode was called and how many calls ran at once at most.
func (f *FakePhotos) Decodes() (calls, atOnce int) { return f.decodes.read() }

// MaxBytes implements engine.Photographer.
func (f *FakePhotos) MaxBytes() int64 {
	if f.Limit > 0 {
		return f.Limit
	}
	return 1 << 20
}

// Decode implements engine.Photographer.
func (f *FakePhotos) Decode(ctx context.Context, data []byte) (*engine.Picture, error) {
	const op = "enginetest.Decode"
	defer f.decodes.enter()()
	if f.OnDecode != nil {
		if err := f.OnDecode(ctx, data); err != nil {
			return nil, err
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, engine.E(engine.CodeCanceled, op, "", err)
	}
	text, ok := bytes.CutPrefix(data, []byte("photo\n"))
	if !ok {
		return nil, engine.E(engine.CodeUnsupported, op, "this is no fake photo", nil)
	}
	lines := map[string]string{}
	for line := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(line, ":")
		lines[name] = strings.TrimSpace(value)
	}
	if why, broken := lines["broken"]; broken {
		return nil, engine.E(engine.CodeCorrupt, op, "the fake photo is broken", errors.New(why))
	}
	p := &engine.Picture{Width: 160, Height: 120, Format: "fake", SHA256: sha256.Sum256(data),
		Title: lines["title"], Description: lines["description"],
		Image: fakeImage{image.NewGray(image.Rect(0, 0, 160, 120)), lines}}
	p.CapturedAt, _ = time.Parse(time.RFC3339, lines["taken"])
	p.PHash, _ = strconv.ParseUint(lines["looks"], 10, 64)
	p.Frames, _ = strconv.Atoi(lines["frames"])
	var place engine.Place
	if n, _ := fmt.Sscan(lines["place"], &place.Lat, &place.Lon); n == 2 {
		p.Place = &place
	}
	return p, nil
}

// Crop implements engine.Photographer: a small grey JPEG that depends on the box.
func (f *FakePhotos) Crop(_ *engine.Picture, d engine.Detection) ([]byte, error) {
	return greyJPEG(uint8(d.Box.X))
}

// Thumbnail implements engine.Photographer: a small grey JPEG.
func (f *FakePhotos) Thumbnail(*engine.Picture) ([]byte, error) { return greyJPEG(128) }

func greyJPEG(level uint8) ([]byte, error) {
	img := image.NewGray(image.Rect(0, 0, 8, 8))
	for i := range img.Pix {
		img.Pix[i] = level
	}
	var b bytes.Buffer
	err := jpeg.Encode(&b, img, nil)
	return b.Bytes(), err
}

// FakeDetector is an engine.FaceDetector for pictures decoded by FakePhotos; it finds no face on others. The zero
// value has one worker.
type FakeDetector struct {
	// N is the number of workers; 0: 1. Change fields before the first call only.
	N int
	// Makes is the model whose templates it makes; "": "fake".
	Makes engine.ModelID
	// OnDetect, if set, is called inside every Detect: it may wait, fail or panic.
	OnDetect func(ctx context.Context, p *engine.Picture) error

	detects meter
	once    sync.Once
	slots   chan struct{}
}

var _ engine.FaceDetector = (*FakeDetector)(nil)

// Detects tells how often Detect was called and how many calls ran at once at most.
func (f *FakeDetector) Detects() (calls, atOnce int) { return f.detects.read() }

// Model implements engine.FaceDetector.
func (f *FakeDetector) Model() engine.ModelID { return cmp.Or(f.Makes, "fake") }

// Workers implements engine.FaceDetector.
func (f *FakeDetector) Workers() int { return max(f.N, 1) }

// Close implements engine.FaceDetector; it does nothing.
func (f *FakeDetector) Close() error { return nil }

// Detect implements engine.FaceDetector.
func (f *FakeDetector) Detect(ctx context.Context, p *engine.Picture, _ engine.Look) ([]engine.Detection, error) {
	const op = "enginetest.Detect"
	f.once.Do(func() { f.slots = make(chan struct{}, f.Workers()) })
	select {
	case f.slots <- struct{}{}:
		defer func() { <-f.slots }()
	case <-ctx.Done():
		return nil, engine.E(engine.CodeCanceled, op, "", ctx.Err())
	}
	defer f.detects.enter()()
	if f.OnDetect != nil {
		if err := f.OnDetect(ctx, p); err != nil {
			return nil, err
		}
	}
	img, ok := p.Image.(fakeImage)
	if !ok {
		return nil, nil
	}
	if why, crash := img.lines["crash"]; crash {
		return nil, engine.E(engine.CodeUnavailable, op, "the fake detector crashed", errors.New(why))
	}
	var out []engine.Detection
	for i, word := range strings.Fields(img.lines["faces"]) {
		seed, err := strconv.ParseUint(word, 10, 64)
		if err != nil {
			return nil, engine.E(engine.CodeInternal, op, "a fake face is no number", err)
		}
		out = append(out, engine.Detection{Box: engine.Box{X: 40 * i, Y: 20, W: 30, H: 30}, Quality: 0.8,
			Model: f.Model(), Template: FakeTemplate(seed)})
	}
	return out, nil
}

// Describe implements engine.FaceDetector: the template follows from the box's place.
func (f *FakeDetector) Describe(ctx context.Context, _ *engine.Picture, box engine.Box, _ engine.Look) (engine.Detection, error) {
	if ctx.Err() != nil {
		return engine.Detection{}, engine.E(engine.CodeCanceled, "enginetest.Describe", "", ctx.Err())
	}
	return engine.Detection{Box: box, Quality: 0.5, Drawn: true, Model: f.Model(), Template: FakeTemplate(uint64(box.X)<<32 | uint64(box.Y))}, nil
}

// FakeSource is an engine.Source of a list of items.
type FakeSource []engine.Item

// Items implements engine.Source.
func (s FakeSource) Items(ctx context.Context) iter.Seq[engine.Item] {
	return func(yield func(engine.Item) bool) {
		for _, it := range s {
			if ctx.Err() != nil || !yield(it) {
				return
			}
		}
	}
}

// FakeItem is an item with these bytes. Its version changes with them.
func FakeItem(key string, data []byte) engine.Item {
	sum := sha256.Sum256(data)
	return engine.Item{
		Key:     key,
		Version: hex.EncodeToString(sum[:8]),
		Source:  engine.Provenance{File: key},
		Size:    int64(len(data)),
		Open: func(ctx context.Context) (io.ReadCloser, error) {
			return io.NopCloser(bytes.NewReader(data)), ctx.Err()
		},
	}
}
