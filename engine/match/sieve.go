package match

import (
	"strings"
	"time"

	"gabarit/engine"
)

// sieve is an engine.Filter made ready to be asked about names.
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

func (s *sieve) letsHost(hosts []string) bool {
	for _, h := range hosts {
		if h == s.host || strings.HasSuffix(h, s.subdomains) {
			return true
		}
	}
	return false
}
