package kit

import (
	"bytes"
	"container/list"
	"context"
	"image"
	"image/jpeg"
	"sync"

	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"gabarit/engine"
)

// Limits of Images.
const (
	imageBytes   = 64 << 20 // decoded pixels kept
	imageWorkers = 4        // loads at once
)

// Images loads small pictures of the vault in the background and keeps the last used ones, decoded, within a
// bound of memory. Its methods are for the window's thread.
type Images struct {
	load  func(ctx context.Context, key string) ([]byte, error)
	gates chan struct{}

	mu    sync.Mutex
	bytes int
	order *list.List // of *held, last used first
	held  map[string]*list.Element
}

type held struct {
	key   string
	img   image.Image
	bytes int
}

// NewImages gives a loader; load runs in background goroutines and returns a JPEG.
func NewImages(load func(ctx context.Context, key string) ([]byte, error)) *Images {
	return &Images{load: load, gates: make(chan struct{}, imageWorkers), order: list.New(), held: map[string]*list.Element{}}
}

// Show calls show with the picture of key: at once when it is kept, else later on the window's thread. A
// later Show or Stop on the same slot drops it: a recycled card never gets the picture of its former row.
func (m *Images) Show(slot *Slot, key string, show func(image.Image, error)) {
	slot.Stop()
	if img, ok := m.kept(key); ok {
		show(img, nil)
		return
	}
	Run(slot, func(ctx context.Context) (image.Image, error) { return m.fetch(ctx, key) }, show)
}

// Forget empties the cache, as when the vault is closed.
func (m *Images) Forget() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.order.Init()
	clear(m.held)
	m.bytes = 0
}

// ShowIn shows a picture where it belongs: until it is there, picture is hidden and state says that it is coming, or that it can't be shown.
// wanted tells whether the place is still for this picture by then. Without a key only the place is made ready.
func (m *Images) ShowIn(s *Slot, key string, picture *canvas.Image, state *widget.Label, wanted func() bool) {
	picture.Hide()
	SetText(state, "…")
	if key == "" {
		return
	}
	m.Show(s, key, func(img image.Image, err error) {
		if !wanted() {
			return
		}
		if err != nil {
			SetText(state, T("The picture can't be shown."))
			return
		}
		SetText(state, "")
		picture.Image = img
		picture.Show()
		picture.Refresh()
	})
}

func (m *Images) fetch(ctx context.Context, key string) (image.Image, error) {
	select {
	case m.gates <- struct{}{}:
		defer func() { <-m.gates }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	data, err := m.load(ctx, key)
	if err != nil {
		return nil, err
	}
	img, err := DecodeCrop(data)
	if err != nil {
		return nil, err
	}
	m.keep(key, img)
	return img, nil
}

func (m *Images) kept(key string) (image.Image, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e, ok := m.held[key]
	if !ok {
		return nil, false
	}
	m.order.MoveToFront(e)
	return e.Value.(*held).img, true
}

func (m *Images) keep(key string, img image.Image) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.held[key]; ok {
		return
	}
	size := img.Bounds().Dx() * img.Bounds().Dy() * 4
	m.held[key] = m.order.PushFront(&held{key, img, size})
	m.bytes += size
	for m.bytes > imageBytes && m.order.Len() > 1 {
		last := m.order.Remove(m.order.Back()).(*held)
		delete(m.held, last.key)
		m.bytes -= last.bytes
	}
}

// DecodeCrop opens a JPEG that the program itself made (a crop or thumbnail), refusing one that is not small.
func DecodeCrop(data []byte) (image.Image, error) {
	const op, side = "kit.DecodeCrop", 4096
	cfg, err := jpeg.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, engine.E(engine.CodeCorrupt, op, "a stored picture is damaged", err)
	}
	if cfg.Width > side || cfg.Height > side {
		return nil, engine.E(engine.CodeLimit, op, "a stored picture is too large", nil)
	}
	img, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, engine.E(engine.CodeCorrupt, op, "a stored picture is damaged", err)
	}
	return img, nil
}
