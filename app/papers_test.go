package app_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gabarit/app"
	"gabarit/app/desk"
	"gabarit/engine"
	"gabarit/engine/matter"
	"gabarit/engine/rights/papers"
)

func outside() matter.Profile {
	return matter.Profile{Party: matter.Party{Name: "Archive Inc.", Email: "a@archive.example", Country: "US"}, Territory: matter.TerritoryMonitoring}
}

// Case B-16: no representative, scope 3(2): ingestion is refused, however it is started, and goes once there is one.
func TestB16CollectingIsRefusedUntilThereIsARepresentative(t *testing.T) {
	a := openApp(t, &drawn{})
	req := engine.CollectRequest{Collection: "people", Sources: []string{album(t)}}
	must(t, a.SetProfile(t.Context(), outside()))
	_, err := a.Collect(t.Context(), req, nil)
	wantCode(t, err, engine.CodeInvalid)
	if !strings.Contains(engine.MessageOf(err), "representative in the Union") {
		t.Errorf("error: %v", err)
	}
	_, err = a.StartCollect(req)
	wantCode(t, err, engine.CodeInvalid)
	if info, err := a.CollectionByName(t.Context(), "people"); err != nil || info.Photos != 0 {
		t.Errorf("collected all the same: %+v %v", info, err)
	}
	p := outside()
	p.EU = matter.Representative{Party: matter.Party{Name: "Rep", Address: "Lyon", Country: "FR"}, Mandated: clock()}
	must(t, a.SetProfile(t.Context(), p))
	collect(t, a, req.Sources[0])
	stored, err := a.Profile(t.Context())
	must(t, err)
	if stored.EU.Name != "Rep" || !stored.ChangedAt.Equal(clock()) {
		t.Errorf("profile: %+v", stored)
	}
}

func TestPapersOutliveTheProgramAndTheLogNamesNobody(t *testing.T) {
	cfg := app.Config{VaultDir: filepath.Join(t.TempDir(), "v"), Detector: &drawn{}, Now: clock}
	a := app.New(cfg)
	must(t, a.CreateVault(t.Context(), ""))
	must(t, a.SetProfile(t.Context(), outside()))
	must(t, a.SetProfile(t.Context(), outside())) // in the place of the first
	r, err := a.AddRecipient(t.Context(), matter.Recipient{Party: matter.Party{Name: "Clerk", Country: "FR"}, What: "photos", Purpose: "claims"})
	must(t, err)
	must(t, a.RemoveRecipient(t.Context(), r.ID))
	wantCode(t, a.RemoveRecipient(t.Context(), r.ID), engine.CodeConflict)
	wantCode(t, a.RemoveRecipient(t.Context(), "none"), engine.CodeNotFound)
	o, err := a.AddOrder(t.Context(), matter.Order{Authority: "CNIL", Ordered: "erase", Received: clock(), Due: clock(), Proof: []matter.Proof{{File: "forged"}}, ClosedAt: clock()})
	must(t, err)
	_, err = a.CloseOrder(t.Context(), o.ID, "")
	wantCode(t, err, engine.CodeInvalid)
	proof := filepath.Join(t.TempDir(), "pr=oof é.pdf")
	must(t, os.WriteFile(proof, []byte("proof"), 0o600))
	o, err = a.AttachProof(t.Context(), o.ID, proof)
	must(t, err)
	must(t, a.Close())

	a = app.New(cfg)
	defer a.Close()
	must(t, a.Unlock(t.Context(), ""))
	o, err = a.CloseOrder(t.Context(), o.ID, "complied")
	must(t, err)
	_, err = a.AttachProof(t.Context(), o.ID, proof)
	wantCode(t, err, engine.CodeConflict)
	f, err := a.ProofOf(t.Context(), o.Proof[0].File)
	must(t, err)
	if string(f.Data) != "proof" || f.Order != o.ID {
		t.Errorf("proof: %+v", f)
	}
	recipients, err := a.Recipients(t.Context())
	must(t, err)
	if len(recipients) != 1 || !recipients[0].Gone() || recipients[0].ID != r.ID {
		t.Errorf("recipients: %+v", recipients)
	}
	log, err := a.Audit(t.Context())
	must(t, err)
	data, err := json.Marshal(log)
	must(t, err)
	for _, name := range []string{"Archive", "Clerk", "CNIL", "pr="} {
		if strings.Contains(string(data), name) {
			t.Errorf("the log names %s", name)
		}
	}
	for _, action := range []engine.AuditAction{engine.ActionProfile, engine.ActionRecipient, engine.ActionOrder} {
		if !strings.Contains(string(data), `"`+string(action)+`"`) {
			t.Errorf("the log lacks %s", action)
		}
	}
}

