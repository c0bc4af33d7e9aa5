package archive_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"gabarit/engine"
	"gabarit/engine/source/archive"
)

// pack writes a ZIP file; names that end with "+" are compressed, without the plus.
func pack(t testing.TB, files map[string][]byte) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		h := &zip.FileHeader{Name: strings.TrimSuffix(name, "+"), Method: zip.Store}
		if h.Name != name {
			h.Method = zip.Deflate
		}
		w, err := z.CreateHeader(h)
		if err == nil {
			_, err = w.Write(files[name])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func sum(b []byte) string {
	s := sha256.Sum256(b)
	return "sha256:" + hex.EncodeToString(s[:])
}

// listed adds datapackage.json and its digest to the files of a WACZ.
func listed(files map[string][]byte) map[string][]byte {
	type resource struct {
		Name  string `json:"name"`
		Path  string `json:"path"`
		Hash  string `json:"hash"`
		Bytes int    `json:"bytes"`
	}
	var list struct {
		Profile   string     `json:"profile"`
		Resources []resource `json:"resources"`
	}
	list.Profile = "data-package"
	for _, name := range slices.Sorted(maps.Keys(files)) {
		list.Resources = append(list.Resources, resource{name, strings.TrimSuffix(name, "+"), sum(files[name]), len(files[name])})
	}
	text, err := json.Marshal(list)
	if err != nil {
		panic(err)
	}
	out := maps.Clone(files)
	out["datapackage.json"] = text
	out["datapackage-digest.json"] = fmt.Appendf(nil, `{"path":"datapackage.json","hash":%q}`, sum(text))
	return out
}

// indexed gives the lines of an index of per-record archives by name.
func indexed(name string, recs ...rec) []byte {
	var out bytes.Buffer
	off := 0
	for i, r := range recs {
		n := len(warcOne(i, r))
		mime, status := "warc/other", "-"
		if head, _, ok := bytes.Cut(r.block, []byte("\r\n\r\n")); ok && r.kind == "response" {
			status = string(bytes.Fields(head)[1])
			_, rest, _ := bytes.Cut(head, []byte("Content-Type: "))
			line, _, _ := bytes.Cut(rest, []byte("\r\n"))
			media, _, _ := strings.Cut(string(line), ";")
			mime = media
		}
		if r.kind == "response" {
			fmt.Fprintf(&out, "org,example)/%d 20240531140500 {\"url\":%q,\"mime\":%q,\"status\":%q,\"length\":\"%d\",\"offset\":\"%d\",\"filename\":%q}\n", i, r.url, mime, status, n, off, name)
		}
		off += n
	}
	return out.Bytes()
}

func TestWACZ(t *testing.T) {
	recs := fairRecords()
	data := bytes.Join(manyOne(recs), nil)
	cdx := indexed("data.warc.gz", recs...)
	pages := []byte(`{"format":"json-pages-1.0","id":"pages"}` + "\n" + `{"id":"p1","url":"https://example.org/fair/","title":"The fair, as seen","text":"` + strings.Repeat("x", 70_000) + `"}` + "\n")
	good := map[string][]byte{"archive/data.warc.gz": data, "indexes/index.cdxj": cdx, "pages/pages.jsonl": pages}
	const on = " | https://example.org/fair/ | The fair, as seen | "
	all := []string{"https://example.org/a.png" + on + "At the gate", "https://example.org/fair/b.png" + on + "The band", "https://cdn.example.net/c.png" + on + "The mayor", "https://example.org/d.png |  |  | "}
	with := func(change func(m map[string][]byte)) map[string][]byte {
		m := maps.Clone(good)
		change(m)
		return m
	}
	after := func(change func(m map[string][]byte)) map[string][]byte {
		m := listed(good)
		change(m)
		return m
	}
	renamed := strings.NewReplacer("The fair, as seen", "Summer fair")
	titled := make([]string, len(all))
	for i := range all {
		titled[i] = renamed.Replace(all[i])
	}
	said := func(msg string, more ...string) []string {
		return append([]string{" |  |  |  ! " + msg}, more...)
	}
	cases := map[string]struct {
		files map[string][]byte
		want  []string
	}{
		"as it should be":                {listed(good), all},
		"a compressed index":             {listed(with(func(m map[string][]byte) { m["indexes/index.cdx.gz"] = gzipped(cdx); delete(m, "indexes/index.cdxj") })), all},
		"an index compressed by the ZIP": {listed(with(func(m map[string][]byte) { m["indexes/index.cdxj+"] = cdx; delete(m, "indexes/index.cdxj") })), all},
		"without an index":               {listed(with(func(m map[string][]byte) { delete(m, "indexes/index.cdxj") })), all},
		"an empty index":                 {listed(with(func(m map[string][]byte) { m["indexes/index.cdxj"] = nil })), all},
		"an index of another form": {listed(with(func(m map[string][]byte) {
			m["indexes/index.cdxj"] = []byte(" CDX N b a m s k r M S V g\norg,example)/ 20240531 https://example.org/ text/html 200 X - - 100 0 data.warc.gz\n")
		})), said("lines of the archive's index can't be understood; images that only they name may be missing", all...)},
		"an index that is one long line": {listed(with(func(m map[string][]byte) {
			m["indexes/index.cdx.gz"] = gzipped(bytes.Repeat([]byte("a"), 5<<20))
			delete(m, "indexes/index.cdxj")
		})), said("lines of the archive's index can't be understood; images that only they name may be missing", all...)},
		"without a list of pages":      {listed(with(func(m map[string][]byte) { delete(m, "pages/pages.jsonl") })), titled},
		"what the index does not name": {listed(with(func(m map[string][]byte) { m["indexes/index.cdxj"] = indexed("data.warc.gz", recs[:2]...) })), []string{"https://example.org/a.png |  |  | "}},
		"an index of another file":     {listed(with(func(m map[string][]byte) { m["indexes/index.cdxj"] = indexed("gone.warc.gz", recs...) })), said("the archive's index names records of files that are not in it, or not used", all...)},
		"an index of wrong places": {listed(with(func(m map[string][]byte) {
			m["indexes/index.cdxj"] = bytes.ReplaceAll(indexed("data.warc.gz", recs[1]), []byte(`"offset":"0"`), []byte(`"offset":"3"`))
		})), said("no record of the archive begins where one should")},
		"a WARC file that was changed":      {after(func(m map[string][]byte) { b := bytes.Clone(data); b[len(b)/2] ^= 1; m["archive/data.warc.gz"] = b }), said("a file of the archive does not match its digest, and is not read", said("the archive's index names records of files that are not in it, or not used")...)},
		"a WARC file that is not listed":    {after(func(m map[string][]byte) { m["archive/more.warc.gz"] = data }), said("the archive lists no digest of this file, which is not read", all...)},
		"a list of files that was changed":  {after(func(m map[string][]byte) { m["datapackage.json"] = append(m["datapackage.json"], ' ') }), said("the archive's list of files was changed after it was made", all...)},
		"without a list of files":           {with(func(m map[string][]byte) {}), said("the archive has no proper list of its files; their digests could not be checked", all...)},
		"a listed file that is missing":     {after(func(m map[string][]byte) { delete(m, "pages/pages.jsonl") }), said("a file that the archive lists is not in it", titled...)},
		"a WARC file compressed by the ZIP": {listed(map[string][]byte{"archive/data.warc.gz+": data}), said("a WARC file is compressed by the ZIP file around it, so that its records can't be reached")},
		"two WARC files of one name":        {listed(with(func(m map[string][]byte) { m["archive/more/data.warc.gz"] = data; m["../../evil"] = data })), said("two files of the archive have the same name", all...)},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			src, err := archive.OpenZIP(write(t, "x.wacz", pack(t, c.files)))
			if err != nil {
				t.Fatal(err)
			}
			wantLines(t, items(t, src), c.want...)
		})
	}
}

