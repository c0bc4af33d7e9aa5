package web

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"gabarit/engine"
	"gabarit/engine/source/web/rules"
)

// client makes requests that keep the rules. Safe for concurrent use.
type client struct {
	agent   string
	contact string
	scope   rules.Scope
	limits  Limits
	clock   Clock
	wire    *wire
	began   atomic.Int64 // of this pass, in Unix nanoseconds
	bytes   atomic.Int64 // bodies as they were sent

	mu    sync.Mutex
	hosts map[string]*host
}

// newClient checks the options. CodeInvalid: no contact, a wrong limit.
func newClient(o Options) (*client, error) {
	if err := rules.CheckContact(o.Contact); err != nil {
		return nil, err
	}
	limits, err := o.Limits.complete()
	if err != nil {
		return nil, err
	}
	clock := o.Clock
	if clock == nil {
		clock = systemClock{}
	}
	c := &client{agent: userAgent(o.Version, o.Contact), contact: o.Contact, scope: rules.ParseScope(o.Scope), limits: limits, clock: clock,
		wire: newWire(o.Network, o.Proxy), hosts: map[string]*host{}}
	c.begin()
	return c, nil
}

// begin starts the time and the bytes of a pass.
func (c *client) begin() {
	c.began.Store(c.clock.Now().UnixNano())
	c.bytes.Store(0)
}

// validators are what an answer said of its version, to ask whether it is still the same.
type validators struct {
	ETag     string `json:"etag,omitempty"`
	Modified string `json:"modified,omitempty"` // Last-Modified, as it was written
}

// ask is one request.
type ask struct {
	url   *url.URL // as address gives it
	page  bool     // HTML is wanted; the body of anything else is not read
	cut   bool     // the start is enough of a body that is longer than the limit
	since validators
}

// answer is what came, whole.
type answer struct {
	url    *url.URL
	status int
	proto  string
	header http.Header
	raw    []byte // body as it was sent, without chunks
	body   []byte // inflated
	media  string // media type of the body, lower case; "" if not told
	asked  http.Header
	at     time.Time
}

func (a *answer) validators() validators {
	return validators{ETag: rules.Clip(a.header.Get("ETag"), 500), Modified: rules.Clip(a.header.Get("Last-Modified"), 100)}
}

// redirect gives the address an answer sends to, nil if to none.
func (a *answer) redirect() (*url.URL, error) {
	switch a.status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
	default:
		return nil, nil
	}
	to, err := a.url.Parse(a.header.Get("Location"))
	if err != nil || a.header.Get("Location") == "" {
		return nil, engine.E(engine.CodeUnavailable, "web.Redirect", "the site sends to an address that is none", err)
	}
	return rules.Address(to.String())
}

// get asks for one address, after every rule allowed it. It follows no redirect: the caller asks for where it leads, by the same rules.
// Errors: CodeRefused (outside of the scope, a private network, the site's rules), CodeInvalid, CodeLimit, CodeUnavailable, ctx's end.
func (c *client) get(ctx context.Context, a ask) (*answer, error) {
	return c.getWithin(ctx, c.scope, a)
}

// getWithin is get for another scope.
func (c *client) getWithin(ctx context.Context, scope rules.Scope, a ask) (*answer, error) {
	if err := scope.Allows(a.url); err != nil {
		return nil, err
	}
	h := c.host(a.url)
	if err := c.permitted(ctx, h, a.url); err != nil {
		return nil, err
	}
	most := c.limits.FileBytes
	if a.page {
		most = c.limits.PageBytes
	}
	return c.send(ctx, h, func(ctx context.Context) (*answer, error) { return c.exchange(ctx, a, most) })
}

func (c *client) host(u *url.URL) *host {
	c.mu.Lock()
	defer c.mu.Unlock()
	h := c.hosts[u.Hostname()]
	if h == nil {
		h = newHost(u.Hostname())
		c.hosts[h.name] = h
	}
	return h
}

// inTime is an error when the pass has used up its time or its bytes.
func (c *client) inTime() error {
	switch {
	case c.clock.Now().UnixNano()-c.began.Load() > int64(c.limits.Time):
		return engine.E(engine.CodeLimit, "web.Get", "the time limit of the collection was reached", rules.Cause(c.limits.Time.String()))
	case c.bytes.Load() > c.limits.Bytes:
		return engine.E(engine.CodeLimit, "web.Get", "the limit on bytes of the collection was reached", fmt.Errorf("limit %d bytes", c.limits.Bytes))
	}
	return nil
}

