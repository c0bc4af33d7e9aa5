package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gocolly/colly/v2"

	"gabarit/engine"
	"gabarit/engine/source/web/rules"
)

// browser is colly, with a driver under it that keeps the rules.
type browser struct {
	colly  *colly.Collector
	driver *driver
	clock  Clock
}

// newBrowser sets everything that colly takes from variables of the environment (COLLY_...), which win over its options.
func newBrowser(ctx context.Context, c *client) *browser {
	b := &browser{driver: &driver{c: c}, clock: c.clock}
	x := colly.NewCollector(colly.StdlibContext(ctx))
	x.UserAgent, x.Headers, x.CacheDir = c.agent, nil, ""
	x.MaxDepth, x.MaxRequests, x.MaxBodySize = 0, 0, 0
	x.AllowedDomains, x.DisallowedDomains, x.URLFilters, x.DisallowedURLFilters = nil, nil, nil, nil
	x.AllowURLRevisit, x.IgnoreRobotsTxt, x.ParseHTTPErrorResponse = true, true, true // the driver knows robots.txt
	x.DetectCharset, x.TraceHTTP, x.CheckHead, x.Async = false, false, false, false
	b.colly = x
	b.colly.DisableCookies()
	b.colly.SetRequestTimeout(0) // waiting for the host's turn is part of a request; the client has its own limit
	b.colly.WithTransport(b.driver)
	return b
}

// visit asks for a page. The answer may be no page, or an error of the site; see answer.status. Errors as for client.get and extract.
func (b *browser) visit(ctx context.Context, u *url.URL, since validators) (*answer, *Page, error) {
	b.driver.got = nil
	h := http.Header{}
	if since.ETag != "" {
		h.Set("If-None-Match", since.ETag)
	}
	if since.Modified != "" {
		h.Set("If-Modified-Since", since.Modified)
	}
	err := b.colly.Request(http.MethodGet, u.String(), nil, nil, h)
	var refused *engine.Error
	switch {
	case ctx.Err() != nil:
		return nil, nil, ctx.Err()
	case errors.As(err, &refused):
		return nil, nil, refused
	case b.driver.got == nil && err != nil:
		return nil, nil, engine.E(engine.CodeInvalid, "web.Page", "this is not the address of a page or image (http or https)", err)
	case b.driver.got == nil:
		return nil, nil, engine.E(engine.CodeInternal, "web.Page", "a defect of the program showed up", errors.New("an answer without a request"))
	case b.driver.got.status != http.StatusOK || !isHTML(b.driver.got.media):
		return b.driver.got, nil, nil
	}
	p, err := readPage(b.driver.got, b.clock.Now())
	return b.driver.got, &p, err
}

// readPage reads an answer's HTML.
func readPage(a *answer, now time.Time) (Page, error) {
	return extract(a.body, a.url, a.header.Get("Content-Type"), now)
}

// response is what colly sees of an answer: that there was one. Its HTML is read from the answer itself.
func (a *answer) response(req *http.Request) *http.Response {
	return &http.Response{Status: http.StatusText(a.status), StatusCode: a.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{},
		Body: http.NoBody, Request: req, Uncompressed: true}
}

// refusal is the error of an answer that brings nothing, nil for 200 and 304 and for redirects that are no log-in.
func (a *answer) refusal() error {
	const op = "web.Get"
	to, err := a.redirect()
	switch {
	case err != nil:
		return err
	case to != nil && rules.IsLogin(to):
		return closed(to.String())
	case to != nil, a.status == http.StatusOK, a.status == http.StatusNotModified:
		return nil
	}
	status := rules.Cause(strings.TrimSpace(http.StatusText(a.status)))
	switch a.status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusProxyAuthRequired, http.StatusUnavailableForLegalReasons, http.StatusPaymentRequired:
		return closed(http.StatusText(a.status))
	case http.StatusNotFound, http.StatusGone:
		return engine.E(engine.CodeNotFound, op, "the site has nothing at this address", status)
	}
	return engine.E(engine.CodeUnavailable, op, "the site answered with an error", status)
}

func closed(detail string) error {
	return engine.E(engine.CodeUnavailable, "web.Get", "the site gives this only to those it lets in (log-in)", rules.Cause(detail))
}
