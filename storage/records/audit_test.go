package records_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gabarit/engine"
	"gabarit/engine/entry"
	"gabarit/storage/auditlog"
	"gabarit/storage/records"
	"gabarit/storage/vault"
)

// logVault is a vault with a state folder and a clock that the test turns.
type logVault struct {
	t   *testing.T
	o   vault.Options
	dir string
	v   *vault.Vault
	s   *records.DB
	now time.Time
}

func newLogVault(t *testing.T) *logVault {
	t.Helper()
	o := quick()
	o.StateDir = t.TempDir()
	l := &logVault{t: t, o: o, dir: filepath.Join(t.TempDir(), "vault"), now: time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)}
	v, err := o.Create(l.dir, "")
	must(t, err)
	l.v = v
	l.openStore()
	t.Cleanup(func() { _ = errors.Join(l.s.Close(), l.v.Close()) })
	return l
}

func (l *logVault) openStore() {
	l.t.Helper()
	s, err := records.Open(l.t.Context(), l.v, records.Options{Now: func() time.Time { return l.now }, Actor: "alice", Software: "1.2.3"})
	must(l.t, err)
	must(l.t, s.RecordRestored(l.t.Context()))
	l.s = s
}

func (l *logVault) close() { l.t.Helper(); must(l.t, errors.Join(l.s.Close(), l.v.Close())) }

func (l *logVault) open() {
	l.t.Helper()
	v, err := l.o.Open(l.dir, "")
	must(l.t, err)
	l.v = v
	l.openStore()
}

// record adds entries up to a sequence number.
func (l *logVault) record(upTo uint64) {
	l.t.Helper()
	for report := l.verify(""); report.Entries < upTo; report.Entries++ {
		l.now = l.now.Add(time.Minute)
		must(l.t, l.s.Record(l.t.Context(), entry.Search(engine.SearchRecord{Purpose: fmt.Sprint("reason ", report.Entries+1), Matches: 3}, "00")))
	}
}

func (l *logVault) verify(known string) engine.AuditReport {
	l.t.Helper()
	report, err := l.s.VerifyAudit(l.t.Context(), known)
	must(l.t, err)
	return report
}

func (l *logVault) entries() (all []engine.AuditEntry) {
	l.t.Helper()
	must(l.t, l.s.AuditLog(l.t.Context(), func(e engine.AuditEntry) error { all = append(all, e); return nil }))
	return all
}

func (l *logVault) stateFile() string { return filepath.Join(l.o.StateDir, l.v.ID(), "checkpoint") }

// told renders problems as "damage seq".
func told(r engine.AuditReport) string {
	var out []string
	for _, p := range r.Problems {
		out = append(out, fmt.Sprintf("%s %d", p.Damage, p.Seq))
	}
	return strings.Join(out, ", ")
}

func warned(s *records.DB) string {
	var out []string
	for _, w := range s.Warnings() {
		out = append(out, w.Msg)
	}
	return strings.Join(out, "; ")
}

func TestEntriesSayWhoWithWhatAndAfterWhich(t *testing.T) {
	l := newLogVault(t)
	l.record(4)
	hash := l.v.Hash("actor", []byte("alice"))
	leaves, err := l.s.Leaves(t.Context())
	must(t, err)
	for i, e := range l.entries() {
		if e.Seq != uint64(i+1) || e.Actor != hex.EncodeToString(hash[:8]) || e.Software != "1.2.3" {
			t.Errorf("entry %+v", e)
		}
		want := ""
		if i > 0 {
			h := auditlog.LeafHash(leaves[i-1])
			want = hex.EncodeToString(h[:])
		}
		if again, err := json.Marshal(e); err != nil || !bytes.Equal(again, leaves[i]) || e.Prev != want {
			t.Errorf("entry %d is stored as %s and read as %s, %v; prev should be %s", e.Seq, leaves[i], again, err, want)
		}
	}
	if bytes.Contains(bytes.Join(leaves, nil), []byte("alice")) {
		t.Error("the log holds the user's name")
	}
}

