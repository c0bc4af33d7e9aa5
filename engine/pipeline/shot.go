package pipeline

import (
	"cmp"
	"context"
	"math"
	"slices"

	"gabarit/engine"
)

// When two faces of one shot are one person. Distances of one person's faces in different photos are .28, .41 and .55 (5, 50 and 95 %), in one shot
// less; those of strangers are under .486 once in 10,000 pairs and under .547 once in 1,000. A stranger taken for the same person would be lost
// silently, and a person kept twice does no harm, so the bound is low; it is higher only for a face that stands where one stood a moment before.
const (
	sameAnywhere = 0.40
	sameInPlace  = 0.55
	minOverlap   = 0.3   // intersection over union of the two boxes
	maxGap       = 1_500 // ms between the two frames
)

// Limits of one shot; a longer one is taken for several.
const (
	maxShotFrames = 256
	maxShotBytes  = 3 << 20 // of crops and thumbnails of the frames that are best so far
	maxSightings  = 12      // templates kept of a person: the first and the last ones
)

// shot gathers the frames of one shot of a video until all of it is there: which frame shows each person best is known at its end. What is kept of
// the others is their item.
type shot struct {
	of     engine.Frame
	frames []shotFrame
	people []*person
}

// shotFrame is one frame with its result; faces counts the people whom it shows best.
type shotFrame struct {
	t     *ticket
	r     result
	faces int
}

// person is somebody in a shot, followed from frame to frame.
type person struct {
	templates []engine.Template
	box       engine.Box // the last one
	at        int64      // when that was
	seen      engine.Span
	in        map[int]bool // frames
	frame     int          // the best one
	face      int          // in it
	quality   float64
}

// holds tells whether an item belongs to the shot.
func (s *shot) holds(item engine.Item) bool {
	return s != nil && s.of.Video == item.Frame.Video && s.of.Shot == item.Frame.Shot
}

// full tells that the shot is to be closed, though it may go on.
func (s *shot) full() bool {
	bytes := 0
	for _, f := range s.frames {
		bytes += len(f.r.thumb)
		for _, c := range f.r.crops {
			bytes += len(c)
		}
	}
	return len(s.frames) >= maxShotFrames || bytes >= maxShotBytes
}

// add takes the next frame.
func (s *shot) add(t *ticket, r result) {
	n := len(s.frames)
	s.frames = append(s.frames, shotFrame{t: t, r: r})
	if r.err != nil || r.refused != "" || r.photo == nil {
		return
	}
	at, until := t.item.Source.FrameMS, max(t.item.Source.FrameMS, t.item.Frame.UntilMS)
	owners := s.match(r.photo.Faces, at)
	for i, f := range r.photo.Faces {
		p := owners[i]
		if p == nil {
			p = &person{in: map[int]bool{}, seen: engine.Span{FromMS: at}, frame: -1, quality: math.Inf(-1)}
			s.people = append(s.people, p)
		}
		p.box, p.at, p.seen.ToMS = f.Box, until, until
		p.in[n] = true
		if p.templates = append(p.templates, f.Template); len(p.templates) > maxSightings {
			p.templates = slices.Delete(p.templates, maxSightings/2, maxSightings/2+1)
		}
		if f.Quality > p.quality {
			s.best(p, n, i, f.Quality)
		}
	}
	s.tidy(n)
}

// best makes a face the one that is kept of a person.
func (s *shot) best(p *person, frame, face int, quality float64) {
	before := p.frame
	p.frame, p.face, p.quality = frame, face, quality
	s.frames[frame].faces++
	if before >= 0 {
		s.frames[before].faces--
		s.tidy(before)
	}
}

// tidy lets go of the pictures of a frame that shows nobody best.
func (s *shot) tidy(frame int) {
	if f := &s.frames[frame]; f.faces == 0 {
		f.r.crops, f.r.thumb, f.r.photo = nil, nil, nil
	}
}

// pairing is a face that may be a person seen before.
type pairing struct {
	face     int
	p        *person
	distance float64
}

// match tells which person of the shot each face is, nil for somebody new. Two faces of one frame are two people; the nearest pairs are taken first.
func (s *shot) match(faces []engine.Face, at int64) []*person {
	var near []pairing
	for i, f := range faces {
		for _, p := range s.people {
			d, limit := p.distance(f.Template), sameAnywhere
			if at-p.at <= maxGap && overlap(p.box, f.Box) >= minOverlap {
				limit = sameInPlace
			}
			if d <= limit {
				near = append(near, pairing{i, p, d})
			}
		}
	}
	slices.SortStableFunc(near, func(a, b pairing) int { return cmp.Compare(a.distance, b.distance) })
	owners, taken := make([]*person, len(faces)), map[*person]bool{}
	for _, n := range near {
		if owners[n.face] == nil && !taken[n.p] {
			owners[n.face], taken[n.p] = n.p, true
		}
	}
	return owners
}

