package search

import (
	"context"
	"path/filepath"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"gabarit/engine"
	"gabarit/ui/faces"
	"gabarit/ui/kit"
)

// Exits are the ways out of the screen.
type Exits struct {
	Library func()                        // to add photos
	Erase   func(items []engine.CaseItem) // to write letters about the ticked rows
}

// View is the search screen. All methods are for the window's thread and return at once.
type View struct {
	env    *kit.Env
	svc    Service
	exits  Exits
	p      *Presenter
	images *kit.Images

	opening, searching, listing, drawing *kit.Slot

	path     string // of the photo
	purpose  *kit.Entry
	detector *kit.Select
	notice   *kit.Notice
	probe    *probePanel
	results  *resultsPanel
	evidence *evidencePanel
	compare  *compareView
	empty    *emptyPane
	work     *fyne.Container
	main     *fyne.Container
	root     *fyne.Container

	cards     []*card // all that were ever made; they are recycled
	lastTap   RowID
	lastTapAt time.Time
}

// New builds the screen, empty.
func New(env *kit.Env, svc Service, now func() time.Time, exits Exits) *View {
	v := &View{env: env, svc: svc, exits: exits, p: NewPresenter(now),
		opening: env.Slots.NewSlot(), searching: env.Slots.NewSlot(), listing: env.Slots.NewSlot(), drawing: env.Slots.NewSlot()}
	v.images = kit.NewImages(v.fetch)
	v.purpose = v.newPurpose()
	v.detector = faces.NewDetectorChoice(env, v.p.Detector(), v.setDetector)
	env.Dump.Name("search.detector", v.detector)
	v.notice = env.NewNotice()
	v.probe = newProbePanel(v)
	v.results = newResultsPanel(v)
	v.evidence = newEvidencePanel(v)
	v.compare = newCompareView(v)
	v.empty = newEmptyPane(v)
	v.work = container.NewBorder(nil, nil, container.NewBorder(nil, nil, nil, widget.NewSeparator(), v.probe.root), v.evidence.root, v.results.root)
	look := container.NewHBox(widget.NewLabel(kit.T("Look for faces")), kit.Wide(172, v.detector))
	purpose := container.NewBorder(nil, nil, widget.NewLabel(kit.T("Purpose of the search")), look, v.purpose)
	head := container.NewVBox(container.NewPadded(purpose), v.notice.Object(), widget.NewSeparator())
	v.main = container.NewBorder(head, nil, nil, nil, container.NewStack(v.empty.root, v.work))
	v.root = container.NewStack(v.main, v.compare.root)
	v.refresh()
	return v
}

// Content is the screen.
func (v *View) Content() fyne.CanvasObject { return v.root }

// newPurpose is the field that stays visible all the time; the arrow offers examples.
func (v *View) newPurpose() *kit.Entry {
	e := v.env.NewEntry(kit.T("Required: for example “Find where photos of me are published”"))
	e.OnChanged = func(text string) {
		if over := []rune(text); len(over) > engine.MaxPurpose {
			e.SetText(string(over[:engine.MaxPurpose]))
			return
		}
		v.p.SetPurpose(text)
		v.refresh()
	}
	e.OnSubmitted = func(string) { v.StartSearch() }
	var arrow *kit.Button
	arrow = v.env.NewQuietButton("", theme.MenuDropDownIcon(), func() {
		var items []*fyne.MenuItem
		for _, text := range purposes() {
			items = append(items, fyne.NewMenuItem(text, func() { e.SetText(text) }))
		}
		pop := widget.NewPopUpMenu(fyne.NewMenu("", items...), v.env.Win.Canvas())
		pop.ShowAtRelativePosition(fyne.NewPos(arrow.Size().Width-pop.MinSize().Width, arrow.Size().Height), arrow)
	})
	e.ActionItem = arrow
	v.env.Dump.Name("search.purpose", e)
	return e
}

