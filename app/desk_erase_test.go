package app_test

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gabarit/app"
	"gabarit/app/subjects"
	"gabarit/engine"
	"gabarit/engine/matter"
	"gabarit/storage/auditlog"
)

// erased has a request about access and erasure answered and carried out, and gives it.
func (d *deskRig) erased(choice matter.ErasureChoice) matter.Request {
	d.t.Helper()
	r := d.request(matter.RightAccess, matter.RightErasure)
	d.reviewed(r.Ref, annas()...)
	d.access(r.Ref)
	plan, err := d.PlanSubjectErasure(d.t.Context(), r.Ref, choice)
	must(d.t, err)
	if plan.Blocked != "" {
		d.t.Fatal(plan.Blocked)
	}
	r, err = d.EraseSubject(d.t.Context(), r.Ref, plan, nil)
	must(d.t, err)
	return r
}

func TestB05AfterErasureNothingIsFoundAndTheCertificateSaysSo(t *testing.T) {
	d := newDesk(t, (*app.App).TransparentVaults)
	berts, claras := find(t, d.App, card(bert, 0, 0)), find(t, d.App, card(clara, 0, 0))
	likes := d.finds(card(anna, 77, .47), .1)
	r := d.erased(matter.ErasureChoice{})
	e := r.Erasure
	if e.Hits != 0 || e.Scan != 0 || e.Rejected != 1 || e.Searched != 4 || e.Portraits != 1 || !e.Finished || !e.Check.Clean() {
		t.Errorf("%+v", e)
	}
	if e.Counts.Photos != 3 || e.Counts.Partly != 1 || e.Counts.Templates != 4 || e.Counts.Crops != 4 {
		t.Errorf("counts %+v", e.Counts)
	}
	if got := d.finds(card(anna, 0, 0), .7); !slices.Equal(got, []string{"like-anna.png"}) {
		t.Errorf("anna is found on %v", got)
	}
	likeBefore(t, berts, find(t, d.App, card(bert, 0, 0)))
	likeBefore(t, claras, find(t, d.App, card(clara, 0, 0)))
	if got := d.finds(card(anna, 77, .47), .1); !slices.Equal(got, likes) {
		t.Errorf("the look-alike is found on %v, before on %v", got, likes)
	}
	if len(r.Portraits) != 0 || r.PortraitsDeleted.IsZero() || len(r.Frozen) != 0 {
		t.Errorf("%v %v %v", r.Portraits, r.PortraitsDeleted, r.Frozen)
	}
	d.wantCertificate(r)
	wantSound(t, d.App)
	closed, err := d.CloseRequest(t.Context(), r.Ref)
	must(t, err)
	if closed.Stage() != matter.StageClosed {
		t.Errorf("stage %s", closed.Stage())
	}
	must(t, d.Close())
	// the bytes: nothing of the portrait, of anna's templates, or of the names of her files is in any file of the vault
	probe := person(anna)
	text, err := json.Marshal(probe[:6])
	must(t, err)
	needles := map[string][]byte{"portrait as text": text[1 : len(text)-1], "old.png": []byte("old.png"), "alone.png": []byte("alone.png"), "far.png": []byte("far.png")}
	for i, way := range []uint64{1, 2, 3, 4} {
		t := aside(anna, way, []float64{.1, .2, .3, .52}[i])
		needles["template"+string(rune('0'+way))] = littleEndian(t[:16])
	}
	if left := scanFiles(t, d.cfg.VaultDir, needles); len(left) > 0 {
		t.Errorf("left in the files: %v", left)
	}
	if kept := scanFiles(t, d.cfg.VaultDir, map[string][]byte{"clara.png": []byte("clara.png")}); len(kept) == 0 {
		t.Error("the scan sees nothing of those who stay either")
	}
}