// Case T12: the operator is told the day by which people must have been informed.
func TestT12TheOperatorIsToldWhenANoticeIsDue(t *testing.T) {
	now := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	a := app.New(app.Config{VaultDir: filepath.Join(t.TempDir(), "v"), Detector: &drawn{}, Now: func() time.Time { return now }})
	defer a.Close()
	must(t, a.CreateVault(t.Context(), ""))
	_, err := a.AddCollection(t.Context(), people())
	must(t, err)
	due, err := a.NoticesDue(t.Context())
	must(t, err)
	if len(due) != 1 || !due[0].Due.IsZero() {
		t.Fatalf("before anything was collected: %+v", due)
	}
	collect(t, a, album(t))
	now = now.AddDate(0, 0, 30) // 2 December, the day itself
	due, err = a.NoticesDue(t.Context())
	must(t, err)
	if got := due[0].Due.Format(time.DateOnly); got != "2026-12-02" || due[0].Late(now) || !due[0].Late(now.AddDate(0, 0, 1)) {
		t.Errorf("due %s, late %v", got, due[0].Late(now))
	}
	done, one, err := a.WriteNotice(t.Context(), "people", []string{"en", "fr"}, t.TempDir())
	must(t, err)
	if len(done.Files) != 2 || one.Due.Format(time.DateOnly) != "2026-12-02" {
		t.Errorf("written: %+v %+v", done, one)
	}
	due, err = a.NoticesDue(t.Context())
	must(t, err)
	if due[0].Late(now.AddDate(0, 0, 1)) || !due[0].WrittenAt.Equal(now) {
		t.Errorf("after the notice: %+v", due)
	}
	if _, err = a.AddRecipient(t.Context(), matter.Recipient{Party: matter.Party{Name: "Clerk", Country: "FR"}, What: "photos", Purpose: "claims",
		Since: time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)}); err != nil {
		t.Fatal(err)
	}
	due, err = a.NoticesDue(t.Context())
	must(t, err)
	if got := due[0].Due.Format(time.DateOnly); got != "2026-11-20" {
		t.Errorf("with a first disclosure: due %s", got)
	}
}

