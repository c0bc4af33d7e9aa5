package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gabarit/app/cli/command"
	"gabarit/app/cli/document"
)

// cliAt is cli at a moment: days from now.
func cliAt(t *testing.T, dir string, days int, args ...string) (status int, out, notes string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	at := func() time.Time { return time.Now().AddDate(0, 0, days) }
	p := &program{in: os.Stdin, out: &stdout, err: &stderr, env: env("GABARIT_LANG", "en"), exit: func(int) {}, now: at, detector: &corner{}}
	status = p.run(t.Context(), append(args, "--vault", filepath.Join(dir, "vault")))
	t.Logf("gabarit-cli %v: status %d\n%s%s", args, status, stdout.String(), stderr.String())
	return status, stdout.String(), stderr.String()
}

func TestRetainShowsThenErasesWhatExpired(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("GABARIT_STATE", filepath.Join(dir, "state"))
	for _, name := range []string{"a", "b"} {
		var picture bytes.Buffer
		if err := drawPlain(&picture, name); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, "album", name+".png"), picture.Bytes())
	}
	write(t, filepath.Join(dir, "manifest.csv"), []byte("file,url\nalbum/b.png,https://fair.city-archive.org/b.png\n"))
	for _, args := range [][]string{
		{"vault", "init", "--no-passphrase"},
		{"collection", "add", "short", "--purpose", "tests", "--basis", "consent", "--retain", "10d"},
		{"collection", "add", "long", "--purpose", "tests", "--basis", "consent", "--retain", "400d"},
		{"collect", "short", filepath.Join(dir, "album", "a.png")}, {"collect", "long", filepath.Join(dir, "manifest.csv")},
	} {
		if status, _, _ := cliAt(t, dir, 0, args...); status != 0 {
			t.Fatalf("status %d", status)
		}
	}
	run := func(days, want int, args ...string) (doc document.Retention) {
		t.Helper()
		status, out, _ := cliAt(t, dir, days, append(args, "--json")...)
		if err := json.Unmarshal([]byte(out), &doc); err != nil || status != want {
			t.Fatalf("status %d, want %d: %v", status, want, err)
		}
		return doc
	}
	if doc := run(0, command.StatusNothing, "retain", "--dry-run"); doc.Records != 2 || len(doc.Goes) != 0 || len(doc.Soon) != 1 {
		t.Errorf("%+v", doc)
	}
	doc := run(31, 0, "retain", "--dry-run")
	if len(doc.Goes) != 1 || doc.Goes[0].Collection != "short" || doc.Goes[0].Why != "expired" || !doc.DryRun || len(doc.Erasures) != 0 || doc.Sources.Due != 1 || doc.Sources.Asked {
		t.Errorf("%+v", doc)
	}
	_, text, _ := cliAt(t, dir, 31, "retain", "--dry-run")
	for _, want := range []string{"What would go: 1", string(doc.Goes[0].Photo), "kept as long as its collection says", "Photos whose sources are due to be asked: 1"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in the text", want)
		}
	}
	status, text, notes := cliAt(t, dir, 31, "retain")
	if status != 0 || !strings.Contains(text, "What went: 1") || !strings.Contains(notes, "no contact is known") {
		t.Errorf("status %d", status)
	}
	if _, text, _ = cliAt(t, dir, 31, "collect", "short", filepath.Join(dir, "album", "a.png")); !strings.Contains(text, "1") || !strings.Contains(text, "erased before") {
		t.Errorf("collected again: %s", text)
	}
	run(31, command.StatusNothing, "retain")
	if status, _, _ = cliAt(t, dir, 31, "check", "--dry-run"); status != 0 {
		t.Errorf("sources are due: status %d", status)
	}
	if status, _, _ = cliAt(t, dir, 31, "check", "--dry-run", "--collection", "short"); status != command.StatusNothing {
		t.Errorf("no source is due: status %d", status)
	}
	if status, _, _ = cliAt(t, dir, 31, "check", "--collection", "none", "--dry-run"); status != command.StatusError {
		t.Errorf("an unknown collection: status %d", status)
	}
	for _, args := range [][]string{{"check"}, {"check", "--contact", "nobody"}, {"retain", "--contact", "nobody"}, {"retain", "--no-network", "--contact", "a@city-museum.org"}} {
		if status, _, _ = cliAt(t, dir, 31, args...); status != command.StatusUsage {
			t.Errorf("%v: status %d", args, status)
		}
	}
	doc = run(190, 0, "retain", "--no-network") // nobody asked for six months
	if len(doc.Goes) != 1 || doc.Goes[0].Why != "unchecked" || doc.Gone["unchecked"] != 1 || len(doc.Erasures) != 1 || doc.Erasures[0].Check == nil {
		t.Errorf("%+v", doc)
	}
	if status, _, _ = cliAt(t, dir, 190, "vault", "verify"); status != 0 {
		t.Errorf("the vault is not sound: status %d", status)
	}
}
