package app_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"gabarit/app"
	"gabarit/engine"
	"gabarit/engine/matter"
)

// The people of these tests; stripes finds them in pictures made by drawPeople.
func alice() color.RGBA { return color.RGBA{200, 10, 10, 255} }
func bob() color.RGBA   { return color.RGBA{10, 200, 10, 255} }
func carol() color.RGBA { return color.RGBA{10, 10, 200, 255} }

// drawPeople writes a picture of people side by side; mark makes its bytes different from those of others.
func drawPeople(t testing.TB, path string, mark uint8, people ...color.RGBA) {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, len(people)*stripeWidth, stripeWidth))
	for i, c := range people {
		for n := range stripeWidth * stripeWidth {
			img.SetRGBA(i*stripeWidth+n%stripeWidth, n/stripeWidth, c)
		}
	}
	img.SetRGBA(0, 0, color.RGBA{mark, 0, 0, 255})
	var b bytes.Buffer
	must(t, png.Encode(&b, img))
	must(t, os.WriteFile(path, b.Bytes(), 0o600))
}

// gathering writes photos of alice, bob and carol, alone and together, and gives the folder.
func gathering(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	drawPeople(t, filepath.Join(dir, "alice-1.png"), 1, alice())
	drawPeople(t, filepath.Join(dir, "alice-2.png"), 2, alice())
	drawPeople(t, filepath.Join(dir, "all.png"), 3, alice(), bob(), carol())
	drawPeople(t, filepath.Join(dir, "bob.png"), 4, bob())
	drawPeople(t, filepath.Join(dir, "bob-carol.png"), 5, bob(), carol())
	return dir
}

// meet gives an App with an open vault that holds a gathering, and its folder.
func meet(t testing.TB, pass string) (*app.App, string) {
	t.Helper()
	a := newApp(t, stripes{})
	a.CheapPassphrases()
	must(t, a.CreateVault(t.Context(), pass))
	_, err := a.AddCollection(t.Context(), people())
	must(t, err)
	dir := gathering(t)
	collect(t, a, dir)
	return a, dir
}

// find searches for a person at every distance there is, and gives the matches that are theirs.
func find(t testing.TB, a *app.App, who color.RGBA) []engine.Match {
	t.Helper()
	path := filepath.Join(t.TempDir(), "probe.png")
	drawPeople(t, path, 0, who)
	res, err := a.Search(t.Context(), engine.SearchRequest{Purpose: "tests", Probe: probe(t, a, path), Within: engine.MaxDistance, Max: engine.MaxResults})
	must(t, err)
	return res.Probes[0].Matches
}

func files(matches []engine.Match) []string {
	var names []string
	for _, m := range matches {
		names = append(names, filepath.Base(m.Source.File))
	}
	slices.Sort(names)
	return names
}

// facesOf asks for the erasure of all a person's faces.
func facesOf(t testing.TB, a *app.App, who color.RGBA) engine.ErasureRequest {
	t.Helper()
	req := engine.ErasureRequest{Reason: engine.EraseRequest, Ref: "R-1", Suppress: true}
	for _, m := range find(t, a, who) {
		req.Faces = append(req.Faces, m.Face)
	}
	return req
}

func erase(t testing.TB, a *app.App, req engine.ErasureRequest) engine.ErasureReport {
	t.Helper()
	plan, err := a.PlanErasure(t.Context(), req)
	must(t, err)
	report, err := a.Erase(t.Context(), plan, nil)
	must(t, err)
	return report
}

// likeBefore compares matches from before and after an erasure of somebody else: what is told of the index's size may differ.
func likeBefore(t testing.TB, before, after []engine.Match) {
	t.Helper()
	if diff := cmp.Diff(before, after, cmpopts.IgnoreFields(engine.Match{}, "ExpectedFalse")); diff != "" {
		t.Errorf("somebody else's results changed: %s", diff)
	}
}

// wantSound checks the whole vault.
func wantSound(t testing.TB, a *app.App) engine.VaultCheck {
	t.Helper()
	check, err := a.CheckVault(t.Context())
	must(t, err)
	if len(check.Damage) != 0 || !check.Audit.Intact() || !check.Erased.Clean() || check.Records == 0 {
		t.Errorf("the vault is not sound: %+v", check)
	}
	return check
}

