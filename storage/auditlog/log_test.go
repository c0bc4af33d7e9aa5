package auditlog_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"gabarit/engine"
	"gabarit/engine/entry"
	"gabarit/storage/auditlog"
)

const vaultID = "000102030405060708090a0b0c0d0e0f"

func signerOf(t testing.TB, seed byte) *auditlog.Signer {
	t.Helper()
	private := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, ed25519.SeedSize))
	s, err := auditlog.NewSigner(auditlog.Origin(vaultID), private.Public().(ed25519.PublicKey),
		func(msg []byte) []byte { return ed25519.Sign(private, msg) })
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// newLog gives the entries of a sound log; the first legacy ones name no entry before them.
func newLog(n, legacy int) []engine.AuditEntry {
	entries := make([]engine.AuditEntry, n)
	for i := range entries {
		entries[i] = engine.AuditEntry{Seq: uint64(i + 1), At: time.Date(2026, 11, 20, 12, i, 0, 0, time.UTC),
			Action: engine.ActionSearch, Purpose: fmt.Sprint("reason ", i+1), Counts: map[string]int{"matches": i}, Actor: "0123456789abcdef"}
	}
	return chained(entries, legacy)
}

// chained sets Prev of all but the first legacy entries, as somebody does who repairs the chain.
func chained(entries []engine.AuditEntry, legacy int) []engine.AuditEntry {
	for i := max(1, legacy); i < len(entries); i++ {
		h := auditlog.LeafHash(leafOf(entries[i-1]))
		entries[i].Prev = hex.EncodeToString(h[:])
	}
	return entries
}

func leafOf(e engine.AuditEntry) []byte {
	b, err := json.Marshal(e)
	if err != nil {
		panic(err)
	}
	return b
}

func leavesOf(entries []engine.AuditEntry) [][]byte {
	var out [][]byte
	for _, e := range entries {
		out = append(out, leafOf(e))
	}
	return out
}