func TestThePlaceInAWACZIsTold(t *testing.T) {
	recs := fairRecords()
	path := write(t, "x.wacz", pack(t, listed(map[string][]byte{"archive/data.warc.gz": bytes.Join(manyOne(recs), nil)})))
	src, err := archive.OpenZIP(path)
	if err != nil {
		t.Fatal(err)
	}
	got := items(t, src)[0]
	at := len(warcOne(0, recs[0]))
	if want := fmt.Sprintf("archive/data.warc.gz:byte%d", at); got.Source.Part != want || got.Source.File != path || got.Key != path+"#"+want+" https://example.org/a.png" {
		t.Errorf("%q in %q, key %q; want %q", got.Source.Part, got.Source.File, got.Key, want)
	}
}

func TestZIPFilesThatAreRefused(t *testing.T) {
	many := map[string][]byte{}
	for i := range 60_000 {
		many[fmt.Sprintf("%0100d", i)] = nil
	}
	cases := map[string]struct {
		data []byte
		code engine.Code
	}{
		"no archive at all":    {pack(t, map[string][]byte{"word/document.xml": []byte("<w/>")}), engine.CodeUnsupported},
		"more names than fit":  {pack(t, many), engine.CodeLimit},
		"no ZIP":               {[]byte("PK\x03\x04 and then nothing"), engine.CodeCorrupt},
		"a page outside of it": {pack(t, map[string][]byte{"../index.html": []byte("<p>")}), engine.CodeUnsupported},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if _, err := archive.OpenZIP(write(t, "x.zip", c.data)); engine.CodeOf(err) != c.code {
				t.Errorf("%v, want %s", err, c.code)
			}
		})
	}
}