// exchange makes one request, whatever the rules say, and reads the answer within limits.
func (c *client) exchange(ctx context.Context, a ask, most int64) (*answer, error) {
	ctx, cancel := context.WithTimeout(ctx, c.limits.Request)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, a.url.String(), nil)
	if err != nil {
		return nil, engine.E(engine.CodeInvalid, "web.Get", "this is not the address of a page or image (http or https)", err)
	}
	c.dress(req, a)
	resp, err := c.wire.roundTrip(req)
	if err != nil {
		return nil, netError(err)
	}
	defer resp.Body.Close()
	ans := &answer{url: a.url, status: resp.StatusCode, proto: resp.Proto, header: resp.Header, asked: req.Header, at: c.clock.Now()}
	ans.media, _, _ = mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if resp.StatusCode != http.StatusOK || a.page && !isHTML(ans.media) {
		return ans, nil // the body is not wanted
	}
	if ans.raw, err = c.read(resp.Body, most, a.cut); err != nil {
		return nil, err
	}
	ans.body, err = inflate(ans.raw, resp.Header.Get("Content-Encoding"), most, a.cut)
	return ans, err
}

// dress says who asks and for what.
func (c *client) dress(req *http.Request, a ask) {
	h := req.Header
	h.Set("User-Agent", c.agent)
	if strings.Contains(c.contact, "@") && !strings.Contains(c.contact, "/") {
		h.Set("From", c.contact)
	}
	h.Set("Accept", "image/*,*/*;q=0.5")
	if a.page {
		h.Set("Accept", "text/html,application/xhtml+xml,*/*;q=0.1")
		h.Set("Accept-Encoding", "gzip")
	}
	if a.since.ETag != "" {
		h.Set("If-None-Match", a.since.ETag)
	}
	if a.since.Modified != "" {
		h.Set("If-Modified-Since", a.since.Modified)
	}
}

// read reads a body within the limits of one answer and of the pass.
func (c *client) read(body io.Reader, most int64, cut bool) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(body, most+1))
	c.bytes.Add(int64(len(data)))
	switch {
	case err != nil:
		return nil, netError(err)
	case int64(len(data)) > most && !cut:
		return nil, tooLarge(most)
	}
	return data[:min(int64(len(data)), most)], nil
}

func tooLarge(most int64) error {
	return engine.E(engine.CodeLimit, "web.Get", "the site sends more than the limit", fmt.Errorf("limit %d bytes", most))
}

// inflate undoes gzip, the only coding that is asked for.
func inflate(raw []byte, coding string, most int64, cut bool) ([]byte, error) {
	const op = "web.Get"
	switch strings.ToLower(strings.TrimSpace(coding)) {
	case "", "identity":
		return raw, nil
	case "gzip", "x-gzip":
	default:
		return nil, engine.E(engine.CodeUnsupported, op, "the site packs its answers in a way that can't be read", rules.Cause(rules.Clip(coding, 100)))
	}
	z, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		return nil, engine.E(engine.CodeCorrupt, op, "the site's answer is damaged", err)
	}
	data, err := io.ReadAll(io.LimitReader(z, most+1))
	switch {
	case err != nil:
		return nil, engine.E(engine.CodeCorrupt, op, "the site's answer is damaged", err)
	case int64(len(data)) > most && !cut:
		return nil, tooLarge(most)
	}
	return data[:min(int64(len(data)), most)], nil
}

func isHTML(media string) bool { return media == "text/html" || media == "application/xhtml+xml" }

// netError gives errors of the network words.
func netError(err error) error {
	const op = "web.Get"
	var known *engine.Error
	var name *net.DNSError
	var timeout net.Error
	switch {
	case errors.As(err, &known):
		return known
	case errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return engine.E(engine.CodeUnavailable, op, "the site did not answer in time", errors.New("timeout"))
	case errors.As(err, &name):
		return engine.E(engine.CodeUnavailable, op, "the site's name can't be resolved", err)
	}
	return engine.E(engine.CodeUnavailable, op, "the site can't be reached, or broke off", err)
}

func (c *client) close() { c.wire.close() }