func TestTheCheckpointFollowsTheLog(t *testing.T) {
	l := newLogVault(t)
	ctx := t.Context()
	check := func(entries uint64) {
		t.Helper()
		report := l.verify("")
		verifier, err := auditlog.NewVerifier(report.Key)
		must(t, err)
		point, err := verifier.Open(report.Checkpoint)
		if err != nil || !report.Intact() || point.Size != entries || report.Entries != entries || hex.EncodeToString(point.Root[:]) != report.Root {
			t.Errorf("%+v, checkpoint %+v, %v; want %d entries", report, point, err, entries)
		}
		for _, f := range []string{filepath.Join(l.dir, "checkpoint"), l.stateFile()} {
			b, err := os.ReadFile(f)
			info, serr := os.Stat(f)
			if err != nil || serr != nil || string(b) != report.Checkpoint || info.Mode().Perm() != 0o600 {
				t.Errorf("%s holds %q with mode %v, %v, %v", f, b, info.Mode(), err, serr)
			}
		}
	}
	check(1)
	l.record(3)
	check(3)
	must(t, l.s.RecordSeveral(ctx, nil, entry.Compacted(), entry.Unlocked("none"), entry.Keyring("on")))
	check(6)
	fault := errors.New("no")
	if err := l.s.RecordSeveral(ctx, fault, entry.Compacted(), entry.Compacted()); !errors.Is(err, fault) {
		t.Errorf("%v", err)
	}
	check(6)
	must(t, l.s.PutMeta(ctx, "cases", map[int]int{})) // a commit without entry
	check(6)
	l.close()
	l.open()
	check(6)
	l.record(7)
	check(7)
	if w := warned(l.s); w != "" {
		t.Errorf("warnings %q", w)
	}
	must(t, l.s.Verify(ctx))
}

// A log of three days: entries 1 to 5, 6 to 12, 13 to 20. The checkpoints of the first two days are kept in the vault.
func threeDays(t *testing.T) *logVault {
	l := newLogVault(t)
	l.record(5)
	l.now = l.now.Add(24 * time.Hour)
	l.record(12)
	l.now = l.now.Add(24 * time.Hour)
	l.record(20)
	return l
}

type entries = []engine.AuditEntry

func decodeLeaves(t *testing.T, leaves [][]byte) entries {
	t.Helper()
	out := make(entries, len(leaves))
	for i, leaf := range leaves {
		must(t, json.Unmarshal(leaf, &out[i]))
	}
	return out
}

func encodeLeaves(t *testing.T, l entries) [][]byte {
	t.Helper()
	out := make([][]byte, len(l))
	for i, e := range l {
		var err error
		out[i], err = json.Marshal(e)
		must(t, err)
	}
	return out
}

func rechain(t *testing.T, l entries) entries {
	t.Helper()
	for i := 1; i < len(l); i++ {
		h := auditlog.LeafHash(encodeLeaves(t, l[i-1:i])[0])
		l[i].Prev = hex.EncodeToString(h[:])
	}
	return l
}

func renumbered(l entries) entries {
	for i := range l {
		l[i].Seq = uint64(i + 1)
	}
	return l
}

