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
	p.SelectName("new")
	p.SetCollections([]engine.CollectionInfo{info("1", "a"), info("3", "new")})
	if c, _ := p.Selected(); c.Name != "new" {
		t.Errorf("selected %q after a new one was made", c.Name)
	}
	p.Select("1")
	p.SetCollections([]engine.CollectionInfo{info("1", "a"), info("3", "new")})
	if c, _ := p.Selected(); c.Name != "a" {
		t.Errorf("selected %q against the user's choice", c.Name)
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
	if n := p.Unread(); n[library.Failed] != 7 || n[library.Partial] != 1 || n[library.Refused] != 0 {
		t.Errorf("counts %v", n)
	}
	if req, _ := p.RetryRequest(); !cmp.Equal(req.Sources, []string{"/p/x.jpg", "/p/m.csv", "/p/c.warc.gz", "/p/q.html", "/p/a#b.jpg", "/p/film.mp4"}) || !req.Resume {
		t.Errorf("without a job: %+v", req)
	}
	p.SetJobs([]engine.Job{job(1, 3, time.Second, engine.JobDone)})
	if req, _ := p.RetryRequest(); !cmp.Equal(req.Sources, []string{"/p"}) || req.Collection != "a" || !req.Resume {
		t.Errorf("with a job: %+v", req)
	}
}

func TestPagesOfASiteAreRetriedByTheirAddress(t *testing.T) {
	p := library.NewPresenter()
	p.SetCollections([]engine.CollectionInfo{info("1", "a")})
	p.SetFailures("1", []engine.FailedItem{{Item: "https://x.org/a.jpg on https://x.org/p.html", Code: engine.CodeUnavailable}, {Item: "https://x.org/#pages", Code: engine.CodeLimit}})
	if req, ok := p.RetryRequest(); !ok || !cmp.Equal(req.Sources, []string{"https://x.org/p.html", "https://x.org/"}) || req.Web.Contact != "" {
		t.Errorf("%+v", req)
	}
	p.SetUnfinished([]engine.CollectRequest{{Web: engine.WebOptions{Contact: "me@x.org"}}})
	if req, _ := p.RetryRequest(); req.Web.Contact != "me@x.org" {
		t.Errorf("%+v", req)
	}
}

func TestFailedRefusedAndPartialItemsAreListedApart(t *testing.T) {
	p := library.NewPresenter()
	p.SetCollections([]engine.CollectionInfo{info("1", "a")})
	refused := engine.FailedItem{Item: "https://x.org/private", Code: engine.CodeRefused, Reason: "the site's robots.txt does not allow it"}
	p.SetFailures("1", []engine.FailedItem{refused, {Item: "/p/x.gif", Partial: true}})
	if got := p.Failures(); p.Shown() != library.Refused || len(got) != 1 || got[0].Item != refused.Item {
		t.Errorf("without failed items: %+v", got)
	}
	if _, ok := p.RetryRequest(); ok {
		t.Error("a retry of what a rule forbids")
	}
	p.SetFailures("1", []engine.FailedItem{refused, {Item: "/p/x.gif", Partial: true}, {Item: "/p/y.jpg", Code: engine.CodeCorrupt}})
	for kind, want := range map[library.FailureKind]string{library.Failed: "/p/y.jpg", library.Refused: refused.Item, library.Partial: "/p/x.gif"} {
		p.Show(kind)
		if got := p.Failures(); len(got) != 1 || got[0].Item != want {
			t.Errorf("kind %d: %+v", kind, got)
		}
	}
	if req, ok := p.RetryRequest(); !ok || len(req.Sources) != 1 || req.Sources[0] != "/p/y.jpg" {
		t.Errorf("retry of %v", req.Sources)
	}
}

func TestTheContactIsRemembered(t *testing.T) {
	p := library.NewPresenter()
	if p.Contact() != "" {
		t.Errorf("%q", p.Contact())
	}
	p.SetUnfinished([]engine.CollectRequest{{Web: engine.WebOptions{Contact: "old@x.org"}}})
	if p.Contact() != "old@x.org" {
		t.Errorf("%q", p.Contact())
	}
	j := job(1, 2, 0, engine.JobRunning)
	j.Request.Web.Contact = "new@x.org"
	if p.SetJobs([]engine.Job{j}); p.Contact() != "new@x.org" {
		t.Errorf("%q", p.Contact())
	}
}
