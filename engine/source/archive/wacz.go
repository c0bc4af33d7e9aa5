package archive

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"gabarit/engine"
	"gabarit/engine/source/page"
)

// wacz is the building of the index of one WACZ file.
type wacz struct {
	ctx   context.Context
	z     *zipFile
	index *index
	files map[string]int32 // index of a WARC file by its name without folders
	bad   map[string]bool  // files that are not what the package says, and are not used
	twice map[*zip.File]bool

	unpacked uint64 // bytes of the files whose digests were checked
}

// skips tells a file that is not read, of which it was said why.
func (w *wacz) skips(f *zip.File) bool { return w.bad[f.Name] || w.twice[f] }

// packaged builds the index of a WACZ file: https://specs.webrecorder.net/wacz/1.1.1/.
func (s *warcSource) packaged(ctx context.Context) (*index, error) {
	z, err := openZIP(s.path)
	if err != nil {
		return nil, err
	}
	defer z.Close()
	s.mark = mark(z.info.Size(), z.info.ModTime().UnixNano())
	w := &wacz{ctx: ctx, z: z, index: newIndex(), files: map[string]int32{}, bad: map[string]bool{}, twice: map[*zip.File]bool{}}
	if err := w.verify(); err != nil {
		return nil, err
	}
	if err := w.warcs(s.path); err != nil {
		return nil, err
	}
	if err := w.pages(); err != nil {
		return nil, err
	}
	if err := w.read(); err != nil {
		return nil, err
	}
	w.index.finish()
	return w.index, nil
}

// fail tells of a file of the package.
func (w *wacz) fail(name string, err error) {
	x := w.index
	x.fail(entry{file: int32(len(x.files))}, "", err)
	x.files = append(x.files, &file{name: name})
}

// listing is datapackage.json.
type listing struct {
	Resources []struct {
		Path string `json:"path"`
		Hash string `json:"hash"`
	} `json:"resources"`
}

// verify compares every file that is read later with its digest in datapackage.json, and that with its own.
func (w *wacz) verify() error {
	const op = "archive.WACZ"
	text, err := w.content("datapackage.json", maxListing)
	var list listing
	if err != nil || json.Unmarshal(text, &list) != nil {
		w.fail("datapackage.json", engine.E(engine.CodeCorrupt, op, "the archive has no proper list of its files; their digests could not be checked", err))
		return w.ctx.Err()
	}
	if sealed, err := w.content("datapackage-digest.json", maxListing); err == nil {
		var own struct {
			Hash string `json:"hash"`
		}
		sum := sha256.Sum256(text)
		if json.Unmarshal(sealed, &own) != nil || !strings.EqualFold(own.Hash, "sha256:"+hex.EncodeToString(sum[:])) {
			w.fail("datapackage.json", engine.E(engine.CodeCorrupt, op, "the archive's list of files was changed after it was made", nil))
		}
	}
	listed := map[string]string{}
	for _, r := range list.Resources {
		listed[r.Path] = r.Hash
	}
	seen := map[string]bool{}
	for _, f := range w.z.File {
		if !w.used(f.Name) {
			continue
		}
		if seen[f.Name] {
			w.twice[f] = true
			w.fail(f.Name, engine.E(engine.CodeCorrupt, op, "two files of the archive have the same name", nil))
			continue
		}
		seen[f.Name] = true
		if err := w.check(f, listed[f.Name]); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(slices.Values(list.names())) {
		if w.used(name) && !seen[name] {
			w.fail(name, engine.E(engine.CodeNotFound, op, "a file that the archive lists is not in it", nil))
		}
	}
	return nil
}

func (l listing) names() (out []string) {
	for _, r := range l.Resources {
		out = append(out, r.Path)
	}
	return out
}

// used tells the files that are read.
func (w *wacz) used(name string) bool {
	return isWARC(name) || isIndex(name) || isPages(name)
}

func isIndex(name string) bool {
	return strings.HasPrefix(name, "indexes/") && (strings.HasSuffix(name, ".cdx") || strings.HasSuffix(name, ".cdxj") || strings.HasSuffix(name, ".cdx.gz") || strings.HasSuffix(name, ".cdxj.gz"))
}

func isPages(name string) bool {
	return strings.HasPrefix(name, "pages/") && strings.HasSuffix(name, ".jsonl")
}

// check compares a file with its digest. Only an error of ctx is returned.
func (w *wacz) check(f *zip.File, want string) error {
	const op = "archive.WACZ"
	refuse := func(msg string, err error) {
		w.bad[f.Name] = true
		w.fail(f.Name, engine.E(engine.CodeCorrupt, op, msg, err))
	}
	digest, ok := strings.CutPrefix(strings.ToLower(want), "sha256:")
	if !ok {
		refuse("the archive lists no digest of this file, which is not read", nil)
		return nil
	}
	in, err := f.Open()
	if err != nil {
		refuse("a file of the archive is damaged", err)
		return nil
	}
	defer in.Close()
	// All files are counted together, as ZIP files may have many that share the same bytes.
	if sum := w.unpacked + min(f.UncompressedSize64, 1<<60); sum <= freeUnpack || sum <= maxRatio*uint64(w.z.info.Size()) {
		w.unpacked = sum
	} else {
		w.bad[f.Name] = true
		w.fail(f.Name, engine.E(engine.CodeLimit, op, "the archive unpacks to more than the limit", fmt.Errorf("%d bytes", f.UncompressedSize64)))
		return nil
	}
	sum := sha256.New()
	_, err = io.Copy(sum, contextReader{w.ctx, in}) // archive/zip stops at the size the directory tells
	switch {
	case w.ctx.Err() != nil:
		return w.ctx.Err()
	case err != nil:
		refuse("a file of the archive is damaged", err)
	case hex.EncodeToString(sum.Sum(nil)) != digest:
		refuse("a file of the archive does not match its digest, and is not read", nil)
	}
	return nil
}

// content reads a small file of the package.
func (w *wacz) content(name string, limit int64) ([]byte, error) {
	f, err := w.z.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(text)) > limit {
		err = errors.New("larger than the limit")
	}
	return text, err
}

