package storetest

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"gabarit/engine"
	"gabarit/engine/enginetest"
)

// TestDecisions checks what the contract of engine.Store says of decisions about groups. open is as for TestErasure.
func TestDecisions(t *testing.T, open func(t *testing.T, now func() time.Time) engine.Store) {
	t.Helper()
	tests := []struct {
		name string
		test func(s *storeCase)
	}{
		{"decisions are given in the order they were made", testDecide},
		{"a decision that says nothing or is about an unknown face is refused", testDecideMisfit},
		{"an erased face leaves the decisions, and the others stay", testDecideErase},
		{"a face found anew keeps what was decided about it", testDecideRetemplate},
		{"the log tells how many faces, not which", testDecideLog},
		{"a decision about thousands of faces is kept", testDecideMany},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := &clock{at: time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)}
			tt.test(&storeCase{t: t, store: open(t, c.now), ctx: t.Context()})
		})
	}
}

// decided stores decisions.
func (s *storeCase) decided(all ...engine.GroupDecision) {
	s.t.Helper()
	for _, d := range all {
		s.ok(s.store.Decide(s.ctx, d))
	}
}

// decisions checks what is given.
func (s *storeCase) decisions(want ...engine.GroupDecision) {
	s.t.Helper()
	s.is("decisions", want)(s.store.GroupDecisions(s.ctx))
}

// album stores photos with so many faces each and gives the IDs of their faces, sorted.
func (s *storeCase) album(faces ...int) (c engine.Collection, photos []engine.Ingest, ids []engine.FaceID) {
	s.t.Helper()
	c = s.collection("album")
	run := s.run(c, "/album").ID
	for i, n := range faces {
		in := enginetest.NewIngest(s.store, c.ID, run, fmt.Sprint("/album/", i), fmt.Sprint(i), n)
		photos = append(photos, in)
		for _, f := range in.Photo.Faces {
			ids = append(ids, f.ID)
		}
	}
	for some := range slices.Chunk(photos, 500) {
		s.commit(c, some...)
	}
	return c, photos, ids
}

func same(faces ...engine.FaceID) engine.GroupDecision { return engine.GroupDecision{Same: faces} }

func split(out, rest []engine.FaceID) engine.GroupDecision {
	return engine.GroupDecision{Out: out, Rest: rest}
}

func testDecide(s *storeCase) {
	_, _, f := s.album(1, 1, 1, 1)
	s.decisions()
	s.decided(same(f[1], f[0]), split([]engine.FaceID{f[2]}, []engine.FaceID{f[1], f[0]}), same(f[0], f[1], f[2]), split(f[3:], f[:1]))
	s.decisions(same(f[0], f[1]), split(f[2:3], f[:2]), same(f[:3]...), split(f[3:], f[:1]))
}

func testDecideMisfit(s *storeCase) {
	_, photos, f := s.album(2, 1)
	entries := len(s.audit())
	unknown := engine.NewFaceID(photos[0].Photo.ID, 2)
	for want, all := range map[engine.Code][]engine.GroupDecision{
		engine.CodeInvalid: {{}, same(f[0]), same(f[0], f[0]), {Out: f[:1]}, {Rest: f[:1]}, split(f[:1], f[:2]), {Same: f[1:], Out: f[:1], Rest: f[:1]},
			{Same: f[1:], Out: f[:1]}},
		engine.CodeConflict: {same(f[0], f[1])},
		engine.CodeNotFound: {same(f[2], unknown), same(f[2], "nonsense"), split(f[2:], []engine.FaceID{engine.NewFaceID(s.store.NewPhotoID(), 0)})},
	} {
		for _, d := range all {
			if err := s.store.Decide(s.ctx, d); engine.CodeOf(err) != want {
				s.t.Errorf("%+v: %v, want %s", d, err, want)
			}
		}
	}
	ended, cancel := context.WithCancel(s.ctx)
	cancel()
	s.code(s.store.Decide(ended, same(f[0], f[2])), engine.CodeCanceled)
	s.fails(engine.CodeCanceled)(s.store.GroupDecisions(ended))
	s.decisions()
	s.equal("entries", len(s.audit()), entries)
}