func checkpoint(t testing.TB, s *auditlog.Signer, leaves [][]byte) string {
	t.Helper()
	var tree auditlog.Tree
	for _, l := range leaves {
		tree.Append(l)
	}
	text, err := s.Checkpoint(tree)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func export(t testing.TB, key, checkpoint string, leaves [][]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := auditlog.NewWriter(&b, key, checkpoint)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range leaves {
		if err := w.Add(l); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// told renders problems as "damage seq".
func told(r engine.AuditReport) string {
	var out []string
	for _, p := range r.Problems {
		out = append(out, fmt.Sprintf("%s %d", p.Damage, p.Seq))
	}
	return strings.Join(out, ", ")
}

func renumber(entries []engine.AuditEntry) []engine.AuditEntry {
	for i := range entries {
		entries[i].Seq = uint64(i + 1)
	}
	return entries
}

func drop(entries []engine.AuditEntry, from, to int) []engine.AuditEntry { // both from 1, included
	return append(entries[:from-1:from-1], entries[to:]...)
}

func exchange(entries []engine.AuditEntry, i, j int) []engine.AuditEntry {
	entries[i-1], entries[j-1] = entries[j-1], entries[i-1]
	return entries
}

// The log has 20 entries, and the checkpoint in the file is the true one of 20 entries unless it is signed anew.
func TestDamageIsFoundWithItsPlace(t *testing.T) {
	type log = []engine.AuditEntry
	alter := func(i int) func(log) log {
		return func(l log) log { l[i-1].Purpose = "another reason"; return l }
	}
	tests := []struct {
		name   string
		damage func(log) log
		resign bool   // the tree and the checkpoint in the file are made anew, with the true key
		want   string // with the file alone
		kept   string // with a checkpoint of 12 entries kept elsewhere; "": the same
	}{
		{"nothing", func(l log) log { return l }, false, "", ""},
		{"altered, chain not repaired", alter(7), false, "altered 7", ""},
		{"altered and signed anew, chain not repaired", alter(7), true, "altered 7", ""},
		{"altered with its link", func(l log) log { l[6].Prev = strings.Repeat("0", 64); return l }, false, "altered 6, altered 7", ""},
		{"the first altered", alter(1), false, "altered 1", ""},
		{"the last altered", alter(20), false, "replaced 1", "replaced 13"},
		{"altered, chain repaired", func(l log) log { return chained(alter(7)(l), 0) }, false, "replaced 1", "replaced 1"},
		{"altered, all repaired and signed anew", func(l log) log { return chained(alter(7)(l), 0) }, true, "", "replaced 1"},
		{"altered late, all repaired and signed anew", func(l log) log { return chained(alter(15)(l), 0) }, true, "", ""},
		{"link taken away", func(l log) log { l[8].Prev = ""; return l }, false, "altered 9", ""},
		{"link of the last taken away", func(l log) log { l[19].Prev = ""; return l }, true, "altered 20", ""},
		{"dropped", func(l log) log { return drop(l, 7, 7) }, false, "missing 7", ""},
		{"three dropped", func(l log) log { return drop(l, 7, 9) }, true, "missing 7", ""},
		{"dropped at two places", func(l log) log { return drop(drop(l, 14, 15), 7, 7) }, true, "missing 7, missing 14", ""},
		{"dropped with renumbering", func(l log) log { return renumber(drop(l, 7, 7)) }, false, "missing 7", ""},
		{"three dropped with renumbering", func(l log) log { return renumber(drop(l, 7, 9)) }, true, "missing 7", ""},
		{"dropped at two places with renumbering", func(l log) log { return renumber(drop(drop(l, 14, 15), 7, 7)) }, true, "missing 7, missing 14", ""},
		{"the first dropped with renumbering", func(l log) log { return renumber(drop(l, 1, 1)) }, true, "missing 1", ""},
		{"the first dropped", func(l log) log { return drop(l, 1, 2) }, true, "missing 1", ""},
		{"dropped, renumbered, chained and signed anew", func(l log) log { return chained(renumber(drop(l, 7, 7)), 0) }, true, "", "replaced 1"},
		{"put in with renumbering", func(l log) log {
			return renumber(append(append(log{}, l[:9]...), append(log{{Action: "x", Prev: l[9].Prev}}, l[9:]...)...))
		}, true, "altered 10", ""},
		{"neighbours exchanged", func(l log) log { return exchange(l, 7, 8) }, false, "reordered 7", ""},
		{"two exchanged", func(l log) log { return exchange(l, 5, 17) }, false, "reordered 5", ""},
		{"neighbours exchanged with renumbering", func(l log) log { return renumber(exchange(l, 7, 8)) }, true, "reordered 7", ""},
		{"two exchanged with renumbering", func(l log) log { return renumber(exchange(l, 5, 17)) }, true, "reordered 5", ""},
		{"moved back with renumbering", func(l log) log {
			return renumber(append(append(append(log{}, l[:4]...), l[5:15]...), append(log{l[4]}, l[15:]...)...))
		}, true, "reordered 5", ""},
		{"end cut off", func(l log) log { return l[:15] }, false, "cut_off 16", ""},
		{"end cut off and signed anew", func(l log) log { return l[:9] }, true, "", "cut_off 10"},
		{"dropped with renumbering, and end cut off", func(l log) log { return renumber(drop(l, 7, 7))[:14] }, false, "missing 7, cut_off 16", ""},
		{"everything gone", func(log) log { return nil }, false, "cut_off 1", ""},
		{"replaced", func(log) log { return newLog(20, 3) }, false, "replaced 1", ""},
		{"replaced and signed anew", func(log) log { return newLog(25, 3) }, true, "", "replaced 1"},
		{"one twice", func(l log) log { return append(l[:10:10], l[9:]...) }, false, "reordered 10", ""},
		{"added at the end", func(l log) log {
			return chained(append(l, engine.AuditEntry{Seq: 21, Action: engine.ActionSearch}), 0)
		}, false, "altered 21", ""},
		{"a loss the log tells of", func(l log) log {
			l = append(l[:8:8], entry.Loss(8, 14), l[9])
			return chained(renumber(l), 0)
		}, true, "", "cut_off 9"},
	}
	s := signerOf(t, 1)
	truth := leavesOf(newLog(20, 0))
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			leaves := leavesOf(tt.damage(newLog(20, 0)))
			signed := truth
			if tt.resign {
				signed = leaves
			}
			file := export(t, s.Key(), checkpoint(t, s, signed), leaves)
			report, err := auditlog.VerifyExport(bytes.NewReader(file), s.Key(), "")
			if err != nil || told(report) != tt.want || report.Entries != uint64(len(leaves)) {
				t.Errorf("the file alone: %q, %v (%+v); want %q", told(report), err, report, tt.want)
			}
			want := tt.kept
			if want == "" {
				want = tt.want
			}
			report, err = auditlog.VerifyExport(bytes.NewReader(file), s.Key(), checkpoint(t, s, truth[:12]))
			if err != nil || told(report) != want {
				t.Errorf("with a checkpoint kept elsewhere: %q, %v (%+v); want %q", told(report), err, report.Problems, want)
			}
		})
	}
}

