package course

import (
	"context"
	"path/filepath"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"gabarit/engine"
	"gabarit/engine/matter"
	"gabarit/ui/kit"
)

func joined(dir, name string) string { return filepath.Join(dir, name) }

// labelWidth leaves room for the longest label, which is French.
const labelWidth = 230

// view is one case. It is built anew whenever the case changes: a case has a few dozen lines.
type view struct {
	s    *Screen
	box  *fyne.Container
	root fyne.CanvasObject
	of   engine.CaseID // shown now
}

func newView(s *Screen) *view {
	v := &view{s: s, box: container.NewVBox()}
	v.root = container.NewVScroll(kit.Compact(container.NewPadded(v.box)))
	return v
}

// show fills the view with the case that is chosen.
func (w *view) show() {
	w.box.RemoveAll()
	v, ok := w.s.p.Current()
	if !ok {
		return
	}
	if w.of != v.Case.ID {
		w.of = v.Case.ID
		w.root.(*container.Scroll).ScrollToTop()
	}
	w.head(v)
	w.controller(v)
	for _, t := range v.Standing.Threads {
		w.request(v, t)
	}
	w.complaint(v)
	w.letters(v)
	w.items(v)
	w.events(v)
	w.box.Refresh()
}

func (w *view) add(objects ...fyne.CanvasObject) {
	for _, o := range objects {
		w.box.Add(o)
	}
}

func (w *view) section(title string, right ...fyne.CanvasObject) {
	l := kit.NewLine(title)
	l.TextStyle.Bold = true
	w.add(widget.NewSeparator(), container.NewBorder(nil, nil, nil, kit.Spaced(6, 4, container.NewHBox(right...)), l))
}

// line is a label and a value, side by side.
func (w *view) line(label, value string) *widget.Label {
	text := kit.NewText(value)
	if value == "" {
		return text
	}
	name := kit.NewLine(label)
	name.Importance = widget.LowImportance
	w.add(container.NewBorder(nil, nil, kit.Fixed(labelWidth, name), nil, text))
	return text
}

// head has reference, state, date, and what can be done.
func (w *view) head(v matter.CaseView) {
	title := kit.NewTitle(v.Case.Ref + " · " + siteWords(v))
	title.Truncation = fyne.TextTruncateEllipsis
	state := widget.NewLabel(StateWords(v))
	state.TextStyle.Bold, state.Importance = true, importance(v.Standing.State)
	w.s.env.Dump.Name("case.title", title)
	w.s.env.Dump.Name("case.state", state)
	w.add(container.NewBorder(nil, nil, nil, state, title))
	if due := w.s.p.DueWords(v); due != "" {
		l := w.line(kit.T("Next date"), due)
		w.s.env.Dump.Name("case.due", l)
	}
	w.steps(v)
}

// steps are the buttons of what can be done: the proposed one first and loud. What is waited for is text.
func (w *view) steps(v matter.CaseView) {
	row := container.NewHBox()
	for i, step := range v.Standing.Steps {
		words := StepWords(v, step)
		if len(v.Standing.Threads) > 1 && step.Right != "" || step.Kind == matter.StepSend && step.Right != "" {
			words += " · " + regimeRight(v, step.Right)
		}
		if step.Kind == matter.StepWait || step.Kind == matter.StepWaitAuthority || step.Kind == matter.StepCourt {
			l := w.line(kit.T("Next step"), words)
			w.s.env.Dump.Name("case.wait", l)
			continue
		}
		button := w.s.env.NewButton
		if i == 0 {
			button = w.s.env.NewMainButton
		}
		b := button(words+"…", theme.NavigateNextIcon(), func() { w.take(v, step) })
		w.s.env.Dump.Name("case.step."+string(rune('0'+i)), b)
		row.Add(b)
	}
	record := w.s.env.NewButton(kit.T("Note what happened…"), theme.DocumentCreateIcon(), func() { w.s.record(v, w.s.p.NewForm(Recordable(v)[0], "")) })
	w.s.env.Dump.Name("case.record", record)
	row.Add(record)
	w.add(kit.Spaced(8, 6, container.NewHScroll(row)))
}

