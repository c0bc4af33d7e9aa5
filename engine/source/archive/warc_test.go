package archive_test

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"gabarit/engine"
	"gabarit/engine/source/archive"
)

const fair = `<html><head><title>Summer fair</title><meta name=author content="Ann B."><meta property="article:published_time" content="2024-05-30T10:00:00+02:00"></head>
<body><img src="/a.png" alt="At the gate"><figure><img src="b.png"><figcaption>The band</figcaption></figure><img src=//cdn.example.net/c.png title="The mayor"></body></html>`

func fairRecords() []rec {
	return []rec{
		{kind: "warcinfo", extra: "Content-Type: application/warc-fields\r\n", block: []byte("software: test\r\n")},
		response("https://example.org/a.png", "image/png", drawn(1)), // before its page
		{kind: "request", url: "https://example.org/fair/", block: []byte("GET /fair/ HTTP/1.1\r\nHost: example.org\r\n\r\n")},
		response("https://example.org/fair/", "text/html; charset=utf-8", []byte(fair)),
		response("https://example.org/fair/b.png", "image/png", drawn(2)),
		response("https://example.org/style.css", "text/css", []byte("body{}")),
		response("https://cdn.example.net/c.png", "application/octet-stream", drawn(3)),
		response("https://example.org/d.png", "image/png", drawn(4)),
	}
}

func TestWARCGivesImagesWithThePageThatShowsThem(t *testing.T) {
	for name, f := range forms() {
		t.Run(name, func(t *testing.T) {
			path := write(t, "crawl.warc.gz", warc(f, fairRecords()...))
			got := items(t, archive.OpenWARC(path))
			const on = " | https://example.org/fair/ | Summer fair | "
			wantLines(t, got, "https://example.org/a.png"+on+"At the gate", "https://example.org/fair/b.png"+on+"The band",
				"https://cdn.example.net/c.png"+on+"The mayor", "https://example.org/d.png |  |  | ")
			p := got[0].Source
			want := engine.Provenance{File: path, Part: p.Part, URL: "https://example.org/a.png", PageURL: "https://example.org/fair/", PageTitle: "Summer fair",
				ImageTitle: "At the gate", Author: "Ann B.", PublishedAt: time.Date(2024, 5, 30, 8, 0, 0, 0, time.UTC), ArchivedAt: time.Date(2024, 5, 31, 14, 5, 1, 0, time.UTC)}
			if d := cmp.Diff(want, p); d != "" {
				t.Error(d)
			}
			if !strings.HasPrefix(got[0].Key, path+"#byte") || !strings.HasSuffix(got[0].Key, " https://example.org/a.png") {
				t.Errorf("key %q", got[0].Key)
			}
		})
	}
}

func TestImagesAreReadInAnyOrderAndSideBySide(t *testing.T) {
	var recs []rec
	for n := range 60 {
		recs = append(recs, response(fmt.Sprintf("https://example.org/%d.png", n), "image/png", drawn(n)))
	}
	for name, f := range forms() {
		t.Run(name, func(t *testing.T) {
			got := items(t, archive.OpenWARC(write(t, "x.warc", warc(f, recs...))))
			if len(got) != len(recs) {
				t.Fatalf("%d items", len(got))
			}
			var all sync.WaitGroup
			for i := range got {
				n := (i * 37) % len(got)
				all.Go(func() {
					if data, err := read(got[n]); err != nil || !bytes.Equal(data, drawn(n)) {
						t.Errorf("image %d: %d bytes, %v", n, len(data), err)
					}
				})
			}
			all.Wait()
		})
	}
}

func gzipped(b []byte) []byte {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	_, _ = z.Write(b)
	_ = z.Close()
	return out.Bytes()
}

func deflated(b []byte) []byte {
	var out bytes.Buffer
	z := zlib.NewWriter(&out)
	_, _ = z.Write(b)
	_ = z.Close()
	return out.Bytes()
}

func brotlied(b []byte) []byte {
	var out bytes.Buffer
	z := brotli.NewWriter(&out)
	_, _ = z.Write(b)
	_ = z.Close()
	return out.Bytes()
}

func zstded(b []byte) []byte {
	z, err := zstd.NewWriter(nil)
	if err != nil {
		panic(err)
	}
	return z.EncodeAll(b, nil)
}

