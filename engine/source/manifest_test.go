package source_test

import (
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

// manifest writes a manifest beside two photos and gives its path.
func manifest(t *testing.T, name, text string) (dir, path string) {
	t.Helper()
	dir = t.TempDir()
	write(t, dir, map[string]string{"img/1.jpg": "ONE", "img/2.jpg": "TWO", "z.jpg": "Z", name: text})
	return dir, filepath.Join(dir, name)
}

func TestManifestFormsSayTheSame(t *testing.T) {
	forms := map[string]string{
		"comma.csv": "file,url,page_url,page_title,image_title,captured_at,lat,lon\n" +
			"img/1.jpg,https://example.org/1.jpg,https://example.org/p,\"Fair, \"\"2024\"\"\",At the gate,2024-05-31T14:05:00+02:00,48.8566,2.3522\n",
		"semicolon.csv": "\xEF\xBB\xBFFILE; Url ;page_url;page_title;image_title;captured_at;lat;lon;remark\r\n" +
			"img/1.jpg;https://example.org/1.jpg;https://example.org/p;\"Fair, \"\"2024\"\"\";\"At\nthe gate\";2024-05-31 12:05:00;48,8566;2,3522;x\r\n;;;;;;;;\r\n",
		"excel.csv": "sep=;\nlon;lat;captured_at;image_title;page_title;page_url;url;file\n" +
			"2.3522;48.8566;2024-05-31T12:05:00;At the gate;\"Fair, \"\"2024\"\"\";https://example.org/p;https://example.org/1.jpg;./img/1.jpg",
		"tab.tsv": "file\turl\tpage_url\tpage_title\timage_title\tcaptured_at\tlat\tlon\n" +
			"img/1.jpg\thttps://example.org/1.jpg\thttps://example.org/p\tFair, \"2024\"\tAt the gate\t2024-05-31T12:05:00Z\t48.8566\t2.3522\n",
		"list.txt": "file,url,page_url,page_title,image_title,captured_at,lat,lon\n" +
			"img/1.jpg,https://example.org/1.jpg,https://example.org/p,\"Fair, \"\"2024\"\"\",At the gate,2024-05-31 12:05:00,48.8566,2.3522\n",
		"lines.jsonl": `{"file":"img/1.jpg","url":"https://example.org/1.jpg","page_url":"https://example.org/p","page_title":"Fair, \"2024\"",` +
			`"image_title":"At the gate","captured_at":"2024-05-31T14:05:00+02:00","lat":48.8566,"lon":"2.3522","other":[1]}` + "\n\n",
		"lines": `  {"file":"img/1.jpg","url":"https://example.org/1.jpg","page_url":"https://example.org/p","page_title":"Fair, \"2024\"",` +
			`"image_title":"At the gate","captured_at":"2024-05-31 12:05:00","lat":48.8566,"lon":2.3522}`,
	}
	for name, text := range forms {
		t.Run(name, func(t *testing.T) {
			dir, path := manifest(t, name, text)
			file := filepath.Join(dir, "img", "1.jpg")
			got := items(t, path)
			if len(got) != 1 {
				t.Fatalf("items = %v", told(dir, got))
			}
			want := engine.Provenance{File: file, URL: "https://example.org/1.jpg", PageURL: "https://example.org/p",
				PageTitle: `Fair, "2024"`, ImageTitle: "At the gate", CapturedAt: time.Date(2024, 5, 31, 12, 5, 0, 0, time.UTC),
				Place: &engine.Place{Lat: 48.8566, Lon: 2.3522}}
			if d := cmp.Diff(want, got[0].Source); d != "" {
				t.Error(d)
			}
			if got[0].Key != file+" from https://example.org/1.jpg on https://example.org/p" || content(t, got[0]) != "ONE" {
				t.Errorf("key = %q", got[0].Key)
			}
		})
	}
}

func TestManifestRowsFailAlone(t *testing.T) {
	rows := []string{
		"img/1.jpg,,,",
		",https://example.org/,,",                   // 3
		"../z.jpg,,,",                               // 4
		"img/../../z.jpg,,,",                        // 5
		"img/1.jpg,ftp://example.org/,,",            // 6
		"img/1.jpg,https:///nohost,,",               // 7
		"img/1.jpg,https://me:pw@example.org/,,",    // 8
		"img/1.jpg,,31/05/2024,",                    // 9
		"img/1.jpg,,0031-05-31,",                    // 10
		"img/1.jpg,,,91",                            // 11: no lon
		"img/1.jpg,,,,,too many",                    // 12
		`"img/1.jpg,,,`,                             // 13: quote not closed
		"img/1.jpg,https://" + long(5000) + ".com/", // 14
		long(5000) + ".jpg",                         // 15
		"img/\x01.jpg",                              // 16
		"img/\xe9.jpg",                              // 17
		strings.Repeat("y", 2<<20),                  // 18
		"",                                          // 19: blank
		"img/missing.jpg",
		"img",
		"img/2.jpg",
	}
	dir, path := manifest(t, "m.csv", "file,url,captured_at,lat,lon\n"+strings.Join(rows, "\n"))
	const url = "the row's web address is not one of http or https"
	want := []string{
		"img/1.jpg",
		"m.csv#row3: the row names no file",
		"m.csv#row4: a relative path must stay inside the manifest's folder",
		"m.csv#row5: a relative path must stay inside the manifest's folder",
		"m.csv#row6: " + url,
		"m.csv#row7: " + url,
		"m.csv#row8: the row's web address holds a user name",
		"m.csv#row9: the row's date is not written like 2024-05-31 or 2024-05-31T14:05:00Z",
		"m.csv#row10: the row's date is not written like 2024-05-31 or 2024-05-31T14:05:00Z",
		"m.csv#row11: the row's lat and lon are not a place in degrees",
		"m.csv#row12: the row has more cells than the first line names",
		"m.csv#row13: a quote in the row is not closed",
		"m.csv#row14: the row's web address is longer than the limit",
		"m.csv#row15: the row's path is longer than the limit",
		"m.csv#row16: the row's path holds control characters",
		"m.csv#row17: the manifest must be UTF-8 text",
		"m.csv#row18: the row is longer than the limit",
		"img/missing.jpg: the file does not exist",
		"img: a folder stands where a file is expected",
		"img/2.jpg",
	}
	if d := cmp.Diff(want, told(dir, items(t, path))); d != "" {
		t.Error(d)
	}
}

func long(n int) string { return strings.Repeat("x", n) }

func TestManifestJSONRowsFailAlone(t *testing.T) {
	rows := []string{
		`{"file":"img/1.jpg","lat":null,"lon":null}`,
		`{"url":"https://example.org/"}`, `{"file":["a"]}`, `{"file":true}`, `not json`, `[1]`, `null`, "{\"file\":\"\xff\"}",
		`{"file":"img/1.jpg","lat":"NaN","lon":1}`, `{"file":"img/1.jpg","lat":1e999,"lon":1}`,
		`{"file":"img/1.jpg","page_title":"` + long(3000) + `"}`, `{"file":"img/2.jpg"}`,
	}
	dir, path := manifest(t, "m.jsonl", strings.Join(rows, "\n"))
	want := []string{
		"img/1.jpg",
		"m.jsonl#row2: the row names no file",
		"m.jsonl#row3: a value of the row is neither text nor a number",
		"m.jsonl#row4: a value of the row is neither text nor a number",
		"m.jsonl#row5: the row is not a JSON object",
		"m.jsonl#row6: the row is not a JSON object",
		"m.jsonl#row7: the row is not a JSON object",
		"m.jsonl#row8: the manifest must be UTF-8 text",
		"m.jsonl#row9: the row's lat and lon are not a place in degrees",
		"m.jsonl#row10: the row's lat and lon are not a place in degrees",
		"m.jsonl#row11: a title of the row is longer than the limit",
		"img/2.jpg",
	}
	if d := cmp.Diff(want, told(dir, items(t, path))); d != "" {
		t.Error(d)
	}
}

func TestManifestStaysInItsFolder(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"secret.jpg": "S", "m/in.jpg": "IN",
		"m/m.csv": "file\nout.jpg\nabs.jpg\nlinked.jpg\ndirlink/secret.jpg\n" + filepath.Join(dir, "secret.jpg") + "\n"})
	must(t, os.Symlink("../secret.jpg", filepath.Join(dir, "m", "out.jpg")))
	must(t, os.Symlink(filepath.Join(dir, "m", "in.jpg"), filepath.Join(dir, "m", "abs.jpg")))
	must(t, os.Symlink("in.jpg", filepath.Join(dir, "m", "linked.jpg")))
	must(t, os.Symlink("..", filepath.Join(dir, "m", "dirlink")))
	got := items(t, filepath.Join(dir, "m", "m.csv"))
	const outside = ": the path leads outside the folder"
	want := []string{"m/out.jpg" + outside, "m/abs.jpg" + outside, "m/linked.jpg", "m/dirlink/secret.jpg" + outside, "secret.jpg"}
	if d := cmp.Diff(want, told(dir, got)); d != "" {
		t.Error(d)
	}
	if content(t, got[2]) != "IN" || content(t, got[4]) != "S" {
		t.Error("links inside the folder and absolute paths are read")
	}
}

