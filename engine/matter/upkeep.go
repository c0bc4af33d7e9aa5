package matter

import (
	"time"

	"gabarit/engine"
)

// SourceCounts counts what checks found of the photos they asked about, by the words of web.Finding.
type SourceCounts struct {
	Checked     int `json:"checked"`
	Same        int `json:"same"`
	Gone        int `json:"gone"`
	Closed      int `json:"closed"`
	NoIndex     int `json:"noindex"`
	Disallowed  int `json:"disallowed"`
	Changed     int `json:"changed"`
	Unreachable int `json:"unreachable"`
	Hidden      int `json:"hidden"` // kept out of searches since
	Shown       int `json:"shown"`  // found again since, as their source is back
}

// Add counts o, too.
func (c *SourceCounts) Add(o SourceCounts) {
	c.Checked += o.Checked
	c.Same += o.Same
	c.Gone += o.Gone
	c.Closed += o.Closed
	c.NoIndex += o.NoIndex
	c.Disallowed += o.Disallowed
	c.Changed += o.Changed
	c.Unreachable += o.Unreachable
	c.Hidden += o.Hidden
	c.Shown += o.Shown
}

// Counts gives them by name, for the log.
func (c SourceCounts) Counts() map[string]int {
	return map[string]int{"checked": c.Checked, "same": c.Same, "gone": c.Gone, "closed": c.Closed, "noindex": c.NoIndex, "disallowed": c.Disallowed,
		"changed": c.Changed, "unreachable": c.Unreachable, "hidden": c.Hidden, "shown": c.Shown}
}

// Upkeep is what retention and checks of sources last did for a collection. Zero times: nothing so far.
type Upkeep struct {
	Collection engine.CollectionID `json:"-"`
	CheckedAt  time.Time           `json:"checked_at,omitzero"` // when sources were last asked
	Sources    SourceCounts        `json:"sources"`             // of that round
	RetainedAt time.Time           `json:"retained_at,omitzero"`
	ErasedAt   time.Time           `json:"erased_at,omitzero"` // when something last went
	Erased     map[string]int      `json:"erased,omitempty"`   // how many photos then, by reason
}

// Ends counts photos that go, or went, for a reason: "expired", "unchecked", "withdrawn".
type Ends struct {
	Why   string
	N     int
	First time.Time // the earliest date
}

// Trouble is a photo with which something is not as it was collected.
type Trouble struct {
	Photo   engine.PhotoID
	Why     HoldReason // "" while it is not hidden
	Finding string     // of the last check; "" where a person's request hides it
	Reason  string     // the check's message, a translation key
	Since   time.Time  // hidden since, or not reached since
	Goes    time.Time  // when it is erased unless its source is back; zero: not for that
	Source  engine.Provenance
}

// UpkeepView is all there is to tell of a collection.
type UpkeepView struct {
	Upkeep
	Photos      int
	Addressed   int // that have an address which can be asked
	Due         int // to be asked now
	Unreachable int // not reached on three days or more
	Now, Soon   []Ends
	Troubles    []Trouble // what is hidden, and what can't be reached; oldest first
	Refused     int       // times that something erased or expired was refused when it was collected again, in the whole vault
	Contact     string    // that checks are made under; "" none is known, and none are made
}
