package library

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"gabarit/ui/collect"
	"gabarit/ui/kit"
)

// detailPane shows the marked collection and its failed items.
type detailPane struct {
	view                                   *View
	name, purpose, basis, condition, scope *widget.Label
	keep, content, upkeep                  *widget.Label
	kinds                                  [failureKinds]*kit.Button // choose what is listed
	retry                                  *kit.Button
	items                                  *kit.List
	box                                    *fyne.Container
	root                                   fyne.CanvasObject
}

func newDetailPane(v *View) *detailPane {
	d := &detailPane{view: v, name: kit.NewTitle(""), purpose: kit.NewText(""), basis: kit.NewText(""), condition: kit.NewText(""),
		scope: kit.NewText(""), keep: kit.NewText(""), content: kit.NewText(""), upkeep: kit.NewText("")}
	d.name.Truncation = fyne.TextTruncateEllipsis
	kinds := container.NewHBox()
	for k := range d.kinds {
		d.kinds[k] = v.env.NewButton("", nil, func() {
			v.p.Show(FailureKind(k))
			d.refresh()
		})
		kinds.Add(d.kinds[k])
		v.env.Dump.Name([]string{"library.failed", "library.refused", "library.partial"}[k], d.kinds[k])
	}
	d.retry = v.env.NewButton(kit.T("Retry"), theme.ViewRefreshIcon(), v.retry)
	form := widget.NewForm(
		widget.NewFormItem(kit.T("Purpose"), d.purpose),
		widget.NewFormItem(kit.T("Legal basis"), d.basis),
		widget.NewFormItem(kit.T("Condition (art. 9)"), d.condition),
		widget.NewFormItem(kit.T("Sources"), d.scope),
		widget.NewFormItem(kit.T("Kept"), d.keep),
		widget.NewFormItem(kit.T("Holds"), d.content),
		widget.NewFormItem(kit.T("Upkeep"), d.upkeep))
	d.items = v.env.NewList(func() int { return len(v.p.Failures()) },
		func() fyne.CanvasObject {
			item, why := kit.NewLine(""), kit.NewLine("")
			why.SizeName = theme.SizeNameCaptionText
			return kit.Compact(container.NewVBox(item, why))
		}, d.drawItem)
	dates := v.env.NewButton(kit.T("Dates and sources…"), theme.HistoryIcon(), v.showUpkeep)
	v.env.Dump.Name("library.upkeep", dates)
	remove := v.env.NewButton(kit.T("Remove collection…"), theme.DeleteIcon(), v.remove)
	v.env.Dump.Name("library.remove", remove)
	head := container.NewVBox(container.NewBorder(nil, nil, nil, container.NewHBox(dates, remove), d.name), kit.Compact(form), widget.NewSeparator(), container.NewBorder(nil, nil, kinds, d.retry))
	d.box = container.NewBorder(head, nil, nil, nil, d.items)
	d.root = container.NewPadded(d.box)
	v.env.Dump.Name("library.detail", d.content)
	return d
}

func (d *detailPane) drawItem(i int, o fyne.CanvasObject) {
	items := d.view.p.Failures()
	if i >= len(items) {
		return
	}
	box := o.(*container.ThemeOverride).Content.(*fyne.Container)
	kit.SetText(box.Objects[0].(*widget.Label), items[i].Item)
	why := kit.Reason(items[i].Code, items[i].Reason)
	if items[i].Detail != "" {
		why += " (" + items[i].Detail + ")"
	}
	kit.SetText(box.Objects[1].(*widget.Label), why)
}

func (d *detailPane) refresh() {
	c, ok := d.view.p.Selected()
	kit.Show(ok, d.box)
	if !ok {
		return
	}
	kit.SetText(d.name, c.Name)
	kit.SetText(d.purpose, c.Purpose)
	kit.SetText(d.basis, collect.BasisWords(c.Basis))
	kit.SetText(d.condition, collect.ConditionWords(c.Condition))
	kit.SetText(d.scope, collect.ScopeWords(c.Scope))
	kit.SetText(d.keep, kit.N("{{.N}} days after collection", int(c.Retain/collect.Day)))
	kit.SetText(d.content, countWords(c))
	kit.SetText(d.upkeep, upkeepWords(d.view.upkeep[c.ID]))
	counts := d.view.p.Unread()
	for k, b := range d.kinds {
		b.SetText(failureWords(FailureKind(k), counts[k]))
		kit.Show(counts[k] > 0, b)
		want := widget.MediumImportance
		if d.view.p.Shown() == FailureKind(k) {
			want = widget.HighImportance
		}
		if b.Importance != want {
			b.Importance = want
			b.Refresh()
		}
	}
	kit.Show(counts != [failureKinds]int{}, d.items)
	kit.Show(counts[Failed] > 0, d.retry)
	d.items.Refresh()
}
