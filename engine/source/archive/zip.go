package archive

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"gabarit/engine"
	"gabarit/engine/source/page"
)

// budget refuses to read more than a number of bytes until it is lifted.
type budget struct {
	r      io.ReaderAt
	left   int64
	lifted bool
}

// ReadAt reads within the budget.
func (b *budget) ReadAt(p []byte, off int64) (int, error) {
	if !b.lifted {
		if b.left -= int64(len(p)); b.left < 0 {
			return 0, engine.E(engine.CodeLimit, "archive.ZIP", "the ZIP file lists more files than the limit", nil)
		}
	}
	return b.r.ReadAt(p, off)
}

// checkClaim refuses a ZIP file that claims to hold more files than the limit: the ZIP reader makes room for as many as the file's size would allow, before
// it reads their names. Whatever looks like the end of a directory in the file's last bytes is asked.
func checkClaim(r io.ReaderAt, size int64) error {
	tail := make([]byte, min(size, 66<<10))
	n, err := r.ReadAt(tail, size-int64(len(tail)))
	if err != nil && !errors.Is(err, io.EOF) {
		return engine.E(engine.CodeUnavailable, "archive.ZIP", "the file could not be read", err)
	}
	tail = tail[:n]
	for from := 0; ; {
		i := bytes.Index(tail[from:], []byte("PK\x06\x07")) // where the end of a ZIP64 directory is
		if i < 0 || from+i+16 > len(tail) {
			return nil // an end of another form has 16 bits for the number
		}
		from += i
		var end [40]byte
		at := int64(binary.LittleEndian.Uint64(tail[from+8:]))
		if _, err := r.ReadAt(end[:], at); at >= 0 && err == nil && binary.LittleEndian.Uint64(end[32:]) > maxEntries {
			return engine.E(engine.CodeLimit, "archive.ZIP", "the ZIP file lists more files than the limit", nil)
		}
		from++
	}
}

// zipFile is an open ZIP file.
type zipFile struct {
	*zip.Reader
	disk *os.File
	info os.FileInfo
}

// Close closes it.
func (z *zipFile) Close() error { return z.disk.Close() }

func openZIP(path string) (*zipFile, error) {
	f, info, err := openFile(path)
	if err != nil {
		return nil, err
	}
	var z *zip.Reader
	if err = checkClaim(f, info.Size()); err == nil {
		in := &budget{r: f, left: maxDirectory}
		z, err = zip.NewReader(in, info.Size())
		in.lifted = true
	}
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) { // names are never used on disk
		_ = f.Close() // nothing was read
		if engine.MessageOf(err) != "" {
			return nil, err
		}
		return nil, engine.E(engine.CodeCorrupt, "archive.ZIP", "the ZIP file is damaged", err)
	}
	return &zipFile{z, f, info}, nil
}

// OpenZIP gives the source of the images of a WACZ or MAFF file, absolute path. CodeUnsupported: the ZIP file is neither.
func OpenZIP(path string) (engine.Source, error) {
	z, err := openZIP(path)
	if err != nil {
		return nil, err
	}
	defer z.Close()
	for _, f := range z.File {
		if isWARC(f.Name) || f.Name == "datapackage.json" {
			s := &warcSource{path: path}
			s.build = s.packaged
			return s, nil
		}
	}
	if pages := mafPages(z); len(pages) > 0 {
		return maff{path}, nil
	}
	return nil, engine.E(engine.CodeUnsupported, "archive.ZIP", "the ZIP file is neither a web archive (WACZ) nor a saved page (MAFF); unpack it, and collect the folder", nil)
}

func isWARC(name string) bool {
	return strings.HasPrefix(name, "archive/") && (strings.HasSuffix(name, ".warc") || strings.HasSuffix(name, ".warc.gz"))
}

// maff is a source of the images of pages saved in Mozilla's archive format: a ZIP file with a folder for each page.
type maff struct{ path string }

// mafPages gives the pages of a MAFF file: the index file of each of its folders.
func mafPages(z *zipFile) []string {
	var out []string
	for _, f := range z.File {
		dir, name := path.Split(f.Name)
		if strings.Count(dir, "/") != 1 || !fs.ValidPath(strings.TrimSuffix(dir, "/")) {
			continue
		}
		switch name {
		case "index.html", "index.htm", "index.xhtml", "index.xht":
			out = append(out, f.Name)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Items gives the images of one page after the other.
func (m maff) Items(ctx context.Context) iter.Seq[engine.Item] {
	return func(yield func(engine.Item) bool) {
		z, err := openZIP(m.path)
		if err != nil {
			yield(page.Failed(m.path, "", err))
			return
		}
		defer z.Close()
		pages := mafPages(z)
		if len(pages) > maxSaved && !yield(page.Failed(m.path, "pages", engine.E(engine.CodeLimit, "archive.ZIP",
			"the archive holds more pages than the limit", fmt.Errorf("%d", len(pages)-maxSaved)))) {
			return
		}
		for _, name := range pages[:min(len(pages), maxSaved)] {
			address, at := mafAbout(z, path.Dir(name)+"/index.rdf")
			for it := range page.OpenIn(m.path, name, address, at, m.files).Items(ctx) {
				if !yield(it) {
					return
				}
			}
		}
	}
}

func (m maff) files() (fs.FS, io.Closer, error) {
	z, err := openZIP(m.path)
	if err != nil {
		return nil, nil, err
	}
	return z, z, nil
}

// mafAbout reads from where and when a page was saved, as far as the note beside it tells.
func mafAbout(z *zipFile, name string) (address string, at time.Time) {
	f, err := z.Open(name)
	if err != nil {
		return "", at
	}
	defer f.Close()
	d := xml.NewDecoder(io.LimitReader(f, maxRDF)) // it expands no entities of the document's own
	for {
		t, err := d.Token()
		if err != nil {
			return address, at
		}
		start, ok := t.(xml.StartElement)
		if !ok {
			continue
		}
		for _, a := range start.Attr {
			switch {
			case a.Name.Local == "resource" && start.Name.Local == "originalurl":
				address = page.Address(a.Value)
			case a.Name.Local == "resource" && start.Name.Local == "archivetime":
				at, _ = page.ParseDate(a.Value)
			}
		}
	}
}