// Shown re-reads what the screen depends on; the shell calls it when the screen comes up and when the index changed.
func (v *View) Shown() {
	kit.Run(v.listing, v.svc.Collections, func(list []engine.CollectionInfo, err error) {
		if err != nil {
			v.notice.Error(err)
			return
		}
		var t engine.Totals
		for _, c := range list {
			t.Faces += c.Faces
			t.Photos += c.Photos
		}
		t.Collections = len(list)
		v.p.SetTotals(t)
		v.results.fillFilters(list)
		v.refresh()
	})
}

// OpenPhoto makes a photo the one to search with.
func (v *View) OpenPhoto(path string) { v.open(path, v.p.Opening) }

// open looks for the faces of a photo; begin tells the presenter what of the former one is forgotten.
func (v *View) open(path string, begin func()) {
	v.searching.Stop()
	v.drawing.Stop()
	v.CloseCompare()
	v.notice.Clear()
	v.path = path
	begin()
	v.refreshAll()
	look := v.p.look()
	kit.Run(v.opening, func(ctx context.Context) (*engine.Probe, error) { return v.svc.OpenProbe(ctx, path, look) },
		func(probe *engine.Probe, err error) {
			v.p.Opened(probe, err)
			v.refresh()
			switch v.p.Missing() {
			case MissingNothing:
				v.StartSearch()
			case MissingPurpose:
				v.env.Focus(v.purpose)
			}
		})
}

// ChoosePhoto asks for a photo file.
func (v *View) ChoosePhoto() {
	endings := []string{".jpg", ".jpeg", ".jpe", ".png", ".gif", ".webp", ".tif", ".tiff", ".bmp", ".heic", ".heif", ".avif", ".JPG", ".JPEG", ".PNG", ".HEIC"}
	v.env.ChooseFile(endings, func(path string, err error) {
		if err != nil {
			v.notice.Error(err)
			return
		}
		v.OpenPhoto(path)
	})
}

// StartSearch searches for the chosen faces if nothing is missing, else says what is.
func (v *View) StartSearch() {
	if missing := v.p.Missing(); missing != MissingNothing {
		if missing == MissingPurpose {
			v.env.Focus(v.purpose)
		}
		v.refresh()
		return
	}
	req := v.p.Begin()
	v.refreshAll()
	kit.Run(v.searching, func(ctx context.Context) (engine.SearchResult, error) { return v.svc.Search(ctx, req) },
		func(res engine.SearchResult, err error) {
			v.p.Found(req, res, err)
			v.results.fillHosts()
			v.refreshAll()
			if len(v.p.Rows()) > 0 {
				v.FocusResults()
			}
		})
}

// FocusResults gives the keyboard to the cards.
func (v *View) FocusResults() {
	if v.compare.root.Visible() {
		v.compare.focus()
	} else if v.p.Draft().On {
		v.env.Focus(v.results.pen)
	} else if len(v.p.Rows()) > 0 {
		v.env.Focus(v.results.grid)
	}
}

// AskErasure leads to the letters about the ticked rows.
func (v *View) AskErasure() {
	if items := v.p.CaseItems(); len(items) > 0 {
		v.exits.Erase(items)
	}
}

// OpenCompare shows the selected row beside the photo.
func (v *View) OpenCompare() {
	if _, _, ok := v.p.Selected(); !ok {
		return
	}
	v.main.Hide()
	v.compare.open()
}

// CloseCompare goes back to the cards.
func (v *View) CloseCompare() {
	if !v.compare.root.Visible() {
		return
	}
	v.compare.close()
	v.main.Show()
	v.FocusResults()
}

func (v *View) fetch(ctx context.Context, key string) ([]byte, error) {
	kind, id, _ := strings.Cut(key, ":")
	if kind == "photo" {
		return v.svc.Thumbnail(ctx, engine.PhotoID(id))
	}
	return v.svc.Crop(ctx, engine.FaceID(id))
}

func cropKey(id engine.FaceID) string   { return "face:" + string(id) }
func photoKey(id engine.PhotoID) string { return "photo:" + string(id) }

func baseName(path string) string { return filepath.Base(path) }

func (v *View) toLibrary() { v.exits.Library() }
