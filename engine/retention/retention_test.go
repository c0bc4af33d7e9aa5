package retention_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"gabarit/engine"
	"gabarit/engine/retention"
)

const day = 24 * time.Hour

func at(days float64) time.Time {
	return time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC).Add(time.Duration(days * float64(day)))
}

func TestEndOf(t *testing.T) {
	for name, tt := range map[string]struct {
		record retention.Record
		retain time.Duration
		want   retention.End
	}{
		"a local photo goes when its collection says": {retention.Record{CollectedAt: at(0)}, 400 * day, retention.End{At: at(400), Why: retention.Expired}},
		"one with an address goes after six months without a check": {retention.Record{CollectedAt: at(0), Addressed: true}, 400 * day,
			retention.End{At: time.Date(2026, 7, 31, 12, 0, 0, 0, time.UTC), Why: retention.Unchecked}},
		"a check gives it six more": {retention.Record{CollectedAt: at(0), Addressed: true, Checked: at(28)}, 400 * day,
			retention.End{At: time.Date(2026, 8, 28, 12, 0, 0, 0, time.UTC), Why: retention.Unchecked}},
		"but not more than the collection": {retention.Record{CollectedAt: at(0), Addressed: true, Checked: at(100)}, 180 * day,
			retention.End{At: at(180), Why: retention.Expired}},
		"what a check hid goes before thirty days are over": {retention.Record{CollectedAt: at(0), Addressed: true, Checked: at(100), Hidden: at(99)}, 400 * day,
			retention.End{At: at(99 + 29), Why: retention.Withdrawn}},
		"or when its collection says, if that is sooner": {retention.Record{CollectedAt: at(0), Addressed: true, Hidden: at(170)}, 180 * day,
			retention.End{At: at(180), Why: retention.Expired}},
		"a retention that can't be counts as the usual one": {retention.Record{CollectedAt: at(0)}, 0, retention.End{At: at(180), Why: retention.Expired}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := retention.EndOf(tt.record, tt.retain); got != tt.want {
				t.Errorf("%v %s, want %v %s", got.At, got.Why, tt.want.At, tt.want.Why)
			}
		})
	}
}

// TestEveryRecordHasAnEnd draws records of every kind: each has an end date not later than its collection's, and a plan made at that moment takes
// it, unless it is restricted, and one made a second before does not.
func TestEveryRecordHasAnEnd(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 7))
	moment := func() time.Time {
		if random.IntN(3) == 0 {
			return time.Time{}
		}
		return at(random.Float64() * 4000)
	}
	for range 20_000 {
		r := retention.Record{Photo: "P", Collection: "C", CollectedAt: moment(), Addressed: random.IntN(2) == 0, Checked: moment(), Hidden: moment(), Restricted: random.IntN(4) == 0}
		retain := time.Duration(random.Int64N(int64(engine.MaxRetain + 100*day)))
		if random.IntN(10) == 0 {
			retain = -retain
		}
		end := retention.EndOf(r, retain)
		if end.At.IsZero() || !slices.Contains(retention.Reasons(), end.Why) {
			t.Fatalf("%+v kept for %v has the end %+v", r, retain, end)
		}
		if latest := r.CollectedAt.Add(max(engine.DefaultRetain, min(retain, engine.MaxRetain))); end.At.After(latest) {
			t.Fatalf("%+v kept for %v ends %v", r, retain, end.At)
		}
		for _, early := range []bool{true, false} {
			now := end.At
			if early {
				now = now.Add(-time.Second)
			}
			p := retention.NewPlanner(now, []engine.CollectionInfo{{Collection: engine.Collection{ID: "C", Retain: retain}}})
			p.Add(r)
			plan := p.Plan()
			want := [3]int{0, 0, 1} // goes, is kept, goes soon
			if r.Restricted {
				want = [3]int{0, 0, 0}
			}
			switch {
			case !early && r.Restricted:
				want = [3]int{0, 1, 0}
			case !early:
				want = [3]int{1, 0, 0}
			}
			if got := [3]int{len(plan.Items), len(plan.Kept), len(plan.Soon)}; got != want || plan.Records != 1 {
				t.Fatalf("%+v kept for %v, early %v: %v, want %v", r, retain, early, got, want)
			}
		}
	}
}

