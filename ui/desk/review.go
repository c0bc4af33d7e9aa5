package desk

import (
	"context"
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"gabarit/engine/matter"
	"gabarit/ui/kit"
)

// reviewDialog shows each candidate beside the portrait. A person decides; nothing is decided by the program.
type reviewDialog struct {
	v     *requestsPane
	name  string // of the request
	p     *Review
	faces []image.Image // of the portraits that are compared
	face  int           // shown of them
	photo bool          // the whole photo instead of the face
	left  *kit.Slot
	slot  *kit.Slot

	pair                *kit.Pair
	count, about, state *widget.Label
	by, reason          *kit.Entry
	notice              *kit.Notice
	d                   *dialog.CustomDialog
}

// review opens the review of a request's candidates.
func (v *requestsPane) review(r matter.Request) {
	type material struct {
		views     []matter.CandidateView
		portraits []matter.Portrait
	}
	kit.Run(v.working, func(ctx context.Context) (m material, err error) {
		if m.views, err = v.svc.CandidatesOf(ctx, string(r.ID)); err == nil {
			m.portraits, err = v.svc.PortraitsOf(ctx, string(r.ID))
		}
		return m, err
	}, func(m material, err error) {
		switch {
		case err != nil:
			v.notice.Error(err)
		case len(m.views) == 0:
			v.notice.Say(kit.T("There is no candidate to review."))
		case !v.env.Busy():
			v.openReview(r, m.views, m.portraits)
		}
	})
}

func (v *requestsPane) openReview(r matter.Request, views []matter.CandidateView, portraits []matter.Portrait) {
	d := &reviewDialog{v: v, name: string(r.ID), p: NewReview(views, v.reviewer), left: v.env.Slots.NewSlot(), slot: v.env.Slots.NewSlot(),
		count: widget.NewLabel(""), about: kit.NewText(""), state: kit.NewLine(""), notice: v.env.NewNotice()}
	for _, p := range portraits {
		for _, f := range p.Faces {
			if img, err := kit.DecodeCrop(f.Crop); err == nil && f.Used {
				d.faces = append(d.faces, img)
			}
		}
	}
	d.pair = kit.NewPair(d.key)
	d.by, d.reason = v.env.NewEntry(kit.T("reviewer’s name")), v.env.NewEntry(kit.T("reason, as: same eyes and scar; another person, taller"))
	d.by.SetText(v.reviewer)
	d.by.OnChanged = func(s string) { d.p.By, v.reviewer = s, s }
	d.reason.OnChanged = func(s string) { d.p.Reason = s }
	d.d = v.env.NewDialog(kit.T("Is it the person?"), d.layout())
	done := v.env.NewButton(kit.T("Close"), theme.CancelIcon(), func() { d.d.Hide() })
	d.d.SetButtons([]fyne.CanvasObject{done})
	d.d.Resize(v.env.Win.Canvas().Size().SubtractWidthHeight(40, 40))
	v.env.Dump.Name("review.pair", d.pair)
	v.env.Dump.Name("review.count", d.count)
	v.env.Dump.Name("review.state", d.state)
	v.env.Dump.Name("review.by", d.by)
	v.env.Dump.Name("review.reason", d.reason)
	v.env.Modal(d.d, func() {
		d.left.Stop()
		v.shown()
	})
	if len(d.faces) > 0 {
		d.pair.SetLeft(d.faces[0])
	}
	d.refresh()
	if v.reviewer == "" {
		v.env.Focus(d.by)
	} else {
		v.env.Focus(d.pair)
	}
}

