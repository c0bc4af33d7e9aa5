package ui

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"gabarit/engine"
	"gabarit/ui/kit"
)

// verifyDialog checks the log and hands out its checkpoint.
type verifyDialog struct {
	env  *kit.Env
	svc  Service
	slot *kit.Slot
	save *kit.Slot

	busy       *widget.ProgressBarInfinite
	result     *kit.Notice
	numbers    *widget.Label
	checkpoint *widget.Label
	kept       *kit.Entry
	again      *kit.Button
	out        *fyne.Container // what is shown once the log was checked
	d          *dialog.CustomDialog
}

func newVerifyDialog(env *kit.Env, svc Service) *verifyDialog {
	v := &verifyDialog{env: env, svc: svc, slot: env.Slots.NewSlot(), save: env.Slots.NewSlot(), busy: widget.NewProgressBarInfinite(),
		result: env.NewNotice(), numbers: kit.NewText(""), checkpoint: kit.NewText("")}
	for _, l := range []*widget.Label{v.numbers, v.checkpoint} {
		l.Selectable = true
		l.Wrapping = fyne.TextWrapBreak
		l.SizeName = theme.SizeNameCaptionText
	}
	v.checkpoint.TextStyle.Monospace = true
	copied := env.NewButton(kit.T("Copy"), theme.ContentCopyIcon(), func() { env.Copy(v.checkpoint.Text + "\n") })
	saved := env.NewButton(kit.T("Save…"), theme.DocumentSaveIcon(), v.saveCheckpoint)
	v.kept = env.NewTextArea(kit.T("A checkpoint that you kept elsewhere: paste it here to check the log against it"), 4)
	v.again = env.NewButton(kit.T("Check against it"), theme.ConfirmIcon(), func() { v.run(v.kept.Text) })
	head := widget.NewLabelWithStyle(kit.T("Checkpoint"), fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
	v.out = container.NewVBox(v.numbers, container.NewBorder(nil, nil, head, container.NewHBox(copied, saved)), kit.Compact(v.checkpoint),
		kit.NewNote(kit.T("Keep it elsewhere, outside this computer: with it anybody can show later that no entry of today was altered, dropped or replaced.")))
	body := container.NewVBox(v.result.Object(), v.busy, v.out, widget.NewSeparator(), v.kept, container.NewHBox(v.again))
	v.d = env.NewDialog(kit.T("Is the log intact?"), kit.Sized(640, 0, body))
	v.d.SetButtons([]fyne.CanvasObject{env.NewButton(kit.T("Close"), theme.CancelIcon(), v.d.Hide)})
	env.Dump.Name("verify.numbers", v.numbers)
	env.Dump.Name("verify.copy", copied)
	return v
}

func (v *verifyDialog) show() {
	v.env.Modal(v.d, func() { v.slot.Stop(); v.busy.Stop() })
	v.run("")
}

// run checks the log, also against a checkpoint unless it is "".
func (v *verifyDialog) run(checkpoint string) {
	checkpoint = strings.TrimSpace(checkpoint)
	if checkpoint != "" {
		checkpoint += "\n" // the form of a note ends with a line's end
	}
	v.again.Disable()
	v.result.Clear()
	v.out.Hide()
	v.busy.Start()
	v.busy.Show()
	kit.Run(v.slot, func(ctx context.Context) (engine.AuditReport, error) { return v.svc.VerifyAudit(ctx, checkpoint) },
		func(r engine.AuditReport, err error) {
			v.again.SetEnabled(true)
			v.busy.Stop()
			v.busy.Hide()
			if err != nil {
				v.result.Error(err)
				return
			}
			v.tell(r, checkpoint != "")
		})
}

func (v *verifyDialog) tell(r engine.AuditReport, against bool) {
	switch {
	case !r.Intact():
		v.result.Warn(problemWords(r))
	case against:
		v.result.Say(kit.T("The log is intact, and goes on from the checkpoint that you kept."))
	default:
		v.result.Say(kit.T("The log is intact: no entry was altered, dropped or put elsewhere."))
	}
	kit.SetText(v.numbers, strings.Join([]string{
		kit.T("{{.K}}: {{.V}}", map[string]any{"K": kit.T("Entries"), "V": kit.Int(int(r.Entries))}),
		kit.T("{{.K}}: {{.V}}", map[string]any{"K": kit.T("Root"), "V": r.Root}),
		kit.T("{{.K}}: {{.V}}", map[string]any{"K": kit.T("Public key"), "V": r.Key})}, "\n"))
	kit.SetText(v.checkpoint, strings.TrimSpace(r.Checkpoint))
	v.out.Show()
}

func (v *verifyDialog) saveCheckpoint() {
	text := v.checkpoint.Text + "\n"
	v.env.SaveText("gabarit-checkpoint.txt", text, v.save, func(path string, err error) {
		if err != nil {
			v.result.Error(err)
			return
		}
		v.result.Say(kit.T("Saved: {{.V}}", kit.Field(path)))
	})
}

// maxProblems is how many damages of a log are listed.
const maxProblems = 8

// problemWords lists what is wrong with a log.
func problemWords(r engine.AuditReport) string {
	lines := []string{kit.T("The log was damaged or changed:")}
	for i, p := range r.Problems {
		if i == maxProblems {
			lines = append(lines, kit.N("and {{.N}} more", len(r.Problems)-i))
			break
		}
		lines = append(lines, damageWords(p))
	}
	return strings.Join(lines, "\n")
}
