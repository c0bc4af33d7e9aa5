package engine_test

import (
	"testing"

	"gabarit/engine"
)

func TestCanonicalURLGivesOneFormToAnAddress(t *testing.T) {
	for raw, want := range map[string]string{
		"":                                   "",
		"  ":                                 "",
		"https://example.org":                "https://example.org/",
		" HTTPS://Example.ORG/A?b=C#d ":      "https://example.org/A?b=C",
		"https://example.org:443/a":          "https://example.org/a",
		"http://example.org:80/a":            "http://example.org/a",
		"http://example.org:443/a":           "http://example.org:443/a",
		"https://example.org:8443/a":         "https://example.org:8443/a",
		"https://[2001:DB8::1]:443/a":        "https://[2001:db8::1]/a",
		"https://user@Example.org/a%2Fb/%C3": "https://user@example.org/a%2Fb/%C3",
		"https://example.org/a/":             "https://example.org/a/",
		"/Photos/A.jpg":                      "/Photos/A.jpg",
		"http://bad host/":                   "http://bad host/",
		"data:image/png;base64,AAAA":         "data:image/png;base64,AAAA",
	} {
		got := engine.CanonicalURL(raw)
		if got != want {
			t.Errorf("%q: %q, want %q", raw, got, want)
		}
		if again := engine.CanonicalURL(got); again != got {
			t.Errorf("%q: a second time it is %q", got, again)
		}
	}
}

func TestAPlanKnowsWhatItTakes(t *testing.T) {
	plan := engine.ErasurePlan{Photos: []engine.PhotoErasure{
		{Photo: "A", Whole: true, Faces: []engine.FaceID{"A-0"}},
		{Photo: "B", Faces: []engine.FaceID{"B-1"}},
	}}
	takes := plan.Takes()
	for item, want := range map[engine.CaseItem]bool{
		{Photo: "A", Face: "A-7"}: true, {Photo: "A"}: true, {Photo: "B", Face: "B-1"}: true,
		{Photo: "B", Face: "B-0"}: false, {Photo: "B"}: false, {Photo: "C", Face: "C-0"}: false, {}: false,
	} {
		if takes(item) != want {
			t.Errorf("%+v: %v, want %v", item, !want, want)
		}
	}
	if plan.Empty() || len(plan.Faces()) != 2 {
		t.Errorf("the plan takes %v", plan.Faces())
	}
	if !(engine.ErasurePlan{}).Empty() || (engine.ErasurePlan{Request: engine.ErasureRequest{Collection: "c"}}).Empty() {
		t.Error("a plan is empty without photos and collection only")
	}
}
