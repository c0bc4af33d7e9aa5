package desk

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"gabarit/engine"
	"gabarit/engine/matter"
	"gabarit/ui/kit"
)

// answer is a step that gives a text for the person.
type answer struct {
	request matter.Request
	text    string
}

// RefusalForm is a refusal as it is typed.
type RefusalForm struct {
	Ground                        int // of matter.RefusalGrounds; -1: none chosen
	Reasons, Evidence, By, Second string
	Sure                          bool // said a second time
}

// Refusal is what was typed; CodeInvalid where the ground, reasons, evidence, one of two different people or the confirmation is missing.
func (f *RefusalForm) Refusal() (matter.RequestRefusal, error) {
	const op = "desk.RefusalForm"
	bad := func(msg string) (matter.RequestRefusal, error) {
		return matter.RequestRefusal{}, engine.E(engine.CodeInvalid, op, msg, nil)
	}
	grounds := matter.RefusalGrounds()
	switch {
	case f.Ground < 0 || f.Ground >= len(grounds):
		return bad("a refusal needs one of the two grounds of article 12(5)")
	case strings.TrimSpace(f.Reasons) == "":
		return bad("a refusal needs reasons, which the person is told")
	case strings.TrimSpace(f.Evidence) == "":
		return bad("a refusal needs evidence: the burden of proof is yours")
	case strings.TrimSpace(f.By) == "" || strings.TrimSpace(f.Second) == "" || strings.TrimSpace(f.By) == strings.TrimSpace(f.Second):
		return bad("a refusal needs two different people")
	case !f.Sure:
		return bad("confirm that the second person agrees")
	}
	return matter.RequestRefusal{Ground: grounds[f.Ground], Reasons: strings.TrimSpace(f.Reasons), Evidence: strings.TrimSpace(f.Evidence), By: strings.TrimSpace(f.By), Second: strings.TrimSpace(f.Second)}, nil
}

// refuse asks for everything that a refusal needs.
func (v *requestsPane) refuse(r matter.Request) {
	if v.env.Busy() {
		return
	}
	form := &RefusalForm{Ground: -1}
	f := v.env.NewFields()
	var grounds []string
	for _, g := range matter.RefusalGrounds() {
		grounds = append(grounds, groundWords(g))
	}
	ground := f.Choice(kit.T("Ground"), grounds, -1, func(i int) { form.Ground = i })
	f.Area(kit.T("Reasons"), kit.T("the person is told them"), 3, &form.Reasons)
	f.Area(kit.T("Evidence"), kit.T("what shows it, in writing"), 3, &form.Evidence)
	f.Line(kit.T("Decided by"), "", &form.By)
	f.Line(kit.T("Confirmed by"), kit.T("another person"), &form.Second)
	f.Check("", kit.T("The second person has read the reasons and the evidence, and agrees"), &form.Sure)
	v.env.Dump.Name("refuse.ground", ground)
	body := container.NewVBox(f.Object(),
		kit.NewNote(kit.T("There are two grounds only (article 12(5)), and the burden of proof is yours. How often somebody asks, how old the data are, where somebody lives: none of these is a ground. The person is told of the complaint and the court (article 12(4)).")), kit.NoAdvice())
	q := v.env.NewQuestion(kit.T("Refuse {{.V}}", kit.Field(r.Ref)), kit.T("Refuse"), fyne.NewSize(620, 0), body)
	v.answering(q, ground, func() (func(context.Context) (answer, error), error) {
		refusal, err := form.Refusal()
		return func(ctx context.Context) (answer, error) {
			r, text, err := v.svc.RefuseRequest(ctx, string(r.ID), refusal)
			return answer{r, text}, err
		}, err
	}, kit.T("Refusal: text for the person"))
}

// extend asks for the reasons of an extension.
func (v *requestsPane) extend(r matter.Request) {
	if v.env.Busy() {
		return
	}
	var reasons string
	f := v.env.NewFields()
	area := f.Area(kit.T("Reasons"), kit.T("complexity and number of the requests"), 4, &reasons)
	body := container.NewVBox(f.Object(), kit.NewNote(kit.T("Up to three months from receipt (article 12(3)). The notice with the reasons must reach the person by {{.V}}.", kit.Field(r.Due.In(v.now().Location()).Format("2006-01-02")))))
	q := v.env.NewQuestion(kit.T("Extend {{.V}}", kit.Field(r.Ref)), kit.T("Extend"), fyne.NewSize(560, 0), body)
	v.answering(q, area, func() (func(context.Context) (answer, error), error) {
		typed := strings.TrimSpace(reasons)
		return func(ctx context.Context) (answer, error) {
			r, text, err := v.svc.ExtendRequest(ctx, string(r.ID), typed)
			return answer{r, text}, err
		}, nil
	}, kit.T("Extension: text for the person"))
}

// answering shows a dialog whose step gives a text for the person, and then the text.
func (v *requestsPane) answering(q *kit.Question, focus fyne.Focusable, fields func() (func(context.Context) (answer, error), error), title string) {
	kit.Ask(q, focus, fields, func(a answer) {
		v.took(a.request, "")
		if a.text != "" {
			v.openText(title, a.text)
		}
	})
}
