package auditlog_test

import (
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"

	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/note"

	"gabarit/engine"
	"gabarit/storage/auditlog"
)

// vector is a leaf and the root of the tree that it completes: the vectors of RFC 6962 as Certificate Transparency's
// programs share them (github.com/transparency-dev/merkle, testonly).
type vector struct{ leaf, root string }

func vectors() []vector {
	return []vector{
		{"", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"},
		{"00", "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"},
		{"10", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"},
		{"2021", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"},
		{"3031", "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"},
		{"40414243", "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"},
		{"5051525354555657", "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"},
		{"606162636465666768696a6b6c6d6e6f", "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"},
	}
}

func TestTheTreeIsThatOfRFC6962(t *testing.T) {
	var tree auditlog.Tree
	if root := tree.Root(); hex.EncodeToString(root[:]) != "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" {
		t.Errorf("empty tree: %x", root)
	}
	for i, v := range vectors() {
		leaf, err := hex.DecodeString(v.leaf)
		if err != nil {
			t.Fatal(err)
		}
		tree.Append(leaf)
		if root := tree.Root(); hex.EncodeToString(root[:]) != v.root || tree.Size() != uint64(i+1) {
			t.Errorf("tree of %d leaves: size %d, root %x, want %s", i+1, tree.Size(), root, v.root)
		}
		b, err := json.Marshal(tree) // goes on after being stored
		if err != nil {
			t.Fatal(err)
		}
		tree = auditlog.Tree{}
		if err := json.Unmarshal(b, &tree); err != nil {
			t.Fatalf("%s: %v", b, err)
		}
	}
	h := auditlog.LeafHash([]byte("L123456"))
	if hex.EncodeToString(h[:]) != "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56" {
		t.Errorf("hash of a leaf: %x", h)
	}
}

// Roots are what the library's proofs prove: entry 2 of 3 is in the tree that a checkpoint names.
func TestALeafIsProvenByTheLibrary(t *testing.T) {
	leaves := leavesOf(newLog(3, 0))
	var tree auditlog.Tree
	for _, l := range leaves {
		tree.Append(l)
	}
	root, first, second, third := tree.Root(), auditlog.LeafHash(leaves[0]), auditlog.LeafHash(leaves[1]), auditlog.LeafHash(leaves[2])
	path := [][]byte{first[:], third[:]}
	if err := proof.VerifyInclusion(rfc6962.DefaultHasher, 1, 3, second[:], path, root[:]); err != nil {
		t.Error(err)
	}
	if err := proof.VerifyInclusion(rfc6962.DefaultHasher, 1, 3, third[:], path, root[:]); err == nil {
		t.Error("a leaf that is not there is proven")
	}
}

func TestDamagedTreesAreRefused(t *testing.T) {
	for _, bad := range []string{`{"size":1}`, `{"size":0,"hashes":["AAAA"]}`, `{"size":1,"hashes":["AAAA"]}`, `{"size":18446744073709551615}`, `[]`, `{"size":-1}`} {
		var tree auditlog.Tree
		if err := json.Unmarshal([]byte(bad), &tree); err == nil {
			t.Errorf("%s is taken for a tree", bad)
		}
	}
}

// These bytes must never change: they are in people's files.
func TestCheckpointAndExportAreAsDocumented(t *testing.T) {
	s := signerOf(t, 7)
	leaves := leavesOf(newLog(2, 0))
	text := checkpoint(t, s, leaves)
	if text != wantCheckpoint {
		t.Errorf("checkpoint:\n%s\nwant:\n%s", text, wantCheckpoint)
	}
	if s.Key() != wantKey {
		t.Errorf("key: %s, want %s", s.Key(), wantKey)
	}
	file := string(export(t, s.Key(), text, leaves))
	if file != strings.TrimPrefix(wantExport, "\n") {
		t.Errorf("export:\n%s\nwant:\n%s", file, wantExport)
	}
	report, err := auditlog.VerifyExport(strings.NewReader(strings.TrimPrefix(wantExport, "\n")), wantKey, wantCheckpoint)
	if err != nil || !report.Intact() || report.Key != wantKey || report.Checkpoint != wantCheckpoint {
		t.Errorf("the documented file: %+v, %v", report, err)
	}
}

func TestACheckpointIsReadStrictly(t *testing.T) {
	s := signerOf(t, 7)
	v, err := auditlog.NewVerifier(s.Key())
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"nothing": "", "size with a sign": strings.Replace(wantCheckpoint, "\n2\n", "\n+2\n", 1),
		"size with zeros": strings.Replace(wantCheckpoint, "\n2\n", "\n02\n", 1), "huge size": strings.Replace(wantCheckpoint, "\n2\n", "\n99999999999999999999\n", 1),
		"another line": strings.Replace(wantCheckpoint, "\n2\n", "\n2\nx\n", 1), "too long": wantCheckpoint + strings.Repeat("x", 5000),
		"cut off": wantCheckpoint[:60]} {
		if _, err := v.Open(text); engine.CodeOf(err) != engine.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, text := range map[string]string{"another size": strings.Replace(wantCheckpoint, "\n2\n", "\n3\n", 1),
		"another vault":     strings.Replace(wantCheckpoint, vaultID, strings.Repeat("f", 32), 1),
		"signature cut off": wantCheckpoint[:len(wantCheckpoint)-9] + "\n"} {
		if _, err := v.Open(text); engine.CodeOf(err) != engine.CodeCorrupt {
			t.Errorf("%s: %v", name, err)
		}
	}
	root := strings.Split(wantCheckpoint, "\n")[2]
	for _, text := range []string{"gabarit/other\n2\n" + root + "\n", auditlog.Origin(vaultID) + "\n2\n" + root + "\n\nmore\n"} {
		signed, err := note.Sign(&note.Note{Text: text}, s) // the key is the log's, the text is no checkpoint of it
		if err != nil {
			t.Fatal(err)
		}
		if _, err := v.Open(string(signed)); engine.CodeOf(err) != engine.CodeCorrupt {
			t.Errorf("%q: %v", signed, err)
		}
	}
	if c, err := v.Open(wantCheckpoint); err != nil || c.Size != 2 || c.Origin != auditlog.Origin(vaultID) {
		t.Errorf("%+v, %v", c, err)
	}
}

const wantKey = `gabarit/000102030405060708090a0b0c0d0e0f+e78cd94e+AepKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs`

const wantCheckpoint = `gabarit/000102030405060708090a0b0c0d0e0f
2
yrj1r0v2II6pKL9QbiGILt256CoiVjgdVaMlCN4a0YE=

— gabarit/000102030405060708090a0b0c0d0e0f 54zZTp0W5AqN8cI3GWTgg+MlXgJt4ppVLbq6a1Kp6zpY/YdLGJYTSAkBKMDhPk+VKH3SLrPNH/KwWWTAWna1qUrRBA8=
`

const wantExport = `
{"format":"gabarit-audit","version":1,"origin":"gabarit/000102030405060708090a0b0c0d0e0f","key":"gabarit/000102030405060708090a0b0c0d0e0f+e78cd94e+AepKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs","checkpoint":"gabarit/000102030405060708090a0b0c0d0e0f\n2\nyrj1r0v2II6pKL9QbiGILt256CoiVjgdVaMlCN4a0YE=\n\n— gabarit/000102030405060708090a0b0c0d0e0f 54zZTp0W5AqN8cI3GWTgg+MlXgJt4ppVLbq6a1Kp6zpY/YdLGJYTSAkBKMDhPk+VKH3SLrPNH/KwWWTAWna1qUrRBA8=\n"}
{"seq":1,"at":"2026-11-20T12:00:00Z","action":"search","purpose":"reason 1","counts":{"matches":0},"actor":"0123456789abcdef"}
{"seq":2,"at":"2026-11-20T12:01:00Z","action":"search","purpose":"reason 2","counts":{"matches":1},"actor":"0123456789abcdef","prev":"9688cffd69d12122affc697925e78648d4a3a3b25ea999db856acc0490d2129b"}
`
