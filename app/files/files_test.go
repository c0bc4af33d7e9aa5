package files_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"gabarit/app/files"
	"gabarit/engine"
)

func TestOnlyRegularFilesOfBoundedSizeAreRead(t *testing.T) {
	dir := t.TempDir()
	file, pipe := filepath.Join(dir, "file"), filepath.Join(dir, "pipe")
	if err := os.WriteFile(file, []byte("12345"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skipf("no pipes here: %v", err)
	}
	for _, tt := range []struct {
		path  string
		limit int64
		want  engine.Code
	}{
		{file, 5, ""}, {file, 4, engine.CodeLimit}, {filepath.Join(dir, "gone"), 5, engine.CodeNotFound},
		{dir, 5, engine.CodeUnsupported}, {pipe, 5, engine.CodeUnsupported},
	} {
		data, err := files.Read(tt.path, tt.limit)
		if engine.CodeOf(err) != tt.want || err == nil && string(data) != "12345" {
			t.Errorf("%s of at most %d: %q, %v, want code %q", tt.path, tt.limit, data, err, tt.want)
		}
	}
}

func TestAStreamIsAFileOrStandardInput(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("file"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, want string
		limit      int64
		code       engine.Code
	}{
		{"-", "input", 5, ""}, {"-", "", 4, engine.CodeLimit}, {file, "file", 5, ""}, {file + "2", "", 5, engine.CodeNotFound}, {"", "", 5, ""},
	} {
		data, err := files.ReadStream(tt.name, strings.NewReader("input"), tt.limit)
		if engine.CodeOf(err) != tt.code || string(data) != tt.want {
			t.Errorf("%q of at most %d: %q, %v", tt.name, tt.limit, data, err)
		}
	}
}

func TestInside(t *testing.T) {
	for path, want := range map[string]bool{"/a/b": true, "/a/b/c": true, "/a/bc": false, "/a": false, "/a/b/../c": false, "/a/b/..c": true} {
		if got := files.Inside("/a/b", path); got != want {
			t.Errorf("%s: %v", path, got)
		}
	}
}

func TestFolderSize(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a", "b"} {
		if err := os.MkdirAll(filepath.Join(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name, "file"), []byte("123"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := files.FolderSize(dir); n != 6 || err != nil {
		t.Errorf("%d bytes, %v", n, err)
	}
	if n, err := files.FolderSize(filepath.Join(dir, "gone")); n != 0 || err != nil {
		t.Errorf("%d bytes in no folder, %v", n, err)
	}
}

func TestNewFilesTakeNoOthersPlace(t *testing.T) {
	dir := t.TempDir()
	taken := filepath.Join(dir, "letter.txt")
	if err := os.WriteFile(taken, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	paths, err := files.WriteNew(dir, "letter", []files.New{{Ext: "pdf", Data: []byte("p")}, {Ext: "txt", Data: []byte("t")}})
	if err != nil || len(paths) != 2 || filepath.Base(paths[0]) != "letter-2.pdf" || filepath.Base(paths[1]) != "letter-2.txt" {
		t.Fatalf("%v, %v", paths, err)
	}
	if data, err := os.ReadFile(taken); string(data) != "mine" || err != nil {
		t.Errorf("%q, %v", data, err)
	}
	if err := files.RemoveAll(paths); err != nil {
		t.Error(err)
	}
	if entries, err := os.ReadDir(dir); len(entries) != 1 || err != nil {
		t.Errorf("%v, %v", entries, err)
	}
	if _, err := files.WriteNew(filepath.Join(dir, "gone"), "letter", nil); engine.CodeOf(err) != engine.CodeNotFound {
		t.Errorf("into no folder: %v", err)
	}
}
