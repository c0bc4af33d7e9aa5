package pipeline

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math"

	"gabarit/engine"
)

// result is what became of an item: a photo, bytes that the collection holds, something erased before, or an error.
type result struct {
	hash    engine.SHA256
	held    engine.PhotoID       // the photo with the same bytes, if it was there already
	refused engine.SuppressionID // what it was recognised by as erased
	photo   *engine.Photo        // without IDs, which are given in order at the commit
	frames  int                  // pictures in the file, of which photo is one
	crops   [][]byte
	thumb   []byte
	err     error
}

// readAll works on tickets until there are no more. Its error stops the run.
func (c *collector) readAll(ctx context.Context, jobs <-chan *ticket) error {
	for t := range jobs {
		if err := c.Gate.Wait(ctx); err != nil {
			return err
		}
		r, err := c.read(ctx, t.item)
		var store stopError
		switch {
		case err == nil:
		case errors.As(err, &store):
			return store.error
		case ctx.Err() != nil:
			return ctx.Err() // whatever the item's error is, it may come from that
		case stops(err):
			return err
		default:
			r = result{err: err}
		}
		t.done <- r
	}
	return nil
}

// stops tells the errors of detector and decoder that are not the item's: there is nothing to detect with.
func stops(err error) bool {
	if errors.Is(err, context.DeadlineExceeded) {
		return false // a time limit of this item
	}
	code := engine.CodeOf(err)
	return code == engine.CodeNoModel || code == engine.CodeCanceled
}

// stopError marks an error of the store, met while an item was read.
type stopError struct{ error }

// Unwrap gives the store's error.
func (s stopError) Unwrap() error { return s.error }

// read makes a result of one item. A panic is this item's error.
func (c *collector) read(ctx context.Context, item engine.Item) (r result, err error) {
	err = guard(func() error {
		r, err = c.open(ctx, item)
		return err
	})
	return r, err
}

// open goes from the cheapest question to the dearest, so that as little as can be is done with what was erased.
func (c *collector) open(ctx context.Context, item engine.Item) (result, error) {
	if refused, err := c.refused(ctx, engine.Suspect{URL: item.Source.URL}); err != nil || refused != "" {
		return result{refused: refused}, err
	}
	if item.Err != nil {
		return result{err: item.Err}, nil // even if it has the code of an error that would stop the run
	}
	pic, r, err := c.decode(ctx, item)
	if err != nil || pic == nil {
		return r, err
	}
	r.refused, err = c.refused(ctx, engine.Suspect{PHash: pic.PHash, Decoded: true})
	if err != nil || r.refused != "" {
		return r, err
	}
	found, err := c.Faces.Detect(ctx, pic, c.run.Look)
	if err != nil {
		return result{}, err
	}
	if r.crops, r.thumb, err = c.render(pic, found); err != nil {
		return result{}, err
	}
	r.photo = describe(item.Source, pic, found)
	r.photo.SHA256, r.frames = r.hash, pic.Frames
	return r, nil
}

// refused asks whether something was erased before.
func (c *collector) refused(ctx context.Context, what engine.Suspect) (engine.SuppressionID, error) {
	if what == (engine.Suspect{}) {
		return "", nil
	}
	id, found, err := c.Store.Suppressed(ctx, what)
	if err != nil {
		return "", stopError{err}
	}
	if !found {
		return "", nil
	}
	return id, nil
}

