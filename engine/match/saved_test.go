package match_test

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"

	"gabarit/engine"
	"gabarit/engine/crowd"
	"gabarit/engine/match"
)

// savedParts is an engine.Segments in memory.
type savedParts struct {
	mu      sync.Mutex
	head    []byte
	blocks  int
	pieces  map[[2]int][]byte
	written int         // blocks that Replace wrote
	read    map[int]int // pieces that Read gave, by block
	broken  func(block, piece int) error
}

func newSavedParts() *savedParts {
	return &savedParts{pieces: map[[2]int][]byte{}, read: map[int]int{}}
}

func (s *savedParts) Blocks() int { return s.blocks }

func (s *savedParts) Read(block int, pieces []int, fn func(int, []byte) error) error {
	for _, p := range pieces {
		s.mu.Lock()
		b, held := s.pieces[[2]int{block, p}]
		s.read[block]++
		broken := s.broken
		s.mu.Unlock()
		if !held {
			return engine.E(engine.CodeCorrupt, "test", "there is no such piece", nil)
		}
		if broken != nil {
			if err := broken(block, p); err != nil {
				return err
			}
		}
		if err := fn(p, slices.Clone(b)); err != nil {
			return err
		}
	}
	return nil
}

func (s *savedParts) Replace(_ context.Context, i engine.SavedIndex) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.head, s.blocks = bytes.Clone(i.Head), i.Blocks
	maps.DeleteFunc(s.pieces, func(k [2]int, _ []byte) bool { return k[0] >= i.Blocks })
	for _, b := range i.Changed {
		s.written++
		for p := range i.Pieces {
			s.pieces[[2]int{b, p}] = i.Piece(b, p, nil)
		}
	}
	return nil
}

// reopened is an index that is saved and opened again every few times it is asked something after a change.
type reopened struct {
	t       *testing.T
	least   int
	onDisk  bool // templates are left on disk, and the index is opened again every other time only
	parts   *savedParts
	mu      sync.RWMutex
	index   *match.Cascade
	changed bool
	asked   int
}

func newReopened(t *testing.T, least int) *reopened {
	return &reopened{t: t, least: least, parts: newSavedParts(), index: match.NewCascadeFrom(least), changed: true}
}

func (r *reopened) change(fn func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.changed = true
	fn()
}

func (r *reopened) now() *match.Cascade {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.asked++; r.changed && r.asked%5 == 0 {
		if err := r.index.Save(context.Background(), r.parts, false); err != nil {
			r.t.Errorf("Save: %v", err)
		}
		open := match.OpenFrom
		if r.onDisk {
			if open = match.OpenOnDisk; r.asked%2 == 0 {
				r.changed = false
				return r.index
			}
		}
		index, err := open(context.Background(), r.parts.head, r.parts, r.least)
		if err != nil {
			r.t.Errorf("Open: %v", err)
			return r.index
		}
		r.index, r.changed = index, false
	}
	return r.index
}

func (r *reopened) Add(entries ...engine.IndexEntry) (err error) {
	r.change(func() { err = r.index.Add(entries...) })
	return err
}
func (r *reopened) Remove(faces ...engine.FaceID) { r.change(func() { r.index.Remove(faces...) }) }
func (r *reopened) Clear()                        { r.change(func() { r.index.Clear() }) }
func (r *reopened) Len() int                      { return r.now().Len() }

func (r *reopened) Search(ctx context.Context, q engine.Query) ([]engine.Neighbour, int, error) {
	return r.now().Search(ctx, q)
}

func (r *reopened) SearchAll(ctx context.Context, queries []engine.Query) ([]engine.Answer, error) {
	return r.now().SearchAll(ctx, queries)
}

func (r *reopened) Distances(ctx context.Context, probe engine.Template) (engine.Histogram, error) {
	return r.now().Distances(ctx, probe)
}

func TestAnIndexThatWasSavedAndOpenedConformsToTheIndexPort(t *testing.T) {
	for _, least := range []int{20, 4096} {
		t.Run(fmt.Sprintf("with codes from %d faces on", least), func(t *testing.T) {
			testIndex(t, func() engine.Index { return newReopened(t, least) })
		})
	}
}