func TestAnErasedPersonIsGoneAndNobodyElseIs(t *testing.T) {
	a, _ := meet(t, secret)
	bobs, carols := find(t, a, bob()), find(t, a, carol())
	group := find(t, a, alice())
	if got := files(group); !slices.Equal(got, []string{"alice-1.png", "alice-2.png", "all.png"}) {
		t.Fatalf("alice is in %v", got)
	}
	plan, err := a.PlanErasure(t.Context(), facesOf(t, a, alice()))
	must(t, err)
	var all engine.PhotoID
	for _, p := range plan.Photos {
		if !p.Whole {
			all = p.Photo
		}
	}
	thumbnail, err := a.Thumbnail(t.Context(), all)
	must(t, err)

	var steps []engine.ErasureStep
	report, err := a.Erase(t.Context(), plan, func(s engine.ErasureStep) { steps = append(steps, s) })
	must(t, err)
	if want := []engine.ErasureStep{engine.EraseHide, engine.EraseDelete, engine.ErasePurge, engine.EraseCheck}; !slices.Equal(steps, want) {
		t.Errorf("steps %v", steps)
	}
	want := engine.ErasureCounts{Photos: 2, Partly: 1, Thumbnails: 3, Crops: 3, Templates: 3, Finds: 2, Items: 2, Keys: 3, Suppressions: 3}
	if diff := cmp.Diff(want, report.Counts); diff != "" {
		t.Error(diff)
	}
	if report.ID == "" || !report.Check.Clean() || report.Check.Erasures != 1 || report.Check.Records == 0 || len(report.Cases) != 0 {
		t.Errorf("report %+v", report)
	}
	gone := func() {
		t.Helper()
		if left := find(t, a, alice()); len(left) != 0 {
			t.Errorf("alice is still found in %v", files(left))
		}
		likeBefore(t, bobs, find(t, a, bob()))
		likeBefore(t, carols, find(t, a, carol()))
		for _, m := range group {
			_, err := a.Crop(t.Context(), m.Face)
			wantCode(t, err, engine.CodeNotFound)
			wantCode(t, a.View(t.Context(), m.Face), engine.CodeNotFound)
		}
		wantSound(t, a)
	}
	gone()
	after, err := a.Thumbnail(t.Context(), all)
	must(t, err)
	if bytes.Equal(thumbnail, after) {
		t.Error("the group's thumbnail still shows alice")
	}
	st, err := a.Status(t.Context())
	must(t, err)
	if st.Totals != (engine.Totals{Faces: 5, Photos: 3, Collections: 1}) {
		t.Errorf("totals %+v", st.Totals)
	}
	if erasures, keys, err := a.Erasures(t.Context()); err != nil || erasures != 1 || keys != report.Counts.Keys {
		t.Errorf("%d erasures, %d keys, %v", erasures, keys, err)
	}
	must(t, a.Lock())
	must(t, a.Unlock(t.Context(), secret))
	gone()
	wantErasureLogged(t, a, report)
}

// wantErasureLogged checks that the log tells of the erasure and then of its proof, in numbers.
func wantErasureLogged(t testing.TB, a *app.App, report engine.ErasureReport) {
	t.Helper()
	log, err := a.Audit(t.Context())
	must(t, err)
	var told []engine.AuditAction
	for _, e := range log {
		if slices.Contains(e.Objects, string(report.ID)) {
			told = append(told, e.Action)
		}
		if e.Action == engine.ActionErased && (e.Counts["templates"] != report.Counts.Templates || e.Detail["ref"] != "R-1") {
			t.Errorf("entry %+v", e)
		}
	}
	if !slices.Equal(told, []engine.AuditAction{engine.ActionErased, engine.ActionErasureChecked}) {
		t.Errorf("the log tells %v of the erasure", told)
	}
}

func TestWhatWasErasedIsRefusedWhenItIsCollectedAgain(t *testing.T) {
	a, dir := meet(t, "")
	erase(t, a, facesOf(t, a, alice()))
	elsewhere := filepath.Join(t.TempDir(), "copy.png")
	data, err := os.ReadFile(filepath.Join(dir, "alice-1.png"))
	must(t, err)
	must(t, os.WriteFile(elsewhere, data, 0o600))
	report := collect(t, a, dir, elsewhere)
	if report.Counts.Suppressed != 3 || report.Counts.Photos != 0 || len(report.Failed) != 0 {
		t.Errorf("collected again: %+v", report)
	}
	if left := find(t, a, alice()); len(left) != 0 {
		t.Errorf("alice came back in %v", files(left))
	}
	counts, err := a.Suppressions(t.Context())
	must(t, err)
	if counts != (engine.SuppressionCounts{Files: 3, Hits: 3}) {
		t.Errorf("suppressions %+v", counts)
	}
	wantSound(t, a)
}

