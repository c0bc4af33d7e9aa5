package auditlog

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"gabarit/engine"
)

// statementHead is the first line of a statement. No checkpoint begins so: that one names its log first.
const statementHead = "gabarit statement 1"

// Statement gives a signed note (golang.org/x/mod/sumdb/note) with the log's key that says: a thing of this kind has this SHA-256. kind is one line of
// plain words, such as "access package".
//
//	gabarit statement 1
//	access package
//	6f1ed002ab5595859014ebf0951522d9c5a1f5b1...
//
//	— gabarit/000102030405060708090a0b0c0d0e0f 54zZTp0W5AqN8cI3...
func (s *Signer) Statement(kind string, sum [sha256.Size]byte) (string, error) {
	if kind == "" || strings.ContainsAny(kind, "\r\n") {
		return "", engine.E(engine.CodeInternal, "auditlog.Statement", "a statement can't be signed", errors.New(kind))
	}
	text, err := note.Sign(&note.Note{Text: statementText(kind, sum)}, s)
	if err != nil {
		return "", engine.E(engine.CodeInternal, "auditlog.Statement", "a statement can't be signed", err)
	}
	return string(text), nil
}

func statementText(kind string, sum [sha256.Size]byte) string {
	return statementHead + "\n" + kind + "\n" + hex.EncodeToString(sum[:]) + "\n"
}

// CheckStatement checks a statement against what it should say. CodeInvalid: key is none; CodeCorrupt: it says something else, or was not signed with
// this key.
func CheckStatement(key, text, kind string, sum [sha256.Size]byte) error {
	v, err := NewVerifier(key)
	if err != nil {
		return err
	}
	bad := func(cause error) error {
		return engine.E(engine.CodeCorrupt, "auditlog.CheckStatement", "the signature does not fit what was signed", cause)
	}
	if len(text) > maxCheckpoint {
		return bad(errors.New("too long"))
	}
	n, err := note.Open([]byte(normal(text)), v.known)
	if err != nil {
		return bad(err)
	}
	if n.Text != statementText(kind, sum) {
		return bad(errors.New("it says something else"))
	}
	return nil
}

// Fingerprint gives the SHA-256 of a public key, in hex, from its text; CodeInvalid if it is none.
func Fingerprint(key string) (string, error) {
	if _, err := NewVerifier(key); err != nil {
		return "", err
	}
	parts := strings.Split(strings.TrimSpace(key), "+") // name+hash+base64(algorithm and key); NewVerifier has read it
	raw, err := base64.StdEncoding.DecodeString(strings.Join(parts[2:], "+"))
	if err != nil || len(raw) < 1 {
		return "", keyError(err)
	}
	sum := sha256.Sum256(raw[1:])
	return hex.EncodeToString(sum[:]), nil
}
