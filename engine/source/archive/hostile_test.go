package archive_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"

	"gabarit/engine"
	"gabarit/engine/source/archive"
)

const tooMuch = "the archive unpacks to more than the limit"

func good(n int) rec {
	return response(fmt.Sprintf("https://example.org/%d.png", n), "image/png", drawn(n))
}

func goodLine(n int) string { return fmt.Sprintf("https://example.org/%d.png |  |  | ", n) }

func TestHostileBodiesAreRefusedAloneAndTheRestIsRead(t *testing.T) {
	// A frame of zstd that asks for a window of 128 MiB (RFC 8878, 3.1.1.1.2) and holds three bytes.
	window := []byte{0x28, 0xb5, 0x2f, 0xfd, 0x00, (27 - 10) << 3, 3<<3 | 1, 0, 0, 'a', 'b', 'c'}
	behind := append(gzipped(drawn(1)), make([]byte, 100<<20)...)
	cases := map[string]struct {
		body    []byte
		head    string
		extra   string
		message string
	}{
		"a zstd window beyond the limit":      {window, "Content-Encoding: zstd\r\n", "", tooMuch},
		"100 MB behind an image":              {behind, "Content-Encoding: gzip\r\n", digestOf([]byte("x")), "the image's bytes in the archive are damaged"},
		"100 MB behind the chunks of one":     {append(chunked(drawn(1)), make([]byte, 100<<20)...), "Transfer-Encoding: chunked\r\n", digestOf([]byte("x")), tooMuch},
		"a chunk with an extension of 100 KB": {[]byte("1;x=" + strings.Repeat("x", 100_000) + "\r\na\r\n0\r\n\r\n"), "Transfer-Encoding: chunked\r\n", "", "the archive holds only a part of the image"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			bad := rec{kind: "response", url: "https://example.org/bad.png", extra: c.extra, block: answer("200 OK", "Content-Type: image/png\r\n"+c.head, c.body)}
			path := write(t, "x.warc.gz", warc(perRecord, good(1), bad, good(2)))
			wantLines(t, items(t, archive.OpenWARC(path)), goodLine(1), "https://example.org/bad.png |  |  |  ! "+c.message, goodLine(2))
		})
	}
}

// TestPagesThatUnpackToMuchTogetherEndTheReading: each page is within its own limit, and no byte of it is left to skip.
func TestPagesThatUnpackToMuchTogetherEndTheReading(t *testing.T) {
	skipRaced(t)
	bomb := brotlied(bytes.Repeat(append([]byte("<b>"), make([]byte, 1<<20)...), 32))
	recs := []rec{good(1)}
	for i := range 40 {
		recs = append(recs, rec{kind: "response", url: fmt.Sprintf("https://example.org/%d.html", i), block: answer("200 OK", "Content-Type: text/html\r\nContent-Encoding: br\r\n", bomb)})
	}
	got := items(t, archive.OpenWARC(write(t, "x.warc", warc(plain, append(recs, good(2))...))))
	if line(got[0]) != goodLine(1) {
		t.Errorf("the image before them: %s", line(got[0]))
	}
	if last := line(got[len(got)-1]); last != " |  |  |  ! "+tooMuch {
		t.Errorf("the last of %d items: %s", len(got), last)
	}
}

func TestMoreFailuresThanAreListedAreCounted(t *testing.T) {
	var b bytes.Buffer
	b.Write(good(1).bytes(0))
	no := rec{kind: "response", url: "https://example.org/no.png", block: []byte("no HTTP\r\n\r\n")}.bytes(1)
	for range 50_003 {
		b.Write(no)
	}
	b.Write(good(2).bytes(2))
	got := items(t, archive.OpenWARC(write(t, "x.warc", b.Bytes())))
	if n := len(got); n != 50_003 || line(got[0]) != goodLine(1) || line(got[n-2]) != goodLine(2) {
		t.Fatalf("%d items, the last but one %s", n, line(got[n-2]))
	}
	if err := got[len(got)-1].Err; engine.MessageOf(err) != "more of the archive can't be read than is listed" || !strings.Contains(err.Error(), "3") {
		t.Errorf("%v", err)
	}
}

func TestMoreDamagesThanTheLimitAreSaid(t *testing.T) {
	var b bytes.Buffer
	b.Write(good(1).bytes(0))
	for range 1_002 {
		b.WriteString("WARC/1.0\r\nWARC-Type: response\r\n\r\n")
	}
	b.Write(good(2).bytes(2))
	got := items(t, archive.OpenWARC(write(t, "x.warc", b.Bytes())))
	want := " |  |  |  ! the archive is damaged at more places than the limit; what is behind them was not read"
	if n := len(got); n != 1_003 || line(got[0]) != goodLine(1) || line(got[n-1]) != want {
		t.Errorf("%d items, the last %s", n, line(got[n-1]))
	}
}

func TestAZIPFileMayNotClaimBillionsOfFiles(t *testing.T) {
	data := pack(t, map[string][]byte{"datapackage.json": []byte("{}")})
	end := make([]byte, 56) // the end of a ZIP64 directory: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.3.14
	copy(end, "PK\x06\x06")
	binary.LittleEndian.PutUint64(end[4:], 44)
	binary.LittleEndian.PutUint64(end[24:], 10_000_000_000)
	binary.LittleEndian.PutUint64(end[32:], 10_000_000_000)
	at := make([]byte, 20)
	copy(at, "PK\x06\x07")
	binary.LittleEndian.PutUint64(at[8:], 1<<40)
	binary.LittleEndian.PutUint32(at[16:], 1)
	last := bytes.Repeat([]byte{0xff}, 22)
	copy(last, "PK\x05\x06")
	copy(last[20:], []byte{0, 0})
	path := write(t, "x.zip", data)
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteAt(append(append(end, at...), last...), 1<<40); err != nil { // it takes no room on the disk
		t.Skip("the disk can't hold files with holes:", err)
	}
	if _, err := archive.OpenZIP(path); engine.CodeOf(err) != engine.CodeLimit || engine.MessageOf(err) != "the ZIP file lists more files than the limit" {
		t.Errorf("%v", err)
	}
}