// wantCertificate writes the certificate of a request and checks what it says.
func (d *deskRig) wantCertificate(r matter.Request) {
	t := d.t
	t.Helper()
	dir := d.tempDir()
	paths, err := d.WriteCertificate(context.Background(), r.Ref, dir)
	must(t, err)
	var names []string
	for _, p := range paths {
		names = append(names, filepath.Ext(p))
	}
	if want := []string{".json", ".sig", ".pdf", ".txt"}; !slices.Equal(names, want) {
		t.Fatalf("files %v", names)
	}
	data, err := os.ReadFile(paths[0])
	must(t, err)
	var c matter.Certificate
	must(t, json.Unmarshal(data, &c))
	if c.Erased != r.Erasure.Counts || c.Verified.Hits != 0 || c.Verified.ScanLeft != 0 || c.Verified.PortraitsDeleted.IsZero() || c.Ref != r.Ref {
		t.Errorf("certificate %+v", c)
	}
	statement, err := os.ReadFile(paths[1])
	must(t, err)
	must(t, auditlog.CheckStatement(c.Key, string(statement), subjects.CertificateKind, sha256.Sum256(data)))
	text, err := os.ReadFile(paths[3])
	must(t, err)
	for _, want := range []string{"Certificate of erasure", "was deleted on 23 November 2026", "cannot recognise a different photograph", "block list", "article 77"} {
		if !strings.Contains(strings.Join(strings.Fields(string(text)), " "), want) {
			t.Errorf("%q is not said: %s", want, text)
		}
	}
	for _, name := range annas() { // no plain hash of an image
		sum := sum(t, filepath.Join(d.dir, name))
		if strings.Contains(string(data)+string(text), hex.EncodeToString(sum[:])) {
			t.Errorf("the certificate holds the hash of %s", name)
		}
	}
}

func TestB10WhatKeepsErasedPhotosFromComingBack(t *testing.T) {
	for _, looks := range []bool{false, true} {
		d := newDesk(t)
		choice := matter.ErasureChoice{Looks: looks}
		if looks {
			r := d.request(matter.RightErasure)
			d.reviewed(r.Ref, annas()...)
			plan, err := d.PlanSubjectErasure(t.Context(), r.Ref, choice)
			must(t, err)
			if !strings.Contains(plan.Blocked, "the person's choice") {
				t.Errorf("looks are kept without a recorded choice: %q", plan.Blocked)
			}
			choice.Chosen = "ticked on the form of 20 November"
		}
		d.erased(choice)
		same, err := os.ReadFile(filepath.Join(d.dir, "alone.png"))
		must(t, err)
		elsewhere := filepath.Join(t.TempDir(), "elsewhere.png")
		must(t, os.WriteFile(elsewhere, same, 0o600))
		again := filepath.Join(t.TempDir(), "again.png") // the same picture, another file
		drawCards(t, again, 2, card(anna, 2, .2))
		data, err := os.ReadFile(again)
		must(t, err)
		must(t, os.WriteFile(again, append(data, "recompressed"...), 0o600))
		other := filepath.Join(t.TempDir(), "other.png") // another photo of her
		drawCards(t, other, 50, card(anna, 3, .25))
		for _, c := range []struct {
			what, path string
			refused    bool
		}{
			{"the same file in its place", filepath.Join(d.dir, "alone.png"), true},
			{"the same file elsewhere", elsewhere, true},
			{"a file that looks alike", again, looks},
			{"another photo of the person", other, false},
		} {
			if rep := collect(t, d.App, c.path); (rep.Counts.Suppressed == 1) != c.refused {
				t.Errorf("looks %v: %s: %+v", looks, c.what, rep.Counts)
			}
		}
	}
}

func TestB11NoTemplateIsKeptAsABlockList(t *testing.T) {
	d := newDesk(t)
	d.erased(matter.ErasureChoice{})
	counts, err := d.Suppressions(t.Context())
	must(t, err)
	if counts.Looks != 0 || counts.Files == 0 {
		t.Errorf("%+v", counts)
	}
	// no template of anna is held anywhere: neither the index nor a full scan knows one, and another photo of hers is taken like anybody's
	d.collect("new.png", 60, card(anna, 5, .1))
	if got := d.finds(card(anna, 0, 0), .3); !slices.Equal(got, []string{"new.png"}) {
		t.Errorf("found on %v", got)
	}
}

