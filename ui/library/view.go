package library

import (
	"context"
	"path/filepath"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"gabarit/engine"
	"gabarit/engine/formats"
	"gabarit/engine/matter"
	"gabarit/ui/collect"
	"gabarit/ui/kit"
)

// View is the library screen. All methods are for the window's thread and return at once.
type View struct {
	env *kit.Env
	svc Service
	p   *Presenter

	reading, failing, polling, acting, asking, keeping *kit.Slot

	notice *kit.Notice
	list   *kit.List
	jobs   *jobsPane
	detail *detailPane
	empty  fyne.CanvasObject
	split  *container.Split

	tabs   [2]*kit.Button // collections, people
	adding *fyne.Container
	stored *fyne.Container // all about collections
	people *peopleView
	names  map[engine.CollectionID]string
	root   fyne.CanvasObject

	upkeep map[engine.CollectionID]matter.Upkeep
	// Upkeep opens the dialog about a collection's dates and sources. The shell sets it.
	Upkeep func(collection string)
}

// New builds the screen.
func New(env *kit.Env, svc Service) *View {
	v := &View{env: env, svc: svc, p: NewPresenter(), reading: env.Slots.NewSlot(), failing: env.Slots.NewSlot(),
		polling: env.Slots.NewSlot(), acting: env.Slots.NewSlot(), asking: env.Slots.NewSlot(), keeping: env.Slots.NewSlot(), notice: env.NewNotice()}
	folder := env.NewMainButton(kit.T("Add folder…"), theme.FolderNewIcon(), v.AddFolder)
	file := env.NewButton(kit.T("Add file…"), theme.DocumentIcon(), v.AddFile)
	site := env.NewButton(kit.T("Add site…"), theme.ComputerIcon(), v.AddSite)
	fresh := env.NewButton(kit.T("New collection…"), theme.ContentAddIcon(), func() { v.Add(nil) })
	v.adding = container.NewHBox(folder, file, site, fresh)
	env.Dump.Name("library.site", site)
	for i, name := range []string{kit.T("Collections"), kit.T("People")} {
		v.tabs[i] = env.NewButton(name, nil, func() { v.showPeople(i == 1) })
		env.Dump.Name([]string{"library.collections", "library.people"}[i], v.tabs[i])
	}
	title := container.NewHBox(kit.NewTitle(kit.T("Library")), container.NewCenter(v.tabs[0]), container.NewCenter(v.tabs[1]))
	bar := container.NewBorder(nil, nil, title, v.adding)
	v.list = v.newList()
	v.jobs = newJobsPane(v)
	v.detail = newDetailPane(v)
	v.empty = v.newEmpty()
	v.split = container.NewHSplit(v.list, v.detail.root)
	v.split.SetOffset(0.36)
	v.people = newPeopleView(v)
	v.stored = container.NewBorder(v.notice.Object(), v.jobs.root, nil, nil, container.NewStack(v.split, v.empty))
	v.root = container.NewPadded(container.NewBorder(container.NewVBox(bar, widget.NewSeparator()), nil, nil, nil, container.NewStack(v.stored, v.people.root)))
	v.showTab(false)
	env.Dump.Name("library.folder", folder)
	env.Dump.Name("library.new", fresh)
	env.Dump.Name("library.list", v.list)
	v.refresh()
	return v
}

// Content is the screen.
func (v *View) Content() fyne.CanvasObject { return v.root }

func (v *View) newList() *kit.List {
	l := v.env.NewList(func() int { return len(v.p.Collections()) },
		func() fyne.CanvasObject {
			name, counts := kit.NewLine(""), kit.NewLine("")
			name.TextStyle.Bold = true
			counts.SizeName = theme.SizeNameCaptionText
			return kit.Compact(container.NewPadded(container.NewVBox(name, counts)))
		},
		func(i int, o fyne.CanvasObject) {
			if list := v.p.Collections(); i < len(list) {
				box := o.(*container.ThemeOverride).Content.(*fyne.Container).Objects[0].(*fyne.Container)
				kit.SetText(box.Objects[0].(*widget.Label), list[i].Name)
				kit.SetText(box.Objects[1].(*widget.Label), countWords(list[i]))
			}
		})
	l.OnSelected = func(i int) {
		if list := v.p.Collections(); i < len(list) {
			v.p.Select(list[i].ID)
			v.readFailures()
			v.detail.refresh()
		}
	}
	return l
}

