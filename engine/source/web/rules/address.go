package rules

import (
	"net/netip"
	"slices"
	"strings"

	"gabarit/engine"
)

// reserved are blocks that are no part of the public internet and that netip.Addr has no word for (IANA's registries of special-purpose addresses).
const reserved = `0.0.0.0/8 100.64.0.0/10 192.0.0.0/24 192.0.2.0/24 192.88.99.0/24 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 240.0.0.0/4
	2001::/23 2001:db8::/32 2002::/16 3fff::/20`

// CheckAddress refuses an address that is not one of the public internet. CodeRefused.
func CheckAddress(a netip.Addr) error {
	if isPublic(a) {
		return nil
	}
	return engine.E(engine.CodeRefused, "web.Dial", "the host's address is one of this machine or of a private network", nil)
}

func isPublic(a netip.Addr) bool {
	if !a.IsValid() || a.Zone() != "" {
		return false
	}
	a = a.Unmap()
	if v4, ok := nat64(a); ok {
		a = v4
	}
	if !a.IsGlobalUnicast() || a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() {
		return false
	}
	if a.Is6() && !netip.MustParsePrefix("2000::/3").Contains(a) {
		return false // all that is given out lies there
	}
	return !slices.ContainsFunc(strings.Fields(reserved), func(block string) bool { return netip.MustParsePrefix(block).Contains(a) })
}

// nat64 gives the IPv4 address behind 64:ff9b::/96 (RFC 6052).
func nat64(a netip.Addr) (netip.Addr, bool) {
	if !a.Is6() || !netip.MustParsePrefix("64:ff9b::/96").Contains(a) {
		return a, false
	}
	b := a.As16()
	return netip.AddrFrom4([4]byte(b[12:])), true
}
