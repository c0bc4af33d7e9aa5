package web

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/textproto"
	"net/url"
	"slices"
	"strings"

	"gabarit/engine"
	"gabarit/engine/source/web/rules"
)

// step is a page to be visited.
type step struct {
	url   *url.URL
	depth int
	hops  int // redirects that led here
	from  string
	title string // of from
}

// walk is one call of Items.
type walk struct {
	*Site
	ctx     context.Context // of this one call
	yield   func(engine.Item) bool
	browser *browser
	record  walkRecord

	queue    []step
	seen     map[string]bool // pages queued or refused, by hash
	outside  map[string]bool // hosts told of as outside of the scope
	queries  map[string]int  // pages by address without query
	refused  map[string]int  // addresses by host
	pages    int
	images   int
	deep     int  // pages beyond the depth
	left     int  // links to pages above the limit; those above maxSeen may count twice
	unoffers int  // images above the limit
	beyond   bool // more hosts are outside of the scope than are listed
}

func newWalk(ctx context.Context, s *Site, yield func(engine.Item) bool) *walk {
	return &walk{Site: s, ctx: ctx, yield: yield, browser: newBrowser(ctx, s.c), seen: map[string]bool{}, outside: map[string]bool{},
		queries: map[string]int{}, refused: map[string]int{}}
}

// begin goes on with the walk that was broken off, or starts a new one. Its error is the state's.
func (w *walk) begin() error {
	for _, u := range w.seeds {
		w.enqueue(step{url: u})
	}
	asked := hash(w.scope + "\n" + strings.Join(w.Addresses(), "\n"))
	key := "walk-" + asked
	have, err := load(w.ctx, w.state, key, &w.record, func(r walkRecord) int { return r.V })
	if err != nil {
		return err
	}
	if have && !w.record.Finished {
		return nil
	}
	// Numbers grow over all walks of a state, so that a page visited in another one is not taken for visited in this.
	number := max(w.record.Number+1, w.c.clock.Now().UnixNano())
	w.record = walkRecord{V: stateVersion, Number: number, Seeds: asked}
	return save(w.ctx, w.state, key, w.record)
}

// all visits pages until there are none, a limit is reached, or nobody wants more.
func (w *walk) all() {
	for len(w.queue) > 0 {
		s := w.queue[0]
		w.queue = w.queue[1:]
		if err := cmpErr(w.ctx.Err(), w.c.inTime()); err != nil {
			w.stop(err)
			return
		}
		w.pages++
		v, err := w.visit(s)
		if err != nil {
			w.stop(err)
			return
		}
		w.visited.Store(int64(w.pages))
		if !w.offer(s, v) {
			return
		}
		w.waiting.Store(int64(len(w.queue)))
	}
	if !w.sums() {
		return
	}
	w.record.Finished = true
	if err := save(w.ctx, w.state, "walk-"+w.record.Seeds, w.record); err != nil {
		w.stop(err)
	}
}