func TestManifestKeysAndVersions(t *testing.T) {
	dir, path := manifest(t, "m.csv", "file,url,page_title\nimg/1.jpg,,\nimg/1.jpg,,\nimg/2.jpg,https://example.org/2.jpg,Old\n")
	before := items(t, path)
	if d := cmp.Diff([]string{"img/1.jpg", "img/1.jpg #2", "img/2.jpg from https://example.org/2.jpg"}, told(dir, before)); d != "" {
		t.Error(d)
	}
	if plain := items(t, filepath.Join(dir, "img"))[0]; plain.Key != before[0].Key || plain.Version != before[0].Version {
		t.Error("a row that only names a file is the same item as in its folder")
	}
	write(t, dir, map[string]string{"m.csv": "file,url,page_title\nz.jpg,,\nimg/2.jpg,https://example.org/2.jpg,New\nimg/1.jpg,,\n"})
	after := items(t, path)
	if after[1].Key != before[2].Key || after[1].Version == before[2].Version {
		t.Error("an edited title keeps the key and changes the version")
	}
	if after[2].Key != before[0].Key || after[2].Version != before[0].Version {
		t.Error("a moved row is the same item in the same version")
	}
}

func TestManifestQuotesMayNotSwallowTheRest(t *testing.T) {
	text := "file,page_title\n"
	for range 300 {
		text += "img/1.jpg,\"never closed\n"
	}
	dir, path := manifest(t, "m.csv", text+"img/2.jpg,fine\n")
	got := told(dir, items(t, path))
	if len(got) != 301 || got[300] != "img/2.jpg" || got[0] != "m.csv#row2: a quote in the row is not closed" {
		t.Errorf("%d rows, last %q", len(got), got[len(got)-1])
	}
}