func TestAPlanIsInOrderAndCounted(t *testing.T) {
	collections := []engine.CollectionInfo{{Collection: engine.Collection{ID: "A", Retain: 100 * day}}, {Collection: engine.Collection{ID: "B", Retain: 50 * day}}}
	p := retention.NewPlanner(at(110), collections)
	for _, r := range []retention.Record{
		{Photo: "3", Collection: "B", CollectedAt: at(40)}, // expired on day 90
		{Photo: "1", Collection: "A", CollectedAt: at(5)},  // on day 105
		{Photo: "2", Collection: "A", CollectedAt: at(0)},  // on day 100
		{Photo: "4", Collection: "A", CollectedAt: at(50), Hidden: at(60)},
		{Photo: "5", Collection: "A", CollectedAt: at(20)}, // on day 120
		{Photo: "6", Collection: "A", CollectedAt: at(50)}, // much later
		{Photo: "7", Collection: "A", CollectedAt: at(0), Restricted: true},
	} {
		p.Add(r)
	}
	p.AddRequest("open", time.Time{})
	p.AddRequest("fresh", at(0))
	p.AddRequest("old", at(110).AddDate(-3, 0, -1))
	plan := p.Plan()
	var order []string
	for _, it := range plan.Items {
		order = append(order, string(it.Photo)+it.Request)
	}
	if want := []string{"old", "2", "1", "4", "3"}; !slices.Equal(order, want) {
		t.Errorf("order %v, want %v", order, want)
	}
	want := []retention.Group{{"", retention.Closed, 1, at(109)}, {"A", retention.Expired, 2, at(100)}, {"A", retention.Withdrawn, 1, at(60 + 29)}, {"B", retention.Expired, 1, at(90)}}
	if got := plan.Groups(); !slices.Equal(got, want) {
		t.Errorf("groups %+v", got)
	}
	if got := plan.Soon; !slices.Equal(got, []retention.Group{{"A", retention.Expired, 1, at(120)}}) {
		t.Errorf("soon %+v", got)
	}
	if len(plan.Kept) != 1 || plan.Kept[0].Photo != "7" || plan.Records != 7 || plan.Requests != 3 {
		t.Errorf("plan %+v", plan)
	}
	if got := plan.Photos(retention.Expired); !slices.Equal(got, []engine.PhotoID{"2", "1", "3"}) {
		t.Errorf("expired %v", got)
	}
	if got := plan.RequestFiles(); !slices.Equal(got, []string{"old"}) {
		t.Errorf("files %v", got)
	}
}

func TestWhatCanBeAsked(t *testing.T) {
	for address, want := range map[string]bool{
		"https://a.example.org/1.jpg": true, "HTTP://a.example.org": true, "": false, "file:///a.jpg": false, "data:image/png;base64,aa": false,
		"/a.jpg": false, "https:///a.jpg": false, "ftp://a.example.org/1.jpg": false, "http://[": false,
	} {
		if got := retention.Addressed(engine.Photo{Source: engine.Provenance{URL: address}}); got != want {
			t.Errorf("%q: %v", address, got)
		}
		if got := retention.Addressed(engine.Photo{Also: []engine.Provenance{{PageURL: address}}}); got != want {
			t.Errorf("page %q: %v", address, got)
		}
	}
}

func TestChecksAreDue(t *testing.T) {
	for name, tt := range map[string]struct {
		record retention.Record
		want   time.Time
	}{
		"thirty days after it was collected": {retention.Record{CollectedAt: at(0)}, at(30)},
		"thirty days after the last":         {retention.Record{CollectedAt: at(0), Checked: at(40)}, at(70)},
		"sooner while it is hidden":          {retention.Record{CollectedAt: at(0), Checked: at(40), Hidden: at(40)}, at(47)},
	} {
		if got := retention.CheckDue(tt.record); !got.Equal(tt.want) {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}
