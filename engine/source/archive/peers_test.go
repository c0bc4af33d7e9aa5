package archive_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"text/tabwriter"

	"gabarit/engine"
	"gabarit/engine/source/archive"
)

// site is what the peers archive: pages plain and compressed, images in one piece, in chunks, redirected, met twice, and missing.
func site(t *testing.T) *httptest.Server {
	page := func(title, body string) []byte {
		return []byte("<!DOCTYPE html><html><head><meta charset=utf-8><title>" + title + "</title></head><body>" + body + "</body></html>")
	}
	pages := map[string][]byte{
		"/":           page("Le début & more", `<a href="/two/">two</a> <a href="/three.html">three</a><img src="/img/1.png" alt="One"><img src="img/led.png"><img src="img/gone.png">`),
		"/two/":       page("Two", `<img src="../img/2.png" alt="Two"><img src="/img/1.png"><img src="/img/noType"><img src="/img/5.png?x=1&amp;y=é">`),
		"/three.html": page("Three", `<img src=/img/3.png><img src=/img/same.png>`),
	}
	images := map[string]int{"/img/1.png": 1, "/img/2.png": 2, "/img/3.png": 3, "/img/target.png": 4, "/img/5.png": 5, "/img/noType": 6, "/img/same.png": 1}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if text, ok := pages[r.URL.Path]; ok {
			w.Header().Set("Content-Type", "text/html")
			if r.URL.Path == "/two/" && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
				w.Header().Set("Content-Encoding", "gzip")
				text = gzipped(text)
			}
			_, _ = w.Write(text)
			return
		}
		n, ok := images[r.URL.Path]
		switch {
		case r.URL.Path == "/img/led.png":
			http.Redirect(w, r, "/img/target.png", http.StatusFound)
		case !ok:
			http.NotFound(w, r)
		default:
			w.Header().Set("Content-Type", "image/png")
			if r.URL.Path == "/img/noType" {
				w.Header().Set("Content-Type", "application/octet-stream")
			}
			data := drawn(n)
			_, _ = w.Write(data[:100])
			if n == 3 {
				w.(http.Flusher).Flush() // in chunks
			}
			_, _ = w.Write(data[100:])
		}
	}))
	t.Cleanup(s.Close)
	return s
}

// mended gives warcio the codings that it does not know (zstd), or not with this version of their library (br).
const mended = `
import brotli, zstandard
from warcio.bufferedreaders import BufferedReader
class Br:
    unused_data = b""
    def __init__(s): s.d = brotli.Decompressor()
    def decompress(s, b): return s.d.process(b)
BufferedReader.DECOMPRESSORS["br"] = Br
BufferedReader.DECOMPRESSORS["zstd"] = lambda: zstandard.ZstdDecompressor().decompressobj()
`

// packing is the program wacz.
const packing = mended + `
import sys
from wacz.main import main
sys.exit(main(sys.argv[1:]))
`

// capture archives the site through warcio's recorder, also with codings and a revisit that no server here sends.
const capture = `
import sys, io, gzip, zlib
from warcio.capture_http import capture_http
import http.client, brotli, zstandard
from urllib.parse import urlsplit
from warcio.warcwriter import WARCWriter
from warcio.statusandheaders import StatusAndHeaders
out, base, version, zipped = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4] == "gzip"
host = urlsplit(base).netloc
with open(out, "wb") as f:
    w = WARCWriter(f, gzip=zipped, warc_version=version)
    w.write_record(w.create_warcinfo_record("x.warc", {"software": "test"}))
    with capture_http(w):
        for path in ["/", "/img/1.png", "/img/led.png", "/img/target.png", "/img/gone.png", "/two/", "/img/2.png", "/img/noType", "/img/5.png?x=1&y=%C3%A9", "/three.html", "/img/3.png", "/img/same.png"]:
            c = http.client.HTTPConnection(host)
            c.request("GET", path, headers={"Accept-Encoding": "gzip"})
            c.getresponse().read()
            c.close()
    html = b"<title>Coded</title>" + b"".join(b'<img src="/c/%s.png" alt="%s">' % (n, n) for n in [b"br", b"zstd", b"gzip", b"deflate", b"again"])
    def put(url, mime, body, coding=None):
        h = [("Content-Type", mime)] + ([("Content-Encoding", coding)] if coding else [])
        r = w.create_warc_record(url, "response", payload=io.BytesIO(body), http_headers=StatusAndHeaders("200 OK", h, protocol="HTTP/1.1"))
        w.write_record(r)
        return r
    put("https://coded.example/", "text/html", brotli.compress(html), "br")
    png = open(sys.argv[5], "rb").read()
    put("https://coded.example/c/br.png", "image/png", brotli.compress(png), "br")
    put("https://coded.example/c/zstd.png", "image/png", zstandard.compress(png), "zstd")
    put("https://coded.example/c/gzip.png", "image/png", gzip.compress(png), "gzip")
    first = put("https://coded.example/c/deflate.png", "image/png", zlib.compress(png), "deflate")
    again = w.create_revisit_record("https://coded.example/c/again.png", first.rec_headers["WARC-Payload-Digest"], "https://coded.example/c/deflate.png", first.rec_headers["WARC-Date"],
        http_headers=StatusAndHeaders("200 OK", [("Content-Type", "image/png")], protocol="HTTP/1.1"))
    w.write_record(again)
    shot = w.create_warc_record("urn:thumbnail:https://coded.example/", "resource", payload=io.BytesIO(png), warc_content_type="image/png")
    w.write_record(shot)
`