func TestManifestHasARowLimit(t *testing.T) {
	_, path := manifest(t, "m.csv", "file\n"+strings.Repeat("\"\"\n", 1_000_001))
	got := items(t, path)
	if len(got) != 1 || engine.CodeOf(got[0].Err) != engine.CodeLimit {
		t.Errorf("items = %+v", got)
	}
}

func TestManifestThatVanishesOrChangesIsAFailure(t *testing.T) {
	_, path := manifest(t, "m.csv", "file\nz.jpg\n")
	s := open(t, path)
	for _, change := range []func() error{
		func() error { return os.WriteFile(path, []byte("nothing"), 0o600) },
		func() error { return os.Remove(path) },
	} {
		must(t, change())
		n := 0
		for it := range s.Items(t.Context()) {
			if n++; it.Key != path || it.Err == nil {
				t.Errorf("item = %+v", it)
			}
		}
		if n != 1 {
			t.Errorf("%d items", n)
		}
	}
}

// FuzzManifest: whatever stands in a manifest, rows never panic, keys differ, and what is offered lies inside the
// folder or was named absolutely, with a proper address and place.
func FuzzManifest(f *testing.F) {
	for _, seed := range []string{
		"file,url\nz.jpg,https://example.org/\n", "file;lat;lon\r\nz.jpg;1,5;2\r\n", "sep=;\nfile\n\"z.jpg\"\n", "file\n\"z\n.jpg\"\nz.jpg",
		"file,page_title\nz.jpg,a \"b\" c\nz.jpg,\"a\"b\"\nz.jpg,\"\n", "\xEF\xBB\xBFfile\tcaptured_at\nz.jpg\t2024-05-31\n",
		`{"file":"z.jpg","lat":1,"lon":2}`, "{\"file\":\"z.jpg\"}\n{\"file\":1e5}\n{\"file\":\"\\u0000\"}", `{"file":"../z.jpg","url":"http://a b/"}`,
		"file\n../../z.jpg\n/z.jpg\n", "file,file\n", "\"\",file\n,z.jpg\n",
	} {
		f.Add(seed, true)
		f.Add(seed, false)
	}
	dir := f.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "z.jpg"), nil, 0o600); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string, csv bool) {
		path := filepath.Join(dir, fmt.Sprintf("m%d.jsonl", os.Getpid()))
		if csv {
			path = strings.TrimSuffix(path, "jsonl") + "csv"
		}
		must(t, os.WriteFile(path, []byte(text), 0o600))
		s, err := source.Open(path)
		if err != nil {
			if engine.MessageOf(err) == "" {
				t.Fatalf("an error without a message: %v", err)
			}
			return
		}
		checkItems(t, s, dir, strings.Count(text, "\n")+1)
	})
}

func checkItems(t *testing.T, s engine.Source, dir string, most int) {
	keys := map[string]bool{}
	for it := range s.Items(t.Context()) {
		if it.Key == "" || keys[it.Key] || len(keys) >= most {
			t.Fatalf("key %q is empty, repeated or one too many", it.Key)
		}
		keys[it.Key] = true
		if it.Err != nil {
			if engine.MessageOf(it.Err) == "" {
				t.Fatalf("an error without a message: %v", it.Err)
			}
			continue
		}
		p := it.Source
		if !filepath.IsAbs(p.File) || strings.Contains(p.File, "..") && strings.HasPrefix(p.File, dir) {
			t.Fatalf("file %q", p.File)
		}
		for _, u := range []string{p.URL, p.PageURL} {
			if u != "" && !strings.HasPrefix(strings.ToLower(u), "http") {
				t.Fatalf("address %q", u)
			}
		}
		if p.Place != nil && !p.Place.Valid() {
			t.Fatalf("place %v", p.Place)
		}
	}
}
