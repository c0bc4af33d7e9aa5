package desk

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"gabarit/engine"
	"gabarit/engine/matter"
	"gabarit/ui/kit"
)

// requestsPane is the tab of the requests: the list at the left, one request at the right.
type requestsPane struct {
	env                             *kit.Env
	svc                             Service
	now                             func() time.Time
	reading, working, faces, acting *kit.Slot
	images                          *kit.Images
	p                               Requests
	reviewer                        string        // remembered while the vault is open
	register                        *registerForm // while it is open
	filling                         bool

	notice                *kit.Notice
	list                  *kit.List
	head, clock, about    *widget.Label
	history               *widget.Label
	steps                 map[string]*kit.Button
	portraits             *fyne.Container
	busy                  *widget.ProgressBar
	progress              *kit.Hints[float64]
	detail, nothing, root fyne.CanvasObject
}

func newRequestsPane(env *kit.Env, svc Service, now func() time.Time) *requestsPane {
	v := &requestsPane{env: env, svc: svc, now: now, reading: env.Slots.NewSlot(), working: env.Slots.NewSlot(), faces: env.Slots.NewSlot(), acting: env.Slots.NewSlot(),
		notice: env.NewNotice(), head: kit.NewTitle(""), clock: kit.NewText(""), about: kit.NewText(""), history: kit.NewNote(""), portraits: container.NewHBox(), busy: widget.NewProgressBar(),
		steps: map[string]*kit.Button{}}
	v.images = kit.NewImages(func(ctx context.Context, key string) ([]byte, error) { return svc.Crop(ctx, engine.FaceID(key)) })
	v.progress = kit.NewHints(env.Slots, 200*time.Millisecond, func(parts []float64) { v.busy.SetValue(parts[len(parts)-1]) })
	v.busy.Hide()
	v.notice.Name("desk.notice", "desk.notice.action")
	v.list = env.NewList(func() int { return len(v.p.Rows()) }, func() fyne.CanvasObject {
		head, about := kit.NewLine(""), kit.NewLine("")
		head.TextStyle.Bold = true
		about.SizeName = theme.SizeNameCaptionText
		return kit.Compact(container.NewVBox(head, about))
	}, v.draw)
	v.list.OnSelected = func(i int) {
		if !v.filling {
			v.p.Choose(i)
			v.refreshDetail()
		}
	}
	add := env.NewMainButton(kit.T("Register a request…"), theme.ContentAddIcon(), func() { v.openRegister(nil) })
	closed := env.NewCheck(kit.T("Show closed ones"), func(on bool) { v.p.Closed = on; v.refresh() })
	env.Dump.Name("desk.register", add)
	env.Dump.Name("desk.list", v.list)
	env.Dump.Name("desk.head", v.head)
	env.Dump.Name("desk.clock", v.clock)
	env.Dump.Name("desk.about", v.about)
	left := container.NewBorder(add, closed, nil, nil, v.list)
	v.detail = v.newDetail()
	text := kit.NewText(kit.T("Register what arrives, whatever its form: a portrait dropped here, an address, a letter. The clock starts with the day it was received."))
	text.Alignment = fyne.TextAlignCenter
	v.nothing = container.NewCenter(kit.Fixed(420, text))
	right := container.NewBorder(nil, container.NewVBox(v.busy, v.notice.Object(), kit.NoAdvice()), nil, nil, container.NewStack(v.detail, v.nothing))
	v.root = container.NewBorder(nil, nil, container.NewBorder(nil, nil, nil, widget.NewSeparator(), kit.Fixed(270, left)), nil, right)
	v.refresh()
	return v
}