// oracle lists the images of a WARC or WACZ file as warcio and Python's own HTML parser see them: address, page and title, in the order of the records.
const oracle = mended + `
import sys, json, zipfile, io
from html.parser import HTMLParser
from urllib.parse import urljoin, quote
from warcio.archiveiterator import ArchiveIterator
def streams(name):
    if zipfile.is_zipfile(name):
        z = zipfile.ZipFile(name)
        for n in z.namelist():
            if n.startswith("archive/"): yield z.open(n)
    else:
        yield open(name, "rb")
class P(HTMLParser):
    def __init__(s): super().__init__(); s.title, s.inside, s.srcs = "", False, []
    def handle_starttag(s, tag, attrs):
        s.inside = s.inside or tag == "title"
        if tag == "img": s.srcs.append((dict(attrs).get("src"), dict(attrs).get("alt") or ""))
    def handle_endtag(s, tag): s.inside = s.inside and tag != "title"
    def handle_data(s, d): s.title += d if s.inside else ""
shown, led, images, bodies = {}, {}, [], {}
def same(u): return quote(u.strip("<>"), safe="%/:=&?~#+!$,;'@()*[]")
for f in streams(sys.argv[1]):
    for r in ArchiveIterator(f):
        if r.rec_type not in ("response", "resource", "revisit"): continue
        url = r.rec_headers["WARC-Target-URI"]
        status = r.http_headers.get_statuscode() if r.http_headers else "200"
        mime = (r.http_headers or r.rec_headers).get_header("Content-Type", "").split(";")[0]
        body = r.content_stream().read()
        if status in ("301", "302"): led[same(urljoin(url.strip("<>"), r.http_headers.get_header("Location")))] = same(url)
        if status != "200": continue
        if mime == "text/html" and r.rec_type == "response":
            p = P(); p.feed(body.decode("utf-8"))
            for src, alt in p.srcs:
                old = shown.get(same(urljoin(url.strip("<>"), src)))
                if old is None: shown[same(urljoin(url.strip("<>"), src))] = [same(url), p.title, alt]
                elif not old[2]: old[2] = alt
            shown.setdefault("page " + same(url), [same(url), p.title, ""])
        elif mime.startswith("image/") or body[:4] == b"\x89PNG":
            images.append((url, len(body), r.rec_type, r.rec_headers.get_header("WARC-Refers-To-Target-URI")))
            bodies[same(url)] = len(body)
for url, size, kind, refers in images:
    if kind == "revisit": size = bodies[same(refers)]
    u = same(url)
    if u.startswith("urn:thumbnail:"):
        page = shown.get("page " + u[len("urn:thumbnail:"):], ["", "", ""]); u = ""
    else:
        page = shown.get(u) or shown.get(led.get(u)) or ["", "", ""]
    print(json.dumps({"url": u, "page": page[0], "title": page[1], "alt": page[2], "size": size}))
`

// peer gives a program of the peers' environment, or skips the test.
func peer(t *testing.T, name string) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(cache, "gabarit", "peers", "archive", "bin", name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("Python's warcio and wacz are needed (.ci/peers archive): %v", err)
	}
	return path
}

func run(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = dir
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s: %v\n%s\n%s", name, err, errs.Bytes(), out.Bytes())
	}
	return out.String()
}

// found is one image as both sides tell of it.
type found struct {
	URL, Page, Title, Alt string
	Size                  int
}