func TestB13AnAlteredEntryIsFoundWithItsPlace(t *testing.T) {
	d := newDesk(t)
	d.erased(matter.ErasureChoice{})
	path := filepath.Join(t.TempDir(), "log.jsonl")
	_, err := d.ExportAudit(t.Context(), path)
	must(t, err)
	data, err := os.ReadFile(path)
	must(t, err)
	lines := strings.Split(string(data), "\n")
	at := slices.IndexFunc(lines, func(l string) bool {
		return strings.Contains(l, `"action":"request_reviewed"`) && strings.Contains(l, `"decision":"no"`)
	})
	if at < 0 {
		t.Fatal("no review in the log")
	}
	lines[at] = strings.Replace(lines[at], `"decision":"no"`, `"decision":"yes"`, 1)
	report, err := app.VerifyAuditFile(strings.NewReader(strings.Join(lines, "\n")), "", "")
	must(t, err)
	if report.Intact() || report.Problems[0].Seq != uint64(at) || report.Problems[0].Damage != engine.AuditAltered {
		t.Errorf("altered entry %d: %+v", at, report.Problems)
	}
}

func TestB18EveryRecipientIsToldAndTheCertificateListsThem(t *testing.T) {
	d := newDesk(t)
	to := matter.Disclosure{ID: "01ARZ3NDEKTSV4RRFFQ69G5FAV", Name: "Example Ltd", Address: "1 Example Street", What: "face crops", Purpose: "review", Country: "US", Third: true, Since: clock().AddDate(0, 0, -1)}
	none := matter.Disclosure{ID: "01ARZ3NDEKTSV4RRFFQ69G5FAW", Name: "Not Yet Ltd", What: "nothing so far", Purpose: "review", Country: "FR"}
	past := matter.Disclosure{ID: "01ARZ3NDEKTSV4RRFFQ69G5FAX", Name: "Long Ago Ltd", What: "face crops", Purpose: "review", Country: "FR", Since: clock().AddDate(-9, 0, 0), Until: clock().AddDate(-8, 0, 0)}
	other := matter.Disclosure{ID: "01ARZ3NDEKTSV4RRFFQ69G5FAY", Name: "Other Ltd", What: "face crops", Purpose: "review", Country: "FR", Since: clock().AddDate(-1, 0, 0)}
	d.AnswersAs(matter.Answering{Controller: []string{"Operator", "op@example.org"}, Authority: []string{"CNIL"}, Recipients: []matter.Disclosure{to, none, past, other}})
	r := d.erased(matter.ErasureChoice{})
	notices, err := d.NoticesOf(t.Context(), r.Ref)
	must(t, err)
	if len(notices) != 2 || !strings.Contains(notices[0].Text, "Example Ltd") || !strings.Contains(notices[0].Text, "article 19") || strings.Contains(notices[0].Text, "anna") {
		t.Fatalf("notices %+v", notices)
	}
	_, err = d.CloseRequest(t.Context(), r.Ref)
	wantCode(t, err, engine.CodeConflict)
	_, err = d.NoticeSent(t.Context(), r.Ref, "nobody", time.Time{})
	wantCode(t, err, engine.CodeNotFound)
	_, err = d.NoticeSent(t.Context(), r.Ref, none.ID, time.Time{})
	wantCode(t, err, engine.CodeNotFound)
	for name, day := range map[string]time.Time{"to come": clock().AddDate(0, 0, 2), "before the erasure": r.Erasure.At.AddDate(0, 0, -3)} {
		if _, err = d.NoticeSent(t.Context(), r.Ref, to.ID, day); engine.CodeOf(err) != engine.CodeInvalid {
			t.Errorf("told on a day that is %s: %v", name, err)
		}
	}
	_, err = d.NoticeSent(t.Context(), r.Ref, to.ID, time.Time{})
	must(t, err)
	_, err = d.NoticeNeedless(t.Context(), r.Ref, other.ID, " ")
	wantCode(t, err, engine.CodeInvalid)
	_, err = d.CloseRequest(t.Context(), r.Ref)
	wantCode(t, err, engine.CodeConflict)
	r, err = d.NoticeNeedless(t.Context(), r.Ref, other.ID, "it got data of another collection only")
	must(t, err)
	told := r.Erasure.At.AddDate(0, 0, -1) // in the evening of the day before, where the day has not ended yet
	if r, err = d.NoticeSent(t.Context(), r.Ref, to.ID, told); err != nil || !r.Erasure.Notices[0].Sent.Equal(told) {
		t.Errorf("the corrected day: %+v, %v", r.Erasure.Notices, err)
	}
	paths, err := d.WriteCertificate(t.Context(), r.Ref, t.TempDir())
	must(t, err)
	text, err := os.ReadFile(paths[3])
	must(t, err)
	if !strings.Contains(string(text), "Example Ltd") {
		t.Errorf("the certificate does not name the recipient: %s", text)
	}
	for _, n := range []matter.Disclosure{none, past} {
		if strings.Contains(string(text), n.Name) {
			t.Errorf("the certificate names %s, which was given nothing of the person's: %s", n.Name, text)
		}
	}
	if flat := strings.Join(strings.Fields(string(text)), " "); !strings.Contains(flat, "Other Ltd (not told: it got data of another collection only)") {
		t.Errorf("why a recipient is not told does not stand in the certificate: %s", text)
	}
	_, err = d.CloseRequest(t.Context(), r.Ref)
	must(t, err)
}