func testDecideErase(s *storeCase) {
	_, photos, f := s.album(2, 1, 1, 1) // f[0], f[1] of the first
	s.decided(same(f[0], f[2], f[3]), split(f[1:2], f[2:4]), split(f[4:], f[3:4]), same(f[1], f[4]))
	s.erase(plan(part(photos[0], 0)))
	s.decisions(same(f[2], f[3]), split(f[1:2], f[2:4]), split(f[4:], f[3:4]), same(f[1], f[4]))
	s.erase(plan(whole(photos[2])))
	s.decisions(split(f[1:2], f[2:3]), same(f[1], f[4]))
	s.erase(plan(engine.PhotoErasure{Photo: photos[0].Photo.ID, Whole: true, Finds: 1, Faces: f[1:2]}))
	s.decisions()
	_, check, err := s.store.Purge(s.ctx)
	s.ok(err)
	if !check.Clean() {
		s.t.Errorf("check = %+v", check)
	}
}

func testDecideRetemplate(s *storeCase) {
	c, photos, f := s.album(2, 1, 1)
	s.decided(same(f[0], f[2]), split(f[1:2], f[2:]))
	re := enginetest.NewRenewal(photos[0], "again", "anew", 2)
	re.Faces[0].Box = engine.Box{X: 900, Y: 900, W: 30, H: 30} // the first is found no more, and another is
	now := s.retemplate(c, re)[0].Photo.Faces
	s.equal("the second is the same face", now[1].Was, f[1:2])
	s.decisions(split([]engine.FaceID{now[1].ID}, f[2:]))
	s.fails(engine.CodeNotFound)("", s.store.Decide(s.ctx, same(f[1], f[2])))
	again := enginetest.NewRenewal(photos[0], "third", "once more", 2)
	again.Faces[0].Box = engine.Box{X: 900, Y: 900, W: 30, H: 30}
	s.decisions(split([]engine.FaceID{s.retemplate(c, again)[0].Photo.Faces[1].ID}, f[2:]))
}

func testDecideLog(s *storeCase) {
	_, _, f := s.album(1, 1, 1)
	s.decided(same(f...))
	e := s.lastEntry()
	s.equal("action", e.Action, engine.ActionDecided)
	s.equal("detail", e.Detail, map[string]string{"what": "merge"})
	s.equal("counts", e.Counts, map[string]int{"faces": 3})
	s.decided(split(f[:1], f[1:]))
	e = s.lastEntry()
	s.equal("detail", e.Detail, map[string]string{"what": "split"})
	s.equal("counts", e.Counts, map[string]int{"faces": 1, "rest": 2})
	if len(e.Objects)+len(e.Returned) > 0 {
		s.t.Errorf("the entry names faces: %+v", e)
	}
	checkSequence(s)
}

func testDecideMany(s *storeCase) {
	faces := make([]int, 2500)
	for i := range faces {
		faces[i] = 1
	}
	_, _, f := s.album(faces...)
	s.decided(same(f...), split(f[:1], f[1:]))
	all, err := s.store.GroupDecisions(s.ctx)
	s.ok(err)
	one := map[engine.FaceID]bool{f[0]: true}
	apart := map[engine.FaceID]bool{}
	for _, d := range all {
		if len(d.Same) > 0 && !slices.ContainsFunc(d.Same, func(id engine.FaceID) bool { return one[id] }) {
			s.t.Fatalf("a part of the merge is about other faces than those before it")
		}
		for _, id := range d.Same {
			one[id] = true
		}
		for _, id := range d.Rest {
			apart[id] = true
		}
	}
	s.equal("faces merged", len(one), len(f))
	s.equal("faces set apart", len(apart), len(f)-1)
}
