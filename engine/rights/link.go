package rights

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// link gives what a click on an address opens, in the ASCII form that PDF asks for; "" for
// anything but the web.
func link(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || !strings.EqualFold(u.Scheme, "http") && !strings.EqualFold(u.Scheme, "https") {
		return ""
	}
	target, err := asciiURL(u)
	if err != nil {
		return ""
	}
	return target
}

var errNotASCII = errors.New("not an ASCII address")

// asciiURL writes u with an ASCII host and everything else percent-encoded where needed.
func asciiURL(u *url.URL) (string, error) {
	host, err := hostASCII(u.Hostname())
	if err != nil {
		return "", err
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if port := u.Port(); port != "" {
		host += ":" + port
	}
	v := *u
	v.Host = host
	v.RawQuery = escapeNonASCII(u.RawQuery)
	s := v.String()
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' {
			return "", errNotASCII
		}
	}
	return s, nil
}

// escapeNonASCII percent-encodes the bytes that a query, which net/url leaves as it is, must not hold.
func escapeNonASCII(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c > '~' {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}
