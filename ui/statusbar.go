package ui

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"gabarit/engine"
	"gabarit/ui/faces"
	"gabarit/ui/kit"
)

// statusBar tells about the vault, the index, the running job and the network.
type statusBar struct {
	env   *kit.Env
	svc   Service
	slot  *kit.Slot
	flash *kit.Slot

	vault, index, work, network *widget.Label
	bar                         *widget.ProgressBar
	root                        fyne.CanvasObject
	changed                     func(engine.Status)
}

func newStatusBar(env *kit.Env, svc Service, changed func(engine.Status)) *statusBar {
	s := &statusBar{env: env, svc: svc, slot: env.Slots.NewSlot(), flash: env.Slots.NewSlot(),
		vault: widget.NewLabel(""), index: widget.NewLabel(""), work: kit.NewLine(""), network: widget.NewLabel(networkWords(nil)), bar: widget.NewProgressBar(), changed: changed}
	for _, l := range []*widget.Label{s.vault, s.index, s.work, s.network} {
		l.SizeName = theme.SizeNameCaptionText
	}
	s.bar.TextFormatter = func() string { return "" }
	s.bar.Hide()
	left := container.NewHBox(s.vault, widget.NewSeparator(), s.index, widget.NewSeparator())
	right := container.NewHBox(kit.Sized(120, 0, s.bar), widget.NewSeparator(), s.network)
	s.root = container.NewVBox(widget.NewSeparator(), kit.Compact(container.NewPadded(container.NewBorder(nil, nil, left, right, s.work))))
	env.Dump.Name("status.vault", s.vault)
	env.Dump.Name("status.index", s.index)
	env.Dump.Name("status.work", s.work)
	return s
}

// read re-reads the status.
func (s *statusBar) read() {
	kit.Run(s.slot, s.svc.Status, func(st engine.Status, err error) {
		if err != nil {
			kit.SetText(s.vault, kit.Explain(err).What)
			return
		}
		s.show(st)
		s.changed(st)
	})
}

func (s *statusBar) show(st engine.Status) {
	kit.SetText(s.vault, vaultWords(st))
	kit.SetText(s.index, indexWords(st.Totals))
	kit.SetText(s.network, networkWords(st.Jobs))
	text, share := jobWords(st.Jobs)
	kit.SetText(s.work, text)
	kit.Show(share >= 0, s.bar)
	if share >= 0 {
		s.bar.SetValue(share)
	}
}

// forget shows nothing of the vault that was open.
func (s *statusBar) forget() {
	s.slot.Stop()
	s.flash.Stop()
	for _, l := range []*widget.Label{s.vault, s.index, s.work} {
		kit.SetText(l, "")
	}
	s.bar.Hide()
}

// say shows a short message for a while.
func (s *statusBar) say(text string) {
	kit.SetText(s.work, text)
	kit.Run(s.flash, func(ctx context.Context) (struct{}, error) {
		select {
		case <-time.After(6 * time.Second):
		case <-ctx.Done():
		}
		return struct{}{}, nil
	}, func(struct{}, error) { s.read() })
}

// indexWords counts what the vault holds, and what of it no search compares.
func indexWords(t engine.Totals) string {
	held := kit.T("{{.Faces}} in {{.Photos}}", map[string]any{
		"Faces": kit.N("{{.N}} faces", t.Faces), "Photos": kit.N("{{.N}} photos", t.Photos)})
	if words := faces.OtherModelWords(t); words != "" {
		return held + " · " + words
	}
	return held
}

func vaultWords(st engine.Status) string {
	switch {
	case st.Vault != engine.VaultOpen:
		return kit.T("Vault locked")
	case st.Passphrase:
		return kit.T("Vault open, sealed with a passphrase")
	}
	return kit.T("Vault open, no passphrase")
}

// networkWords tells whether anything is asked of others: only a collection from a site does that.
func networkWords(jobs []engine.Job) string {
	for _, j := range jobs {
		if (j.State == engine.JobRunning || j.State == engine.JobPaused) && j.Request.Web != (engine.WebOptions{}) {
			return kit.T("Network: a site is collected")
		}
	}
	return kit.T("Network: not used")
}

// jobWords sums up the running job; share is negative when there is no progress to show.
func jobWords(jobs []engine.Job) (text string, share float64) {
	for _, j := range jobs {
		if j.State != engine.JobRunning && j.State != engine.JobPaused {
			continue
		}
		pr := j.Progress
		state := kit.T("Collecting into {{.V}}", kit.Field(j.Request.Collection))
		if j.State == engine.JobPaused {
			state = kit.T("Paused: {{.V}}", kit.Field(j.Request.Collection))
		}
		text = state + " · " + kit.N("{{.N}} photos", pr.Counts.Photos)
		if pr.Listed && pr.Total > 0 {
			return text, min(float64(pr.Counts.Done())/float64(pr.Total), 1)
		}
		return text, -1
	}
	return "", -1
}