// Art. 19 wants recipients told of a restriction as well as of an erasure.
func TestRecipientsAreToldOfARestriction(t *testing.T) {
	d := newDesk(t)
	to := matter.Disclosure{ID: "01ARZ3NDEKTSV4RRFFQ69G5FAV", Name: "Example Ltd", What: "face crops", Purpose: "review", Country: "US", Since: clock().AddDate(0, 0, -1)}
	none := matter.Disclosure{ID: "01ARZ3NDEKTSV4RRFFQ69G5FAW", Name: "Not Yet Ltd", What: "nothing so far", Purpose: "review", Country: "FR"}
	d.AnswersAs(matter.Answering{Controller: []string{"Operator", "op@example.org"}, Recipients: []matter.Disclosure{to, none}})
	r := d.request(matter.RightRestriction)
	d.reviewed(r.Ref, annas()...)
	_, err := d.NoticesOf(t.Context(), r.Ref)
	wantCode(t, err, engine.CodeConflict)
	_, err = d.RestrictSubject(t.Context(), r.Ref, true, "")
	must(t, err)
	all, err := d.NoticesOf(t.Context(), r.Ref)
	must(t, err)
	if len(all) != 1 || !strings.Contains(all[0].Text, "restricted the processing") || strings.Contains(all[0].Text, "erased") {
		t.Fatalf("%+v", all)
	}
	_, err = d.DecideRequest(t.Context(), r.Ref, "restricted until further notice")
	must(t, err)
	_, err = d.CloseRequest(t.Context(), r.Ref)
	wantCode(t, err, engine.CodeConflict)
	_, err = d.NoticeSent(t.Context(), r.Ref, none.ID, time.Time{})
	wantCode(t, err, engine.CodeNotFound)
	r, err = d.NoticeSent(t.Context(), r.Ref, to.ID, time.Time{})
	must(t, err)
	if len(r.Told) != 1 || r.Told[0].Open() {
		t.Errorf("%+v", r.Told)
	}
	_, err = d.CloseRequest(t.Context(), r.Ref)
	must(t, err)
}

// Whoever erases by hand does not get in before the answer to a person either (B-06).
func TestNothingIsErasedByHandBeforeItWasShown(t *testing.T) {
	d := newDesk(t)
	photo := func(name string) engine.PhotoID {
		t.Helper()
		for _, who := range []uint8{anna, bert} {
			res, err := d.Search(t.Context(), engine.SearchRequest{Purpose: "tests", Probe: probe(t, d.App, d.portrait(card(who, 9, 0))), Within: .7, Max: engine.MaxResults})
			must(t, err)
			for _, m := range res.Probes[0].Matches {
				if filepath.Base(m.Source.File) == name {
					return m.Photo
				}
			}
		}
		t.Fatal(name)
		return ""
	}
	alone, berts := photo("alone.png"), photo("bert.png")
	plan := func(why engine.EraseReason, id engine.PhotoID) error {
		_, err := d.PlanErasure(t.Context(), engine.ErasureRequest{Photos: []engine.PhotoID{id}, Reason: why})
		return err
	}
	early, err := d.PlanErasure(t.Context(), engine.ErasureRequest{Photos: []engine.PhotoID{alone}, Reason: engine.EraseOwn})
	must(t, err)
	r := d.request(matter.RightAccess)
	d.reviewed(r.Ref, annas()...)
	err = plan(engine.EraseOwn, alone)
	wantCode(t, err, engine.CodeConflict)
	if !strings.Contains(err.Error(), r.Ref) {
		t.Errorf("the request is not named: %v", err)
	}
	_, err = d.Erase(t.Context(), early, nil) // planned before the person asked
	wantCode(t, err, engine.CodeConflict)
	must(t, plan(engine.EraseOwn, berts))
	must(t, plan(engine.EraseRetention, alone))
	d.access(r.Ref)
	must(t, plan(engine.EraseOwn, alone))
}

