package bench

import (
	"context"
	"fmt"
	"io"
	"time"

	"gabarit/app/files"
	"gabarit/assets"
	"gabarit/engine"
	"gabarit/engine/face"
	"gabarit/engine/photo"
	"gabarit/engine/source"
)

// MaxRounds bounds how often all photos are gone through.
const MaxRounds = 100

// Collecting says what Collect measures.
type Collecting struct {
	Models string // folder of the face models
	Path   string // a folder, a manifest or a photo
	Rounds int    // 1 to MaxRounds
	Round  func(n, of int)
}

// Collected is what Collect measured. A side's figures are those of its whole way: read, decode, find faces, make templates.
type Collected struct {
	Photos     int     // measured in every round, by both sides
	Megapixels float64 // of a photo, on average
	Rounds     int
	Gabarit    Side
	GoFace     Side
	CPU, Wall  Spread // how many times as many photos a second Gabarit does, of the rounds
	Apart      Apart
	Failed     []Failed // left out of all figures
}

// Side is one of the two that are compared, by the median round.
type Side struct {
	Faces     int
	CPU, Wall time.Duration // for all photos once
}

// Apart tells how far apart the templates are that the two sides made of one face.
type Apart struct {
	Faces       int // found by both
	Median, Max float64
}

// Failed is a photo that one of the sides could not do.
type Failed struct {
	Item string
	Err  error
}

// Collect has photos done by Gabarit as a collection does them, with one worker, and by go-face as published; see face.Reference. They take turns photo by photo, in an
// order that changes, so that whatever else the machine does hits both. Processor time is that of this process and of the worker, also where
// it is the garbage of the other's last turn that is collected. What comes before (models loaded, each photo done once
// by each side, to see what both can do and how far their templates lie apart) is not counted. Call Prepare before. Not safe beside
// other work in this process. Errors: those of source.Open, CodeNoModel, CodeCanceled, CodeInvalid, CodeUnavailable where the system does not tell
// processor times.
func Collect(ctx context.Context, c Collecting) (Collected, error) {
	const op = "bench.Collect"
	none := Collected{}
	if c.Rounds < 1 || c.Rounds > MaxRounds {
		return none, engine.E(engine.CodeInvalid, op, "the number of rounds is out of range", fmt.Errorf("1-%d", MaxRounds))
	}
	src, err := source.Open(c.Path)
	if err != nil {
		return none, err
	}
	if err := (&files.Models{Dir: c.Models, Want: assets.Models()}).Check(ctx); err != nil {
		return none, err
	}
	pool, err := face.NewPool(ctx, face.Config{Models: c.Models, Workers: 1})
	if err != nil {
		return none, err
	}
	defer func() { _ = pool.Close() }() // its worker has answered all it was asked
	published, err := face.NewReference(c.Models)
	if err != nil {
		return none, err
	}
	defer published.Close()
	m := &meter{pool: pool, published: published, photos: photo.New(photo.DefaultLimits()), rounds: c.Rounds}
	m.look(ctx, src)
	for n := range c.Rounds {
		if c.Round != nil && len(m.subjects) > 0 {
			c.Round(n+1, c.Rounds)
		}
		if err := m.round(ctx, n); err != nil {
			return none, err
		}
	}
	if ctx.Err() != nil {
		return none, engine.E(engine.CodeCanceled, op, "stopped", ctx.Err())
	}
	return m.result(), nil
}

// The two sides.
const (
	gabarit = iota
	goFace
	sides
)

// spent is what one photo took one side in one round.
type spent struct{ cpu, wall time.Duration }

// subject is a photo of the source.
type subject struct {
	item   engine.Item
	pixels float64
	faces  [sides]int
	took   [sides][]spent // by round
	apart  []float64      // distances of the templates of faces that both sides found
	err    error          // the first there was: the photo is out
}

// meter measures.
type meter struct {
	pool      *face.Pool
	published *face.Reference
	photos    *photo.Reader
	rounds    int
	subjects  []*subject
}

// look does every photo once by each side.
func (m *meter) look(ctx context.Context, src engine.Source) {
	for item := range src.Items(ctx) {
		if ctx.Err() != nil {
			return
		}
		s := &subject{item: item, err: item.Err}
		m.subjects = append(m.subjects, s)
		var found [sides][]engine.Detection
		for side := range sides {
			if s.err == nil {
				found[side], s.err = m.detect(ctx, s, side)
				s.faces[side] = len(found[side])
			}
		}
		s.apart = distances(found[gabarit], found[goFace])
	}
}

// round has both sides do every photo that has not failed.
func (m *meter) round(ctx context.Context, n int) error {
	for i, s := range m.subjects {
		for turn := range sides {
			if ctx.Err() != nil || s.err != nil {
				continue
			}
			side := (turn + i + n) % sides
			before, err := m.pool.ProcessorTime()
			if err != nil {
				return err
			}
			start := time.Now()
			_, s.err = m.detect(ctx, s, side)
			wall := time.Since(start)
			after, err := m.pool.ProcessorTime()
			if err != nil {
				return err
			}
			s.took[side] = append(s.took[side], spent{after - before, wall})
		}
	}
	return nil
}

// detect is one side's whole way with one photo.
func (m *meter) detect(ctx context.Context, s *subject, side int) ([]engine.Detection, error) {
	data, err := m.read(ctx, s.item)
	if err != nil {
		return nil, err
	}
	pic, err := m.photos.Decode(ctx, data)
	if err != nil {
		return nil, err
	}
	s.pixels = float64(pic.Width) * float64(pic.Height)
	if side == goFace {
		return m.published.Detect(pic)
	}
	return m.pool.Detect(ctx, pic, engine.Look{})
}

func (m *meter) read(ctx context.Context, item engine.Item) ([]byte, error) {
	if item.Open == nil {
		return nil, engine.E(engine.CodeUnsupported, "bench.read", "the file is a video, not a photo", nil)
	}
	f, err := item.Open(ctx)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, m.photos.MaxBytes()+1))
	switch {
	case err != nil:
		return nil, engine.E(engine.CodeUnavailable, "bench.read", "the file can't be read", err)
	case int64(len(data)) > m.photos.MaxBytes():
		return nil, engine.E(engine.CodeLimit, "bench.read", "the file is too large", fmt.Errorf("at most %d bytes", m.photos.MaxBytes()))
	}
	return data, nil
}

// Prepare must be called before anything is open, see face.OneThread: it may start the program anew.
func Prepare() error { return face.OneThread() }
