package rules

import (
	"encoding/json"
	"errors"
	"net/textproto"
	"strings"
	"time"

	"gabarit/engine"
)

// Directives are what a page or image says of what may be done with it. The zero value says nothing.
type Directives struct {
	NoIndex  bool   `json:"no_index,omitempty"`  // noindex, none, or unavailable_after a time that is past
	NoImages bool   `json:"no_images,omitempty"` // noimageindex, noimageai: of a page, its images
	NoAI     bool   `json:"no_ai,omitempty"`     // noai
	NoFollow bool   `json:"no_follow,omitempty"` // nofollow, none
	Reserved bool   `json:"reserved,omitempty"`  // TDM-Reservation: 1
	Policy   string `json:"policy,omitempty"`    // tdm-policy: where to ask for it
}

// Add takes another statement into account: what is forbidden once stays forbidden.
func (d *Directives) Add(o Directives) {
	d.NoIndex, d.NoImages, d.NoAI = d.NoIndex || o.NoIndex, d.NoImages || o.NoImages, d.NoAI || o.NoAI
	d.NoFollow, d.Reserved = d.NoFollow || o.NoFollow, d.Reserved || o.Reserved
	if d.Policy == "" {
		d.Policy = o.Policy
	}
}

// Page is the error of a page of which nothing may be kept, nil if it may.
func (d Directives) Page() error {
	const op = "web.Page"
	switch {
	case d.Reserved:
		return rightsReserved(op, d.Policy)
	case d.NoIndex:
		return engine.E(engine.CodeRefused, op, "the page asks not to be indexed (noindex)", nil)
	case d.NoAI:
		return engine.E(engine.CodeRefused, op, "the page asks not to be used by AI (noai)", nil)
	}
	return nil
}

// Images is the error of a page whose images may not be kept.
func (d Directives) Images() error {
	if d.NoImages {
		return engine.E(engine.CodeRefused, "web.Page", "the page asks that its images be left alone (noimageindex or noimageai)", nil)
	}
	return nil
}

// Image is the error of an image that may not be kept.
func (d Directives) Image() error {
	const op = "web.Image"
	switch {
	case d.Reserved:
		return rightsReserved(op, d.Policy)
	case d.NoIndex, d.NoImages:
		return engine.E(engine.CodeRefused, op, "the image's site asks that it not be indexed (noindex or noimageindex)", nil)
	case d.NoAI:
		return engine.E(engine.CodeRefused, op, "the image's site asks that it not be used by AI (noai or noimageai)", nil)
	}
	return nil
}

func rightsReserved(op, policy string) error {
	return engine.E(engine.CodeRefused, op, "the site reserves its rights on text and data mining (TDM reservation)", Cause(policy))
}

// HeaderDirectives reads X-Robots-Tag and the TDM fields of an answer.
func HeaderDirectives(h textproto.MIMEHeader, now time.Time) Directives {
	var d Directives
	for _, v := range h.Values("X-Robots-Tag") {
		d.Add(parseRobotsTag(v, now))
	}
	for _, v := range h.Values("TDM-Reservation") {
		d.Reserved = d.Reserved || IsReserved(v)
	}
	d.Policy = Clip(h.Get("TDM-Policy"), MaxURL)
	return d
}

// parseRobotsTag reads one X-Robots-Tag: names after commas, for everybody, or, after "agent:", for that one only up to the next such name.
// Names with a value ("max-snippet: 50") are passed over.
func parseRobotsTag(value string, now time.Time) Directives {
	var d Directives
	mine := true
	for rest := value; rest != ""; {
		part, after, _ := strings.Cut(rest, ",")
		name, _, colon := strings.Cut(part, ":")
		name = strings.ToLower(strings.TrimSpace(name))
		argument := rest[strings.IndexByte(rest, ':')+1:] // of a name with a colon: all that follows, as dates hold commas
		switch {
		case colon && name == "unavailable_after":
			d.NoIndex = d.NoIndex || mine && isPast(argument, now)
		case colon && (isValued(name) || strings.ContainsAny(name, " \t")): // the rest of a date
		case colon:
			mine = name == "*" || name == "robots" || isAgent(name, Product)
			rest = argument
			continue
		case mine:
			d.Add(directive(name))
		}
		rest = after
	}
	return d
}

