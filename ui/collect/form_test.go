package collect_test

import (
	"testing"

	"gabarit/engine"
	"gabarit/ui/collect"
)

func TestForm(t *testing.T) {
	full := func() *collect.Form {
		f := collect.NewForm([]string{"/p"}, []string{"a"}, "")
		f.New, f.Name, f.Purpose = true, "b", "find photos of our members"
		f.SetBasis("legitimate-interests")
		f.Condition = "made-public-by-the-person"
		return f
	}
	tests := []struct {
		name   string
		change func(*collect.Form)
		want   string // the error's message; "" for none
	}{
		{"a described collection passes", func(*collect.Form) {}, ""},
		{"an existing collection needs nothing more", func(f *collect.Form) { f.New, f.Name, f.Purpose = false, "a", "" }, ""},
		{"a purpose is asked for", func(f *collect.Form) { f.Purpose = " " }, "a collection needs a purpose"},
		{"a legal basis is asked for", func(f *collect.Form) { f.Basis = "" }, "a collection needs a legal basis (GDPR article 6)"},
		{"a condition is asked for", func(f *collect.Form) { f.Condition = "" }, "a collection needs a condition for biometric data (GDPR article 9, paragraph 2)"},
		{"a scope is asked for", func(f *collect.Form) { f.Scope = " " }, "a collection needs a source scope"},
		{"hosts are a scope", func(f *collect.Form) { f.Scope = "press.example, archive.example" }, ""},
		{"the whole web is refused", func(f *collect.Form) { f.Scope = "the whole web" }, "a source scope of anywhere is refused: building face databases by untargeted scraping is prohibited (AI Act, article 5(1)(e))"},
		{"a retention is asked for", func(f *collect.Form) { f.Days = "" }, "a collection needs a retention between one day and ten years"},
		{"a retention that is no number is refused", func(f *collect.Form) { f.Days = "soon" }, "a collection needs a retention between one day and ten years"},
		{"an endless retention is refused", func(f *collect.Form) { f.Days = "99999999999" }, "a collection needs a retention between one day and ten years"},
		{"a name that is taken is refused", func(f *collect.Form) { f.Name = "a" }, "a collection of this name exists already"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := full()
			tt.change(f)
			if got := engine.MessageOf(f.Check()); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestABasisBringsTheConditionThatItImplies(t *testing.T) {
	f := collect.NewForm(nil, nil, "")
	f.SetBasis("consent")
	if f.Condition != "explicit-consent" {
		t.Errorf("condition %q", f.Condition)
	}
	f.SetBasis("public-task")
	if f.Condition != "" {
		t.Errorf("explicit consent stays without consent: %q", f.Condition)
	}
	if f.SetBasis("vital-interests"); f.Condition != "vital-interests" {
		t.Errorf("condition %q", f.Condition)
	}
	if f.SetBasis("consent"); f.Condition != "explicit-consent" {
		t.Errorf("condition %q", f.Condition)
	}
	f.Condition = "legal-claims"
	f.SetBasis("contract")
	if f.Condition != "legal-claims" {
		t.Error("a condition that the user chose was taken away")
	}
}

func TestFormDefaults(t *testing.T) {
	if f := collect.NewForm([]string{"/p"}, []string{"a", "b"}, "b"); f.New || f.Name != "b" {
		t.Errorf("sources go into the marked collection: %+v", f)
	}
	if f := collect.NewForm(nil, []string{"a"}, "a"); !f.New {
		t.Error("without sources a new collection is described")
	}
	f := collect.NewForm([]string{"/p"}, nil, "")
	if !f.New || f.Days != "180" {
		t.Errorf("the first collection: %+v", f)
	}
	if f.Detector != engine.DetectorFast || f.Smallest != "" {
		t.Errorf("the first look: %+v", f)
	}
	f.Name, f.Detector, f.Smallest = " press ", engine.DetectorThorough, " 30 "
	want := engine.Look{Detector: engine.DetectorThorough, Smallest: engine.FaceSize{Pixels: 30}}
	if req, ok := f.Request(); !ok || req.Collection != "press" || req.Look != want {
		t.Errorf("request %+v", req)
	}
	if _, ok := collect.NewForm(nil, nil, "").Request(); ok {
		t.Error("a collect without sources")
	}
}

func TestTheSmallestFaceIsANumberOfPixels(t *testing.T) {
	f := collect.NewForm([]string{"/p"}, []string{"a"}, "a")
	for text, wrong := range map[string]bool{"": false, "  ": false, "30": false, " 45 ": false, "0": true, "-3": true, "1.5": true, "small": true, "10001": true} {
		f.Smallest = text
		if err := f.Check(); (err != nil) != wrong || (wrong && engine.CodeOf(err) != engine.CodeInvalid) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestTheWizardAsksOneStepAfterTheOther(t *testing.T) {
	f := collect.NewForm([]string{"/p"}, nil, "")
	step := func(want collect.Step, number, of int) {
		t.Helper()
		if s, n, m := f.At(); s != want || n != number || m != of {
			t.Fatalf("step %d, %d of %d; want %d, %d of %d", s, n, m, want, number, of)
		}
	}
	step(collect.StepTarget, 1, 4)
	if !f.Next() {
		t.Fatal(f.CheckStep())
	}
	step(collect.StepPurpose, 2, 4)
	if f.Next() || engine.MessageOf(f.CheckStep()) == "" {
		t.Error("it goes on without a name")
	}
	f.Name, f.Purpose = "Press", "find my photos"
	if err := f.CheckStep(); err != nil {
		t.Errorf("a step asks for what comes later: %v", err)
	}
	f.Next()
	step(collect.StepGrounds, 3, 4)
	if f.Next() {
		t.Error("it goes on without a legal basis")
	}
	f.SetBasis("consent")
	f.Next()
	step(collect.StepKeep, 4, 4)
	if f.Next() || !f.Last() || f.Check() != nil {
		t.Errorf("the last step: %v", f.Check())
	}
	f.Back()
	step(collect.StepGrounds, 3, 4)
	f.New = false // an existing collection needs nothing of that
	step(collect.StepTarget, 1, 1)
}

func TestASiteBringsItsScopeAndNeedsAContact(t *testing.T) {
	f := collect.NewSiteForm([]string{"a"}, "")
	for text, want := range map[string]string{"": "type the address of a page of the site, as https://press.example/", "ftp://x.org/": "type the address of a page of the site, as https://press.example/",
		"press.example": "collecting from sites needs a contact for their owners: your e-mail address, or the address of a page about you"} {
		if f.SetAddress(text); engine.MessageOf(f.CheckStep()) != want {
			t.Errorf("%q: %v", text, f.CheckStep())
		}
	}
	f.SetAddress("Press.example/fair")
	f.Contact = "me@city-museum.org"
	for pages, ok := range map[string]bool{"": true, "50": true, "0": false, "many": false} {
		if f.Pages = pages; (f.CheckStep() == nil) != ok {
			t.Errorf("%q pages: %v", pages, f.CheckStep())
		}
	}
	f.Pages, f.Keep = "50", true
	if engine.MessageOf(f.CheckStep()) != "choose a folder for the web archive" {
		t.Errorf("without a folder: %v", f.CheckStep())
	}
	f.Archive = "/w"
	if f.Scope != "press.example" {
		t.Errorf("scope %q", f.Scope)
	}
	req, ok := f.Request()
	want := engine.WebOptions{Contact: "me@city-museum.org", Pages: 50, Archive: "/w"}
	if !ok || len(req.Sources) != 1 || req.Sources[0] != "https://Press.example/fair" || req.Web != want {
		t.Errorf("%+v", req)
	}
	f.Scope = "press.example, img.press.example"
	f.SetAddress("https://press.example/other")
	if f.Scope != "press.example, img.press.example" {
		t.Errorf("a scope that was typed is gone: %q", f.Scope)
	}
}
