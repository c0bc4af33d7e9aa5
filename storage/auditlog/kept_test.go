package auditlog_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gabarit/engine"
	"gabarit/storage/auditlog"
)

func TestWhatBecameOfALogIsToldFromKeptCheckpoints(t *testing.T) {
	s := signerOf(t, 1)
	v, err := auditlog.NewVerifier(s.Key())
	if err != nil {
		t.Fatal(err)
	}
	mine, other := leavesOf(newLog(9, 0)), leavesOf(newLog(9, 4))
	roots := map[uint64]auditlog.Hash{}
	var tree auditlog.Tree
	for _, l := range mine[:6] {
		tree.Append(l)
		roots[tree.Size()] = tree.Root()
	}
	in := func(leaves [][]byte) auditlog.Kept { return v.Keep(checkpoint(t, s, leaves), "inside", false) }
	out := func(leaves [][]byte) auditlog.Kept { return v.Keep(checkpoint(t, s, leaves), "outside", true) }
	tests := []struct {
		name    string
		kept    []auditlog.Kept
		misfits int
		had     uint64
		older   bool
	}{
		{"none", nil, 0, 0, false},
		{"none to be found", []auditlog.Kept{v.Keep("", "inside", false), v.Keep("garbage", "outside", true)}, 0, 0, false},
		{"both fit", []auditlog.Kept{in(mine[:6]), out(mine[:6])}, 0, 0, false},
		{"both are behind", []auditlog.Kept{in(mine[:5]), out(mine[:2])}, 0, 0, false},
		{"both are ahead", []auditlog.Kept{in(mine[:8]), out(mine[:9])}, 0, 9, false},
		{"the one inside is ahead", []auditlog.Kept{in(mine[:8]), out(mine[:6])}, 0, 8, false},
		{"the one outside is ahead", []auditlog.Kept{in(mine[:6]), out(mine[:8])}, 0, 8, true},
		{"the one outside is ahead and alone", []auditlog.Kept{out(mine[:8])}, 0, 8, true},
		{"the one inside is of another log", []auditlog.Kept{in(other[:6]), out(mine[:6])}, 1, 0, false},
		{"both are, one of them ahead", []auditlog.Kept{in(other[:5]), out(other[:8])}, 1, 8, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := auditlog.Compare(6, roots, tt.kept)
			if len(f.Misfits) != tt.misfits || f.Had != tt.had || f.Older != tt.older {
				t.Errorf("%+v", f)
			}
		})
	}
}

func TestKeptCheckpointsAreFiles(t *testing.T) {
	s, dir := signerOf(t, 1), t.TempDir()
	v, err := auditlog.NewVerifier(s.Key())
	if err != nil {
		t.Fatal(err)
	}
	if k := v.ReadKept(dir, "here", false); k.Found() || k.Err != nil || k.Text != "" {
		t.Errorf("nothing there: %+v", k)
	}
	for n := range 3 {
		text := checkpoint(t, s, leavesOf(newLog(n+1, 0)))
		if err := auditlog.WriteKept(dir, text); err != nil {
			t.Fatal(err)
		}
		if k := v.ReadKept(dir, "here", true); !k.Found() || k.Text != text || k.Point.Size != uint64(n+1) || !k.Outside {
			t.Errorf("%+v", k)
		}
	}
	for name, bytes := range map[string]string{"empty": "", "garbage": "garbage", "endless": strings.Repeat("x", 1<<20)} {
		if err := os.WriteFile(filepath.Join(dir, "checkpoint"), []byte(bytes), 0o600); err != nil {
			t.Fatal(err)
		}
		if k := v.ReadKept(dir, "here", false); k.Found() || k.Err == nil || len(k.Text) > 8<<10 {
			t.Errorf("%s: %+v", name, k)
		}
	}
	if err := auditlog.WriteKept(filepath.Join(dir, "nowhere"), "x"); err == nil || engine.CodeOf(err) != engine.CodeInternal {
		t.Errorf("a folder that is not there: %v", err)
	}
}
