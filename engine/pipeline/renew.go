package pipeline

import (
	"context"
	"time"

	"gabarit/engine"
)

// When renewals are written. Each batch looks through the items of the collection once, so batches are larger than those of new photos.
const (
	maxRenewals     = 32
	maxRenewalBytes = 8 << 20
	maxRenewalAge   = 5 * time.Second
)

// renewals is what the next call of Retemplate will get.
type renewals struct {
	all      []engine.Renewal
	replaced []engine.ItemRecord // records of this run that they overwrite
	bytes    int
	since    time.Time // of the first
}

// old tells that the first has waited long enough.
func (r *renewals) old(now time.Time) bool {
	return len(r.all) > 0 && now.Sub(r.since) >= maxRenewalAge
}

// stale gives a photo that is held if its faces are to be found anew: unless they were found by the very look of this run and with the
// model in use. Nil: they are not, or there is no such photo.
func (c *collector) stale(ctx context.Context, id engine.PhotoID) (*engine.Photo, error) {
	p, err := c.Store.Photo(ctx, id)
	switch {
	case engine.CodeOf(err) == engine.CodeNotFound:
		return nil, nil
	case err != nil:
		return nil, stopError{err}
	case p.Model == c.Faces.Model() && p.Look == c.run.Look:
		return nil, nil
	}
	return &p, nil
}

// renew finds the faces of a photo anew. A photo of which a face was erased is not searched: that would bring the face back. Its
// other faces are described where they are. So are those of a frame of a video: its other faces are kept better elsewhere.
func (c *collector) renew(ctx context.Context, pic *engine.Picture, held engine.Photo) (*engine.Renewal, error) {
	r := &engine.Renewal{Model: c.Faces.Model(), Look: c.run.Look}
	if held.Cut || held.Source.Video != "" {
		found, err := c.describeHeld(ctx, pic, held.Faces)
		if err != nil {
			return nil, err
		}
		r.Faces = facesOf(found)
		for i, f := range held.Faces {
			r.Faces[i].Seen = f.Seen
		}
		if !held.Cut {
			r.Crops, r.Thumbnail, err = c.render(pic, found)
		}
		return r, err
	}
	found, err := c.Faces.Detect(ctx, pic, c.run.Look)
	if err != nil {
		return nil, err
	}
	r.Faces = facesOf(found)
	r.Crops, r.Thumbnail, err = c.render(pic, found)
	return r, err
}

// describeHeld describes faces where they are.
func (c *collector) describeHeld(ctx context.Context, pic *engine.Picture, faces []engine.Face) ([]engine.Detection, error) {
	var found []engine.Detection
	for _, f := range faces {
		d, err := c.Faces.Describe(ctx, pic, f.Box, c.run.Look)
		if err == nil {
			err = c.checkFound(d)
		}
		if err != nil {
			return nil, err
		}
		d.Box = f.Box
		found = append(found, d)
	}
	return found, nil
}

// takeHeld deals with an item whose photo is held and had its faces found anew, by it or by another item that is the same photo.
func (c *collector) takeHeld(ctx context.Context, t *ticket, r result) (done bool, err error) {
	switch {
	case r.err != nil || r.held == "":
		return false, nil
	case t.same && c.renewed[r.held]:
		c.teller.counts.Unchanged++
		return true, nil
	case r.renewal != nil && !c.renewed[r.held]:
		return true, c.takeRenewal(ctx, t, r)
	}
	return false, nil
}

// takeRenewal puts faces found anew into the batch of renewals.
func (c *collector) takeRenewal(ctx context.Context, t *ticket, r result) error {
	in := *r.renewal
	in.Record = engine.ItemRecord{Key: t.item.Key, Version: t.item.Version, Run: c.run.ID, At: c.Now(), Photo: r.held, Faces: len(in.Faces),
		Renewed: true, Outcome: engine.OutcomeDuplicate}
	if own := t.known.Outcome == engine.OutcomePhoto || t.known.Outcome == engine.OutcomeNoFace; own && t.known.Photo == r.held {
		in.Record.Outcome = engine.OutcomeOf(len(in.Faces))
		in.Record.Reason, in.Record.Detail = remark(r.frames)
	} else if !r.stale.FoundAs(t.item.Source) {
		find := t.item.Source
		in.Find = &find
	}
	p := &c.pending
	if len(p.all) == 0 {
		p.since = in.Record.At
	}
	if t.replaces != nil {
		p.replaced = append(p.replaced, *t.replaces)
	}
	c.renewed[r.held] = true
	p.all = append(p.all, in)
	p.bytes += len(in.Thumbnail)
	for _, crop := range in.Crops {
		p.bytes += len(crop)
	}
	if len(p.all) >= maxRenewals || p.bytes >= maxRenewalBytes {
		return c.flushRenewals(ctx)
	}
	return nil
}

// flushAll writes what is left to be written.
func (c *collector) flushAll(ctx context.Context) error {
	if err := c.closeShot(ctx); err != nil {
		return err
	}
	if err := c.flush(ctx); err != nil {
		return err
	}
	return c.flushRenewals(ctx)
}

// flushRenewals writes the batch of renewals, as flush writes that of new photos. The index follows as soon as the store has the new
// faces, before it makes the old ones unreadable.
func (c *collector) flushRenewals(ctx context.Context) error {
	p := c.pending
	if len(p.all) == 0 {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	c.pending = renewals{}
	if c.Rows != nil {
		c.Rows.Lock()
		defer c.Rows.Unlock()
	}
	err := c.Store.Retemplate(context.WithoutCancel(ctx), c.run.Collection, p.all, func(done []engine.Renewed) error {
		var gone []engine.FaceID
		var entries []engine.IndexEntry
		for _, d := range done {
			gone, entries = append(gone, d.Gone...), append(entries, d.Photo.Entries()...)
		}
		if c.Exchange != nil {
			return c.Exchange(gone, entries)
		}
		c.Index.Remove(gone...)
		return c.Index.Add(entries...)
	})
	if err != nil {
		return err
	}
	for _, r := range p.replaced {
		c.teller.forget(r)
	}
	for _, r := range p.all {
		c.teller.counts.Add(r.Record)
	}
	return nil
}

// left lists the photos of the collection that no search compares, see engine.CollectReport.
func (c *collector) left(ctx context.Context) (all []engine.LeftPhoto, err error) {
	err = c.Store.Photos(ctx, c.run.Collection, func(p engine.Photo) error {
		if len(p.Faces) > 0 && p.Model != c.Faces.Model() {
			all = append(all, engine.LeftPhoto{Photo: p.ID, Source: p.Source, Faces: len(p.Faces)})
		}
		return nil
	})
	return all, err
}
