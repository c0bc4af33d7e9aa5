package upkeep

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"gabarit/engine/matter"
	"gabarit/ui/kit"
)

// upkeepDialog shows how one collection is kept to its dates.
type upkeepDialog struct {
	env             *kit.Env
	svc             Service
	name            string // of the collection
	reading, asking *kit.Slot
	steps           *kit.Hints[[2]int]

	view                                   matter.UpkeepView
	checked, retained, ends, refused, none *widget.Label
	contact                                *kit.Entry
	all                                    *kit.Check
	ask, stop, close                       *kit.Button
	busy                                   *widget.ProgressBar
	notice                                 *kit.Notice
	list                                   *kit.List
	d                                      *dialog.CustomDialog
}

// Show opens the dialog about a collection, named. changed is called when something of it may have changed.
func Show(env *kit.Env, svc Service, collection string, changed func()) {
	d := &upkeepDialog{env: env, svc: svc, name: collection, reading: env.Slots.NewSlot(), asking: env.Slots.NewSlot(), checked: kit.NewText(""),
		retained: kit.NewText(""), ends: kit.NewText(""), refused: kit.NewText(""), none: kit.NewText(kit.T("Nothing is hidden, and every source answers.")),
		busy: widget.NewProgressBar(), notice: env.NewNotice()}
	d.steps = kit.NewHints(env.Slots, 200*time.Millisecond, d.stepped)
	d.contact = env.NewEntry(kit.T("Your e-mail address, or a page about you"))
	d.all = env.NewCheck(kit.T("Those too that were asked within 30 days"), func(bool) {})
	d.ask = env.NewMainButton(kit.T("Ask the sources now"), theme.SearchIcon(), d.askNow)
	d.stop = env.NewButton(kit.T("Stop"), theme.MediaStopIcon(), d.stopAsking)
	d.close = env.NewButton(kit.T("Close"), theme.CancelIcon(), func() { d.d.Hide() })
	d.list = env.NewList(func() int { return len(d.view.Troubles) },
		func() fyne.CanvasObject {
			what, why := kit.NewLine(""), kit.NewLine("")
			why.SizeName = theme.SizeNameCaptionText
			return kit.Compact(container.NewVBox(what, why))
		}, d.drawTrouble)
	kit.Show(false, d.busy, d.stop, d.none)
	d.d = env.NewDialog(kit.T("Dates and sources of “{{.V}}”", kit.Field(collection)), d.layout())
	d.d.SetButtons([]fyne.CanvasObject{d.close})
	env.Dump.Name("upkeep.checked", d.checked)
	env.Dump.Name("upkeep.contact", d.contact)
	env.Dump.Name("upkeep.ask", d.ask)
	env.Dump.Name("upkeep.list", d.list)
	env.Dump.Name("upkeep.close", d.close)
	env.Modal(d.d, func() {
		d.reading.Stop()
		d.asking.Stop()
		changed()
	})
	env.Focus(d.close)
	d.read()
}

func (d *upkeepDialog) layout() fyne.CanvasObject {
	form := widget.NewForm(
		widget.NewFormItem(kit.T("Sources"), d.checked),
		widget.NewFormItem(kit.T("Retention"), d.retained),
		widget.NewFormItem(kit.T("Next"), d.ends),
		widget.NewFormItem(kit.T("Collected again"), d.refused),
		widget.NewFormItem(kit.T("Contact"), d.contact))
	note := kit.NewNote(kit.T("Sites are asked slowly, seconds for each photo, and are told the contact. With a contact that is also done once a day while the vault is open. What nobody asks for six months is erased."))
	buttons := container.NewBorder(nil, nil, container.NewHBox(d.ask, d.stop), nil, d.all)
	head := container.NewVBox(kit.Compact(form), note, buttons, d.busy, d.notice.Object(), widget.NewSeparator(),
		kit.NewText(kit.T("Hidden, or not to be reached")), d.none)
	return kit.Sized(720, 560, container.NewBorder(head, nil, nil, nil, d.list))
}

func (d *upkeepDialog) drawTrouble(i int, o fyne.CanvasObject) {
	if i >= len(d.view.Troubles) {
		return
	}
	box := o.(*container.ThemeOverride).Content.(*fyne.Container)
	what, why := troubleWords(d.view.Troubles[i])
	kit.SetText(box.Objects[0].(*widget.Label), what)
	kit.SetText(box.Objects[1].(*widget.Label), why)
}

// read reads what there is to tell.
func (d *upkeepDialog) read() {
	kit.Run(d.reading, func(ctx context.Context) (matter.UpkeepView, error) { return d.svc.UpkeepOf(ctx, d.name) },
		func(v matter.UpkeepView, err error) {
			if err != nil {
				d.notice.Error(err)
				return
			}
			d.view = v
			d.refresh()
		})
}

func (d *upkeepDialog) refresh() {
	v := d.view
	kit.SetText(d.checked, checkedWords(v))
	kit.SetText(d.retained, retainedWords(v))
	kit.SetText(d.ends, endsWords(v))
	kit.SetText(d.refused, kit.N("{{.N}} items of this vault were refused, as erased or expired before.", v.Refused))
	if d.contact.Text == "" {
		d.contact.SetText(v.Contact)
	}
	kit.Show(v.Addressed > 0, d.ask, d.all)
	kit.Show(len(v.Troubles) == 0, d.none)
	kit.Show(len(v.Troubles) > 0, d.list)
	d.list.Refresh()
}

// askNow asks the sources that are due, or all.
func (d *upkeepDialog) askNow() {
	contact, all := d.contact.Text, d.all.Checked
	d.notice.Clear()
	d.busy.SetValue(0)
	d.asks(true)
	kit.Run(d.asking, func(ctx context.Context) (matter.SourceCounts, error) {
		return d.svc.AskSources(ctx, d.name, contact, all, func(done, total int) { d.steps.Add([2]int{done, total}) })
	}, func(c matter.SourceCounts, err error) {
		d.asks(false)
		switch {
		case err != nil:
			d.notice.Error(err)
		case c.Checked == 0:
			d.notice.Say(kit.T("No source is due."))
		default:
			d.notice.Say(SourceWords(c) + ".")
		}
		d.read()
	})
}

func (d *upkeepDialog) stopAsking() {
	d.asking.Stop()
	d.asks(false)
	d.notice.Say(kit.T("Stopped. What was asked so far is kept."))
	d.read()
}

func (d *upkeepDialog) asks(on bool) {
	kit.Show(on, d.busy, d.stop)
	d.ask.SetEnabled(!on)
}

// stepped shows how far asking is.
func (d *upkeepDialog) stepped(steps [][2]int) {
	last := steps[len(steps)-1]
	if last[1] > 0 {
		d.busy.SetValue(float64(last[0]) / float64(last[1]))
	}
}
