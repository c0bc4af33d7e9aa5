package directory_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"gabarit/engine"
	"gabarit/engine/matter"
	"gabarit/engine/rights/directory"
)

// real is the file of the Datenanfragen data that lies beside the project on the developers' machines.
func real(t *testing.T) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "..", "shared", "controllers", "datenanfragen-data.zip"))
	if err != nil {
		t.Skip("../shared/controllers/datenanfragen-data.zip is not there: the import is tested with a made-up directory only")
	}
	return data
}

func record(slug string, more string) string {
	return fmt.Sprintf(`{"slug":%q,"name":"Name of %s","address":"1 Street\nTown\nIreland","relevant-countries":["all"],"quality":"verified","sources":["https://github.com/x"]%s}`, slug, slug, more)
}

// odd are the files of a repository with everything that was met, and worse.
func odd() map[string]string {
	return map[string]string{
		"companies/alpha.json":             record("alpha", `,"web":"https://www.alpha.example/privacy","email":"privacy@alpha.example","runs":["alpha.test shop (alpha-shop.co.uk)","x"]`),
		"companies/beta.json":              record("beta", `,"web":"httsp://beta.example/","new-property":{"a":[1]}`),
		"companies/mdm-de":                 record("mdm-de", ""),
		"companies/wrong-name.json":        record("gamma", `,"email":"no address","runs":["alpha-shop.co.uk"]`),
		"companies/broken.json":            `{"slug":"broken","name":`,
		"companies/list.json":              `[]`,
		"companies/nameless.json":          `{"slug":"nameless"}`,
		"companies/huge.json":              record("huge", `,"comments":["`+strings.Repeat("x", directory.MaxRecord)+`"]`),
		"companies/twice.json":             record("alpha", ""),
		"companies/bad-slug.json":          record("../up", ""),
		"companies/.hidden.json":           record("hidden", ""),
		"companies/deep/er/er.json":        record("deep", ""),
		"obsolete-records/old.json":        `{"slug":"old","reason":"merged","redirect-to":"older"}`,
		"obsolete-records/older.json":      `{"slug":"older","reason":"merged","redirect-to":"alpha"}`,
		"obsolete-records/gone.json":       `{"slug":"gone","reason":"insolvent"}`,
		"obsolete-records/loop.json":       `{"slug":"loop","redirect-to":"loop"}`,
		"supervisory-authorities/one.json": record("one", ""),
		"LICENSE":                          "CC0 1.0 Universal",
	}
}