// take does a step: a letter is written where letters are; the rest is noted.
func (w *view) take(v matter.CaseView, s matter.Step) {
	switch s.Kind {
	case matter.StepSend:
		if w.s.exits.Write != nil && !slices.Contains(matter.Rights(v.Case), s.Right) { // written already: it remains to be sent
			w.s.exits.Write(v, s)
			return
		}
	case matter.StepRemind, matter.StepComplain:
		w.s.followUpLetter(v, s)
		return
	}
	f := w.s.p.NewForm(StepEvent(s.Kind), s.Right)
	w.s.record(v, f)
}

func (w *view) controller(v matter.CaseView) {
	to := v.Course.To
	change := w.s.env.NewQuietButton(kit.T("Change…"), theme.DocumentCreateIcon(), func() { w.s.address(v) })
	w.s.env.Dump.Name("case.address", change)
	w.section(kit.T("Controller"), change)
	name := to.Name
	if name == "" {
		name = kit.T("not named yet")
	}
	w.line(kit.T("Name"), name)
	w.line(kit.T("Address"), strings.Join(filled(to.Address, to.Email, to.Web), " · "))
	w.line(kit.T("Country"), strings.Join(filled(to.Country, to.Zone), " · "))
	w.line(kit.T("Law"), regimeWords(v.Course.Regime))
	w.line(kit.T("Address from"), strings.Join(filled(to.Source, to.SourceAt.String()), " · "))
}

func filled(all ...string) []string {
	return slices.DeleteFunc(all, func(s string) bool { return s == "" })
}

// request shows the dates of one request, with all readings where they differ.
func (w *view) request(v matter.CaseView, t matter.Thread) {
	w.section(regimeRight(v, t.Right))
	w.line(kit.T("Sent"), strings.Join(filled(dayWords(t.Sent), channelWords(t.Channel), t.Proof), " · "))
	received := dayWords(t.Received)
	if t.Estimated {
		received += " (" + kit.T("estimated") + ")"
	}
	w.line(kit.T("Received"), received)
	if t.Asked || !t.Restart.Due.IsZero() {
		w.line(kit.T("Due if time runs on"), dayWords(t.Running.Due))
		w.line(kit.T("Due if it stood still"), dayWords(t.Paused.Due))
		w.line(kit.T("Due if it began anew"), dayWords(t.Restart.Due))
	}
	if t.Asked {
		w.line(kit.T("Identity"), kit.T("The controller asks who you are: answer first."))
	}
	w.line(kit.T("Extension"), extensionWords(t.Extended))
	w.line(kit.T("Last day to answer"), dayWords(t.End))
	if t.Open() {
		w.line(kit.T("Complaint from"), dayWords(t.Complain))
	}
	if t.Answer != "" {
		w.line(kit.T("Answer"), strings.Join(filled(answerWords(t.Answer), dayWords(t.AnswerDay), groundWords(t.Ground)), " · "))
	}
	if len(t.Missing) > 0 {
		var parts []string
		for _, m := range t.Missing {
			parts = append(parts, partWords(m))
		}
		w.line(kit.T("Missing"), strings.Join(parts, ", "))
	}
	if !t.Reminded.IsZero() {
		w.line(kit.T("Reminded"), dayWords(t.Reminded)+" · "+kit.T("answer asked for by {{.V}}", kit.Field(dayWords(t.Grace))))
	}
	for _, d := range t.Doubts {
		w.add(kit.NewNote(doubtWords(d)))
	}
}

// extensionWords says until when a controller takes more time, and what is wrong with its notice.
func extensionWords(x matter.Extension) string {
	claimed := kit.Field(dayWords(x.Claimed))
	switch {
	case x.Notice.IsZero():
		return ""
	case x.Late:
		return kit.T("claimed until {{.V}}; the notice came too late", claimed)
	case x.NoReasons:
		return kit.T("claimed until {{.V}}; the notice gives no reasons", claimed)
	}
	return kit.T("until {{.V}}", claimed)
}

