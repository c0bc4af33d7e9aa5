package web_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"gabarit/engine"
	"gabarit/engine/source/web"
)

const private = "! the host's address is one of this machine or of a private network"

func TestNamesThatLeadInside(t *testing.T) {
	for name, addrs := range map[string][]string{
		"loopback":            {"127.0.0.1"},
		"IPv6 loopback":       {"::1"},
		"mapped":              {"::ffff:127.0.0.1"},
		"link-local metadata": {"169.254.169.254"},
		"private":             {"10.1.2.3"},
		"carrier":             {"100.64.0.1"},
		"unique local":        {"fd00::1"},
		"NAT64 of loopback":   {"64:ff9b::7f00:1"},
		"public and private":  {"93.184.216.1", "192.168.1.1"},
		"unspecified":         {"0.0.0.0"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, museum)
			s.names[museum] = nil
			for _, a := range addrs {
				s.names[museum] = append(s.names[museum], netip.MustParseAddr(a))
			}
			_, got := s.collect(s.options(museum), "http://"+museum+"/")
			if len(got) != 1 || got["http://"+museum+"/"] != private {
				t.Errorf("got %v", got)
			}
			if len(s.dialled) > 0 || len(s.log) > 0 {
				t.Errorf("dialled %v", s.dialled)
			}
		})
	}
}

func TestAddressesInTheScopeThatLeadInside(t *testing.T) {
	// The scope can name such an address only by a name with a dot; that changes nothing.
	for host, want := range map[string]string{"127.0.0.1": private, "10.0.0.1": private,
		"127.1": "! the collection's scope does not name this host"} { // which is read as 127.0.0.1
		s := newSite(t, museum)
		_, got := s.collect(s.options(host), "http://"+host+"/")
		if got["http://"+host+"/"] != want || len(s.dialled) > 0 {
			t.Errorf("%s: %v, dialled %v", host, got, s.dialled)
		}
	}
}

func TestANameThatChangesItsMind(t *testing.T) {
	s := newSite(t, museum)
	s.changes[museum] = []netip.Addr{netip.MustParseAddr("127.0.0.1")}
	s.pages[museum+"/robots.txt"] = status(http.StatusNotFound, "Connection: close")
	s.pages[museum+"/"] = html(`<img src="/a.jpg">`)
	_, got := s.collect(s.options(museum), "http://"+museum+"/")
	if got["http://"+museum+"/"] != private && got["http://"+museum+"/"] != "! the site's reservation of rights (tdmrep.json) can't be had, so nothing may be asked for" {
		t.Errorf("got %v", got)
	}
	if n := len(s.targets(museum)); n != 1 {
		t.Errorf("%d requests came through, want that for robots.txt alone: %v", n, s.targets(museum))
	}
}

func TestTheSystemsNetworkChecksAtTheSocket(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	at := netip.MustParseAddrPort(server.Listener.Addr().String())
	conn, err := web.SystemNetwork().Dial(t.Context(), at)
	if conn != nil {
		_ = conn.Close()
	}
	var refused *engine.Error
	if !errors.As(err, &refused) || refused.Code != engine.CodeRefused {
		t.Errorf("a connection to loopback: %v", err)
	}
}

func TestBehindAProxy(t *testing.T) {
	var asked []string
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.String())
		if r.URL.Path == "/" {
			html(`<img src="/a.jpg">`)(w, r)
			return
		}
		if r.URL.Path == "/a.jpg" {
			image("a")(w, r)
			return
		}
		http.NotFound(w, r)
	}))
	defer proxy.Close()
	at, err := url.Parse(proxy.URL) // on this machine, as proxies may be
	if err != nil {
		t.Fatal(err)
	}
	s := newSite(t)
	s.names["inside.city-archive.org"] = []netip.Addr{netip.MustParseAddr("10.0.0.1")}
	s.names[static] = []netip.Addr{publicAddr(9)}
	o := s.options("*.city-archive.org, 127.0.0.1")
	o.Proxy = func(*http.Request) (*url.URL, error) { return at, nil }
	for host, want := range map[string]string{
		museum:                    "a", // not resolved here: the proxy does it
		static:                    "a",
		"inside.city-archive.org": private,
		"127.0.0.1":               private,
	} {
		_, got := s.collect(o, "http://"+host+"/")
		key := "http://" + host + "/"
		if want == "a" {
			key = "http://" + host + "/a.jpg on " + key
		}
		if got[key] != want {
			t.Errorf("%s: %v", host, got)
		}
	}
	for _, a := range asked {
		if strings.Contains(a, "inside") || strings.Contains(a, "127.0.0.1") {
			t.Errorf("the proxy was asked for %s", a)
		}
	}
	if len(s.dialled) > 0 {
		t.Errorf("%v was dialled past the proxy", s.dialled)
	}
}