func TestARemovedCollectionLeavesTheOthersAlone(t *testing.T) {
	a, dir := meet(t, "")
	other := people()
	other.Name = "other"
	_, err := a.AddCollection(t.Context(), other)
	must(t, err)
	_, err = a.Collect(t.Context(), engine.CollectRequest{Collection: "other", Sources: []string{dir}}, nil)
	must(t, err)
	first, err := a.CollectionByName(t.Context(), "people")
	must(t, err)
	var kept []engine.Match
	for _, m := range find(t, a, alice()) {
		if m.Collection == "other" {
			kept = append(kept, m)
		}
	}
	report := erase(t, a, engine.ErasureRequest{Collection: first.ID, Reason: engine.EraseCollection})
	want := engine.ErasureCounts{Photos: 5, Thumbnails: 5, Crops: 8, Templates: 8, Finds: 5, Items: 5, Runs: 1, Collections: 1, Keys: 5}
	if diff := cmp.Diff(want, report.Counts); diff != "" {
		t.Error(diff)
	}
	_, err = a.CollectionByName(t.Context(), "people")
	wantCode(t, err, engine.CodeNotFound)
	likeBefore(t, kept, find(t, a, alice()))
	wantSound(t, a)
	_, err = a.AddCollection(t.Context(), people()) // the name is free, and nothing was to be refused
	must(t, err)
	if again := collect(t, a, dir); again.Counts.Photos != 5 {
		t.Errorf("collected again: %+v", again.Counts)
	}
}