// everything is done to sealed records by somebody who has the passphrase. The checkpoint kept elsewhere is that of 12 entries.
func TestDamageToTheLogOfAVaultIsFoundWithItsPlace(t *testing.T) {
	alter := func(l entries) entries { l[6].Purpose = "a better reason"; return l }
	drop := func(l entries) entries { return append(l[:6:6], l[7:]...) }
	swap := func(l entries) entries { l[8], l[14] = l[14], l[8]; return l }
	other := func(l entries) entries {
		for i := range l {
			l[i].Purpose, l[i].Actor = "nothing to see", ""
		}
		return rechain(t, l)
	}
	tests := []struct {
		name               string
		damage             func(entries) entries
		sign, days         bool // tree and checkpoints made anew; those of the days deleted
		vault, kept, files string
	}{
		{"(0) nothing", func(l entries) entries { return l }, false, false, "", "", ""},
		{"(1) altered, chain not repaired", alter, false, false, "altered 7", "altered 7", "altered 7"},
		{"(1) the same, tree and checkpoint signed anew", alter, true, true, "altered 7", "altered 7", "altered 7"},
		{"(2) altered, all repaired and signed anew, days left", func(l entries) entries { return rechain(t, alter(l)) }, true, false, "replaced 6", "replaced 6", ""},
		{"(2) the same, days deleted", func(l entries) entries { return rechain(t, alter(l)) }, true, true, "", "replaced 1", ""},
		{"(3) dropped", drop, false, false, "missing 7", "missing 7", "missing 7"},
		{"(3) dropped with renumbering", func(l entries) entries { return renumbered(drop(l)) }, false, false, "missing 7", "missing 7", "missing 7"},
		{"(3) the same, signed anew", func(l entries) entries { return renumbered(drop(l)) }, true, true, "missing 7", "missing 7", "missing 7"},
		{"(3) dropped, all repaired and signed anew", func(l entries) entries { return rechain(t, renumbered(drop(l))) }, true, false, "replaced 6", "replaced 6", ""},
		{"(4) two exchanged", swap, false, false, "reordered 9", "reordered 9", "reordered 9"},
		{"(4) two exchanged with renumbering, signed anew", func(l entries) entries { return renumbered(swap(l)) }, true, true, "reordered 9", "reordered 9", "reordered 9"},
		{"(5) end cut off", func(l entries) entries { return l[:15] }, false, false, "cut_off 16", "cut_off 16", "cut_off 16"},
		{"(5) end cut off and signed anew, days left", func(l entries) entries { return l[:9] }, true, false, "cut_off 10", "cut_off 10", ""},
		{"(5) the same, days deleted", func(l entries) entries { return l[:9] }, true, true, "", "cut_off 10", ""},
		{"(6) replaced", other, false, false, "replaced 1", "replaced 1", "replaced 1"},
		{"(6) replaced, signed anew, days deleted", other, true, true, "", "replaced 1", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := threeDays(t)
			ctx := t.Context()
			leaves, err := l.s.Leaves(ctx)
			must(t, err)
			known := pointOf(t, l, leaves[:12])
			must(t, l.s.RewriteLog(ctx, encodeLeaves(t, tt.damage(decodeLeaves(t, leaves))), strings.Contains(tt.name, "exchanged"), tt.sign))
			if tt.sign { // somebody who signs everything writes the files outside, too
				must(t, os.WriteFile(l.stateFile(), []byte(l.verify("").Checkpoint), 0o600))
			}
			if tt.days {
				must(t, l.s.DropMeta(ctx, "checkpoint/2026-11-20", "checkpoint/2026-11-21", "checkpoint/2026-11-22"))
			}
			inside, elsewhere := l.verify(""), l.verify(known)
			var file bytes.Buffer
			report, err := l.s.ExportAudit(ctx, &file)
			must(t, err)
			alone, err := auditlog.VerifyExport(bytes.NewReader(file.Bytes()), inside.Key, "")
			must(t, err)
			offline, err := auditlog.VerifyExport(&file, inside.Key, known)
			must(t, err)
			t.Logf("%-55s | %-12s | %-12s | %-12s", tt.name, told(inside), told(elsewhere), told(alone))
			if told(inside) != tt.vault || told(elsewhere) != tt.kept || told(alone) != tt.files || told(report) != tt.vault {
				t.Errorf("%+v\n%+v\n%+v", inside.Problems, elsewhere.Problems, alone.Problems)
			}
			if (told(offline) == "") != (tt.kept == "") {
				t.Errorf("the file with the checkpoint kept elsewhere: %q", told(offline))
			}
			if err := l.s.Verify(ctx); (err == nil) != (tt.vault == "") || err != nil && engine.CodeOf(err) != engine.CodeCorrupt {
				t.Errorf("Verify = %v", err)
			}
		})
	}
}

