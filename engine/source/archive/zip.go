package archive

import (
	"archive/zip"
	"context"
	"encoding/xml"
	"errors"
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

// maxDirectory is how much of a ZIP file is read for the list of what it holds, in bytes: some 100,000 names.
const maxDirectory = 8 << 20

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
	in := &budget{r: f, left: maxDirectory}
	z, err := zip.NewReader(in, info.Size())
	in.lifted = true
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
	return nil, engine.E(engine.CodeUnsupported, "archive.ZIP", "the ZIP file is neither a web archive (WACZ) nor a saved page (MAFF)", nil)
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
		for _, name := range mafPages(z) {
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

// maxRDF is how much of the note beside a page is read, in bytes.
const maxRDF = 64 << 10

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
