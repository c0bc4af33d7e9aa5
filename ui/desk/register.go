package desk

import (
	"context"
	"path/filepath"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"gabarit/engine/matter"
	"gabarit/ui/kit"
)

// registered is what registering, or adding portraits, gives.
type registered struct {
	request  matter.Request
	problems []matter.PhotoProblem
}

// registerForm is the dialog in which a request is registered.
type registerForm struct {
	form   *RegisterForm
	photos *widget.Label
	q      *kit.Question
}

func langs() []string { return []string{"en", "fr"} }

func pictureEndings() []string {
	return []string{".jpg", ".jpeg", ".png", ".webp", ".gif", ".tif", ".tiff", ".bmp", ".heic", ".heif", ".avif"}
}

// dropped takes photos; see View.Dropped.
func (v *requestsPane) dropped(paths []string) bool {
	switch {
	case v.register != nil && v.register.q.OK.Disabled(): // it is being registered
		return false
	case v.register != nil:
		v.register.add(paths...)
	case v.env.Busy():
		return false
	default:
		v.openRegister(paths)
	}
	return true
}

func (r *registerForm) add(paths ...string) {
	r.form.AddPhotos(paths...)
	var names []string
	for _, p := range r.form.Photos {
		names = append(names, filepath.Base(p))
	}
	text := strings.Join(names, ", ")
	if text == "" {
		text = kit.T("Drop a portrait here, or choose one.")
	}
	kit.SetText(r.photos, text)
}

// openRegister shows the form.
func (v *requestsPane) openRegister(photos []string) {
	if v.env.Busy() {
		return
	}
	lang := kit.Language()
	if !slices.Contains(langs(), lang) {
		lang = "en"
	}
	r := &registerForm{form: NewRegisterForm(lang, nil), photos: kit.NewText("")}
	v.register = r
	f := v.env.NewFields()
	choose := v.env.NewButton(kit.T("Choose…"), theme.FileImageIcon(), func() {
		v.env.ChooseFile(pictureEndings(), func(path string, err error) {
			if err == nil {
				r.add(path)
			}
		})
	})
	f.Append(kit.T("Portraits"), container.NewBorder(nil, nil, nil, container.NewCenter(choose), r.photos))
	f.Append(kit.T("What is asked"), v.rightChecks(r.form))
	urls := f.Area(kit.T("Addresses named"), kit.T("one a line; optional"), 2, &r.form.URLs)
	f.Line(kit.T("Received"), kit.T("2026-12-31 14:30; empty: now"), &r.form.Received)
	f.Check("", kit.T("The day is an estimate"), &r.form.Estimated)
	f.Line(kit.T("How it came"), kit.T("letter, e-mail, telephone…: any way is accepted"), &r.form.Channel)
	f.Line(kit.T("Name as signed"), kit.T("optional"), &r.form.Name)
	f.Line(kit.T("Answer to"), kit.T("postal address or e-mail"), &r.form.Reply)
	f.Choice(kit.T("Answer in"), []string{"English", "Français"}, slices.Index(langs(), lang), func(i int) { r.form.Lang = langs()[i] })
	f.Area(kit.T("Remarks"), "", 2, &r.form.Note)
	body := container.NewVBox(f.Object(), kit.NewNote(kit.T("Everybody has the same rights: nationality, residence and age are not asked and have no field. A portrait is used for this request only and deleted at its end.")), kit.NoAdvice())
	v.env.Dump.Name("register.photos", r.photos)
	v.env.Dump.Name("register.urls", urls)
	r.add(photos...)
	q := v.env.NewQuestion(kit.T("Register a request"), kit.T("Register"), fyne.NewSize(620, 0), body)
	r.q = q
	q.Closed = func() { v.register = nil }
	kit.Ask(q, urls, func() (func(context.Context) (registered, error), error) {
		n, err := r.form.Request(v.now(), v.zone())
		return func(ctx context.Context) (registered, error) {
			q, problems, err := v.svc.RegisterRequest(ctx, n)
			return registered{q, problems}, err
		}, err
	}, func(done registered) {
		v.took(done.request, kit.T("Registered. Answer by {{.V}}.", kit.Field(done.request.Due.In(v.now().Location()).Format("2006-01-02"))))
		if len(done.problems) > 0 {
			v.notice.Warn(problemWords(done.problems))
		}
	})
}

// zone names the operator's place; "" leaves it to the program.
func (v *requestsPane) zone() string {
	if name := v.now().Location().String(); name != "Local" {
		return name
	}
	return ""
}

func (v *requestsPane) rightChecks(form *RegisterForm) fyne.CanvasObject {
	box := container.NewHBox()
	for _, right := range matter.RequestRights() {
		c := v.env.NewCheck(rightWords(right), func(on bool) { form.Rights[right] = on })
		c.Set(form.Rights[right])
		v.env.Dump.Name("register."+string(right), c)
		box.Add(c)
	}
	return box
}
