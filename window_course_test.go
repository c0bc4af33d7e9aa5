package main_test

import (
	"os"
	"path/filepath"
	"strconv"
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
	w.quit()

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
	w.quit()
}

// clickRow clicks a row of a list whose rows have two lines.
func (w *window) clickRow(list string, row int) {
	w.t.Helper()
	const height = 52 // of a row with two lines, in pixels of the screen
	b := w.box(list)
	w.run("xdotool", "mousemove", "--window", w.id, strconv.Itoa(b.X+b.W/2), strconv.Itoa(b.Y+row*height+height/2), "click", "1")
}
