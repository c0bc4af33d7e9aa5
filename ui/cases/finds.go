package cases

import (
	"cmp"
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"gabarit/engine"
	"gabarit/ui/kit"
)

// finds is where the person says of each find of a letter whether it shows them: only those that do enter it.
type finds struct {
	d       *Dialog
	at      int // the find that is shown
	images  *kit.Images
	loading *kit.Slot
	saving  *kit.Slot

	list    *kit.List
	face    *canvas.Image
	state   *widget.Label
	about   *widget.Label
	buttons [3]*kit.Button
	switchB *kit.Button
	root    fyne.CanvasObject
}

// verdicts are what can be said of a find, in the order of the buttons.
func verdicts() [3]engine.Verdict {
	return [3]engine.Verdict{engine.VerdictYes, engine.VerdictUnsure, engine.VerdictNo}
}

func newFinds(d *Dialog) *finds {
	f := &finds{d: d, loading: d.env.Slots.NewSlot(), saving: d.env.Slots.NewSlot(), face: canvas.NewImageFromImage(nil), state: kit.NewNote(""), about: kit.NewText("")}
	f.images = kit.NewImages(func(ctx context.Context, key string) ([]byte, error) { return d.svc.Crop(ctx, engine.FaceID(key)) })
	f.face.FillMode = canvas.ImageFillContain
	f.about.SizeName = theme.SizeNameCaptionText
	f.about.Wrapping = fyne.TextWrapBreak
	f.list = d.env.NewList(func() int { return len(f.items()) }, func() fyne.CanvasObject {
		head, about := kit.NewLine(""), kit.NewLine("")
		about.SizeName = theme.SizeNameCaptionText
		return kit.Compact(container.NewVBox(head, about))
	}, f.draw)
	f.list.OnSelected = func(i int) {
		f.at = i
		f.show()
	}
	row := container.NewHBox()
	icons := [3]fyne.Resource{theme.ConfirmIcon(), theme.QuestionIcon(), theme.CancelIcon()}
	for i, label := range [3]string{kit.T("It is me"), kit.T("Unsure"), kit.T("Somebody else")} {
		f.buttons[i] = d.env.NewButton(label, icons[i], func() { f.judge(verdicts()[i]) })
		row.Add(f.buttons[i])
		d.env.Dump.Name("finds."+string(verdicts()[i]), f.buttons[i])
	}
	f.switchB = d.env.NewButton("", theme.VisibilityIcon(), func() { d.turn(f.root) })
	note := kit.NewNote(kit.T("Only finds that show you enter the letter. One that you ticked counts as a yes until you say otherwise. What you say here is kept with the case, not with the search."))
	foot := container.NewBorder(nil, nil, kit.Sized(104, 104, container.NewStack(f.state, f.face)), nil, container.NewBorder(nil, kit.Spaced(6, 4, row), nil, nil, f.about))
	f.root = container.NewBorder(note, container.NewVBox(widget.NewSeparator(), foot), nil, nil, f.list)
	d.env.Dump.Name("letter.finds", f.switchB)
	d.env.Dump.Name("finds.list", f.list)
	d.env.Dump.Name("finds.about", f.about)
	return f
}

func (f *finds) items() []engine.CaseItem {
	if l := f.d.p.Letter(); l != nil {
		return l.Items
	}
	return nil
}

// words names the button that leads to the finds, or back.
func (f *finds) words(open bool) {
	label := kit.T("Back to the fields")
	if l := f.d.p.Letter(); !open && l != nil {
		label = kit.T("Finds: {{.N}} of {{.Of}}…", map[string]any{"N": kit.Int(l.Confirmed()), "Of": kit.Int(len(l.Items))})
	}
	f.switchB.SetText(label)
	kit.Show(len(f.items()) > 0, f.switchB)
}

// fill shows the finds of the current letter.
func (f *finds) fill() {
	f.at = min(f.at, max(len(f.items())-1, 0))
	f.words(f.root.Visible())
	if !f.root.Visible() {
		return
	}
	f.list.Refresh()
	f.list.Select(f.at)
	f.show()
}

func (f *finds) draw(i int, o fyne.CanvasObject) {
	items := f.items()
	if i >= len(items) {
		return
	}
	it := items[i]
	box := o.(*container.ThemeOverride).Content.(*fyne.Container)
	head, about := box.Objects[0].(*widget.Label), box.Objects[1].(*widget.Label)
	want := widget.LowImportance
	if it.Confirmed.Confirms() {
		want = widget.MediumImportance
	}
	if head.Importance != want {
		head.Importance = want
		head.Refresh()
	}
	kit.SetText(head, kit.Int(i+1)+". "+verdictWords(it.Confirmed)+" · "+cmp.Or(it.Source.PageTitle, placeOf(it)))
	kit.SetText(about, placeOf(it))
}

// placeOf is where an item was found.
func placeOf(it engine.CaseItem) string {
	return cmp.Or(it.Source.PageURL, it.Source.URL, it.Source.File)
}

// show shows the chosen find with its face.
func (f *finds) show() {
	items := f.items()
	if f.at >= len(items) {
		return
	}
	it := items[f.at]
	lines := []string{verdictWords(it.Confirmed), it.Source.PageTitle, it.Source.PageURL, it.Source.URL, it.Source.File}
	if !it.FoundAt.IsZero() {
		lines = append(lines, kit.T("found on {{.V}}", kit.Field(kit.Date(it.FoundAt))))
	}
	var said []string
	for _, l := range lines {
		if l != "" {
			said = append(said, l)
		}
	}
	kit.SetText(f.about, strings.Join(said, "\n"))
	for i, b := range f.buttons {
		b.Importance = widget.MediumImportance
		if verdicts()[i] == it.Confirmed || i == 0 && it.Confirmed == engine.VerdictNone {
			b.Importance = widget.HighImportance
		}
		b.Refresh()
	}
	f.images.ShowIn(f.loading, string(it.Face), f.face, f.state, func() bool {
		now := f.items()
		return f.at < len(now) && now[f.at].Face == it.Face
	})
}

// judge notes what the person says of the chosen find, with the case where there is one already, and goes on to the next find.
func (f *finds) judge(said engine.Verdict) {
	l, at := f.d.p.Letter(), f.at
	if l == nil || at >= len(l.Items) {
		return
	}
	to, id := l.Addressee, l.Case
	kit.Run(f.saving, func(ctx context.Context) (struct{}, error) {
		if id == "" {
			return struct{}{}, nil // stored when the case is opened
		}
		return struct{}{}, f.d.svc.ConfirmItems(ctx, id, []int{at + 1}, said)
	}, func(_ struct{}, err error) {
		if err != nil {
			f.d.notice.Error(err)
			return
		}
		to.Judge(at, said)
		f.at = min(at+1, len(f.items())-1)
		f.fill()
		f.d.sites.Refresh()
		f.d.changed()
	})
}

// verdictWords is what was said of a find.
func verdictWords(v engine.Verdict) string {
	switch v {
	case engine.VerdictYes:
		return kit.T("yes, it is me")
	case engine.VerdictNo:
		return kit.T("no: it does not enter the letter")
	case engine.VerdictUnsure:
		return kit.T("unsure: it does not enter the letter")
	}
	return kit.T("ticked")
}