func TestMAFF(t *testing.T) {
	const about = `<?xml version="1.0"?><!DOCTYPE RDF [<!ENTITY x "xxxxxxxx">]>
<RDF:RDF xmlns:MAF="http://maf.mozdev.org/metadata/rdf#" xmlns:NC="http://home.netscape.com/NC-rdf#" xmlns:RDF="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<RDF:Description RDF:about="urn:root"><MAF:originalurl RDF:resource="https://example.org/fair/"/><MAF:title RDF:resource="Fair"/>
<MAF:archivetime RDF:resource="Fri, 31 May 2024 14:05:00 +0200"/></RDF:Description></RDF:RDF>`
	data := pack(t, map[string][]byte{
		"100/index.html+":           []byte(`<title>Fair</title><img src="index_files/a.png" alt="Gate"><img src="../../etc/passwd"><img src="index_files/gone.png">`),
		"100/index.rdf":             []byte(about),
		"100/index_files/a.png+":    drawn(1),
		"100/index_files/bg.png":    drawn(2),
		"100/index_files/style.css": []byte("body{}"),
		"200/index.html":            []byte(`<title>Other</title><img src="index_files/b.png">`),
		"200/index_files/b.png":     drawn(3),
		"evil/../index.html":        []byte(`<img src=x.png>`),
	})
	src, err := archive.OpenZIP(write(t, "x.maff", data))
	if err != nil {
		t.Fatal(err)
	}
	got := items(t, src)
	const on = " | https://example.org/fair/ | Fair | "
	wantLines(t, got, on+"Gate", on+" ! the path leads outside the folder", on+" ! the image was not saved with the page", on, " |  | Other | ")
	if p := got[0].Source; p.Part != "100/index_files/a.png" || p.ArchivedAt.Format("2006-01-02T15:04") != "2024-05-31T12:05" {
		t.Errorf("%+v", p)
	}
	if data, err := read(got[0]); err != nil || !bytes.Equal(data, drawn(1)) {
		t.Errorf("%d bytes, %v", len(data), err)
	}
}

func TestAHugeHeaderDoesNotHideTheRecordsBehindIt(t *testing.T) {
	recs := []rec{{kind: "response", url: "https://example.org/9.png", extra: "X: " + strings.Repeat("x", 70_000) + "\r\n", block: answer("200 OK", "Content-Type: image/png\r\n", drawn(9))}, good(2)}
	var data bytes.Buffer
	for i, r := range recs {
		data.Write(warcOne(i, r))
	}
	files := listed(map[string][]byte{"archive/a.warc.gz": data.Bytes(), "indexes/index.cdx": indexed("a.warc.gz", recs...)})
	src, err := archive.OpenZIP(write(t, "x.wacz", pack(t, files)))
	if err != nil {
		t.Fatal(err)
	}
	wantLines(t, items(t, src), " |  |  |  ! a header of the archive is larger than the limit", goodLine(2))
}
