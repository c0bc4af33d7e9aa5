package directory

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"gabarit/engine"
	"gabarit/engine/matter"
)

var commit = regexp.MustCompile(`^[0-9a-f]{40}$`)

// reading is an import under way.
type reading struct {
	dir    Directory
	report matter.DirectoryReport
	total  int // bytes read
	seen   map[string]bool
}

// File reads a directory from one file: a ZIP of the data's repository (with or without a folder around it), an array of records as
// JSON, or the site's offline-data.json, whose parts are JSON inside of JSON.
//
// What is odd is said in the report and does not end the import. Errors: CodeUnsupported where the file is none of these; CodeCorrupt where it is
// damaged as a whole; CodeLimit; CodeNotFound where it holds no record.
func File(data []byte) (Directory, matter.DirectoryReport, error) {
	const op = "directory.File"
	if len(data) > MaxArchive {
		return Directory{}, matter.DirectoryReport{}, engine.E(engine.CodeLimit, op, "the directory is too large", nil)
	}
	r := newReading()
	var err error
	switch start := bytes.TrimLeft(data[:min(len(data), 64)], " \t\r\n\ufeff"); {
	case bytes.HasPrefix(data, []byte("PK")):
		err = r.zip(data)
	case bytes.HasPrefix(start, []byte("[")):
		err = r.array(data)
	case bytes.HasPrefix(start, []byte("{")):
		err = r.offline(data)
	default:
		err = engine.E(engine.CodeUnsupported, op, "this is no directory of controllers", nil)
	}
	if err != nil {
		return Directory{}, matter.DirectoryReport{}, err
	}
	return r.done(op)
}

// Folder reads a directory from the unpacked repository, or the folder around it. Errors as of File.
func Folder(fsys fs.FS) (Directory, matter.DirectoryReport, error) {
	const op = "directory.Folder"
	r := newReading()
	n := 0
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			r.fail(name, saidBroken)
			return nil
		}
		if d.IsDir() {
			if strings.HasPrefix(d.Name(), ".") && name != "." || strings.Count(name, "/") > 2 {
				return fs.SkipDir
			}
			return nil
		}
		if n++; n > MaxFiles {
			return engine.E(engine.CodeLimit, op, "the directory is too large", nil)
		}
		part := partOf(name)
		if part == "" || !d.Type().IsRegular() {
			return nil
		}
		f, err := fsys.Open(name)
		if err != nil {
			r.fail(name, saidBroken)
			return nil
		}
		defer func() { _ = f.Close() }() // it was only read
		return r.file(part, name, f)
	})
	if err != nil {
		return Directory{}, matter.DirectoryReport{}, err
	}
	return r.done(op)
}

func newReading() *reading {
	return &reading{dir: Directory{Obsolete: map[string]string{}}, seen: map[string]bool{}}
}

// done sorts what was read and resolves the old names.
func (r *reading) done(op string) (Directory, matter.DirectoryReport, error) {
	if len(r.dir.Controllers) == 0 {
		return Directory{}, r.report, engine.E(engine.CodeNotFound, op, "no controller can be read there", nil)
	}
	slices.SortFunc(r.dir.Controllers, func(a, b matter.Controller) int { return strings.Compare(a.Slug, b.Slug) })
	old := make([]string, 0, len(r.dir.Obsolete))
	for slug := range r.dir.Obsolete {
		old = append(old, slug)
	}
	slices.Sort(old)
	for _, slug := range old {
		switch to := r.dir.follow(slug, r.seen); {
		case to != "" && to != slug:
			r.report.Redirected++
		case to == "" && r.dir.Obsolete[slug] != "":
			r.warn(slug, saidLoop)
		}
	}
	r.report.Controllers = len(r.dir.Controllers)
	return r.dir, r.report, nil
}

// partOf tells which part of the data a path belongs to: "companies", "obsolete-records", or none.
func partOf(name string) string {
	switch dir := path.Base(path.Dir(name)); dir {
	case "companies", "obsolete-records":
		if base := path.Base(name); !strings.HasPrefix(base, ".") && strings.Count(name, "/") <= 2 {
			return dir
		}
	}
	return ""
}

func (r *reading) zip(data []byte) error {
	const op = "directory.File"
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) { // such paths are refused one by one
		return engine.E(engine.CodeCorrupt, op, "the directory is damaged", err)
	}
	if len(z.File) > MaxFiles {
		return engine.E(engine.CodeLimit, op, "the directory is too large", fmt.Errorf("%d files", len(z.File)))
	}
	if commit.MatchString(z.Comment) {
		r.report.Source = z.Comment // as GitHub writes into what it packs
	}
	for _, f := range z.File {
		name := f.Name
		if strings.HasSuffix(name, "/") {
			continue
		}
		if strings.ContainsAny(name, "\\\x00") || !fs.ValidPath(name) {
			r.fail(name, saidLeaves)
			continue
		}
		part := partOf(name)
		if part == "" || !f.Mode().IsRegular() {
			continue
		}
		body, err := f.Open()
		if err != nil {
			r.fail(name, saidBroken)
			continue
		}
		err = r.file(part, name, body)
		_ = body.Close() // it was only read
		if err != nil {
			return err
		}
	}
	return nil
}

