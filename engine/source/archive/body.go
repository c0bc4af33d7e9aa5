package archive

import (
	"bufio"
	"bytes"
	"compress/zlib"
	"context"
	"crypto/md5"  //nolint:gosec // older archives have it: it finds damage, and proves nothing
	"crypto/sha1" //nolint:gosec // the digest of most archives: it finds damage, and proves nothing
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base32"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"strconv"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/gabriel-vasile/mimetype"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"gabarit/engine"
)

// unchunked joins the chunks of a body (RFC 9112, section 7.1). Crawlers that joined them and left the header are understood: a body that does not begin
// with a chunk is taken as it is.
func unchunked(r io.Reader, a answer) io.Reader {
	if !strings.Contains(strings.ToLower(a.head["transfer-encoding"]), "chunked") {
		return r
	}
	in := bufio.NewReaderSize(r, 16<<10)
	if _, ok := chunkSize(peekLine(in)); ok {
		return &chunks{in: in}
	}
	return in
}

// uncoded undoes content codings (gzip, deflate, br, zstd), in the order told. One that the body does not begin with was undone before.
func uncoded(r io.Reader, a answer) io.Reader {
	codings := strings.Split(strings.ToLower(a.head["content-encoding"]), ",")
	for i := len(codings) - 1; i >= 0 && len(codings)-i <= maxCodings; i-- {
		in := bufio.NewReaderSize(r, 16<<10)
		r = in
		if next := undo(strings.TrimSpace(codings[i]), in); next != nil {
			r = next
		}
	}
	return r
}

// undo undoes one coding, nil where there is none to undo.
func undo(coding string, in *bufio.Reader) io.Reader {
	head, _ := in.Peek(2048)
	var out io.Reader
	var err error
	switch {
	case (coding == "gzip" || coding == "x-gzip") && bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		out, err = gzip.NewReader(in)
	case coding == "deflate" && len(head) > 1 && head[0]&0x0f == 8 && (int(head[0])<<8|int(head[1]))%31 == 0:
		out, err = zlib.NewReader(in)
	case coding == "br" && isBrotli(head):
		out = brotli.NewReader(in)
	case coding == "zstd" && bytes.HasPrefix(head, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		out, err = zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow), zstd.WithDecoderLowmem(true))
	}
	if err != nil {
		return nil
	}
	return out
}

// isBrotli tells bytes that can be the beginning of a brotli stream, which has no mark there.
func isBrotli(head []byte) bool {
	_, err := brotli.NewReader(bytes.NewReader(head)).Read(make([]byte, 1))
	return len(head) > 0 && !picture(head) && (err == nil || errors.Is(err, io.ErrUnexpectedEOF))
}

// picture tells bytes that begin like a picture.
func picture(head []byte) bool {
	return strings.HasPrefix(mimetype.Detect(head).String(), "image/")
}

func peekLine(in *bufio.Reader) []byte {
	head, _ := in.Peek(64)
	line, _, _ := bytes.Cut(head, []byte("\n"))
	return line
}

// chunkSize reads the line before a chunk.
func chunkSize(line []byte) (int64, bool) {
	digits, _, _ := bytes.Cut(line, []byte(";"))
	n, err := strconv.ParseInt(string(bytes.TrimSpace(digits)), 16, 64)
	return n, err == nil && n >= 0
}

// chunks joins the chunks of a body. Its trailer is not read.
type chunks struct {
	in   *bufio.Reader
	left int64
	done bool
	some bool // a chunk was read: a line end follows it
	err  error
}

