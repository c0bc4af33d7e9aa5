package auditlog

import (
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"gabarit/engine"
)

// maxCheckpoint is far more than the text of a checkpoint takes.
const maxCheckpoint = 4 << 10

// Origin names the log of the vault with this ID; it is the first line of its checkpoints and the name of its key.
func Origin(vaultID string) string { return "gabarit/" + vaultID }

// Checkpoint says what a log was when it had Size entries.
type Checkpoint struct {
	Origin string
	Size   uint64
	Root   Hash
}

func (c Checkpoint) text() string {
	return fmt.Sprintf("%s\n%d\n%s\n", c.Origin, c.Size, base64.StdEncoding.EncodeToString(c.Root[:]))
}

// Signer signs the checkpoints of one log. Safe for concurrent use if its sign function is.
type Signer struct {
	note.Verifier
	key  string
	sign func(msg []byte) []byte
}

var _ note.Signer = (*Signer)(nil)

// NewSigner makes the signer of the log with this origin from its public key and the function that makes an Ed25519
// signature with the private one.
func NewSigner(origin string, public ed25519.PublicKey, sign func(msg []byte) []byte) (*Signer, error) {
	key, err := note.NewEd25519VerifierKey(origin, public)
	if err != nil {
		return nil, keyError(err)
	}
	v, err := note.NewVerifier(key)
	if err != nil {
		return nil, keyError(err)
	}
	return &Signer{Verifier: v, key: key, sign: sign}, nil
}

func keyError(cause error) error {
	return engine.E(engine.CodeInvalid, "auditlog.Key", "this is no key of an audit log", cause)
}

// Key is the public key that checks the signatures, as text.
func (s *Signer) Key() string { return s.key }

// Sign implements note.Signer.
func (s *Signer) Sign(msg []byte) ([]byte, error) { return s.sign(msg), nil }

// Checkpoint gives the signed text of a checkpoint of the log.
func (s *Signer) Checkpoint(t Tree) (string, error) {
	c := Checkpoint{Origin: s.Name(), Size: t.Size(), Root: t.Root()}
	text, err := note.Sign(&note.Note{Text: c.text()}, s)
	if err != nil {
		return "", engine.E(engine.CodeInternal, "auditlog.Checkpoint", "a checkpoint of the audit log can't be signed", err)
	}
	return string(text), nil
}

// Verifier knows the public key of one log. Safe for concurrent use.
type Verifier struct {
	known note.Verifiers
	name  string
	key   string
}

// NewVerifier reads a key as Signer.Key gives it; CodeInvalid if it is none.
func NewVerifier(key string) (*Verifier, error) {
	key = strings.TrimSpace(key)
	v, err := note.NewVerifier(key)
	if err != nil {
		return nil, keyError(err)
	}
	return &Verifier{known: note.VerifierList(v), name: v.Name(), key: key}, nil
}

// Key is the key as text.
func (v *Verifier) Key() string { return v.key }

// Open reads the text of a checkpoint. CodeInvalid: it is none; CodeCorrupt: it was not signed with this key.
func (v *Verifier) Open(text string) (Checkpoint, error) {
	const op = "auditlog.Open"
	c, err := ParseCheckpoint(text)
	if err != nil {
		return Checkpoint{}, err
	}
	n, err := note.Open([]byte(normal(text)), v.known)
	if err == nil && (c.Origin != v.name || n.Text != c.text()) {
		err = errors.New("checkpoint of another log")
	}
	if err != nil {
		return Checkpoint{}, engine.E(engine.CodeCorrupt, op, "the checkpoint was not signed with the key of this log", err)
	}
	return c, nil
}

// ParseCheckpoint reads the text of a checkpoint without asking who signed it; CodeInvalid if it is none.
func ParseCheckpoint(text string) (Checkpoint, error) {
	bad := func(cause string) (Checkpoint, error) {
		return Checkpoint{}, engine.E(engine.CodeInvalid, "auditlog.Open", "this is no checkpoint of an audit log", errors.New(cause))
	}
	if len(text) > maxCheckpoint {
		return bad("too long")
	}
	lines := strings.SplitN(normal(text), "\n", 5)
	if len(lines) < 5 || lines[3] != "" || lines[0] == "" {
		return bad("lines")
	}
	size, err := strconv.ParseUint(lines[1], 10, 64)
	if err != nil || size > maxEntries || strconv.FormatUint(size, 10) != lines[1] {
		return bad("size")
	}
	root, err := base64.StdEncoding.Strict().DecodeString(lines[2])
	if err != nil || len(root) != len(Hash{}) {
		return bad("root")
	}
	return Checkpoint{Origin: lines[0], Size: size, Root: Hash(root)}, nil
}

// normal undoes what mail and editors do to the line ends of a text that people kept.
func normal(text string) string {
	return strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n")) + "\n"
}
