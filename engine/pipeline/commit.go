package pipeline

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"gabarit/engine"
	"gabarit/engine/formats"
)

// When a batch is written.
const (
	maxBatchItems = 16
	maxBatchBytes = 8 << 20
	maxBatchAge   = 500 * time.Millisecond
)

// batch is what the next transaction will hold.
type batch struct {
	items    []engine.Ingest
	replaced []engine.ItemRecord // records of this run that the batch overwrites
	bytes    int
	fresh    map[engine.SHA256]engine.PhotoID // the batch's photos
}

// commitAll takes tickets in order until there are no more, and tells of progress meanwhile.
func (c *collector) commitAll(ctx context.Context, ordered <-chan *ticket) error {
	flush := time.NewTicker(maxBatchAge)
	defer flush.Stop()
	tell := time.NewTicker(tellEvery)
	defer tell.Stop()
	c.teller.report(&c.tally)
	var head *ticket // waited for
	for {
		var next <-chan *ticket
		var done <-chan result
		if head == nil {
			next = ordered
		} else {
			done = head.done
		}
		var err error
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case t, more := <-next:
			if !more {
				return c.flushAll(ctx)
			}
			head = t
		case r := <-done:
			err = c.take(ctx, head, r)
			head = nil
		case <-flush.C:
			if err = c.flush(ctx); err == nil && c.pending.old(c.Now()) {
				err = c.flushRenewals(ctx)
			}
		case <-tell.C:
			c.teller.tick(&c.tally)
		}
		if err != nil {
			return err
		}
	}
}

// take puts one result into the batch.
func (c *collector) take(ctx context.Context, t *ticket, r result) error {
	c.teller.current = t.item.Key
	if !c.shot.holds(t.item) {
		if err := c.closeShot(ctx); err != nil {
			return err
		}
	}
	if t.unchanged || r.same {
		c.teller.counts.Unchanged++
		return nil
	}
	if done, err := c.takeHeld(ctx, t, r); done || err != nil {
		return err
	}
	if isFrame(t.item) {
		return c.takeFrame(ctx, t, r)
	}
	in, err := c.ingest(ctx, t, r)
	if err != nil {
		return err
	}
	c.put(in, t)
	if c.batch.full() {
		return c.flush(ctx)
	}
	return nil
}

// full tells that a batch is to be written.
func (b *batch) full() bool { return len(b.items) >= maxBatchItems || b.bytes >= maxBatchBytes }

// ingest says what is to be stored of one result.
func (c *collector) ingest(ctx context.Context, t *ticket, r result) (engine.Ingest, error) {
	in := engine.Ingest{Record: engine.ItemRecord{Key: t.item.Key, Version: cmp.Or(r.version, t.item.Version), Run: c.run.ID, At: c.Now()}}
	switch held, err := c.holder(ctx, r); {
	case err != nil:
		return in, err
	case r.err != nil:
		fail(&in.Record, r.err)
	case r.refused != "":
		in.Record.Outcome, in.Suppression = engine.OutcomeSuppressed, r.refused
	case r.video != nil:
		in.Record.Outcome, in.Record.Reason, in.Record.Detail = engine.OutcomeVideo, r.video.reason, bounded(r.video.detail)
	case r.leftOut:
		in.Record.Outcome = engine.OutcomeLeftOut
	case held != "":
		return in, c.duplicate(ctx, &in, held, t.item.Source)
	default:
		c.photo(&in, r)
	}
	return in, nil
}

// put adds what is to be stored to the batch.
func (c *collector) put(in engine.Ingest, t *ticket) {
	if t.replaces != nil {
		c.batch.replaced = append(c.batch.replaced, *t.replaces)
	}
	c.batch.items = append(c.batch.items, in)
	for _, crop := range in.Crops {
		c.batch.bytes += len(crop)
	}
	c.batch.bytes += len(in.Thumbnail)
}

