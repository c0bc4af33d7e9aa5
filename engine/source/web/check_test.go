package web_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"net/http"
	"testing"
	"time"

	"gabarit/engine"
	"gabarit/engine/source/web"
)

func TestCheck(t *testing.T) {
	hash := func(s string) engine.SHA256 { return sha256.Sum256([]byte(s)) }
	const at = "http://" + museum + "/a.jpg"
	known := web.Known{URL: at, SHA256: hash("the image")}
	tagged := web.Known{URL: at, SHA256: hash("the image"), Version: `sha256=00 etag="\"v1\"" modified=""`}
	page := web.Known{URL: at, Page: true}
	for name, tc := range map[string]struct {
		known  web.Known
		answer http.HandlerFunc
		robots string
		want   web.Finding
		status int
	}{
		"the same bytes":              {known, image("the image"), "", web.Same, 200},
		"not modified":                {tagged, image("the image", `ETag: "v1"`), "", web.Same, 304},
		"not modified, noindex now":   {tagged, image("the image", `ETag: "v1"`, "X-Robots-Tag: noindex"), "", web.NoIndex, 304},
		"not modified, unasked":       {known, status(http.StatusNotModified), "", web.Unreachable, 304},
		"other bytes":                 {known, image("another image"), "", web.Changed, 200},
		"other bytes, same size":      {tagged, image("the imagE", `ETag: "v2"`), "", web.Changed, 200},
		"bytes that were not known":   {web.Known{URL: at}, image("an image"), "", web.Same, 200},
		"a page instead":              {known, html("moved"), "", web.Changed, 200},
		"404":                         {known, status(404), "", web.Gone, 404},
		"410":                         {known, status(410), "", web.Gone, 410},
		"401":                         {known, status(401), "", web.Closed, 401},
		"403":                         {known, status(403), "", web.Closed, 403},
		"sent to a log-in":            {known, redirect("/account/login?next=/a.jpg"), "", web.Closed, 302},
		"sent to a log-in elsewhere":  {known, redirect("https://accounts.elsewhere.org/"), "", web.Closed, 302},
		"sent elsewhere":              {known, redirect("https://elsewhere.org/a.jpg"), "", web.Changed, 302},
		"sent on, the same there":     {known, redirect("/b.jpg"), "", web.Same, 200},
		"sent round and round":        {known, redirect("/a.jpg"), "", web.Unreachable, 302},
		"noimageindex":                {known, image("the image", "X-Robots-Tag: noimageindex"), "", web.NoIndex, 200},
		"noai for this program":       {known, image("the image", "X-Robots-Tag: gabarit: noai"), "", web.NoIndex, 200},
		"noai for another":            {known, image("the image", "X-Robots-Tag: otherbot: noai"), "", web.Same, 200},
		"reserved":                    {known, image("the image", "TDM-Reservation: 1"), "", web.NoIndex, 200},
		"robots.txt forbids it now":   {known, image("the image"), "User-agent: *\nDisallow: /a", web.Disallowed, 0},
		"500":                         {known, status(500), "", web.Unreachable, 500},
		"503 for long":                {known, status(503, "Retry-After: 7200"), "", web.Unreachable, 0},
		"broken off":                  {known, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "", web.Unreachable, 0},
		"a page that is there":        {page, html("<p>hello"), "", web.Same, 200},
		"a page that says noindex":    {page, html(`<head><meta name="robots" content="noindex">`), "", web.NoIndex, 200},
		"a page that is an image now": {page, image("x"), "", web.Changed, 200},
		"a page that is gone":         {page, status(404), "", web.Gone, 404},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, museum)
			s.pages[museum+"/a.jpg"], s.pages[museum+"/b.jpg"] = tc.answer, image("the image")
			if tc.robots != "" {
				s.pages[museum+"/robots.txt"] = text(tc.robots)
			}
			k, err := web.NewChecker(s.options(""))
			if err != nil {
				t.Fatal(err)
			}
			defer k.Close()
			got, err := k.Check(t.Context(), tc.known)
			if err != nil || got.Finding != tc.want || got.Status != tc.status || got.At.IsZero() {
				t.Errorf("%+v, %v; want %s, status %d", got, err, tc.want, tc.status)
			}
			if (got.Err == nil) != (tc.want == web.Same) || got.Err != nil && engine.MessageOf(got.Err) == "" {
				t.Errorf("why: %v", got.Err)
			}
			s.polite(2 * time.Second)
			if tc.want == web.Disallowed {
				s.never(museum, "/a.jpg")
			}
		})
	}
}

func TestCheckIsUnreachableWithoutANetwork(t *testing.T) {
	s := newSite(t)
	k, err := web.NewChecker(s.options(""))
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	for _, at := range []string{"http://nowhere.city-archive.org/a.jpg", "http://127.0.0.1/a.jpg"} {
		if got, err := k.Check(t.Context(), web.Known{URL: at}); err != nil || got.Finding != web.Unreachable {
			t.Errorf("%s: %+v, %v", at, got, err)
		}
	}
	if _, err := k.Check(t.Context(), web.Known{URL: "file:///etc/passwd"}); engine.CodeOf(err) != engine.CodeInvalid {
		t.Errorf("no address: %v", err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := k.Check(ctx, web.Known{URL: "http://nowhere.city-archive.org/a.jpg"}); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped: %v", err)
	}
}

func TestChecksOfOneHostKeepItsDelayAndAskForRulesOnce(t *testing.T) {
	s := newSite(t, museum)
	s.pages[museum+"/robots.txt"] = text("User-agent: *\nCrawl-delay: 10")
	s.pages[museum+"/a.jpg"] = image("a")
	k, err := web.NewChecker(s.options(""))
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	for range 4 {
		if got, err := k.Check(t.Context(), web.Known{URL: "http://" + museum + "/a.jpg"}); err != nil || got.Finding != web.Same {
			t.Fatalf("%+v, %v", got, err)
		}
	}
	if n := len(s.targets(museum)); n != 6 {
		t.Errorf("%d requests: %v", n, s.targets(museum))
	}
	s.polite(2 * time.Second)
	if gap := s.log[5].at.Sub(s.log[4].at); gap != 10*time.Second {
		t.Errorf("the delay was %v", gap)
	}
}
