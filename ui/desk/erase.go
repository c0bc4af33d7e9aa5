package desk

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"gabarit/engine"
	"gabarit/engine/matter"
	"gabarit/ui/kit"
)

// eraseDialog shows what erasing for a request takes, carries it out, and shows its proof.
type eraseDialog struct {
	v       *requestsPane
	request matter.Request
	choice  matter.ErasureChoice
	plan    matter.SubjectPlan
	planned bool
	q       *kit.Question
	goes    *widget.Label
	step    *widget.Label
	blocked *kit.Notice
	steps   *kit.Hints[engine.ErasureStep]
	slot    *kit.Slot // of plans
}

// erase opens the dialog. Nothing is erased before its plan was shown and confirmed.
func (v *requestsPane) erase(r matter.Request) {
	if v.env.Busy() {
		return
	}
	d := &eraseDialog{v: v, request: r, goes: kit.NewText(""), step: kit.NewText(""), blocked: v.env.NewNotice(), slot: v.env.Slots.NewSlot()}
	d.goes.TextStyle.Bold = true
	d.steps = kit.NewHints(v.env.Slots, 0, func(all []engine.ErasureStep) { kit.SetText(d.step, stepWords(all[len(all)-1])) })
	f := v.env.NewFields()
	again := func(to *bool) func(bool) {
		return func(on bool) { *to = on; d.replan() }
	}
	f.Check("", kit.T("Group photos go whole, not only this face in them"), &d.choice.Whole).OnChanged = again(&d.choice.Whole)
	f.Check("", kit.T("Take it out of your own cases too"), &d.choice.Cases).OnChanged = again(&d.choice.Cases)
	f.Check("", kit.T("Refuse look-alike files too: only if the person chose it"), &d.choice.Looks).OnChanged = again(&d.choice.Looks)
	f.Line("", kit.T("how the person chose it"), &d.choice.Chosen).OnChanged = func(s string) { d.choice.Chosen = s; d.replan() }
	body := container.NewVBox(d.goes, d.blocked.Object(), f.Object(),
		kit.NewNote(kit.T("The same addresses and files are refused from now on, by keyed hashes. Another photo of the person is not recognised: the certificate says so.")), d.step)
	d.q = v.env.NewQuestion(kit.T("Erase for {{.V}}", kit.Field(r.Ref)), kit.T("Erase"), fyne.NewSize(620, 0), body)
	d.q.OK.Importance = widget.DangerImportance
	d.q.OK.SetEnabled(false)
	d.q.OK.OnTapped = d.carryOut
	v.env.Dump.Name("subject.plan", d.goes)
	d.q.Closed = func() {
		d.slot.Stop()
		v.shown()
	}
	d.q.Open(d.q.Cancel)
	d.replan()
}

// replan asks what would go now.
func (d *eraseDialog) replan() {
	d.planned = false
	d.q.OK.SetEnabled(false)
	choice := d.choice
	kit.Run(d.slot, func(ctx context.Context) (matter.SubjectPlan, error) {
		return d.v.svc.PlanSubjectErasure(ctx, string(d.request.ID), choice)
	}, func(p matter.SubjectPlan, err error) {
		if err != nil {
			d.q.Notice.Error(err)
			return
		}
		d.q.Notice.Clear()
		d.plan, d.planned = p, true
		kit.SetText(d.goes, planWords(p))
		if p.Blocked != "" {
			d.blocked.Warn(kit.Message(p.Blocked))
		} else {
			d.blocked.Clear()
		}
		d.q.OK.SetEnabled(p.Blocked == "" && !p.Plan.Empty())
	})
}

// carryOut erases what the plan shown says.
func (d *eraseDialog) carryOut() {
	if !d.planned || d.q.OK.Disabled() {
		return
	}
	plan := d.plan
	d.q.OK.SetEnabled(false)
	d.q.Cancel.SetText(kit.T("Close"))
	kit.Run(d.v.acting, func(ctx context.Context) (matter.Request, error) {
		return d.v.svc.EraseSubject(ctx, string(d.request.ID), plan, d.steps.Add)
	}, func(r matter.Request, err error) {
		kit.SetText(d.step, "")
		if err != nil {
			d.q.Notice.Error(err)
			d.v.shown()
			return
		}
		d.v.images.Forget()
		d.v.took(r, erasedWords(r))
		d.q.Hide()
		d.v.notice.Offer(kit.T("Certificate…"), func() { d.v.certificate(r) })
	})
}

