package source_test

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gabarit/engine"
	"gabarit/engine/source"
)

func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func offered(t *testing.T, path string) []engine.Item {
	t.Helper()
	src, err := source.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	var out []engine.Item
	for it := range src.Items(t.Context()) {
		out = append(out, it)
	}
	return out
}

const xmp = `<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/" exif:GPSLatitude="48,51.396N" exif:GPSLongitude="2,21,8W" exif:DateTimeOriginal="2024-05-31T14:05:00.25+02:00">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">The fair &amp; more</rdf:li><rdf:li xml:lang="fr">La fête</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>Ann B.</rdf:li></rdf:Seq></dc:creator><dc:source>https://example.org/fair</dc:source></rdf:Description></rdf:RDF></x:xmpmeta>`

const takeout = `{"title":"IMG_1.jpg","description":"At the gate","creationTime":{"timestamp":"1717157999"},"photoTakenTime":{"timestamp":"1717157100","formatted":"31 May 2024"},
"geoData":{"latitude":0.0,"longitude":0.0},"geoDataExif":{"latitude":48.8566,"longitude":2.3522,"altitude":0},"people":[{"name":"X"}],"url":"https://photos.google.com/photo/AF1"}`

const gallery = `{"category":"exampleboard","subcategory":"post","extension":"jpg","filename":"1","num":1,"date":"2024-05-31 12:05:00","author":{"id":7,"name":"ann"},"title":"Fair","content":"At the gate","post_url":"https://example.org/p/1","file_url":"https://cdn.example.org/1.jpg","tags":["a"],"url":17}`

const ytdlp = `{"id":"x","extractor":"example","extractor_key":"Example","webpage_url":"https://example.org/watch?v=x","title":"The fair, filmed","uploader":"Ann","upload_date":"20240531","timestamp":null,"epoch":1717160000,"thumbnail":"https://cdn.example.org/x.jpg","formats":[{"url":"u"}]}`

