package auditlog

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"gabarit/engine"
)

// Format of the export.
const (
	exportFormat  = "gabarit-audit"
	exportVersion = 1
	maxHeader     = 16 << 10
)

type header struct {
	Format     string `json:"format"`
	Version    int    `json:"version"`
	Origin     string `json:"origin"`
	Key        string `json:"key"`
	Checkpoint string `json:"checkpoint"`
}

// Writer writes the export of a log, see the package comment. Errors of the writer below come back as they are.
type Writer struct{ w *bufio.Writer }

// NewWriter begins an export with the log's key and a checkpoint of as many entries as will follow.
func NewWriter(w io.Writer, key, checkpoint string) (*Writer, error) {
	v, err := NewVerifier(key)
	if err != nil {
		return nil, err
	}
	line, err := json.Marshal(header{exportFormat, exportVersion, v.name, key, checkpoint})
	if err != nil {
		return nil, engine.E(engine.CodeInternal, "auditlog.NewWriter", "the log can't be written down", err)
	}
	out := &Writer{bufio.NewWriterSize(w, 64<<10)}
	return out, out.line(line)
}

// Add writes the next entry, exactly as it was stored. One that is not a line of text, which only somebody else can have
// stored, leaves an empty line.
func (w *Writer) Add(leaf []byte) error {
	if bytes.IndexByte(leaf, '\n') >= 0 {
		leaf = nil
	}
	return w.line(leaf)
}

func (w *Writer) line(b []byte) error {
	if _, err := w.w.Write(b); err != nil {
		return err
	}
	return w.w.WriteByte('\n')
}

// Close writes what is left; it does not close the writer below.
func (w *Writer) Close() error { return w.w.Flush() }

// VerifyExport checks an exported log from nothing but its bytes. key is the log's key as it was once kept, checkpoint the
// text of a checkpoint kept elsewhere; "" for either leaves it out. Without key the file's own is taken, so that
// somebody who forges everything is not found. Memory is bounded whatever r gives.
//
// CodeInvalid: r is no export, or key or checkpoint are none; CodeUnsupported: exported by a newer version;
// CodeUnavailable: r can't be read. What is wrong with the log itself is in the report.
func VerifyExport(r io.Reader, key, checkpoint string) (engine.AuditReport, error) {
	in := bufio.NewReaderSize(r, 64<<10)
	h, err := readHeader(in)
	if err != nil {
		return engine.AuditReport{}, err
	}
	c, err := exportChecker(h, key, checkpoint)
	if err != nil {
		return engine.AuditReport{}, err
	}
	for {
		leaf, err := readLine(in, MaxEntry)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return engine.AuditReport{}, readError(err)
		}
		c.Add(0, leaf)
	}
	report := c.Finish()
	report.Checkpoint = h.Checkpoint
	return report, nil
}

func exportChecker(h header, key, checkpoint string) (*Checker, error) {
	own, ownErr := NewVerifier(h.Key)
	trusted := own
	if key != "" {
		var err error
		if trusted, err = NewVerifier(key); err != nil {
			return nil, err
		}
	}
	if checkpoint != "" {
		if _, err := ParseCheckpoint(checkpoint); err != nil {
			return nil, err
		}
	}
	c := NewChecker(trusted)
	if ownErr != nil || own.name != h.Origin || own.key != trusted.key {
		c.Problem(0, engine.AuditSignature, "the key in the file is not the log's")
	}
	c.Know("checkpoint in the file", h.Checkpoint)
	if checkpoint != "" {
		c.Know("checkpoint kept elsewhere", checkpoint)
	}
	return c, nil
}

func readHeader(in *bufio.Reader) (header, error) {
	const op = "auditlog.VerifyExport"
	var h header
	line, err := readLine(in, maxHeader)
	if err != nil && !errors.Is(err, io.EOF) {
		return h, readError(err)
	}
	if err = json.Unmarshal(line, &h); err != nil || h.Format != exportFormat || h.Version < 1 {
		return h, engine.E(engine.CodeInvalid, op, "this is no export of an audit log", err)
	}
	if h.Version > exportVersion {
		return h, engine.E(engine.CodeUnsupported, op, "the log was exported by a newer version of this program",
			fmt.Errorf("version %d", h.Version))
	}
	return h, nil
}

func readError(err error) error {
	return engine.E(engine.CodeUnavailable, "auditlog.VerifyExport", "the exported log can't be read", err)
}

// readLine gives a line without its end, io.EOF after the last. Of a line longer than limit it gives nil.
func readLine(in *bufio.Reader, limit int) ([]byte, error) {
	var line []byte
	long, some := false, false
	for {
		part, err := in.ReadSlice('\n')
		some = some || len(part) > 0
		if long = long || len(line)+len(part) > limit+1; long {
			line = nil
		} else {
			line = append(line, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
		case err == nil, errors.Is(err, io.EOF) && some:
			return bytes.TrimSuffix(line, []byte("\n")), nil
		default:
			return nil, err
		}
	}
}