// littleEndian gives the bytes of a template as it is stored.
func littleEndian(values []float32) (out []byte) {
	for _, v := range values {
		out = binary.LittleEndian.AppendUint32(out, math.Float32bits(v))
	}
	return out
}

// scanFiles tells which needles are in files below a folder.
func scanFiles(t testing.TB, dir string, needles map[string][]byte) (found []string) {
	t.Helper()
	files := 0
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		files++
		for name, n := range needles {
			if strings.Contains(string(data), string(n)) {
				found = append(found, name+" in "+e.Name())
			}
		}
		return err
	})
	must(t, err)
	if files < 3 {
		t.Fatalf("only %d files were scanned", files)
	}
	return found
}

func TestB09ABackupFromBeforeTheErasureIsErasedAgainBeforeItIsUsed(t *testing.T) {
	d := newDesk(t)
	r := d.request(matter.RightErasure)
	d.reviewed(r.Ref, annas()...)
	portrait := r.Portraits[0]
	must(t, d.Close())
	backup := filepath.Join(t.TempDir(), "backup")
	must(t, os.CopyFS(backup, os.DirFS(d.cfg.VaultDir)))
	d.reopen()
	plan, err := d.PlanSubjectErasure(t.Context(), r.Ref, matter.ErasureChoice{})
	must(t, err)
	_, err = d.EraseSubject(t.Context(), r.Ref, plan, nil)
	must(t, err)
	must(t, d.Close())
	must(t, os.RemoveAll(d.cfg.VaultDir))
	must(t, os.CopyFS(d.cfg.VaultDir, os.DirFS(backup)))
	d.reopen()
	if got := d.finds(card(anna, 0, 0), .7); !slices.Equal(got, []string{"like-anna.png"}) {
		t.Errorf("in the restored backup anna is found on %v", got)
	}
	r, err = d.SubjectRequest(t.Context(), r.Ref)
	must(t, err)
	if _, err := d.PortraitsOf(t.Context(), r.Ref); engine.CodeOf(err) != engine.CodeNotFound {
		t.Errorf("the portrait %s came back: %v", portrait, err)
	}
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) { // bytes are removed in the background
		check, err := d.CheckErased(t.Context())
		must(t, err)
		if check.Pending == 0 || time.Now().After(deadline) {
			break
		}
	}
	wantSound(t, d.App)
}

func TestAnErasureThatWasBrokenOffGetsItsCertificateWhenItIsProved(t *testing.T) {
	d := newDesk(t)
	r := d.request(matter.RightErasure)
	d.reviewed(r.Ref, annas()...)
	plan, err := d.PlanSubjectErasure(t.Context(), r.Ref, matter.ErasureChoice{})
	must(t, err)
	ctx, stop := context.WithCancel(t.Context())
	r, err = d.EraseSubject(ctx, r.Ref, plan, func(s engine.ErasureStep) {
		if s == engine.ErasePurge {
			stop()
		}
	})
	wantCode(t, err, engine.CodeCanceled)
	if r.Erasure == nil || r.Erasure.Finished || len(r.Portraits) != 1 || r.Erasure.Counts.Templates != 4 {
		t.Fatalf("%+v, %d portraits", r.Erasure, len(r.Portraits))
	}
	if got := d.finds(card(anna, 0, 0), .7); !slices.Equal(got, []string{"like-anna.png"}) {
		t.Errorf("anna is found on %v", got)
	}
	_, err = d.WriteCertificate(t.Context(), r.Ref, t.TempDir())
	must(t, err)
	r, err = d.SubjectRequest(t.Context(), r.Ref)
	must(t, err)
	if e := r.Erasure; !e.Finished || e.Hits+e.Scan != 0 || e.Rejected != 1 || !e.Check.Clean() || len(r.Portraits) != 0 {
		t.Errorf("%+v, %d portraits", e, len(r.Portraits))
	}
	_, err = d.CloseRequest(t.Context(), r.Ref)
	must(t, err)
}

