package source_test

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gabarit/engine"
	"gabarit/engine/source"
)

// write makes files below dir; a name that ends in a slash is a folder.
func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, content := range files {
		p := filepath.Join(dir, filepath.FromSlash(name))
		if strings.HasSuffix(name, "/") {
			must(t, os.MkdirAll(p, 0o700))
			continue
		}
		must(t, os.MkdirAll(filepath.Dir(p), 0o700))
		must(t, os.WriteFile(p, []byte(content), 0o600))
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func open(t *testing.T, path string) engine.Source {
	t.Helper()
	s, err := source.Open(path)
	must(t, err)
	return s
}

func items(t *testing.T, path string) []engine.Item {
	t.Helper()
	var out []engine.Item
	for it := range open(t, path).Items(t.Context()) {
		out = append(out, it)
	}
	return out
}

// told says of each item its key below dir and its code.
func told(dir string, items []engine.Item) []string {
	var out []string
	for _, it := range items {
		line := strings.TrimPrefix(it.Key, dir+"/")
		if it.Err != nil {
			line += ": " + engine.MessageOf(it.Err)
		}
		out = append(out, line)
	}
	return out
}

func content(t *testing.T, it engine.Item) string {
	t.Helper()
	if it.Err != nil {
		t.Fatalf("%s: %v", it.Key, it.Err)
	}
	r, err := it.Open(t.Context())
	must(t, err)
	defer r.Close()
	b, err := io.ReadAll(r)
	must(t, err)
	return string(b)
}

func TestFolderOffersEverythingInOrderAndNamesWhatItCannot(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"b.jpg": "B", "a/z.jpg": "Z", "a/deep/er/x.png": "X", "a.txt": "no picture", "é à #%.jpg": "É",
		".hidden.jpg": "", ".cache/thumb.jpg": "", "Thumbs.db": "", "sub/desktop.ini": "", "sub/empty/": "",
		"private/one.jpg": "", "private/.nomedia": "", "quiet/deep/.noimage": "", "quiet/kept.jpg": "",
	})
	must(t, os.Symlink(filepath.Join(dir, "b.jpg"), filepath.Join(dir, "link.jpg")))
	must(t, os.Symlink("/", filepath.Join(dir, "rootlink")))
	must(t, syscall.Mkfifo(filepath.Join(dir, "pipe.jpg"), 0o600))
	got := items(t, dir)
	want := []string{
		"a/deep/er/x.png", "a/z.jpg", "a.txt", "b.jpg",
		"link.jpg: symbolic links are not followed",
		"pipe.jpg: this is not a regular file",
		"private: the folder asks not to be read (.nomedia or .noimage)",
		"quiet/deep: the folder asks not to be read (.nomedia or .noimage)",
		"quiet/kept.jpg",
		"rootlink: symbolic links are not followed",
		"é à #%.jpg",
	}
	if d := cmp.Diff(want, told(dir, got)); d != "" {
		t.Error(d)
	}
	z := got[1]
	if content(t, z) != "Z" || z.Size != 1 || z.Source.File != z.Key || z.Key != filepath.Join(dir, "a", "z.jpg") {
		t.Errorf("item = %+v", z)
	}
	if d := cmp.Diff(told(dir, got), told(dir, items(t, dir))); d != "" {
		t.Errorf("the second pass differs: %s", d)
	}
}

func TestFolderVersionChangesWithSizeAndTime(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"a.jpg": "A"})
	first := items(t, dir)[0].Version
	if again := items(t, dir)[0].Version; again != first || first == "" {
		t.Errorf("unchanged file: %q then %q", first, again)
	}
	must(t, os.Chtimes(filepath.Join(dir, "a.jpg"), time.Time{}, time.Unix(1, 5)))
	if got := items(t, dir)[0].Version; got != "1:1000000005" {
		t.Errorf("version = %q", got)
	}
}

func TestFolderThatMayNotBeReadIsOneFailureAndTheWalkGoesOn(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may read everything")
	}
	dir := t.TempDir()
	write(t, dir, map[string]string{"locked/a.jpg": "", "z.jpg": ""})
	must(t, os.Chmod(filepath.Join(dir, "locked"), 0))
	defer os.Chmod(filepath.Join(dir, "locked"), 0o700)
	want := []string{"locked: the folder may not be read", "z.jpg"}
	if d := cmp.Diff(want, told(dir, items(t, dir))); d != "" {
		t.Error(d)
	}
	if _, err := source.Open(filepath.Join(dir, "locked")); engine.CodeOf(err) != engine.CodeUnavailable {
		t.Errorf("Open = %v", err)
	}
}

func TestFolderThatVanishesIsAFailure(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "gone")
	write(t, dir, map[string]string{"a.jpg": ""})
	s := open(t, dir)
	must(t, os.RemoveAll(dir))
	for it := range s.Items(t.Context()) {
		if it.Key != dir || engine.CodeOf(it.Err) != engine.CodeNotFound {
			t.Errorf("item = %+v", it)
		}
		return
	}
	t.Error("nothing was told")
}

