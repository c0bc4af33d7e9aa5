package search

import (
	"context"
	"image"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"gabarit/engine"
	"gabarit/ui/faces"
	"gabarit/ui/kit"
)

// Targets lists the rows to erase: the ticked ones, else the marked one; every face once.
func (p *Presenter) Targets() []Row {
	var out []Row
	seen := map[engine.FaceID]bool{}
	for _, r := range p.rows {
		if p.ticked[r.ID] && !seen[r.Match.Face] {
			seen[r.Match.Face] = true
			out = append(out, r)
		}
	}
	if row, _, ok := p.Selected(); ok && len(out) == 0 {
		out = append(out, row)
	}
	return out
}

// Erased takes the rows of faces away that are no longer in the index.
func (p *Presenter) Erased(faces []engine.FaceID) {
	gone := make(map[engine.FaceID]bool, len(faces))
	for _, f := range faces {
		gone[f] = true
	}
	p.rows = slices.DeleteFunc(p.rows, func(r Row) bool {
		if gone[r.Match.Face] {
			delete(p.ticked, r.ID)
		}
		return gone[r.Match.Face]
	})
	for i := range p.result.Probes { // the answer itself must not keep them either
		matches := p.result.Probes[i].Matches
		p.result.Probes[i].Matches = slices.DeleteFunc(matches, func(m engine.Match) bool { return gone[m.Face] })
	}
	p.refilter()
}

// EraseTargets opens the dialog that erases the ticked matches, or the marked one, from this vault.
func (v *View) EraseTargets() { v.eraseRows(v.p.Targets()) }

// eraseMarked opens the dialog for the marked match, whatever is ticked.
func (v *View) eraseMarked() {
	if row, _, ok := v.p.Selected(); ok {
		v.eraseRows([]Row{row})
	}
}

func (v *View) eraseRows(rows []Row) {
	if len(rows) == 0 || v.env.Busy() {
		return
	}
	var faces []engine.FaceID
	for _, r := range rows {
		faces = append(faces, r.Match.Face)
	}
	subject := v.eraseSubject(rows)
	v.env.ShowErasure(v.svc, kit.Erasure{Title: kit.T("Erase from this vault"), Subject: subject, Confirm: kit.T("Erase for good"),
		Form: kit.NewEraseForm(faces), Closed: v.eraseClosed,
		Hidden: func(plan engine.ErasurePlan) {
			subject.RemoveAll()
			v.hidden(plan)
		},
		Told: func(text string, failed bool) {
			if failed {
				v.notice.Warn(text)
			} else {
				v.notice.Say(text)
			}
		}})
}

// hidden takes what an erasure hides off the screen and out of its memory.
func (v *View) hidden(plan engine.ErasurePlan) {
	faces := plan.Faces()
	v.images.Forget()
	v.dropPictures(faces)
	v.p.Erased(faces)
	if _, _, ok := v.p.Selected(); !ok {
		v.CloseCompare()
		v.compare.clear()
	}
	v.refreshAll()
}

// eraseClosed gives the keyboard back to the cards, with one of them marked.
func (v *View) eraseClosed() {
	if _, _, ok := v.p.Selected(); !ok {
		v.step(0)
	}
	v.FocusResults()
}

// most of the matches to be erased that are shown and named.
const (
	subjectPictures = 8
	subjectSide     = 60
	subjectNames    = 4
)

// eraseSubject shows and names the matches that are to be erased.
func (v *View) eraseSubject(rows []Row) *fyne.Container {
	pictures := container.NewHBox()
	var names []string
	for i, r := range rows {
		if i < subjectPictures {
			pictures.Add(v.picture(r.Match.Face))
		}
		if name := faces.Origin(r.Match.Source); i < subjectNames {
			if title := faces.Title(r.Match.Source); title != "" {
				name += " (" + title + ")"
			}
			names = append(names, name)
		}
	}
	text := kit.N("The faces of {{.N}} matches:", len(rows))
	for _, name := range names {
		text += "\n" + name
	}
	if more := len(rows) - len(names); more > 0 {
		text += "\n" + kit.N("and {{.N}} more", more)
	}
	return container.NewVBox(pictures, kit.NewText(text))
}

// picture shows a face, small.
func (v *View) picture(id engine.FaceID) fyne.CanvasObject {
	img := &canvas.Image{FillMode: canvas.ImageFillContain, ScaleMode: canvas.ImageScaleSmooth, CornerRadius: 4}
	v.images.Show(v.env.Slots.NewSlot(), cropKey(id), func(face image.Image, err error) {
		if err == nil {
			img.Image = face
			img.Refresh()
		}
	})
	return kit.Sized(subjectSide, subjectSide, img)
}

// looked records that a match was looked at closely, once for each answer.
func (v *View) looked(id engine.FaceID) {
	if !v.p.Look(id) {
		return
	}
	// A slot of its own: the next match looked at must not cancel this record.
	kit.Run(v.env.Slots.NewSlot(), func(ctx context.Context) (struct{}, error) { return struct{}{}, v.svc.View(ctx, id) },
		func(_ struct{}, err error) {
			if err != nil {
				v.notice.Error(err)
			}
		})
}

// Look notes that a face is looked at and reports whether that is new since the search.
func (p *Presenter) Look(id engine.FaceID) bool {
	if p.looked[id] {
		return false
	}
	p.looked[id] = true
	return true
}

// Forget drops every picture at once. The shell calls it when the vault is locked and throws the screen away; Fyne would
// keep what widgets showed for some time.
func (v *View) Forget() {
	v.images.Forget()
	v.p.Clear()
	v.p.SetPurpose("")
	v.purpose.SetText("")
	for _, c := range v.cards {
		c.clear()
	}
	v.compare.clear()
	v.results.large.Set(nil, 0, 0, nil)
	v.path = ""
	v.refresh()
}

// dropPictures clears the cards of some faces.
func (v *View) dropPictures(faces []engine.FaceID) {
	for _, c := range v.cards {
		if slices.Contains(faces, c.row.Match.Face) {
			c.clear()
		}
	}
}
