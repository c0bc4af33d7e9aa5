//go:build uitest

package web

import (
	"context"
	"net"
	"net/netip"
	"os"
	"strings"
)

// testNetwork leads one host name to a server on this machine, for tests of the real window. It exists only in builds with the tag uitest, and knows no other name.
type testNetwork struct{ host, at string }

// defaultNetwork takes GABARIT_UI_SITE, as "fair.city-archive.org=127.0.0.1:8080".
func defaultNetwork() Network {
	host, at, _ := strings.Cut(os.Getenv("GABARIT_UI_SITE"), "=")
	return testNetwork{host, at}
}

// LookupNetIP gives an address that looks public; nothing is sent there.
func (n testNetwork) LookupNetIP(_ context.Context, host string) ([]netip.Addr, error) {
	if host != n.host {
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	return []netip.Addr{netip.MustParseAddr("93.184.216.1")}, nil
}

// Dial connects to the test's server.
func (n testNetwork) Dial(ctx context.Context, _ netip.AddrPort) (net.Conn, error) {
	var d net.Dialer
	return d.DialContext(ctx, "tcp", n.at)
}
