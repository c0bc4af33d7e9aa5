package vault_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"gabarit/engine"
	"gabarit/storage/vault"
)

// quick is a cost for tests: the real one takes 64 MiB and a tenth of a second each time.
func quick() vault.Options { return vault.Options{KDF: vault.KDF{MemoryKiB: 64, Time: 1, Threads: 1}} }

// childEnv makes the re-executed test binary try to open the vault it names.
const childEnv = "GABARIT_VAULT_TEST_OPEN"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childEnv); dir != "" {
		_, err := quick().Open(dir, "")
		fmt.Print(engine.CodeOf(err))
		os.Exit(0)
	}
	for env, child := range map[string]func(dir string) error{changeEnv: changeForEver, secretServiceEnv: useSecretService} {
		if dir := os.Getenv(env); dir != "" {
			if err := child(dir); err != nil {
				fmt.Println(err)
				os.Exit(1)
			}
			os.Exit(0)
		}
	}
	os.Exit(m.Run())
}

func create(t *testing.T, passphrase string) (string, *vault.Vault) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "vault")
	v, err := quick().Create(dir, passphrase)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = v.Close() }) // a second close does nothing
	return dir, v
}

func closeVault(t *testing.T, v *vault.Vault) {
	t.Helper()
	if err := v.Close(); err != nil {
		t.Fatal(err)
	}
}

func wantCode(t *testing.T, err error, want engine.Code) {
	t.Helper()
	if got := engine.CodeOf(err); got != want {
		t.Errorf("code = %q, want %q (%v)", got, want, err)
	}
	var e *engine.Error
	if want != "" && errors.As(err, &e) && e.Msg == "" {
		t.Errorf("no message in %v", err)
	}
}

func TestAVaultOpensAgainWithItsPassphraseOnly(t *testing.T) {
	dir, v := create(t, "caf\u00e9 au lait")
	if !v.HasPassphrase() || v.Dir() != dir || v.RecordsDir() != filepath.Join(dir, "records") {
		t.Errorf("passphrase %v, dir %q", v.HasPassphrase(), v.Dir())
	}
	hash, badger := v.Hash("url", []byte("x")), v.BadgerKey()
	sealed, err := v.SealMain("run", []byte("1"), []byte("plain"))
	if err != nil {
		t.Fatal(err)
	}
	closeVault(t, v)

	for _, wrong := range []string{"", "cafe au lait", "caf\u00e9 au lait "} {
		_, err := quick().Open(dir, wrong)
		wantCode(t, err, engine.CodeBadKey)
	}
	for name, right := range map[string]string{"as typed": "caf\u00e9 au lait", "decomposed": "cafe\u0301 au lait"} {
		v, err := quick().Open(dir, right)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if v.Hash("url", []byte("x")) != hash || !bytes.Equal(v.BadgerKey(), badger) {
			t.Errorf("%s: keys differ after opening again", name)
		}
		plain, err := v.Unseal("run", []byte("1"), sealed)
		if err != nil || string(plain) != "plain" {
			t.Errorf("%s: Unseal = %q, %v", name, plain, err)
		}
		closeVault(t, v)
	}
}

func TestStateTellsWhatIsThere(t *testing.T) {
	sealed, v1 := create(t, "secret")
	open, v2 := create(t, "")
	closeVault(t, v1)
	closeVault(t, v2)
	empty := t.TempDir()
	for dir, want := range map[string]engine.VaultState{
		filepath.Join(empty, "none"): engine.VaultMissing, empty: engine.VaultMissing,
		sealed: engine.VaultSealed, open: engine.VaultClosed,
	} {
		got, err := vault.State(dir)
		if err != nil || got != want {
			t.Errorf("State = %q, %v; want %q", got, err, want)
		}
	}
	if left, err := os.ReadDir(empty); err != nil || len(left) != 0 {
		t.Errorf("State left %v in the folder (%v)", left, err)
	}
}