// certificate writes the certificate of the erasure into a folder.
func (v *requestsPane) certificate(r matter.Request) {
	v.env.ChooseFolder(kit.T("Choose the folder for the certificate"), kit.T("Write here"), func(dir string, err error) {
		if err != nil {
			v.notice.Error(err)
			return
		}
		kit.Run(v.working, func(ctx context.Context) ([]string, error) { return v.svc.WriteCertificate(ctx, string(r.ID), dir) }, func(files []string, err error) {
			if err != nil {
				v.notice.Error(err)
				return
			}
			v.notice.Say(kit.T("Written: {{.V}}", kit.Field(kit.Names(files))))
		})
	})
}

// planWords says what goes, zeros too.
func planWords(p matter.SubjectPlan) string {
	c := p.Plan.Expected
	words := kit.T("Goes: whole photos {{.Photos}}, photos that stay without the face {{.Partly}}, face crops {{.Crops}}, templates {{.Templates}}, places found at {{.Finds}}, items in cases {{.Cases}}.",
		map[string]any{"Photos": kit.Int(c.Photos), "Partly": kit.Int(c.Partly), "Crops": kit.Int(c.Crops), "Templates": kit.Int(c.Templates), "Finds": kit.Int(c.Finds), "Cases": kit.Int(c.CaseItems)})
	if p.Unsure > 0 {
		words += "\n" + kit.N("{{.N}} candidates stay, because nobody could decide.", p.Unsure)
	}
	return words
}

// erasedWords tells what was erased and what the proof found.
func erasedWords(r matter.Request) string {
	e := r.Erasure
	if e == nil {
		return ""
	}
	words := kit.T("Erased: photos {{.Photos}}, templates {{.Templates}}, keys destroyed {{.Keys}}. A search with every portrait afterwards: {{.Hits}} hits; a scan of all records: {{.Left}} left.",
		map[string]any{"Photos": kit.Int(e.Counts.Photos + e.Counts.Partly), "Templates": kit.Int(e.Counts.Templates), "Keys": kit.Int(e.Counts.Keys), "Hits": kit.Int(e.Hits), "Left": kit.Int(e.Scan)})
	if !e.Finished {
		words += "\n" + kit.T("Their bytes are still being removed from the files.")
	}
	if n := len(e.Notices); n > 0 {
		words += "\n" + kit.N("{{.N}} recipients are to be told (article 19).", n)
	}
	return words
}

func stepWords(s engine.ErasureStep) string {
	if s == engine.EraseHide {
		return kit.T("Hiding it from every search…")
	}
	return kit.T("Removing it from the files and checking…")
}

// decisionDialog asks for words and takes a step with them.
func (v *requestsPane) decisionDialog(title, hint, note, confirm string, do func(ctx context.Context, words string) (matter.Request, error), said string) {
	if v.env.Busy() {
		return
	}
	var words string
	f := v.env.NewFields()
	area := f.Area("", hint, 4, &words)
	q := v.env.NewQuestion(title, confirm, fyne.NewSize(560, 0), container.NewVBox(kit.NewText(note), f.Object()))
	kit.Ask(q, area, func() (func(context.Context) (matter.Request, error), error) {
		typed := strings.TrimSpace(words)
		return func(ctx context.Context) (matter.Request, error) { return do(ctx, typed) }, nil
	}, func(r matter.Request) { v.took(r, said) })
}

func (v *requestsPane) restrict(r matter.Request, on bool) {
	do := func(ctx context.Context, words string) (matter.Request, error) {
		return v.svc.RestrictSubject(ctx, string(r.ID), on, words)
	}
	if on {
		v.decisionDialog(kit.T("Restrict"), kit.T("remarks; optional"), kit.T("No search finds these faces from now on, until the restriction is lifted (article 18)."), kit.T("Restrict"), do, kit.T("Restricted."))
		return
	}
	v.decisionDialog(kit.T("Lift the restriction"), kit.T("how and when the person was warned"), kit.T("The person must be warned before (article 18(3))."), kit.T("Lift the restriction"), do, kit.T("Lifted."))
}

func (v *requestsPane) decide(r matter.Request) {
	v.decisionDialog(kit.T("Record the decision"), kit.T("what was decided about the restriction or objection, and why"), kit.T("The words are kept with the request."), kit.T("Store"),
		func(ctx context.Context, words string) (matter.Request, error) {
			return v.svc.DecideRequest(ctx, string(r.ID), words)
		}, kit.T("Stored."))
}
