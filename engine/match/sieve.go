package match

import (
	"strings"
	"time"

	"gabarit/engine"
)

// sieve is an engine.Filter made ready for many rows.
type sieve struct {
	collections  map[engine.CollectionID]bool // nil: all
	host         string
	subdomains   string // "." + host
	since, until time.Time
	area         *engine.Area
}

// sieve prepares a filter; nil lets everything through.
func (f *Flat) sieve(filter engine.Filter) *sieve {
	s := &sieve{since: filter.Since, until: filter.Until, area: filter.Area}
	s.host = f.host(filter.Host)
	s.subdomains = "." + s.host
	if len(filter.Collections) > 0 {
		s.collections = make(map[engine.CollectionID]bool, len(filter.Collections))
		for _, c := range filter.Collections {
			s.collections[c] = true
		}
	}
	if s.collections == nil && s.host == "" && s.since.IsZero() && s.until.IsZero() && s.area == nil {
		return nil
	}
	return s
}

// lets reports whether the row passes. A face without a date passes no date filter: it can't be
// said to lie in the asked time.
func (s *sieve) lets(r *row) bool {
	if s.collections != nil && !s.collections[r.collection] {
		return false
	}
	if s.host != "" && !s.letsHost(r.hosts) {
		return false
	}
	if s.area != nil && !r.place.in(s.area) {
		return false
	}
	if s.since.IsZero() && s.until.IsZero() {
		return true
	}
	if r.when.IsZero() {
		return false
	}
	return !r.when.Before(s.since) && (s.until.IsZero() || r.when.Before(s.until))
}

func (s *sieve) letsHost(hosts []string) bool {
	for _, h := range hosts {
		if h == s.host || strings.HasSuffix(h, s.subdomains) {
			return true
		}
	}
	return false
}
