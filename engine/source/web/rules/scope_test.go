package rules_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gabarit/engine"
	"gabarit/engine/source/web/rules"
)

func TestScopeNamesHosts(t *testing.T) {
	for scope, want := range map[string]rules.Scope{
		"local":                                nil,
		"example.org":                          {{Name: "example.org"}},
		"Example.ORG, photos.example.org":      {{Name: "example.org"}, {Name: "photos.example.org"}},
		"a.org and b.org; c.org et d.org":      {{Name: "a.org"}, {Name: "b.org"}, {Name: "c.org"}, {Name: "d.org"}},
		"*.example.org":                        {{Name: "example.org", Below: true}},
		"*.org, *.co.uk, *.github.io":          nil,
		"example.org:8080":                     {{Name: "example.org", Port: "8080"}},
		"https://example.org/":                 {{Name: "example.org"}},
		"https://example.org/fair, local":      {{Name: "example.org", Path: "/fair"}},
		"everything but not example.org":       nil,
		"photos of the fair, fair.example.org": {{Name: "fair.example.org"}},
		"bücher.example.org":                   {{Name: "xn--bcher-kva.example.org"}},
		"ftp://example.org, user@example.org":  nil,
		"localhost, intranet":                  nil,
	} {
		if d := cmp.Diff(want, rules.ParseScope(scope)); d != "" {
			t.Errorf("%q: %s", scope, d)
		}
	}
}

func TestScopeAllows(t *testing.T) {
	scope := rules.ParseScope("example.org, *.photos.example.net, test.org:8080, https://big.org/fair")
	const host, port, part = "the collection's scope does not name this host", "the collection's scope does not name this port", "the collection's scope names another part of this site"
	for raw, want := range map[string]string{
		"http://example.org":                              "",
		"https://EXAMPLE.org.:443/a?b":                    "",
		"https://www.example.org/":                        host,
		"https://example.org.evil.net/":                   host,
		"https://notexample.org/":                         host,
		"http://example.org:8080/":                        port,
		"https://example.org:80/":                         port,
		"http://a.photos.example.net/":                    "",
		"http://photos.example.net/":                      host,
		"http://xphotos.example.net/":                     host,
		"http://test.org:8080/":                           "",
		"http://test.org/":                                port,
		"https://big.org/fair":                            "",
		"https://big.org/fair/1":                          "",
		"https://big.org/fairest":                         part,
		"http://127.0.0.1/":                               host,
		"http://[::1]/":                                   host,
		"http://user:pass@example.org/":                   "the address holds a user name: nothing is collected behind a log-in",
		"ftp://example.org/":                              "this is not the address of a page or image (http or https)",
		"example.org":                                     "this is not the address of a page or image (http or https)",
		"http:///a":                                       "this is not the address of a page or image (http or https)",
		"http://example.org/" + strings.Repeat("a", 3000): "the address is longer than the limit",
	} {
		u, err := rules.Address(raw)
		if err == nil {
			err = scope.Allows(u)
		}
		if engine.MessageOf(err) != want {
			t.Errorf("%s: %v, want %q", raw, err, want)
		}
	}
}

func TestAddressHasOneForm(t *testing.T) {
	for raw, want := range map[string]string{
		"HTTP://Example.ORG:80":       "http://example.org/",
		"https://example.org:443/a#b": "https://example.org/a",
		"https://example.org:80/a":    "https://example.org:80/a",
		" http://bücher.org/ü ":       "http://xn--bcher-kva.org/%C3%BC",
		"http://[2001:4860::1]:80/":   "http://[2001:4860::1]/",
		"http://example.org./?":       "http://example.org/?",
	} {
		u, err := rules.Address(raw)
		if err != nil || u.String() != want {
			t.Errorf("%q: %v, %v, want %s", raw, u, err, want)
		}
	}
}