func TestOpeningWhereThereIsNoVaultChangesNothing(t *testing.T) {
	dir := t.TempDir()
	_, err := quick().Open(dir, "")
	wantCode(t, err, engine.CodeNoVault)
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestCreateNeverTakesAFolderThatIsInUse(t *testing.T) {
	exists, v := create(t, "")
	closeVault(t, v)
	_, err := quick().Create(exists, "")
	wantCode(t, err, engine.CodeConflict)

	foreign := t.TempDir()
	write(t, filepath.Join(foreign, "letter.txt"), []byte("x"))
	_, err = quick().Create(foreign, "")
	wantCode(t, err, engine.CodeConflict)

	orphan, v := create(t, "")
	if _, err := v.NewKey(); err != nil {
		t.Fatal(err)
	}
	closeVault(t, v)
	if err := os.Remove(filepath.Join(orphan, "vault.json")); err != nil {
		t.Fatal(err)
	}
	before := read(t, filepath.Join(orphan, "keys.tbl"))
	_, err = quick().Create(orphan, "")
	wantCode(t, err, engine.CodeCorrupt)
	_, err = vault.State(orphan)
	wantCode(t, err, engine.CodeCorrupt)
	if !bytes.Equal(before, read(t, filepath.Join(orphan, "keys.tbl"))) {
		t.Error("the key table of the damaged vault was changed")
	}
}

func TestCreateGoesOnAfterACrashInTheMiddleOfIt(t *testing.T) {
	dir, v := create(t, "")
	closeVault(t, v)
	if err := os.Remove(filepath.Join(dir, "vault.json")); err != nil { // it is written last
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, ".new-123"), []byte("half a file"))
	v, err := quick().Create(dir, "")
	if err != nil {
		t.Fatal(err)
	}
	closeVault(t, v)
	if left, _ := filepath.Glob(filepath.Join(dir, ".new-*")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestOneProcessAtATime(t *testing.T) {
	dir, v := create(t, "")
	_, err := quick().Open(dir, "")
	wantCode(t, err, engine.CodeLocked)

	child := func() string {
		exe, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(exe)
		cmd.Env = append(os.Environ(), childEnv+"="+dir)
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		return string(out)
	}
	if got := child(); got != string(engine.CodeLocked) {
		t.Errorf("another process got %q, want locked", got)
	}
	closeVault(t, v)
	if got := child(); got != "" {
		t.Errorf("after closing, another process got %q", got)
	}
}

func TestFilesAreForTheirOwnerOnly(t *testing.T) {
	dir, v := create(t, "")
	if _, err := v.NewKey(); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 3 {
		t.Fatalf("entries %v, %v", entries, err)
	}
	for _, e := range entries {
		if info, err := e.Info(); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", e.Name(), info.Mode(), err)
		}
	}
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("folder: %v, %v", info.Mode(), err)
	}
}

func TestAClosedVaultDoesNothing(t *testing.T) {
	_, v := create(t, "")
	ref, err := v.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	closeVault(t, v)
	closeVault(t, v)
	_, err = v.NewKey()
	wantCode(t, err, engine.CodeUnavailable)
	_, err = v.Seal(ref, "d", nil, nil)
	wantCode(t, err, engine.CodeUnavailable)
	_, err = v.SealMain("d", nil, nil)
	wantCode(t, err, engine.CodeUnavailable)
	_, err = v.Unseal("d", nil, make([]byte, 100))
	wantCode(t, err, engine.CodeUnavailable)
	wantCode(t, v.SyncKeys(), engine.CodeUnavailable)
	wantCode(t, v.DestroyKeys(ref), engine.CodeUnavailable)
	defer func() {
		if recover() == nil {
			t.Error("Hash after Close gave a hash under a wiped key")
		}
	}()
	v.Hash("d", nil)
}

func TestPrintingAVaultShowsNoKey(t *testing.T) {
	_, v := create(t, "")
	for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
		if got := fmt.Sprintf(format, v); got != "vault.Vault" {
			t.Errorf("%s gives %q", format, got)
		}
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func write(t *testing.T, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}
