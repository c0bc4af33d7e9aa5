package web_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gabarit/engine"
	"gabarit/engine/source/web"
)

// clock is a time that only sleeping moves.
type clock struct {
	mu    sync.Mutex
	now   time.Time
	slept []time.Duration
}

func newClock() *clock { return &clock{now: time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if ctx.Err() == nil {
		c.now = c.now.Add(d)
		c.slept = append(c.slept, d)
	}
	return ctx.Err()
}

// request is one line of a server's log.
type request struct {
	host, target string
	header       http.Header
	method       string
	at           time.Time
}

// site is one or more hosts on loopback, under names that a resolver of the test knows.
type site struct {
	t     *testing.T
	clock *clock

	mu      sync.Mutex
	log     []request
	names   map[string][]netip.Addr
	lookups map[string]int
	changes map[string][]netip.Addr // what a name resolves to from its second look-up on
	routes  map[netip.AddrPort]string
	dialled []netip.AddrPort
	under   map[string]string      // hosts of requests under way, by the address of the client that waits for the answer
	open    map[netip.AddrPort]int // connections that the client has open
	crowded []string               // hosts with two requests or connections at a time
	pages   map[string]http.HandlerFunc
}

// Addresses that look public; nothing is ever sent there.
func publicAddr(n int) netip.Addr { return netip.MustParseAddr(fmt.Sprintf("93.184.216.%d", n)) }

func newSite(t *testing.T, hosts ...string) *site {
	t.Helper()
	s := &site{t: t, clock: newClock(), names: map[string][]netip.Addr{}, lookups: map[string]int{}, changes: map[string][]netip.Addr{}, routes: map[netip.AddrPort]string{},
		under: map[string]string{}, open: map[netip.AddrPort]int{}, pages: map[string]http.HandlerFunc{}}
	for i, h := range hosts {
		server := httptest.NewServer(http.HandlerFunc(s.serve))
		t.Cleanup(server.Close)
		s.names[h] = []netip.Addr{publicAddr(i + 1)}
		s.routes[netip.AddrPortFrom(publicAddr(i+1), 80)] = strings.TrimPrefix(server.URL, "http://")
	}
	return s
}

// counted is a connection that is counted until the client closes it.
type counted struct {
	net.Conn
	site *site
	at   netip.AddrPort
	once sync.Once
}

func (c *counted) Close() error {
	c.once.Do(func() {
		c.site.mu.Lock()
		defer c.site.mu.Unlock()
		c.site.open[c.at]--
		delete(c.site.under, c.LocalAddr().String()) // it does not wait for the rest; the server may learn that later
	})
	return c.Conn.Close()
}

func (s *site) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.log = append(s.log, request{r.Host, r.URL.RequestURI(), r.Header.Clone(), r.Method, s.clock.Now()})
	for _, host := range s.under {
		if host == r.Host {
			s.crowded = append(s.crowded, "requests to "+r.Host)
		}
	}
	s.under[r.RemoteAddr] = r.Host
	page := s.pages[r.Host+r.URL.Path]
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		delete(s.under, r.RemoteAddr)
		s.mu.Unlock()
	}()
	if page == nil {
		http.NotFound(w, r)
		return
	}
	page(w, r)
}

// LookupNetIP is the test's resolver.
func (s *site) LookupNetIP(_ context.Context, host string) ([]netip.Addr, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lookups[host]++
	if later, ok := s.changes[host]; ok && s.lookups[host] > 1 {
		return later, nil
	}
	if a, ok := s.names[host]; ok {
		return a, nil
	}
	return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
}

// Dial leads addresses that look public to the test's servers; all others are a failure of the test.
func (s *site) Dial(ctx context.Context, to netip.AddrPort) (net.Conn, error) {
	s.mu.Lock()
	s.dialled = append(s.dialled, to)
	at, ok := s.routes[to]
	s.mu.Unlock()
	if !ok {
		s.t.Errorf("something dialled %s", to)
		return nil, io.ErrClosedPipe
	}
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", at)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open[to]++; s.open[to] > 1 {
		s.crowded = append(s.crowded, "connections to "+to.String())
	}
	return &counted{Conn: conn, site: s, at: to}, nil
}

// html serves a page.
func html(body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		setAll(w, headers)
		_, _ = io.WriteString(w, "<!doctype html><html>"+body+"</html>")
	}
}

