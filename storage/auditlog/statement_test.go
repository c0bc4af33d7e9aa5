package auditlog_test

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"

	"gabarit/engine"
	"gabarit/storage/auditlog"
)

func TestAStatementIsOnlyWhatWasSigned(t *testing.T) {
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	sign := func(msg []byte) []byte { return ed25519.Sign(private, msg) }
	by, err := auditlog.NewSigner("gabarit/00", public, sign)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte("manifest"))
	text, err := by.Statement("access package", sum)
	if err != nil {
		t.Fatal(err)
	}
	otherPublic, _, _ := ed25519.GenerateKey(nil)
	stranger, err := auditlog.NewSigner("gabarit/00", otherPublic, sign)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, key, text, kind string
		sum                   [32]byte
		want                  engine.Code
	}{
		{"as it was signed", by.Key(), text, "access package", sum, ""},
		{"with the line ends of mail", by.Key(), strings.ReplaceAll(text, "\n", "\r\n"), "access package", sum, ""},
		{"of another thing", by.Key(), text, "access package", sha256.Sum256(nil), engine.CodeCorrupt},
		{"of another kind", by.Key(), text, "certificate", sum, engine.CodeCorrupt},
		{"by another key", stranger.Key(), text, "access package", sum, engine.CodeCorrupt},
		{"no key", "x", text, "access package", sum, engine.CodeInvalid},
		{"no statement", by.Key(), "", "access package", sum, engine.CodeCorrupt},
		{"too long", by.Key(), text + strings.Repeat("x", 1<<20), "access package", sum, engine.CodeCorrupt},
	} {
		if err := auditlog.CheckStatement(tt.key, tt.text, tt.kind, tt.sum); engine.CodeOf(err) != tt.want {
			t.Errorf("%s: %v, want code %q", tt.name, err, tt.want)
		}
	}
	if _, err := auditlog.ParseCheckpoint(text); engine.CodeOf(err) != engine.CodeInvalid {
		t.Errorf("a statement passes for a checkpoint: %v", err)
	}
	if _, err := by.Statement("two\nlines", sum); err == nil {
		t.Error("a kind of two lines was signed")
	}
	want := sha256.Sum256(public)
	if got, err := auditlog.Fingerprint(by.Key()); err != nil || got != hex.EncodeToString(want[:]) {
		t.Errorf("fingerprint %s, %v", got, err)
	}
}
