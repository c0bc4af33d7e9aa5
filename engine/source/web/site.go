package web

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"sync/atomic"

	"gabarit/engine"
	"gabarit/engine/source/web/rules"
)

// Site is a source of the images that named pages, and the pages they lead to within a collection's scope, show. Its Items is walked by one goroutine at
// a time; Open of the items is safe for concurrent use. It keeps idle connections and, with an archive, a file: Close it.
type Site struct {
	c       *client
	seeds   []*url.URL
	scope   string
	state   State
	archive *archive
	barred  func(context.Context, engine.Suspect) (bool, error)
	recent  *recent

	visited, refusals, waiting atomic.Int64 // of the present walk
}

// Open prepares to collect from web addresses; it asks for nothing yet. Errors: CodeInvalid (no contact, no host in the scope, an address outside of it, a limit), CodeUnavailable
// (the archive can't be written).
func Open(o Options, addresses ...string) (*Site, error) {
	const op = "web.Open"
	c, err := newClient(o)
	if err != nil {
		return nil, err
	}
	if len(c.scope) == 0 {
		return nil, engine.E(engine.CodeInvalid, op, "the collection's scope names no host: collecting from sites needs their host names there, separated by commas", nil)
	}
	s := &Site{c: c, scope: o.Scope, state: o.State, barred: o.Barred, recent: newRecent()}
	for _, a := range addresses {
		u, err := rules.Address(a)
		if err == nil {
			err = c.scope.Allows(u)
		}
		if err != nil {
			return nil, engine.E(engine.CodeInvalid, op, engine.MessageOf(err), rules.Cause(a))
		}
		s.seeds = append(s.seeds, u)
	}
	if len(s.seeds) == 0 {
		return nil, engine.E(engine.CodeInvalid, op, "nothing to collect from was named", nil)
	}
	if s.archive, err = newArchive(o.Archive, c); err != nil {
		return nil, err
	}
	return s, nil
}

// Addresses are those it begins with, in one form.
func (s *Site) Addresses() []string {
	out := make([]string, len(s.seeds))
	for i, u := range s.seeds {
		out[i] = u.String()
	}
	return out
}

// WalkedOnce tells the pipeline not to walk it merely to count: each walk asks for every page.
func (s *Site) WalkedOnce() {}

// Walk tells how far the present walk is.
func (s *Site) Walk() engine.Walk {
	return engine.Walk{Pages: int(s.visited.Load()), Refused: int(s.refusals.Load()), Waiting: int(s.waiting.Load())}
}

// Close gives connections and the archive's file back. What was offered can't be opened any more.
func (s *Site) Close() error {
	s.c.close()
	return s.archive.close()
}

// Items walks the pages. See the package comment for order, failures and interruption.
func (s *Site) Items(ctx context.Context) iter.Seq[engine.Item] {
	return func(yield func(engine.Item) bool) {
		if ctx.Err() != nil {
			return
		}
		s.c.begin()
		s.visited.Store(0)
		s.refusals.Store(0)
		w := newWalk(ctx, s, yield)
		if err := w.begin(); err != nil {
			w.stop(err)
			return
		}
		w.all()
	}
}

// driver lets colly ask by the client's rules: it is the http.RoundTripper under it.
type driver struct {
	c   *client
	got *answer // of the last request
}

// RoundTrip makes the request by the rules. Redirects are left to the walk: colly sees no Location.
func (d *driver) RoundTrip(req *http.Request) (*http.Response, error) {
	u, err := rules.Address(req.URL.String())
	if err != nil {
		return nil, err
	}
	since := validators{ETag: req.Header.Get("If-None-Match"), Modified: req.Header.Get("If-Modified-Since")}
	ans, err := d.c.get(req.Context(), ask{url: u, page: true, since: since})
	if err != nil {
		return nil, err
	}
	d.got = ans
	return ans.response(req), nil
}
