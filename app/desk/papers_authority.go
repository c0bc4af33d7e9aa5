package desk

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"gabarit/app/opened"
	"gabarit/engine"
	"gabarit/engine/entry"
	"gabarit/engine/matter"
	"gabarit/engine/rights/papers"
)

// maxFolders is how many files for an authority of one day a folder may hold.
const maxFolders = 100

// WriteAuthorityFile makes a folder with what an authority asks for (art. 31, 58(1)): the records of processing, the impact assessment's outline, the
// controller, recipients and orders with their proofs, the whole log with the result of its check, statistics, and a manifest with the hash of every file. It
// has its final name only when all of it is written. The folder's path is the first of the files.
func (p *Papers) WriteAuthorityFile(ctx context.Context, to matter.PaperFiles) (done matter.PaperWritten, err error) {
	const op = "desk.WriteAuthorityFile"
	v, ctx, leave, err := p.program.Door.Enter(ctx, op)
	if err != nil {
		return done, err
	}
	defer leave()
	if err := folderThere(op, to.Dir); err != nil {
		return done, err
	}
	k, _, err := p.know(ctx, v)
	if err != nil {
		return done, err
	}
	f := &authorityFile{k: k, counts: map[string]int{}}
	if f.dir, err = os.MkdirTemp(to.Dir, ".authority-*"); err != nil {
		return done, engine.E(engine.CodeUnavailable, op, "the folder can't be written", err)
	}
	if err = p.fillAuthority(ctx, v, f, to.Lang); err != nil {
		return done, errors.Join(err, os.RemoveAll(f.dir))
	}
	dir, err := place(f.dir, filepath.Join(to.Dir, "authority-"+k.At.Format(time.DateOnly)))
	if err != nil {
		return done, engine.E(engine.CodeUnavailable, op, "the folder can't be written", errors.Join(err, os.RemoveAll(f.dir)))
	}
	if err := v.Store.Record(ctx, entry.PaperWritten("authority", to.Lang, nil)); err != nil {
		return done, errors.Join(err, os.RemoveAll(dir))
	}
	p.program.Door.Tell(engine.EventAudit)
	done.Files = []string{dir}
	for _, m := range f.files {
		done.Files = append(done.Files, filepath.Join(dir, filepath.FromSlash(m.Name)))
	}
	done.Gaps, done.ToWrite = k.Profile.Gaps(), f.toWrite
	return done, nil
}

// authorityFile is a folder being written.
type authorityFile struct {
	k       papers.Known
	dir     string
	files   []papers.ManifestFile
	counts  map[string]int
	toWrite int
}

// add writes one file; name has slashes.
func (f *authorityFile) add(name string, data []byte, err error) error {
	if err != nil {
		return err
	}
	path := filepath.Join(f.dir, filepath.FromSlash(name))
	if err = os.MkdirAll(filepath.Dir(path), 0o700); err == nil {
		err = os.WriteFile(path, data, 0o600)
	}
	if err != nil {
		return engine.E(engine.CodeUnavailable, "desk.authorityFile", "the folder can't be written", err)
	}
	f.files = append(f.files, papers.NewManifestFile(name, data))
	return nil
}

func (f *authorityFile) addJSON(name string, v any) error {
	data, err := papers.JSON(v)
	return f.add(name, data, err)
}

func (p *Papers) fillAuthority(ctx context.Context, v opened.Vault, f *authorityFile, lang string) error {
	for _, format := range RecordsFormats() {
		data, _, err := recordsAs(f.k, lang, format)
		if err := f.add("records."+format, data, err); err != nil {
			return err
		}
	}
	for _, format := range DPIAFormats() {
		data, left, err := dpiaAs(f.k, lang, format)
		if err := f.add("dpia."+format, data, err); err != nil {
			return err
		}
		f.toWrite = left
	}
	table, err := f.k.Stats.CSV()
	for _, e := range []error{
		f.addJSON("controller.json", struct {
			matter.Profile
			Gaps []matter.Gap `json:"gaps"`
		}{f.k.Profile, append([]matter.Gap{}, f.k.Profile.Gaps()...)}),
		f.addJSON("recipients.json", append([]matter.Recipient{}, f.k.Recipients...)),
		f.addJSON("orders.json", append([]matter.Order{}, f.k.Orders...)),
		f.addJSON("statistics.json", f.k.Stats),
		f.add("statistics.csv", table, err),
		addProofs(ctx, v, f),
	} {
		if e != nil {
			return e
		}
	}
	return p.addLog(ctx, f)
}

// addProofs adds the files attached to orders, each in a folder of its order.
func addProofs(ctx context.Context, v opened.Vault, f *authorityFile) error {
	for n, o := range f.k.Orders {
		for i, proof := range o.Proof {
			file, err := proofFile(ctx, v.Store, proof.File)
			name := fmt.Sprintf("proofs/order-%d/%d-%s", n+1, i+1, proofName(proof.Name))
			if err := f.add(name, file.Data, err); err != nil {
				return err
			}
			f.counts["proofs"]++
		}
	}
	return nil
}

// proofName makes a file's name one that every file system takes, with its ending if that is a plain one.
func proofName(name string) string {
	ext := filepath.Ext(name)
	if len(ext) < 2 || len(ext) > 6 || fileName(ext[1:]) != ext[1:] {
		return fileName(name)
	}
	return fileName(strings.TrimSuffix(name, ext)) + ext
}

// addLog adds the log with the result of its check, and the manifest over everything.
func (p *Papers) addLog(ctx context.Context, f *authorityFile) error {
	var log bytes.Buffer
	report, err := p.program.WriteAudit(ctx, &log)
	if err := f.add("log.jsonl", log.Bytes(), err); err != nil {
		return err
	}
	if err := f.addJSON("log-check.json", report); err != nil {
		return err
	}
	for name, n := range map[string]int{"collections": len(f.k.Collections), "photos": f.k.Totals.Photos, "faces": f.k.Totals.Faces, "recipients": len(f.k.Recipients),
		"orders": len(f.k.Orders), "log_entries": int(report.Entries), "log_problems": len(report.Problems), "proofs": f.counts["proofs"]} {
		f.counts[name] = n
	}
	return f.addJSON("manifest.json", papers.Manifest{Format: papers.ManifestFormat, MadeAt: f.k.At.UTC(), Software: f.k.Software, Files: f.files, Counts: f.counts,
		LogIntact: report.Intact(), Checkpoint: report.Checkpoint, LogKey: report.Key})
}

// place gives a folder its final name, the first that is free of name, name-2, ...
func place(dir, name string) (string, error) {
	for n := 1; n <= maxFolders; n++ {
		to := name
		if n > 1 {
			to = fmt.Sprintf("%s-%d", name, n)
		}
		if _, err := os.Lstat(to); err == nil {
			continue
		}
		if err := os.Rename(dir, to); err == nil || !errors.Is(err, os.ErrExist) {
			return to, err
		}
	}
	return "", os.ErrExist
}
