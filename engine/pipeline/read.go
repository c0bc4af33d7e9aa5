package pipeline

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"

	"golang.org/x/sync/semaphore"

	"gabarit/engine"
)

// result is what became of an item: a photo, bytes that the collection holds, something erased before, or an error.
type result struct {
	hash    engine.SHA256
	held    engine.PhotoID       // the photo with the same bytes, if it was there already
	stale   *engine.Photo        // that photo, where its faces are to be found anew
	renewal *engine.Renewal      // those faces, without a record
	refused engine.SuppressionID // what it was recognised by as erased
	photo   *engine.Photo        // without IDs, which are given in order at the commit
	frames  int                  // pictures in the file, of which photo is one
	video   *remainder           // of a video whose frames were offered
	leftOut bool                 // a frame that shows nobody new
	barred  engine.SuppressionID // of a frame that is held: by what a face was erased from it
	version string               // of the content, where the source told it with the content
	same    bool                 // the source says that the content is what was recorded
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
		r, err := c.read(ctx, t)
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
		t.item.Open, t.item.Since = nil, nil // they may hold the bytes of a frame, and a shot is kept until its end
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
func (c *collector) read(ctx context.Context, t *ticket) (r result, err error) {
	err = guard(func() error {
		r, err = c.open(ctx, t)
		return err
	})
	return r, err
}

// open goes from the cheapest question to the dearest, so that as little as can be is done with what was erased.
func (c *collector) open(ctx context.Context, t *ticket) (result, error) {
	item := t.item
	if !t.same { // a photo that is held is not refused: its faces are found anew
		if refused, err := c.refused(ctx, engine.Suspect{URL: item.Source.URL}); err != nil || refused != "" {
			return result{refused: refused}, err
		}
	}
	if item.Err != nil {
		return result{err: item.Err}, nil // even if it has the code of an error that would stop the run
	}
	pic, r, err := c.decode(ctx, t)
	if err != nil || pic == nil {
		return r, err
	}
	r.frames = pic.Frames
	if r.stale != nil {
		r.renewal, err = c.renew(ctx, pic, *r.stale)
		return r, err
	}
	if r.held == "" {
		r.refused, err = c.refused(ctx, engine.Suspect{PHash: pic.PHash, Decoded: true})
	}
	if err != nil || r.refused != "" {
		return r, err
	}
	found, err := c.Faces.Detect(ctx, pic, c.run.Look)
	if err != nil {
		return result{}, err
	}
	if len(found) > 0 || !isFrame(item) { // a frame without a face is not kept
		if r.crops, r.thumb, err = c.render(pic, found); err != nil {
			return result{}, err
		}
	}
	r.photo = describe(item.Source, pic, found)
	r.photo.SHA256, r.photo.Model, r.photo.Look = r.hash, c.Faces.Model(), c.run.Look
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
// no picture. Files being read and decoded take their bytes from one budget, that of the largest file allowed. One of unknown size takes an eighth
// of it, so that several are asked for side by side, and the whole where it turns out to be larger.
func (c *collector) decode(ctx context.Context, t *ticket) (*engine.Picture, result, error) {
	var none result
	item, need := t.item, t.item.Size
	if limit := c.Photos.MaxBytes(); need < 0 {
		need = limit / unknownShare
	} else {
		need = min(need, limit)
	}
	room := &room{of: c.memory}
	if err := room.resize(ctx, need); err != nil {
		return nil, none, err
	}
	defer room.free()
	data, version, err := c.load(ctx, item, c.recorded(t), room)
	if err != nil || data == nil {
		return nil, result{same: err == nil}, err
	}
	r, done, err := c.recognise(ctx, item, sha256.Sum256(data))
	if r.version = version; err != nil || done {
		return nil, r, err
	}
	pic, err := c.picture(ctx, data)
	return pic, r, err
}

// unknownShare is the part of the budget that a file of unknown size takes at first.
const unknownShare = 8

// room is what a file has of the budget. It belongs to one goroutine.
type room struct {
	of   *semaphore.Weighted
	held int64
}

// resize takes more or gives some back. For more, all is given back first, so that no two wait for each other: what was read meanwhile, an eighth of
// the budget at most for each reader, is not counted while it waits.
func (r *room) resize(ctx context.Context, n int64) error {
	if n <= r.held {
		r.of.Release(r.held - n)
		r.held = n
		return nil
	}
	r.free()
	if err := r.of.Acquire(ctx, n); err != nil {
		return err
	}
	r.held = n
	return nil
}

func (r *room) free() {
	r.of.Release(r.held)
	r.held = 0
}

// picture decodes a file; its perceptual hash is made here where the decoder made none.
func (c *collector) picture(ctx context.Context, data []byte) (*engine.Picture, error) {
	pic, err := c.Photos.Decode(ctx, data)
	switch {
	case err != nil:
		return pic, err
	case pic == nil:
		return nil, engine.E(engine.CodeInternal, "pipeline.Read", "the decoder gave no picture", nil)
	case pic.PHash == 0 && pic.Image != nil:
		pic.PHash = PerceptualHash(pic.Image)
	}
	return pic, nil
}

// recognise tells what is known of a file by its bytes; done says that there is nothing to look at: it is held already, and its faces need not be
// found anew, or it was erased.
func (c *collector) recognise(ctx context.Context, item engine.Item, hash engine.SHA256) (r result, done bool, err error) {
	r.hash = hash
	r.held, err = c.Store.PhotoByHash(ctx, c.run.Collection, hash)
	switch {
	case err == nil && !c.run.Retemplate:
		return c.recogniseFrame(ctx, item, r)
	case err == nil:
		if r.stale, err = c.stale(ctx, r.held); err != nil || r.stale != nil {
			return r, false, err
		}
		return c.recogniseFrame(ctx, item, r)
	case engine.CodeOf(err) != engine.CodeNotFound:
		return result{}, true, stopError{err}
	}
	r.refused, err = c.refused(ctx, engine.Suspect{URL: item.Source.URL, SHA256: hash})
	return r, r.refused != "", err
}

// recorded is the version that a source may leave unread, "" for none.
func (c *collector) recorded(t *ticket) string {
	switch t.known.Outcome {
	case engine.OutcomePhoto, engine.OutcomeNoFace, engine.OutcomeDuplicate:
		if !c.run.Retemplate {
			return t.known.Version
		}
	case engine.OutcomeFailed, engine.OutcomeSuppressed:
	}
	return ""
}

// load reads the whole file, or refuses it when it is larger than a photo may be. It gives nil where the source says that the file is still
// the recorded version.
func (c *collector) load(ctx context.Context, item engine.Item, recorded string, room *room) (content []byte, version string, err error) {
	const op = "pipeline.Read"
	limit := c.Photos.MaxBytes()
	tooLarge := engine.E(engine.CodeLimit, op, "the file is larger than the limit", fmt.Errorf("limit %d bytes", limit))
	if item.Size > limit {
		return nil, "", tooLarge
	}
	in, version, err := openItem(ctx, item, recorded)
	if err != nil || in == nil {
		return nil, "", err
	}
	defer in.Close()
	var data bytes.Buffer
	data.Grow(int(max(item.Size, 0)) + bytes.MinRead)
	n, err := data.ReadFrom(io.LimitReader(contextReader{ctx, in}, room.held+1))
	if more := n > room.held && room.held < limit; more && err == nil {
		if err := room.resize(ctx, limit); err != nil {
			return nil, "", err
		}
		_, err = data.ReadFrom(io.LimitReader(contextReader{ctx, in}, limit+1-n))
		n = int64(data.Len())
	}
	switch {
	case err != nil:
		return nil, "", unavailable(op, "the file could not be read", err)
	case n > limit:
		return nil, "", tooLarge
	}
	return data.Bytes(), version, room.resize(ctx, min(n, room.held))
}

// openItem opens an item, by Since where the source has that; nil where it is still the recorded version.
func openItem(ctx context.Context, item engine.Item, recorded string) (in io.ReadCloser, version string, err error) {
	const op = "pipeline.Read"
	switch {
	case item.Since != nil:
		in, version, err = item.Since(ctx, recorded)
	case item.Open != nil:
		in, err = item.Open(ctx)
	default:
		return nil, "", engine.E(engine.CodeInternal, op, "the item can't be opened", nil)
	}
	if err != nil {
		return nil, "", unavailable(op, "the file could not be opened", err)
	}
	if in == nil && recorded == "" {
		return nil, "", engine.E(engine.CodeInternal, op, "the item can't be opened", errors.New("nothing came"))
	}
	return in, version, nil
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
		if err := c.checkFound(d); err != nil {
			return nil, nil, err
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

// checkFound refuses what no search could compare.
func (c *collector) checkFound(d engine.Detection) error {
	const op = "pipeline.Detect"
	if !d.Template.Finite() {
		return engine.E(engine.CodeInternal, op, "the face detector gave a template that is no number", nil)
	}
	if d.Model != c.Faces.Model() {
		return engine.E(engine.CodeInternal, op, "the face detector gave a template of another model than its own", errors.New(string(d.Model)))
	}
	return nil
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
	p.Faces = facesOf(found)
	return p
}

// facesOf gives what is kept of faces found.
func facesOf(found []engine.Detection) (faces []engine.Face) {
	for _, d := range found {
		faces = append(faces, engine.Face{Box: d.Box, Quality: d.Quality, Roll: d.Roll, Model: d.Model, Template: d.Template})
	}
	return faces
}
