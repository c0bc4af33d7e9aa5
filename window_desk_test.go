package main_test

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestWindowDesk drives the desk of the real window: a request is registered with a drawn portrait, another one with a real portrait is searched for and
// reviewed with the keyboard, and the operator's papers are looked at, in two languages and looks.
func TestWindowDesk(t *testing.T) {
	if testing.Short() {
		t.Skip("the real window is not driven in a short run")
	}
	d := newDesk(t)
	probe := d.fillVault()
	w := d.open("light", "en")
	w.wait("search.empty", "Drop a photo")
	w.key("ctrl+4")
	w.wait("desk.register", "Register a request")
	w.waitCrop()
	w.screen("desk-empty")

	w.drop(d.drawnPortrait())
	w.wait("register.photos", "drawn.png")
	w.enter("https://press.example/img/7.jpg")
	w.waitCrop()
	w.screen("desk-register")
	w.click("question.ok", .5)
	w.gone("register.photos")
	w.wait("desk.head", "-REQ-0001")
	w.wait("desk.clock", "answer by")
	w.waitCrop()
	w.screen("desk-request")

	w.drop(probe)
	w.wait("register.photos", filepath.Base(probe))
	w.click("question.ok", .5)
	w.gone("register.photos")
	w.wait("desk.head", "-REQ-0002")
	w.click("desk.step.search", .5)
	w.wait("desk.about", "Candidates: ")
	w.waitCrop()
	w.screen("desk-searched")
	w.click("desk.step.review", .5)
	w.wait("review.count", "1 of ")
	w.click("review.by", .5)
	w.enter("Ada Example")
	w.key("Tab")
	w.enter("same face")
	w.click("review.pair", .25)
	w.key("y")
	w.wait("review.count", "2 of ")
	w.waitCrop()
	w.screen("desk-review")
	w.key("Escape")

	w.click("desk.papers", .5)
	w.wait("papers.order", "Record an order")
	w.waitCrop()
	w.screen("desk-papers")
	w.click("papers.edit", .5)
	w.wait("profile.name", "")
	w.enter("Example Archive")
	w.waitCrop()
	w.screen("desk-profile")
	w.click("question.ok", .5)
	w.wait("papers.profile", "Example Archive")
	w.quit()
	d.checkRequests()
	erased := d.eraseFor("https://press.example/img/20.jpg")

	f := d.open("dark", "fr")
	f.wait("search.empty", "")
	f.key("ctrl+4")
	f.wait("desk.clock", "réponse au plus tard")
	f.waitCrop()
	f.screen("french-desk")
	f.click("desk.papers", .5)
	f.wait("papers.profile", "Example Archive")
	f.waitCrop()
	f.screen("french-papers")
	f.tellsRecipients(erased)
	f.quit()
	d.checkNotices(erased)
}

// eraseFor carries out an erasure with the batch program, for somebody who names an address and whose data one recipient was given. It gives the reference of
// the request.
func (d *desk) eraseFor(address string) string {
	d.t.Helper()
	d.cli("papers", "recipient", "add", "Clerk of the Court", "--country", "FR", "--what", "photos", "--purpose", "claims", "--since", time.Now().AddDate(0, 0, -2).Format(time.DateOnly))
	var made struct{ Ref string }
	d.json(&made, "subject", "new", "--right", "erasure", "--url", address, "--json")
	d.cli("subject", "search", made.Ref)
	var found struct{ Candidates []struct{ Key string } }
	d.json(&found, "subject", "candidates", made.Ref, "--json")
	for _, c := range found.Candidates {
		for _, by := range []string{"Ada", "Bea"} { // what was not compared with a portrait needs two
			d.cli("subject", "review", made.Ref, c.Key, "--by", by, "--decision", "yes", "--reason", "the page names them")
		}
	}
	d.cli("subject", "erase", made.Ref, "--yes")
	return made.Ref
}