// TestFilesOfAWACZThatUnpackToMuchAreRefusedTogether: none is too large by itself, as all may be the same bytes of the file.
func TestFilesOfAWACZThatUnpackToMuchAreRefusedTogether(t *testing.T) {
	recs := []rec{good(1), good(2)}
	files := listed(map[string][]byte{"archive/data.warc.gz": bytes.Join(manyOne(recs), nil), "pages/bomb.jsonl": nil})
	delete(files, "pages/bomb.jsonl")
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	packed, err := zip.NewReader(bytes.NewReader(pack(t, files)), int64(len(pack(t, files))))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range packed.File {
		if err := z.Copy(f); err != nil {
			t.Fatal(err)
		}
	}
	w, err := z.CreateRaw(&zip.FileHeader{Name: "pages/bomb.jsonl", Method: zip.Deflate, CompressedSize64: 10, UncompressedSize64: 3 << 30})
	if err == nil {
		_, err = w.Write(make([]byte, 10))
	}
	if err = errors.Join(err, z.Close()); err != nil {
		t.Fatal(err)
	}
	src, err := archive.OpenZIP(write(t, "x.wacz", out.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	wantLines(t, items(t, src), " |  |  |  ! "+tooMuch, goodLine(1), goodLine(2))
}

func TestTwoFilesOfAWACZWithOneNameAreNotBothRead(t *testing.T) {
	recs := []rec{good(1)}
	files := listed(map[string][]byte{"archive/data.warc.gz": bytes.Join(manyOne(recs), nil), "pages/pages.jsonl": []byte(`{"url":"https://example.org/1.png"}`)})
	data := pack(t, files)
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	in, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range in.File {
		if err := z.Copy(f); err != nil {
			t.Fatal(err)
		}
	}
	w, err := z.Create("pages/pages.jsonl") // its digest was never compared
	if err == nil {
		_, err = w.Write([]byte("{}"))
	}
	if err != nil || z.Close() != nil {
		t.Fatal(err)
	}
	src, err := archive.OpenZIP(write(t, "x.wacz", out.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	wantLines(t, items(t, src), " |  |  |  ! two files of the archive have the same name", goodLine(1))
}

func TestAnIndexOfMoreLinesThanTheLimitIsSaid(t *testing.T) {
	skipRaced(t)
	recs := []rec{good(1)}
	lines := append(indexed("data.warc.gz", recs...), bytes.Repeat([]byte("\n"), 20_000_001)...)
	src, err := archive.OpenZIP(write(t, "x.wacz", pack(t, listed(map[string][]byte{"archive/data.warc.gz": bytes.Join(manyOne(recs), nil), "indexes/index.cdxj+": lines}))))
	if err != nil {
		t.Fatal(err)
	}
	wantLines(t, items(t, src), " |  |  |  ! a list in the archive has more lines than the limit", goodLine(1))
}

func TestHostileMAFF(t *testing.T) {
	skipRaced(t)
	t.Run("a symbolic link is no image", func(t *testing.T) {
		var out bytes.Buffer
		z := zip.NewWriter(&out)
		add := func(name string, mode fs.FileMode, text string) {
			h := &zip.FileHeader{Name: name}
			h.SetMode(mode)
			w, err := z.CreateHeader(h)
			if err == nil {
				_, err = w.Write([]byte(text))
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		add("1/index.html", 0o600, `<img src="index_files/link.png"><img src="index_files/a.png"><img src="/etc/passwd"><img src="..\..\x.png">`)
		add("1/index_files/link.png", fs.ModeSymlink|0o777, "/etc/passwd")
		add("1/index_files/a.png", 0o600, string(drawn(1)))
		add("../../1/index_files/b.png", 0o600, string(drawn(2))) // its name is one inside of the archive, wherever that is
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		src, err := archive.OpenZIP(write(t, "x.maff", out.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		wantLines(t, items(t, src), " |  |  |  ! this is not a regular file", " |  |  | ", " |  |  | ")
	})
	t.Run("more pages than the limit are said", func(t *testing.T) {
		files := map[string][]byte{}
		for i := range 1_001 {
			files[fmt.Sprintf("%04d/index.html", i)] = []byte("<img src=" + dataURL(drawn(i)) + ">")
		}
		src, err := archive.OpenZIP(write(t, "x.maff", pack(t, files)))
		if err != nil {
			t.Fatal(err)
		}
		got := items(t, src)
		if len(got) != 1_001 || engine.MessageOf(got[0].Err) != "the archive holds more pages than the limit" || got[1_000].Err != nil {
			t.Errorf("%d items, first %v", len(got), got[0].Err)
		}
	})
	t.Run("an image that inflates without end is bounded by who reads it", func(t *testing.T) {
		src, err := archive.OpenZIP(write(t, "x.maff", pack(t, map[string][]byte{"1/index.html": []byte("<img src=a.png>"), "1/a.png+": make([]byte, 200<<20)})))
		if err != nil {
			t.Fatal(err)
		}
		if got := items(t, src); len(got) != 1 || got[0].Size != 200<<20 { // the pipeline refuses this size without opening
			t.Errorf("%+v", got)
		}
	})
}
