package app_test

import (
	"path/filepath"
	"slices"
	"testing"

	"gabarit/app"
	"gabarit/engine"
)

// asked searches with a picture of red whose bytes are those of mark, and gives what the user said of each match before.
func asked(t *testing.T, a *app.App, mark uint32) (*engine.Probe, []engine.Match) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "probe.png")
	draw(t, path, red(), mark)
	p := probe(t, a, path)
	res, err := a.Search(t.Context(), engine.SearchRequest{Purpose: "tests", Probe: p})
	must(t, err)
	return p, res.Probes[0].Matches
}

func said(matches []engine.Match) (all []engine.Verdict) {
	for _, m := range matches[:3] {
		all = append(all, m.Verdict)
	}
	return all
}

func TestWhatWasSaidOfMatchesIsRememberedForThePerson(t *testing.T) {
	a := throng(t)
	p, matches := asked(t, a, 1)
	judge := func(p *engine.Probe, i int, v engine.Verdict) {
		t.Helper()
		must(t, a.Judge(t.Context(), engine.VerdictRequest{ProbeSHA256: p.SHA256, ProbeBox: p.Faces[0].Box, Face: matches[i].Face, Verdict: v}))
	}
	want := func(what string, mark uint32, want ...engine.Verdict) *engine.Probe {
		t.Helper()
		p, got := asked(t, a, mark)
		if !slices.Equal(said(got), want) {
			t.Errorf("%s: %q, want %q", what, said(got), want)
		}
		return p
	}
	const none, yes, no, unsure = engine.VerdictNone, engine.VerdictYes, engine.VerdictNo, engine.VerdictUnsure
	judge(p, 0, no)
	want("the same photo", 1, no, none, none)
	other := want("another photo, before anybody said who that is", 2, none, none, none)
	judge(p, 1, yes)
	want("another photo that finds a confirmed face", 2, no, yes, none)
	judge(other, 2, unsure)
	judge(other, 1, yes) // which joins what was said with both photos
	want("a third photo", 3, no, yes, unsure)
	judge(p, 0, none)
	want("taken back", 3, none, yes, unsure)
	if log := actions(t, a, engine.ActionJudged); len(log) != 5 || log[0].Detail["what"] != "no" || len(log[0].Objects)+len(log[0].Returned) != 0 {
		t.Errorf("log: %+v", log)
	}
	must(t, a.Lock())
	must(t, a.Unlock(t.Context(), ""))
	want("after the vault was locked", 3, none, yes, unsure)
}

func TestAnAnswerNeedsAFaceThatIsThere(t *testing.T) {
	a := throng(t)
	p, matches := asked(t, a, 1)
	req := engine.VerdictRequest{ProbeSHA256: p.SHA256, Face: "01ARZ3NDEKTSV4RRFFQ69G5FAV-0", Verdict: engine.VerdictYes}
	wantCode(t, a.Judge(t.Context(), req), engine.CodeNotFound)
	req.Face, req.Verdict = matches[0].Face, "perhaps"
	wantCode(t, a.Judge(t.Context(), req), engine.CodeInvalid)
	must(t, a.Lock())
	wantCode(t, a.Judge(t.Context(), req), engine.CodeBadKey)
}

func TestAnErasedFaceIsForgottenInAnswers(t *testing.T) {
	a := throng(t)
	p, matches := asked(t, a, 1)
	for i, v := range []engine.Verdict{engine.VerdictYes, engine.VerdictNo} {
		must(t, a.Judge(t.Context(), engine.VerdictRequest{ProbeSHA256: p.SHA256, ProbeBox: p.Faces[0].Box, Face: matches[i].Face, Verdict: v}))
	}
	erase(t, a, engine.ErasureRequest{Photos: []engine.PhotoID{matches[1].Photo}, Reason: engine.EraseReasons()[0]})
	_, left := asked(t, a, 1)
	if left[0].Verdict != engine.VerdictYes || left[1].Verdict != engine.VerdictNone {
		t.Errorf("left: %q", said(left))
	}
	must(t, a.Judge(t.Context(), engine.VerdictRequest{ProbeSHA256: p.SHA256, ProbeBox: p.Faces[0].Box, Face: left[1].Face, Verdict: engine.VerdictUnsure}))
}