// pointOf signs a checkpoint of some leaves with the vault's key.
func pointOf(t *testing.T, l *logVault, leaves [][]byte) string {
	t.Helper()
	signer, err := auditlog.NewSigner(auditlog.Origin(l.v.ID()), l.v.LogKey(), l.v.SignLog)
	must(t, err)
	var tree auditlog.Tree
	for _, leaf := range leaves {
		tree.Append(leaf)
	}
	text, err := signer.Checkpoint(tree)
	must(t, err)
	return text
}

func TestRecordsOfTheLogAreCheckedToo(t *testing.T) {
	tests := []struct {
		name   string
		damage func(ctx context.Context, l *logVault) error
		want   string
	}{
		{"an entry that is none", func(ctx context.Context, l *logVault) error {
			leaves, err := l.s.Leaves(ctx)
			if err != nil {
				return err
			}
			leaves[6] = []byte("{")
			return l.s.RewriteLog(ctx, leaves, false, false)
		}, "unread 7"},
		{"an entry under another number", func(ctx context.Context, l *logVault) error {
			leaves, err := l.s.Leaves(ctx)
			if err != nil {
				return err
			}
			leaves[0], leaves[1] = leaves[1], leaves[0]
			return l.s.RewriteLog(ctx, leaves, true, false)
		}, "reordered 1"},
		{"the last entry under a greater number", func(ctx context.Context, l *logVault) error { return l.s.MoveEntry(ctx, 20, 25) }, "reordered 25"},
		{"no checkpoint", func(ctx context.Context, l *logVault) error { return l.s.DropMeta(ctx, "checkpoint") }, "signature 0"},
		{"a garbled checkpoint file", func(_ context.Context, l *logVault) error {
			return os.WriteFile(filepath.Join(l.dir, "checkpoint"), []byte("garbage"), 0o600)
		}, "signature 0"},
		{"a checkpoint of another vault", func(_ context.Context, l *logVault) error {
			other := newLogVault(l.t)
			return os.WriteFile(filepath.Join(l.dir, "checkpoint"), []byte(other.verify("").Checkpoint), 0o600)
		}, "signature 0"},
		{"a checkpoint of a day that is none", func(ctx context.Context, l *logVault) error {
			return l.s.PutMeta(ctx, "checkpoint/2026-11-20", map[string]string{"text": "garbage"})
		}, "signature 0"},
		{"a tree of other entries", func(ctx context.Context, l *logVault) error {
			var tree auditlog.Tree
			for range 20 {
				tree.Append([]byte("x"))
			}
			return l.s.PutMeta(ctx, "tree", map[string]any{"tree": tree})
		}, "replaced 13"},
		{"a tree that is none", func(ctx context.Context, l *logVault) error { return l.s.PutMeta(ctx, "tree", "x") }, "unread 0"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := threeDays(t)
			must(t, tt.damage(t.Context(), l))
			if report := l.verify(""); told(report) != tt.want {
				t.Errorf("%q, want %q: %+v", told(report), tt.want, report.Problems)
			}
		})
	}
	l := newLogVault(t)
	if _, err := l.s.VerifyAudit(t.Context(), "no checkpoint"); engine.CodeOf(err) != engine.CodeInvalid {
		t.Errorf("VerifyAudit = %v", err)
	}
	if told(l.verify(newLogVault(t).verify("").Checkpoint)) != "signature 0" {
		t.Error("the checkpoint of another vault is taken for this one's")
	}
}

