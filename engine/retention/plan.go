package retention

import (
	"cmp"
	"slices"
	"time"

	"gabarit/engine"
)

// Item is something that goes.
type Item struct {
	Photo      engine.PhotoID // "" for a request
	Request    string         // ID of the document of a subject request; "" for a photo
	Collection engine.CollectionID
	Why        Reason
	At         time.Time // since when it should be gone
}

// Group counts items of one collection and reason. Collection is "" for requests.
type Group struct {
	Collection engine.CollectionID
	Why        Reason
	N          int
	First      time.Time // the earliest date
}

// Plan is what has to go, computed before anything is done.
type Plan struct {
	At       time.Time
	Items    []Item  // by collection, reason and date
	Kept     []Item  // whose time is over, but which a person had restricted: they stay until that is lifted
	Soon     []Group // what goes within SoonIs, if nothing changes
	Records  int     // photos looked at
	Requests int     // files of subject requests looked at
}

// Empty reports whether nothing goes.
func (p Plan) Empty() bool { return len(p.Items) == 0 }

// Groups counts the items by collection and reason, in their order.
func (p Plan) Groups() []Group { return groups(p.Items) }

func groups(items []Item) (all []Group) {
	for _, it := range items {
		if n := len(all) - 1; n >= 0 && all[n].Collection == it.Collection && all[n].Why == it.Why {
			all[n].N++
			continue
		}
		all = append(all, Group{it.Collection, it.Why, 1, it.At})
	}
	return all
}

// Photos lists those that go for a reason.
func (p Plan) Photos(why Reason) (photos []engine.PhotoID) {
	for _, it := range p.Items {
		if it.Why == why && it.Photo != "" {
			photos = append(photos, it.Photo)
		}
	}
	return photos
}

// RequestFiles lists the documents of subject requests that go.
func (p Plan) RequestFiles() (ids []string) {
	for _, it := range p.Items {
		if it.Request != "" {
			ids = append(ids, it.Request)
		}
	}
	return ids
}

// Planner makes a plan of what it is shown. For one goroutine.
type Planner struct {
	retain map[engine.CollectionID]time.Duration
	plan   Plan
	soon   []Item
}

// NewPlanner begins a plan for a moment and the collections there are.
func NewPlanner(now time.Time, collections []engine.CollectionInfo) *Planner {
	p := &Planner{retain: map[engine.CollectionID]time.Duration{}, plan: Plan{At: now}}
	for _, c := range collections {
		p.retain[c.ID] = c.Retain
	}
	return p
}

// Add takes a photo.
func (p *Planner) Add(r Record) {
	p.plan.Records++
	end := EndOf(r, p.retain[r.Collection])
	p.take(Item{Photo: r.Photo, Collection: r.Collection, Why: end.Why, At: end.At}, r.Restricted)
}

// AddRequest takes the file of a subject request; closed is zero while it is open.
func (p *Planner) AddRequest(id string, closed time.Time) {
	p.plan.Requests++
	if !closed.IsZero() {
		p.take(Item{Request: id, Why: Closed, At: closed.AddDate(RequestYears, 0, 0)}, false)
	}
}

func (p *Planner) take(it Item, restricted bool) {
	switch {
	case it.At.After(p.plan.At.Add(SoonIs)):
	case restricted:
		if !it.At.After(p.plan.At) {
			p.plan.Kept = append(p.plan.Kept, it)
		}
	case it.At.After(p.plan.At):
		p.soon = append(p.soon, it)
	default:
		p.plan.Items = append(p.plan.Items, it)
	}
}

// Plan gives the plan of all that was added.
func (p *Planner) Plan() Plan {
	for _, items := range [][]Item{p.plan.Items, p.plan.Kept, p.soon} {
		slices.SortFunc(items, func(a, b Item) int {
			return cmp.Or(cmp.Compare(a.Collection, b.Collection), cmp.Compare(place(a.Why), place(b.Why)), a.At.Compare(b.At),
				cmp.Compare(a.Photo, b.Photo), cmp.Compare(a.Request, b.Request))
		})
	}
	p.plan.Soon = groups(p.soon)
	return p.plan
}

func place(r Reason) int { return slices.Index(Reasons(), r) }