func TestAddressesOfThePublicInternet(t *testing.T) {
	for _, public := range strings.Fields("8.8.8.8 93.184.216.34 172.15.0.1 172.32.0.1 100.63.255.255 100.128.0.1 192.0.1.1 198.17.0.1 223.255.255.1 2606:2800:220:1::1 2001:4860:4860::8888 ::ffff:8.8.8.8 64:ff9b::808:808") {
		if err := rules.CheckAddress(netip.MustParseAddr(public)); err != nil {
			t.Errorf("%s: %v", public, err)
		}
	}
	for _, private := range strings.Fields(`0.0.0.0 0.1.2.3 10.0.0.1 100.64.0.1 100.127.255.255 127.0.0.1 127.255.255.254 169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.1 192.0.2.1 192.168.1.1
		198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1 240.0.0.1 255.255.255.255 :: ::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::127.0.0.1 64:ff9b::7f00:1 64:ff9b::a00:1 64:ff9b:1::1 2002:7f00:1:: 2001::1
		2001:db8::1 3fff::1 fc00::1 fd12:3456::1 fe80::1 fe80::1%eth0 fec0::1 ff02::1 100::1 4000::1 2606:2800:220:1::1%eth0`) {
		if err := rules.CheckAddress(netip.MustParseAddr(private)); engine.CodeOf(err) != engine.CodeRefused {
			t.Errorf("%s passes for public: %v", private, err)
		}
	}
	if rules.CheckAddress(netip.Addr{}) == nil {
		t.Error("no address passes for public")
	}
}

func TestContact(t *testing.T) {
	for _, good := range []string{"me@city-museum.org", "jane.doe+photos@mail.city.co.uk", "https://city-museum.org/about#contact", "http://city-museum.org/"} {
		if err := rules.CheckContact(good); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, bad := range []string{"", " ", "me", "me@localhost", "me@example.org", "me@mail.example.com", "https://example.com/me", "me@museum.test", "me@museum.invalid", "ftp://city-museum.org", "https://127.0.0.1/",
		"https://user@city-museum.org/", "Me <me@city-museum.org>", "me@city-museum.org\r\nX: y", "me@museum.local", "https:///x", "me@[127.0.0.1]", "me@1.2.3.4", "müller@city-museum.org", "me@city..org", strings.Repeat("a", 300) + "@city-museum.org"} {
		if err := rules.CheckContact(bad); engine.CodeOf(err) != engine.CodeInvalid {
			t.Errorf("%q is taken as a contact", bad)
		}
	}
}

func TestSocialNetworks(t *testing.T) {
	for host, want := range map[string]bool{"facebook.com": true, "m.facebook.com": true, "x.com": true, "netflix.com": false, "notfacebook.com": false, "city-museum.org": false} {
		if rules.IsSocial(host) != want {
			t.Errorf("%s: %v", host, !want)
		}
	}
}

func TestNamesLongerThanDNSAllowsAreNone(t *testing.T) {
	label := strings.Repeat("a", 63)
	for name, want := range map[string]bool{label + ".org": true, label + "a.org": false, strings.Repeat("a.", 125) + "org": true, strings.Repeat("a.", 126) + "org": false} {
		if _, err := rules.Address("http://" + name + "/"); (err == nil) != want {
			t.Errorf("%d characters: %v", len(name), err)
		}
	}
}

func FuzzScope(f *testing.F) {
	for _, seed := range []string{"example.org", "*.example.org, https://a.org/b; c.org:8080", "bücher.de", "*.com"} {
		f.Add(seed, "http://example.org/a")
	}
	f.Fuzz(func(t *testing.T, scope, raw string) {
		s := rules.ParseScope(scope)
		u, err := rules.Address(raw)
		if err != nil {
			return
		}
		again, err := rules.Address(u.String())
		if err != nil && len(u.String()) <= rules.MaxURL || err == nil && again.String() != u.String() {
			t.Errorf("%q becomes %q becomes %v, %v", raw, u, again, err)
		}
		if s.Allows(u) == nil && len(s) == 0 {
			t.Error("an empty scope allows something")
		}
	})
}

func TestLogins(t *testing.T) {
	for at, want := range map[string]bool{"https://x.org/login": true, "https://x.org/a/Sign-In?next=b": true, "https://login.x.org/": true, "https://accounts.x.org/a": true, "https://x.org/wp-login.php": true,
		"https://x.org/loginova.jpg": false, "https://x.org/": false, "https://authors.org/login-history-of-computing.html": false} {
		u, err := rules.Address(at)
		if err != nil || rules.IsLogin(u) != want {
			t.Errorf("%s: %v", at, !want)
		}
	}
}