// warcs finds where the WARC files stand.
func (w *wacz) warcs(disk string) error {
	const op = "archive.WACZ"
	for _, f := range w.z.File {
		if !isWARC(f.Name) || w.skips(f) {
			continue
		}
		if f.Method != zip.Store {
			w.fail(f.Name, engine.E(engine.CodeUnsupported, op, "a WARC file is compressed by the ZIP file around it, so that its records can't be reached", nil))
			continue
		}
		off, err := f.DataOffset()
		if err != nil {
			w.fail(f.Name, engine.E(engine.CodeCorrupt, op, "a file of the archive is damaged", err))
			continue
		}
		if base := path.Base(f.Name); !w.known(base) {
			w.files[base] = int32(len(w.index.files))
			w.index.files = append(w.index.files, &file{path: disk, name: f.Name, base: off, size: int64(f.UncompressedSize64)})
		} else {
			w.fail(f.Name, engine.E(engine.CodeCorrupt, op, "two files of the archive have the same name", nil))
		}
	}
	return w.ctx.Err()
}

func (w *wacz) known(base string) bool {
	_, ok := w.files[base]
	return ok
}

// pages takes the titles of the archive's lists of pages: they are those that people saw, also where a script set them.
func (w *wacz) pages() error {
	for _, f := range w.z.File {
		if !isPages(f.Name) || w.skips(f) {
			continue
		}
		err := w.lines(f, func(line []byte) {
			var p struct{ ID, URL, Title string }
			if json.Unmarshal(line, &p) != nil || page.Address(p.URL) == "" {
				return
			}
			if page.Address(p.Title) == page.Address(p.URL) { // what programs write that know no title
				p.Title = ""
			}
			i := w.index.refs.page(pageInfo{url: page.Address(p.URL), title: page.Line(p.Title)})
			if i >= 0 && p.ID != "" && len(p.ID) <= 100 && w.index.refs.room(len(p.ID)) {
				w.index.refs.byID[p.ID] = i
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}