func TestParseSidecar(t *testing.T) {
	day := time.Date(2024, 5, 31, 12, 5, 0, 0, time.UTC)
	cases := map[string]struct {
		kind, text string
		want       engine.Provenance
	}{
		"XMP": {".xmp", xmp, engine.Provenance{ImageTitle: "The fair & more", Author: "Ann B.", PageURL: "https://example.org/fair",
			CapturedAt: day.Add(250 * time.Millisecond), Place: &engine.Place{Lat: 48 + 51.396/60, Lon: -(2 + 21.0/60 + 8.0/3600)}}},
		"Takeout":    {".json", takeout, engine.Provenance{ImageTitle: "At the gate", PageURL: "https://photos.google.com/photo/AF1", CapturedAt: day, Place: &engine.Place{Lat: 48.8566, Lon: 2.3522}}},
		"gallery-dl": {".json", gallery, engine.Provenance{URL: "https://cdn.example.org/1.jpg", PageURL: "https://example.org/p/1", PageTitle: "Fair", ImageTitle: "At the gate", Author: "ann", PublishedAt: day}},
		"yt-dlp": {".json", ytdlp, engine.Provenance{URL: "https://cdn.example.org/x.jpg", PageURL: "https://example.org/watch?v=x", PageTitle: "The fair, filmed", Author: "Ann",
			PublishedAt: time.Date(2024, 5, 31, 0, 0, 0, 0, time.UTC), ArchivedAt: time.Unix(1717160000, 0).UTC()}},
		"addresses that are none": {".json", strings.NewReplacer("https:", "javascript:").Replace(gallery), engine.Provenance{PageTitle: "Fair", ImageTitle: "At the gate", Author: "ann", PublishedAt: day}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := source.ParseSidecar(c.kind, []byte(c.text))
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestSidecarsThatAreRefused(t *testing.T) {
	laughs := `<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>`
	cases := map[string]struct{ kind, text string }{
		"entities of its own":      {".xmp", laughs + strings.Replace(xmp, "The fair", "&c;", 1)},
		"an entity that is a file": {".xmp", `<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>` + strings.Replace(xmp, "The fair", "&a;", 1)},
		"no XMP":                   {".xmp", "<a><b/></a>"},
		"cut XMP":                  {".xmp", xmp[:len(xmp)/2]},
		"deep XMP":                 {".xmp", strings.Repeat("<a>", 100_000)},
		"large XMP":                {".xmp", xmp + strings.Repeat(" ", 1<<20)},
		"nothing":                  {".xmp", ""},
		"JSON of another program":  {".json", `{"name":"x"}`},
		"no JSON":                  {".json", `{"category":`},
		"a list":                   {".json", `[1]`},
		"deep JSON":                {".json", strings.Repeat(`{"category":[`, 50_000)},
		"another kind":             {".txt", `x`},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if got, err := source.ParseSidecar(c.kind, []byte(c.text)); err == nil || got != (engine.Provenance{}) {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
}

func TestFilesBesidePhotosDescribeThem(t *testing.T) {
	dir := tree(t, map[string]string{
		"a.jpg": "a", "a.xmp": xmp, "a.jpg.json": gallery, // XMP first, JSON for the rest
		"b.jpg": "b", "b.jpg.supplemental-me.json": takeout,
		"c(1).jpg": "c", "c.jpg(1).json": takeout, "c.jpg": "c", "c.jpg.supplemental-metadata(2).json": takeout, "c(2).jpg": "c",
		"film.webp": "f", "film.info.json": ytdlp,
		"d.jpg": "d", "d.json": `{"unknown":1}`,
		"e.xmp": xmp, "f.json": gallery, // beside nothing
		"big.jpg": "g", "big.jpg.json": strings.Repeat(" ", 17<<20),
	})
	type told struct{ key, title, page, err string }
	var got []told
	for _, it := range offered(t, dir) {
		got = append(got, told{strings.TrimPrefix(it.Key, dir+"/"), it.Source.ImageTitle, it.Source.PageTitle, engine.MessageOf(it.Err)})
	}
	const bad = "the file that describes a photo is damaged, or of no program that is known; the photo is read without it"
	want := []told{{"a.jpg", "The fair & more", "Fair", ""}, {"b.jpg", "At the gate", "", ""}, {"big.jpg.json", "", "", "the file that describes a photo is larger than the limit"}, {"big.jpg", "", "", ""},
		{"c(1).jpg", "At the gate", "", ""}, {"c(2).jpg", "At the gate", "", ""}, {"c.jpg", "", "", ""}, {"d.json", "", "", bad}, {"d.jpg", "", "", ""},
		{"e.xmp", "", "", ""}, {"f.json", "", "", ""}, {"film.webp", "", "The fair, filmed", ""}}
	if d := cmp.Diff(want, got, cmp.AllowUnexported(told{})); d != "" {
		t.Error(d)
	}
}

func TestTakeoutCutsTheNamesOfFilesBesideLongNames(t *testing.T) {
	kept := strings.Repeat("é", 46) // characters, not bytes
	dir := tree(t, map[string]string{
		kept + "x.jpg": "a", kept + "x(1).jpg": "b", kept + ".json": takeout, kept + "(1).json": strings.Replace(takeout, "At the gate", "Again", 1),
	})
	got := map[string]string{}
	for _, it := range offered(t, dir) {
		got[filepath.Base(it.Key)] = it.Source.ImageTitle
	}
	if d := cmp.Diff(map[string]string{kept + "x.jpg": "At the gate", kept + "x(1).jpg": "Again"}, got); d != "" {
		t.Error(d)
	}
}

func TestAnEditedSidecarChangesTheVersion(t *testing.T) {
	dir := tree(t, map[string]string{"a.jpg": "a", "a.xmp": xmp})
	before := offered(t, dir)[0]
	if again := offered(t, dir)[0]; again.Version != before.Version {
		t.Errorf("%q, then %q", before.Version, again.Version)
	}
	if err := os.WriteFile(filepath.Join(dir, "a.xmp"), []byte(strings.Replace(xmp, "The fair", "The feast", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if after := offered(t, dir)[0]; after.Version == before.Version || after.Key != before.Key {
		t.Errorf("%q, then %q", before.Version, after.Version)
	}
}

// warc is a record of a picture at an address.
func warc(address, body string) string {
	block := "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n" + body
	return fmt.Sprintf("WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: %s\r\nContent-Type: application/http\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n", address, len(block), block)
}

func TestArchivesAndPagesAreToldByTheirContent(t *testing.T) {
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	for name, text := range map[string]string{"1/index.html": "<img src=index_files/a.png>", "1/index_files/a.png": "x"} {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write([]byte(text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	mhtml := "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n--b\r\nContent-Type: image/png\r\nContent-Location: https://example.org/a.png\r\n\r\nx\r\n--b--\r\n"
	dir := tree(t, map[string]string{
		"1.dat": warc("https://example.org/1.png", "x"), "2.bin": packed.String(), "3.txt": mhtml, "4.html": "\n<p><img src=p.png>", "5": "<!DOCTYPE html><img src=p.png>", "p.png": "x",
		"6.svg": `<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>`, "7.html": "file,url\np.png,\n",
	})
	cases := map[string]string{"1.dat": "1.dat#byte0 https://example.org/1.png", "2.bin": "2.bin#1/index_files/a.png", "3.txt": "3.txt#part1 https://example.org/a.png",
		"4.html": "p.png on " + filepath.Join(dir, "4.html"), "5": "p.png on " + filepath.Join(dir, "5"), "6.svg": "6.svg", "7.html": "p.png"}
	for name, want := range cases {
		t.Run(name, func(t *testing.T) {
			got := offered(t, filepath.Join(dir, name))
			if len(got) != 1 || got[0].Key != filepath.Join(dir, "")+"/"+want || got[0].Err != nil {
				t.Fatalf("%+v, want %s", got, want)
			}
			in, err := got[0].Open(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			_ = in.Close()
		})
	}
	if _, err := source.Open(filepath.Join(tree(t, map[string]string{"x.zip": "PK\x05\x06" + strings.Repeat("\x00", 18)}), "x.zip")); engine.CodeOf(err) != engine.CodeUnsupported {
		t.Errorf("an empty ZIP file: %v", err)
	}
}

func TestAFolderGivesWhatItsArchivesAndPagesHold(t *testing.T) {
	dir := tree(t, map[string]string{
		"a.jpg": "a", "crawl.warc": warc("https://example.org/1.png", "x") + warc("https://example.org/2.png", "y"),
		"page.html": "<title>P</title><img src=page_files/i.png>", "page_files/i.png": "x", "page_files/s.css": "body{}",
		"alone_files/j.png": "x", "note.gz": "no gzip", "bad.zip": "PK\x03\x04",
	})
	var got []string
	for _, it := range offered(t, dir) {
		got = append(got, strings.ReplaceAll(it.Key, dir+"/", "")+" "+engine.MessageOf(it.Err))
	}
	want := []string{"page_files/i.png on page.html ", "a.jpg ", "alone_files/j.png ", "bad.zip the ZIP file is damaged", "crawl.warc#byte0 https://example.org/1.png ", "crawl.warc#byte178 https://example.org/2.png ", "note.gz "}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestTheFolderBesideAFileThatIsNoPageIsRead(t *testing.T) {
	dir := tree(t, map[string]string{
		"empty.html": "", "empty_files/a.jpg": "a", "note.htm": "Not found", "note_files/b.jpg": "b", "list.html": "file\nlist_files/c.jpg\n", "list_files/c.jpg": "c",
		"page.html": "<p>", "page_files/d.png": "no picture",
	})
	var got []string
	for _, it := range offered(t, dir) {
		got = append(got, strings.ReplaceAll(it.Key, dir+"/", ""))
	}
	if d := cmp.Diff([]string{"empty.html", "list.html", "note.htm", "empty_files/a.jpg", "list_files/c.jpg", "note_files/b.jpg"}, got); d != "" {
		t.Error(d)
	}
}

func TestPagesOfAMirroredSiteGiveTheirWordsToItsImages(t *testing.T) {
	dir := tree(t, map[string]string{
		"example.org/index.html": "<title>Home</title><img src=img/a.png alt=A>", "example.org/img/a.png": "a", "example.org/img/b.png": "b",
		"example.org/news/1.html": "<title>News</title><img src=../img/b.png alt=B><img src=../../../secret.png>",
	})
	var got []string
	for _, it := range offered(t, dir) {
		got = append(got, strings.Join([]string{strings.ReplaceAll(strings.ReplaceAll(it.Key, dir+"/", ""), filepath.Dir(dir)+"/", "../"), it.Source.PageTitle, it.Source.ImageTitle, engine.MessageOf(it.Err)}, "|"))
	}
	want := []string{"example.org/img/a.png on example.org/index.html|Home|A|", "example.org/img/a.png|||", "example.org/img/b.png|||",
		"example.org/img/b.png on example.org/news/1.html|News|B|", "../secret.png on example.org/news/1.html|News||the path leads outside the folder"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func FuzzSidecar(f *testing.F) {
	for _, seed := range []string{xmp, takeout, gallery, ytdlp} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, kind := range []string{".xmp", ".json"} {
			p, err := source.ParseSidecar(kind, []byte(text))
			if err != nil && p != (engine.Provenance{}) {
				t.Fatal("something was read beside an error")
			}
			if p.Place != nil && !p.Place.Valid() {
				t.Fatalf("no place on the globe: %v", *p.Place)
			}
		}
	})
}