func (w *view) complaint(v matter.CaseView) {
	c := v.Standing.Complaint
	if c.ToController.IsZero() && c.Lodged.IsZero() {
		return
	}
	w.section(kit.T("Complaint"))
	w.line(kit.T("To the controller"), dayWords(c.ToController))
	if !c.ToController.IsZero() {
		w.line(kit.T("Acknowledgement by"), kit.T("{{.V}} (a day later if the first day does not count; to be checked by a lawyer)", kit.Field(dayWords(c.Acknowledge))))
	}
	w.line(kit.T("To the authority"), strings.Join(filled(dayWords(c.Lodged), c.Authority, c.Reference), " · "))
	w.line(kit.T("Authority informs by"), dayWords(c.AuthorityDue))
	w.line(kit.T("Informed"), dayWords(c.Informed))
}

func (w *view) letters(v matter.CaseView) {
	if len(v.Case.Letters) == 0 {
		return
	}
	w.section(kit.T("Letters"))
	for _, l := range v.Case.Letters {
		w.line(kit.Date(l.At), strings.Join(filled(regimeRight(v, l.Right), letterRef(v, l.Right), l.Lang, strings.Join(l.Formats, ", ")), " · "))
	}
}

// letterRef is the reference that a letter bears, "" where it is that of the case.
func letterRef(v matter.CaseView, r engine.Right) string {
	if ref := matter.LetterRef(v.Case.Ref, r); ref != v.Case.Ref {
		return ref
	}
	return ""
}

// shownItems is how many finds of a case are listed.
const shownItems = 20

func (w *view) items(v matter.CaseView) {
	w.section(kit.N("{{.N}} items", len(v.Case.Items)))
	for _, it := range v.Case.Items[:min(len(v.Case.Items), shownItems)] {
		address := it.Source.PageURL
		if address == "" {
			address = it.Source.URL
		}
		if address == "" {
			address = it.Source.File
		}
		w.add(kit.NewLine(address))
	}
	if more := len(v.Case.Items) - shownItems; more > 0 {
		w.add(kit.NewNote(kit.N("and {{.N}} more", more)))
	}
}

// events lists what was noted, also what was corrected since, newest last.
func (w *view) events(v matter.CaseView) {
	if len(v.Course.Events) == 0 {
		return
	}
	w.section(kit.T("What happened"))
	replaced := map[int]bool{}
	for _, e := range v.Course.Events {
		replaced[e.Corrects] = true
	}
	for _, e := range v.Course.Events {
		text := kit.NewText(eventLine(v, e))
		if replaced[e.No] || e.Void {
			text.Importance = widget.LowImportance
		}
		var buttons []fyne.CanvasObject
		for _, f := range e.Files {
			buttons = append(buttons, w.s.env.NewQuietButton(f.Name, theme.FileIcon(), func() { w.s.saveFile(v.Case.ID, f) }))
		}
		if !replaced[e.No] && !e.Void {
			buttons = append(buttons, w.s.env.NewQuietButton("", theme.DocumentCreateIcon(), func() { w.s.record(v, NewCorrection(e)) }))
		}
		w.add(container.NewBorder(nil, nil, kit.Fixed(labelWidth, kit.NewLine(dayWords(e.Day))), container.NewHBox(buttons...), text))
	}
}

// eventLine says in a line what was noted.
func eventLine(v matter.CaseView, e matter.Event) string {
	what := EventWords(e.Kind)
	if e.Void {
		what = kit.T("never happened: {{.V}}", kit.Field(what))
	}
	if e.Corrects != 0 {
		what += " (" + kit.T("corrects an earlier entry") + ")"
	}
	right := ""
	if e.Right != "" && len(v.Standing.Threads) > 1 {
		right = regimeRight(v, e.Right)
	}
	return strings.Join(filled(what, right, channelWords(e.Channel), answerWords(e.Answer), groundWords(e.Ground), e.Authority, e.Reference, e.Proof, e.Reasons, e.Note), " · ")
}

// saveFile writes a file that the case keeps into a folder.
func (s *Screen) saveFile(id engine.CaseID, f matter.FileRef) {
	s.env.ChooseFolder(kit.T("Choose the folder for the file"), kit.T("Write here"), func(dir string, err error) {
		if err != nil {
			s.notice.Error(err)
			return
		}
		kit.Run(s.writing, func(ctx context.Context) (string, error) { return s.svc.SaveCaseFile(ctx, id, f.ID, dir) }, func(path string, err error) {
			if err != nil {
				s.notice.Error(err)
				return
			}
			s.notice.Say(kit.T("Written: {{.V}}", kit.Field(path)))
		})
	})
}