func cmpErr(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// stop ends the walk so that the next goes on with it.
func (w *walk) stop(err error) {
	if w.ctx.Err() == nil {
		w.fail(w.seeds[0].String()+"#stopped", err)
	}
}

// fail offers an item that tells why something is not collected.
func (w *walk) fail(key string, err error) bool {
	if engine.CodeOf(err) == engine.CodeRefused {
		w.refusals.Add(1)
	}
	page, _, _ := strings.Cut(key, "#")
	return w.yield(engine.Item{Key: key, Source: engine.Provenance{PageURL: page}, Size: -1, Err: err})
}

// refuse is fail for what there may be very many of.
func (w *walk) refuse(u *url.URL, err error) bool {
	if w.refused[u.Host]++; w.refused[u.Host] <= maxListed {
		return w.fail(u.String(), err)
	}
	w.refusals.Add(1)
	return true
}

// sums tells of what was only counted.
func (w *walk) sums() bool {
	seed := w.seeds[0].String()
	const op = "web.Walk"
	if w.deep > 0 && !w.fail(seed+"#depth", engine.E(engine.CodeLimit, op, "pages further away than the limit on links were not visited",
		fmt.Errorf("limit %d, left %d", w.c.limits.Depth, w.deep))) {
		return false
	}
	if w.left > 0 && !w.fail(seed+"#pages", engine.E(engine.CodeLimit, op, "the limit on pages was reached: pages are left that were not visited",
		fmt.Errorf("limit %d, left %d", w.c.limits.Pages, w.left))) {
		return false
	}
	if w.unoffers > 0 && !w.fail(seed+"#images", engine.E(engine.CodeLimit, op, "the limit on images was reached: images are left that were not collected",
		fmt.Errorf("limit %d, left %d", w.c.limits.Images, w.unoffers))) {
		return false
	}
	if w.beyond && !w.fail(seed+"#outside", engine.E(engine.CodeLimit, op, "more hosts outside of the collection's scope were met than are listed", nil)) {
		return false
	}
	for _, h := range slices.Sorted(maps.Keys(w.refused)) {
		if n := w.refused[h]; n > maxListed && !w.fail("http://"+h+"/#refused", engine.E(engine.CodeRefused, op,
			"more addresses of this site were refused than are listed", fmt.Errorf("%d of %d", n-maxListed, n))) {
			return false
		}
	}
	return true
}

// visit gives what is known of a page: from its record if this walk was there before, else by asking. Its error ends the walk.
func (w *walk) visit(s step) (visit, error) {
	key := PageKey(s.url.String())
	var old visit
	have, err := load(w.ctx, w.state, key, &old, func(v visit) int { return v.V })
	if err != nil {
		return visit{}, err
	}
	failed := have && old.Err != nil
	if have && old.Walk == w.record.Number && (!failed || old.Err.Code != engine.CodeUnavailable) {
		return old, nil
	}
	var since validators
	if have && !failed {
		since = old.Validators
	}
	v, err := w.ask(s, since, old)
	if err != nil {
		return visit{}, err
	}
	v.V, v.Walk = stateVersion, w.record.Number
	return v, save(w.ctx, w.state, key, v)
}

// ask visits a page for real. Its error ends the walk: ctx has ended, or a limit of the pass was reached.
func (w *walk) ask(s step, since validators, old visit) (visit, error) {
	ans, page, err := w.browser.visit(w.ctx, s.url, since)
	if ends := cmpErr(w.ctx.Err(), w.c.inTime()); err != nil && ends != nil {
		return visit{}, ends
	}
	if err == nil {
		err = ans.refusal()
	}
	if err != nil {
		return visit{Err: keepError(err)}, nil
	}
	said := rules.HeaderDirectives(textproto.MIMEHeader(ans.header), w.c.clock.Now())
	if ans.status == http.StatusNotModified && since == (validators{}) {
		return visit{Err: keepError(engine.E(engine.CodeUnavailable, "web.Get", "the site answered with an error", rules.Cause("304")))}, nil
	}
	if ans.status == http.StatusNotModified {
		if err := said.Page(); err != nil {
			return visit{Err: keepError(err)}, nil
		}
		old.Said.Add(said)
		return old, nil
	}
	if to, _ := ans.redirect(); to != nil {
		return visit{To: to.String()}, nil
	}
	v := visit{Validators: ans.validators(), Said: said}
	switch {
	case page != nil:
		v.take(*page)
		if v.Err == nil {
			err = w.archive.write(ans)
		}
	case strings.HasPrefix(ans.media, "image/"):
		v.Image = true
	case s.depth == 0:
		v.Err = keepError(engine.E(engine.CodeUnsupported, "web.Page", "the address gives neither a page nor an image", rules.Cause(ans.media)))
	}
	return v, err
}

// take keeps of a page what it allows to be kept.
func (v *visit) take(p Page) {
	v.Said.Add(p.said)
	if !v.Said.NoFollow && !v.Said.Reserved {
		v.Links = p.Links
	}
	if err := v.Said.Page(); err != nil {
		v.Err = keepError(err)
		return
	}
	v.Title, v.Inline, v.Films, v.More = p.Title, p.Inline, p.Films, p.More
	if v.Pictures = p.Pictures; v.Said.Images() != nil {
		v.Pictures = p.Pictures[:min(len(p.Pictures), 1)] // that there are some; none is offered
	}
}

// offer gives what a visit brought, and queues what it leads to.
func (w *walk) offer(s step, v visit) bool {
	here := s.url.String()
	if v.Err != nil && !w.refuse(s.url, v.Err.err()) {
		return false
	}
	if v.To != "" && !w.follow(s, v.To) {
		return false
	}
	if v.Image && !w.picture(s.from, s.title, Picture{URL: here}) {
		return false
	}
	if !w.pictures(here, v) {
		return false
	}
	for _, l := range v.Links {
		if u, err := rules.Address(l); err == nil && !w.enqueue(step{url: u, depth: s.depth + 1, from: here, title: v.Title}) {
			return false
		}
	}
	return true
}

// pictures offers the images of a page, and tells of those that are not.
func (w *walk) pictures(here string, v visit) bool {
	if v.Inline > 0 && !w.fail(here+"#inline", engine.E(engine.CodeUnsupported, "web.Page", "the page holds images in its own text, which are not collected", fmt.Errorf("%d", v.Inline))) {
		return false
	}
	if v.Films > 0 && !w.fail(here+"#videos", engine.E(engine.CodeUnsupported, "web.Page", "the page shows or links to videos, which are not collected from sites: get the files yourself and collect those", nil)) {
		return false
	}
	if v.More > 0 && !w.fail(here+"#more", engine.E(engine.CodeLimit, "web.Page", "the page shows more images and links than the limit", fmt.Errorf("%d", v.More))) {
		return false
	}
	if err := v.Said.Images(); err != nil && v.Err == nil && len(v.Pictures) > 0 {
		if !w.fail(here, err) {
			return false
		}
		v.Pictures = nil
	}
	for _, p := range v.Pictures {
		if !w.picture(here, v.Title, p) {
			return false
		}
	}
	return true
}

// follow queues where a redirect leads.
func (w *walk) follow(s step, to string) bool {
	u, err := rules.Address(to)
	switch {
	case err != nil:
		return w.refuse(s.url, err)
	case s.hops >= maxHops:
		return w.refuse(s.url, engine.E(engine.CodeUnavailable, "web.Redirect", "the site sends from one address to the next without an end", nil))
	}
	return w.enqueue(step{url: u, depth: s.depth, hops: s.hops + 1, from: s.from, title: s.title})
}

// enqueue takes a page into the queue, unless it was there, or must not be.
func (w *walk) enqueue(s step) bool {
	key := hash(s.url.String())
	if w.seen[key] {
		return true
	}
	if err := w.c.scope.Allows(s.url); err != nil {
		return w.tellOutside(s.url, err)
	}
	if len(w.seen) < maxSeen {
		w.seen[key] = true
	}
	switch {
	case s.depth > max(w.c.limits.Depth, 0):
		w.deep++
		return true
	case w.pages+len(w.queue) >= w.c.limits.Pages: // it would never be its turn
		w.left++
		return true
	}
	if err := w.trap(s.url); err != nil {
		return w.refuse(s.url, err)
	}
	w.queue = append(w.queue, s)
	return true
}

// tellOutside tells once of each host that the scope does not name.
func (w *walk) tellOutside(u *url.URL, err error) bool {
	key := u.Scheme + "://" + u.Host + "/"
	if w.outside[key] || len(w.outside) == maxListed {
		w.beyond = w.beyond || !w.outside[key]
		return true
	}
	w.outside[key] = true
	return w.fail(key, engine.E(engine.CodeOf(err), "web.Walk", engine.MessageOf(err), rules.Cause(u.String())))
}

// trap tells addresses that a site may make without an end.
func (w *walk) trap(u *url.URL) error {
	times := map[string]int{}
	for part := range strings.SplitSeq(u.Path, "/") {
		if times[part]++; part != "" && times[part] > maxRepeated {
			return engine.E(engine.CodeLimit, "web.Walk", "the address repeats itself: the site seems to make addresses without an end", nil)
		}
	}
	if u.RawQuery == "" {
		return nil
	}
	path := hash(u.Scheme + "://" + u.Host + u.EscapedPath())
	if w.queries[path]++; w.queries[path] > maxQueries {
		return engine.E(engine.CodeLimit, "web.Walk", "too many pages differ only in their query: the site seems to make addresses without an end", nil)
	}
	return nil
}

// picture offers an image of a page.
func (w *walk) picture(page, pageTitle string, p Picture) bool {
	u, err := rules.Address(p.URL)
	if err != nil {
		return w.fail(page+"#"+rules.Clip(p.URL, 200), err)
	}
	if err := w.c.scope.Allows(u); err != nil {
		return w.tellOutside(u, err)
	}
	if w.images >= w.c.limits.Images {
		w.unoffers++
		return true
	}
	w.images++
	return w.yield(w.item(u, page, pageTitle, p))
}