func TestOpeningHoldsTheLogAgainstItsCheckpoints(t *testing.T) {
	const (
		lost     = "entries at the end of the audit log are missing"
		older    = "an older copy of the vault was restored"
		replaced = "the audit log was replaced or altered: it does not fit a checkpoint that was kept"
		damaged  = "the checkpoint file of the audit log was damaged and has been written anew"
		missing  = "the checkpoint file of the audit log was missing and has been written anew"
		tree     = "the record of the audit log's tree was damaged and has been made anew"
	)
	// The vault was copied when its log had 6 entries, and has 10.
	rewrite := func(l *logVault) {
		l.open()
		leaves, err := l.s.Leaves(t.Context())
		must(t, err)
		all := decodeLeaves(t, leaves)
		all[3].Purpose = "a better reason"
		must(t, l.s.RewriteLog(t.Context(), encodeLeaves(t, rechain(t, all)), false, true))
	}
	tests := []struct {
		name     string
		damage   func(l *logVault, copied string)
		warnings string
		last     engine.AuditAction
		entries  uint64
		problems string // afterwards, with what the vault knows
		kept     string // with a checkpoint of 8 entries kept elsewhere
	}{
		{"nothing happened", func(*logVault, string) {}, "", engine.ActionSearch, 10, "", ""},
		{"the records lost their end", func(l *logVault, copied string) { replaceDir(l.t, copied+"/records", l.dir+"/records") },
			lost, engine.ActionLoss, 7, "", "cut_off 7"},
		{"an older copy of the whole vault", func(l *logVault, copied string) { replaceDir(l.t, copied, l.dir) },
			older, engine.ActionRestored, 7, "", "cut_off 7"},
		{"the same without state folder", func(l *logVault, copied string) {
			replaceDir(l.t, copied, l.dir)
			must(l.t, os.Remove(l.stateFile()))
		}, "", engine.ActionSearch, 6, "", "cut_off 7"},
		{"all written anew, and the vault's checkpoint", func(l *logVault, _ string) {
			kept, err := os.ReadFile(l.stateFile())
			must(l.t, err)
			rewrite(l)
			l.close()
			must(l.t, os.WriteFile(l.stateFile(), kept, 0o600))
		}, replaced, engine.ActionSearch, 10, "replaced 1", "replaced 1"},
		{"all written anew after an older checkpoint", func(l *logVault, copied string) {
			rewrite(l)
			l.close()
			for _, f := range []string{l.dir + "/checkpoint", l.stateFile()} {
				b, err := os.ReadFile(copied + "/checkpoint")
				must(l.t, errors.Join(err, os.WriteFile(f, b, 0o600)))
			}
		}, replaced, engine.ActionSearch, 10, "replaced 1", "replaced 1"},
		{"the file is some commits behind", func(l *logVault, copied string) {
			b, err := os.ReadFile(copied + "/checkpoint")
			must(l.t, errors.Join(err, os.WriteFile(l.dir+"/checkpoint", b, 0o600)))
		}, "", engine.ActionSearch, 10, "", ""},
		{"the file is garbled", func(l *logVault, _ string) { garble(l.t, l.dir+"/checkpoint") }, damaged, engine.ActionSearch, 10, "", ""},
		{"the file is empty", func(l *logVault, _ string) { must(l.t, os.Truncate(l.stateFile(), 0)) }, damaged, engine.ActionSearch, 10, "", ""},
		{"the file is gone", func(l *logVault, _ string) { must(l.t, os.Remove(l.dir+"/checkpoint")) }, missing, engine.ActionSearch, 10, "", ""},
		{"the file outside is gone", func(l *logVault, _ string) { must(l.t, os.Remove(l.stateFile())) }, "", engine.ActionSearch, 10, "", ""},
		{"the tree's record is garbled", func(l *logVault, _ string) {
			l.open()
			must(l.t, l.s.PutMeta(l.t.Context(), "tree", "x"))
			l.close()
		}, tree, engine.ActionSearch, 10, "", ""},
		{"the checkpoint's record is garbled", func(l *logVault, _ string) {
			l.open()
			must(l.t, l.s.PutMeta(l.t.Context(), "checkpoint", map[string]string{"text": "garbage", "at": "2026-11-01T00:00:00Z"}))
			l.close()
		}, tree, engine.ActionSearch, 10, "", ""},
		{"tree and checkpoint are those of other entries", func(l *logVault, _ string) {
			l.open()
			leaves, err := l.s.Leaves(l.t.Context())
			must(l.t, err)
			must(l.t, l.s.PutMeta(l.t.Context(), "checkpoint", map[string]string{"text": pointOf(l.t, l, append(leaves[:9:9], []byte("x"))), "at": "2026-11-20T00:00:00Z"}))
			l.close()
		}, tree + "; " + replaced, engine.ActionSearch, 10, "replaced 1", "replaced 9"},
		{"the number of the last entry is wrong", func(l *logVault, _ string) {
			l.open()
			must(l.t, l.s.PutMeta(l.t.Context(), "audit", 4))
			l.close()
		}, tree, engine.ActionSearch, 10, "", ""},
		{"the records are gone", func(l *logVault, _ string) { must(l.t, os.RemoveAll(l.dir+"/records")) }, lost, engine.ActionLoss, 2, "", "cut_off 2"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := newLogVault(t)
			l.record(6)
			l.close()
			copied := filepath.Join(t.TempDir(), "copy")
			must(t, os.CopyFS(copied, os.DirFS(l.dir)))
			l.open()
			l.record(8)
			known := l.verify("").Checkpoint
			l.record(10)
			l.close()
			tt.damage(l, copied)
			l.open()
			all := l.entries()
			if last := all[len(all)-1]; warned(l.s) != tt.warnings || last.Action != tt.last || last.Seq != tt.entries {
				t.Errorf("warnings %q, last entry %+v; want %q, %s at %d", warned(l.s), last, tt.warnings, tt.last, tt.entries)
			}
			if told(l.verify("")) != tt.problems || told(l.verify(known)) != tt.kept {
				t.Errorf("problems %q, with what was kept %q; want %q and %q", told(l.verify("")), told(l.verify(known)), tt.problems, tt.kept)
			}
			l.close()
			l.open() // told once, found always
			if w := warned(l.s); w != "" || told(l.verify("")) != tt.problems {
				t.Errorf("opened again: warnings %q, problems %q", w, told(l.verify("")))
			}
			l.record(tt.entries + 1)
		})
	}
}

