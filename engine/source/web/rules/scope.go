package rules

import (
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"

	"gabarit/engine"
)

// Scope is the hosts that may be asked.
type Scope []Host

// Host is one entry of a scope: a host name, with all names below it if Below, on one port if it names one, and only below a path.
type Host struct {
	Name  string // lower case, ASCII
	Below bool   // written "*.name"; name itself is not meant
	Port  string // "": 80 for http, 443 for https
	Path  string // "" or a prefix that starts with "/"
}

// ParseScope finds the hosts in a collection's scope: its parts between commas, semicolons and line ends that are nothing but host names
// ("example.org"), names with all below them ("*.example.org"), names with a port, or http(s) addresses, whose path then bounds what is
// collected. Parts that say something in words name no host. There may be none.
func ParseScope(scope string) Scope {
	var out Scope
	for _, part := range strings.FieldsFunc(scope, func(r rune) bool { return r == ',' || r == ';' || r == '\n' }) {
		var found Scope
		for _, word := range strings.Fields(part) {
			if word == "and" || word == "et" {
				continue
			}
			h, ok := parseHost(word)
			if !ok {
				found = nil
				break
			}
			found = append(found, h)
		}
		out = append(out, found...)
	}
	return out
}

// parseHost reads one word of a scope.
func parseHost(word string) (Host, bool) {
	var h Host
	rest := word
	if scheme, after, ok := strings.Cut(word, "://"); ok {
		if !strings.EqualFold(scheme, "http") && !strings.EqualFold(scheme, "https") {
			return h, false
		}
		rest = after
	}
	rest, h.Below = strings.CutPrefix(rest, "*.")
	u, err := url.Parse("http://" + rest)
	if err != nil || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return h, false
	}
	name, ok := hostName(u.Hostname())
	if !ok || !strings.Contains(name, ".") {
		return h, false
	}
	if suffix, _ := publicsuffix.PublicSuffix(name); h.Below && suffix == name {
		return h, false // everybody registers names there
	}
	h.Name, h.Port = name, u.Port()
	if p := u.EscapedPath(); p != "/" {
		h.Path = p
	}
	return h, true
}

// hostName gives a name as it stands in DNS, within its limits (RFC 1035, 2.3.4): 253 characters, 63 between two dots.
func hostName(name string) (string, bool) {
	name, err := idna.Lookup.ToASCII(strings.TrimSuffix(strings.ToLower(name), "."))
	if err != nil || name == "" || len(name) > 253 || strings.ContainsAny(name, ":[]%") {
		return "", false
	}
	for label := range strings.SplitSeq(name, ".") {
		if len(label) > 63 {
			return "", false
		}
	}
	return name, true
}

// Allows tells whether an address may be asked for. CodeRefused says why not.
func (s Scope) Allows(u *url.URL) error {
	const op = "web.Scope"
	name := u.Hostname()
	named, port := false, false
	for _, h := range s {
		if !h.Below && name != h.Name || h.Below && !strings.HasSuffix(name, "."+h.Name) {
			continue
		}
		named = true
		if h.Port != "" && h.Port == u.Port() || h.Port == "" && UsualPort(u) {
			port = true
			if h.Path == "" || below(u.EscapedPath(), h.Path) {
				return nil
			}
		}
	}
	switch {
	case !named:
		return engine.E(engine.CodeRefused, op, "the collection's scope does not name this host", nil)
	case !port:
		return engine.E(engine.CodeRefused, op, "the collection's scope does not name this port", nil)
	}
	return engine.E(engine.CodeRefused, op, "the collection's scope names another part of this site", nil)
}

// below tells whether a path is prefix or lies under it: "/fair" holds "/fair/1", not "/fairest".
func below(path, prefix string) bool {
	rest, ok := strings.CutPrefix(path, prefix)
	return ok && (rest == "" || strings.HasSuffix(prefix, "/") || rest[0] == '/')
}

// UsualPort tells the port that needs no word: 80 for http, 443 for https.
func UsualPort(u *url.URL) bool {
	p := u.Port()
	return p == "" || u.Scheme == "http" && p == "80" || u.Scheme == "https" && p == "443"
}

// MaxURL is the longest address that is asked for, in bytes.
const MaxURL = 2000

// Address checks an address and brings it into one form: lower-case host in ASCII, no usual port, no fragment, "/" for an empty path.
func Address(raw string) (*url.URL, error) {
	const op = "web.Address"
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return nil, engine.E(engine.CodeInvalid, op, "this is not the address of a page or image (http or https)", err)
	}
	if u.User != nil {
		return nil, engine.E(engine.CodeInvalid, op, "the address holds a user name: nothing is collected behind a log-in", nil)
	}
	if len(raw) > MaxURL {
		return nil, engine.E(engine.CodeLimit, op, "the address is longer than the limit", nil)
	}
	name := u.Hostname()
	if !strings.Contains(name, ":") { // not IPv6
		var ok bool
		if name, ok = hostName(name); !ok {
			return nil, engine.E(engine.CodeInvalid, op, "the address has no proper host name", nil)
		}
	}
	port := u.Port()
	if u.Host = name; strings.Contains(name, ":") {
		u.Host = "[" + name + "]"
	}
	if port != "" {
		u.Host += ":" + port
	}
	if u.Port() != "" && UsualPort(u) {
		u.Host = strings.TrimSuffix(u.Host, ":"+port)
	}
	u.Fragment, u.RawFragment = "", ""
	if u.Path == "" {
		u.Path = "/"
	}
	return u, nil
}

// socialNetworks are sites of profiles. Their pages are not collected unless robots.txt allows it in so many words.
const socialNetworks = `facebook.com fb.com fbcdn.net instagram.com cdninstagram.com threads.net threads.com twitter.com x.com twimg.com t.co
	tiktok.com tiktokcdn.com linkedin.com licdn.com snapchat.com sc-cdn.net pinterest.com pinimg.com reddit.com redd.it redditmedia.com youtube.com
	youtu.be ytimg.com vk.com vk.ru userapi.com ok.ru mycdn.me weibo.com weibo.cn sinaimg.cn qq.com douyin.com xiaohongshu.com tumblr.com flickr.com staticflickr.com
	bsky.app bsky.social mastodon.social t.me telegram.org venmo.com badoo.com tinder.com xing.com viadeo.com`

// IsSocial tells whether a host belongs to a social network.
func IsSocial(host string) bool {
	return slices.ContainsFunc(strings.Fields(socialNetworks), func(s string) bool { return host == s || strings.HasSuffix(host, "."+s) })
}

// IsLogin tells by its words an address where one logs in.
func IsLogin(u *url.URL) bool {
	const words = " login log-in signin sign-in sign_in sso oauth oauth2 connexion anmelden anmeldung authenticate wp-login.php login.php login.html login.aspx authwall "
	name, _, _ := strings.Cut(u.Hostname(), ".")
	for _, part := range append(strings.Split(strings.ToLower(u.Path), "/"), name) {
		if part != "" && strings.Contains(words, " "+part+" ") {
			return true
		}
	}
	return name == "accounts" || name == "auth"
}
