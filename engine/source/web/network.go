package web

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"syscall"

	"gabarit/engine"
	"gabarit/engine/source/web/rules"
)

// Network resolves names and opens connections. What it answers is checked by the caller. Safe for concurrent use.
type Network interface {
	LookupNetIP(ctx context.Context, host string) ([]netip.Addr, error)
	Dial(ctx context.Context, to netip.AddrPort) (net.Conn, error)
}

type systemNetwork struct{}

// LookupNetIP asks the system's resolver.
func (systemNetwork) LookupNetIP(ctx context.Context, host string) ([]netip.Addr, error) {
	return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
}

// Dial connects, and checks the address once more at the socket.
func (systemNetwork) Dial(ctx context.Context, to netip.AddrPort) (net.Conn, error) {
	d := net.Dialer{Timeout: dialTimeout, Control: func(_, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil {
			return err
		}
		return rules.CheckAddress(at.Addr())
	}}
	return d.DialContext(ctx, "tcp", to.String())
}

// wire carries single requests: directly, or through the proxy that the system names.
type wire struct {
	network Network
	proxy   func(*http.Request) (*url.URL, error)
	direct  *http.Transport
	proxied *http.Transport

	mu   sync.Mutex
	busy map[string]chan struct{} // by host name; holds one token while a connection is open
}

// single is a connection that gives its host's token back when it is closed. net/http opens the next one a moment before.
type single struct {
	net.Conn
	busy chan struct{}
	once sync.Once
}

// Close closes the connection.
func (s *single) Close() error {
	err := s.Conn.Close()
	s.once.Do(func() { <-s.busy })
	return err
}

// enter waits until no connection to a host is open, and takes its token.
func (w *wire) enter(ctx context.Context, host string) (chan struct{}, error) {
	w.mu.Lock()
	busy := w.busy[host]
	if busy == nil {
		busy = make(chan struct{}, 1)
		w.busy[host] = busy
	}
	w.mu.Unlock()
	select {
	case busy <- struct{}{}:
		return busy, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func newWire(network Network, proxy func(*http.Request) (*url.URL, error)) *wire {
	if network == nil {
		network = defaultNetwork()
	}
	if proxy == nil {
		proxy = http.ProxyFromEnvironment
	}
	w := &wire{network: network, proxy: proxy, busy: map[string]chan struct{}{}}
	// The body is inflated by the caller, who counts. Each request has a connection of its own: on one that was used before, net/http makes a
	// request again by itself, at once, when the server breaks off.
	base := http.Transport{DisableCompression: true, DisableKeepAlives: true, MaxConnsPerHost: 1, TLSHandshakeTimeout: dialTimeout, MaxResponseHeaderBytes: maxHeaderBytes}
	w.direct, w.proxied = base.Clone(), base.Clone()
	w.direct.DialContext = w.dial
	w.proxied.Proxy = proxy
	w.proxied.DialContext = (&net.Dialer{Timeout: dialTimeout}).DialContext
	return w
}

// roundTrip makes one request. Errors: CodeRefused where an address is, else those of net/http.
func (w *wire) roundTrip(req *http.Request) (*http.Response, error) {
	via, err := w.proxy(req)
	switch {
	case err != nil:
		return nil, engine.E(engine.CodeInvalid, "web.Proxy", "the system's proxy setting can't be understood", err)
	case via == nil:
		return w.direct.RoundTrip(req)
	}
	addrs, err := w.resolve(req.Context(), req.URL.Hostname())
	if refused := new(engine.Error); errors.As(err, &refused) {
		return nil, err
	}
	_ = addrs // a name that can't be resolved here is left to the proxy
	return w.proxied.RoundTrip(req)
}

// resolve gives the addresses of a host, all of them public ones. CodeRefused: one is not.
func (w *wire) resolve(ctx context.Context, host string) ([]netip.Addr, error) {
	var addrs []netip.Addr
	if a, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		addrs = []netip.Addr{a}
	} else if addrs, err = w.network.LookupNetIP(ctx, host); err != nil {
		return nil, err
	}
	for _, a := range addrs {
		if err := rules.CheckAddress(a); err != nil {
			return nil, err
		}
	}
	if len(addrs) == 0 {
		return nil, &net.DNSError{Err: "no addresses", Name: host, IsNotFound: true}
	}
	return addrs, nil
}

// dial connects to a host by an address that was checked.
func (w *wire) dial(ctx context.Context, _, addr string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	addrs, err := w.resolve(ctx, host)
	if err != nil {
		return nil, err
	}
	n, err := net.DefaultResolver.LookupPort(ctx, "tcp", port)
	if err != nil {
		return nil, err
	}
	busy, err := w.enter(ctx, host)
	if err != nil {
		return nil, err
	}
	var conn net.Conn
	for _, a := range addrs[:min(len(addrs), maxDialled)] {
		if conn, err = w.network.Dial(ctx, netip.AddrPortFrom(a.Unmap(), uint16(n))); err == nil {
			return &single{Conn: conn, busy: busy}, nil
		}
	}
	<-busy
	return nil, err
}

func (w *wire) close() {
	w.direct.CloseIdleConnections()
	w.proxied.CloseIdleConnections()
}
