package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"gabarit/app/cli/document"
	"gabarit/engine"
)

// progress tells on stderr how a collection goes on: JSON lines with --json, a bar on a terminal, else a
// line now and then.
type progress struct {
	write func(engine.CollectProgress)
	end   func() // leaves the last state on screen
	every time.Duration
	now   func() time.Time
	last  time.Time
	ended bool // the final state was written, or is not wanted
}

// How often each form of progress is written.
const (
	jsonEvery = 500 * time.Millisecond
	barEvery  = 100 * time.Millisecond
	lineEvery = 10 * time.Second
)

func (p *program) newProgress() *progress {
	pr := &progress{now: p.now, last: p.now(), end: func() {}}
	f, isFile := p.err.(*os.File)
	switch {
	case p.json:
		pr.every, pr.last = jsonEvery, time.Time{}
		pr.write = func(c engine.CollectProgress) { _ = writeJSON(p.err, newProgressDoc(c)) }
	case isFile && term.IsTerminal(int(f.Fd())):
		pr.every = barEvery
		pr.write, pr.end = p.bar(f)
	default:
		pr.every, pr.ended = lineEvery, true // the report says the same
		pr.write = func(c engine.CollectProgress) { fmt.Fprintln(p.err, p.counts(c.Counts)) }
	}
	return pr
}

// update is called for every item; most are let pass.
func (pr *progress) update(c engine.CollectProgress) {
	now := pr.now()
	last := c.Listed && c.Counts.Done() >= c.Total && !pr.ended
	if !last && now.Sub(pr.last) < pr.every {
		return
	}
	pr.last, pr.ended = now, pr.ended || last
	pr.write(c)
}

// bar draws a progress bar; until the source is listed to its end its length is not known and grows.
func (p *program) bar(w io.Writer) (write func(engine.CollectProgress), end func()) {
	bar := progressbar.NewOptions(1, progressbar.OptionSetWriter(w), progressbar.OptionShowCount(),
		progressbar.OptionSetWidth(20), progressbar.OptionSetPredictTime(true), progressbar.OptionClearOnFinish())
	write = func(c engine.CollectProgress) {
		bar.ChangeMax(max(c.Total, c.Counts.Done(), 1))
		bar.Describe(p.say.Text("faces: {{.Faces}}, failed: {{.Failed}}", "Faces", c.Counts.Faces, "Failed", c.Counts.Failed))
		_ = bar.Set(c.Counts.Done())
	}
	return write, func() { _ = bar.Clear() }
}

func newProgressDoc(c engine.CollectProgress) document.Doc {
	return document.Doc{"progress": document.NewProgress(c)}
}
