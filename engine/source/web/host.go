package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"gabarit/engine"
	"gabarit/engine/source/web/rules"
)

// host is what is known of one host name. One request to it is under way at a time.
type host struct {
	name string
	turn chan struct{} // holds one token while a request is under way; guards what follows
	next time.Time     // no request before
	back time.Duration // delay after 429 or 503, 0: the usual one
	fail int           // failures in a row
	left error         // set: the host is left alone, and why

	mu      sync.Mutex
	crawl   time.Duration      // the longest Crawl-delay of its origins
	origins map[string]*origin // by scheme and port
}

func newHost(name string) *host {
	return &host{name: name, turn: make(chan struct{}, 1), origins: map[string]*origin{}}
}

// pause is the delay that robots.txt asks for.
func (h *host) pause() time.Duration {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.crawl
}

// leaveAlone ends all requests to the host for this pass.
func leaveAlone(cause error) error {
	return engine.E(engine.CodeUnavailable, "web.Host", "the site asked to be left alone for now: it is overloaded or counts too many requests", cause)
}

// send makes one request when the host's turn and time have come, and again where the host is busy. do makes it and reads its body, and must be
// callable several times. Errors: what do gives, CodeUnavailable where the host is left alone, ctx's end.
func (c *client) send(ctx context.Context, h *host, do func(context.Context) (*answer, error)) (*answer, error) {
	select {
	case h.turn <- struct{}{}:
		defer func() { <-h.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	for try := 0; ; try++ {
		if h.left != nil {
			return nil, h.left
		}
		if err := c.inTime(); err != nil {
			return nil, err
		}
		if d := h.next.Sub(c.clock.Now()); d > 0 {
			if err := c.clock.Sleep(ctx, d); err != nil {
				return nil, err
			}
		}
		ans, err := do(ctx)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		again := h.judge(c, ans, err, try)
		if err != nil || !again {
			return ans, err
		}
	}
}

// judge learns from an answer, and tells whether the request is to be made again.
func (h *host) judge(c *client, ans *answer, err error, try int) (again bool) {
	now := c.clock.Now()
	h.next = now.Add(max(c.limits.Delay, h.pause(), h.back))
	switch {
	case err != nil && !isFailure(err):
		return false // a limit or a rule of ours
	case err != nil, ans.status >= 500 && ans.status != http.StatusServiceUnavailable:
		if h.fail++; h.fail >= maxFailures {
			h.left = engine.E(engine.CodeUnavailable, "web.Host", "the site failed too often in a row and is left alone for now", err)
		}
		return false
	case ans.status != http.StatusTooManyRequests && ans.status != http.StatusServiceUnavailable:
		h.fail = 0
		return false
	}
	h.back = min(2*max(c.limits.Delay, h.back), maxDelay)
	wait, told := retryAfter(ans.header, now)
	if !told {
		wait = firstWait << try
	}
	if try+1 >= maxTries || wait > maxWait {
		h.left = leaveAlone(fmt.Errorf("status %d, Retry-After %q", ans.status, rules.Clip(ans.header.Get("Retry-After"), 100)))
		return true // which gives that error
	}
	h.next = now.Add(max(wait, c.limits.Delay, h.pause(), h.back))
	return true
}

// isFailure tells errors of the network and the server from refusals.
func isFailure(err error) bool {
	var e *engine.Error
	return !errors.As(err, &e) || e.Code == engine.CodeUnavailable
}

// retryAfter reads Retry-After: seconds, or a date (RFC 9110, 10.2.3).
func retryAfter(h http.Header, now time.Time) (time.Duration, bool) {
	v := strings.TrimSpace(h.Get("Retry-After"))
	if n, err := strconv.Atoi(v); err == nil && n >= 0 {
		return time.Duration(min(n, 365*24*3600)) * time.Second, true
	}
	if t, err := http.ParseTime(v); err == nil {
		return max(t.Sub(now), 0), true
	}
	return 0, false
}