func replaceDir(t *testing.T, from, to string) {
	t.Helper()
	must(t, os.RemoveAll(to))
	must(t, os.CopyFS(to, os.DirFS(from)))
}

func TestAVaultOfTheOldLayoutIsBroughtUpToDate(t *testing.T) {
	l := newLogVault(t)
	l.record(7)
	must(t, l.s.MakeOld(t.Context()))
	l.close()
	must(t, errors.Join(os.Remove(l.dir+"/checkpoint"), os.Remove(l.stateFile())))
	l.open()
	if report := l.verify(""); !report.Intact() || report.Entries != 7 || warned(l.s) != "" {
		t.Errorf("%+v, warnings %q", report, warned(l.s))
	}
	if v, err := l.s.FormatVersion(t.Context()); v != 4 || err != nil {
		t.Errorf("version %d of the layout, %v", v, err)
	}
	l.record(9)
	if report := l.verify(""); !report.Intact() || report.Entries != 9 {
		t.Errorf("%+v", report)
	}
	all := l.entries()
	if all[6].Prev != "" || all[7].Prev == "" || all[8].Prev == "" {
		t.Errorf("%+v", all[6:])
	}
	must(t, l.s.Verify(t.Context()))
	l.close()
	l.open()
	if report := l.verify(""); !report.Intact() || warned(l.s) != "" {
		t.Errorf("%+v, warnings %q", report, warned(l.s))
	}
}

