package auditlog

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// The last checkpoint of a log stands in files beside it, so that a log that lost its end, and an older copy of the
// whole, are noticed.
const keptName = "checkpoint"

// Kept is a checkpoint that was kept beside the log.
type Kept struct {
	Place   string     // where, in English, for reports
	Outside bool       // out of reach of what puts an older copy of the vault in place
	Text    string     // "": there is none
	Err     error      // it can't be read, or is damaged
	Point   Checkpoint // unless Err or no Text
}

// Found reports whether there is a sound checkpoint.
func (k Kept) Found() bool { return k.Err == nil && k.Text != "" }

// ReadKept reads the checkpoint in a folder.
func (v *Verifier) ReadKept(dir, place string, outside bool) Kept {
	text, err := readKept(dir)
	if err != nil {
		return Kept{Place: place, Outside: outside, Text: text, Err: err}
	}
	return v.Keep(text, place, outside)
}

// Keep makes a Kept of the text of a checkpoint, which may be damaged, or "".
func (v *Verifier) Keep(text, place string, outside bool) Kept {
	k := Kept{Place: place, Outside: outside, Text: text}
	if text != "" {
		k.Point, k.Err = v.Open(text)
	}
	return k
}

func readKept(dir string) (string, error) {
	f, err := os.Open(filepath.Join(dir, keptName))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxCheckpoint+1))
	if err == nil && len(b) == 0 {
		err = errors.New("empty file")
	}
	return string(b), err
}

// WriteKept replaces the checkpoint in a folder. It is not synced: after a loss of power it may be an older one, or
// damaged. The name of the file it is written to first begins with ".new-", which the vault removes when it is opened.
func WriteKept(dir, text string) error {
	temp := filepath.Join(dir, ".new-"+keptName)
	if err := os.WriteFile(temp, []byte(text), 0o600); err != nil {
		return err
	}
	return os.Rename(temp, filepath.Join(dir, keptName))
}

// Findings is what became of a log since checkpoints of it were kept.
type Findings struct {
	Misfits []Kept // of which the log is not a continuation
	Had     uint64 // entries it had at least, if that is more than it has; else 0
	// Older: only checkpoints outside know of those entries. The vault agrees with itself, so an older copy of it as a whole
	// took its place.
	Older bool
}

// Compare holds a log of size entries against sound checkpoints; roots has the log's root at the size of each that is not
// beyond its end.
func Compare(size uint64, roots map[uint64]Hash, kept []Kept) Findings {
	var f Findings
	inside := false
	for _, k := range kept {
		switch {
		case !k.Found():
		case k.Point.Size > size:
			f.Had = max(f.Had, k.Point.Size)
			inside = inside || !k.Outside
		case k.Point.Root != roots[k.Point.Size]:
			f.Misfits = append(f.Misfits, k)
		}
	}
	f.Older = f.Had > 0 && !inside && len(f.Misfits) == 0
	return f
}