func TestTheSystemsProxyIsTaken(t *testing.T) {
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1") // nothing listens there
	t.Setenv("NO_PROXY", "")
	s := newSite(t, museum)
	o := s.options(museum)
	o.Proxy = nil
	_, got := s.collect(o, "http://"+museum+"/")
	if len(got) != 1 || len(s.log) > 0 {
		t.Errorf("the site was reached past the proxy: %v", got)
	}
}

func TestOpenRefuses(t *testing.T) {
	s := newSite(t, museum)
	good := s.options(museum)
	for name, tc := range map[string]struct {
		change func(*web.Options)
		seeds  []string
		want   string
	}{
		"no contact":          {func(o *web.Options) { o.Contact = "" }, []string{"http://" + museum}, "collecting from sites needs a contact for their owners: your e-mail address, or the address of a page about you"},
		"a placeholder":       {func(o *web.Options) { o.Contact = "me@example.org" }, []string{"http://" + museum}, "nobody could reach you by this contact: it has to be an e-mail address of your own, or the address of a page about you"},
		"a scope of words":    {func(o *web.Options) { o.Scope = "photos of the fair" }, []string{"http://" + museum}, "the collection's scope names no host: collecting from sites needs their host names there, separated by commas"},
		"a host outside":      {func(*web.Options) {}, []string{"http://elsewhere.org/"}, "the collection's scope does not name this host"},
		"a port outside":      {func(*web.Options) {}, []string{"http://" + museum + ":8080/"}, "the collection's scope does not name this port"},
		"no address":          {func(*web.Options) {}, nil, "nothing to collect from was named"},
		"a delay of nothing":  {func(o *web.Options) { o.Limits.Delay = 1 }, []string{"http://" + museum}, "the delay between two requests to a site is at least one second"},
		"a limit below zero":  {func(o *web.Options) { o.Limits.Pages = -1 }, []string{"http://" + museum}, "a limit of the collection can't be negative"},
		"a name and password": {func(*web.Options) {}, []string{"http://a:b@" + museum}, "the address holds a user name: nothing is collected behind a log-in"},
	} {
		t.Run(name, func(t *testing.T) {
			o := good
			tc.change(&o)
			src, err := web.Open(o, tc.seeds...)
			if src != nil || engine.MessageOf(err) != tc.want {
				t.Errorf("%v", err)
			}
		})
	}
	if len(s.dialled) > 0 || len(s.lookups) > 0 {
		t.Error("something was asked for")
	}
}

// COLLY_* variables configure colly; none may loosen a rule.
func TestCollysVariablesChangeNothing(t *testing.T) {
	for k, v := range map[string]string{"COLLY_USER_AGENT": "Mozilla/5.0", "COLLY_IGNORE_ROBOTSTXT": "1", "COLLY_FOLLOW_REDIRECTS": "0", "COLLY_MAX_BODY_SIZE": "10", "COLLY_ALLOWED_DOMAINS": "elsewhere.org",
		"COLLY_CACHE_DIR": t.TempDir(), "COLLY_MAX_DEPTH": "1", "COLLY_MAX_REQUESTS": "1", "COLLY_DETECT_CHARSET": "1"} {
		t.Setenv(k, v)
	}
	TestASiteIsCollectedByItsRules(t)
}

func TestSocialNetworksNeedAWord(t *testing.T) {
	const host, refused = "www.instagram.com", "! this is a social network whose robots.txt does not expressly allow it"
	for robots, want := range map[string]string{
		"":                                refused,
		"User-agent: *\nDisallow: /other": refused,
		"User-agent: *\nAllow: /":         "a",
		"User-agent: gabarit\nDisallow:":  "a",
	} {
		s := newSite(t, host)
		if robots != "" {
			s.pages[host+"/robots.txt"] = text(robots)
		}
		s.pages[host+"/"], s.pages[host+"/a.jpg"] = html(`<img src="/a.jpg">`), image("a")
		_, got := s.collect(s.options(host), "http://"+host+"/")
		if got["http://"+host+"/"] != want && got["http://"+host+"/a.jpg on http://"+host+"/"] != want {
			t.Errorf("%q: %v", robots, got)
		}
	}
}

// A failure to resolve is told as one, and is no reason to try elsewhere.
func TestANameThatDoesNotResolve(t *testing.T) {
	s := newSite(t)
	_, got := s.collect(s.options(museum), "http://"+museum+"/")
	if got["http://"+museum+"/"] != "! the site's robots.txt can't be had, so nothing may be asked for" {
		t.Errorf("got %v", got)
	}
}

func TestAStoppedWalkEndsQuietly(t *testing.T) {
	s := fullSite(t)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	src, err := web.Open(s.options(museum), "http://"+museum+"/")
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	n := 0
	for it := range src.Items(ctx) {
		if ctx.Err() != nil && it.Err != nil {
			t.Errorf("after the stop came %s: %v", it.Key, it.Err)
		}
		n++
		stop()
	}
	if n == 0 {
		t.Error("nothing came")
	}
	var unknown net.Error
	if errors.As(ctx.Err(), &unknown) && unknown.Timeout() {
		t.Error("the test ran into a deadline")
	}
}
