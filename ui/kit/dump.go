//go:build !uitest

package kit

import "fyne.io/fyne/v2"

// Dump does nothing in a normal build: see dump_uitest.go.
type Dump struct{}

// NewDump gives a Dump that does nothing.
func NewDump(*Slots) *Dump { return nil }

// Name does nothing.
func (d *Dump) Name(string, fyne.CanvasObject) {}

// Find does nothing.
func (d *Dump) Find(string, func() fyne.CanvasObject) {}
