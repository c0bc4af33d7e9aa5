package retention

import (
	"net/url"
	"strings"
	"time"

	"gabarit/engine"
)

// The periods of the policy.
const (
	CheckEvery    = 30 * 24 * time.Hour // a source is asked again
	RecheckHidden = 7 * 24 * time.Hour  // one that was found gone is asked again, as that may pass
	// HiddenFor is how long something stays that a check of its source has hidden: a day less than the policy's thirty, as it is looked
	// for once a day.
	HiddenFor       = 29 * 24 * time.Hour
	UncheckedMonths = 6
	RequestYears    = 3                   // that the file of a subject request is kept after it was closed
	SoonIs          = 14 * 24 * time.Hour // what goes within this time is announced
)

// Reason says in one word why something goes.
type Reason string

// The reasons.
const (
	Expired   Reason = "expired"   // kept as long as its collection says
	Unchecked Reason = "unchecked" // nobody asked its source for six months
	Withdrawn Reason = "withdrawn" // its source was found gone, closed, changed or withdrawn, and stayed so
	Closed    Reason = "closed"    // the file of a subject request, three years after its end
)

// Reasons lists them in the order they are told.
func Reasons() []Reason { return []Reason{Expired, Unchecked, Withdrawn, Closed} }

// Erase gives the reason that the erasure's entry in the log tells.
func (r Reason) Erase() engine.EraseReason {
	if r == Withdrawn {
		return engine.EraseSource
	}
	return engine.EraseRetention
}

// Suppress tells whether what goes for this reason is refused when it is collected again. Else the next run over the same folder or archive would
// bring it back, and its end date would mean nothing. What nobody checked may be collected again: its source is asked then.
func (r Reason) Suppress() bool { return r == Expired || r == Withdrawn }

// Record is what is known of a photo.
type Record struct {
	Photo       engine.PhotoID
	Collection  engine.CollectionID
	CollectedAt time.Time
	Addressed   bool      // it has an address that can be asked, see Addresses
	Checked     time.Time // when it was asked last, whatever the answer; zero: never
	Hidden      time.Time // since when a check keeps it out of searches; zero: none does
	Restricted  bool      // a person had its processing restricted (art. 18): it is kept until that is lifted
}

// End is when something goes, and why.
type End struct {
	At  time.Time
	Why Reason
}

// EndOf gives the end of a photo in a collection that keeps photos for retain; one that is out of range, which Collection.Validate refuses,
// counts as engine.DefaultRetain. Every record has one, and none is later than its collection allows.
func EndOf(r Record, retain time.Duration) End {
	if retain < engine.MinRetain || retain > engine.MaxRetain {
		retain = engine.DefaultRetain
	}
	end := End{r.CollectedAt.Add(retain), Expired}
	earlier := func(at time.Time, why Reason) {
		if at.Before(end.At) {
			end = End{at, why}
		}
	}
	if r.Addressed {
		last := r.CollectedAt
		if r.Checked.After(last) {
			last = r.Checked
		}
		earlier(last.AddDate(0, UncheckedMonths, 0), Unchecked)
	}
	if !r.Hidden.IsZero() {
		earlier(r.Hidden.Add(HiddenFor), Withdrawn)
	}
	return end
}

// CheckDue tells when the source of a photo is to be asked: CheckEvery after it was asked last, or else collected; sooner while it is hidden.
func CheckDue(r Record) time.Time {
	last, every := r.CollectedAt, CheckEvery
	if r.Checked.After(last) {
		last = r.Checked
	}
	if !r.Hidden.IsZero() {
		every = RecheckHidden
	}
	return last.Add(every)
}

// Addresses gives what can be asked about a find: the image's address and the page's, "" for what is no address on the web.
func Addresses(p engine.Provenance) (image, page string) {
	return onWeb(p.URL), onWeb(p.PageURL)
}

func onWeb(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || !strings.EqualFold(u.Scheme, "http") && !strings.EqualFold(u.Scheme, "https") {
		return ""
	}
	return address
}

// Addressed tells whether anything can be asked about a photo's finds.
func Addressed(p engine.Photo) bool {
	for _, find := range append([]engine.Provenance{p.Source}, p.Also...) {
		if image, page := Addresses(find); image != "" || page != "" {
			return true
		}
	}
	return false
}
