package parcel_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"filippo.io/age"

	"gabarit/engine"
	"gabarit/engine/matter"
	"gabarit/storage/auditlog"
	"gabarit/storage/parcel"
)

const passphrase = "correct horse battery"

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantCode(t testing.TB, err error, want engine.Code) {
	t.Helper()
	if got := engine.CodeOf(err); got != want {
		t.Fatalf("error %v has code %q, want %q", err, got, want)
	}
}

func signer(t testing.TB) *auditlog.Signer {
	t.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	must(t, err)
	s, err := auditlog.NewSigner("gabarit/00", public, func(msg []byte) []byte { return ed25519.Sign(private, msg) })
	must(t, err)
	return s
}

// written writes a small package into dir and gives its folder.
func written(t testing.TB, dir string, by *auditlog.Signer) string {
	t.Helper()
	p, err := parcel.Create(dir, "2026-REQ-0001-access")
	must(t, err)
	must(t, p.Add("data/photos.json", []byte(`{"about":"x","records":[{},{}]}`), matter.StorePhotos, 2))
	must(t, p.Add("sources.csv", []byte("a,b\n1,\"x\ny\"\n3,4\n"), matter.StoreFinds, 2))
	must(t, p.Add("data/images/faces/A-0.jpg", []byte("jpeg"), matter.StoreCrops, 1))
	must(t, p.Add("answer.txt", []byte("answer"), "", 0))
	scan := p.Counts()
	if scan[matter.StorePhotos] != 2 || scan[matter.StoreFinds] != 2 || scan[matter.StoreCrops] != 1 || scan[matter.StoreTemplates] != 0 || len(scan) != len(matter.Stores()) {
		t.Fatalf("counts %v", scan)
	}
	print, err := auditlog.Fingerprint(by.Key())
	must(t, err)
	folder, _, err := p.Finish(matter.Manifest{Ref: "2026-REQ-0001", Key: by.Key(), KeyPrint: print, Scan: scan}, by.Statement)
	must(t, err)
	must(t, p.Abort()) // does nothing to a finished one
	return folder
}

func check(t testing.TB, path string, key matter.PackageKey) matter.PackageCheck {
	t.Helper()
	c, err := parcel.Check(context.Background(), path, key)
	must(t, err)
	return c
}

func TestAPackageIsSoundAsAFolderAndSealedInBothWays(t *testing.T) {
	dir := t.TempDir()
	folder := written(t, dir, signer(t))
	if c := check(t, folder, matter.PackageKey{}); !c.Sound() || c.Files != 4 || c.Fingerprint == "" {
		t.Errorf("folder: %+v", c)
	}
	id, err := age.GenerateX25519Identity()
	must(t, err)
	for _, tt := range []struct {
		name, passphrase, recipient string
		key, wrong                  matter.PackageKey
	}{
		{"passphrase", passphrase, "", matter.PackageKey{Passphrase: passphrase}, matter.PackageKey{Passphrase: "another passphrase"}},
		{"recipient", "", id.Recipient().String(), matter.PackageKey{Identity: "# made today\n" + id.String() + "\n"}, matter.PackageKey{Passphrase: passphrase}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, err := parcel.NewSealer(tt.passphrase, tt.recipient)
			must(t, err)
			file, err := s.Seal(folder)
			must(t, err)
			data, err := os.ReadFile(file)
			must(t, err)
			if !bytes.HasPrefix(data, []byte("age-encryption.org/v1\n")) || bytes.Contains(data, []byte("answer.txt")) {
				t.Error("it is not sealed")
			}
			if c := check(t, file, tt.key); !c.Sound() || c.Files != 4 {
				t.Errorf("sealed: %+v", c)
			}
			_, err = parcel.Check(t.Context(), file, tt.wrong)
			wantCode(t, err, engine.CodeBadKey)
			_, err = parcel.Check(t.Context(), file, matter.PackageKey{})
			wantCode(t, err, engine.CodeBadKey)
			_, err = s.Seal(folder) // never over another file
			wantCode(t, err, engine.CodeUnavailable)
			data[len(data)-20] ^= 1
			must(t, os.WriteFile(file, data, 0o600))
			if c, err := parcel.Check(t.Context(), file, tt.key); err == nil && c.Sound() {
				t.Error("a damaged package is sound")
			}
			must(t, os.Remove(file))
		})
	}
	entries, err := os.ReadDir(dir)
	must(t, err)
	if len(entries) != 1 {
		t.Errorf("left over: %v", entries)
	}
}

