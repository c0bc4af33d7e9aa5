package parcel

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"gabarit/engine"
	"gabarit/engine/matter"
	"gabarit/storage/auditlog"
)

// Check reads a whole package and tells what is wrong with it. It needs no vault. CodeNotFound, CodeCorrupt: it is none; CodeBadKey: sealed with
// something else; CodeCanceled. That something in it was changed is no error, but told in the result.
func Check(ctx context.Context, name string, key matter.PackageKey) (check matter.PackageCheck, err error) {
	t, err := open(name, key)
	if err != nil {
		return check, err
	}
	defer func() { err = errors.Join(err, t.close()) }()
	return checkTree(ctx, t)
}

func checkTree(ctx context.Context, t tree) (matter.PackageCheck, error) {
	check := matter.PackageCheck{Problems: []string{}}
	raw, err := t.read(ManifestName, maxManifest)
	if err != nil {
		return check, noPackage(err)
	}
	m, err := ParseManifest(raw)
	if err != nil {
		return check, err
	}
	check.Manifest = m
	problem := func(format string, args ...any) {
		check.Problems = append(check.Problems, fmt.Sprintf(format, args...))
	}
	checkSignature(t, raw, &check, problem)
	listed := map[string]bool{}
	for _, f := range m.Files {
		if err := ctx.Err(); err != nil {
			return check, engine.E(engine.CodeCanceled, "parcel.Check", "stopped", err)
		}
		if listed[f.Path] {
			problem("%s: listed twice", f.Path)
		}
		listed[f.Path] = true
		checkFile(t, f, problem)
		check.Files++
	}
	err = t.walk(func(name string) error {
		if !listed[name] {
			problem("%s: not in the manifest", name)
		}
		return nil
	})
	if err != nil {
		problem("the files can't be listed: %v", err)
	}
	checkCounts(m, problem)
	return check, nil
}

// ParseManifest reads a manifest. CodeCorrupt: it is none; CodeUnsupported: of a newer version.
func ParseManifest(raw []byte) (matter.Manifest, error) {
	var m matter.Manifest
	dec := json.NewDecoder(bytes.NewReader(raw))
	if err := dec.Decode(&m); err != nil {
		return m, noPackage(err)
	}
	switch {
	case m.Format != Format:
		return m, noPackage(errors.New("format"))
	case m.Version != Version:
		return m, engine.E(engine.CodeUnsupported, "parcel.Check", "the package was written by a newer version of this program", nil)
	case len(m.Files) > maxFiles:
		return m, engine.E(engine.CodeLimit, "parcel.Check", "the package holds too many files", nil)
	}
	return m, nil
}

func checkSignature(t tree, raw []byte, check *matter.PackageCheck, problem func(string, ...any)) {
	statement, err := t.read(SignatureName, 1<<16)
	if err != nil {
		problem("%s: missing", SignatureName)
		return
	}
	if err := auditlog.CheckStatement(check.Manifest.Key, string(statement), Kind, sha256.Sum256(raw)); err != nil {
		problem("%s: %s", SignatureName, engine.MessageOf(err))
		return
	}
	check.Signed = true
	check.Fingerprint, _ = auditlog.Fingerprint(check.Manifest.Key) // it was read just now
	if check.Fingerprint != check.Manifest.KeyPrint {
		problem("%s: the fingerprint is not that of the key", ManifestName)
	}
}

func checkFile(t tree, f matter.ManifestFile, problem func(string, ...any)) {
	data, err := t.read(f.Path, maxFile)
	if err != nil {
		problem("%s: missing or unreadable", f.Path)
		return
	}
	sum := sha256.Sum256(data)
	if int64(len(data)) != f.Size || hex.EncodeToString(sum[:]) != f.SHA256 {
		problem("%s: altered", f.Path)
		return
	}
	if f.Store == "" {
		return
	}
	if n, err := countRecords(f.Path, data); err != nil || n != f.Count {
		problem("%s: holds %d records, not %d", f.Path, n, f.Count)
	}
}

// checkCounts holds the counts of the manifest against its files, and against what a full scan had found.
func checkCounts(m matter.Manifest, problem func(string, ...any)) {
	held := countFiles(m.Files)
	for _, s := range matter.Stores() {
		if held[s] != m.Counts[s] {
			problem("%s: %d records, the manifest counts %d", s, held[s], m.Counts[s])
		}
		explained := slices.ContainsFunc(m.Gaps, func(g matter.AccessGap) bool { return g.Key == string(s) && g.Reason != "" })
		if m.Counts[s] != m.Scan[s] && !explained {
			problem("%s: %d records, a full scan had found %d", s, m.Counts[s], m.Scan[s])
		}
	}
}

// countRecords counts the records that a file holds, by what it is.
func countRecords(name string, data []byte) (int, error) {
	switch strings.ToLower(path.Ext(name)) {
	case ".json":
		var list struct {
			Records []json.RawMessage `json:"records"`
		}
		err := json.Unmarshal(data, &list)
		return len(list.Records), err
	case ".csv":
		r := csv.NewReader(bytes.NewReader(data))
		rows := -1 // the head
		for {
			_, err := r.Read()
			if errors.Is(err, io.EOF) {
				return rows, nil
			}
			if err != nil {
				return rows, err
			}
			rows++
		}
	}
	return 1, nil
}

// NPY writes float32 rows in NumPy's format 1.0 (numpy/lib/format.py).
func NPY(rows []engine.Template) []byte {
	head := fmt.Sprintf("{'descr': '<f4', 'fortran_order': False, 'shape': (%d, %d), }", len(rows), engine.TemplateSize)
	const before = 10 // magic, version, length of the head
	head += strings.Repeat(" ", 63-(before+len(head))%64) + "\n"
	out := binary.LittleEndian.AppendUint16([]byte("\x93NUMPY\x01\x00"), uint16(len(head)))
	out = append(out, head...)
	for i := range rows {
		b, _ := binary.Append(nil, binary.LittleEndian, rows[i][:]) // a slice of float32 can be written
		out = append(out, b...)
	}
	return out
}
