package retention_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"gabarit/app/hidden"
	"gabarit/app/opened"
	"gabarit/app/retention"
	"gabarit/engine"
	"gabarit/engine/enginetest"
	"gabarit/engine/matter"
	"gabarit/engine/source/web"
)

const day = 24 * time.Hour

func TestJudge(t *testing.T) {
	type places = [][2]retention.Answer
	for name, tt := range map[string]struct {
		places places
		want   retention.Answer
	}{
		"the image is there":                           {places{{web.Same, ""}}, web.Same},
		"the image is gone":                            {places{{web.Gone, ""}}, web.Gone},
		"gone here, still there elsewhere":             {places{{web.Gone, ""}, {web.Same, ""}}, web.Same},
		"gone here, no answer elsewhere":               {places{{web.Gone, ""}, {web.Unreachable, ""}}, web.Unreachable},
		"gone here, another image elsewhere":           {places{{web.Gone, ""}, {web.Changed, ""}}, web.Changed},
		"still there, but closed elsewhere":            {places{{web.Same, ""}, {web.Closed, ""}}, web.Closed},
		"the page asks not to be indexed":              {places{{web.Same, web.NoIndex}}, web.NoIndex},
		"the page is gone, the image is there":         {places{{web.Same, web.Gone}}, web.Same},
		"only the page has an address, and it is gone": {places{{"", web.Gone}}, web.Gone},
		"no address at all":                            {places{{"", ""}}, web.Unreachable},
	} {
		if got := retention.Judge(tt.places...); got != tt.want {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
	}
}

func TestWhatHides(t *testing.T) {
	for f, want := range map[retention.Answer][2]bool{ // local, site
		web.Same: {}, web.Unreachable: {}, web.Gone: {true, true}, web.Closed: {true, true}, web.NoIndex: {true, true}, web.Changed: {true, true}, web.Disallowed: {false, true},
	} {
		if got := [2]bool{retention.Withdraws(f, false), retention.Withdraws(f, true)}; got != want {
			t.Errorf("%s: %v", f, got)
		}
	}
}

func TestASourceIsOutOfReachAfterThreeDays(t *testing.T) {
	at := time.Date(2026, 1, 1, 1, 0, 0, 0, time.UTC)
	u, s := web.Unreachable, web.Same
	if got := retention.Silence(at, time.Hour, u, u, u, u); slices.Contains(got, true) {
		t.Errorf("tries on one day: %v", got)
	}
	if got := retention.Silence(at, day, u, u, u, u); !slices.Equal(got, []bool{false, false, true, true}) {
		t.Errorf("tries on different days: %v", got)
	}
	if got := retention.Silence(at, day, u, u, s, u, u, u); !slices.Equal(got, []bool{false, false, false, false, false, true}) {
		t.Errorf("an answer in between: %v", got)
	}
}

// world is a door to a store in memory, and the parts of a Keeper.
type world struct {
	t      *testing.T
	store  *enginetest.Store
	set    *hidden.Set
	mu     sync.Mutex
	now    time.Time
	locked bool
	erase  error
	erased []engine.ErasurePlan
	warned chan error
}

func (w *world) Enter(ctx context.Context, op string) (opened.Vault, context.Context, func(), error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.locked {
		return opened.Vault{}, nil, nil, engine.E(engine.CodeBadKey, op, "the vault is not open", nil)
	}
	return opened.Vault{Store: w.store, Hidden: w.set}, ctx, func() {}, nil
}
func (w *world) Tell(...engine.Event) {}
func (w *world) Now() time.Time       { w.mu.Lock(); defer w.mu.Unlock(); return w.now }
func (w *world) at(fn func())         { w.mu.Lock(); defer w.mu.Unlock(); fn() }

func newWorld(t *testing.T) (*world, *retention.Keeper) {
	w := &world{t: t, store: enginetest.NewStore(), now: time.Date(2026, 3, 5, 0, 0, 0, 0, time.UTC), warned: make(chan error, 10)}
	var err error
	w.set, err = hidden.Open(t.Context(), w.store)
	if err != nil {
		t.Fatal(err)
	}
	c, err := w.store.AddCollection(t.Context(), enginetest.ValidCollection("c"))
	if err != nil {
		t.Fatal(err)
	}
	if err := w.store.Commit(t.Context(), c.ID, []engine.Ingest{enginetest.NewIngest(w.store, c.ID, "run", "/a", "a", 1)}); err != nil {
		t.Fatal(err)
	}
	return w, retention.New(retention.Parts{Door: w, Quiet: w.Enter,
		Plan: func(_ context.Context, req engine.ErasureRequest) (engine.ErasurePlan, error) {
			return engine.ErasurePlan{Request: req}, nil
		},
		Erase: func(_ context.Context, p engine.ErasurePlan, _ func(engine.ErasureStep)) (engine.ErasureReport, error) {
			w.mu.Lock()
			defer w.mu.Unlock()
			if w.erase != nil {
				return engine.ErasureReport{}, w.erase
			}
			w.erased = append(w.erased, p)
			return engine.ErasureReport{ID: "E", Counts: engine.ErasureCounts{Photos: len(p.Request.Photos)}}, nil
		},
		Warn: func(err error) { w.warned <- err }})
}

func TestADailyRunThatFailsIsToldAndTriedAgain(t *testing.T) {
	w, k := newWorld(t)
	failure := engine.E(engine.CodeUnavailable, "test", "the disk is full", nil)
	w.at(func() { w.now, w.erase = w.now.AddDate(2, 0, 0), failure })
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { k.KeepDaily(ctx) })
	defer running.Wait()
	defer stop()
	if err := <-w.warned; !errors.Is(err, failure) || engine.MessageOf(err) != "what has to be erased today could not be" {
		t.Errorf("told: %v", err)
	}
	w.at(func() { w.now = w.now.Add(30 * time.Minute) }) // too early
	for range 3 {
		k.WakeDaily()
	}
	w.at(func() { w.now = w.now.Add(31 * time.Minute) })
	k.WakeDaily()
	<-w.warned
	if n := len(w.warned); n != 0 {
		t.Errorf("told %d times more", n)
	}
}