// chunked cuts a body into chunks of some bytes, with an extension and a trailer as servers may send them.
func chunked(b []byte) []byte {
	var out bytes.Buffer
	for len(b) > 0 {
		n := min(len(b), 700)
		fmt.Fprintf(&out, "%x;note=1\r\n%s\r\n", n, b[:n])
		b = b[n:]
	}
	out.WriteString("0\r\nX-Trailer: yes\r\n\r\n")
	return out.Bytes()
}

func TestBodiesAreGivenWithoutTheirCoding(t *testing.T) {
	body := drawn(7)
	const chunkedHead = "Transfer-Encoding: chunked\r\n"
	coding := func(name string) string { return "Content-Encoding: " + name + "\r\n" }
	cases := map[string]struct {
		head  string
		bytes []byte
	}{
		"chunks":                         {chunkedHead, chunked(body)},
		"gzip":                           {coding("gzip"), gzipped(body)},
		"deflate":                        {coding("deflate"), deflated(body)},
		"br":                             {coding("br"), brotlied(body)},
		"zstd":                           {coding("zstd"), zstded(body)},
		"br in chunks":                   {chunkedHead + coding("br"), chunked(brotlied(body))},
		"two codings":                    {coding("gzip, br"), brotlied(gzipped(body))},
		"chunks joined before":           {chunkedHead, body},
		"gzip undone before":             {coding("gzip"), body},
		"deflate undone before":          {coding("deflate"), body},
		"br undone before":               {coding("br"), body},
		"zstd undone before":             {coding("zstd"), body},
		"chunks joined and br undone":    {chunkedHead + coding("br"), body},
		"chunks joined, br still there":  {chunkedHead + coding("br"), brotlied(body)},
		"a coding that is not known":     {coding("snappy"), body},
		"identity":                       {coding("identity"), body},
		"a length that is not the right": {"Content-Length: 3\r\n", body},
	}
	for name, c := range cases {
		for _, digest := range []string{"", digestOf(c.bytes), digestOf(body)} {
			t.Run(name, func(t *testing.T) {
				r := rec{kind: "response", url: "https://example.org/a.png", extra: digest, block: answer("200 OK", "Content-Type: image/png\r\n"+c.head, c.bytes)}
				got := items(t, archive.OpenWARC(write(t, "x.warc.gz", warc(perRecord, r))))
				if len(got) != 1 {
					t.Fatalf("%d items", len(got))
				}
				data, err := read(got[0])
				if err != nil || !bytes.Equal(data, body) {
					t.Errorf("%d bytes of %d, %v", len(data), len(body), err)
				}
			})
		}
	}
	t.Run("pages too", func(t *testing.T) {
		page := rec{kind: "response", url: "https://example.org/", block: answer("200 OK", "Content-Type: text/html\r\n"+chunkedHead+coding("br"), chunked(brotlied([]byte(`<title>Home</title><img src=a.png alt=One>`))))}
		got := items(t, archive.OpenWARC(write(t, "x.warc.gz", warc(perRecord, response("https://example.org/a.png", "image/png", body), page))))
		wantLines(t, got, "https://example.org/a.png | https://example.org/ | Home | One")
	})
}

