package web_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"io"
	"net/http"
	"net/textproto"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gabarit/engine"
	"gabarit/engine/source/web"
)

// record is one record of a WARC file.
type record struct {
	head  textproto.MIMEHeader
	block []byte
}

// readWARC reads a file record by record, each a gzip member of its own, and checks lengths and digests.
func readWARC(t *testing.T, path string) (out []record) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	in := bufio.NewReader(f)
	for {
		if _, err := in.Peek(1); errors.Is(err, io.EOF) {
			return out
		}
		z, err := gzip.NewReader(in)
		if err != nil {
			t.Fatal(err)
		}
		z.Multistream(false)
		data, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		version, rest, _ := bytes.Cut(data, []byte("\r\n"))
		head, err := textproto.NewReader(bufio.NewReader(bytes.NewReader(rest))).ReadMIMEHeader()
		if err != nil || string(version) != "WARC/1.1" {
			t.Fatalf("%q %v", version, err)
		}
		_, block, _ := bytes.Cut(rest, []byte("\r\n\r\n"))
		n, err := strconv.Atoi(head.Get("Content-Length"))
		if err != nil || len(block) != n+4 || string(block[n:]) != "\r\n\r\n" {
			t.Fatalf("length %s of %d: %v", head.Get("Content-Length"), len(block), err)
		}
		block = block[:n]
		if got := "sha256:" + base32sum(block); head.Get("WARC-Block-Digest") != got {
			t.Errorf("block digest %s, want %s", head.Get("WARC-Block-Digest"), got)
		}
		out = append(out, record{head, block})
	}
}

func base32sum(data []byte) string {
	sum := sha256.Sum256(data)
	return base32.StdEncoding.EncodeToString(sum[:])
}

func TestWhatWasKeptIsArchived(t *testing.T) {
	s := fullSite(t)
	s.pages[museum+"/fair.html"] = zipped(`<title>Fair</title><img src="/img/gate-1600.jpg">`)
	o := s.options(museum + ", " + static + ", intranet.city-archive.org")
	o.Limits.PageBytes = 1 << 20
	o.Archive = filepath.Join(t.TempDir(), "new", "folder")
	_, got := s.collect(o, "http://"+museum+"/")
	files, err := filepath.Glob(filepath.Join(o.Archive, "gabarit-*-00000.warc.gz"))
	if err != nil || len(files) != 1 {
		t.Fatalf("files %v, %v", files, err)
	}
	if info, err := os.Stat(files[0]); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	responses := map[string][]byte{}
	for i, r := range readWARC(t, files[0]) {
		at := r.head.Get("WARC-Target-URI")
		switch kind := r.head.Get("WARC-Type"); {
		case i == 0:
			if kind != "warcinfo" || !strings.Contains(string(r.block), "operator: archive@city-museum.org") {
				t.Errorf("first record: %v %s", r.head, r.block)
			}
		case kind == "request":
			req, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(r.block)))
			if err != nil || "http://"+req.Host+req.RequestURI != at || !strings.HasPrefix(req.UserAgent(), "Gabarit/1.0") {
				t.Errorf("request for %s: %v, %v", at, req, err)
			}
		case kind == "response":
			resp, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(r.block)), nil)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(resp.Body)
			if err != nil || r.head.Get("WARC-Payload-Digest") != "sha256:"+base32sum(body) {
				t.Errorf("%s: payload digest %s, %v", at, r.head.Get("WARC-Payload-Digest"), err)
			}
			responses[at] = body
			_ = resp.Body.Close()
		}
	}
	base := "http://" + museum
	if string(responses[base+"/img/gate-1600.jpg"]) != "jpeg of gate-1600" {
		t.Errorf("the image is not there: %q", responses[base+"/img/gate-1600.jpg"])
	}
	if z := responses[base+"/fair.html"]; len(z) < 2 || z[0] != 0x1f {
		t.Errorf("the page is not there as it was sent: %q", z)
	}
	for key, why := range got {
		at, _, _ := strings.Cut(key, " on ")
		if _, kept := responses[at]; kept != !strings.HasPrefix(why, "!") && strings.Contains(key, " on ") {
			t.Errorf("%s (%s) in the archive: %v", at, why, kept)
		}
	}
	for _, never := range []string{"/robots.txt", "/quiet.html", "/noai.html", "/reserved.html", "/img/tagged.jpg"} {
		if responses[base+never] != nil {
			t.Errorf("%s is in the archive", never)
		}
	}
}

// zipped serves a page as gzip.
func zipped(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		_, _ = io.WriteString(z, body)
		_ = z.Close()
	}
}

func TestWhatWasErasedIsNotArchived(t *testing.T) {
	s := newSite(t, museum)
	s.pages[museum+"/"], s.pages[museum+"/a.jpg"], s.pages[museum+"/b.jpg"] = html(`<img src=/a.jpg><img src=/b.jpg>`), image("a"), image("b")
	o := s.options(museum)
	o.Archive = t.TempDir()
	o.Barred = func(_ context.Context, what engine.Suspect) (bool, error) {
		return what.SHA256 == sha256.Sum256([]byte("a")) && what.URL == "http://"+museum+"/a.jpg", nil
	}
	s.collect(o, "http://"+museum+"/")
	files, err := filepath.Glob(filepath.Join(o.Archive, "*.warc.gz"))
	if err != nil || len(files) != 1 {
		t.Fatalf("files %v, %v", files, err)
	}
	var kept []string
	for _, r := range readWARC(t, files[0]) {
		if r.head.Get("WARC-Type") == "response" {
			kept = append(kept, r.head.Get("WARC-Target-URI"))
		}
	}
	slices.Sort(kept)
	if want := []string{"http://" + museum + "/", "http://" + museum + "/b.jpg"}; !slices.Equal(kept, want) {
		t.Errorf("kept %v, want %v", kept, want)
	}
}

func TestAnArchiveThatCanNotBeWritten(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s := fullSite(t)
	o := s.options(museum)
	o.Archive = filepath.Join(file, "below")
	if _, err := web.Open(o, "http://"+museum+"/"); engine.MessageOf(err) != "the archive of what was collected (WARC) can't be written" {
		t.Errorf("%v", err)
	}
}
