package archive_test

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"gabarit/engine"
	"gabarit/engine/source/archive"
)

// drain reads what a source offers: nothing may panic or go on without end, keys are given, and an item has bytes or an error.
func drain(t *testing.T, src engine.Source) {
	n := 0
	for it := range src.Items(t.Context()) {
		if n++; n > 5_000 {
			return
		}
		if it.Key == "" {
			t.Fatal("an item without a key")
		}
		if it.Err != nil {
			if engine.MessageOf(it.Err) == "" {
				t.Fatalf("an error without a message: %v", it.Err)
			}
			continue
		}
		in, err := it.Open(t.Context())
		if err != nil {
			continue
		}
		_, _ = io.Copy(io.Discard, io.LimitReader(in, 1<<20))
		if err := in.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func FuzzWARC(f *testing.F) {
	img := drawn(1)
	recs := append(fairRecords(),
		rec{kind: "response", url: "https://example.org/1.png", extra: digestOf(img), block: answer("200 OK", "Content-Type: image/png\r\nTransfer-Encoding: chunked\r\nContent-Encoding: br\r\n", chunked(brotlied(img)))},
		rec{kind: "revisit", url: "https://example.org/2.png", extra: digestOf(img), block: answer("200 OK", "Content-Type: image/png\r\n", nil)},
		rec{kind: "response", url: "https://example.org/z.png", block: answer("200 OK", "Content-Type: image/png\r\nContent-Encoding: zstd\r\n", zstded(img))},
		rec{kind: "resource", url: "urn:view:https://example.org/", extra: "Content-Type: image/png\r\n", block: img})
	for _, form := range forms() {
		f.Add(warc(form, recs...))
		f.Add(warc(form, recs...)[:700])
	}
	f.Add(warc(plain, rec{kind: "response", url: "https://example.org/w.png", block: answer("200 OK", "Content-Type: image/png\r\nContent-Encoding: zstd\r\n", []byte{0x28, 0xb5, 0x2f, 0xfd, 0, (27 - 10) << 3, 3<<3 | 1, 0, 0, 'a', 'b', 'c'})}))
	f.Add(warc(perRecord, rec{kind: "response", url: "https://example.org/x.png", extra: digestOf(img), block: answer("200 OK", "Content-Type: image/png\r\nTransfer-Encoding: chunked\r\n", append(chunked(img), "behind"...))}))
	f.Add([]byte("WARC/1.0\r\nWARC-Type: response\r\nContent-Type: application/http\r\nContent-Length: 40\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: image/png\r\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		drain(t, archive.OpenWARC(write(t, "x.warc", data)))
	})
}

func FuzzWACZ(f *testing.F) {
	recs := fairRecords()
	data := bytes.Join(manyOne(recs), nil)
	f.Add(data, indexed("data.warc.gz", recs...), []byte(`{"id":"p1","url":"https://example.org/fair/","title":"Fair"}`))
	f.Add(data, []byte("x 1 {\"offset\":7,\"filename\":\"data.warc.gz\",\"mime\":\"image/png\",\"status\":200}\n{}\n"), []byte("{\n[]"))
	f.Fuzz(func(t *testing.T, data, cdx, pages []byte) {
		packed := pack(t, listed(map[string][]byte{"archive/data.warc.gz": data, "indexes/index.cdxj": cdx, "pages/pages.jsonl": pages}))
		src, err := archive.OpenZIP(write(t, "x.wacz", packed))
		if err != nil {
			t.Fatal(err)
		}
		drain(t, src)
	})
}

func FuzzZIP(f *testing.F) {
	f.Add(pack(f, listed(map[string][]byte{"archive/data.warc.gz": bytes.Join(manyOne(fairRecords()), nil)})))
	f.Add(pack(f, map[string][]byte{"1/index.html+": []byte("<img src=index_files/a.png>"), "1/index_files/a.png": drawn(1), "1/index.rdf": []byte("<RDF/>")}))
	f.Add([]byte("PK\x06\x06" + "\x2c\x00\x00\x00\x00\x00\x00\x00" + strings.Repeat("\xff", 44) + "PK\x06\x07\x00\x00\x00\x00" + strings.Repeat("\x00", 8) + "\x01\x00\x00\x00PK\x05\x06" + strings.Repeat("\xff", 16) + "\x00\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		src, err := archive.OpenZIP(write(t, "x.zip", data))
		if err == nil {
			drain(t, src)
		}
	})
}
