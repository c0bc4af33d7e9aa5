package main_test

import (
	"bytes"
	"net/mail"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// fillCases opens three cases: one whose answer is overdue, one with a question about identity, one that is a draft. It gives their references.
func (d *desk) fillCases(probe string) (overdue, asked, draft string) {
	d.t.Helper()
	ago := func(days int) string { return time.Now().AddDate(0, 0, -days).Format(time.DateOnly) }
	found := filepath.Join(d.dir, "found.json")
	if err := os.WriteFile(found, d.cli("search", probe, "--purpose", purpose, "--max", "4", "--json"), 0o600); err != nil {
		d.t.Fatal(err)
	}
	open := func(days int) string {
		var made struct {
			Cases []struct{ Ref string }
		}
		d.json(&made, "case", "new", "--from-search", found, "--band", "possible", "--json")
		if len(made.Cases) != 1 {
			d.t.Fatalf("%d cases", len(made.Cases))
		}
		ref := made.Cases[0].Ref
		d.cli("case", "letter", ref, "--out", d.dir, "--sender", "Ada Example", "--reply", "ada@example.org", "--controller", "Press Example SA", "--place", "Lyon", "--format", "txt")
		d.cli("case", "address", ref, "--name", "Press Example SA", "--email", "privacy@press.example", "--country", "FR", "--residence", "FR", "--regime", "eu_gdpr",
			"--source", "legal notice", "--source-date", ago(70))
		if days > 0 {
			d.cli("case", "sent", ref, "--right", "erasure", "--channel", "tracked", "--date", ago(days), "--proof", "RR 123 456 789 FR")
		}
		return ref
	}
	overdue, asked, draft = open(50), open(18), open(0)
	d.cli("case", "received", overdue, "--date", ago(48))
	d.cli("case", "received", asked, "--date", ago(16))
	d.cli("case", "identity", asked, "--date", ago(12), "--note", "they want a copy of my passport")
	d.cli("case", "identity", asked, "--date", ago(4), "--given", "--note", "two photos sent, no passport")
	return overdue, asked, draft
}

// TestWindowCases drives the screen of the cases: the bar leads to what is overdue, all dates of a case are shown, and an answer is noted item by item.
func TestWindowCases(t *testing.T) {
	if testing.Short() {
		t.Skip("the real window is not driven in a short run")
	}
	d := newDesk(t)
	probe := d.fillVault()
	overdue, asked, _ := d.fillCases(probe)
	fresh := d.freshCase()
	d.fillDirectory()

	w := d.open("light", "en")
	w.wait("duty.text", "1 case is overdue.")
	w.screen("cases-bar")
	w.click("duty.show", .5)
	w.wait("case.title", overdue)
	w.wait("case.state", "overdue")
	w.wait("case.step.0", "Send a reminder")
	w.wait("cases.advice", "no legal advice")
	w.waitCrop()
	w.screen("cases")

	w.click("case.step.0", .5)
	w.wait("follow.preview", "I have not received an answer")
	w.wait("follow.preview", "[Your name]")
	w.waitCrop()
	w.screen("cases-reminder")
	w.mailsTheReminder()
	w.key("Escape")
	w.click("case.step.1", .5)
	w.wait("follow.preview", "Complaint under Article 77")
	w.waitCrop()
	w.screen("cases-complaint")
	w.key("Escape")

	w.click("case.record", .5)
	w.wait("record.date", "")
	w.waitCrop()
	w.screen("cases-note")
	w.key("Escape")
	w.click("case.address", .5)
	w.wait("address.name", "")
	w.waitCrop()
	w.screen("cases-address")
	w.key("Escape")
	w.choosesFromTheBook(overdue)
	w.mailsAShortLetter(fresh)
	w.quit()
	d.checkCases(overdue, fresh)

	w = d.open("dark", "fr")
	w.wait("duty.text", "1 dossier est en retard.")
	w.key("ctrl+3")
	w.wait("case.title", overdue)
	w.click("cases.list", .5)
	w.waitCrop()
	w.screen("cases-french")
	w.clickRow("cases.list", 1)
	w.wait("case.title", asked)
	w.waitCrop()
	w.screen("cases-french-identity")
	w.click("cases.book", .5)
	w.wait("book.about", "Annuaire : 2 responsables")
	w.clickRow("book.list", 1)
	w.wait("book.name", "Zeta Images GmbH")
	w.click("book.change", .5)
	w.wait("entry.name", "Zeta Images GmbH")
	w.shot("cases-french-entry")
	w.key("Escape", "Escape")
	w.gone("book.search")
	w.quit()
}

// freshCase opens a case without a letter, whose controller has a mail address, and gives its reference.
func (d *desk) freshCase() string {
	d.t.Helper()
	var made struct {
		Cases []struct{ Ref string }
	}
	d.json(&made, "case", "new", "--from-search", filepath.Join(d.dir, "found.json"), "--band", "possible", "--json")
	d.cli("case", "address", made.Cases[0].Ref, "--name", "Press Example SA", "--email", "privacy@press.example", "--country", "FR", "--regime", "eu_gdpr")
	return made.Cases[0].Ref
}

// fillDirectory writes a directory of controllers with two records that are taken, one of them odd, and one that is not.
func (d *desk) fillDirectory() {
	d.t.Helper()
	if err := os.Mkdir(filepath.Join(d.dir, "companies"), 0o700); err != nil {
		d.t.Fatal(err)
	}
	for name, text := range map[string]string{
		"press-archive": `{"slug":"press-archive","name":"Press Archive Ltd","address":"1 Street\nTown\nIreland","web":"https://www.press.example/","email":"dpo@press.example","relevant-countries":["all"],"quality":"verified","sources":[]}`,
		"zeta":          `{"slug":"zeta-images","name":"Zeta Images GmbH","address":"2 Weg\n10115 Berlin","runs":["zeta.example"],"relevant-countries":["de"],"quality":"scraped","sources":[]}`,
		"broken":        `{"slug":"broken"}`,
	} {
		d.write(filepath.Join("companies", name+".json"), []byte(text), 0o600)
	}
}

// shot takes a picture where a cursor blinks, so that the window is never quite still.
func (w *window) shot(name string) {
	w.t.Helper()
	time.Sleep(time.Second)
	w.screen(name)
}

// chooses presses the button of the folder dialog, which opens in the home folder.
func (w *window) chooses() {
	w.t.Helper()
	w.wait("choose.ok", "")
	time.Sleep(400 * time.Millisecond) // it slides in
	w.click("choose.ok", .5)
	w.gone("choose.ok")
}

// types enters text into a field.
func (w *window) types(field, text string) {
	w.t.Helper()
	w.click(field, .5)
	w.key("ctrl+a")
	w.enter(text)
	w.wait(field, text)
}

// given waits until the system was asked to open something, and gives it.
func (w *window) given() string {
	w.t.Helper()
	var what []byte
	w.until("something to open", func() bool {
		what, _ = os.ReadFile(w.opened)
		return len(what) > 0
	})
	if err := os.Remove(w.opened); err != nil {
		w.t.Fatal(err)
	}
	return strings.TrimSpace(string(what))
}

// mailsTheReminder completes the reminder that is shown and hands it to the mail program: it is too long for a link, so a draft is written and opened.
func (w *window) mailsTheReminder() {
	w.t.Helper()
	w.types("follow.sender", "Ada Example")
	w.types("follow.reply", "ada@example.org")
	w.types("follow.place", "Lyon")
	w.wait("follow.preview", "Lyon, ")
	w.click("follow.mail", .5)
	w.chooses()
	w.wait("follow.notice", "Draft of an e-mail")
	w.shot("cases-mail-draft")
	file, err := url.Parse(w.given())
	if err != nil || file.Scheme != "file" || !strings.HasSuffix(file.Path, ".eml") {
		w.t.Fatalf("opened %v, %v", file, err)
	}
	data, err := os.ReadFile(file.Path)
	if err != nil {
		w.t.Fatal(err)
	}
	draft, err := mail.ReadMessage(bytes.NewReader(data))
	if err != nil || draft.Header.Get("To") != "privacy@press.example" || draft.Header.Get("X-Unsent") != "1" || !bytes.Contains(data, []byte("application/pdf")) {
		w.t.Errorf("the draft: %v, %+v", err, draft)
	}
}

// choosesFromTheBook imports a directory into the address book, reads what is odd in it, and takes an entry of it for the case that is shown.
func (w *window) choosesFromTheBook(ref string) {
	w.t.Helper()
	w.click("cases.book", .5)
	w.wait("book.about", "No directory was imported.")
	w.click("book.folder", .5)
	w.chooses()
	w.wait("book.notice", "2 controllers imported")
	w.wait("book.notice", "1 file or record was left out.")
	w.wait("book.about", "2 controllers")
	w.shot("cases-book-imported")
	w.click("book.notice.action", .5)
	w.wait("book.remarks", "")
	w.waitCrop()
	w.screen("cases-book-remarks")
	w.key("Escape")
	w.key("Escape")
	w.gone("book.search")

	w.wait("case.title", ref)
	w.click("case.address", .5)
	w.click("address.find", .5)
	w.wait("book.about", "1 may answer for this site")
	w.clickRow("book.list", 0)
	w.wait("book.name", "Press Archive Ltd")
	w.shot("cases-book-choose")
	w.click("book.take", .5)
	w.wait("address.name", "Press Archive Ltd")
	w.wait("address.email", "dpo@press.example")
	w.waitCrop()
	w.screen("cases-address-taken")
	w.types("address.country", "IE")
	w.click("address.save", .5)
	w.gone("address.save")
}

// mailsAShortLetter writes a letter so short that it is a link, and hands it to the mail program.
func (w *window) mailsAShortLetter(ref string) {
	w.t.Helper()
	w.clickRow("cases.list", 2)
	w.wait("case.title", ref)
	w.click("case.step.0", .5)
	w.wait("letter.preview", "")
	w.click("letter.finds", .5)
	w.wait("finds.about", "ticked")
	w.waitCrop()
	w.screen("cases-finds")
	w.click("finds.no", .5)
	w.click("letter.finds", .5)
	w.wait("letter.finds", "Finds: 1 of 2")
	w.types("letter.sender", "Ada Example")
	w.types("letter.reply", "ada@example.org")
	w.types("letter.place", "Lyon")
	w.scrolls("letter.noitems", "letter.place")
	w.click("letter.noitems", .1)
	w.click("letter.edit", .5)
	w.click("letter.text", .5)
	w.key("ctrl+a")
	w.enter("Please erase my photo.")
	w.wait("letter.text", "Please erase my photo.")
	w.shot("cases-mail-short")
	w.click("letter.mail", .5)
	w.wait("letter.notice", "The draft is in your mail program.")
	link := w.given()
	if !strings.HasPrefix(link, "mailto:privacy@press.example?subject=") || !strings.Contains(link, "Please%20erase%20my%20photo.") {
		w.t.Errorf("opened %s", link)
	}
	w.key("Escape")
	w.wait("case.state", "letter exported")
}

// checkCases reads with the batch program what the window stored.
func (d *desk) checkCases(chosen, mailed string) {
	d.t.Helper()
	var shown struct {
		Letters []struct{ Formats []string }
		Course  struct {
			Controller struct{ Name, Email, Country, Source string }
		}
	}
	d.json(&shown, "case", "show", chosen, "--json")
	if c := shown.Course.Controller; c.Name != "Press Archive Ltd" || c.Email != "dpo@press.example" || c.Country != "IE" || c.Source == "" {
		d.t.Errorf("the case is addressed to %+v", c)
	}
	d.json(&shown, "case", "show", mailed, "--json")
	if len(shown.Letters) != 1 || len(shown.Letters[0].Formats) != 1 || shown.Letters[0].Formats[0] != "mailto" {
		d.t.Errorf("the letter that was mailed: %+v", shown.Letters)
	}
}

// scrolls turns the wheel over the label of a field until another one is in the upper part of the window.
func (w *window) scrolls(to, over string) {
	w.t.Helper()
	b := w.box(over)
	w.run("xdotool", "mousemove", "--window", w.id, strconv.Itoa(b.X-40), strconv.Itoa(min(b.Y, 500))) // a field would take the wheel for itself
	w.until(to+" to be scrolled to", func() bool {
		if w.box(to).Y < 700 {
			return true
		}
		w.run("xdotool", "click", "5")
		return false
	})
}

// clickRow clicks a row of a list whose rows have two lines.
func (w *window) clickRow(list string, row int) {
	w.t.Helper()
	const height = 52 // of a row with two lines, in pixels of the screen
	b := w.box(list)
	w.run("xdotool", "mousemove", "--window", w.id, strconv.Itoa(b.X+b.W/2), strconv.Itoa(b.Y+row*height+height/2), "click", "1")
}
