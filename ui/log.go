package ui

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"gabarit/engine"
	"gabarit/ui/kit"
)

// logView lists the audit log, newest entry first.
type logView struct {
	svc     Service
	slot    *kit.Slot
	entries []engine.AuditEntry // newest first
	notice  *kit.Notice
	table   *widget.Table
	root    fyne.CanvasObject
}

func newLogView(env *kit.Env, svc Service) *logView {
	l := &logView{svc: svc, slot: env.Slots.NewSlot(), notice: env.NewNotice()}
	heads := []string{kit.T("No."), kit.T("When"), kit.T("What"), kit.T("Purpose and counts")}
	l.table = widget.NewTable(func() (int, int) { return len(l.entries), len(heads) },
		func() fyne.CanvasObject { return kit.NewLine("") },
		func(id widget.TableCellID, o fyne.CanvasObject) {
			if id.Row < len(l.entries) {
				kit.SetText(o.(*widget.Label), logCell(l.entries[id.Row], id.Col))
			}
		})
	l.table.ShowHeaderRow = true
	l.table.CreateHeader = func() fyne.CanvasObject {
		label := kit.NewLine("")
		label.TextStyle.Bold = true
		return label
	}
	l.table.UpdateHeader = func(id widget.TableCellID, o fyne.CanvasObject) {
		if id.Col >= 0 && id.Col < len(heads) {
			kit.SetText(o.(*widget.Label), heads[id.Col])
		}
	}
	for i, w := range logWidths() {
		l.table.SetColumnWidth(i, w)
	}
	env.Dump.Name("log.table", l.table)
	note := kit.NewNote(kit.T("What was done with this vault. No name, picture or template is in it."))
	head := container.NewVBox(kit.NewTitle(kit.T("Log")), note, l.notice.Object())
	l.root = container.NewPadded(container.NewBorder(head, nil, nil, nil, container.New(&lastColumn{l.table}, l.table)))
	return l
}

// Content is the screen.
func (l *logView) Content() fyne.CanvasObject { return l.root }

// Shown re-reads the log.
func (l *logView) Shown() {
	kit.Run(l.slot, l.svc.Audit, func(entries []engine.AuditEntry, err error) {
		if err != nil {
			l.notice.Error(err)
			return
		}
		l.notice.Clear()
		l.entries = slices.Clone(entries)
		slices.Reverse(l.entries)
		l.table.Refresh()
	})
}

func logCell(e engine.AuditEntry, column int) string {
	switch column {
	case 0:
		return kit.Int(int(e.Seq))
	case 1:
		return kit.Time(e.At)
	case 2:
		return actionWords(e.Action)
	}
	var parts []string
	if e.Purpose != "" {
		parts = append(parts, kit.T("“{{.V}}”", kit.Field(e.Purpose)))
	}
	for _, k := range slices.SortedFunc(maps.Keys(e.Counts), countOrder) {
		if e.Counts[k] != 0 {
			parts = append(parts, kit.T("{{.K}}: {{.V}}", map[string]any{"K": countWords(k), "V": kit.Int(e.Counts[k])}))
		}
	}
	for _, k := range []string{"right", "lang", "formats"} { // the other details serve checks by program
		if e.Detail[k] != "" {
			parts = append(parts, e.Detail[k])
		}
	}
	return strings.Join(parts, " · ")
}

// logWidths are the widths of all columns but the last, which gets the rest.
func logWidths() []float32 { return []float32{60, 150, 200} }

// lastColumn gives a table's last column the width that the others leave.
type lastColumn struct{ table *widget.Table }

// Layout gives the table all the room.
func (l *lastColumn) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	rest := size.Width - 20
	for _, w := range logWidths() {
		rest -= w
	}
	l.table.SetColumnWidth(len(logWidths()), max(rest, 320))
	l.table.Resize(size)
}

// MinSize is the table's.
func (l *lastColumn) MinSize([]fyne.CanvasObject) fyne.Size { return l.table.MinSize() }

// countOrder sorts counts from what matters most to what matters least, unknown ones last by name.
func countOrder(a, b string) int {
	order := []string{"photos", "faces", "no_face", "duplicates", "unchanged", "failed", "probe_faces", "searched", "matches", "strong", "items"}
	at := func(k string) int {
		if i := slices.Index(order, k); i >= 0 {
			return i
		}
		return len(order)
	}
	return cmp.Or(at(a)-at(b), strings.Compare(a, b))
}

func actionWords(a engine.AuditAction) string {
	switch a {
	case engine.ActionVaultCreated:
		return kit.T("Vault created")
	case engine.ActionCollectionAdded:
		return kit.T("Collection added")
	case engine.ActionRunStarted:
		return kit.T("Collecting started")
	case engine.ActionRunContinued:
		return kit.T("Collecting continued")
	case engine.ActionIngest:
		return kit.T("Photos stored")
	case engine.ActionRunFinished:
		return kit.T("Collecting finished")
	case engine.ActionSearch:
		return kit.T("Search")
	case engine.ActionCaseOpened:
		return kit.T("Case opened")
	case engine.ActionLetterExported:
		return kit.T("Letter exported")
	}
	return string(a)
}

// countWords names the counts that entries carry; one that is not known is shown as it is.
func countWords(key string) string {
	switch key {
	case "photos":
		return kit.T("photos")
	case "faces":
		return kit.T("faces")
	case "no_face":
		return kit.T("without a face")
	case "duplicates":
		return kit.T("duplicates")
	case "failed":
		return kit.T("failed")
	case "unchanged":
		return kit.T("unchanged")
	case "searched":
		return kit.T("faces compared")
	case "matches":
		return kit.T("matches")
	case "strong":
		return kit.T("strong matches")
	case "probe_faces":
		return kit.T("faces searched for")
	case "items":
		return kit.T("items")
	case "sources":
		return kit.T("sources")
	}
	return strings.ReplaceAll(key, "_", " ")
}
