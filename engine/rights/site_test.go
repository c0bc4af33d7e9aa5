package rights_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"gabarit/engine"
	"gabarit/engine/rights"
)

func TestSiteOfAnItem(t *testing.T) {
	for _, c := range []struct{ name, page, image, want string }{
		{"the registrable domain of the page", "https://www.news.example.co.uk/a?b#c", "https://cdn.example.net/x.jpg", "example.co.uk"},
		{"of the image where there is no page", "", "http://IMG.Example.NET:8080/x.jpg", "example.net"},
		{"of the image where the page is no web page", "file:///home/x.html", "https://example.net/x.jpg", "example.net"},
		{"a name hosted under a shared suffix is a site of its own", "https://anna.github.io/", "", "anna.github.io"},
		{"a suffix itself", "https://github.io/", "", "github.io"},
		{"an international name in its ASCII form", "https://WWW.Bücher.example/", "", "xn--bcher-kva.example"},
		{"an address by number", "http://192.0.2.7:8000/x", "", "192.0.2.7"},
		{"an address by number, IPv6", "http://[2001:db8::1]/x", "", "2001:db8::1"},
		{"a name without a suffix", "http://localhost:3000/", "", "localhost"},
		{"a final dot", "https://example.org./", "", "example.org"},
		{"no address", "", "", ""},
		{"an address that can't be read", "https://%zz", "::", ""},
		{"a picture written out", "", "data:image/png;base64,AAAA", ""},
		{"a user name is not a host", "https://example.org@evil.example/", "", "evil.example"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cases := rights.BySite([]engine.CaseItem{{Source: engine.Provenance{PageURL: c.page, URL: c.image}}})
			if len(cases) != 1 || cases[0].Site != c.want {
				t.Errorf("cases %+v, want one on %q", cases, c.want)
			}
		})
	}
}

func TestBySiteGroupsInAStableOrder(t *testing.T) {
	item := func(face, page string) engine.CaseItem {
		return engine.CaseItem{Face: engine.FaceID(face), Source: engine.Provenance{PageURL: page}}
	}
	given := []engine.CaseItem{
		item("A-0", ""), item("B-0", "https://b.example/1"), item("C-0", "https://www.a.example/"), item("B-1", "https://x.b.example/2"),
		item("B-0", "https://b.example/1"), item("D-0", ""), item("E-0", "https://a.example/"),
	}
	want := []engine.Case{
		{Site: "a.example", State: engine.CaseDraft, Items: []engine.CaseItem{given[2], given[6]}},
		{Site: "b.example", State: engine.CaseDraft, Items: []engine.CaseItem{given[1], given[3]}},
		{Site: "", State: engine.CaseDraft, Items: []engine.CaseItem{given[0], given[5]}},
	}
	for range 5 {
		if diff := cmp.Diff(want, rights.BySite(given)); diff != "" {
			t.Fatalf("cases (-want +got):\n%s", diff)
		}
	}
	if got := rights.BySite(nil); len(got) != 0 {
		t.Errorf("cases of nothing: %+v", got)
	}
}