func TestSignaturesAreChecked(t *testing.T) {
	mine, other := signerOf(t, 1), signerOf(t, 2)
	leaves := leavesOf(newLog(5, 0))
	forged := checkpoint(t, other, leaves)
	tests := []struct {
		name                       string
		fileKey, point, key, known string
		want                       string
	}{
		{"all of one key", mine.Key(), checkpoint(t, mine, leaves), mine.Key(), checkpoint(t, mine, leaves[:2]), ""},
		{"line ends of a mail", mine.Key(), checkpoint(t, mine, leaves), " " + mine.Key() + "\n", strings.ReplaceAll(checkpoint(t, mine, leaves[:2]), "\n", "\r\n") + "\r\n", ""},
		{"forged with another key", other.Key(), forged, "", "", ""},
		{"forged with another key, the true one known", other.Key(), forged, mine.Key(), "", "signature 0, signature 0"},
		{"forged with another key, a true checkpoint known", other.Key(), forged, "", checkpoint(t, mine, leaves), "signature 0"},
		{"checkpoint changed", mine.Key(), strings.Replace(checkpoint(t, mine, leaves[:4]), "\n4\n", "\n5\n", 1), "", "", "signature 0"},
		{"checkpoint garbled", mine.Key(), "garbage", "", "", "signature 0"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			report, err := auditlog.VerifyExport(bytes.NewReader(export(t, tt.fileKey, tt.point, leaves)), tt.key, tt.known)
			if err != nil || told(report) != tt.want {
				t.Errorf("%q, %v; want %q (%+v)", told(report), err, tt.want, report.Problems)
			}
		})
	}
}

func TestALogBegunWithoutHashesIsSound(t *testing.T) {
	s := signerOf(t, 1)
	leaves := leavesOf(newLog(12, 5))
	report, err := auditlog.VerifyExport(bytes.NewReader(export(t, s.Key(), checkpoint(t, s, leaves), leaves)), s.Key(), "")
	if err != nil || !report.Intact() || report.Entries != 12 {
		t.Errorf("%+v, %v", report, err)
	}
}

func TestUnreadableEntriesAreTold(t *testing.T) {
	s := signerOf(t, 1)
	for name, bad := range map[string]string{"nothing": "", "no JSON": "{", "no number": `{"action":"x"}`, "wrong type": `{"seq":"7"}`,
		"number beyond reason": `{"seq":18446744073709551615}`, "far too long": `{"seq":7,"purpose":"` + strings.Repeat("x", auditlog.MaxEntry) + `"}`} {
		leaves := leavesOf(newLog(20, 0))
		point := checkpoint(t, s, leaves)
		leaves[6] = []byte(bad)
		report, err := auditlog.VerifyExport(bytes.NewReader(export(t, s.Key(), point, leaves)), s.Key(), "")
		if err != nil || told(report) != "unread 7" {
			t.Errorf("%s: %q, %v", name, told(report), err)
		}
	}
	leaves := leavesOf(newLog(20, 0))
	file := export(t, s.Key(), checkpoint(t, s, leaves), leaves)
	report, err := auditlog.VerifyExport(bytes.NewReader(file[:len(file)-30]), s.Key(), "")
	if err != nil || told(report) != "unread 20" {
		t.Errorf("cut off inside the last line: %q, %v", told(report), err)
	}
}

func TestABrokenLogIsToldInBoundedWords(t *testing.T) {
	s := signerOf(t, 1)
	entries := newLog(3000, 0)
	for i := range entries {
		entries[i].Prev = strings.Repeat("0", 64)
		entries[i].Seq *= 3
		if i%2 == 1 {
			entries[i].Seq -= 4
		}
	}
	leaves := leavesOf(entries)
	report, err := auditlog.VerifyExport(bytes.NewReader(export(t, s.Key(), checkpoint(t, s, leaves), leaves)), s.Key(), "")
	if err != nil || len(report.Problems) < 100 || len(report.Problems) > 300 || report.Entries != 3000 {
		t.Errorf("%d problems of %d entries, %v", len(report.Problems), report.Entries, err)
	}
}

func TestWhatIsNoExportIsAnError(t *testing.T) {
	s := signerOf(t, 1)
	good := string(export(t, s.Key(), checkpoint(t, s, nil), nil))
	tests := []struct {
		name, file, key, known string
		code                   engine.Code
	}{
		{"empty", "", "", "", engine.CodeInvalid},
		{"text", "hello\nworld\n", "", "", engine.CodeInvalid},
		{"other JSON", `{"format":"x"}` + "\n", "", "", engine.CodeInvalid},
		{"endless first line", strings.Repeat("x", 1<<20), "", "", engine.CodeInvalid},
		{"newer", `{"format":"gabarit-audit","version":2}` + "\n", "", "", engine.CodeUnsupported},
		{"key is none", good, "x", "", engine.CodeInvalid},
		{"checkpoint is none", good, "", "x", engine.CodeInvalid},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := auditlog.VerifyExport(strings.NewReader(tt.file), tt.key, tt.known)
			if engine.CodeOf(err) != tt.code || engine.MessageOf(err) == "" {
				t.Errorf("%v, want code %s", err, tt.code)
			}
		})
	}
}
