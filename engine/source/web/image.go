package web

import (
	"bytes"
	"cmp"
	"container/list"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/textproto"
	"net/url"
	"sync"

	"gabarit/engine"
	"gabarit/engine/source/page"
	"gabarit/engine/source/web/rules"
)

// item offers an image of a page.
func (s *Site) item(u *url.URL, on, title string, p Picture) engine.Item {
	words := cmp.Or(p.Title, p.Caption)
	if p.Title != "" && p.Caption != "" && p.Title != p.Caption {
		words = page.Line(p.Title + " – " + p.Caption)
	}
	raw := u.String()
	key := raw
	if on != "" {
		key += " on " + on
	}
	return engine.Item{
		Key:    key,
		Source: engine.Provenance{URL: raw, PageURL: on, PageTitle: title, ImageTitle: words},
		Size:   -1,
		Open: func(ctx context.Context) (io.ReadCloser, error) {
			content, _, err := s.since(ctx, u, "")
			return content, err
		},
		Since: func(ctx context.Context, known string) (io.ReadCloser, string, error) { return s.since(ctx, u, known) },
	}
}

// since gives an image unless it is still the known version, see engine.Item.Since.
func (s *Site) since(ctx context.Context, u *url.URL, known string) (io.ReadCloser, string, error) {
	got, err := s.recent.get(ctx, u.String(), known, func() (picture, error) {
		ans, err := s.c.image(ctx, u, versionOf(known))
		if err != nil {
			return picture{}, err
		}
		if ans.status == http.StatusNotModified {
			return picture{version: known}, nil
		}
		if err := s.keep(ctx, ans); err != nil {
			return picture{}, err
		}
		return picture{ans.body, versionText(ans)}, nil
	})
	switch {
	case err != nil:
		return nil, "", err
	case known != "" && (got.body == nil || sameBytes(got.version, known)):
		return nil, known, nil
	}
	return io.NopCloser(bytes.NewReader(got.body)), got.version, nil
}

// keep writes an image to the archive, unless it was erased before: the vault refuses it too.
func (s *Site) keep(ctx context.Context, ans *answer) error {
	if s.archive != nil && s.barred != nil {
		if barred, err := s.barred(ctx, engine.Suspect{URL: ans.url.String(), SHA256: sha256.Sum256(ans.body)}); barred || err != nil {
			return err
		}
	}
	return s.archive.write(ans)
}

// image asks for an image, follows redirects, and gives its answer, 200 or 304, if it may be kept.
func (c *client) image(ctx context.Context, u *url.URL, since validators) (*answer, error) {
	const op = "web.Image"
	for range maxHops + 1 {
		ans, err := c.get(ctx, ask{url: u, since: since})
		if err == nil {
			err = ans.refusal()
		}
		if err == nil {
			err = rules.HeaderDirectives(textproto.MIMEHeader(ans.header), c.clock.Now()).Image()
		}
		if err != nil {
			return nil, err
		}
		to, _ := ans.redirect()
		switch {
		case to != nil:
			u = to
			continue
		case ans.status == http.StatusNotModified && since == (validators{}):
			return nil, engine.E(engine.CodeUnavailable, op, "the site answered with an error", rules.Cause("304"))
		case isHTML(ans.media):
			return nil, engine.E(engine.CodeUnsupported, op, "the address gives a page instead of an image", nil)
		}
		return ans, nil
	}
	return nil, engine.E(engine.CodeUnavailable, op, "the site sends from one address to the next without an end", nil)
}

// versionText writes the version of an image: the hash of its bytes, and what the site will know it by.
func versionText(a *answer) string {
	sum := sha256.Sum256(a.body)
	v := a.validators()
	return fmt.Sprintf("sha256=%s etag=%q modified=%q", hex.EncodeToString(sum[:]), v.ETag, v.Modified)
}

// versionOf reads the validators of a version; none from a text it does not know.
func versionOf(version string) validators {
	var sum string
	var v validators
	if n, err := fmt.Sscanf(version, "sha256=%s etag=%q modified=%q", &sum, &v.ETag, &v.Modified); n != 3 || err != nil {
		return validators{}
	}
	return v
}

// sameBytes compares the hashes of two versions.
func sameBytes(a, b string) bool {
	const n = len("sha256=") + 2*sha256.Size
	return len(a) >= n && len(b) >= n && a[:n] == b[:n]
}

// picture is an image as it was sent; no body: it is still the version that was known.
type picture struct {
	body    []byte
	version string
}

// recent keeps the last images sent, and errors. Safe for concurrent use.
type recent struct {
	mu    sync.Mutex
	known map[string]*list.Element // of *shot
	order *list.List               // newest first
	bytes int
}

// shot is one image, asked for once.
type shot struct {
	url  string
	done chan struct{} // closed when the rest is set
	got  picture
	err  error
}

func newRecent() *recent { return &recent{known: map[string]*list.Element{}, order: list.New()} }

// get gives an image that is held, or has fetch ask for it; who asks for the same one meanwhile waits. ctx's end and what is not
// modified are not kept.
func (r *recent) get(ctx context.Context, url, known string, fetch func() (picture, error)) (picture, error) {
	for {
		r.mu.Lock()
		e, ok := r.known[url]
		if !ok {
			e = r.order.PushFront(&shot{url: url, done: make(chan struct{})})
			r.known[url] = e
			r.mu.Unlock()
			return r.ask(ctx, e, fetch)
		}
		r.order.MoveToFront(e)
		r.mu.Unlock()
		s := e.Value.(*shot)
		select {
		case <-s.done:
		case <-ctx.Done():
			return picture{}, ctx.Err()
		}
		if s.err != nil && engine.CodeOf(s.err) == engine.CodeCanceled || s.err == nil && s.got.body == nil && s.got.version != known {
			continue // that one was given up, or had another version to compare with: it is not held any more
		}
		return s.got, s.err
	}
}

// ask fetches, keeps what can be kept and lets the oldest go.
func (r *recent) ask(ctx context.Context, e *list.Element, fetch func() (picture, error)) (picture, error) {
	s := e.Value.(*shot)
	defer close(s.done)
	got, err := picture{}, engine.E(engine.CodeCanceled, "web.Image", "stopped", nil) // what a panic leaves
	defer func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.keep(e, got, err, ctx.Err() == nil)
	}()
	got, err = fetch()
	return got, err
}

// keep puts the result of a request into its place, if it has one still.
func (r *recent) keep(e *list.Element, got picture, err error, whole bool) {
	s := e.Value.(*shot)
	s.got, s.err = got, err
	if r.known[s.url] != e {
		return
	}
	r.bytes += len(got.body)
	if !whole || engine.CodeOf(err) == engine.CodeCanceled || err == nil && got.body == nil {
		r.drop(e)
	}
	for r.bytes > maxRecentBytes || r.order.Len() > maxRecent {
		r.drop(r.order.Back())
	}
}

// drop forgets one; whoever holds it keeps it.
func (r *recent) drop(e *list.Element) {
	s := e.Value.(*shot)
	if r.known[s.url] != e {
		return
	}
	delete(r.known, s.url)
	r.order.Remove(e)
	r.bytes -= len(s.got.body)
}