func TestRecordsOfOtherKinds(t *testing.T) {
	img, other := drawn(1), drawn(2)
	home := response("https://example.org/", "text/html", []byte(`<title>Home</title><img src=a.png alt=One><img src=/r alt=Led>`))
	cases := map[string]struct {
		recs []rec
		want []string
	}{
		"a revisit has the bytes of the first time": {[]rec{home,
			{kind: "response", url: "https://example.org/a.png", extra: digestOf(img), block: answer("200 OK", "Content-Type: image/png\r\n", img)},
			{kind: "revisit", url: "https://example.org/again.png", extra: digestOf(img) + "WARC-Profile: http://netpreserve.org/warc/1.1/revisit/identical-payload-digest\r\n", block: answer("200 OK", "Content-Type: image/png\r\n", nil)},
			{kind: "revisit", url: "https://example.org/a.png", extra: "WARC-Profile: http://netpreserve.org/warc/1.1/revisit/server-not-modified\r\n", block: answer("304 Not Modified", "", nil)},
		}, []string{"https://example.org/a.png | https://example.org/ | Home | One", "https://example.org/again.png |  |  | ", "https://example.org/a.png | https://example.org/ | Home | One"}},
		"a revisit of another archive is told of": {[]rec{
			{kind: "revisit", url: "https://example.org/a.png", extra: digestOf(img), block: answer("200 OK", "Content-Type: image/png\r\n", nil)},
		}, []string{"https://example.org/a.png |  |  |  ! the archive only refers to this image; it is in another one"}},
		"a revisit of a page is no image": {[]rec{home,
			{kind: "revisit", url: "https://example.org/", extra: digestOf([]byte("x")), block: answer("200 OK", "Content-Type: text/html\r\n", nil)}}, nil},
		"resource and conversion": {[]rec{home,
			{kind: "resource", url: "https://example.org/a.png", extra: "Content-Type: image/png\r\n", block: img},
			{kind: "conversion", url: "https://example.org/b.png", extra: "Content-Type: image/png\r\n", block: other},
			{kind: "resource", url: "urn:thumbnail:https://example.org/", extra: "Content-Type: image/png\r\n", block: other},
			{kind: "metadata", url: "https://example.org/a.png", extra: "Content-Type: image/png\r\n", block: other},
		}, []string{"https://example.org/a.png | https://example.org/ | Home | One", "https://example.org/b.png |  |  | ", " | https://example.org/ | Home | "}},
		"a redirected image": {[]rec{home,
			{kind: "response", url: "https://example.org/r", block: answer("302 Found", "Location: /r2\r\n", nil)},
			{kind: "response", url: "https://example.org/r2", block: answer("301 Moved", "Location: https://cdn.example.net/x.png\r\n", nil)},
			response("https://cdn.example.net/x.png", "image/png", img),
		}, []string{"https://cdn.example.net/x.png | https://example.org/ | Home | Led"}},
		"an endless redirect ends": {[]rec{
			{kind: "response", url: "https://example.org/1", block: answer("302 Found", "Location: /2\r\n", nil)},
			{kind: "response", url: "https://example.org/2", block: answer("302 Found", "Location: /1\r\n", nil)},
			response("https://example.org/1", "image/png", img),
		}, []string{"https://example.org/1 |  |  | "}},
		"the request tells the page": {[]rec{home,
			{kind: "request", url: "https://example.org/late.png", block: []byte("GET /late.png HTTP/1.1\r\nReferer: https://example.org/\r\n\r\n")},
			response("https://example.org/late.png", "image/png", img)},
			[]string{"https://example.org/late.png | https://example.org/ | Home | "}},
		"parts of images": {[]rec{
			{kind: "response", url: "https://example.org/1.png", block: answer("206 Partial Content", "Content-Type: image/png\r\n", img)},
			{kind: "response", url: "https://example.org/2.png", extra: "WARC-Truncated: length\r\n", block: answer("200 OK", "Content-Type: image/png\r\n", img)},
			{kind: "response", url: "https://example.org/3.png", extra: "WARC-Segment-Number: 1\r\n", block: answer("200 OK", "Content-Type: image/png\r\n", img)},
			{kind: "continuation", url: "https://example.org/3.png", extra: "WARC-Segment-Number: 2\r\n", block: img},
		}, []string{
			"https://example.org/1.png |  |  |  ! the archive holds only a part of the image",
			"https://example.org/2.png |  |  |  ! the archive holds only a part of the image",
			"https://example.org/3.png |  |  |  ! the image is in several segments, which can't be read",
		}},
		"an image of status 404 is left out": {[]rec{
			{kind: "response", url: "https://example.org/1.png", block: answer("404 Not Found", "Content-Type: image/png\r\n", img)}}, nil},
		"a digest that does not match": {[]rec{
			{kind: "response", url: "https://example.org/1.png", extra: digestOf(other), block: answer("200 OK", "Content-Type: image/png\r\n", img)}},
			[]string{"https://example.org/1.png |  |  |  ! the image's bytes do not match the digest in the archive"}},
		"addresses in angle brackets, as wget writes them": {[]rec{home, response("<https://example.org/a.png>", "image/png", img)},
			[]string{"https://example.org/a.png | https://example.org/ | Home | One"}},
	}
	for name, c := range cases {
		for formName, f := range forms() {
			t.Run(name+", "+formName, func(t *testing.T) {
				wantLines(t, items(t, archive.OpenWARC(write(t, "x.warc", warc(f, c.recs...)))), c.want...)
			})
		}
	}
}