func (v *View) newEmpty() fyne.CanvasObject {
	title := kit.NewTitle(kit.T("No collection yet"))
	title.Alignment = fyne.TextAlignCenter
	text := kit.NewText(kit.T("Drop a folder of photos, a video, a web archive, a saved page or a manifest here, or add one. You will be asked what it is for, on what legal basis, and for how long it may be kept."))
	text.Alignment = fyne.TextAlignCenter
	add := v.env.NewMainButton(kit.T("Add folder…"), theme.FolderNewIcon(), v.AddFolder)
	icon := widget.NewIcon(theme.NewPrimaryThemedResource(theme.StorageIcon()))
	return container.NewCenter(kit.Fixed(420, container.NewVBox(container.NewCenter(kit.Sized(64, 64, icon)), title, text, container.NewCenter(add))))
}

// showTab shows the people, or the collections.
func (v *View) showTab(people bool) {
	kit.Show(people, v.people.root)
	kit.Show(!people, v.stored, v.adding)
	for i, b := range v.tabs {
		want := widget.MediumImportance
		if people == (i == 1) {
			want = widget.HighImportance
		}
		if b.Importance != want {
			b.Importance = want
			b.Refresh()
		}
	}
}

func (v *View) showPeople(on bool) {
	v.showTab(on)
	v.Shown()
}

// ShowPeople shows the people, with the keyboard on them.
func (v *View) ShowPeople() {
	v.showPeople(true)
	v.people.focus()
}

func (v *View) collectionName(id engine.CollectionID) string { return v.names[id] }

// Changed re-reads what the screen shows after something came or went.
func (v *View) Changed() {
	v.ReadCollections()
	v.people.changed()
}

// Forget drops every picture at once. The shell calls it when the vault is locked and throws the screen away; Fyne would
// keep what widgets showed for some time.
func (v *View) Forget() { v.people.forget() }

// Shown re-reads what the screen shows.
func (v *View) Shown() {
	if v.people.root.Visible() {
		v.people.shown()
	}
	v.ReadCollections()
	v.ReadJobs()
}

// ReadCollections re-reads the collections.
func (v *View) ReadCollections() {
	kit.Run(v.reading, v.svc.Collections, func(list []engine.CollectionInfo, err error) {
		if err != nil {
			v.notice.Error(err)
			return
		}
		v.p.SetCollections(list)
		v.refresh()
		v.readFailures()
		v.readUpkeep()
	})
}

// jobsRead is what ReadJobs reads.
type jobsRead struct {
	jobs       []engine.Job
	unfinished []engine.CollectRequest
}

// ReadJobs re-reads the jobs, and what was broken off before.
func (v *View) ReadJobs() {
	kit.Run(v.polling, func(ctx context.Context) (all jobsRead, err error) {
		all.jobs = v.svc.Jobs()
		all.unfinished, err = v.svc.Unfinished(ctx)
		return all, err
	}, func(all jobsRead, err error) {
		v.p.SetJobs(all.jobs)
		if err == nil {
			v.p.SetUnfinished(all.unfinished)
		}
		v.jobs.refresh()
	})
}

func (v *View) readFailures() {
	c, ok := v.p.Selected()
	if !ok || c.Failed == 0 {
		v.p.SetFailures(c.ID, nil)
		v.detail.refresh()
		return
	}
	kit.Run(v.failing, func(ctx context.Context) ([]engine.FailedItem, error) { return v.svc.Failures(ctx, c.ID) },
		func(items []engine.FailedItem, err error) {
			if err != nil {
				v.notice.Error(err)
				return
			}
			v.p.SetFailures(c.ID, items)
			v.detail.refresh()
		})
}

