package rights

import (
	"strings"
	"testing"

	"gabarit/app/cli/document"
	"gabarit/engine"
)

func TestMatchesAreChosenByBandOrByName(t *testing.T) {
	match := func(face string, band engine.Band) document.Match {
		return document.Match{Face: face, Band: string(band)}
	}
	doc := document.Search{Probes: []document.Probe{
		{Matches: []document.Match{match("a-0", "strong"), match("b-0", "likely"), match("c-0", "possible")}},
		{Matches: []document.Match{match("b-0", "strong"), match("a-0", "none"), match("d-0", "none"), match("e-0", "certain")}},
	}}
	for _, c := range []struct {
		band  engine.Band
		named []string
		want  string
		left  int
	}{
		{engine.BandStrong, nil, "a-0 b-0", 3},
		{engine.BandLikely, nil, "a-0 b-0", 3},
		{engine.BandPossible, nil, "a-0 b-0 c-0", 2},
		{engine.BandStrong, []string{"d-0"}, "d-0", 4},
	} {
		faces, left, err := choose(doc, c.band, c.named)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range faces {
			got = append(got, string(f))
		}
		if strings.Join(got, " ") != c.want || left != c.left {
			t.Errorf("%s %v: %v and %d left, want %s and %d", c.band, c.named, got, left, c.want, c.left)
		}
	}
	if _, _, err := choose(doc, engine.BandStrong, []string{"a-0", "z-9"}); engine.CodeOf(err) != engine.CodeNotFound {
		t.Errorf("a match that is not there: %v", err)
	}
}

func TestSearchResultsFromOutsideAreReadSafely(t *testing.T) {
	for _, s := range []string{"", "null", "[]", "{}", `{"index":null,"probes":null}`, `{"index":{},"probes":{}}`, `{"index":{},"probes":[`,
		`{"error":{"code":"locked"}}`, `{"index":{},"probes":[{"box":"x"}]}`} {
		if _, err := parseSearch([]byte(s)); engine.CodeOf(err) != engine.CodeCorrupt {
			t.Errorf("%s: %v", s, err)
		}
	}
}

func FuzzSearchResult(f *testing.F) {
	f.Add([]byte(`{"index":{"faces":1,"photos":1,"collections":1},"probes":[{"file":"a","face":0,"box":[1,2,3,4],"quality":1,
		"matches":[{"face":"P-0","photo":"P","band":"strong","distance":0.1}]}],"failed":[]}`))
	f.Add([]byte(`{"index":{},"probes":[]}`))
	f.Add([]byte(`{"error":{"code":"locked","message":"x"}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, err := parseSearch(data)
		if err != nil {
			if engine.CodeOf(err) != engine.CodeCorrupt {
				t.Fatalf("error %v", err)
			}
			return
		}
		total := 0
		for _, p := range doc.Probes {
			total += len(p.Matches)
		}
		faces, left, err := choose(doc, engine.BandPossible, nil)
		if err != nil || len(faces)+left > total {
			t.Fatalf("%d faces and %d left of %d: %v", len(faces), left, total, err)
		}
	})
}