// savedPeople is an index of n faces that was saved, with the IDs of its faces.
func savedPeople(t testing.TB, n int) (*match.Cascade, *savedParts, []engine.Template) {
	t.Helper()
	index, parts, templates := match.NewCascadeFrom(1000), newSavedParts(), crowd.People(3, n/4, 4)
	for start := 0; start < len(templates); start += 1000 {
		var entries []engine.IndexEntry
		for i := start; i < min(start+1000, len(templates)); i++ {
			entries = append(entries, engine.IndexEntry{Face: peopleFace(i), Template: templates[i], Collection: engine.CollectionID(fmt.Sprint("c", i%3)),
				Hosts: []string{fmt.Sprintf("h%d.example.org", i%20)}, When: indexEpoch().AddDate(0, 0, i%300)})
		}
		if err := index.Add(entries...); err != nil {
			t.Fatal(err)
		}
	}
	if err := index.Save(context.Background(), parts, false); err != nil {
		t.Fatal(err)
	}
	return index, parts, templates
}

// peopleFace gives IDs as the program has them.
func peopleFace(i int) engine.FaceID {
	return engine.NewFaceID(engine.PhotoID(fmt.Sprintf("01HZZZZZZZZZZZZZZZZZ%06d", i/2)), i%2)
}

func open(t testing.TB, parts *savedParts) *match.Cascade {
	t.Helper()
	index, err := match.OpenFrom(context.Background(), parts.head, parts, 1000)
	if err != nil {
		t.Fatal(err)
	}
	return index
}

// answers asks an index many things.
func answers(t *testing.T, index engine.Index, templates []engine.Template) (all [][]engine.Neighbour) {
	t.Helper()
	for i := 0; i < len(templates); i += len(templates)/20 + 1 {
		for _, q := range []engine.Query{{K: 50}, {Within: 0.5}, {K: 5, Filter: engine.Filter{Host: "h3.example.org"}},
			{K: 9, Filter: engine.Filter{Collections: []engine.CollectionID{"c1"}, Since: indexEpoch().AddDate(0, 0, 100)}}} {
			q.Template = templates[i]
			got, searched, err := index.Search(context.Background(), q)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, append(got, engine.Neighbour{Distance: float64(searched)}))
		}
	}
	return all
}

func TestAnOpenedIndexReadsWhatASearchNeedsAndNoMore(t *testing.T) {
	saved, parts, templates := savedPeople(t, 20_000)
	index := open(t, parts)
	if got := parts.read[0]; got != 1 {
		t.Errorf("opening read %d pieces of a block, want its cells only", got)
	}
	if _, _, err := index.Search(context.Background(), engine.Query{Template: templates[7], K: 10}); err != nil {
		t.Fatal(err)
	}
	read := 0
	for _, n := range parts.read {
		read += n
	}
	if all := 5 * match.PieceCount; read > all/2 {
		t.Errorf("opening and one search read %d of %d pieces", read, all)
	}
	want := answers(t, saved, templates)
	if got := answers(t, index, templates); !slices.EqualFunc(got, want, slices.Equal) {
		t.Error("an opened index answers otherwise than the one that was saved")
	}
	if err := index.Load(context.Background()); err != nil {
		t.Fatal(err)
	}
	for block := range 5 {
		if got := parts.read[block]; got != match.PieceCount {
			t.Errorf("%d pieces of block %d were read, want each once", got, block)
		}
	}
	if got := answers(t, index, templates); !slices.EqualFunc(got, want, slices.Equal) {
		t.Error("a loaded index answers otherwise than the one that was saved")
	}
}

