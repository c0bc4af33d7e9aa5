package web

import (
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"gabarit/engine"
)

// archive writes what was kept as WARC 1.1 (ISO 28500:2017), each record a gzip member of its own. Nil writes nothing. Safe for
// concurrent use.
type archive struct {
	dir string
	c   *client

	mu   sync.Mutex
	file *os.File // nil until something is written
	size int64
	n    int
	base string
}

func newArchive(dir string, c *client) (*archive, error) {
	if dir == "" {
		return nil, nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, archiveError(err)
	}
	return &archive{dir: dir, c: c}, nil
}

func archiveError(err error) error {
	return engine.E(engine.CodeUnavailable, "web.Archive", "the archive of what was collected (WARC) can't be written", err)
}

// write adds the request and the response of an answer. Its error is CodeUnavailable; the file then ends with a whole record.
func (a *archive) write(ans *answer) error {
	if a == nil || ans.status != http.StatusOK {
		return nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.ready(); err != nil {
		return archiveError(err)
	}
	response := newRecordID()
	var block bytes.Buffer
	fmt.Fprintf(&block, "%s %d %s\r\n", ans.proto, ans.status, http.StatusText(ans.status))
	h := ans.header.Clone()
	h.Del("Transfer-Encoding") // chunks are undone
	h.Set("Content-Length", fmt.Sprint(len(ans.raw)))
	if err := h.Write(&block); err != nil {
		return archiveError(err)
	}
	block.WriteString("\r\n")
	block.Write(ans.raw)
	date := ans.at.UTC().Format(time.RFC3339)
	err := a.record(block.Bytes(), "WARC-Type: response", "WARC-Record-ID: "+response, "WARC-Date: "+date, "WARC-Target-URI: "+ans.url.String(),
		"Content-Type: application/http;msgtype=response", "WARC-Payload-Digest: "+digest(ans.raw))
	if err != nil {
		return archiveError(err)
	}
	block.Reset()
	fmt.Fprintf(&block, "GET %s HTTP/1.1\r\nHost: %s\r\n", ans.url.RequestURI(), ans.url.Host)
	if err = ans.asked.Write(&block); err == nil {
		block.WriteString("\r\n")
		err = a.record(block.Bytes(), "WARC-Type: request", "WARC-Record-ID: "+newRecordID(), "WARC-Date: "+date, "WARC-Target-URI: "+ans.url.String(),
			"WARC-Concurrent-To: "+response, "Content-Type: application/http;msgtype=request")
	}
	if err != nil {
		return archiveError(err)
	}
	return nil
}

// ready opens a file, with its warcinfo record.
func (a *archive) ready() error {
	if a.file != nil && a.size < maxArchive {
		return nil
	}
	if a.file != nil {
		err := a.file.Close()
		a.file = nil
		if err != nil {
			return err
		}
	}
	now := a.c.clock.Now().UTC()
	if a.base == "" {
		a.base = "gabarit-" + now.Format("20060102150405") + "-" + strings.ToLower(rand.Text()[:6])
	}
	name := fmt.Sprintf("%s-%05d.warc.gz", a.base, a.n)
	f, err := os.OpenFile(filepath.Join(a.dir, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	a.file, a.size, a.n = f, 0, a.n+1
	info := "software: " + a.c.agent + "\r\nformat: WARC File Format 1.1\r\nconformsTo: http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/\r\nrobots: obey\r\noperator: " + a.c.contact + "\r\n"
	return a.record([]byte(info), "WARC-Type: warcinfo", "WARC-Record-ID: "+newRecordID(), "WARC-Date: "+now.Format(time.RFC3339), "WARC-Filename: "+name,
		"Content-Type: application/warc-fields")
}

// record writes one record. After an error the file ends where it ended before.
func (a *archive) record(block []byte, fields ...string) error {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	head := "WARC/1.1\r\n" + strings.Join(slices.Concat(fields, []string{"WARC-Block-Digest: " + digest(block), fmt.Sprint("Content-Length: ", len(block))}), "\r\n") + "\r\n\r\n"
	for _, part := range [][]byte{[]byte(head), block, []byte("\r\n\r\n")} {
		if _, err := z.Write(part); err != nil {
			return err
		}
	}
	if err := z.Close(); err != nil {
		return err
	}
	if _, err := a.file.Write(out.Bytes()); err != nil {
		_ = a.file.Truncate(a.size) // the write's error is told
		_, _ = a.file.Seek(a.size, 0)
		return err
	}
	a.size += int64(out.Len())
	return nil
}

func (a *archive) close() error {
	if a == nil {
		return nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.file == nil {
		return nil
	}
	err := a.file.Close()
	if a.file = nil; err != nil {
		return archiveError(err)
	}
	return nil
}

// digest labels a SHA-256 as WARC tools read it.
func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return "sha256:" + base32.StdEncoding.EncodeToString(sum[:])
}

// newRecordID makes a random UUID (RFC 9562, version 4).
func newRecordID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // it never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("<urn:uuid:%x-%x-%x-%x-%x>", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
