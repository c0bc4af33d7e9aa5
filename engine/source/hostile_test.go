package source_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gabarit/engine"
)

// TestFoldersInsideOneAnotherEnd: an archive unpacked without care may leave such a tree.
func TestFoldersInsideOneAnotherEnd(t *testing.T) {
	dir := t.TempDir()
	deep := filepath.Join(dir, strings.Repeat("d/", 150))
	must(t, os.MkdirAll(deep, 0o755))
	must(t, os.WriteFile(filepath.Join(deep, "a.jpg"), nil, 0o600))
	must(t, os.WriteFile(filepath.Join(dir, "z.jpg"), nil, 0o600))
	got := items(t, dir)
	if len(got) != 2 || engine.MessageOf(got[0].Err) != "folders are nested deeper than the limit; this one was not read" || got[1].Err != nil {
		t.Errorf("%+v", got)
	}
	if n := strings.Count(strings.TrimPrefix(got[0].Key, dir), "/"); n != 101 {
		t.Errorf("the %dth folder is refused, want the 101st", n)
	}
}

// TestASidecarWithAVeryLongListIsRead: only its first name is wanted.
func TestASidecarWithAVeryLongListIsRead(t *testing.T) {
	long := `{"category":"x","extension":"jpg","author":["Ann"` + strings.Repeat(`,0`, 3<<20) + `]}`
	dir := tree(t, map[string]string{"a.jpg": "a", "a.json": long, "b.jpg": "b"})
	got := offered(t, dir)
	if len(got) != 2 || got[0].Source.Author != "Ann" || got[1].Err != nil {
		t.Errorf("%+v", got)
	}
}

// TestWhatIsHostileInAFolderFailsAlone: each beside a photo that is read.
func TestWhatIsHostileInAFolderFailsAlone(t *testing.T) {
	many := "PK\x03\x04" + strings.Repeat("\xff", 1<<20)
	dir := tree(t, map[string]string{
		"a.jpg": "a", "a.xmp": `<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>` + strings.Replace(xmp, "The fair", "&b;", 1),
		"b.warc": "WARC/1.0\r\nX: " + strings.Repeat("x", 70_000), "c.zip": many, "d.html": "<img src='../../../etc/passwd'>", "z.jpg": "z",
		"e.mhtml": "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n--b\r\nX: " + strings.Repeat("x", 70_000) + "\r\n",
	})
	must(t, os.Symlink("/etc/passwd", filepath.Join(dir, "f.jpg")))
	var got []string
	for _, it := range items(t, dir) {
		got = append(got, fmt.Sprintf("%s %s", filepath.Base(strings.TrimPrefix(it.Key, dir)), engine.MessageOf(it.Err)))
	}
	want := []string{
		"d.html the path leads outside the folder", "a.xmp the file that describes a photo is damaged, or of no program that is known; the photo is read without it", "a.jpg ",
		"b.warc#byte0 a header of the archive is larger than the limit", "c.zip the ZIP file is damaged",
		"e.mhtml#part1 a header of the file is larger than the limit", "f.jpg symbolic links are not followed", "z.jpg ",
	}
	if g, w := strings.Join(got, "\n"), strings.Join(want, "\n"); g != w {
		t.Errorf("items:\n%s\nwant:\n%s", g, w)
	}
}