func TestFolderFilesSwappedAfterListingAreNotFollowedOutside(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"in/a.jpg": "A", "secret": "S"})
	it := items(t, filepath.Join(dir, "in"))[0]
	file := filepath.Join(dir, "in", "a.jpg")
	swaps := []struct {
		name string
		swap func() error
		want engine.Code
	}{
		{"a link to elsewhere", func() error { return os.Symlink("../secret", file) }, engine.CodeInvalid},
		{"an absolute link", func() error { return os.Symlink(filepath.Join(dir, "secret"), file) }, engine.CodeInvalid},
		{"a pipe", func() error { return syscall.Mkfifo(file, 0o600) }, engine.CodeUnsupported},
		{"a folder", func() error { return os.Mkdir(file, 0o700) }, engine.CodeUnsupported},
		{"nothing", func() error { return nil }, engine.CodeNotFound},
	}
	for _, tt := range swaps {
		t.Run(tt.name, func(t *testing.T) {
			must(t, os.RemoveAll(file))
			must(t, tt.swap())
			r, err := it.Open(t.Context())
			if engine.CodeOf(err) != tt.want {
				t.Errorf("Open = %v, %v", r, err)
			}
		})
	}
}

func TestFolderNamedByALinkOrHiddenIsRead(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{".real/a.jpg": "A"})
	must(t, os.Symlink(".real", filepath.Join(dir, "link")))
	for _, name := range []string{"link", ".real"} {
		got := items(t, filepath.Join(dir, name))
		if len(got) != 1 || got[0].Key != filepath.Join(dir, name, "a.jpg") || content(t, got[0]) != "A" {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestNamesThatAreNotUTF8KeepTheirFile(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"caf\xe9.jpg": "latin", "d\xe9/a.jpg": "below"})
	got := items(t, dir)
	if d := cmp.Diff([]string{`caf\xE9.jpg`, `d\xE9/a.jpg`}, told(dir, got)); d != "" {
		t.Error(d)
	}
	if content(t, got[0]) != "latin" || content(t, got[1]) != "below" {
		t.Error("the files were not opened by their true names")
	}
}

func TestLargeFolderIsCompleteAndStopsWhenAsked(t *testing.T) {
	dir := t.TempDir()
	for i := range 2_000 {
		must(t, os.WriteFile(filepath.Join(dir, strconv.Itoa(i)), nil, 0o600))
	}
	if n := len(items(t, dir)); n != 2_000 {
		t.Errorf("%d items", n)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	n := 0
	for range open(t, dir).Items(ctx) {
		if n++; n == 100 {
			cancel()
		}
	}
	if n != 100 {
		t.Errorf("%d items after cancelling at 100", n)
	}
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"noheader.csv": "a.jpg,b.jpg\n", "empty.csv": "", "twice.csv": "file,url,File\n", "utf16.csv": "\xff\xfef\x00i\x00",
		"pipe.csv": "sep=|\nfile|url\n", "list.json": `[{"file":"a"}]`, "bad.jsonl": "file,url\n", "empty.jsonl": "\n\n",
		"array.ndjson": "[1]\n", "long.csv": "file," + strings.Repeat("x", 2<<20),
	})
	must(t, syscall.Mkfifo(filepath.Join(dir, "fifo"), 0o600))
	tests := []struct {
		path string
		code engine.Code
	}{
		{"", engine.CodeInvalid}, {"  ", engine.CodeInvalid}, {"missing", engine.CodeNotFound}, {"fifo", engine.CodeUnsupported},
		{"https://example.org/", engine.CodeUnsupported}, {"noheader.csv", engine.CodeInvalid}, {"empty.csv", engine.CodeInvalid},
		{"twice.csv", engine.CodeInvalid}, {"utf16.csv", engine.CodeUnsupported}, {"pipe.csv", engine.CodeUnsupported},
		{"list.json", engine.CodeUnsupported}, {"bad.jsonl", engine.CodeInvalid}, {"empty.jsonl", engine.CodeInvalid},
		{"array.ndjson", engine.CodeInvalid}, {"long.csv", engine.CodeLimit},
	}
	t.Chdir(dir)
	for _, tt := range tests {
		t.Run(tt.path, func(t *testing.T) {
			s, err := source.Open(tt.path)
			if engine.CodeOf(err) != tt.code || engine.MessageOf(err) == "" || s != nil {
				t.Errorf("Open = %v, %v, want %s", s, err, tt.code)
			}
		})
	}
}

func TestSingleFileIsAPhotoWhateverItsName(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"a.jpg": "\xff\xd8\xff\xe0\x00\x10JFIF", "picture.csv": "\x89PNG\r\n\x1a\n\x00\x00", "notes.txt": "hello, photo\n", "none": "",
		"text.json": "{\n  \"file\": 1\n}",
	})
	for _, name := range []string{"a.jpg", "picture.csv", "notes.txt", "none", "text.json"} {
		got := items(t, filepath.Join(dir, name))
		if len(got) != 1 || got[0].Err != nil || got[0].Key != filepath.Join(dir, name) {
			t.Errorf("%s: %+v", name, got)
		}
	}
	s := open(t, filepath.Join(dir, "a.jpg"))
	must(t, os.Remove(filepath.Join(dir, "a.jpg")))
	for it := range s.Items(t.Context()) {
		if engine.CodeOf(it.Err) != engine.CodeNotFound {
			t.Errorf("a file gone after Open: %v", it.Err)
		}
	}
}