// What users said of matches holds a person's faces together, as a group does: it is told and it goes.
func TestWhatWasSaidOfThePersonsMatchesIsToldAndErased(t *testing.T) {
	d := newDesk(t, (*app.App).TransparentVaults)
	kept := func() (all []matter.Judgements) {
		t.Helper()
		v, ctx, done, err := d.Enter(t.Context(), "test")
		must(t, err)
		defer done()
		must(t, v.Store.Documents(ctx, engine.DocumentPerson, func(_ string, data []byte) error {
			var j matter.Judgements
			all = append(all, j)
			return json.Unmarshal(data, &all[len(all)-1])
		}))
		return all
	}
	judge := func(who int, mark uint8, said engine.Verdict, photo string) {
		t.Helper()
		path := filepath.Join(t.TempDir(), "p.png")
		drawCards(t, path, mark, card(uint8(who), 9, 0))
		p := probe(t, d.App, path)
		res, err := d.Search(t.Context(), engine.SearchRequest{Purpose: "tests", Probe: p, Within: .7, Max: engine.MaxResults})
		must(t, err)
		i := slices.IndexFunc(res.Probes[0].Matches, func(m engine.Match) bool { return filepath.Base(m.Source.File) == photo })
		must(t, d.Judge(t.Context(), engine.VerdictRequest{ProbeSHA256: p.SHA256, ProbeBox: p.Faces[0].Box, Face: res.Probes[0].Matches[i].Face, Verdict: said}))
	}
	judge(anna, 50, engine.VerdictYes, "old.png")
	judge(anna, 50, engine.VerdictYes, "alone.png")
	judge(anna, 50, engine.VerdictNo, "like-anna.png")
	judge(bert, 51, engine.VerdictYes, "bert.png")
	judge(anna, 52, engine.VerdictNo, "alone.png")
	before := kept()
	r := d.request(matter.RightAccess, matter.RightErasure)
	d.reviewed(r.Ref, annas()...)
	rec := d.access(r.Ref)
	if rec.Counts[matter.StoreDecisions] != 3 || rec.Scan[matter.StoreDecisions] != 3 {
		t.Errorf("the package counts %d, the scan %d answers about anna's faces", rec.Counts[matter.StoreDecisions], rec.Scan[matter.StoreDecisions])
	}
	data, err := os.ReadFile(filepath.Join(rec.Folder, "data", "judgements.json"))
	must(t, err)
	if strings.Count(string(data), `"said": "yes"`) != 2 || strings.Count(string(data), `"said": "no"`) != 1 {
		t.Errorf("judgements.json: %s", data)
	}
	plan, err := d.PlanSubjectErasure(t.Context(), r.Ref, matter.ErasureChoice{})
	must(t, err)
	r, err = d.EraseSubject(t.Context(), r.Ref, plan, nil)
	must(t, err)
	after := kept()
	if len(before) != 3 || len(after) != 1 || len(after[0].Said) != 1 || !after[0].Confirms() {
		t.Errorf("before %+v\nafter  %+v", before, after)
	}
	needles := map[string][]byte{}
	for _, b := range before {
		if len(b.Said) == 3 {
			needles["the hash of the photo that anna was searched with"] = []byte(b.Probes[0])
		}
	}
	must(t, d.Close())
	if left := scanFiles(t, d.cfg.VaultDir, needles); len(needles) != 1 || len(left) > 0 {
		t.Errorf("left in the files: %v", left)
	}
}

// People who ask are told why each search and look that returned them was made (C-579/21).
func TestEveryConsultationThatIsToldHasItsPurpose(t *testing.T) {
	d := newDesk(t)
	d.finds(card(anna, 1, 0), .3)
	r := d.request(matter.RightAccess)
	d.reviewed(r.Ref, annas()...)
	rec := d.access(r.Ref)
	f, err := os.Open(filepath.Join(rec.Folder, "consultations.csv"))
	must(t, err)
	rows, err := csv.NewReader(f).ReadAll()
	must(t, errors.Join(err, f.Close()))
	if len(rows) < 4 {
		t.Fatalf("%v", rows)
	}
	for _, row := range rows[1:] {
		if row[3] == "" {
			t.Errorf("without a purpose: %v", row)
		}
	}
}