// newDetail lays out one request: what is known, and the steps in the order in which they are taken.
func (v *requestsPane) newDetail() fyne.CanvasObject {
	step := func(name, label string, icon fyne.Resource, do func(matter.Request)) *kit.Button {
		b := v.env.NewButton(label, icon, func() {
			if r, _, ok := v.p.Chosen(); ok {
				do(r)
			}
		})
		v.steps[name] = b
		v.env.Dump.Name("desk.step."+name, b)
		return b
	}
	first := container.NewHBox(
		step("photos", kit.T("Add a portrait…"), theme.FileImageIcon(), v.addPortrait),
		step("acknowledge", kit.T("Acknowledgement"), theme.MailReplyIcon(), v.acknowledge),
		step("search", kit.T("Search everything"), theme.SearchIcon(), v.search),
		step("review", kit.T("Review candidates"), theme.VisibilityIcon(), v.review),
		step("nothing", kit.T("No data found"), theme.InfoIcon(), v.nothingFound))
	second := container.NewHBox(
		step("access", kit.T("Access package…"), theme.DocumentSaveIcon(), v.access),
		step("sent", kit.T("It was sent"), theme.MailSendIcon(), v.sent),
		step("erase", kit.T("Erase…"), theme.DeleteIcon(), v.erase),
		step("certificate", kit.T("Certificate…"), theme.DocumentSaveIcon(), v.certificate),
		step("notices", kit.T("Tell recipients…"), theme.MailForwardIcon(), v.notices))
	third := container.NewHBox(
		step("restrict", kit.T("Restrict…"), theme.VisibilityOffIcon(), func(r matter.Request) { v.restrict(r, true) }),
		step("lift", kit.T("Lift the restriction…"), theme.VisibilityIcon(), func(r matter.Request) { v.restrict(r, false) }),
		step("decide", kit.T("Record the decision…"), theme.DocumentCreateIcon(), v.decide),
		step("doubts", kit.T("Doubts about who asks…"), theme.QuestionIcon(), v.doubts),
		step("extend", kit.T("Extend…"), theme.HistoryIcon(), v.extend),
		step("refuse", kit.T("Refuse…"), theme.CancelIcon(), v.refuse),
		step("close", kit.T("Close the request"), theme.ConfirmIcon(), v.closeRequest))
	body := container.NewVBox(v.head, v.clock, first, second, third, v.portraits, v.about, widget.NewSeparator(), v.history)
	return container.NewVScroll(kit.Spaced(5, 4, container.NewPadded(body)))
}

// shown re-reads the requests.
func (v *requestsPane) shown() {
	kit.Run(v.reading, v.svc.SubjectRequests, func(all []matter.Request, err error) {
		if err != nil {
			v.notice.Error(err)
			return
		}
		v.p.Set(all)
		v.refresh()
	})
}

func (v *requestsPane) refresh() {
	v.list.Refresh()
	if _, at, ok := v.p.Chosen(); ok && at >= 0 {
		v.filling = true
		v.list.Select(at)
		v.filling = false
	} else if !ok && len(v.p.Rows()) > 0 {
		v.p.Choose(0)
		v.refresh()
		return
	}
	v.refreshDetail()
}

func (v *requestsPane) draw(i int, o fyne.CanvasObject) {
	rows := v.p.Rows()
	if i >= len(rows) {
		return
	}
	r, now := rows[i], v.now()
	box := o.(*container.ThemeOverride).Content.(*fyne.Container)
	head, about := box.Objects[0].(*widget.Label), box.Objects[1].(*widget.Label)
	kit.SetText(head, r.Ref+" · "+stageWords(r.Stage()))
	want := widget.MediumImportance
	if r.Overdue(now) {
		want = widget.DangerImportance
	}
	if about.Importance != want {
		about.Importance = want
		about.Refresh()
	}
	kit.SetText(about, clockWords(r, now))
}

func (v *requestsPane) refreshDetail() {
	r, _, ok := v.p.Chosen()
	kit.Show(ok, v.detail)
	kit.Show(!ok, v.nothing)
	if !ok {
		return
	}
	now := v.now()
	kit.SetText(v.head, r.Ref+" · "+rightsWords(r))
	kit.SetText(v.clock, stageWords(r.Stage())+" · "+clockWords(r, now))
	v.clock.Importance = widget.MediumImportance
	if r.Overdue(now) {
		v.clock.Importance = widget.DangerImportance
	}
	v.clock.Refresh()
	kit.SetText(v.about, requestWords(r))
	kit.SetText(v.history, historyWords(r.History))
	can := WhatCan(r)
	for name, on := range map[string]bool{"photos": can.Search, "acknowledge": r.Open(), "search": can.Search, "review": can.Review, "nothing": can.Nothing, "access": can.Access, "sent": can.Sent,
		"erase": can.Erase, "certificate": can.Certificate, "restrict": can.Restrict, "lift": can.Lift, "decide": can.Decide, "doubts": can.Doubts, "notices": can.Notices, "extend": can.Extend, "refuse": can.Refuse, "close": can.Close} {
		kit.Show(on, v.steps[name])
	}
	v.showPortraits(r)
}

// showPortraits shows the faces of the portraits, each with a box to tick: is it the person?
func (v *requestsPane) showPortraits(r matter.Request) {
	v.portraits.RemoveAll()
	if len(r.Portraits) == 0 {
		v.faces.Stop()
		return
	}
	kit.Run(v.faces, func(ctx context.Context) ([]matter.Portrait, error) { return v.svc.PortraitsOf(ctx, string(r.ID)) }, func(all []matter.Portrait, err error) {
		if err != nil {
			v.notice.Error(err)
			return
		}
		v.portraits.RemoveAll()
		for i, p := range all {
			if i >= len(r.Portraits) {
				break
			}
			for n, f := range p.Faces {
				v.portraits.Add(v.portrait(r, r.Portraits[i], p, n, f))
			}
		}
	})
}

