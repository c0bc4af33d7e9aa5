package faces

import (
	"fyne.io/fyne/v2"

	"gabarit/engine"
)

// Draft is a box that a person draws around a face in the photo, and what came of it.
type Draft struct {
	On   bool       // a box is being drawn
	Box  engine.Box // inside the photo, in its pixels
	Busy bool       // it is being made a face
	Err  error      // why the last box made none

	width, height int
}

// Bounds of a draft, in pixels of the photo, and how far a key goes.
const (
	draftLeast = 8  // a side: less shows no face
	draftShare = 3  // the first box's side is the shorter side of the photo divided by it
	draftStep  = 10 // a move is the box's side divided by it, and so is a change of size
)

// NewDraft gives a box in the middle of a photo.
func NewDraft(width, height int) Draft {
	d := Draft{On: true, width: width, height: height}
	side := max(min(width, height)/draftShare, 1)
	d.Set(engine.Box{X: (width - side) / 2, Y: (height - side) / 2, W: side, H: side})
	return d
}

// Begin notes that the box is being made a face; false where nothing is drawn.
func (d *Draft) Begin() bool {
	if !d.On || d.Busy {
		return false
	}
	d.Busy, d.Err = true, nil
	return true
}

// Set makes the part of b that lies in the photo the box being drawn.
func (d *Draft) Set(b engine.Box) {
	if !d.On || d.Busy {
		return
	}
	x0, y0 := min(max(b.X, 0), d.width), min(max(b.Y, 0), d.height)
	x1, y1 := min(max(b.X+b.W, x0), d.width), min(max(b.Y+b.H, y0), d.height)
	d.Box, d.Err = engine.Box{X: x0, Y: y0, W: x1 - x0, H: y1 - y0}, nil
}

// Move moves the box by steps, as far as the photo goes.
func (d *Draft) Move(dx, dy int) {
	b := d.Box
	step := max(1, min(b.W, b.H)/draftStep)
	if d.On {
		b.X = min(max(b.X+dx*step, 0), d.width-b.W)
		b.Y = min(max(b.Y+dy*step, 0), d.height-b.H)
		d.Set(b)
	}
}

// Grow makes the box larger by steps, or smaller, around its middle.
func (d *Draft) Grow(by int) {
	if !d.On {
		return
	}
	b := d.Box
	grow := func(side, limit int) int {
		step := max(1, side/draftStep)
		return min(max(side+by*step, min(draftLeast, limit)), limit)
	}
	w, h := grow(b.W, d.width), grow(b.H, d.height)
	x := min(max(b.X-(w-b.W)/2, 0), d.width-w)
	y := min(max(b.Y-(h-b.H)/2, 0), d.height-h)
	d.Set(engine.Box{X: x, Y: y, W: w, H: h})
}

// Key moves the box with the arrows and sizes it with + and -; it reports whether the key was one of them.
func (d *Draft) Key(key fyne.KeyName) bool {
	switch key {
	case fyne.KeyLeft:
		d.Move(-1, 0)
	case fyne.KeyRight:
		d.Move(1, 0)
	case fyne.KeyUp:
		d.Move(0, -1)
	case fyne.KeyDown:
		d.Move(0, 1)
	case fyne.KeyPlus:
		d.Grow(1)
	case fyne.KeyMinus:
		d.Grow(-1)
	default:
		return false
	}
	return true
}
