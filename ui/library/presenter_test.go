package library_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gabarit/engine"
	"gabarit/ui/library"
)

func info(id, name string) engine.CollectionInfo {
	return engine.CollectionInfo{Collection: engine.Collection{ID: engine.CollectionID(id), Name: name}}
}

func TestTheSelectionSurvivesAReload(t *testing.T) {
	p := library.NewPresenter()
	if p.Empty() {
		t.Error("a library that was not read yet is called empty")
	}
	p.SetCollections(nil)
	if !p.Empty() {
		t.Error("an empty library is not called so")
	}
	p.SetCollections([]engine.CollectionInfo{info("1", "a"), info("2", "b")})
	p.SelectName("b")
	p.SetCollections([]engine.CollectionInfo{info("0", "A"), info("1", "a"), info("2", "b")})
	if c, _ := p.Selected(); c.Name != "b" {
		t.Errorf("selected %q", c.Name)
	}
	p.SetCollections([]engine.CollectionInfo{info("1", "a")})
	if c, _ := p.Selected(); c.Name != "a" {
		t.Errorf("selected %q after the selected one went", c.Name)
	}
}

func TestFailedItemsOfAnotherCollectionAreDropped(t *testing.T) {
	p := library.NewPresenter()
	p.SetCollections([]engine.CollectionInfo{info("1", "a"), info("2", "b")})
	p.SetFailures("2", []engine.FailedItem{{Item: "x"}})
	if len(p.Failures()) != 0 {
		t.Error("the failed items of another collection are shown")
	}
	p.SetFailures("1", []engine.FailedItem{{Item: "y"}})
	p.Select("2")
	if len(p.Failures()) != 0 {
		t.Error("the former collection's failed items stay")
	}
}

func job(done, total int, elapsed time.Duration, state engine.JobState) engine.Job {
	return engine.Job{ID: 1, State: state, Request: engine.CollectRequest{Collection: "a", Sources: []string{"/p"}},
		Progress: engine.CollectProgress{Counts: engine.CollectCounts{Photos: done}, Total: total, Listed: total > 0, Elapsed: elapsed}}
}

func TestThePaceLeavesOutWhatAnEarlierRunDid(t *testing.T) {
	p := library.NewPresenter()
	p.SetJobs([]engine.Job{job(1000, 2000, 0, engine.JobRunning)}) // resumed: 1,000 were done before
	if pace := p.Pace(p.Jobs()[0]); pace.PerSecond != 0 || pace.Left != 0 {
		t.Errorf("a pace without any work seen: %+v", pace)
	}
	p.SetJobs([]engine.Job{job(1100, 2000, 10*time.Second, engine.JobRunning)})
	pace := p.Pace(p.Jobs()[0])
	if pace.PerSecond != 10 || pace.Left != 90*time.Second || pace.Share != .55 {
		t.Errorf("pace %+v", pace)
	}
	p.SetJobs([]engine.Job{job(1100, 2000, 10*time.Second, engine.JobPaused)})
	if pace := p.Pace(p.Jobs()[0]); pace.Left != 0 {
		t.Errorf("a paused job has time left: %+v", pace)
	}
}

func TestAJobThatIsStillCountingHasNoShare(t *testing.T) {
	p := library.NewPresenter()
	j := job(5, 0, 5*time.Second, engine.JobRunning)
	p.SetJobs([]engine.Job{j})
	if pace := p.Pace(j); pace.Share >= 0 {
		t.Errorf("share %v", pace.Share)
	}
	j.State = engine.JobDone
	if pace := p.Pace(j); pace.Share != 1 {
		t.Errorf("a finished job's share is %v", pace.Share)
	}
}

func TestRetryReadsTheSourcesAgain(t *testing.T) {
	p := library.NewPresenter()
	p.SetCollections([]engine.CollectionInfo{info("1", "a")})
	if _, ok := p.RetryRequest(); ok {
		t.Error("a retry without failed items")
	}
	p.SetFailures("1", []engine.FailedItem{{Item: "/p/film.gif", Partial: true}})
	if _, ok := p.RetryRequest(); ok {
		t.Error("a retry of what was read in part, which would come out the same")
	}
	p.SetFailures("1", []engine.FailedItem{{Item: "/p/film.gif", Partial: true}, {Item: "/p/x.jpg"}, {Item: "/p/m.csv#row3"}, {Item: "/p/m.csv#row9"},
		{Item: "/p/c.warc.gz#byte7 https://example.org/#a.zip#x"}, {Item: "/p/q_files/a.jpg on /p/q.html"}, {Item: "/p/a#b.jpg"}, {Item: "/p/film.mp4#12.480s"}})
	if failed, partial := p.Unread(); failed != 7 || partial != 1 {
		t.Errorf("%d failed, %d in part", failed, partial)
	}
	if req, _ := p.RetryRequest(); !cmp.Equal(req.Sources, []string{"/p/x.jpg", "/p/m.csv", "/p/c.warc.gz", "/p/q.html", "/p/a#b.jpg", "/p/film.mp4"}) || !req.Resume {
		t.Errorf("without a job: %+v", req)
	}
	p.SetJobs([]engine.Job{job(1, 3, time.Second, engine.JobDone)})
	if req, _ := p.RetryRequest(); !cmp.Equal(req.Sources, []string{"/p"}) || req.Collection != "a" || !req.Resume {
		t.Errorf("with a job: %+v", req)
	}
}

