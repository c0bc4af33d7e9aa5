package cases

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"gabarit/engine/matter"
	"gabarit/ui/kit"
)

// preview shows a letter as it will be written. Paragraphs that the user changed are marked, by words and not by colour alone.
type preview struct {
	head  *widget.Label
	body  *widget.RichText
	tail  *widget.Label
	about *widget.Label
	notes fyne.CanvasObject
	root  fyne.CanvasObject
}

func newPreview() *preview {
	p := &preview{head: plain(), body: widget.NewRichText(), tail: plain(), about: kit.NewText("")}
	p.body.Wrapping = fyne.TextWrapWord
	p.about.SizeName = theme.SizeNameCaptionText
	p.root = container.NewVScroll(kit.Compact(container.NewPadded(container.NewVBox(p.head, p.body, container.NewHScroll(p.tail)))))
	scroll := container.NewVScroll(p.about)
	scroll.SetMinSize(fyne.NewSize(100, 84))
	p.notes = container.NewVBox(widget.NewSeparator(), scroll)
	return p
}

// plain is text that brings its own lines.
func plain() *widget.Label {
	l := kit.NewText("")
	l.SizeName = theme.SizeNameCaptionText
	l.Wrapping = fyne.TextWrapOff
	return l
}

func (p *preview) show(draft matter.LetterDraft) {
	kit.SetText(p.head, strings.TrimRight(draft.Head, "\n"))
	kit.SetText(p.tail, strings.Trim(draft.Tail, "\n"))
	p.body.Segments = nil
	for _, part := range draft.Parts {
		p.body.Segments = append(p.body.Segments, segment(part))
	}
	p.body.Refresh()
	lines := []string{kit.T("Gabarit gives no legal advice.")}
	for _, n := range draft.Notes {
		lines = append(lines, "• "+kit.Message(n))
	}
	kit.SetText(p.about, strings.Join(lines, "\n"))
}

// segment is one paragraph.
func segment(part matter.LetterPart) widget.RichTextSegment {
	s := &widget.TextSegment{Text: part.Text, Style: widget.RichTextStyle{SizeName: theme.SizeNameCaptionText}}
	if part.Changed {
		s.Style.ColorName = theme.ColorNamePrimary
		s.Text = kit.T("Changed by you:") + " " + part.Text
	}
	if part.Clash {
		s.Style.ColorName = theme.ColorNameWarning
		s.Text = kit.T("Changed by you, and what the program writes here has changed since. Check it:") + " " + part.Text
	}
	return s
}

func (p *preview) fail(text string) {
	p.show(matter.LetterDraft{Head: text})
}

// editor is where the text of a letter is changed. The preview follows each key.
type editor struct {
	d       *Dialog
	text    *kit.Entry
	undo    *kit.Button
	switchB *kit.Button
	root    fyne.CanvasObject
	base    string
	filling bool
	letter  *Letter // whose text is in it
}

func newEditor(d *Dialog) *editor {
	e := &editor{d: d}
	e.text = d.env.NewTextArea("", 20)
	e.text.Wrapping = fyne.TextWrapWord
	e.text.OnChanged = func(t string) {
		if !e.filling {
			d.p.Edit(e.base, t)
			d.changed()
		}
	}
	e.undo = d.env.NewButton(kit.T("Undo my changes"), theme.ContentUndoIcon(), func() {
		d.p.Edit(e.base, "")
		e.reset()
		d.changed()
	})
	e.switchB = d.env.NewButton("", theme.DocumentCreateIcon(), func() { d.turn(e.root) })
	e.root = container.NewBorder(kit.NewText(kit.T("An empty line separates paragraphs. What you change stays, whatever you fill in later.")), container.NewHBox(e.undo), nil, nil, e.text)
	d.env.Dump.Name("letter.edit", e.switchB)
	d.env.Dump.Name("letter.text", e.text)
	e.words(false)
	return e
}

// turned follows that the text is shown, or no longer.
func (e *editor) turned(text bool) {
	e.words(text)
	e.reset()
}

func (e *editor) words(text bool) {
	label := kit.T("Edit the text…")
	if text {
		label = kit.T("Back to the fields")
	}
	e.switchB.SetText(label)
}

// reset makes the next draft fill the text anew.
func (e *editor) reset() { e.letter = nil }

// show fills the text when another letter is shown; while it is edited it stays the user's.
func (e *editor) show(draft matter.LetterDraft) {
	l := e.d.p.Letter()
	kit.Show(l != nil && l.Edit.Text != "", e.undo)
	if l == nil || e.letter == l || !e.root.Visible() { // text that is not shown must not take what was changed underneath as seen
		return
	}
	e.letter, e.base = l, draft.Base
	e.filling = true
	e.text.SetText(draft.Body)
	e.filling = false
	if l.Edit.Text != "" {
		l.Edit = matter.LetterEdit{Base: draft.Base, Text: draft.Body} // what was merged is the new start
	}
}