// holder finds the photo with the same bytes, if there is one before this item. A photo of the
// same batch is written first, so that a store never sees a duplicate before its photo.
func (c *collector) holder(ctx context.Context, r result) (engine.PhotoID, error) {
	if r.err != nil || r.held != "" || r.refused != "" || r.video != nil || r.leftOut {
		return r.held, nil
	}
	if id, ok := c.batch.fresh[r.hash]; ok {
		return id, c.flush(ctx)
	}
	// Another reader may have brought the same bytes after this one asked.
	id, err := c.Store.PhotoByHash(ctx, c.run.Collection, r.hash)
	if engine.CodeOf(err) == engine.CodeNotFound {
		return "", nil
	}
	return id, err
}

// duplicate adds a find to the photo held already. Only what the source says is used, so that
// it makes no difference whether the file was decoded before it was known as a duplicate.
func (c *collector) duplicate(ctx context.Context, in *engine.Ingest, held engine.PhotoID, find engine.Provenance) error {
	in.Record.Outcome, in.Record.Photo, in.Find = engine.OutcomeDuplicate, held, &find
	hosts := engine.Photo{Source: find}.Hosts()
	if len(hosts) == 0 || c.widened[held] {
		return nil
	}
	p, err := c.Store.Photo(ctx, held)
	if err != nil {
		return err
	}
	known := p.Hosts()
	if slices.ContainsFunc(hosts, func(h string) bool { return !slices.Contains(known, h) }) {
		c.widened[held] = true
	}
	return nil
}

// photo gives a new photo its IDs.
func (c *collector) photo(in *engine.Ingest, r result) {
	p := r.photo
	p.ID = c.Store.NewPhotoID()
	p.Collection = c.run.Collection
	p.CollectedAt = in.Record.At
	for i := range p.Faces {
		p.Faces[i].ID = engine.NewFaceID(p.ID, i)
	}
	in.Photo, in.Crops, in.Thumbnail = p, r.crops, r.thumb
	in.Record.Photo, in.Record.Faces = p.ID, len(p.Faces)
	in.Record.Outcome = engine.OutcomeOf(len(p.Faces))
	in.Record.Reason, in.Record.Detail = remark(r.frames)
	c.batch.fresh[r.hash] = p.ID
}

// remark says what of a file of several pictures was not looked at.
func remark(frames int) (reason, detail string) {
	if frames < 2 {
		return "", ""
	}
	return formats.MsgOnePicture, fmt.Sprint("1/", frames)
}

// maxDetail bounds the cause that is kept of a failure, in bytes.
const maxDetail = 500

func fail(r *engine.ItemRecord, err error) {
	r.Outcome, r.Code, r.Reason = engine.OutcomeFailed, engine.CodeOf(err), engine.MessageOf(err)
	if errors.Is(err, context.DeadlineExceeded) && r.Code == engine.CodeCanceled {
		r.Code = engine.CodeLimit
	}
	if r.Reason == "" {
		r.Reason = "the item could not be read"
	}
	r.Detail = bounded(cause(err))
}

// bounded makes a detail short and proper text.
func bounded(detail string) string {
	detail = strings.ToValidUTF8(detail, "?")
	if len(detail) > maxDetail {
		detail = strings.ToValidUTF8(detail[:maxDetail], "") + "…"
	}
	return detail
}

// cause is what stands behind the error's message.
func cause(err error) string {
	var e *engine.Error
	for errors.As(err, &e) {
		if err = e.Err; e.Msg != "" {
			break
		}
	}
	if err == nil {
		return ""
	}
	return err.Error()
}

// flush writes the batch. It is not begun after ctx has ended, and not interrupted when it has begun: the
// index must know what the store holds.
func (c *collector) flush(ctx context.Context) error {
	b := c.batch
	if len(b.items) == 0 {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	c.batch = batch{fresh: map[engine.SHA256]engine.PhotoID{}}
	if err := c.Store.Commit(context.WithoutCancel(ctx), c.run.Collection, b.items); err != nil {
		return err
	}
	for _, r := range b.replaced {
		c.teller.forget(r)
	}
	var entries []engine.IndexEntry
	for _, in := range b.items {
		c.teller.counts.Add(in.Record)
		if p := in.Photo; p != nil {
			entries = append(entries, p.Entries()...)
		}
	}
	if len(entries) == 0 {
		return nil
	}
	return c.Index.Add(entries...)
}
