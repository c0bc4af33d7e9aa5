package archive_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"text/tabwriter"
)

// bodies lists the images of an archive as warcio reads them: address, bytes, and beside a WACZ file the titles of its own list of pages.
const bodies = mended + `
import sys, json, zipfile, hashlib
from urllib.parse import quote
from warcio.archiveiterator import ArchiveIterator
def same(u): return quote(u.strip("<>"), safe="%/:=&?~#+!$,;'@()*[]").split("#")[0]
name = sys.argv[1]
if zipfile.is_zipfile(name):
    z = zipfile.ZipFile(name)
    streams = [z.open(n) for n in z.namelist() if n.startswith("archive/")]
    for n in z.namelist():
        if n.startswith("pages/"):
            for line in z.read(n).decode().splitlines():
                p = json.loads(line)
                if "url" in p: print(json.dumps({"page": same(p["url"]), "title": p.get("title", "")}))
else:
    streams = [open(name, "rb")]
met = {}
for f in streams:
    for r in ArchiveIterator(f):
        if r.rec_type not in ("response", "resource", "revisit"): continue
        status = r.http_headers.get_statuscode() if r.http_headers else "200"
        mime = ((r.http_headers or r.rec_headers).get_header("Content-Type") or "").split(";")[0]
        body = r.content_stream().read()
        if status == "200" and mime.strip().lower().startswith("image/"):
            u, digest = same(r.rec_headers["WARC-Target-URI"]), r.rec_headers.get_header("WARC-Payload-Digest")
            sha = met.get(digest, "") if r.rec_type == "revisit" else hashlib.sha256(body).hexdigest()
            met.setdefault(digest, sha)
            print(json.dumps({"url": u if u.startswith("http") else "", "sha256": sha}))
`

// TestSamplesOfOtherPrograms reads archives that can't be shipped, from the folder that GABARIT_ARCHIVE_SAMPLES names: each image that warcio
// reads is there, with the same bytes, and pages have the titles that the archive lists.
func TestSamplesOfOtherPrograms(t *testing.T) {
	dir := os.Getenv("GABARIT_ARCHIVE_SAMPLES")
	if dir == "" {
		t.Skip("set GABARIT_ARCHIVE_SAMPLES to a folder of .wacz and .warc files")
	}
	python := peer(t, "python")
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) == 0 {
		t.Fatalf("nothing in %s: %v", dir, err)
	}
	var table bytes.Buffer
	rows := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	fmt.Fprintln(rows, "archive\tbytes\timages: warcio\tgabarit\tthe same bytes and address\twith a page\tsaid to be in another archive")
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		want, titles := map[string]int{}, map[string]string{}
		images, away := 0, 0
		for line := range strings.Lines(run(t, "", python, "-c", bodies, path)) {
			var r struct{ URL, SHA256, Page, Title string }
			if err := json.Unmarshal([]byte(line), &r); err != nil {
				t.Fatal(err)
			}
			if r.Page != "" {
				titles[r.Page] = r.Title
				continue
			}
			if images++; r.SHA256 == "" { // it is in another archive
				away++
				continue
			}
			want[r.URL+" "+r.SHA256]++
		}
		got, same, paged, failed := sample(t, path, want, titles)
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if same != images-away || got != images-away || failed != away {
			t.Errorf("%s: %d of %d images, %d the same, %d failed, %d are in another archive", e.Name(), got, images, same, failed, away)
		}
		fmt.Fprintf(rows, "%s\t%d\t%d\t%d\t%d\t%d\t%d\n", e.Name(), info.Size(), images, got, same, paged, failed)
	}
	_ = rows.Flush()
	t.Logf("\n%s", table.String())
}

// sample counts what one archive gives.
func sample(t *testing.T, path string, want map[string]int, titles map[string]string) (got, same, paged, failed int) {
	t.Helper()
	for _, it := range sourceItems(t, path) {
		data, err := read(it)
		if err != nil {
			t.Logf("%s: %s: %v", filepath.Base(path), it.Key, err)
			failed++
			continue
		}
		got++
		key := it.Source.URL + " " + strings.TrimPrefix(sum(data), "sha256:")
		if want[key] > 0 {
			want[key]--
			same++
		} else {
			t.Logf("%s: warcio has no %s", filepath.Base(path), key)
		}
		if it.Source.PageURL == "" {
			continue
		}
		paged++
		if title, ok := titles[it.Source.PageURL]; ok && title != "" && title != it.Source.PageURL && title != it.Source.PageTitle {
			t.Errorf("%s: %s is on a page titled %q, listed as %q", filepath.Base(path), it.Source.URL, it.Source.PageTitle, title)
		}
	}
	return got, same, paged, failed
}