// isValued tells the names that have a value, and so are no user agents.
func isValued(name string) bool {
	return name == "max-snippet" || name == "max-image-preview" || name == "max-video-preview"
}

// MetaDirectives reads the content of <meta name="robots">.
func MetaDirectives(content string, now time.Time) Directives {
	return parseRobotsTag("robots: "+content, now)
}

// directive is what one name says.
func directive(name string) Directives {
	switch name {
	case "noindex":
		return Directives{NoIndex: true}
	case "none":
		return Directives{NoIndex: true, NoFollow: true}
	case "nofollow":
		return Directives{NoFollow: true}
	case "noimageindex", "noimageai":
		return Directives{NoImages: true}
	case "noai":
		return Directives{NoAI: true}
	}
	return Directives{}
}

// isPast tells a date that is over; one that can't be read counts as over, as somebody meant to take the page away.
func isPast(s string, now time.Time) bool {
	s = strings.ToUpper(s) // zones are; names of months are found in any case
	for n := len(s); n > 0; n = strings.LastIndexByte(s[:n], ',') {
		for _, form := range []string{time.RFC3339, "2006-01-02", time.RFC850, time.RFC1123, time.RFC1123Z, "02-Jan-2006 15:04:05 MST", "2 Jan 2006 15:04:05 MST"} {
			if t, err := time.Parse(form, strings.TrimSpace(s[:n])); err == nil {
				return t.Before(now)
			}
		}
	}
	return true
}

// IsReserved reads a value of tdm-reservation: 1, and 2 of its first drafts. Other values say nothing (TDMRep, 3).
func IsReserved(v string) bool {
	v = strings.TrimSpace(v)
	return v == "1" || v == "2"
}

// MaxTDM is how much of a tdmrep.json is read.
const MaxTDM = 500 << 10

// TDM is the rules of a tdmrep.json, in its order.
type TDM []tdmRule

type tdmRule struct {
	pattern  pattern
	reserved bool
	policy   string
}

// ParseTDM reads a tdmrep.json: an array of rules, or one. What is no JSON although somebody seems to have meant it, and a rule without a proper
// location, reserves everything; a page of HTML, which many servers give for what is not there, is no such file.
func ParseTDM(data []byte) TDM {
	all := TDM{{pattern: newPattern("/"), reserved: true}}
	text := strings.TrimSpace(strings.TrimPrefix(string(data), "\xef\xbb\xbf"))
	if text == "" || text[0] == '<' {
		return nil
	}
	if len(data) > MaxTDM {
		return all
	}
	var list []map[string]any
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		var one map[string]any
		if json.Unmarshal([]byte(text), &one) != nil {
			return all
		}
		list = []map[string]any{one}
	}
	var out TDM
	for _, m := range list {
		location, ok := m["location"].(string)
		reservation := m["tdm-reservation"]
		yes := reservation == float64(1) || reservation == float64(2) || reservation == true
		if s, isText := reservation.(string); isText {
			yes = IsReserved(s)
		}
		if !ok || location == "" {
			location = "/"
		}
		policy, _ := m["tdm-policy"].(string)
		out = append(out, tdmRule{newPattern(location), yes, Clip(policy, MaxURL)})
	}
	return out
}

// Allows gives nil, or the error of a path that is reserved. The first rule that matches decides.
func (t TDM) Allows(path string) error {
	path = normalPath(path)
	for _, r := range t {
		if r.pattern.matches(path) {
			if r.reserved {
				return rightsReserved(OpTDM, r.policy)
			}
			return nil
		}
	}
	return nil
}

// The operations of errors that are the site's own rules, so that they can be told from others.
const (
	OpRobots = "web.Robots"
	OpTDM    = "web.TDM"
)

// Cause is a text as an error's cause; nil for "".
func Cause(s string) error {
	if s == "" {
		return nil
	}
	return errors.New(s)
}

// Clip bounds a text from outside, in bytes.
func Clip(s string, most int) string {
	if len(s) > most {
		s = s[:most]
	}
	return strings.ToValidUTF8(s, "")
}