// distance is that to the nearest face of the person.
func (p *person) distance(t engine.Template) float64 {
	least := math.Inf(1)
	for i := range p.templates {
		least = min(least, l2(&p.templates[i], &t))
	}
	return least
}

// join makes one of people who turned out to be the same: faces in between two poses show it. Nobody is joined with somebody seen beside them.
func (s *shot) join() {
	for i := 0; i < len(s.people); i++ {
		for j := i + 1; j < len(s.people); j++ {
			a, b := s.people[i], s.people[j]
			if !a.nearTo(b) || beside(a, b) {
				continue
			}
			s.merge(a, b)
			s.people = slices.Delete(s.people, j, j+1)
			j = i // a is nearer to others now
		}
	}
}

func (p *person) nearTo(q *person) bool {
	return slices.ContainsFunc(q.templates, func(t engine.Template) bool { return p.distance(t) <= sameAnywhere })
}

func beside(a, b *person) bool {
	for n := range a.in {
		if b.in[n] {
			return true
		}
	}
	return false
}

// merge makes b a part of a, the worse of their two best faces is let go.
func (s *shot) merge(a, b *person) {
	worse := b.frame
	if b.quality > a.quality {
		worse = a.frame
		a.frame, a.face, a.quality = b.frame, b.face, b.quality
	}
	s.frames[worse].faces--
	s.tidy(worse)
	a.templates = append(a.templates, b.templates...)
	a.seen = engine.Span{FromMS: min(a.seen.FromMS, b.seen.FromMS), ToMS: max(a.seen.ToMS, b.seen.ToMS)}
	for n := range b.in {
		a.in[n] = true
	}
}

// settle decides what becomes of each frame. If something was erased from the shot before, nobody of it is collected again: another frame would show
// whom the erased one showed.
func (s *shot) settle() {
	s.join()
	var barred engine.SuppressionID
	for _, f := range s.frames {
		barred = cmp.Or(barred, f.r.refused, f.r.barred)
	}
	kept := map[int][]*person{}
	for _, p := range s.people {
		kept[p.frame] = append(kept[p.frame], p)
	}
	shows := map[int]bool{}
	for _, p := range s.people {
		for n := range p.in {
			shows[n] = true
		}
	}
	hashes := map[engine.SHA256]bool{}
	for n := range s.frames {
		r := &s.frames[n].r
		switch {
		case r.err != nil || r.refused != "":
		case barred != "" && r.held == "" && shows[n]:
			r.refused = barred
		case len(kept[n]) == 0 || hashes[r.hash]:
			r.leftOut, r.held = true, ""
		default:
			hashes[r.hash] = true
			r.keep(kept[n])
		}
	}
}

// keep leaves those faces in a frame that are the best of their person.
func (r *result) keep(people []*person) {
	slices.SortFunc(people, func(a, b *person) int { return cmp.Compare(a.face, b.face) })
	photo, crops := *r.photo, r.crops
	photo.Faces, r.crops = nil, nil
	for _, p := range people {
		f := r.photo.Faces[p.face]
		f.Seen = p.seen
		photo.Faces = append(photo.Faces, f)
		r.crops = append(r.crops, crops[p.face])
	}
	r.photo = &photo
}

// takeFrame adds a frame to its shot.
func (c *collector) takeFrame(ctx context.Context, t *ticket, r result) error {
	if c.shot == nil {
		c.shot = &shot{of: t.item.Frame}
	}
	c.shot.add(t, r)
	if c.shot.full() {
		return c.closeShot(ctx)
	}
	return nil
}

// closeShot puts the frames of a shot into one batch, so that an interrupted run never decides anew about some of them.
func (c *collector) closeShot(ctx context.Context) error {
	s := c.shot
	if s == nil {
		return nil
	}
	c.shot = nil
	s.settle()
	if slices.ContainsFunc(s.frames, func(f shotFrame) bool { _, again := c.batch.fresh[f.r.hash]; return again }) {
		if err := c.flush(ctx); err != nil { // a duplicate is stored behind its photo
			return err
		}
	}
	all := make([]engine.Ingest, len(s.frames))
	for i, f := range s.frames {
		in, err := c.ingest(ctx, f.t, f.r)
		if err != nil {
			return err
		}
		all[i] = in
	}
	for i, in := range all {
		c.put(in, s.frames[i].t)
	}
	if c.batch.full() {
		return c.flush(ctx)
	}
	return nil
}

// overlap is the intersection over union of two boxes.
func overlap(a, b engine.Box) float64 {
	w := min(a.X+a.W, b.X+b.W) - max(a.X, b.X)
	h := min(a.Y+a.H, b.Y+b.H) - max(a.Y, b.Y)
	if w <= 0 || h <= 0 {
		return 0
	}
	both := float64(w) * float64(h)
	return both / (float64(a.W)*float64(a.H) + float64(b.W)*float64(b.H) - both)
}

// l2 is the distance of two templates.
func l2(a, b *engine.Template) float64 {
	var sum float64
	for i := range a {
		d := float64(a[i] - b[i])
		sum += d * d
	}
	return math.Sqrt(sum)
}