func TestSavingWritesTheBlocksThatChanged(t *testing.T) {
	_, parts, templates := savedPeople(t, 20_000) // 5 blocks
	for _, c := range []struct {
		name   string
		change func(*match.Cascade)
		want   int
	}{
		{"nothing", func(*match.Cascade) {}, 0},
		{"a face that is added", func(c *match.Cascade) { _ = c.Add(engine.IndexEntry{Face: "new-0", Template: templates[0]}) }, 1},
		{"a face that is replaced", func(c *match.Cascade) { _ = c.Add(engine.IndexEntry{Face: peopleFace(0), Template: templates[1]}) }, 1},
		{"a face that is removed, whose place the last one takes", func(c *match.Cascade) { c.Remove(peopleFace(5000)) }, 2},
		{"an unknown face", func(c *match.Cascade) { c.Remove("unknown-0") }, 0},
	} {
		index := open(t, parts)
		c.change(index)
		parts.written = 0
		if err := index.Save(context.Background(), parts, false); err != nil {
			t.Fatal(err)
		}
		if parts.written != c.want {
			t.Errorf("%s: %d blocks written, want %d", c.name, parts.written, c.want)
		}
		if want, got := answers(t, index, templates), answers(t, open(t, parts), templates); !slices.EqualFunc(got, want, slices.Equal) {
			t.Errorf("%s: the opened index answers otherwise", c.name)
		}
	}
}

func TestSavingAfterCodesWereFittedAnewWritesAll(t *testing.T) {
	index, parts, _ := savedPeople(t, 8000)
	parts.written = 0
	more := crowd.People(4, 8000, 4)
	var entries []engine.IndexEntry
	for i, tmpl := range more {
		entries = append(entries, engine.IndexEntry{Face: engine.NewFaceID("P", i), Template: tmpl})
	}
	if err := index.Add(entries...); err != nil {
		t.Fatal(err)
	}
	if err := index.Save(context.Background(), parts, false); err != nil {
		t.Fatal(err)
	}
	if want := (40_000 + 4095) / 4096; parts.written != want {
		t.Errorf("%d blocks written, want all %d", parts.written, want)
	}
	if want, got := answers(t, index, more), answers(t, open(t, parts), more); !slices.EqualFunc(got, want, slices.Equal) {
		t.Error("the opened index answers otherwise")
	}
}

func TestNothingIsAnsweredWithoutAPartThatCannotBeRead(t *testing.T) {
	_, parts, templates := savedPeople(t, 9000)
	gone := engine.E(engine.CodeCorrupt, "test", "damaged", nil)
	for _, c := range []struct {
		name  string
		piece int
		q     engine.Query
	}{
		{"labels", 1, engine.Query{K: 3, Filter: engine.Filter{Host: "example.org"}}},
		{"heads", 2, engine.Query{}},
		{"tails", 66, engine.Query{}},
		{"templates", 82, engine.Query{}},
		{"faces", 1106, engine.Query{}},
	} {
		parts.broken = nil
		index := open(t, parts)
		parts.broken = func(block, piece int) error {
			if block == 1 && piece == c.piece {
				return gone
			}
			return nil
		}
		c.q.Template = templates[0]
		if c.q.K == 0 {
			c.q.Within = 3 // all faces, by way of their codes
		}
		got, searched, err := index.Search(context.Background(), c.q)
		if engine.CodeOf(err) != engine.CodeCorrupt || got != nil || searched != 0 {
			t.Errorf("%s: %d answers, searched %d, error %v; want no answer and code corrupt", c.name, len(got), searched, err)
		}
		if c.name == "templates" {
			if h, err := index.Distances(context.Background(), templates[0]); engine.CodeOf(err) != engine.CodeCorrupt || h.Faces() != 0 {
				t.Errorf("%s: distances to %d faces, error %v", c.name, h.Faces(), err)
			}
		}
		if err := index.Add(engine.IndexEntry{Face: "new-0"}); engine.CodeOf(err) != engine.CodeCorrupt {
			t.Errorf("%s: Add: %v, want code corrupt", c.name, err)
		}
		if err := index.Save(context.Background(), newSavedParts(), true); engine.CodeOf(err) != engine.CodeCorrupt {
			t.Errorf("%s: Save: %v, want code corrupt", c.name, err)
		}
		index.Remove(peopleFace(3))
		for range 2 {
			if got, _, err := index.Search(context.Background(), engine.Query{K: 1}); engine.CodeOf(err) != engine.CodeCorrupt || got != nil {
				t.Errorf("%s: after a face could not be taken out: %v, error %v; want code corrupt", c.name, got, err)
			}
		}
		index.Clear()
		if err := index.Add(engine.IndexEntry{Face: "new-0"}); err != nil || index.Len() != 1 {
			t.Errorf("%s: an index that was cleared holds %d faces, error %v", c.name, index.Len(), err)
		}
	}
	parts.broken = func(_, piece int) error {
		if piece == 0 {
			return gone
		}
		return nil
	}
	if _, err := match.Open(context.Background(), parts.head, parts, 0); engine.CodeOf(err) != engine.CodeCorrupt {
		t.Errorf("Open without cells: %v, want code corrupt", err)
	}
}

