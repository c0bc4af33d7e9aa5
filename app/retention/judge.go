package retention

import (
	"slices"
	"time"

	"gabarit/engine/source/web"
)

// version is that of the JSON of documents of kind engine.DocumentCheck and engine.DocumentUpkeep.
const version = 1

// checked is what is known of a photo's sources: a document of kind engine.DocumentCheck.
type checked struct {
	Version int         `json:"version"`
	At      time.Time   `json:"at"` // when they were last asked, whatever came of it
	Finding web.Finding `json:"finding"`
	Reason  string      `json:"reason,omitempty"` // message of the finding, a translation key
	Asked   []asked     `json:"asked"`
	// Days lists the days (UTC) on which they were asked without an answer since the last one; at most tries are kept. Silent is the first.
	Days   []string  `json:"days,omitempty"`
	Silent time.Time `json:"silent,omitzero"`
}

// asked is the last answer of one address.
type asked struct {
	URL     string      `json:"url"`
	Page    bool        `json:"page,omitempty"`
	Finding web.Finding `json:"finding"`
	Status  int         `json:"status,omitempty"`
	Version string      `json:"version,omitempty"` // see web.Check.Version
	Reason  string      `json:"reason,omitempty"`
}

// tries is on how many days a source is asked in vain before it is said to be out of reach. It is not erased for that.
const tries = 3

// unreachable tells that the sources were asked in vain on so many days.
func (c checked) unreachable() bool { return len(c.Days) >= tries }

// versionOf gives what is known of an image's address, to ask whether it changed.
func (c checked) versionOf(url string) string {
	i := slices.IndexFunc(c.Asked, func(a asked) bool { return a.URL == url && !a.Page })
	if i < 0 {
		return ""
	}
	return c.Asked[i].Version
}

// find is what was found of one place that showed a photo; nil: it has no such address.
type find struct{ image, page *asked }

// refused tells of an answer by which a publisher takes back what the photo was collected under: that counts even if another address still shows it.
func refused(f web.Finding) bool { return f == web.Closed || f == web.NoIndex || f == web.Disallowed }

// judge makes one finding of those of all places. A photo is there as long as one place shows it and none refuses it; of a place the image's address
// decides, its page only where there is no other, unless it refuses. Where all that is known is that some are gone and others did not answer, nothing
// is known.
func judge(finds []find) asked {
	var same, silent, gone *asked
	for _, f := range finds {
		for _, a := range []*asked{f.image, f.page} {
			if a != nil && refused(a.Finding) {
				return *a
			}
		}
		a := f.image
		if a == nil {
			a = f.page
		}
		switch {
		case a == nil:
		case a.Finding == web.Same:
			same = a
		case a.Finding == web.Unreachable:
			silent = a
		case gone == nil || a.Finding == web.Changed:
			gone = a
		}
	}
	for _, a := range []*asked{same, silent, gone} {
		if a != nil {
			return *a
		}
	}
	return asked{Finding: web.Unreachable}
}

// withdraws tells whether a finding hides a photo. robots.txt does so only for photos that were collected from the site under its rules: of others it
// says no more than that nobody may look.
func withdraws(f web.Finding, site bool) bool {
	switch f {
	case web.Gone, web.Closed, web.NoIndex, web.Changed:
		return true
	case web.Disallowed:
		return site
	}
	return false
}

// answered tells whether a finding says anything about the source.
func answered(f web.Finding) bool { return f != web.Unreachable }

// after brings what is known up to date with new answers.
func (c checked) after(at time.Time, answers []asked, verdict asked) checked {
	n := checked{Version: version, At: at, Finding: verdict.Finding, Reason: verdict.Reason, Asked: answers}
	if answered(verdict.Finding) {
		return n
	}
	n.Days, n.Silent = slices.Clone(c.Days), c.Silent
	if today := at.UTC().Format(time.DateOnly); !slices.Contains(n.Days, today) && len(n.Days) < tries {
		if n.Days = append(n.Days, today); len(n.Days) == 1 {
			n.Silent = at
		}
	}
	return n
}
