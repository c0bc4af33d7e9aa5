package web

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"gabarit/engine"
	"gabarit/engine/source/web/rules"
)

// How long rules are kept.
const (
	rulesFor  = 24 * time.Hour // RFC 9309, 2.4
	noAnswer  = time.Hour      // where they could not be had
	robotsTxt = "/robots.txt"
	tdmFile   = "/.well-known/tdmrep.json"
)

// origin is the rules of one scheme, host and port.
type origin struct {
	turn   chan struct{} // holds one token while the rules are asked for; guards what follows
	until  time.Time     // the rules are good
	robots rules.Robots
	none   bool  // there is no robots.txt
	closed error // set: nothing may be asked for, and why
	tdm    rules.TDM
}

// permitted tells whether the site's own rules allow a request, and asks for them first where they are not known.
func (c *client) permitted(ctx context.Context, h *host, u *url.URL) error {
	const op = rules.OpRobots
	o := h.origin(u)
	select {
	case o.turn <- struct{}{}:
		defer func() { <-o.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if !c.clock.Now().Before(o.until) {
		if err := c.learn(ctx, h, o, u); err != nil {
			return err
		}
	}
	if o.closed != nil {
		return o.closed
	}
	path := pathOf(u)
	ok, inWords := o.robots.Allows(path)
	switch {
	case !ok:
		return engine.E(engine.CodeRefused, op, "the site's robots.txt does not allow it", nil)
	case rules.IsSocial(h.name) && (o.none || !inWords):
		return engine.E(engine.CodeRefused, op, "this is a social network whose robots.txt does not expressly allow it", nil)
	}
	return o.tdm.Allows(path)
}

func pathOf(u *url.URL) string {
	p := u.EscapedPath()
	if u.RawQuery != "" || u.ForceQuery {
		p += "?" + u.RawQuery
	}
	return p
}

func (h *host) origin(u *url.URL) *origin {
	h.mu.Lock()
	defer h.mu.Unlock()
	key := u.Scheme + "://" + u.Host
	o := h.origins[key]
	if o == nil {
		o = &origin{turn: make(chan struct{}, 1)}
		h.origins[key] = o
	}
	return o
}

// learn asks for robots.txt and then tdmrep.json. Its error is ctx's end or a limit of the pass; everything else is an answer of the rules.
func (c *client) learn(ctx context.Context, h *host, o *origin, u *url.URL) error {
	const op = rules.OpRobots
	o.robots, o.tdm, o.none, o.closed = rules.Robots{}, nil, false, nil
	until := c.clock.Now().Add(rulesFor)
	data, status, err := c.rulesFile(ctx, u, robotsTxt, rules.MaxRobots)
	switch {
	case passes(ctx, err):
		return err
	case err != nil && !isFailure(err):
		o.closed = err
	case err != nil, status >= 500 || status == http.StatusTooManyRequests:
		o.closed = engine.E(engine.CodeUnavailable, op, "the site's robots.txt can't be had, so nothing may be asked for", cause(err, status))
	case status >= 400:
		o.none = true
	default:
		o.robots = rules.ParseRobots(data, rules.Product)
	}
	if o.closed == nil {
		o.closed = h.keepDelay(o.robots.Delay)
	}
	if ok, _ := o.robots.Allows(tdmFile); ok && o.closed == nil {
		data, status, err = c.rulesFile(ctx, u, tdmFile, rules.MaxTDM+1)
		switch {
		case passes(ctx, err):
			return err
		case err != nil, status >= 500 || status == http.StatusTooManyRequests:
			o.closed = engine.E(engine.CodeUnavailable, op, "the site's reservation of rights (tdmrep.json) can't be had, so nothing may be asked for", cause(err, status))
		case status < 400:
			o.tdm = rules.ParseTDM(data)
		}
	}
	if o.closed != nil {
		until = c.clock.Now().Add(noAnswer)
	}
	o.until = until
	return nil
}

// passes tells the errors that are not the site's.
func passes(ctx context.Context, err error) bool {
	return err != nil && (ctx.Err() != nil || engine.CodeOf(err) == engine.CodeLimit)
}

// keepDelay takes a Crawl-delay into account; an error where it is longer than a walk can keep.
func (h *host) keepDelay(d time.Duration) error {
	if d > maxCrawl {
		return engine.E(engine.CodeUnavailable, rules.OpRobots, "the site's robots.txt asks for a longer delay between requests than this program can keep", rules.Cause(d.String()))
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.crawl = max(h.crawl, d)
	return nil
}

// rulesFile asks for a file of rules and follows up to maxHops redirects, also to other hosts (RFC 9309, 2.3.1.2), which the scope
// need not name: no page or image is asked for there. Of a longer file the first most bytes are given.
func (c *client) rulesFile(ctx context.Context, u *url.URL, path string, most int64) ([]byte, int, error) {
	at := &url.URL{Scheme: u.Scheme, Host: u.Host, Path: path}
	for range maxHops + 1 {
		ans, err := c.send(ctx, c.host(at), func(ctx context.Context) (*answer, error) { return c.exchange(ctx, ask{url: at, cut: true}, most) })
		if err != nil {
			return nil, 0, err
		}
		to, err := ans.redirect()
		if err != nil {
			return nil, 0, err
		}
		if to == nil {
			return ans.body, ans.status, nil
		}
		if !rules.UsualPort(to) && to.Host != u.Host {
			return nil, 0, engine.E(engine.CodeUnavailable, rules.OpRobots, "the site sends to an address that is none", rules.Cause(to.String()))
		}
		at = to
	}
	return nil, 0, engine.E(engine.CodeUnavailable, rules.OpRobots, "the site sends from one address to the next without an end", nil)
}

func cause(err error, status int) error {
	if err != nil {
		return err
	}
	return rules.Cause(http.StatusText(status))
}
