package app_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"gabarit/app"
	"gabarit/engine"
)

// memoryKeyring is a Keyring of one test. It counts how often it was asked.
type memoryKeyring struct {
	mu    sync.Mutex
	held  map[string]string
	asked int
	fails error
}

func (k *memoryKeyring) Get(account string) (string, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.asked++
	secret, ok := k.held[account]
	if !ok {
		return "", engine.E(engine.CodeNotFound, "keyring", "the system's keyring holds no key for this vault", nil)
	}
	return secret, nil
}

func (k *memoryKeyring) Set(account, secret string) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.fails != nil {
		return k.fails
	}
	if k.held == nil {
		k.held = map[string]string{}
	}
	k.held[account] = secret
	return nil
}

func (k *memoryKeyring) Delete(account string) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.held, account)
	return nil
}

// keyringApp is sealedApp with a keyring.
func keyringApp(t *testing.T) (*app.App, *memoryKeyring) {
	t.Helper()
	k := &memoryKeyring{}
	a := app.New(app.Config{VaultDir: filepath.Join(t.TempDir(), "vault"), Detector: &drawn{}, Now: clock, Keyring: k})
	t.Cleanup(func() { must(t, a.Close()) })
	a.CheapPassphrases()
	must(t, a.CreateVault(t.Context(), secret))
	return a, k
}

// passphrases lists what the log says was done to the passphrase and the keyring.
func passphrases(t *testing.T, a *app.App) (done []string) {
	t.Helper()
	log, err := a.Audit(t.Context())
	must(t, err)
	for _, e := range log {
		if e.Action == engine.ActionPassphrase || e.Action == engine.ActionKeyring {
			done = append(done, string(e.Action)+" "+e.Detail["what"])
		}
	}
	return done
}

func TestThePassphraseIsChangedByWhoKnowsIt(t *testing.T) {
	a, _ := keyringApp(t)
	wantCode(t, a.ChangePassphrase(t.Context(), "wrong", "new"), engine.CodeBadKey)
	if got := passphrases(t, a); len(got) != 0 {
		t.Errorf("a refused change is recorded: %v", got)
	}
	must(t, a.ChangePassphrase(t.Context(), secret, "new"))
	must(t, a.Lock())
	wantCode(t, a.Unlock(t.Context(), secret), engine.CodeBadKey)
	must(t, a.Unlock(t.Context(), "new"))

	must(t, a.ChangePassphrase(t.Context(), "new", ""))
	must(t, a.Lock())
	if got := a.State(); got != engine.VaultClosed {
		t.Errorf("a vault that lost its passphrase is %s", got)
	}
	must(t, a.Unlock(t.Context(), ""))
	must(t, a.ChangePassphrase(t.Context(), "", secret))
	must(t, a.Lock())
	wantCode(t, a.Unlock(t.Context(), ""), engine.CodeBadKey)
	must(t, a.Unlock(t.Context(), secret))
	if got := strings.Join(passphrases(t, a), ", "); got != "passphrase_changed changed, passphrase_changed removed, passphrase_changed set" {
		t.Errorf("the log says: %s", got)
	}
}

func TestTheKeyringOpensAVaultThatItRemembers(t *testing.T) {
	a, k := keyringApp(t)
	remembered := func() bool {
		st, err := a.Status(t.Context())
		must(t, err)
		return st.Remembered
	}
	if remembered() {
		t.Error("nobody asked the keyring to remember the vault")
	}
	wantCode(t, a.Remember(t.Context(), "wrong"), engine.CodeBadKey)
	must(t, a.Remember(t.Context(), secret))
	if !remembered() {
		t.Error("the status does not tell of the keyring")
	}
	must(t, a.Lock())
	if !remembered() {
		t.Error("a locked vault's status does not tell of the keyring")
	}
	must(t, a.UnlockRemembered(t.Context()))
	if e := lastEntry(t, a); e.Action != engine.ActionUnlocked || e.Detail["with"] != "keyring" {
		t.Errorf("entry %+v", e)
	}
	must(t, a.ChangePassphrase(t.Context(), secret, "new")) // and so does the keyring
	must(t, a.Lock())
	must(t, a.UnlockRemembered(t.Context()))
	must(t, a.Forget(t.Context()))
	must(t, a.Forget(t.Context()))
	if remembered() {
		t.Error("the keyring has not forgotten")
	}
	must(t, a.Lock())
	wantCode(t, a.UnlockRemembered(t.Context()), engine.CodeBadKey)
	if len(k.held) != 0 {
		t.Errorf("the keyring holds %d keys", len(k.held))
	}
	asked := k.asked
	for range 100 {
		remembered()
	}
	if k.asked > asked+1 {
		t.Errorf("the keyring was asked %d times by Status", k.asked-asked)
	}
}

func TestAChangeIsRecordedEvenIfTheKeyringFails(t *testing.T) {
	a, k := keyringApp(t)
	must(t, a.Remember(t.Context(), secret))
	k.fails = engine.E(engine.CodeUnavailable, "keyring", "the system's keyring can't be used", errors.New("told to fail"))
	err := a.ChangePassphrase(t.Context(), secret, "new")
	wantCode(t, err, engine.CodeUnavailable)
	if got := strings.Join(passphrases(t, a), ", "); got != "keyring on, passphrase_changed changed" {
		t.Errorf("the log says: %s", got)
	}
	must(t, a.Lock())
	must(t, a.Unlock(t.Context(), "new"))
}

// panicking is set in the environment of a child that panics with a passphrase in its memory, see TestMain.
const panicking = "GABARIT_TEST_PANIC"

// panicUnlocking opens a vault with a passphrase and dies of a defect while keys are in memory and on the stack.
func panicUnlocking(dir string) {
	pass := os.Getenv("GABARIT_PASSPHRASE")
	a := app.New(app.Config{VaultDir: dir, StateDir: dir + "-state", Detector: &drawn{}, Keyring: &panicKeyring{}})
	a.CheapPassphrases()
	if err := a.CreateVault(context.Background(), pass); err != nil {
		panic("the vault is not made")
	}
	_ = a.Remember(context.Background(), pass)
}

type panicKeyring struct{ memoryKeyring }

func (*panicKeyring) Set(string, string) error { panic("a defect") }

func TestACrashTellsNoPassphrase(t *testing.T) {
	const pass = "xyzzy-7391 plugh-2840"
	cmd := exec.Command(os.Args[0])
	dir := filepath.Join(t.TempDir(), "vault")
	cmd.Env = append(os.Environ(), panicking+"="+dir, "GABARIT_PASSPHRASE="+pass, "GOTRACEBACK=crash")
	out, err := cmd.CombinedOutput()
	if err == nil || !bytes.Contains(out, []byte("a defect")) || !bytes.Contains(out, []byte("goroutine")) {
		t.Fatalf("the child ended with %v: %s", err, out)
	}
	for _, word := range strings.Fields(pass) {
		if bytes.Contains(out, []byte(word)) {
			t.Errorf("the crash tells %q:\n%s", word, out)
		}
	}
	if cores, _ := filepath.Glob("core*"); len(cores) != 0 {
		t.Errorf("the crash left %v", cores)
	}
}