func TestWhatIsChangedInAPackageIsFound(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(t *testing.T, folder string)
		told   string
	}{
		"a file is altered": {func(t *testing.T, f string) {
			must(t, os.WriteFile(filepath.Join(f, "answer.txt"), []byte("Answer"), 0o600))
		}, "answer.txt: altered"},
		"a picture is gone":     {func(t *testing.T, f string) { must(t, os.Remove(filepath.Join(f, "data/images/faces/A-0.jpg"))) }, "A-0.jpg: missing"},
		"a file is added":       {func(t *testing.T, f string) { must(t, os.WriteFile(filepath.Join(f, "data/more.txt"), nil, 0o600)) }, "data/more.txt: not in the manifest"},
		"the signature is gone": {func(t *testing.T, f string) { must(t, os.Remove(filepath.Join(f, parcel.SignatureName))) }, "manifest.sig: missing"},
		"the manifest is altered": {func(t *testing.T, f string) {
			rewrite(t, f, func(m *matter.Manifest) { m.Ref = "2026-REQ-0002" })
		}, "does not fit"},
		"counts are altered": {func(t *testing.T, f string) {
			rewrite(t, f, func(m *matter.Manifest) { m.Counts[matter.StorePhotos] = 1 })
		}, "photos: 2 records, the manifest counts 1"},
		"a record was left out": {func(t *testing.T, f string) {
			rewrite(t, f, func(m *matter.Manifest) { m.Scan[matter.StorePhotos] = 3 })
		}, "a full scan had found 3"},
		"a file says more records than it has": {func(t *testing.T, f string) {
			rewrite(t, f, func(m *matter.Manifest) { m.Files[0].Count = 3 })
		}, "holds 2 records, not 3"},
	} {
		t.Run(name, func(t *testing.T) {
			folder := written(t, t.TempDir(), signer(t))
			tt.change(t, folder)
			c := check(t, folder, matter.PackageKey{})
			if c.Sound() || !slices.ContainsFunc(c.Problems, func(p string) bool { return strings.Contains(p, tt.told) }) {
				t.Errorf("problems %q, want %q", c.Problems, tt.told)
			}
		})
	}
}

// rewrite changes the manifest as a forger without the key would.
func rewrite(t *testing.T, folder string, change func(*matter.Manifest)) {
	t.Helper()
	path := filepath.Join(folder, parcel.ManifestName)
	data, err := os.ReadFile(path)
	must(t, err)
	var m matter.Manifest
	must(t, json.Unmarshal(data, &m))
	change(&m)
	data, err = json.Marshal(m)
	must(t, err)
	must(t, os.WriteFile(path, data, 0o600))
}