func TestImagesInsidePagesAreItems(t *testing.T) {
	in := dataURL(drawn(5))
	page := response("https://example.org/", "text/html", []byte(`<title>Home</title><img src="data:image/gif;base64,R0lGODlhAQABAAAAACw="><img alt="Inside" src="`+in+`">`))
	for name, f := range forms() {
		t.Run(name, func(t *testing.T) {
			got := items(t, archive.OpenWARC(write(t, "x.warc", warc(f, page, response("https://example.org/a.png", "image/png", drawn(1))))))
			wantLines(t, got, " | https://example.org/ | Home | Inside", "https://example.org/a.png |  |  | ")
			if data, err := read(got[0]); err != nil || !bytes.Equal(data, drawn(5)) {
				t.Errorf("%d bytes, %v", len(data), err)
			}
		})
	}
}

func TestVersionsTellWhatHasChanged(t *testing.T) {
	body := drawn(1)
	img := rec{kind: "response", url: "https://example.org/a.png", extra: digestOf(body), block: answer("200 OK", "Content-Type: image/png\r\n", body)}
	one := func(recs ...rec) engine.Item {
		path := write(t, "x.warc.gz", warc(perRecord, recs...))
		return items(t, archive.OpenWARC(path))[0]
	}
	first := one(img)
	if got := one(img, response("https://example.org/b.png", "image/png", drawn(2))); got.Version != first.Version {
		t.Errorf("a record behind changed the version: %s, %s", first.Version, got.Version)
	}
	if got := one(img, response("https://example.org/", "text/html", []byte(`<img src=a.png alt=New>`))); got.Version == first.Version {
		t.Error("a new title did not change the version")
	}
}

func TestDamagedArchives(t *testing.T) {
	good := func(n int) rec {
		return response(fmt.Sprintf("https://example.org/%d.png", n), "image/png", drawn(n))
	}
	three := []rec{good(1), good(2), good(3)}
	ok := func(n int) string { return fmt.Sprintf("https://example.org/%d.png |  |  | ", n) }
	first := func(f form) int { return len(warc(f, good(1))) }
	cut := func(f form, n int) []byte { b := warc(f, three...); return b[:len(b)-n] }
	spoil := func(f form, at int, with string) []byte {
		b := bytes.Clone(warc(f, three...))
		copy(b[at:], with)
		return b
	}
	const ends = " |  |  |  ! the archive ends in the middle of a record"
	cases := map[string]struct {
		data []byte
		want []string
	}{
		"cut in the last record, plain":           {cut(plain, 100), []string{ok(1), ok(2), ok(3) + " ! the archive holds only a part of the image", ends}},
		"cut in the last record, gzip":            {cut(perRecord, 100), []string{ok(1), ok(2), ok(3) + " ! the archive holds only a part of the image", ends}},
		"cut in the last record, gzip as a whole": {cut(whole, 100), []string{ok(1), ok(2), ok(3) + " ! the archive holds only a part of the image", ends}},
		"cut in a header, plain":                  {warc(plain, three...)[:first(plain)+50], []string{ok(1), ends}},
		"a record without its beginning, plain":   {spoil(plain, first(plain), "DAMAGED"), []string{ok(1), " |  |  |  ! no record of the archive begins where one should", ok(3)}},
		"a member that is no gzip":                {spoil(perRecord, first(perRecord), "\x1f\x8b\x00"), []string{ok(1), " |  |  |  ! a record of the archive is damaged", ok(3)}},
		"a version that is not known":             {bytes.Replace(warc(plain, three...), []byte("WARC/1.0"), []byte("WARC/2.0"), 1), []string{" |  |  |  ! this version of WARC can't be read", ok(2), ok(3)}},
		"a length that is none":                   {bytes.Replace(warc(plain, three...), []byte("Content-Length: "), []byte("Content-Length: -"), 1), []string{" |  |  |  ! a record of the archive does not tell its length", ok(2), ok(3)}},
		"a length beyond the file":                {bytes.Replace(warc(plain, good(1)), []byte("Content-Length: "), []byte("Content-Length: 99999999"), 1), []string{ok(1) + " ! the archive holds only a part of the image", ends}},
		"an HTTP header without an end":           {warc(plain, rec{kind: "response", url: "https://example.org/9.png", block: []byte("HTTP/1.1 200 OK\r\nContent-Type: image/png")}, good(2)), []string{"https://example.org/9.png |  |  |  ! a header of the archive is larger than the limit", ok(2)}},
		"no HTTP at all":                          {warc(plain, rec{kind: "response", url: "https://example.org/9.png", block: []byte("hello\r\n\r\nworld")}, good(2)), []string{"https://example.org/9.png |  |  |  ! an answer in the archive has no proper HTTP header", ok(2)}},
		"a huge header":                           {warc(perRecord, rec{kind: "response", url: "https://example.org/9.png", block: answer("200 OK", "X: "+strings.Repeat("x", 70_000)+"\r\n", nil)}, good(2)), []string{"https://example.org/9.png |  |  |  ! a header of the archive is larger than the limit", ok(2)}},
		"a huge header of the record":             {warc(perRecord, rec{kind: "response", extra: "X: " + strings.Repeat("x", 70_000) + "\r\n"}, good(2)), []string{" |  |  |  ! a header of the archive is larger than the limit", ok(2)}},
		"the same where nothing is compressed":    {warc(plain, rec{kind: "response", extra: "X: " + strings.Repeat("x", 70_000) + "\r\n"}, good(2)), []string{" |  |  |  ! a header of the archive is larger than the limit", ok(2)}},
		"chunks without an end":                   {warc(perRecord, rec{kind: "response", url: "https://example.org/9.png", block: answer("200 OK", "Content-Type: image/png\r\nTransfer-Encoding: chunked\r\n", []byte("fffffff\r\nabc"))}, good(2)), []string{"https://example.org/9.png |  |  |  ! the archive holds only a part of the image", ok(2)}},
		"a chunk that is none":                    {warc(perRecord, rec{kind: "response", url: "https://example.org/9.png", block: answer("200 OK", "Content-Type: image/png\r\nTransfer-Encoding: chunked\r\n", []byte("3\r\nabc\r\nzz\r\n"))}, good(2)), []string{"https://example.org/9.png |  |  |  ! the image's bytes in the archive are damaged", ok(2)}},
		"nothing":                                 {nil, []string{ends}},
		"only empty lines":                        {bytes.Repeat([]byte("\r\n"), 100_000), []string{" |  |  |  ! no record of the archive begins where one should"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			wantLines(t, items(t, archive.OpenWARC(write(t, "x.warc", c.data))), c.want...)
		})
	}
}