// tellsRecipients notes doubts about who asks for one request, and that the recipient was told of the erasure for another one. The window is French.
func (w *window) tellsRecipients(erased string) {
	w.t.Helper()
	w.click("desk.requests", .5)
	w.wait("desk.head", "-REQ-0001")
	w.waitCrop() // its portrait is there, and nothing moves any more
	w.click("desk.step.doubts", .5)
	w.wait("doubts.words", "")
	w.enter("deux noms dans la lettre")
	w.waitCrop()
	w.screen("french-doubts")
	w.click("question.ok", .5)
	w.wait("desk.about", "deux noms dans la lettre")

	w.clickRow("desk.list", 2)
	w.wait("desk.head", erased)
	w.wait("desk.about", "informés : 0 sur 1")
	w.click("desk.step.notices", .5)
	w.wait("notices.text", "Clerk of the Court")
	w.waitCrop()
	w.screen("french-notices")
	w.click("notices.sent", .5)
	w.wait("notices.day", time.Now().Format(time.DateOnly))
	w.click("question.ok", .5)
	w.wait("notices.notice", "Il ne reste aucun destinataire à informer.")
	w.waitCrop()
	w.screen("french-notices-told")
	w.key("Escape")
	w.wait("desk.about", "informés : 1 sur 1")
	w.waitCrop()
	w.screen("french-request-told")
}

// checkNotices reads with the batch program that the recipient was told, and that the log does not name them.
func (d *desk) checkNotices(ref string) {
	d.t.Helper()
	var shown struct {
		Notices []struct{ Sent time.Time }
	}
	d.json(&shown, "subject", "notices", ref, "--json")
	if len(shown.Notices) != 1 || shown.Notices[0].Sent.IsZero() {
		d.t.Errorf("notices %+v", shown.Notices)
	}
	log := string(d.cli("audit", "list", "--json"))
	if !strings.Contains(log, `"recipient_notified"`) || strings.Contains(log, "Clerk of the Court") || strings.Contains(log, "deux noms") {
		d.t.Error("the log lacks the notice, or tells more than it should")
	}
}

// gone waits until a widget is no longer shown.
func (w *window) gone(name string) {
	w.t.Helper()
	w.until(name+" to go", func() bool {
		boxes := w.boxes()
		_, shown := boxes[name]
		return len(boxes) > 0 && !shown
	})
}

// drawnPortrait draws something like a face: nobody's.
func (d *desk) drawnPortrait() string {
	d.t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 300, 300))
	draw.Draw(img, img.Bounds(), image.NewUniform(color.RGBA{90, 120, 160, 255}), image.Point{}, draw.Src)
	disc := func(cx, cy, r int, c color.Color) {
		for y := cy - r; y <= cy+r; y++ {
			for x := cx - r; x <= cx+r; x++ {
				if (x-cx)*(x-cx)+(y-cy)*(y-cy) <= r*r {
					img.Set(x, y, c)
				}
			}
		}
	}
	disc(150, 150, 95, color.RGBA{224, 190, 160, 255})
	disc(115, 130, 12, color.RGBA{40, 40, 60, 255})
	disc(185, 130, 12, color.RGBA{40, 40, 60, 255})
	disc(150, 200, 20, color.RGBA{170, 70, 70, 255})
	var buf bytes.Buffer
	if err := png.Encode(&buf, img); err != nil {
		d.t.Fatal(err)
	}
	d.write("drawn.png", buf.Bytes(), 0o600)
	return filepath.Join(d.dir, "drawn.png")
}

// checkRequests reads the log with the batch program: two requests, a search, a decision and the profile are there, and no name.
func (d *desk) checkRequests() {
	d.t.Helper()
	log := string(d.cli("audit", "list", "--json"))
	for _, action := range []string{"request_registered", "request_searched", "request_reviewed", "profile_changed"} {
		if !strings.Contains(log, `"`+action+`"`) {
			d.t.Errorf("the log lacks %s", action)
		}
	}
	if strings.Contains(log, "Example Archive") || strings.Contains(log, "Ada Example") || strings.Contains(log, "press.example") {
		d.t.Error("the log names somebody, or an address")
	}
}