func TestWhatIsNoPackageIsRefused(t *testing.T) {
	dir := t.TempDir()
	file := func(name string, data []byte) string {
		path := filepath.Join(dir, name)
		must(t, os.WriteFile(path, data, 0o600))
		return path
	}
	var empty bytes.Buffer
	must(t, zip.NewWriter(&empty).Close())
	for name, tt := range map[string]struct {
		path string
		want engine.Code
	}{
		"nothing":            {filepath.Join(dir, "gone"), engine.CodeNotFound},
		"an empty folder":    {t.TempDir(), engine.CodeCorrupt},
		"an empty archive":   {file("a.zip", empty.Bytes()), engine.CodeCorrupt},
		"text":               {file("a.txt", []byte("text")), engine.CodeCorrupt},
		"the head of an age": {file("a.age", []byte("age-encryption.org/v1\n")), engine.CodeCorrupt},
	} {
		if _, err := parcel.Check(t.Context(), tt.path, matter.PackageKey{Passphrase: passphrase}); engine.CodeOf(err) != tt.want {
			t.Errorf("%s: %v, want code %q", name, err, tt.want)
		}
	}
	for name, tt := range map[string]struct{ passphrase, recipient string }{
		"both": {passphrase, "age1"}, "a short passphrase": {"short", ""}, "no key": {"", "age1x"}, "nothing": {"", ""},
	} {
		if _, err := parcel.NewSealer(tt.passphrase, tt.recipient); engine.CodeOf(err) != engine.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNothingIsOverwrittenAndHalfAPackageBearsNoName(t *testing.T) {
	dir := t.TempDir()
	by := signer(t)
	first, second := written(t, dir, by), written(t, dir, by)
	if filepath.Base(second) != filepath.Base(first)+"-2" {
		t.Errorf("%s and %s", first, second)
	}
	p, err := parcel.Create(dir, "half")
	must(t, err)
	must(t, p.Add("a.txt", nil, "", 0))
	for _, bad := range []string{"../a.txt", "/a.txt", ""} {
		if err := p.Add(bad, nil, "", 0); err == nil {
			t.Errorf("%q was written", bad)
		}
	}
	must(t, p.Abort())
	if _, err := os.Stat(filepath.Join(dir, "half")); err == nil {
		t.Error("half a package has a name")
	}
	if _, err := parcel.Create(filepath.Join(dir, "gone"), "x"); engine.CodeOf(err) != engine.CodeNotFound {
		t.Errorf("into no folder: %v", err)
	}
}

func TestArraysAreNumPys(t *testing.T) {
	rows := []engine.Template{{1, 2}, {3, 4}}
	data := parcel.NPY(rows)
	if n := len(data) - 2*4*engine.TemplateSize; n%64 != 0 || !bytes.HasPrefix(data, []byte("\x93NUMPY\x01\x00")) || !bytes.Contains(data[:n], []byte("(2, 128)")) || data[n-1] != '\n' {
		t.Errorf("head %q", data[:min(len(data), 128)])
	}
	if !bytes.Equal(data[len(data)-4*engine.TemplateSize:][:8], []byte{0, 0, 0x40, 0x40, 0, 0, 0x80, 0x40}) {
		t.Error("the second row is not 3, 4")
	}
}

func FuzzManifest(f *testing.F) {
	f.Add([]byte(`{"format":"gabarit-access","version":1,"files":[{"path":"a","sha256":"","size":1,"store":"photos","count":1}],"counts":{"photos":1}}`))
	f.Add([]byte(`{"format":"gabarit-access","version":2}`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := parcel.ParseManifest(data)
		if err == nil && (m.Format != parcel.Format || m.Version != parcel.Version) {
			t.Errorf("%+v", m)
		}
	})
}

// FuzzPackage opens bytes as packages: whatever they are, no file of another folder is read and nothing of it passes for sound.
func FuzzPackage(f *testing.F) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range []string{"x/manifest.json", "x/../../etc/passwd"} {
		w, _ := z.Create(name)
		_, _ = w.Write([]byte(`{"format":"gabarit-access","version":1,"files":[{"path":"../../etc/passwd","size":1}]}`))
	}
	_ = z.Close()
	f.Add(b.Bytes())
	f.Add([]byte("age-encryption.org/v1\n-> scrypt x 1\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if bytes.HasPrefix(data, []byte("age-")) && bytes.Contains(data, []byte("scrypt")) {
			return // a work factor of the fuzzer's choice would only burn time
		}
		path := filepath.Join(t.TempDir(), "package")
		must(t, os.WriteFile(path, data, 0o600))
		if c, err := parcel.Check(context.Background(), path, matter.PackageKey{Passphrase: passphrase}); err == nil && c.Sound() {
			t.Error("it is sound")
		}
	})
}