func TestAGzipBombIsRefused(t *testing.T) {
	member := warc(perRecord, rec{kind: "metadata", block: make([]byte, 16<<20)})
	path := write(t, "bomb.warc.gz", bytes.Repeat(member, 80)) // 1.3 GiB in 1.3 MiB
	got := items(t, archive.OpenWARC(path))
	wantLines(t, got, " |  |  |  ! the archive unpacks to more than the limit")
}

func TestPagesThatUnpackToMuchAreCutAndSaid(t *testing.T) {
	skipRaced(t)
	body := gzipped(append([]byte(`<title>Long</title><img src=a.png alt=First>`), append(bytes.Repeat([]byte("<p>"), 40<<20/3), []byte(`<img src=b.png>`)...)...))
	r := rec{kind: "response", url: "https://example.org/", block: answer("200 OK", "Content-Type: text/html\r\nContent-Encoding: gzip\r\n", body)}
	got := items(t, archive.OpenWARC(write(t, "x.warc", warc(plain, r, response("https://example.org/a.png", "image/png", drawn(1)), response("https://example.org/b.png", "image/png", drawn(2))))))
	wantLines(t, got, "https://example.org/ |  |  |  ! the page is larger than the limit; what stands behind it was not looked at",
		"https://example.org/a.png | https://example.org/ | Long | First", "https://example.org/b.png |  |  | ")
}

func TestAFileThatIsNotThereIsAnItem(t *testing.T) {
	got := items(t, archive.OpenWARC(t.TempDir()+"/gone.warc"))
	wantLines(t, got, " |  |  |  ! the file does not exist")
}

func TestAWalkEndsWithItsContext(t *testing.T) {
	path := write(t, "x.warc", warc(plain, fairRecords()...))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	src := archive.OpenWARC(path)
	n := 0
	for it := range src.Items(ctx) {
		n++
		cancel()
		if _, err := it.Open(ctx); err == nil {
			t.Error("an item was opened after the end")
		}
	}
	if n != 1 {
		t.Errorf("%d items after the end", n)
	}
	if got := len(items(t, src)); got != 4 {
		t.Errorf("%d items of a second walk", got)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	for _, it := range items(t, src) {
		if engine.CodeOf(it.Err) != engine.CodeNotFound {
			t.Errorf("after the file went: %v", it.Err)
		}
	}
}