func TestForm(t *testing.T) {
	full := func() *library.Form {
		f := library.NewForm([]string{"/p"}, []string{"a"}, "")
		f.New, f.Name, f.Purpose = true, "b", "find photos of our members"
		f.SetBasis("legitimate-interests")
		f.Condition = "made-public-by-the-person"
		return f
	}
	tests := []struct {
		name   string
		change func(*library.Form)
		want   string // the error's message; "" for none
	}{
		{"a described collection passes", func(*library.Form) {}, ""},
		{"an existing collection needs nothing more", func(f *library.Form) { f.New, f.Name, f.Purpose = false, "a", "" }, ""},
		{"a purpose is asked for", func(f *library.Form) { f.Purpose = " " }, "a collection needs a purpose"},
		{"a legal basis is asked for", func(f *library.Form) { f.Basis = "" }, "a collection needs a legal basis (GDPR article 6)"},
		{"a condition is asked for", func(f *library.Form) { f.Condition = "" }, "a collection needs a condition for biometric data (GDPR article 9, paragraph 2)"},
		{"a scope is asked for", func(f *library.Form) { f.Scope = " " }, "a collection needs a source scope"},
		{"hosts are a scope", func(f *library.Form) { f.Scope = "press.example, archive.example" }, ""},
		{"the whole web is refused", func(f *library.Form) { f.Scope = "the whole web" }, "a source scope of anywhere is refused: building face databases by untargeted scraping is prohibited (AI Act, article 5(1)(e))"},
		{"a retention is asked for", func(f *library.Form) { f.Days = "" }, "a collection needs a retention between one day and ten years"},
		{"a retention that is no number is refused", func(f *library.Form) { f.Days = "soon" }, "a collection needs a retention between one day and ten years"},
		{"an endless retention is refused", func(f *library.Form) { f.Days = "99999999999" }, "a collection needs a retention between one day and ten years"},
		{"a name that is taken is refused", func(f *library.Form) { f.Name = "a" }, "a collection of this name exists already"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := full()
			tt.change(f)
			if got := engine.MessageOf(f.Check()); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestABasisBringsTheConditionThatItImplies(t *testing.T) {
	f := library.NewForm(nil, nil, "")
	f.SetBasis("consent")
	if f.Condition != "explicit-consent" {
		t.Errorf("condition %q", f.Condition)
	}
	f.SetBasis("public-task")
	if f.Condition != "" {
		t.Errorf("explicit consent stays without consent: %q", f.Condition)
	}
	if f.SetBasis("vital-interests"); f.Condition != "vital-interests" {
		t.Errorf("condition %q", f.Condition)
	}
	if f.SetBasis("consent"); f.Condition != "explicit-consent" {
		t.Errorf("condition %q", f.Condition)
	}
	f.Condition = "legal-claims"
	f.SetBasis("contract")
	if f.Condition != "legal-claims" {
		t.Error("a condition that the user chose was taken away")
	}
}

func TestFormDefaults(t *testing.T) {
	if f := library.NewForm([]string{"/p"}, []string{"a", "b"}, "b"); f.New || f.Name != "b" {
		t.Errorf("sources go into the marked collection: %+v", f)
	}
	if f := library.NewForm(nil, []string{"a"}, "a"); !f.New {
		t.Error("without sources a new collection is described")
	}
	f := library.NewForm([]string{"/p"}, nil, "")
	if !f.New || f.Days != "180" {
		t.Errorf("the first collection: %+v", f)
	}
	if f.Detector != engine.DetectorFast || f.Smallest != "" {
		t.Errorf("the first look: %+v", f)
	}
	f.Name, f.Detector, f.Smallest = " press ", engine.DetectorThorough, " 30 "
	want := engine.Look{Detector: engine.DetectorThorough, Smallest: engine.FaceSize{Pixels: 30}}
	if req, ok := f.Request(); !ok || req.Collection != "press" || req.Look != want {
		t.Errorf("request %+v", req)
	}
	if _, ok := library.NewForm(nil, nil, "").Request(); ok {
		t.Error("a collect without sources")
	}
}

func TestTheSmallestFaceIsANumberOfPixels(t *testing.T) {
	f := library.NewForm([]string{"/p"}, []string{"a"}, "a")
	for text, wrong := range map[string]bool{"": false, "  ": false, "30": false, " 45 ": false, "0": true, "-3": true, "1.5": true, "small": true, "10001": true} {
		f.Smallest = text
		if err := f.Check(); (err != nil) != wrong || (wrong && engine.CodeOf(err) != engine.CodeInvalid) {
			t.Errorf("%q: %v", text, err)
		}
	}
}