// file reads one file of a part.
func (r *reading) file(part, name string, body io.Reader) error {
	data, err := io.ReadAll(io.LimitReader(body, MaxRecord+1))
	switch {
	case len(data) > MaxRecord:
		r.fail(name, saidTooLarge)
		return nil
	case err != nil:
		r.fail(name, saidBroken)
		return nil
	}
	if err := r.count(len(data)); err != nil {
		return err
	}
	if part == "obsolete-records" {
		r.obsolete(data, name)
	} else {
		r.add(data, name, strings.TrimSuffix(path.Base(name), ".json"))
	}
	return nil
}

func (r *reading) count(n int) error {
	if r.total += n; r.total > MaxTotal {
		return engine.E(engine.CodeLimit, "directory.File", "the directory is too large", nil)
	}
	return nil
}

// array reads records from one JSON array, one after the other.
func (r *reading) array(data []byte) error {
	const op = "directory.File"
	d := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
	if _, err := d.Token(); err != nil {
		return engine.E(engine.CodeCorrupt, op, "the directory is damaged", err)
	}
	for n := 1; d.More(); n++ {
		if n > MaxFiles {
			return engine.E(engine.CodeLimit, op, "the directory is too large", nil)
		}
		var raw json.RawMessage
		if err := d.Decode(&raw); err != nil {
			return engine.E(engine.CodeCorrupt, op, "the directory is damaged", err)
		}
		if err := r.count(len(raw)); err != nil {
			return err
		}
		if len(raw) > MaxRecord {
			r.fail(fmt.Sprintf("[%d]", n), saidTooLarge)
			continue
		}
		r.add(raw, fmt.Sprintf("[%d]", n), "")
	}
	if _, err := d.Token(); err != nil {
		return engine.E(engine.CodeCorrupt, op, "the directory is damaged", err)
	}
	return nil
}

// offline reads offline-data.json, whose companies are a string that holds JSON; one that holds them directly is taken as well.
func (r *reading) offline(data []byte) error {
	const op = "directory.File"
	var parts map[string]json.RawMessage
	if err := json.Unmarshal(bytes.TrimPrefix(data, []byte("\ufeff")), &parts); err != nil {
		return engine.E(engine.CodeCorrupt, op, "the directory is damaged", err)
	}
	companies, ok := parts["companies"]
	if !ok {
		return engine.E(engine.CodeUnsupported, op, "this is no directory of controllers", nil)
	}
	var inner string
	if json.Unmarshal(companies, &inner) == nil {
		companies = json.RawMessage(inner)
	}
	var date string
	if json.Unmarshal(parts["date"], &date) == nil {
		r.report.Source = line(date)
	}
	switch start := bytes.TrimSpace(companies); {
	case bytes.HasPrefix(start, []byte("[")):
		return r.array(companies)
	case bytes.HasPrefix(start, []byte("{")):
		return r.bySlug(companies)
	}
	return engine.E(engine.CodeCorrupt, op, "the directory is damaged", nil)
}

// bySlug reads records from an object whose keys are their identifiers.
func (r *reading) bySlug(data []byte) error {
	var all map[string]json.RawMessage
	if err := json.Unmarshal(data, &all); err != nil {
		return engine.E(engine.CodeCorrupt, "directory.File", "the directory is damaged", err)
	}
	slugs := make([]string, 0, len(all))
	for slug := range all {
		slugs = append(slugs, slug)
	}
	slices.Sort(slugs)
	for _, slug := range slugs[:min(len(slugs), MaxFiles)] {
		if err := r.count(len(all[slug])); err != nil {
			return err
		}
		r.add(all[slug], slug, "")
	}
	return nil
}

func (r *reading) add(data []byte, name, stem string) {
	c, said, bad := controller(data, stem)
	if bad == "" && r.seen[c.Slug] {
		bad = saidTwice
	}
	if bad != "" {
		r.fail(name, bad)
		return
	}
	for _, s := range said {
		r.warn(name, s)
	}
	r.seen[c.Slug] = true
	r.dir.Controllers = append(r.dir.Controllers, c)
}

func (r *reading) obsolete(data []byte, name string) {
	var o obsolete
	if err := json.Unmarshal(data, &o); err != nil || !slugForm.MatchString(o.Slug) || o.Redirect != "" && !slugForm.MatchString(o.Redirect) {
		r.fail(name, saidBroken)
		return
	}
	r.dir.Obsolete[o.Slug] = o.Redirect
}

func (r *reading) fail(item, reason string) { r.report.Failed = remark(r.report.Failed, item, reason) }
func (r *reading) warn(item, reason string) {
	r.report.Warnings = remark(r.report.Warnings, item, reason)
}

func remark(list []matter.Remark, item, reason string) []matter.Remark {
	switch {
	case len(list) < MaxRemarks:
		return append(list, matter.Remark{Item: line(item), Reason: reason})
	case len(list) == MaxRemarks:
		return append(list, matter.Remark{Reason: saidMore})
	}
	return list
}