func TestTheFileForTheAuthorityIsCompleteAndItsHashesHold(t *testing.T) {
	a := openApp(t, &drawn{})
	collect(t, a, album(t))
	must(t, a.SetProfile(t.Context(), matter.Profile{Party: matter.Party{Name: "Archive", Email: "a@archive.example", Country: "FR"}, Territory: matter.TerritoryEstablish}))
	o, err := a.AddOrder(t.Context(), matter.Order{Authority: "CNIL", Ordered: "erase", Received: clock(), Due: clock()})
	must(t, err)
	proof := filepath.Join(t.TempDir(), "../evil name.pdf")
	must(t, os.WriteFile(proof, []byte("proof"), 0o600))
	_, err = a.AttachProof(t.Context(), o.ID, proof)
	must(t, err)
	dir := t.TempDir()
	first, err := a.WriteAuthorityFile(t.Context(), matter.PaperFiles{Lang: "fr", Dir: dir})
	must(t, err)
	second, err := a.WriteAuthorityFile(t.Context(), matter.PaperFiles{Lang: "en", Dir: dir})
	must(t, err)
	if first.Files[0] == second.Files[0] {
		t.Error("the second took the place of the first")
	}
	data, err := os.ReadFile(filepath.Join(first.Files[0], "manifest.json"))
	must(t, err)
	var m papers.Manifest
	must(t, json.Unmarshal(data, &m))
	if !m.LogIntact || m.Counts["faces"] != 3 || m.Counts["orders"] != 1 || m.Counts["proofs"] != 1 || m.Counts["log_problems"] != 0 {
		t.Errorf("manifest: %+v", m)
	}
	names := map[string]bool{}
	for _, f := range m.Files {
		content, err := os.ReadFile(filepath.Join(first.Files[0], f.Name))
		must(t, err)
		if papers.NewManifestFile(f.Name, content) != f {
			t.Errorf("%s is not what the manifest says", f.Name)
		}
		names[f.Name] = true
	}
	for _, want := range []string{"records.csv", "records.json", "records.pdf", "records.html", "dpia.html", "dpia.pdf", "controller.json", "recipients.json", "orders.json",
		"statistics.json", "statistics.csv", "proofs/order-1/1-evil_name.pdf", "log.jsonl", "log-check.json"} {
		if !names[want] {
			t.Errorf("%s is missing in %v", want, names)
		}
	}
	log, err := os.Open(filepath.Join(first.Files[0], "log.jsonl"))
	must(t, err)
	defer log.Close()
	report, err := app.VerifyAuditFile(log, m.LogKey, m.Checkpoint)
	must(t, err)
	if !report.Intact() || int(report.Entries) != m.Counts["log_entries"] {
		t.Errorf("the exported log: %+v", report)
	}
	left, err := filepath.Glob(filepath.Join(dir, ".*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

func TestPapersAreWrittenInEveryFormatAndRefusedElsewhere(t *testing.T) {
	a := openApp(t, &drawn{})
	dir := t.TempDir()
	for _, lang := range papers.Languages() {
		done, err := a.WriteRecords(t.Context(), matter.PaperFiles{Lang: lang, Dir: dir})
		must(t, err)
		if len(done.Files) != 4 || len(done.Gaps) == 0 {
			t.Errorf("records: %+v", done)
		}
		done, err = a.WriteDPIA(t.Context(), matter.PaperFiles{Lang: lang, Dir: dir, Formats: []string{"html"}})
		must(t, err)
		if len(done.Files) != 1 || done.ToWrite == 0 {
			t.Errorf("dpia: %+v", done)
		}
	}
	for name, to := range map[string]matter.PaperFiles{"a format": {Lang: "en", Dir: dir, Formats: []string{"exe"}}, "a language": {Lang: "de", Dir: dir}} {
		_, err := a.WriteRecords(t.Context(), to)
		if engine.CodeOf(err) != engine.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := a.WriteDPIA(t.Context(), matter.PaperFiles{Lang: "en", Dir: filepath.Join(dir, "gone")})
	wantCode(t, err, engine.CodeNotFound)
	_, _, err = a.WriteNotice(t.Context(), "nobody", []string{"en"}, dir)
	wantCode(t, err, engine.CodeNotFound)
}

// Case B-18: the recipients on record are those that an erasure's notices go to, with where to write and what they got; what the profile lacks is told.
func TestB18RecipientsOnRecordAreWhoIsTold(t *testing.T) {
	a := openApp(t, &drawn{})
	must(t, a.SetProfile(t.Context(), outside()))
	r, err := a.AddRecipient(t.Context(), matter.Recipient{Party: matter.Party{Name: "Example Ltd", Address: "1 Example Street", Country: "US"}, What: "face crops", Purpose: "review",
		Safeguards: "standard clauses", Since: clock()})
	must(t, err)
	must(t, a.RemoveRecipient(t.Context(), r.ID)) // of the past: the data went there
	v, ctx, done, err := a.Enter(t.Context(), "test")
	must(t, err)
	defer done()
	got, err := desk.Answering(ctx, v.Store)
	must(t, err)
	want := matter.Disclosure{ID: r.ID, Name: "Example Ltd", Address: "1 Example Street", Country: "US", Third: true, What: "face crops", Purpose: "review", Safeguards: "standard clauses", Since: clock(), Until: clock()}
	if len(got.Recipients) != 1 || got.Recipients[0] != want {
		t.Errorf("recipients: %+v", got.Recipients)
	}
	if len(got.Controller) == 0 || got.Controller[0] != "Archive Inc." || len(got.Gaps) != 1 || got.Gaps[0] != string(matter.GapRepresentative) || got.Country != "US" {
		t.Errorf("answering: %+v", got)
	}
}