func (d *reviewDialog) layout() fyne.CanvasObject {
	env := d.v.env
	button := func(label string, icon fyne.Resource, do func()) *kit.Button {
		return env.NewButton(label, icon, func() {
			do()
			env.Focus(d.pair)
		}).WithKeys(d.key)
	}
	yes := button(kit.T("It is the person"), theme.ConfirmIcon(), func() { d.decide(matter.DecidedYes) })
	no := button(kit.T("Somebody else"), theme.CancelIcon(), func() { d.decide(matter.DecidedNo) })
	unsure := button(kit.T("Unsure"), theme.QuestionIcon(), func() { d.decide(matter.DecidedUnsure) })
	env.Dump.Name("review.yes", yes)
	env.Dump.Name("review.no", no)
	previous := button(kit.T("Previous"), theme.MediaSkipPreviousIcon(), func() { d.step(-1) })
	next := button(kit.T("Next"), theme.MediaSkipNextIcon(), func() { d.step(1) })
	other := button(kit.T("Next portrait"), theme.ViewRefreshIcon(), d.nextFace)
	whole := button(kit.T("Face / whole photo"), theme.FileImageIcon(), d.toggle)
	d.state.TextStyle.Bold = true
	names := container.NewGridWithColumns(2, kit.NewLine(kit.T("Portrait")), kit.NewLine(kit.T("Candidate")))
	signed := container.NewGridWithColumns(2, d.by, d.reason) // in the order of the Tab key
	foot := container.NewVBox(d.about, container.NewBorder(nil, nil, container.NewHBox(yes, no, unsure), container.NewHBox(other, whole), d.state), signed, d.notice.Object(),
		kit.NewNote(kit.T("Y, N, U: it is the person, somebody else, unsure. Arrows: previous and next. W: whole photo. + − 0: zoom. A decision against the distance needs a second reviewer.")))
	head := container.NewVBox(container.NewHBox(previous, d.count, next), names)
	return container.NewBorder(head, foot, nil, nil, d.pair)
}

// key handles the keys of the pictures.
func (d *reviewDialog) key(ev *fyne.KeyEvent) bool {
	d.v.env.Touch()
	switch ev.Name {
	case fyne.KeyY:
		d.decide(matter.DecidedYes)
	case fyne.KeyN:
		d.decide(matter.DecidedNo)
	case fyne.KeyU:
		d.decide(matter.DecidedUnsure)
	case fyne.KeyLeft, fyne.KeyUp:
		d.step(-1)
	case fyne.KeyRight, fyne.KeyDown:
		d.step(1)
	case fyne.KeyW:
		d.toggle()
	default:
		return d.v.env.Keys != nil && d.v.env.Keys(ev)
	}
	return true
}

func (d *reviewDialog) step(by int) {
	d.p.Step(by)
	d.refresh()
}

func (d *reviewDialog) toggle() {
	d.photo = !d.photo
	d.refresh()
}

func (d *reviewDialog) nextFace() {
	if len(d.faces) > 0 {
		d.face = (d.face + 1) % len(d.faces)
		d.pair.SetLeft(d.faces[d.face])
	}
}

// decide stores a decision about the candidate that is shown, and goes on.
func (d *reviewDialog) decide(what matter.Decision) {
	said, err := d.p.Decide(what)
	if err != nil {
		d.notice.Error(err)
		return
	}
	kit.Run(d.slot, func(ctx context.Context) (matter.Request, error) { return d.v.svc.ReviewCandidates(ctx, d.name, said) }, func(r matter.Request, err error) {
		if err != nil {
			d.notice.Error(err)
			return
		}
		d.notice.Clear()
		d.v.p.Replace(r)
		d.p.Decided(r)
		d.refresh()
	})
}

// refresh shows the current candidate.
func (d *reviewDialog) refresh() {
	c, at, ok := d.p.Current()
	if !ok {
		return
	}
	kit.SetText(d.count, kit.T("{{.I}} of {{.Of}}, undecided: {{.Left}}", map[string]any{"I": kit.Int(at + 1), "Of": kit.Int(len(d.p.Views)), "Left": kit.Int(d.p.Left())}))
	kit.SetText(d.about, candidateWords(c))
	kit.SetText(d.state, verdictWords(c))
	d.pair.SetRight(nil)
	whole := d.photo || c.Face == ""
	load := func(ctx context.Context) (image.Image, error) {
		get := func() ([]byte, error) { return d.v.svc.Crop(ctx, c.Face) }
		if whole {
			get = func() ([]byte, error) { return d.v.svc.Thumbnail(ctx, c.Photo) }
		}
		data, err := get()
		if err != nil {
			return nil, err
		}
		return kit.DecodeCrop(data)
	}
	kit.Run(d.left, load, func(img image.Image, err error) {
		if err != nil {
			d.notice.Error(err)
			return
		}
		d.pair.SetRight(img)
	})
}
