package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"gabarit/engine"
)

// Options say who collects, from where, and within which limits.
type Options struct {
	// Contact is an e-mail address or an http(s) page by which a site's owner reaches whoever collects. It is sent with every
	// request; without it nothing is asked for.
	Contact string
	Version string // of the program, for the user agent; may be ""
	Scope   string // engine.Collection.Scope
	Limits  Limits // zero fields: DefaultLimits
	State   State  // nil: a walk that ends early begins anew
	Archive string // folder for WARC files, made if missing; "": none are written
	// Barred tells an image that was erased before: it is not written to the archive. nil: none was. Safe for concurrent use.
	Barred func(ctx context.Context, what engine.Suspect) (bool, error)

	// For tests; nil: the system's.
	Network Network
	Clock   Clock
	Proxy   func(*http.Request) (*url.URL, error) // nil: http.ProxyFromEnvironment
}

// Limits bound one walk. Zero fields mean the default.
type Limits struct {
	Pages     int           // pages asked for or taken from their records
	Images    int           // images offered
	Depth     int           // links from an address named; -1: only those named
	Bytes     int64         // bodies as they were sent, of one pass
	Time      time.Duration // of one pass
	PageBytes int64         // one page, inflated
	FileBytes int64         // one image
	Delay     time.Duration // between two requests to a host; at least MinDelay
	Request   time.Duration // one request with its body
}

// MinDelay is the least delay between two requests to a host.
const MinDelay = time.Second

// DefaultLimits are meant for one site of a few thousand pages over a night.
func DefaultLimits() Limits {
	return Limits{Pages: 2000, Images: 20_000, Depth: 8, Bytes: 4 << 30, Time: 12 * time.Hour, PageBytes: 8 << 20, FileBytes: 64 << 20,
		Delay: 2 * time.Second, Request: time.Minute}
}

// complete fills in the defaults. CodeInvalid: a limit is negative, or the delay is too short.
func (l Limits) complete() (Limits, error) {
	d := DefaultLimits()
	for _, f := range []struct {
		have *int
		def  int
	}{{&l.Pages, d.Pages}, {&l.Images, d.Images}, {&l.Depth, d.Depth}} {
		if *f.have == 0 {
			*f.have = f.def
		}
	}
	for _, f := range []struct {
		have *int64
		def  int64
	}{{&l.Bytes, d.Bytes}, {&l.PageBytes, d.PageBytes}, {&l.FileBytes, d.FileBytes},
		{(*int64)(&l.Time), int64(d.Time)}, {(*int64)(&l.Delay), int64(d.Delay)}, {(*int64)(&l.Request), int64(d.Request)}} {
		if *f.have == 0 {
			*f.have = f.def
		}
	}
	if min(int64(l.Pages), int64(l.Images), int64(l.Depth)+1, l.Bytes, l.PageBytes, l.FileBytes, int64(l.Time), int64(l.Delay), int64(l.Request)) < 0 {
		return l, engine.E(engine.CodeInvalid, "web.Open", "a limit of the collection can't be negative", nil)
	}
	if l.Delay < MinDelay {
		return l, engine.E(engine.CodeInvalid, "web.Open", "the delay between two requests to a site is at least one second", nil)
	}
	return l, nil
}

// Clock is the time that delays and limits are counted by. Safe for concurrent use.
type Clock interface {
	Now() time.Time
	// Sleep waits, or gives ctx's error when that ends first.
	Sleep(ctx context.Context, d time.Duration) error
}

type systemClock struct{}

// Now is time.Now.
func (systemClock) Now() time.Time { return time.Now() }

// Sleep waits.
func (systemClock) Sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// userAgent names the program, what it does and how to reach whoever runs it.
func userAgent(version, contact string) string {
	name := "Gabarit"
	if v := strings.Map(func(r rune) rune {
		if r > ' ' && r < 0x7f && !strings.ContainsRune("()<>@,;:\\\"/[]?={}", r) {
			return r
		}
		return -1
	}, version); v != "" {
		name += "/" + v
	}
	return name + " (collects photos for a face index; contact: " + contact + ")"
}