func TestErasuresAreRefused(t *testing.T) {
	d, tokens := gatedDetector()
	a := openApp(t, d)
	dir := album(t)
	id, err := a.StartCollect(engine.CollectRequest{Collection: "people", Sources: []string{dir}})
	must(t, err)
	waitJob(t, a, id, engine.JobRunning)
	info, err := a.CollectionByName(t.Context(), "people")
	must(t, err)
	whole := engine.ErasureRequest{Collection: info.ID, Reason: engine.EraseOwn}
	early, err := a.PlanErasure(t.Context(), whole)
	must(t, err)
	_, err = a.Erase(t.Context(), early, nil)
	wantCode(t, err, engine.CodeConflict) // a collection is being read
	close(tokens)
	waitJob(t, a, id, engine.JobDone)
	_, err = a.Erase(t.Context(), early, nil)
	wantCode(t, err, engine.CodeConflict) // the plan is out of date
	if res := search(t, a, filepath.Join(dir, "red.png")); len(res.Probes[0].Matches) != 1 {
		t.Error("a refused erasure took something")
	}
	for name, req := range map[string]engine.ErasureRequest{
		"nothing":   {Reason: engine.EraseOwn},
		"no reason": {Collection: info.ID},
	} {
		if _, err := a.PlanErasure(t.Context(), req); engine.CodeOf(err) != engine.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err = a.PlanErasure(t.Context(), engine.ErasureRequest{Photos: []engine.PhotoID{"01ARZ3NDEKTSV4RRFFQ69G5FAV"}, Reason: engine.EraseOwn})
	wantCode(t, err, engine.CodeNotFound)
}

func TestAnErasureThatFailsGivesTheFacesBack(t *testing.T) {
	a, _ := meet(t, "")
	before := find(t, a, alice())
	plan, err := a.PlanErasure(t.Context(), facesOf(t, a, alice()))
	must(t, err)
	broken := engine.E(engine.CodeUnavailable, "test", "the disk is full", errors.New("told to fail"))
	hidden := -1
	a.FailingErase(func() error { hidden = len(find(t, a, alice())); return broken })
	_, err = a.Erase(t.Context(), plan, nil)
	wantCode(t, err, engine.CodeUnavailable)
	if hidden != 0 {
		t.Errorf("%d faces were found while they were being erased", hidden)
	}
	likeBefore(t, before, find(t, a, alice()))
}

func TestAStoppedErasureIsFinishedInTheBackground(t *testing.T) {
	a, _ := meet(t, "")
	plan, err := a.PlanErasure(t.Context(), facesOf(t, a, alice()))
	must(t, err)
	ctx, stop := context.WithCancel(t.Context())
	report, err := a.Erase(ctx, plan, func(s engine.ErasureStep) {
		if s == engine.ErasePurge {
			stop()
		}
	})
	wantCode(t, err, engine.CodeCanceled)
	if report.ID == "" || report.Counts.Templates != 3 {
		t.Errorf("the report does not tell what was erased: %+v", report)
	}
	if left := find(t, a, alice()); len(left) != 0 {
		t.Errorf("alice is still in %v", files(left))
	}
	waitPurged(t, a)
	wantSound(t, a)
}

// copyFolder copies what is in a folder.
func copyFolder(t testing.TB, from, to string) {
	t.Helper()
	must(t, os.RemoveAll(to))
	must(t, os.CopyFS(to, os.DirFS(from)))
}

func TestABackupBringsNothingBack(t *testing.T) {
	a, _ := meet(t, secret)
	bobs := find(t, a, bob())
	st, err := a.Status(t.Context())
	must(t, err)
	backup := filepath.Join(t.TempDir(), "backup")
	must(t, a.Lock())
	copyFolder(t, st.Dir, backup)
	must(t, a.Unlock(t.Context(), secret))
	erase(t, a, facesOf(t, a, alice()))
	must(t, a.Lock())
	copyFolder(t, backup, st.Dir)

	must(t, a.Unlock(t.Context(), secret))
	if left := find(t, a, alice()); len(left) != 0 {
		t.Errorf("the backup brought alice back in %v", files(left))
	}
	for _, m := range find(t, a, bob()) { // the group photo, too, has to go: nobody can tell any more which face was meant
		if !slices.ContainsFunc(bobs, func(b engine.Match) bool { return b.Face == m.Face }) {
			t.Errorf("the backup brought %s", m.Face)
		}
	}
	if got := files(find(t, a, bob())); !slices.Contains(got, "bob.png") || !slices.Contains(got, "bob-carol.png") {
		t.Errorf("bob is only in %v", got)
	}
	st, err = a.Status(t.Context())
	must(t, err)
	if len(st.Warnings) == 0 {
		t.Error("nobody is told that an old copy of the vault was put in place")
	}
	log, err := a.Audit(t.Context())
	must(t, err)
	if !slices.ContainsFunc(log, func(e engine.AuditEntry) bool { return e.Action == engine.ActionRestored }) {
		t.Error("the log does not tell of it")
	}
	waitPurged(t, a)
	wantSound(t, a)
}

// waitPurged waits until what the App purges in the background is done.
func waitPurged(t testing.TB, a *app.App) {
	t.Helper()
	changed := make(chan struct{}, 1)
	cancel := a.Subscribe(func(engine.Event) {
		select {
		case changed <- struct{}{}:
		default:
		}
	})
	defer cancel()
	for {
		check, err := a.CheckErased(t.Context())
		must(t, err)
		if check.Pending == 0 {
			return
		}
		<-changed
	}
}

// Locking falls into each step of an erasure: what was begun is finished, and what is left of it in the files goes once the
// vault is open again.
func TestLockDuringAnErasure(t *testing.T) {
	for _, at := range []engine.ErasureStep{engine.EraseHide, engine.EraseDelete, engine.ErasePurge, engine.EraseCheck} {
		t.Run(string(at), func(t *testing.T) {
			a, _ := meet(t, secret)
			plan, err := a.PlanErasure(t.Context(), facesOf(t, a, alice()))
			must(t, err)
			locked := make(chan error, 1)
			_, err = a.Erase(context.Background(), plan, func(s engine.ErasureStep) {
				if s == at {
					hidden := make(chan struct{}, 10)
					cancel := a.Subscribe(func(engine.Event) { hidden <- struct{}{} })
					defer cancel()
					go func() { locked <- a.Lock() }()
					<-hidden // the vault is no longer open, and Lock waits for the erasure
				}
			})
			if err != nil && engine.CodeOf(err) != engine.CodeCanceled {
				t.Errorf("the erasure ended with %v", err)
			}
			must(t, <-locked)
			must(t, a.Unlock(t.Context(), secret))
			if left := find(t, a, alice()); len(left) != 0 {
				t.Errorf("alice is still in %v", files(left))
			}
			waitPurged(t, a)
			wantSound(t, a)
		})
	}
}

// Searches go on while photos are erased: each finds what is still there and none fails.
func TestSearchesGoOnDuringErasures(t *testing.T) {
	a, _ := meet(t, "")
	path := filepath.Join(t.TempDir(), "probe.png")
	drawPeople(t, path, 0, bob(), alice())
	p := probe(t, a, path)
	over := make(chan struct{})
	var searches sync.WaitGroup
	for range 2 {
		searches.Go(func() {
			for {
				select {
				case <-over:
					return
				default:
				}
				res, err := a.Search(t.Context(), engine.SearchRequest{Purpose: "tests", Probe: p, Max: engine.MaxResults})
				if err != nil || len(res.Probes[0].Matches) != 3 {
					t.Errorf("bob is found %d times, %v", len(res.Probes[0].Matches), err)
					return
				}
			}
		})
	}
	for _, m := range find(t, a, alice()) {
		erase(t, a, engine.ErasureRequest{Faces: []engine.FaceID{m.Face}, Reason: engine.EraseOwn})
	}
	close(over)
	searches.Wait()
}

func TestLettersAboutErasedFindsCanStillBeWritten(t *testing.T) {
	a, _ := meet(t, "")
	matches := find(t, a, alice())
	items, err := a.CaseItems(t.Context(), []engine.FaceID{matches[0].Face}, clock())
	must(t, err)
	cases, err := a.OpenCases(t.Context(), items)
	must(t, err)
	req := facesOf(t, a, alice())
	report := erase(t, a, req)
	if len(report.Cases) != 1 || report.Cases[0].Case != cases[0].ID || !report.Cases[0].Kept {
		t.Errorf("the report tells of %+v", report.Cases)
	}
	fields := matter.LetterFields{SenderName: "A", SenderAddress: "B", ControllerName: "C", Place: "D", Date: clock(), Site: true, Thumbnails: true}
	paths, err := a.ExportLetter(t.Context(), matter.LetterRequest{Case: cases[0].ID, Right: engine.RightErasure, Lang: "en", Formats: []string{"txt", "pdf"},
		Dir: t.TempDir(), Fields: fields})
	must(t, err)
	if len(paths) != 2 {
		t.Errorf("wrote %v", paths)
	}
}

func TestACaseForgetsItsFindsWhereAsked(t *testing.T) {
	a, _ := meet(t, "")
	stays := find(t, a, bob())[0].Face
	items, err := a.CaseItems(t.Context(), []engine.FaceID{find(t, a, alice())[0].Face, stays}, clock())
	must(t, err)
	_, err = a.OpenCases(t.Context(), items)
	must(t, err)
	req := facesOf(t, a, alice())
	req.Cases = true
	report := erase(t, a, req)
	if report.Counts.CaseItems != 1 || len(report.Cases) != 0 {
		t.Errorf("counts %+v, cases %+v", report.Counts, report.Cases)
	}
	cases, err := a.Cases(t.Context())
	must(t, err)
	if len(cases) != 1 || len(cases[0].Items) != 1 || cases[0].Items[0].Face != stays {
		t.Errorf("cases %+v", cases)
	}
	wantSound(t, a)
}

func TestSearchRecordsWhatItShowed(t *testing.T) {
	a, _ := meet(t, "")
	shown := map[engine.FaceID]bool{}
	for _, m := range find(t, a, bob()) {
		shown[m.Face] = true
	}
	e := lastEntry(t, a)
	told := map[engine.FaceID]bool{}
	for _, f := range e.Returned {
		told[f] = true
	}
	if e.Action != engine.ActionSearch || len(told) != 3 || !maps.Equal(shown, told) {
		t.Errorf("shown %v, recorded %+v", shown, e)
	}
	must(t, a.View(t.Context(), e.Returned[0]))
	if v := lastEntry(t, a); v.Action != engine.ActionViewed || !slices.Equal(v.Returned, e.Returned[:1]) {
		t.Errorf("entry %+v", v)
	}
	wantCode(t, a.View(t.Context(), "nobody-0"), engine.CodeNotFound)
	wantCode(t, a.View(t.Context(), "nobody"), engine.CodeNotFound)
}

func TestTheNameOfAPhotoThatWasNamedAloneLeavesTheVaultWithIt(t *testing.T) {
	a := newApp(t, stripes{})
	a.TransparentVaults()
	must(t, a.CreateVault(t.Context(), ""))
	_, err := a.AddCollection(t.Context(), people())
	must(t, err)
	path := filepath.Join(t.TempDir(), "alice-at-the-lake.png")
	drawPeople(t, path, 1, alice())
	collect(t, a, path)
	st, err := a.Status(t.Context())
	must(t, err)
	needles := map[string][]byte{"the name": []byte("alice-at-the-lake")}
	must(t, a.Lock())
	if len(scanFiles(t, st.Dir, needles)) == 0 {
		t.Fatal("the scan is blind: the photo's record holds the name")
	}
	a.TransparentVaults()
	must(t, a.Unlock(t.Context(), ""))
	collect(t, a, path) // the same run, found again by what is kept of the name
	erase(t, a, engine.ErasureRequest{Photos: []engine.PhotoID{find(t, a, alice())[0].Photo}, Reason: engine.EraseReasons()[0]})
	must(t, a.Lock())
	if left := scanFiles(t, st.Dir, needles); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
}