// decode reads and decodes a file, or finds that the collection holds the same bytes or that they were erased: then there is
// no picture. Files being read and decoded take their bytes from one budget, that of the largest file allowed.
func (c *collector) decode(ctx context.Context, item engine.Item) (*engine.Picture, result, error) {
	var none result
	need := item.Size
	if limit := c.Photos.MaxBytes(); need < 0 || need > limit {
		need = limit
	}
	if err := c.memory.Acquire(ctx, need); err != nil {
		return nil, none, err
	}
	defer c.memory.Release(need)
	data, err := c.load(ctx, item)
	if err != nil {
		return nil, none, err
	}
	r := result{hash: sha256.Sum256(data)}
	r.held, err = c.Store.PhotoByHash(ctx, c.run.Collection, r.hash)
	if err == nil {
		return nil, r, nil
	}
	if engine.CodeOf(err) != engine.CodeNotFound {
		return nil, none, stopError{err}
	}
	r.refused, err = c.refused(ctx, engine.Suspect{SHA256: r.hash})
	if err != nil || r.refused != "" {
		return nil, r, err
	}
	pic, err := c.Photos.Decode(ctx, data)
	if err == nil && pic != nil && pic.PHash == 0 && pic.Image != nil {
		pic.PHash = PerceptualHash(pic.Image)
	}
	if err == nil && pic == nil {
		err = engine.E(engine.CodeInternal, "pipeline.Read", "the decoder gave no picture", nil)
	}
	return pic, r, err
}

// load reads the whole file, or refuses it when it is larger than a photo may be.
func (c *collector) load(ctx context.Context, item engine.Item) ([]byte, error) {
	const op = "pipeline.Read"
	limit := c.Photos.MaxBytes()
	tooLarge := engine.E(engine.CodeLimit, op, "the file is larger than the limit", fmt.Errorf("limit %d bytes", limit))
	if item.Size > limit {
		return nil, tooLarge
	}
	if item.Open == nil {
		return nil, engine.E(engine.CodeInternal, op, "the item can't be opened", nil)
	}
	in, err := item.Open(ctx)
	if err != nil {
		return nil, unavailable(op, "the file could not be opened", err)
	}
	defer in.Close()
	var data bytes.Buffer
	data.Grow(int(max(item.Size, 0)) + bytes.MinRead)
	n, err := data.ReadFrom(io.LimitReader(contextReader{ctx, in}, limit+1))
	switch {
	case err != nil:
		return nil, unavailable(op, "the file could not be read", err)
	case n > limit:
		return nil, tooLarge
	}
	return data.Bytes(), nil
}

// unavailable gives an error of a foreign kind a code and a message.
func unavailable(op, msg string, err error) error {
	if engine.MessageOf(err) != "" || errors.Is(err, context.Canceled) {
		return err
	}
	return engine.E(engine.CodeUnavailable, op, msg, err)
}

// contextReader ends a long read when the run is stopped.
type contextReader struct {
	ctx context.Context // of one read
	io.Reader
}

// Read reads unless ctx has ended.
func (r contextReader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.Reader.Read(p)
}

// render makes the small pictures that are kept.
func (c *collector) render(pic *engine.Picture, found []engine.Detection) (crops [][]byte, thumb []byte, err error) {
	for _, d := range found {
		if !finite(d.Template) {
			return nil, nil, engine.E(engine.CodeInternal, "pipeline.Detect", "the face detector gave a template that is no number", nil)
		}
		crop, err := c.Photos.Crop(pic, d)
		if err != nil {
			return nil, nil, err
		}
		crops = append(crops, crop)
	}
	thumb, err = c.Photos.Thumbnail(pic)
	return crops, thumb, err
}

// finite keeps a template out that no search could compare and no index would load.
func finite(t engine.Template) bool {
	for _, x := range t {
		if math.IsNaN(float64(x)) || math.IsInf(float64(x), 0) {
			return false
		}
	}
	return true
}

// describe joins what the source says with what the photo says of itself; the source is believed first.
func describe(source engine.Provenance, pic *engine.Picture, found []engine.Detection) *engine.Photo {
	p := &engine.Photo{Source: source, Width: pic.Width, Height: pic.Height, Format: pic.Format,
		PHash: pic.PHash, Description: pic.Description}
	if p.Source.CapturedAt.IsZero() {
		p.Source.CapturedAt = pic.CapturedAt
	}
	if p.Source.Place == nil && pic.Place != nil {
		place := *pic.Place
		p.Source.Place = &place
	}
	if p.Source.ImageTitle == "" {
		p.Source.ImageTitle = pic.Title
	}
	for _, d := range found {
		p.Faces = append(p.Faces, engine.Face{Box: d.Box, Quality: d.Quality, Roll: d.Roll, Model: d.Model, Template: d.Template})
	}
	return p
}