func TestAClockFarAheadErasesNothingByItself(t *testing.T) {
	w, k := newWorld(t)
	if _, err := k.Retain(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	w.at(func() { w.now = w.now.AddDate(10, 0, 0) })
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { k.KeepDaily(ctx) })
	if err := <-w.warned; len(w.erased) != 0 {
		t.Errorf("erased after %v", err)
	}
	if done, err := k.Retain(t.Context(), nil); err != nil || done.Gone["expired"] != 1 {
		t.Errorf("by hand: %+v, %v", done, err)
	}
	w.at(func() { w.now = w.now.Add(25 * time.Hour) })
	for n := 1; n < 2; {
		k.WakeDaily()
		w.at(func() { n = len(w.erased) })
	}
	stop()
	running.Wait()
}

func TestADailyRunWaitsWhileACollectionIsReadAndWhileTheVaultIsLocked(t *testing.T) {
	w, k := newWorld(t)
	w.at(func() {
		w.now, w.erase = w.now.AddDate(2, 0, 0), engine.E(engine.CodeConflict, "test", "a collection is being read", nil)
	})
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { k.KeepDaily(ctx) })
	for range 5 {
		k.WakeDaily()
	}
	w.at(func() { w.locked, w.erase = true, nil })
	for range 5 {
		k.WakeDaily()
	}
	stop()
	running.Wait() // it ends when it is told to
	if len(w.warned) != 0 || len(w.erased) != 0 {
		t.Errorf("%d warnings, %d erasures", len(w.warned), len(w.erased))
	}
}

func TestClosedRequestFilesGoAfterThreeYears(t *testing.T) {
	w, k := newWorld(t)
	var old, open string
	err := w.store.ChangeDocuments(t.Context(), func(x engine.DocumentTx) error {
		old, open = x.NewID(), x.NewID()
		return errors.Join(x.Put(engine.DocumentRequest, old, []byte(`{"version":1,"ref":"2026-REQ-0001","closed_at":"2026-03-04T00:00:00Z"}`)),
			x.Put(engine.DocumentRequest, open, []byte(`{"version":1,"ref":"2026-REQ-0002"}`)), x.Log(engine.AuditEntry{Action: engine.ActionViewed}))
	})
	if err != nil {
		t.Fatal(err)
	}
	w.at(func() { w.now = time.Date(2029, 3, 3, 0, 0, 0, 0, time.UTC) })
	if _, err := k.Retain(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if _, err := w.store.Document(t.Context(), engine.DocumentRequest, old); err != nil {
		t.Errorf("a day too early: %v", err)
	}
	w.at(func() { w.now = time.Date(2029, 3, 4, 0, 0, 0, 0, time.UTC) })
	done, err := k.Retain(t.Context(), nil)
	if err != nil || done.Gone["closed"] != 1 {
		t.Errorf("%+v, %v", done, err)
	}
	if _, err := w.store.Document(t.Context(), engine.DocumentRequest, old); engine.CodeOf(err) != engine.CodeNotFound {
		t.Errorf("the closed one: %v", err)
	}
	if _, err := w.store.Document(t.Context(), engine.DocumentRequest, open); err != nil {
		t.Errorf("the open one: %v", err)
	}
}

func TestCountsAreNamedLikeFindings(t *testing.T) {
	n := matter.SourceCounts{Checked: 1, Same: 2, Gone: 3, Closed: 4, NoIndex: 5, Disallowed: 6, Changed: 7, Unreachable: 8, Hidden: 9, Shown: 10}
	n.Add(n)
	got := n.Counts()
	for f, want := range map[web.Finding]int{web.Same: 4, web.Gone: 6, web.Closed: 8, web.NoIndex: 10, web.Disallowed: 12, web.Changed: 14, web.Unreachable: 16} {
		if got[string(f)] != want {
			t.Errorf("%s: %d", f, got[string(f)])
		}
	}
	if got["checked"] != 2 || got["hidden"] != 18 || got["shown"] != 20 || len(got) != 10 {
		t.Errorf("%v", got)
	}
}