// Read reads the joined bytes.
func (c *chunks) Read(p []byte) (int, error) {
	for c.left == 0 {
		if c.done {
			return 0, io.EOF
		}
		if c.err == nil { // it stays: whoever peeks at the body loses it
			c.err = c.next()
		}
		if c.err != nil {
			return 0, c.err
		}
	}
	n, err := c.in.Read(p[:min(int64(len(p)), c.left)])
	c.left -= int64(n)
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// next reads the line before the next chunk.
func (c *chunks) next() error {
	line, err := c.in.ReadSlice('\n')
	if c.some && err == nil && len(bytes.TrimSpace(line)) == 0 {
		line, err = c.in.ReadSlice('\n')
	}
	if err != nil {
		return io.ErrUnexpectedEOF
	}
	n, ok := chunkSize(line)
	if !ok {
		return errors.New("malformed chunk")
	}
	c.left, c.done, c.some = n, n == 0, true
	return nil
}

// digests checks the payload of a record against WARC-Payload-Digest while it is read. Writers differ in whether that is of the body as it
// came, of its joined chunks, or of what these hold: one of them must match. A digest of another kind is not checked.
type digests struct {
	want []byte
	sums []hash.Hash // as it came, joined, decoded
}

func newDigests(header string) *digests {
	name, value, ok := strings.Cut(header, ":")
	newHash := hashOf(name)
	if !ok || newHash == nil {
		return nil
	}
	want := digestBytes(value, newHash().Size())
	if want == nil {
		return nil
	}
	return &digests{want, []hash.Hash{newHash(), newHash(), newHash()}}
}

func hashOf(name string) func() hash.Hash {
	switch strings.ToLower(strings.TrimSpace(name)) {
	case "sha1":
		return sha1.New
	case "sha256", "sha-256":
		return sha256.New
	case "sha512", "sha-512":
		return sha512.New
	case "md5":
		return md5.New
	}
	return nil
}

// digestBytes reads a digest in base 32 or in hexadecimal; nil if it is neither.
func digestBytes(s string, size int) []byte {
	s = strings.TrimSpace(s)
	if len(s) == 2*size {
		if b, err := hex.DecodeString(s); err == nil {
			return b
		}
	}
	if b, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.ToUpper(strings.TrimRight(s, "="))); err == nil && len(b) == size {
		return b
	}
	return nil
}

// match tells whether one of the forms has the digest.
func (d *digests) match() bool {
	for _, h := range d.sums {
		if bytes.Equal(h.Sum(nil), d.want) {
			return true
		}
	}
	return false
}

// tap copies what is read into a hash.
func (d *digests) tap(r io.Reader, form int) io.Reader {
	if d == nil {
		return r
	}
	return io.TeeReader(r, d.sums[form])
}

// payload is the body of a record as an item gives it. What is wrong with it is said where it is met; at its end stands the check of its digest.
type payload struct {
	ctx     context.Context // of the reading
	decoded io.Reader
	joined  io.Reader
	raw     io.Reader
	digests *digests
	close   func()
	ended   bool
}

func newPayload(ctx context.Context, b *block, a answer, digest string) *payload {
	p := &payload{ctx: ctx, digests: newDigests(digest)}
	p.raw = p.digests.tap(b, 0)
	p.joined = p.digests.tap(unchunked(p.raw, a), 1)
	p.decoded = p.digests.tap(uncoded(p.joined, a), 2)
	return p
}

// Read reads the decoded body.
func (p *payload) Read(buf []byte) (int, error) {
	const op = "archive.Item.Open"
	if err := p.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := p.decoded.Read(buf)
	switch {
	case err == nil:
		return n, nil
	case errors.Is(err, io.EOF):
		return n, p.end()
	case errors.Is(err, io.ErrUnexpectedEOF):
		return n, engine.E(engine.CodeCorrupt, op, "the archive holds only a part of the image", err)
	case errors.Is(err, zstd.ErrWindowSizeExceeded), errors.Is(err, zstd.ErrDecoderSizeExceeded):
		return n, engine.E(engine.CodeLimit, op, "the archive unpacks to more than the limit", err)
	}
	return n, engine.E(engine.CodeCorrupt, op, "the image's bytes in the archive are damaged", err)
}

// end checks the digest.
func (p *payload) end() error {
	if p.ended || p.digests == nil {
		return io.EOF
	}
	p.ended = true
	for _, rest := range []io.Reader{p.joined, p.raw} { // what the coding did not need
		n, err := io.Copy(io.Discard, io.LimitReader(contextReader{p.ctx, rest}, maxRest+1))
		switch {
		case p.ctx.Err() != nil:
			return p.ctx.Err()
		case err != nil:
			return engine.E(engine.CodeCorrupt, "archive.Item.Open", "the image's bytes in the archive are damaged", err)
		case n > maxRest:
			return engine.E(engine.CodeLimit, "archive.Item.Open", "the archive unpacks to more than the limit", fmt.Errorf("%d bytes behind the image", n))
		}
	}
	if !p.digests.match() {
		return engine.E(engine.CodeCorrupt, "archive.Item.Open", "the image's bytes do not match the digest in the archive", nil)
	}
	return io.EOF
}

// Close gives the reader of the archive back.
func (p *payload) Close() error {
	if p.close != nil {
		p.close()
		p.close = nil
	}
	return nil
}
