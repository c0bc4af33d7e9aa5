package rules

import (
	"net/mail"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/publicsuffix"

	"gabarit/engine"
)

// CheckContact tells whether a site's owner could reach somebody by it: an e-mail address, or an http(s) address, that is no
// placeholder. CodeInvalid otherwise.
func CheckContact(contact string) error {
	const op = "web.CheckContact"
	if contact == "" {
		return engine.E(engine.CodeInvalid, op, "collecting from sites needs a contact for their owners: your e-mail address, or the address of a page about you", nil)
	}
	bad := engine.E(engine.CodeInvalid, op, "nobody could reach you by this contact: it has to be an e-mail address of your own, or the address of a page about you", nil)
	if len(contact) > 200 || strings.ContainsFunc(contact, func(r rune) bool {
		return r > unicode.MaxASCII || unicode.IsControl(r) || unicode.IsSpace(r) || strings.ContainsRune("()<>;\\\"", r)
	}) {
		return bad
	}
	host := ""
	if a, err := mail.ParseAddress(contact); err == nil && a.Address == contact {
		_, host, _ = strings.Cut(contact, "@")
	} else if u, err := url.Parse(contact); err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.User == nil {
		host = u.Hostname()
	}
	if !isPublicName(strings.ToLower(host)) {
		return bad
	}
	return nil
}

// isPublicName tells a host name that somebody could have, from placeholders (RFC 2606, 6761) and addresses.
func isPublicName(host string) bool {
	labels := strings.Split(host, ".")
	last := labels[len(labels)-1]
	if len(labels) < 2 || slices.Contains(labels, "") || last[0] >= '0' && last[0] <= '9' {
		return false
	}
	if slices.Contains([]string{"example", "invalid", "test", "localhost", "local", "internal", "lan", "home", "corp"}, last) {
		return false
	}
	site, err := publicsuffix.EffectiveTLDPlusOne(host)
	if err != nil {
		return false
	}
	return !slices.Contains([]string{"example.com", "example.net", "example.org"}, site)
}