func TestImagesAndTitlesAreThoseThatWarcioReads(t *testing.T) {
	python := peer(t, "python")
	wget, err := exec.LookPath("wget")
	if err != nil {
		t.Skipf("GNU wget is needed (.ci/peers archive): %v", err)
	}
	s, dir := site(t), t.TempDir()
	png := write(t, "p.png", drawn(8))
	for name, more := range map[string][]string{"wget": nil, "wget-plain": {"--no-warc-compression"}} {
		args := append([]string{"-q", "-r", "-l", "2", "-p", "--delete-after", "-e", "robots=off", "--warc-file=" + filepath.Join(dir, name)}, append(more, s.URL+"/")...)
		cmd := exec.CommandContext(t.Context(), wget, args...)
		cmd.Dir = t.TempDir()
		if err := cmd.Run(); err != nil && cmd.ProcessState.ExitCode() != 8 { // 8: an answer of the server was an error, as it should be
			t.Fatal(err)
		}
	}
	for _, c := range [][]string{{"warcio-1.0.warc.gz", "1.0", "gzip"}, {"warcio-1.1.warc.gz", "1.1", "gzip"}, {"warcio-1.1.warc", "1.1", "plain"}} {
		run(t, dir, python, "-c", capture, filepath.Join(dir, c[0]), s.URL, c[1], c[2], png)
	}
	inOnePiece(t, filepath.Join(dir, "warcio-1.1.warc"), filepath.Join(dir, "whole.warc.gz"))
	run(t, dir, python, "-c", packing, "create", "-f", "wget.warc.gz", "-o", "wget.wacz", "--detect-pages")
	run(t, dir, python, "-c", packing, "create", "-f", "warcio-1.1.warc.gz", "-o", "warcio.wacz", "--detect-pages")

	var table bytes.Buffer
	rows := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	fmt.Fprintln(rows, "archive\tbytes\timages: warcio\tgabarit\tthe same in address, page, title, alt, size\tfailed")
	for _, name := range []string{"wget.warc.gz", "wget-plain.warc", "warcio-1.0.warc.gz", "warcio-1.1.warc.gz", "warcio-1.1.warc", "whole.warc.gz", "wget.wacz", "warcio.wacz"} {
		path := filepath.Join(dir, name)
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		want := asked(t, python, strings.Replace(path, "whole.warc.gz", "warcio-1.1.warc", 1)) // warcio refuses files compressed in one piece
		got, failed := told(t, path)
		same := 0
		for i := range want {
			if i < len(got) && got[i] == want[i] {
				same++
			} else {
				t.Errorf("%s, image %d: %+v\nwarcio: %+v", name, i, at(got, i), want[i])
			}
		}
		if len(got) != len(want) || len(want) < 7 {
			t.Errorf("%s: %d images, warcio has %d", name, len(got), len(want))
		}
		for _, f := range failed {
			t.Errorf("%s: %s", name, f)
		}
		fmt.Fprintf(rows, "%s\t%d\t%d\t%d\t%d\t%d\n", name, info.Size(), len(want), len(got), same, len(failed))
	}
	_ = rows.Flush()
	t.Logf("\n%s", table.String())
}

func at(all []found, i int) any {
	if i < len(all) {
		return all[i]
	}
	return "nothing"
}

// inOnePiece compresses a plain archive as a whole.
func inOnePiece(t *testing.T, from, to string) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, gzipped(data), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func asked(t *testing.T, python, path string) (out []found) {
	t.Helper()
	for line := range strings.Lines(run(t, "", python, "-c", oracle, path)) {
		var f found
		if err := json.Unmarshal([]byte(line), &f); err != nil {
			t.Fatal(err)
		}
		out = append(out, f)
	}
	return out
}

// sourceItems gives the items of a WARC or WACZ file.
func sourceItems(t *testing.T, path string) []engine.Item {
	t.Helper()
	if !strings.HasSuffix(path, ".wacz") {
		return items(t, archive.OpenWARC(path))
	}
	src, err := archive.OpenZIP(path)
	if err != nil {
		t.Fatal(err)
	}
	return items(t, src)
}

func told(t *testing.T, path string) (out []found, failed []string) {
	t.Helper()
	for _, it := range sourceItems(t, path) {
		data, err := read(it)
		if err != nil {
			failed = append(failed, it.Key+": "+engine.MessageOf(err))
			continue
		}
		out = append(out, found{it.Source.URL, it.Source.PageURL, it.Source.PageTitle, it.Source.ImageTitle, len(data)})
	}
	return out, failed
}