// image serves bytes that pass for an image here: nothing in this package decodes them.
func image(body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "image/jpeg")
		setAll(w, headers)
		if etag := w.Header().Get("ETag"); etag != "" && r.Header.Get("If-None-Match") == etag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		_, _ = io.WriteString(w, body)
	}
}

func text(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) }
}

func status(code int, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		setAll(w, headers)
		w.WriteHeader(code)
	}
}

func setAll(w http.ResponseWriter, headers []string) {
	for _, h := range headers {
		k, v, _ := strings.Cut(h, ": ")
		if k == "Content-Type" {
			w.Header().Del(k)
		}
		w.Header().Add(k, v)
	}
}

func redirect(to string) http.HandlerFunc { return status(http.StatusFound, "Location: "+to) }

// options are those of a polite user.
func (s *site) options(scope string) web.Options {
	return web.Options{Contact: "archive@city-museum.org", Version: "1.0", Scope: scope, Network: s, Clock: s.clock,
		Proxy:  func(*http.Request) (*url.URL, error) { return nil, nil },
		Limits: web.Limits{Request: 20 * time.Second}}
}

// collect walks a site and opens every item, as the pipeline does. It gives the items in order, and what each held or why not.
func (s *site) collect(o web.Options, seeds ...string) (items []engine.Item, got map[string]string) {
	s.t.Helper()
	src, err := web.Open(o, seeds...)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() {
		if err := src.Close(); err != nil {
			s.t.Error(err)
		}
	}()
	got = map[string]string{}
	for it := range src.Items(s.t.Context()) {
		items = append(items, it)
		if _, twice := got[it.Key]; twice {
			s.t.Errorf("%s is offered twice", it.Key)
		}
		got[it.Key] = opened(s.t, it)
	}
	return items, got
}

// opened gives an item's content, or "! " and why there is none.
func opened(t *testing.T, it engine.Item) string {
	t.Helper()
	if it.Err != nil {
		if engine.MessageOf(it.Err) == "" {
			t.Errorf("%s: an error without words: %v", it.Key, it.Err)
		}
		return "! " + engine.MessageOf(it.Err)
	}
	in, version, err := it.Since(t.Context(), "")
	if err != nil {
		return "! " + engine.MessageOf(err)
	}
	defer in.Close()
	data, err := io.ReadAll(in)
	if err != nil || version == "" {
		t.Errorf("%s: version %q, %v", it.Key, version, err)
	}
	return string(data)
}

// targets are what was asked of a host, in order.
func (s *site) targets(host string) (out []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.log {
		if r.host == host {
			out = append(out, r.target)
		}
	}
	return out
}

// polite checks the whole log: only GET, no cookies, an honest name, one request and one connection a host at a time, and the delay between any two.
func (s *site) polite(delay time.Duration) {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	last := map[string]time.Time{}
	for _, r := range s.log {
		if r.method != http.MethodGet || r.header.Get("Cookie") != "" || r.header.Get("Authorization") != "" || r.header.Get("Referer") != "" {
			s.t.Errorf("%s %s%s was sent with %v", r.method, r.host, r.target, r.header)
		}
		if ua := r.header.Get("User-Agent"); !strings.HasPrefix(ua, "Gabarit/1.0 (") || !strings.Contains(ua, "archive@city-museum.org") {
			s.t.Errorf("user agent %q", ua)
		}
		if before, ok := last[r.host]; ok && r.at.Sub(before) < delay {
			s.t.Errorf("%s%s came %v after the request before, want %v", r.host, r.target, r.at.Sub(before), delay)
		}
		last[r.host] = r.at
	}
	if len(s.crowded) > 0 {
		s.t.Errorf("two at a time: %v", s.crowded)
	}
}

func (s *site) never(host string, prefixes ...string) {
	s.t.Helper()
	for _, target := range s.targets(host) {
		for _, p := range prefixes {
			if strings.HasPrefix(target, p) {
				s.t.Errorf("%s%s was asked for, which a rule forbids", host, target)
			}
		}
	}
}

// memory is a State as a store would keep it.
type memory struct {
	mu      sync.Mutex
	records map[string][]byte
}

func newMemory() *memory { return &memory{records: map[string][]byte{}} }

func (m *memory) Load(_ context.Context, key string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.records[key]), nil
}

func (m *memory) Save(_ context.Context, key string, value []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.records[key] = slices.Clone(value)
	return nil
}

func keys(items []engine.Item) (out []string) {
	for _, it := range items {
		out = append(out, it.Key)
	}
	return out
}
