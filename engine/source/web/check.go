package web

import (
	"context"
	"crypto/sha256"
	"errors"
	"net/http"
	"net/textproto"
	"net/url"
	"time"

	"gabarit/engine"
	"gabarit/engine/source/web/rules"
)

// State of a source, as a check finds it.
const (
	Same        Finding = "same"        // the bytes are those that are known, or the site says so; of a page: it is there
	Changed     Finding = "changed"     // something else stands there, or it moved to another host
	Gone        Finding = "gone"        // 404, 410
	Closed      Finding = "closed"      // 401, 402, 403, 451, or sent to a log-in
	NoIndex     Finding = "noindex"     // the site asks now not to be indexed, used by AI or mined
	Disallowed  Finding = "disallowed"  // robots.txt does not allow to look any more, in an answer of its own
	Unreachable Finding = "unreachable" // nothing is known: no answer, an error of the server, robots.txt could not be had, a limit here
)

// Finding is what a check found. What follows from it is for the caller to decide; unreachable is not gone.
type Finding string

// Known is what was collected from an address.
type Known struct {
	URL     string        // of an image or a page
	Page    bool          // it is a page: only whether it may still be used is asked
	SHA256  engine.SHA256 // of the image's bytes; zero: not known
	Version string        // engine.ItemRecord.Version; "" if not known
}

// Check is the result of one look.
type Check struct {
	Finding Finding
	Err     error // why, an engine.Error; nil for Same
	Status  int   // of the last answer, 0 if there was none
	At      time.Time
	Version string // of what is there now; "" unless Same or Changed
}

// Checker looks whether what was collected is still there and still allowed, by the same rules and as slowly as a collection. Its scope is
// each address's own host. Safe for concurrent use. Close it.
type Checker struct{ c *client }

// NewChecker takes Contact, Version, Limits, Network, Clock and Proxy of the options. CodeInvalid as for Open.
func NewChecker(o Options) (*Checker, error) {
	c, err := newClient(o)
	if err != nil {
		return nil, err
	}
	return &Checker{c}, nil
}

// Close gives idle connections back.
func (k *Checker) Close() { k.c.close() }

// Check looks at one address. Its error is ctx's end or CodeInvalid for what is no address; everything else is a finding.
func (k *Checker) Check(ctx context.Context, known Known) (Check, error) {
	u, err := rules.Address(known.URL)
	if err != nil {
		return Check{}, err
	}
	c := k.c.within(u)
	out := Check{At: c.clock.Now()}
	since := versionOf(known.Version)
	for range maxHops + 1 {
		ans, err := c.get(ctx, ask{url: u, page: known.Page, since: since})
		if ctx.Err() != nil {
			return Check{}, ctx.Err()
		}
		if err != nil {
			out.Finding, out.Err = findingOf(err), err
			return out, nil
		}
		out.Status = ans.status
		to, _ := ans.redirect()
		if to == nil || ans.refusal() != nil {
			return c.judge(out, known, ans, since), nil
		}
		if err := rules.HeaderDirectives(textproto.MIMEHeader(ans.header), out.At).Image(); err != nil {
			out.Finding, out.Err = NoIndex, err
			return out, nil
		}
		if c.scope.Allows(to) != nil {
			out.Finding, out.Err = Changed, engine.E(engine.CodeConflict, "web.Check", "the address leads to another site now", rules.Cause(to.String()))
			return out, nil
		}
		u = to
	}
	out.Finding, out.Err = Unreachable, engine.E(engine.CodeUnavailable, "web.Redirect", "the site sends from one address to the next without an end", nil)
	return out, nil
}

// within is the client for one address: its host and port, on both schemes where the port is the usual one.
func (c *client) within(u *url.URL) *scoped {
	h := rules.Host{Name: u.Hostname()}
	if !rules.UsualPort(u) {
		h.Port = u.Port()
	}
	return &scoped{c, rules.Scope{h}}
}

// scoped is a client with another scope; hosts, delays and rules are shared.
type scoped struct {
	*client
	scope rules.Scope
}

func (c *scoped) get(ctx context.Context, a ask) (*answer, error) {
	return c.getWithin(ctx, c.scope, a)
}

// judge makes a finding of the last answer.
func (c *scoped) judge(out Check, known Known, ans *answer, since validators) Check {
	const op = "web.Check"
	if err := ans.refusal(); err != nil {
		out.Finding, out.Err = statusFinding(ans, err), err
		return out
	}
	if finding, err := allowed(known, ans, out.At); err != nil {
		out.Finding, out.Err = finding, err
		return out
	}
	changed := func(msg string) Check {
		out.Finding, out.Err = Changed, engine.E(engine.CodeConflict, op, msg, rules.Cause(ans.media))
		return out
	}
	switch {
	case ans.status == http.StatusNotModified && since == (validators{}):
		out.Finding, out.Err = Unreachable, engine.E(engine.CodeUnavailable, "web.Get", "the site answered with an error", rules.Cause("304"))
		return out
	case ans.status == http.StatusNotModified:
		out.Version = known.Version
	case known.Page && !isHTML(ans.media):
		return changed("the address does not give a page any more")
	case !known.Page && isHTML(ans.media):
		return changed("the address gives a page instead of an image")
	case !known.Page:
		out.Version = versionText(ans)
		if known.SHA256 != (engine.SHA256{}) && sha256.Sum256(ans.body) != known.SHA256 {
			return changed("another image stands at the address now")
		}
	}
	out.Finding = Same
	return out
}

// allowed tells whether an answer may still be used.
func allowed(known Known, ans *answer, now time.Time) (Finding, error) {
	said := rules.HeaderDirectives(textproto.MIMEHeader(ans.header), now)
	if known.Page && len(ans.body) > 0 {
		p, err := readPage(ans, now)
		if err != nil {
			return Unreachable, err
		}
		said.Add(p.said)
	}
	return NoIndex, said.Image()
}

func statusFinding(ans *answer, err error) Finding {
	switch {
	case ans.status == http.StatusNotFound, ans.status == http.StatusGone:
		return Gone
	case engine.MessageOf(err) == engine.MessageOf(closed("")):
		return Closed
	}
	return Unreachable
}

// findingOf judges a request that was not made, or brought no answer.
func findingOf(err error) Finding {
	var e *engine.Error
	switch {
	case !errors.As(err, &e) || e.Code != engine.CodeRefused:
		return Unreachable
	case e.Op == rules.OpTDM:
		return NoIndex
	case e.Op == rules.OpRobots:
		return Disallowed
	}
	return Unreachable
}