func (v *requestsPane) portrait(r matter.Request, id string, p matter.Portrait, n int, f matter.PortraitFace) fyne.CanvasObject {
	used := v.env.NewCheck(kit.T("the person"), nil)
	used.Set(f.Used)
	used.OnChanged = func(on bool) {
		var faces []int
		for i, g := range p.Faces {
			if i == n && on || i != n && g.Used {
				faces = append(faces, i)
			}
		}
		v.act(func(ctx context.Context) (matter.Request, error) {
			return v.svc.UsePortraitFaces(ctx, string(r.ID), id, faces)
		}, "")
	}
	img := canvas.NewImageFromImage(nil)
	if pic, err := kit.DecodeCrop(f.Crop); err == nil {
		img = canvas.NewImageFromImage(pic)
	}
	img.FillMode = canvas.ImageFillContain
	return container.NewBorder(nil, used, nil, nil, kit.Sized(96, 96, img))
}

// act runs one step on a request in the background, takes the request as it is then, and says what was done.
func (v *requestsPane) act(do func(context.Context) (matter.Request, error), said string) {
	kit.Run(v.acting, do, func(r matter.Request, err error) {
		v.busy.Hide()
		if err != nil {
			v.notice.Error(err)
			return
		}
		v.took(r, said)
	})
}

// took shows a request as it is now.
func (v *requestsPane) took(r matter.Request, said string) {
	v.p.Replace(r)
	v.p.ChooseID(r.ID)
	if said == "" {
		v.notice.Clear()
	} else {
		v.notice.Say(said)
	}
	v.refresh()
}

// search looks through everything that is held.
func (v *requestsPane) search(r matter.Request) {
	v.busy.SetValue(0)
	v.busy.Show()
	v.notice.Say(kit.T("Searching everything that is held, hidden faces too…"))
	v.act(func(ctx context.Context) (matter.Request, error) {
		return v.svc.SearchSubject(ctx, string(r.ID), 0, func(done, total int) {
			if total > 0 {
				v.progress.Add(float64(done) / float64(total))
			}
		})
	}, kit.T("Searched. People decide about each candidate."))
}

func (v *requestsPane) addPortrait(r matter.Request) {
	v.env.ChooseFile(pictureEndings(), func(path string, err error) {
		if err != nil {
			v.notice.Error(err)
			return
		}
		v.addPhotos(r, []string{path})
	})
}

func (v *requestsPane) addPhotos(r matter.Request, paths []string) {
	kit.Run(v.acting, func(ctx context.Context) (registered, error) {
		r, problems, err := v.svc.AddPortraits(ctx, string(r.ID), paths...)
		return registered{r, problems}, err
	}, func(done registered, err error) {
		if err != nil {
			v.notice.Error(err)
			return
		}
		v.took(done.request, problemWords(done.problems))
	})
}

// sent records that the access package went out now.
func (v *requestsPane) sent(r matter.Request) {
	now := v.now()
	v.act(func(ctx context.Context) (matter.Request, error) { return v.svc.RecordAnswer(ctx, string(r.ID), now) }, kit.T("The access request is answered."))
}

func (v *requestsPane) closeRequest(r matter.Request) {
	v.act(func(ctx context.Context) (matter.Request, error) { return v.svc.CloseRequest(ctx, string(r.ID)) }, kit.T("Closed. The portraits are deleted."))
}

// acknowledge shows the text that tells the person the last day to answer.
func (v *requestsPane) acknowledge(r matter.Request) {
	v.showText(kit.T("Acknowledgement"), func(ctx context.Context) (string, error) { return v.svc.Acknowledgement(ctx, string(r.ID)) })
}

// nothingFound shows the text that says how was searched.
func (v *requestsPane) nothingFound(r matter.Request) {
	v.showText(kit.T("No data found"), func(ctx context.Context) (string, error) { return v.svc.NothingFound(ctx, string(r.ID)) })
}

func (v *requestsPane) showText(title string, get func(context.Context) (string, error)) {
	kit.Run(v.working, get, func(text string, err error) {
		if err != nil {
			v.notice.Error(err)
			return
		}
		v.openText(title, text)
	})
}

// openText shows a text for the person, to be copied.
func (v *requestsPane) openText(title, text string) {
	if v.env.Busy() {
		return
	}
	label := kit.NewText(text)
	label.Selectable = true
	q := v.env.NewQuestion(title, kit.T("Copy"), fyne.NewSize(620, 420), container.NewVScroll(container.NewPadded(label)))
	q.Cancel.SetText(kit.T("Close"))
	kit.Ask(q, q.OK, func() (func(context.Context) (struct{}, error), error) {
		v.env.Copy(text)
		return func(context.Context) (struct{}, error) { return struct{}{}, nil }, nil
	}, func(struct{}) { v.notice.Say(kit.T("Copied. Sending it is up to you.")) })
}
