package ui

import (
	"context"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"gabarit/engine"
	"gabarit/ui/kit"
)

// logView lists the audit log, newest entry first.
type logView struct {
	env                           *kit.Env
	svc                           Service
	reading, filtering, exporting *kit.Slot

	entries []engine.AuditEntry // all, newest last
	shown   []engine.AuditEntry // those that pass the filter, newest first
	chosen  uint64              // number of the entry whose details are shown; 0: none

	kind     *kit.Select
	text     *kit.Entry
	from, to *kit.Entry
	count    *widget.Label
	notice   *kit.Notice
	list     *kit.List
	detail   *widget.Label
	foot     *fyne.Container
	export   *kit.Button
	root     fyne.CanvasObject
}

func newLogView(env *kit.Env, svc Service) *logView {
	l := &logView{env: env, svc: svc, reading: env.Slots.NewSlot(), filtering: env.Slots.NewSlot(), exporting: env.Slots.NewSlot(),
		notice: env.NewNotice(), count: widget.NewLabel(""), detail: kit.NewText("")}
	l.count.SizeName = theme.SizeNameCaptionText
	l.detail.Selectable = true
	l.detail.Wrapping = fyne.TextWrapBreak
	l.detail.SizeName = theme.SizeNameCaptionText
	verify := env.NewButton(kit.T("Verify"), theme.ConfirmIcon(), func() { newVerifyDialog(env, svc).show() })
	l.export = env.NewButton(kit.T("Export…"), theme.DocumentSaveIcon(), l.chooseExport)
	bar := container.NewBorder(nil, nil, kit.NewTitle(kit.T("Log")), container.NewHBox(verify, l.export))
	note := kit.NewNote(kit.T("What was done with this vault. No name, picture or template is in it."))
	l.list = l.newList()
	heads := container.New(logColumns{})
	for _, text := range []string{kit.T("No."), kit.T("When"), kit.T("What"), kit.T("Purpose and counts")} {
		head := kit.NewLine(text)
		head.TextStyle.Bold = true
		heads.Add(head)
	}
	l.foot = container.NewBorder(widget.NewSeparator(), nil, nil, nil, kit.Sized(0, 150, container.NewVScroll(kit.Compact(l.detail))))
	l.foot.Hide()
	top := container.NewVBox(bar, note, l.filters(), l.notice.Object(), kit.Compact(heads), widget.NewSeparator())
	l.root = container.NewPadded(container.NewBorder(top, l.foot, nil, nil, l.list))
	env.Dump.Name("log.list", l.list)
	env.Dump.Name("log.count", l.count)
	env.Dump.Name("log.detail", l.detail)
	env.Dump.Name("log.verify", verify)
	env.Dump.Name("log.export", l.export)
	return l
}

func (l *logView) newList() *kit.List {
	list := l.env.NewList(func() int { return len(l.shown) },
		func() fyne.CanvasObject {
			row := container.New(logColumns{})
			for range logWidths() {
				row.Add(kit.NewLine(""))
			}
			row.Add(kit.NewLine(""))
			return kit.Compact(row)
		},
		func(i int, o fyne.CanvasObject) {
			if i >= len(l.shown) {
				return
			}
			e := l.shown[i]
			cells := o.(*container.ThemeOverride).Content.(*fyne.Container).Objects
			for n, text := range []string{kit.Int(int(e.Seq)), kit.Time(e.At), actionWords(e.Action), aboutWords(e)} {
				kit.SetText(cells[n].(*widget.Label), text)
			}
		})
	list.OnSelected = func(i int) {
		if i < len(l.shown) {
			l.chosen = l.shown[i].Seq
			kit.SetText(l.detail, entryWords(l.shown[i]))
			l.foot.Show()
		}
	}
	return list
}

func (l *logView) filters() fyne.CanvasObject {
	kinds := []string{kit.T("All kinds")}
	for _, a := range logActions() {
		kinds = append(kinds, actionWords(a))
	}
	l.kind = l.env.NewSelect(nil, func(int) { l.filter() })
	l.kind.Fill(kinds, 0)
	entry := func(placeholder string) *kit.Entry {
		e := l.env.NewEntry(placeholder)
		e.OnChanged = func(string) { l.filter() }
		return e
	}
	l.text = entry(kit.T("Purpose, word or number"))
	l.from, l.to = entry(kit.T("From (year-month-day)")), entry(kit.T("To (year-month-day)"))
	l.env.Dump.Name("log.text", l.text)
	days := container.NewGridWithColumns(2, l.from, l.to)
	return container.NewBorder(nil, nil, kit.Fixed(210, l.kind), l.count, container.NewGridWithColumns(2, l.text, days))
}

// Content is the screen.
func (l *logView) Content() fyne.CanvasObject { return l.root }

// Shown re-reads the log.
func (l *logView) Shown() {
	kit.Run(l.reading, l.svc.Audit, func(entries []engine.AuditEntry, err error) {
		if err != nil {
			l.notice.Error(err)
			return
		}
		l.entries = entries
		l.filter()
	})
}