func TestAnOpenedIndexIsSearchedAndChangedWhileItIsLoadedAndSaved(t *testing.T) {
	_, parts, templates := savedPeople(t, 9000)
	searchWhileChanging(t, open(t, parts), parts, templates)
}

// searchWhileChanging searches an index that was opened from the parts, changes, loads and saves it, all at the same time.
func searchWhileChanging(t *testing.T, index *match.Cascade, parts *savedParts, templates []engine.Template) {
	t.Helper()
	var work sync.WaitGroup
	for w := range 2 {
		work.Go(func() {
			for i := range 60 {
				q := engine.Query{Template: templates[(i*331+w)%len(templates)], K: 20}
				if i%3 == 0 {
					q.Filter.Host = "h3.example.org"
				}
				if got, _, err := index.Search(context.Background(), q); err != nil || len(got) != 20 {
					t.Errorf("%d answers, error %v", len(got), err)
				}
			}
		})
		work.Go(func() {
			if err := index.Load(context.Background()); err != nil {
				t.Error(err)
			}
		})
	}
	work.Go(func() {
		const changes = 60
		for i := range changes {
			index.Remove(peopleFace(i * (len(templates) / changes)))
			if err := index.Add(engine.IndexEntry{Face: engine.NewFaceID("N", i), Template: templates[i]}); err != nil {
				t.Error(err)
			}
		}
	})
	work.Go(func() {
		for range 10 {
			if err := index.Save(context.Background(), parts, false); err != nil {
				t.Error(err)
			}
		}
	})
	work.Wait()
	if err := index.Save(context.Background(), parts, false); err != nil {
		t.Fatal(err)
	}
	if want, got := answers(t, index, templates), answers(t, open(t, parts), templates); !slices.EqualFunc(got, want, slices.Equal) {
		t.Error("the opened index answers otherwise than the one that was saved")
	}
	if index.Len() != len(templates) {
		t.Errorf("%d faces, want %d", index.Len(), len(templates))
	}
}

// FuzzOpen opens and searches what no index wrote: it may be refused, and must not make the program fail.
func FuzzOpen(f *testing.F) {
	index, parts := match.NewCascadeFrom(1), newSavedParts()
	var entries []engine.IndexEntry
	for i, tmpl := range crowd.People(1, 20, 2) {
		entries = append(entries, engine.IndexEntry{Face: []engine.FaceID{peopleFace(i), engine.NewFaceID("odd", i)}[i%2], Template: tmpl, Collection: "c", Hosts: []string{"h"}})
	}
	if err := index.Add(entries...); err != nil {
		f.Fatal(err)
	}
	if err := index.Save(context.Background(), parts, true); err != nil {
		f.Fatal(err)
	}
	for piece := range match.PieceCount {
		if b := parts.pieces[[2]int{0, piece}]; len(b) > 0 {
			f.Add(parts.head, piece, b)
		}
	}
	f.Add([]byte{1, 0, 0, 0}, 0, []byte{})
	f.Fuzz(func(_ *testing.T, head []byte, piece int, b []byte) {
		altered := newSavedParts()
		maps.Copy(altered.pieces, parts.pieces)
		altered.blocks = 1
		altered.pieces[[2]int{0, piece}] = b
		index, err := match.OpenFrom(context.Background(), head, altered, 1)
		if err != nil {
			return
		}
		_, _, _ = index.Search(context.Background(), engine.Query{Template: entries[0].Template, K: 3, Filter: engine.Filter{Host: "h"}})
		_, _, _ = index.Search(context.Background(), engine.Query{Template: entries[0].Template, Within: 2})
		if err := index.Load(context.Background()); err == nil {
			_ = index.Add(entries[3])
			index.Remove(entries[0].Face, entries[1].Face)
		}
	})
}
