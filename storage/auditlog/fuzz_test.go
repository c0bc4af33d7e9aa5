package auditlog_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gabarit/engine"
	"gabarit/storage/auditlog"
)

// seeds are exports sound and damaged.
func seeds(t testing.TB) map[string][]byte {
	s := signerOf(t, 7)
	l := newLog(6, 2)
	point := checkpoint(t, s, leavesOf(l))
	write := func(l []engine.AuditEntry) []byte { return export(t, s.Key(), point, leavesOf(l)) }
	sound := write(l)
	return map[string][]byte{
		"sound": sound, "cut off": sound[:len(sound)-40], "header only": sound[:bytes.IndexByte(sound, '\n')+1],
		"dropped": write(drop(l, 4, 4)), "exchanged": write(exchange(newLog(6, 2), 3, 5)),
		"renumbered": write(renumber(drop(newLog(6, 0), 2, 2))), "no line ends": bytes.ReplaceAll(sound, []byte("\n"), nil),
		"great numbers": bytes.ReplaceAll(sound, []byte(`"seq":3`), []byte(`"seq":9007199254740992`)),
		"a loss":        write(chained(append(newLog(3, 0), engine.AuditEntry{Seq: 4, Action: engine.ActionLoss, Counts: map[string]int{"have": 3, "had": 5}}), 0)),
		"newer":         []byte(`{"format":"gabarit-audit","version":2}` + "\n"), "nothing": nil,
	}
}

// The files in testdata are seeds too; one that were lost would go unnoticed.
func TestTheFuzzerHasSeeds(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "fuzz", "FuzzVerifyExport", "*"))
	if err != nil || len(files) < 2 || len(seeds(t)) < 10 {
		t.Errorf("%d files, %v", len(files), err)
	}
	for _, f := range files {
		if b, err := os.ReadFile(f); err != nil || !strings.HasPrefix(string(b), "go test fuzz v1\n") {
			t.Errorf("%s: %v", f, err)
		}
	}
}

func FuzzVerifyExport(f *testing.F) {
	s := signerOf(f, 7)
	known := checkpoint(f, s, leavesOf(newLog(4, 2)))
	for _, seed := range seeds(f) {
		f.Add(seed)
	}
	sound := seeds(f)["sound"]
	f.Fuzz(func(t *testing.T, file []byte) {
		for _, kept := range []string{"", known} {
			report, err := auditlog.VerifyExport(bytes.NewReader(file), s.Key(), kept)
			switch code := engine.CodeOf(err); {
			case err != nil && code != engine.CodeInvalid && code != engine.CodeUnsupported:
				t.Errorf("%v has code %s", err, code)
			case err == nil && report.Intact() && !sameEntries(file, sound):
				t.Errorf("what nobody signed is taken for sound: %q", file)
			}
			for i, p := range report.Problems {
				if i > 0 && p.Seq < report.Problems[i-1].Seq {
					t.Errorf("problems out of order: %+v", report.Problems)
				}
			}
		}
	})
}

// sameEntries compares all but the header, whose JSON may be written in other ways, and the last line end. The only
// sound logs of the key are what it signed.
func sameEntries(a, b []byte) bool {
	_, a, _ = bytes.Cut(a, []byte("\n"))
	_, b, _ = bytes.Cut(b, []byte("\n"))
	return bytes.Equal(bytes.TrimSuffix(a, []byte("\n")), bytes.TrimSuffix(b, []byte("\n")))
}

func FuzzTree(f *testing.F) {
	for _, seed := range []string{`{}`, `{"size":1}`, `{"size":2,"hashes":["AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="]}`, `{"size":9007199254740993}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var tree auditlog.Tree
		if json.Unmarshal(b, &tree) != nil {
			return
		}
		size := tree.Size()
		tree.Append([]byte("x"))
		if tree.Root() == (auditlog.Hash{}) || tree.Size() != size+1 {
			t.Errorf("%s: size %d after %d", b, tree.Size(), size)
		}
	})
}