func zipped(t testing.TB, top string, files map[string]string, more ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	add := func(name, text string) {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write([]byte(text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	names := make([]string, 0, len(files))
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		add(top+name, files[name])
	}
	for _, name := range more {
		add(name, record("evil", ""))
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func said(list []matter.Remark) map[string]string {
	out := map[string]string{}
	for _, r := range list {
		out[r.Item] += r.Reason
	}
	return out
}

func slugs(d directory.Directory) (out []string) {
	for _, c := range d.Controllers {
		out = append(out, c.Slug)
	}
	return out
}

func TestA08AnImportSurvivesTheOddFilesAndFollowsNoPathOut(t *testing.T) {
	evil := []string{"../companies/evil.json", "companies/../../evil.json", "/companies/evil.json", `companies\..\evil.json`, `C:\companies\evil.json`}
	folder := fstest.MapFS{}
	for name, text := range odd() {
		folder["data-master/"+name] = &fstest.MapFile{Data: []byte(text)}
	}
	for name, read := range map[string]func() (directory.Directory, matter.DirectoryReport, error){
		"ZIP with a folder around it": func() (directory.Directory, matter.DirectoryReport, error) {
			return directory.File(zipped(t, "data-master/", odd(), evil...))
		},
		"ZIP without": func() (directory.Directory, matter.DirectoryReport, error) {
			return directory.File(zipped(t, "", odd(), evil...))
		},
		"folder": func() (directory.Directory, matter.DirectoryReport, error) { return directory.Folder(folder) },
	} {
		t.Run(name, func(t *testing.T) {
			dir, report, err := read()
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string{"alpha", "beta", "gamma", "mdm-de"}, slugs(dir)); diff != "" {
				t.Errorf("records (-want +got):\n%s", diff)
			}
			failed, warned := said(report.Failed), said(report.Warnings)
			for item, reason := range map[string]string{"broken.json": "not a record", "list.json": "not a record", "nameless.json": "lacks name", "huge.json": "larger",
				"twice.json": "twice", "bad-slug.json": "lacks name"} {
				if i := slices.IndexFunc(report.Failed, func(r matter.Remark) bool { return strings.HasSuffix(r.Item, "/"+item) }); i < 0 || !strings.Contains(report.Failed[i].Reason, reason) {
					t.Errorf("%s is to be refused because %q: %v", item, reason, failed)
				}
			}
			if name != "folder" {
				for _, path := range evil {
					if !strings.Contains(failed[path], "leads out") {
						t.Errorf("%s is not refused: %v", path, failed)
					}
				}
			}
			for item, reason := range map[string]string{"beta.json": "web address", "wrong-name.json": "identifier", "loop": "nowhere"} {
				if i := slices.IndexFunc(report.Warnings, func(r matter.Remark) bool {
					return strings.HasSuffix(r.Item, item) && strings.Contains(r.Reason, reason)
				}); i < 0 {
					t.Errorf("%s needs a warning about %q: %v", item, reason, warned)
				}
			}
			for from, to := range map[string]string{"old": "alpha", "older": "alpha", "beta": "beta", "gone": "", "loop": "", "never": ""} {
				if c, ok := dir.Find(from); ok != (to != "") || c.Slug != to {
					t.Errorf("%s leads to %q, want %q", from, c.Slug, to)
				}
			}
			if beta, _ := dir.Find("beta"); beta.Web != "httsp://beta.example/" {
				t.Errorf("the odd address is to be kept: %+v", beta)
			}
		})
	}
}

func TestTheRealDirectoryIsReadWhole(t *testing.T) {
	dir, report, err := directory.File(real(t))
	if err != nil {
		t.Fatal(err)
	}
	if len(dir.Controllers) != 3070 || len(report.Failed) != 0 {
		t.Errorf("%d records, want 3,070; refused: %v", len(dir.Controllers), report.Failed)
	}
	if _, ok := dir.Find("mdm-de"); !ok {
		t.Error("the file without an ending was not read")
	}
	if !slices.ContainsFunc(report.Warnings, func(r matter.Remark) bool { return strings.Contains(r.Reason, "web address") }) {
		t.Errorf("no warning about the misspelt address: %v", report.Warnings)
	}
	for address, want := range map[string]string{"https://www.clearview.ai/x": "clearview-ai", "https://www.youtube.com/watch?v=1": "google", "https://www.flickr.com/photos/1": "smugmug",
		"https://vk.com/id1": "vk"} {
		found := directory.Match(dir.Controllers, directory.Query{Pages: []string{address}})
		if !slices.ContainsFunc(found, func(c matter.Candidate) bool { return c.Controller.Slug == want }) {
			t.Errorf("%s: %d candidates, none is %s", address, len(found), want)
		}
	}
	for _, address := range []string{"https://pimeyes.com/", "https://www.ouest-france.fr/x", "https://t.example/meta"} {
		for _, c := range directory.Match(dir.Controllers, directory.Query{Pages: []string{address}}) {
			t.Logf("%s: %s (%d, %s)", address, c.Controller.Slug, c.Weight, c.Why)
		}
	}
	found := directory.Match(dir.Controllers, directory.Query{Images: []string{"https://scontent-cdg2-1.xx.fbcdn.net/v/t1.jpg"}})
	if len(found) == 0 || found[0].Controller.Slug != "facebook" {
		t.Errorf("the pictures of a service lead to %+v", found)
	}
	found = directory.Match(dir.Controllers, directory.Query{Pages: []string{"https://i.pinimg.com/originals/a.jpg"}})
	if len(found) == 0 || found[0].Controller.Slug != "pinterest" {
		t.Errorf("the address of a picture, looked up as that of a page, leads to %+v", found)
	}
}

func TestDirectoriesAsOneFileOfJSON(t *testing.T) {
	array := "[" + record("one", "") + "," + record("two", "") + `,{"slug":"bad"},7]`
	quoted, err := json.Marshal(array)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string]string{
		"an array":                    array,
		"an array behind a mark":      "\ufeff " + array,
		"offline-data.json":           `{"date":"2026-07-21","dump-format":1,"companies":` + string(quoted) + `,"supervisory-authorities":"[]","company-packs":"[]"}`,
		"the same without the quotes": `{"companies":` + array + `}`,
		"by identifier":               `{"companies":{"one":` + record("one", "") + `,"two":` + record("two", "") + `,"bad":{},"worse":7}}`,
	} {
		dir, report, err := directory.File([]byte(data))
		if err != nil || !slices.Equal(slugs(dir), []string{"one", "two"}) || len(report.Failed) != 2 {
			t.Errorf("%s: %v, %v, %v", name, slugs(dir), report.Failed, err)
		}
		if name == "offline-data.json" && report.Source != "2026-07-21" {
			t.Errorf("the directory's date is told as %q", report.Source)
		}
	}
}

func TestWhatIsNoDirectoryIsRefused(t *testing.T) {
	bomb := map[string]string{}
	for i := range 1100 { // each within the limit of a record, all together beyond that of an import
		bomb[fmt.Sprintf("companies/r%d.json", i)] = record(fmt.Sprintf("r%d", i), `,"comments":["`+strings.Repeat(" ", directory.MaxRecord-400)+`"]`)
	}
	for name, c := range map[string]struct {
		data []byte
		want engine.Code
	}{
		"nothing":                {nil, engine.CodeUnsupported},
		"text":                   {[]byte("hello"), engine.CodeUnsupported},
		"an object of something": {[]byte(`{"a":1}`), engine.CodeUnsupported},
		"half an array":          {[]byte(`[` + record("one", "") + `,`), engine.CodeCorrupt},
		"half a ZIP":             {zipped(t, "", odd())[:300], engine.CodeCorrupt},
		"a ZIP without records":  {zipped(t, "", map[string]string{"a.txt": "x"}), engine.CodeNotFound},
		"an empty array":         {[]byte(`[]`), engine.CodeNotFound},
		"far too much":           {zipped(t, "", bomb), engine.CodeLimit},
		"a file beyond all size": {make([]byte, directory.MaxArchive+1), engine.CodeLimit},
	} {
		if _, _, err := directory.File(c.data); engine.CodeOf(err) != c.want {
			t.Errorf("%s: %v, want code %s", name, err, c.want)
		}
	}
}

func TestA07SeveralControllersOfADomainAreAllListed(t *testing.T) {
	all := []matter.Controller{
		{Slug: "z", Name: "Z", Runs: []string{"The shop (shop.example.com)"}, Audience: []string{"de"}, Quality: "scraped"},
		{Slug: "a", Name: "A", Runs: []string{"example.com"}, Audience: []string{"all"}, Quality: "verified"},
		{Slug: "m", Name: "M", Email: "dpo@example.com", Web: "https://other.example"},
		{Slug: "g", Name: "G", Email: "me@gmail.com"},
		{Slug: "x", Name: "X Corp", Runs: []string{"x.com", "meta"}},
	}
	found := directory.Match(all, directory.Query{Pages: []string{"https://www.example.com/p?a=1"}})
	var got []string
	for _, c := range found {
		got = append(got, fmt.Sprintf("%s %d", c.Controller.Slug, c.Weight))
	}
	if diff := cmp.Diff([]string{"a 80", "z 80", "m 50"}, got); diff != "" {
		t.Errorf("candidates (-want +got):\n%s", diff)
	}
	found = directory.Match(all, directory.Query{Pages: []string{"https://www.example.com/"}, Country: "DE"})
	if found[0].Controller.Slug != "z" {
		t.Errorf("the user's country does not sort: %+v", found)
	}
	for _, address := range []string{"https://max.com", "https://gmail.com", "https://metal.example", "https://10.0.0.1/x", "co.uk", "", "::"} {
		if found := directory.Match(all, directory.Query{Pages: []string{address}}); len(found) > 0 {
			t.Errorf("%s leads to %+v", address, found)
		}
	}
}

func TestWhatLeadsToAControllerIsWeighed(t *testing.T) {
	c := matter.Controller{Slug: "c", Name: "C", Web: "https://www.bücher.example/legal", Runs: []string{"Portal: fotos.xn--bcher-kva.test and photo-share.co.uk!"},
		Email: "x@kontakt.example", Sources: []string{"https://lone.example/imprint", "https://github.com/c"}, Domains: []string{"mine.example"}, Origin: matter.OriginImported, NeedsID: true}
	other := matter.Controller{Slug: "o", Name: "O", Sources: []string{"https://github.com/o"}}
	for address, want := range map[string]int{
		"https://xn--bcher-kva.example/x": 110, "HTTPS://WWW.BÜCHER.EXAMPLE:8443/": 110, "https://m.bücher.example": 100, "bücher.example": 110,
		"httsp://www.bücher.example/": 110, "https://cdn.mine.example": 105, "https://a.photo-share.co.uk/x": 80, "https://other.co.uk": 0,
		"https://www.kontakt.example": 50, "https://lone.example": 20, "https://github.com": 0,
	} {
		found := directory.Match([]matter.Controller{other, c}, directory.Query{Pages: []string{address}})
		got := 0
		if len(found) > 0 {
			got = found[0].Weight
		}
		if got != want || len(found) > 0 && (found[0].Why == "" || len(found[0].Warnings) != 2) {
			t.Errorf("%s: %+v, want weight %d", address, found, want)
		}
	}
	found := directory.Match([]matter.Controller{c}, directory.Query{Pages: []string{"https://nobody.example"}, Images: []string{"https://img.bücher.example/1.jpg"}})
	if len(found) != 1 || found[0].Weight != 70 || !strings.Contains(found[0].Why, "picture") {
		t.Errorf("the host of the picture: %+v", found)
	}
}

func FuzzDirectory(f *testing.F) {
	f.Add(zipped(f, "data-master/", odd(), "../companies/evil.json"))
	f.Add([]byte("[" + record("one", "") + "]"))
	f.Add([]byte(`{"companies":"[]"}`))
	f.Add([]byte(`{"date":1,"companies":"{\"a\":{\"slug\":\"a\",\"name\":\"A\",\"runs\":[\"b.example\"]}}"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		dir, report, err := directory.File(data)
		if err != nil {
			if c := engine.CodeOf(err); c == engine.CodeInternal || engine.MessageOf(err) == "" {
				t.Fatalf("error %v", err)
			}
			return
		}
		if len(dir.Controllers) == 0 || len(dir.Controllers) != report.Controllers {
			t.Fatalf("%d controllers, %d reported", len(dir.Controllers), report.Controllers)
		}
		for _, c := range dir.Controllers {
			if c.Slug == "" || c.Name == "" || strings.ContainsAny(c.Slug, "/.\\") || strings.ContainsAny(c.Name+c.Email+c.Web, "\n\x00\x1b") {
				t.Fatalf("controller %+v", c)
			}
			if _, ok := dir.Find(c.Slug); !ok {
				t.Fatalf("%s can't be found", c.Slug)
			}
		}
		directory.Match(dir.Controllers[:min(len(dir.Controllers), 20)], directory.Query{Pages: []string{"https://b.example/" + string(data[:min(len(data), 40)])}, Images: []string{string(data[:min(len(data), 40)])}})
	})
}
