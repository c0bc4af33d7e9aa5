package rules_test

import (
	"strings"
	"testing"
	"time"

	"gabarit/engine/source/web/rules"
)

func TestRobots(t *testing.T) {
	tests := map[string]struct {
		file      string
		allowed   string // paths, separated by spaces
		forbidden string
	}{
		"an empty file forbids nothing":                {"", "/ /a", ""},
		"Disallow with nothing behind forbids nothing": {"User-agent: *\nDisallow:", "/ /a", ""},
		"everybody is meant by a star":                 {"User-agent: *\nDisallow: /a", "/ /b /A", "/a /abc /a/b /a?x=1"},
		"a group that names the program is the only one for it": {
			"User-agent: *\nDisallow: /\nUser-agent: Gabarit\nDisallow: /b", "/ /a", "/b"},
		"groups of one name are taken together": {
			"User-agent: gabarit\nDisallow: /a\n\nUser-agent: *\nDisallow: /\n\nUser-agent: GABARIT/2.0\nDisallow: /b", "/c", "/a /b"},
		"names may share rules":                      {"User-agent: x\nUser-agent: gabarit\nUser-agent: y\nDisallow: /a", "/b", "/a"},
		"a longer name is another program":           {"User-agent: gabarit-images\nDisallow: /", "/a", ""},
		"a shorter name is another program":          {"User-agent: gab\nDisallow: /", "/a", ""},
		"the longest rule wins":                      {"User-agent: *\nDisallow: /a/\nAllow: /a/b\nDisallow: /a/b/c", "/a/b /a/bx", "/a/x /a/b/c"},
		"of equal rules Allow wins, in either order": {"User-agent: *\nDisallow: /a\nAllow: /a\nAllow: /b\nDisallow: /b", "/a /b", ""},
		"a star stands for anything":                 {"User-agent: *\nDisallow: /*/secret\nDisallow: *.php", "/secret /a", "/a/secret /a/b/secret/x /x.php /x.php?a"},
		"a dollar is the end":                        {"User-agent: *\nDisallow: /a$\nDisallow: /*.gif$", "/ab /x.gif?y", "/a /x.gif /y/x.gif"},
		"escapes are compared by what they mean":     {"User-agent: *\nDisallow: /%7ejoe\nDisallow: /caf%c3%a9\nDisallow: /a%2Fb\nDisallow: /ü", "/a/b", "/~joe /café /caf%C3%A9 /a%2fb /%C3%BC"},
		"a star in a path is no star in a rule":      {"User-agent: *\nDisallow: /a%2Ab", "/axb", "/a*b /a%2ab"},
		"a star matches a star":                      {"User-agent: *\nDisallow: /a*b", "", "/a*b /axb /ab"},
		"comments, spaces and line ends":             {"\xef\xbb\xbf# hello\r\n user-AGENT :  * # all\r\nDisALLOW:/a #x\rDisallow : /b", "/c", "/a /b"},
		"a group does not end at what is no rule":    {"User-agent: *\nSitemap: https://x.org/s.xml\nNonsense\nDisallow: /a", "/b", "/a"},
		"Crawl-delay ends no group":                  {"User-agent: *\nCrawl-delay: 1\nUser-agent: gabarit\nDisallow: /a", "/b", "/a"},
		"rules before any group are nobody's":        {"Disallow: /a\nUser-agent: *\nDisallow: /b", "/a", "/b"},
		"robots.txt itself may always be read":       {"User-agent: *\nDisallow: /", "/robots.txt", "/a"},
		"a rule without a slash is taken as one":     {"User-agent: *\nDisallow: private", "/a", "/private"},
		"a page of HTML forbids nothing":             {"<!doctype html><title>Not found</title>", "/a", ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			r := rules.ParseRobots([]byte(tc.file), rules.Product)
			for _, path := range strings.Fields(tc.allowed) {
				if ok, _ := r.Allows(path); !ok {
					t.Errorf("%s is forbidden", path)
				}
			}
			for _, path := range strings.Fields(tc.forbidden) {
				if ok, _ := r.Allows(path); ok {
					t.Errorf("%s is allowed", path)
				}
			}
		})
	}
}

func TestRobotsAllowInWords(t *testing.T) {
	for name, tc := range map[string]struct {
		file  string
		words bool
	}{
		"silence is no word":                 {"", false},
		"a group for others is no word":      {"User-agent: *\nDisallow: /x", false},
		"an Allow for everybody is one":      {"User-agent: *\nAllow: /a", true},
		"a group by name is one":             {"User-agent: gabarit\nDisallow: /x", true},
		"an Allow that does not match isn't": {"User-agent: *\nAllow: /b", false},
	} {
		t.Run(name, func(t *testing.T) {
			ok, words := rules.ParseRobots([]byte(tc.file), rules.Product).Allows("/a")
			if !ok || words != tc.words {
				t.Errorf("allowed %v, in words %v", ok, words)
			}
		})
	}
}

func TestCrawlDelay(t *testing.T) {
	for file, want := range map[string]time.Duration{
		"User-agent: *\nCrawl-delay: 2.5":                                               2500 * time.Millisecond,
		"User-agent: *\nCrawl-delay: 9\nDisallow:\nUser-agent: gabarit\nCrawl-delay: 1": time.Second,
		"User-agent: *\nCrawl-delay: -1":                                                0,
		"User-agent: *\nCrawl-delay: NaN":                                               0,
		"User-agent: *\nCrawl-delay: 1e300":                                             0,
		"User-agent: *\nCrawl-delay: soon":                                              0,
	} {
		if got := rules.ParseRobots([]byte(file), rules.Product).Delay; got != want {
			t.Errorf("%q: %v, want %v", file, got, want)
		}
	}
}

func FuzzRobots(f *testing.F) {
	for _, seed := range []string{"User-agent: *\nDisallow: /a*b$\nAllow: /", "User-agent: gabarit\nCrawl-delay: 1\nDisallow: /%zz%7e", "\xef\xbb\xbfuser-agent:*\rdisallow:*", "User-agent: *\nDisallow: " + strings.Repeat("*a", 200) + "$"} {
		f.Add([]byte(seed), "/a/b?c=d")
	}
	f.Fuzz(func(t *testing.T, file []byte, path string) {
		r := rules.ParseRobots(file, rules.Product)
		ok, words := r.Allows(path)
		if words && !ok {
			t.Error("allowed in words, and forbidden")
		}
		if r.Delay < 0 {
			t.Errorf("delay %v", r.Delay)
		}
		// A last word for everything, for this program alone, always counts.
		all := append([]byte("User-agent: gabarit\nDisallow: /\n\nUser-agent: nobody\nDisallow: /\n"), file...)
		if !strings.Contains(strings.ToLower(string(file)), "allow") {
			if ok, _ := rules.ParseRobots(all, rules.Product).Allows("/" + path); ok && path != "robots.txt" {
				t.Errorf("%q is allowed although everything is forbidden", path)
			}
		}
	})
}