// filter shows the entries that pass, found in the background.
func (l *logView) filter() {
	f := logFilter{text: l.text.Text}
	if i := l.kind.SelectedIndex(); i > 0 {
		f.action = logActions()[i-1]
	}
	var fromOK, toOK bool
	f.from, fromOK = filterDay(l.from.Text)
	f.to, toOK = filterDay(l.to.Text)
	if !fromOK || !toOK {
		kit.SetText(l.count, kit.T("Write dates as 2026-12-31."))
		return
	}
	entries := l.entries
	kit.Run(l.filtering, func(ctx context.Context) ([]engine.AuditEntry, error) { return f.apply(ctx, entries) },
		func(shown []engine.AuditEntry, err error) {
			if err != nil {
				l.notice.Error(err)
				return
			}
			l.shown = shown
			kit.SetText(l.count, kit.T("{{.Shown}} of {{.All}} shown", map[string]any{"Shown": kit.Int(len(shown)), "All": kit.Int(len(entries))}))
			l.reselect()
		})
}

// reselect keeps the mark on the entry that has it, wherever it stands now.
func (l *logView) reselect() {
	chosen, at := l.chosen, l.list.GetScrollOffset()
	l.list.UnselectAll()
	l.list.Refresh()
	l.chosen = 0
	for i, e := range l.shown {
		if e.Seq == chosen {
			l.list.Select(i)
			l.list.ScrollToOffset(at) // the mark must not pull the list along
			return
		}
	}
	l.foot.Hide()
}

// chooseExport asks where the log is to be written.
func (l *logView) chooseExport() {
	l.env.ChooseFolder(kit.T("Choose the folder for the log"), kit.T("Export here"), func(dir string, err error) {
		if err != nil {
			l.notice.Error(err)
			return
		}
		l.exportTo(dir, time.Now())
	})
}

// exportTo writes the log into a folder, under a name with the time.
func (l *logView) exportTo(dir string, now time.Time) {
	path := filepath.Join(dir, "gabarit-log-"+now.Format("2006-01-02-150405")+".jsonl")
	l.export.Disable()
	kit.Run(l.exporting, func(ctx context.Context) (engine.AuditReport, error) { return l.svc.ExportAudit(ctx, path) },
		func(r engine.AuditReport, err error) {
			l.export.SetEnabled(true)
			if err != nil {
				l.notice.Error(err)
				return
			}
			text := kit.N("{{.N}} entries written to a file:", int(r.Entries)) + " " + filepath.Base(path)
			if !r.Intact() {
				l.notice.Warn(text + "\n" + problemWords(r))
			} else {
				l.notice.Say(text + "\n" + kit.T("“gabarit-cli audit verify” checks it on any computer, without the vault."))
			}
			l.notice.Offer(kit.T("Open the folder"), func() {
				if err := l.env.OpenURL(&url.URL{Scheme: "file", Path: filepath.ToSlash(dir)}); err != nil {
					l.notice.Error(err)
				}
			})
		})
}

// maxListed is how many numbers of objects the details of an entry list.
const maxListed = 50

// entryWords tells all that an entry holds.
func entryWords(e engine.AuditEntry) string {
	var lines []string
	add := func(name, value string) {
		if value != "" {
			lines = append(lines, kit.T("{{.K}}: {{.V}}", map[string]any{"K": name, "V": value}))
		}
	}
	add(kit.T("No."), kit.Int(int(e.Seq)))
	add(kit.T("When"), e.At.Local().Format("2006-01-02 15:04:05 MST"))
	add(kit.T("What"), actionWords(e.Action))
	add(kit.T("Purpose"), e.Purpose)
	add(kit.T("Counts"), strings.Join(countsWords(e), " · "))
	add(kit.T("Details"), strings.Join(detailWords(e), " · "))
	add(kit.T("About"), listed(e.Objects))
	faces := make([]string, len(e.Returned))
	for i, id := range e.Returned {
		faces[i] = string(id)
	}
	add(kit.T("Faces shown"), listed(faces))
	add(kit.T("Who (keyed hash)"), e.Actor)
	add(kit.T("Program"), e.Software)
	add(kit.T("Hash of the entry before"), e.Prev)
	return strings.Join(lines, "\n")
}

func listed(ids []string) string {
	if len(ids) <= maxListed {
		return strings.Join(ids, ", ")
	}
	return strings.Join(ids[:maxListed], ", ") + ", " + kit.N("and {{.N}} more", len(ids)-maxListed)
}

// logWidths are the widths of all columns but the last, which gets the rest.
func logWidths() []float32 { return []float32{64, 150, 200} }

// logColumns lays out the cells of a row.
type logColumns struct{}

// Layout places the cells beside each other.
func (logColumns) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	x := float32(0)
	for i, o := range objects {
		w := size.Width - x
		if widths := logWidths(); i < len(widths) {
			w = widths[i]
		}
		o.Move(fyne.NewPos(x, 0))
		o.Resize(fyne.NewSize(max(w, 0), size.Height))
		x += w
	}
}

// MinSize leaves the last column some room.
func (logColumns) MinSize(objects []fyne.CanvasObject) fyne.Size {
	size := fyne.NewSize(160, 0)
	for _, w := range logWidths() {
		size.Width += w
	}
	for _, o := range objects {
		size.Height = max(size.Height, o.MinSize().Height)
	}
	return size
}
