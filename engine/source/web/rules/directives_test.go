package rules_test

import (
	"net/textproto"
	"testing"
	"time"

	"gabarit/engine"
	"gabarit/engine/source/web/rules"
)

var now = time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)

func TestXRobotsTag(t *testing.T) {
	none := rules.Directives{}
	noIndex := rules.Directives{NoIndex: true}
	for name, tc := range map[string]struct {
		tag  string
		want rules.Directives
	}{
		"nothing":                        {"", none},
		"all":                            {"all", none},
		"noindex":                        {"noindex", noIndex},
		"case and spaces":                {" NoIndex , NOFOLLOW", rules.Directives{NoIndex: true, NoFollow: true}},
		"none":                           {"none", rules.Directives{NoIndex: true, NoFollow: true}},
		"images":                         {"noimageindex", rules.Directives{NoImages: true}},
		"AI":                             {"noai, noimageai", rules.Directives{NoAI: true, NoImages: true}},
		"for this program":               {"gabarit: noindex", noIndex},
		"for this program, with version": {"Gabarit/1.0: noindex", noIndex},
		"for another":                    {"googlebot: noindex, noai", none},
		"for another, then for this":     {"googlebot: noindex, gabarit: noai", rules.Directives{NoAI: true}},
		"for everybody, then another":    {"noai, otherbot: noindex", rules.Directives{NoAI: true}},
		"names with values":              {"max-snippet: 50, noindex, max-image-preview: none", noIndex},
		"a date that is past":            {"unavailable_after: 25 Jun 2025 15:00:00 PST", noIndex},
		"a date to come":                 {"unavailable_after: 2030-01-01", none},
		"a date to come, with commas":    {"unavailable_after: Saturday, 25-Jun-33 15:00:00 GMT, noai", rules.Directives{NoAI: true}},
		"a date that is none":            {"unavailable_after: soon", noIndex},
		"a date of another program":      {"otherbot: unavailable_after: 2020-01-01", none},
		"a date of this program":         {"gabarit: unavailable_after: 2020-01-01", noIndex},
		"a time to come":                 {"unavailable_after: 2030-01-01T00:00:00Z, noindex", noIndex},
	} {
		t.Run(name, func(t *testing.T) {
			if got := rules.ParseRobotsTag(tc.tag, now); got != tc.want {
				t.Errorf("%+v, want %+v", got, tc.want)
			}
		})
	}
	if got := rules.MetaDirectives("noindex, noai", now); got != (rules.Directives{NoIndex: true, NoAI: true}) {
		t.Errorf("meta: %+v", got)
	}
	h := textproto.MIMEHeader{"X-Robots-Tag": {"otherbot: noindex", "noai"}, "Tdm-Reservation": {"0", "1"}, "Tdm-Policy": {"https://x.org/p"}}
	if got := rules.HeaderDirectives(h, now); got != (rules.Directives{NoAI: true, Reserved: true, Policy: "https://x.org/p"}) {
		t.Errorf("headers: %+v", got)
	}
}

func TestTDM(t *testing.T) {
	for name, tc := range map[string]struct {
		file     string
		path     string
		reserved bool
	}{
		"no file":                        {"", "/a", false},
		"everything":                     {`[{"location":"/","tdm-reservation":1}]`, "/a", true},
		"the first that matches decides": {`[{"location":"/free/","tdm-reservation":0},{"location":"/","tdm-reservation":1}]`, "/free/a", false},
		"another order":                  {`[{"location":"/","tdm-reservation":1},{"location":"/free/","tdm-reservation":0}]`, "/free/a", true},
		"stars and the end":              {`[{"location":"/*.jpg$","tdm-reservation":1}]`, "/a/b.jpg", true},
		"not beyond the end":             {`[{"location":"/*.jpg$","tdm-reservation":1}]`, "/a/b.jpg.html", false},
		"one rule without a list":        {`{"location":"/a","tdm-reservation":1}`, "/a", true},
		"a number as text":               {`[{"location":"/a","tdm-reservation":"1"}]`, "/a", true},
		"a rule without a location":      {`[{"tdm-reservation":1}]`, "/a", true},
		"elsewhere":                      {`[{"location":"/a","tdm-reservation":1}]`, "/b", false},
		"broken":                         {`[{"location":"/a",`, "/b", true},
		"not what it should be":          {`"reserved"`, "/b", true},
		"a page in its place":            {"\n<!DOCTYPE html>", "/b", false},
		"an odd value says nothing":      {`[{"location":"/","tdm-reservation":7}]`, "/b", false},
	} {
		t.Run(name, func(t *testing.T) {
			err := rules.ParseTDM([]byte(tc.file)).Allows(tc.path)
			if (err != nil) != tc.reserved || err != nil && engine.CodeOf(err) != engine.CodeRefused {
				t.Errorf("%v", err)
			}
		})
	}
}

func FuzzXRobotsTag(f *testing.F) {
	for _, seed := range []string{"noindex", "gabarit: noindex, nofollow, otherbot: none", "unavailable_after: Saturday, 25-Jun-33 15:00:00 GMT, noai", ":,:,:", "a:b:c:noindex"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, tag string) {
		rules.ParseRobotsTag(tag, now)
		if got := rules.ParseRobotsTag("noindex, "+tag, now); !got.NoIndex {
			t.Errorf("what follows undid noindex: %+v", got)
		}
	})
}

func FuzzTDM(f *testing.F) {
	for _, seed := range []string{`[{"location":"/a*","tdm-reservation":1,"tdm-policy":"https://x.org"}]`, `{"location":1}`, `[]`, `[null]`, `[[`} {
		f.Add([]byte(seed), "/a")
	}
	f.Fuzz(func(t *testing.T, file []byte, path string) {
		if err := rules.ParseTDM(file).Allows(path); err != nil && engine.MessageOf(err) == "" {
			t.Errorf("an error without words: %v", err)
		}
	})
}
