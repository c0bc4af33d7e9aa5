package rows

import (
	"math/bits"
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
func (t *Table) sieve(filter engine.Filter) *sieve {
	s := &sieve{since: filter.Since, until: filter.Until, area: filter.Area}
	s.host = t.host(filter.Host)
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

// Filter is an engine.Filter in the numbers of labels; a nil part lets everything through.
type Filter struct {
	table              *Table
	collections, hosts []bool
	dated              bool
	since, until       moment
	open               bool // no until
	area               *engine.Area
}

// Filter prepares a filter, which is of use until rows change; nil lets everything through.
func (t *Table) Filter(filter engine.Filter) *Filter {
	s := t.sieve(filter)
	if s == nil {
		return nil
	}
	pass := &Filter{table: t, dated: !s.since.IsZero() || !s.until.IsZero(), open: s.until.IsZero(), area: s.area}
	pass.since, pass.until = momentOf(s.since), momentOf(s.until)
	if s.collections != nil {
		pass.collections = t.collections.which(func(n *name) bool { return s.collections[engine.CollectionID(n.text)] })
	}
	if s.host != "" {
		pass.hosts = t.hostLists.which(func(n *name) bool { return s.letsHost(n.hosts) })
	}
	return pass
}

// Narrow takes out of the mask of a group of a block the rows that don't pass.
func (f *Filter) Narrow(block, group int, word uint32) uint32 {
	if word == 0 {
		return 0
	}
	b, at := f.table.blocks[block], group*GroupRows
	if f.collections != nil {
		word &= passing(f.collections, b.collection[at:at+GroupRows])
	}
	if f.hosts != nil {
		word &= passing(f.hosts, b.hosts[at:at+GroupRows])
	}
	if f.dated {
		undated := momentOf(time.Time{})
		for w := word; w != 0; w &= w - 1 {
			r := bits.TrailingZeros32(w)
			if when := b.when(at + r); when == undated || when.before(f.since) || !f.open && !when.before(f.until) {
				word &^= 1 << r
			}
		}
	}
	if f.area != nil {
		for w := word; w != 0; w &= w - 1 {
			if r := bits.TrailingZeros32(w); !b.place(at + r).in(f.area) {
				word &^= 1 << r
			}
		}
	}
	return word
}

// passing gives the mask of the numbers that pass.
func passing(pass []bool, numbers []uint32) (word uint32) {
	for r, n := range numbers {
		if pass[n] {
			word |= 1 << r
		}
	}
	return word
}
