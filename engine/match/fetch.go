package match

import (
	"cmp"
	"math"
	"slices"

	"gabarit/engine/match/kernel"
)

// fetchRows is the number of templates that are read before the bound is asked again.
const fetchRows = 32

// candidate is a row that the codes leave, with the sum of squares that they give.
type candidate struct{ sum, id uint32 }

func bySum(a, b candidate) int { return cmp.Or(cmp.Compare(a.sum, b.sum), cmp.Compare(a.id, b.id)) }

// compareNearest compares rows whose templates are on disk. To read one costs as much as to ask thousands of codes, so those come first whose codes are
// nearest, as long as these lie within the bound, which the rows then lower. The others may belong to the answers all the same: they wait until there
// is nothing left that could lower the bound, see compareParked.
func (s *seeker) compareNearest(l *lane, ids []uint32) {
	s.found = s.found[:0]
	for i, id := range ids {
		s.found = append(s.found, candidate{sum: s.sums[i], id: id})
	}
	slices.SortFunc(s.found, bySum)
	rest := s.found
	for len(rest) > 0 && s.failed == nil {
		far := l.bound() / s.c.basis.Unit
		within := uint32(min(far*far, math.MaxUint32))
		some := rest[:min(fetchRows, len(rest))]
		if n := slices.IndexFunc(some, func(c candidate) bool { return c.sum > within }); n >= 0 {
			some = some[:n]
		}
		if len(some) == 0 {
			break
		}
		s.compareSome(l, some)
		rest = rest[len(some):]
	}
	l.parked = append(l.parked, rest...)
}

// compareParked compares the rows that compareNearest left for later.
func (s *seeker) compareParked(l *lane) {
	slices.SortFunc(l.parked, bySum)
	for rest := l.parked; len(rest) > 0 && s.failed == nil && rest[0].sum <= l.cut(1); {
		some := rest[:min(fetchRows, len(rest))]
		s.compareSome(l, some)
		rest = rest[len(some):]
	}
	l.parked = l.parked[:0]
}

// compareSome compares rows in the order in which they lie on disk.
func (s *seeker) compareSome(l *lane, some []candidate) {
	ids := s.fetched[:0]
	for _, c := range some {
		ids = append(ids, c.id)
	}
	slices.Sort(ids)
	s.fetched = ids
	s.compare(l, ids, nil)
}

// templates gives blocks of templates, and the rows that stand for ids in them: those of the index, or copies of what is read of the disk for this
// once. There are no more ids than rows that the seeker compares at once. None: they can't be had.
func (s *seeker) templates(ids []uint32) ([]*kernel.Templates, []uint32) {
	f := s.c.flat
	if !f.onDisk || slices.Max(ids) < blockRows {
		return f.blocks, s.need(partTemplates, ids)
	}
	if s.copies == nil {
		s.copies = []*kernel.Templates{new(kernel.Templates)}
		s.count = make([]uint32, len(s.distance))
		for i := range s.count {
			s.count[i] = uint32(i)
		}
	}
	for done := 0; done < len(ids); {
		end := done + 1
		for end < len(ids) && ids[end]/blockRows == ids[done]/blockRows && ids[end] > ids[end-1] {
			end++
		}
		if err := f.copyTemplates(ids[done:end], s.copies[0][done:end]); err != nil {
			s.failed = err
			return nil, nil
		}
		done = end
	}
	s.copied = max(s.copied, len(ids))
	return s.copies, s.count[:len(ids)]
}