func TestACheckpointFileThatCannotBeWrittenIsAWarning(t *testing.T) {
	l := newLogVault(t)
	l.record(2)
	must(t, os.Mkdir(filepath.Join(l.dir, ".new-checkpoint"), 0o700))
	l.record(5)
	if w := l.s.Warnings(); len(w) != 1 || w[0].Msg != "the checkpoint of the audit log can't be written to its file" || strings.Contains(w[0].Detail, "/") {
		t.Errorf("warnings %+v", w)
	}
	if report := l.verify(""); !report.Intact() || report.Entries != 5 {
		t.Errorf("%+v", report)
	}
	must(t, os.Remove(filepath.Join(l.dir, ".new-checkpoint")))
	l.close()
	l.open()
	if w := warned(l.s); w != "" {
		t.Errorf("warnings %q", w)
	}
}

func TestTheLogIsCheckedWhileItGrows(t *testing.T) {
	l := newLogVault(t)
	written := make(chan error, 1)
	go func() {
		var err error
		for range 60 {
			err = errors.Join(err, l.s.Record(context.WithoutCancel(t.Context()), entry.Compacted()))
		}
		written <- err
	}()
	for growing := true; growing; {
		select {
		case err := <-written:
			must(t, err)
			growing = false
		default:
		}
		if report := l.verify(""); !report.Intact() {
			t.Fatalf("%d entries: %+v", report.Entries, report.Problems)
		}
	}
	if n := l.verify("").Entries; n != 61 {
		t.Errorf("%d entries", n)
	}
}

func TestAnExportIsTheLogAndIsRecorded(t *testing.T) {
	l := threeDays(t)
	known := l.verify("").Checkpoint
	var file bytes.Buffer
	report, err := l.s.ExportAudit(t.Context(), &file)
	if err != nil || !report.Intact() || report.Entries != 20 {
		t.Fatalf("%+v, %v", report, err)
	}
	leaves, err := l.s.Leaves(t.Context())
	must(t, err)
	lines := bytes.Split(file.Bytes(), []byte("\n"))
	if !bytes.Equal(bytes.Join(lines[1:21], []byte("\n")), bytes.Join(leaves[:20], []byte("\n"))) || len(lines) != 22 {
		t.Errorf("the file does not hold the leaves: %d lines", len(lines))
	}
	again, err := auditlog.VerifyExport(&file, report.Key, known)
	if err != nil || fmt.Sprint(again) != fmt.Sprint(report) {
		t.Errorf("%+v, %v; exported as %+v", again, err, report)
	}
	all := l.entries()
	if e := all[len(all)-1]; e.Action != engine.ActionAuditExported || e.Counts["entries"] != 20 || e.Seq != 21 {
		t.Errorf("last entry %+v", e)
	}
	fault := errors.New("disk on fire")
	if _, err := l.s.ExportAudit(t.Context(), failing{fault}); !errors.Is(err, fault) {
		t.Errorf("ExportAudit = %v", err)
	}
	if n := len(l.entries()); n != 21 {
		t.Errorf("%d entries after an export that failed", n)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

// TestAVaultWithADecisionIsNotForOlderPrograms: they would not erase it.
func TestAVaultWithADecisionIsNotForOlderPrograms(t *testing.T) {
	l := newLogVault(t)
	must(t, l.s.AsBeforeDecisions(t.Context()))
	l.record(2)
	if v, err := l.s.FormatVersion(t.Context()); v != 2 || err != nil {
		t.Errorf("version %d of the layout before, %v", v, err)
	}
	must(t, l.s.Update(t.Context(), "test", 0, func(x records.Tx) error { return x.Decide(engine.GroupDecision{}) }))
	if v, err := l.s.FormatVersion(t.Context()); v != 3 || err != nil {
		t.Errorf("version %d of the layout after it, %v", v, err)
	}
}
