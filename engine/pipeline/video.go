package pipeline

import (
	"context"
	"errors"

	"gabarit/engine"
)

// remainder says what of a video was not looked at; no reason: nothing.
type remainder struct{ reason, detail string }

// isFrame tells the frames of videos.
func isFrame(item engine.Item) bool { return item.Frame.Video != "" }

// video offers the frames of a video, and behind them the video itself: it is recorded as dealt with when they are. One whose address was
// erased before is not opened.
func (l *lister) video(ctx context.Context, t *ticket) error {
	var r result
	var err error
	if r.refused, err = l.refused(ctx, engine.Suspect{URL: t.item.Source.URL}); err != nil {
		return err
	}
	if r.refused == "" {
		if r, err = l.frames(ctx, t); err != nil {
			return err
		}
	}
	return l.settle(ctx, t, r)
}

// frames offers the frames of a video and tells how it ended. Its error stops the run.
func (l *lister) frames(ctx context.Context, t *ticket) (r result, stopped error) {
	var rest remainder
	some := false
	err := guard(func() (err error) {
		rest.reason, rest.detail, err = t.item.Frames(ctx, func(f engine.Item) bool {
			some = true
			stopped = l.offer(ctx, f)
			return stopped == nil
		})
		return err
	})
	var e *engine.Error
	switch {
	case stopped != nil:
		return r, stopped
	case ctx.Err() != nil:
		return r, ctx.Err()
	case err == nil:
		r.video = &rest
	case some && engine.CodeOf(err) == engine.CodeCorrupt && errors.As(err, &e):
		r.video = &remainder{e.Msg, cause(err)} // reading it again would bring the same
	default:
		r.err = err
	}
	return r, nil
}

// recogniseFrame goes on with bytes that the collection holds: there is nothing to look at, but for the frame of a video, whose faces are compared
// with those of its shot. What was erased from a photo that stayed is not brought back by the other frames.
func (c *collector) recogniseFrame(ctx context.Context, item engine.Item, r result) (result, bool, error) {
	if !isFrame(item) {
		return r, true, nil
	}
	held, err := c.Store.Photo(ctx, r.held)
	if err != nil {
		return result{}, true, stopError{err}
	}
	if held.Cut {
		r.barred, err = c.refused(ctx, engine.Suspect{URL: item.Source.URL, SHA256: r.hash})
	}
	return r, false, err
}