func (v *View) refresh() {
	kit.Show(v.p.Empty(), v.empty)
	kit.Show(!v.p.Empty(), v.split)
	v.list.Refresh()
	if c, ok := v.p.Selected(); ok {
		for i, other := range v.p.Collections() {
			if other.ID == c.ID {
				v.list.Select(i)
			}
		}
	}
	v.detail.refresh()
	v.jobs.refresh()
}

// AddFolder asks for a folder of photos.
func (v *View) AddFolder() { v.env.ChooseFolder("", "", v.addChosen) }

// AddFile asks for a manifest, a web archive or a saved page.
func (v *View) AddFile() {
	v.env.ChooseFile(formats.HolderEndings(), v.addChosen)
}

func (v *View) addChosen(path string, err error) {
	if err != nil {
		v.notice.Error(err)
		return
	}
	v.Add([]string{path})
}

// AddSite asks for a site whose photos are collected.
func (v *View) AddSite() {
	v.withNames(func(names []string) { v.ask(collect.NewSiteForm(names, v.p.Contact())) })
}

// Add opens the wizard for sources; without sources it only makes a collection.
func (v *View) Add(sources []string) {
	v.withNames(func(names []string) {
		preferred := ""
		if c, ok := v.p.Selected(); ok {
			preferred = c.Name
		}
		v.ask(collect.NewForm(sources, names, preferred))
	})
}

// withNames reads the names of the collections, unless a dialog is open by then.
func (v *View) withNames(then func(names []string)) {
	kit.Run(v.asking, v.svc.Collections, func(list []engine.CollectionInfo, err error) {
		if err != nil {
			v.notice.Error(err)
			return
		}
		if v.env.Busy() {
			return
		}
		v.showTab(false)
		var names []string
		for _, c := range list {
			names = append(names, c.Name)
		}
		then(names)
	})
}

// ask opens the wizard.
func (v *View) ask(form *collect.Form) {
	collect.Show(v.env, v.svc, form, func(name string) {
		v.notice.Clear()
		v.p.SelectName(name)
		v.Shown()
	})
}

// collect starts a job.
func (v *View) collect(req engine.CollectRequest) {
	kit.Run(v.acting, func(context.Context) (engine.JobID, error) { return v.svc.StartCollect(req) },
		func(_ engine.JobID, err error) {
			if err != nil {
				v.notice.Error(err)
			}
			v.Shown()
		})
}

// retry reads the marked collection's failed items again.
func (v *View) retry() {
	req, ok := v.p.RetryRequest()
	if !ok {
		return
	}
	v.notice.Clear()
	if at := slices.IndexFunc(req.Sources, isAddress); at >= 0 && req.Web.Contact == "" { // nothing is asked of a site without one
		v.withNames(func(names []string) { v.ask(collect.NewSiteRetry(names, req.Collection, req.Sources[at])) })
		return
	}
	v.collect(req)
}

// remove opens the dialog that erases the marked collection with all that is in it.
func (v *View) remove() {
	c, ok := v.p.Selected()
	if !ok || v.env.Busy() {
		return
	}
	v.env.ShowErasure(v.svc, kit.Erasure{Title: kit.T("Remove collection"), Confirm: kit.T("Remove “{{.V}}” for good", kit.Field(c.Name)),
		Subject: kit.NewText(kit.T("“{{.V}}”", kit.Field(c.Name)) + ": " + countWords(c)), Form: kit.NewRemovalForm(c.ID),
		Hidden: func(engine.ErasurePlan) { v.ReadCollections() },
		Closed: v.ReadCollections,
		Told: func(text string, failed bool) {
			v.ReadCollections()
			if failed {
				v.notice.Warn(text)
			} else {
				v.notice.Say(text)
			}
		}})
}

// act does something to a job in the background.
func (v *View) act(do func(engine.JobID), id engine.JobID) {
	kit.Run(v.env.Slots.NewSlot(), func(context.Context) (struct{}, error) {
		do(id)
		return struct{}{}, nil
	}, func(struct{}, error) { v.ReadJobs() })
}

func base(path string) string { return filepath.Base(path) }
