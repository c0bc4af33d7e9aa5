package vault_test

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"gabarit/engine"
	"gabarit/storage/vault"
)

// memKeyring is a keyring in memory; broken, it fails as a system without one does.
type memKeyring struct {
	mu      sync.Mutex
	secrets map[string]string
	broken  bool // fails
	full    bool // fails to write only
}

var _ vault.Keyring = (*memKeyring)(nil)

func (k *memKeyring) use(write bool, f func()) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.broken || (k.full && write) {
		return engine.E(engine.CodeUnavailable, "test", "the system has no keyring", nil)
	}
	f()
	return nil
}

func (k *memKeyring) Get(account string) (secret string, err error) {
	ok := false
	if err := k.use(false, func() { secret, ok = k.secrets[account] }); err != nil {
		return "", err
	}
	if !ok {
		return "", engine.E(engine.CodeNotFound, "test", "nothing", nil)
	}
	return secret, nil
}

func (k *memKeyring) Set(account, secret string) error {
	return k.use(true, func() { k.secrets[account] = secret })
}

func (k *memKeyring) Delete(account string) error {
	if _, err := k.Get(account); err != nil {
		return err
	}
	return k.use(true, func() { delete(k.secrets, account) })
}

func withKeyring() (vault.Options, *memKeyring) {
	o, k := quick(), &memKeyring{secrets: map[string]string{}}
	o.Keyring = k
	return o, k
}

func TestARememberedVaultOpensWithoutPassphrase(t *testing.T) {
	o, ring := withKeyring()
	dir := filepath.Join(t.TempDir(), "vault")
	v, err := o.Create(dir, "caf\u00e9")
	if err != nil {
		t.Fatal(err)
	}
	id, key := v.ID(), v.LogKey()
	wantCode(t, v.Remember("cafe"), engine.CodeBadKey)
	wantCode(t, v.Remember(""), engine.CodeBadKey)
	if len(ring.secrets) != 0 || o.Remembered(dir) {
		t.Errorf("remembered with a wrong passphrase: %v", ring.secrets)
	}
	if err := v.Remember("cafe\u0301"); err != nil { // typed on another system
		t.Fatal(err)
	}
	closeVault(t, v)
	if !o.Remembered(dir) || ring.secrets[id] == "" {
		t.Fatalf("not remembered under the vault's ID: %v", ring.secrets)
	}
	reopened, err := o.OpenRemembered(dir)
	if err != nil {
		t.Fatal(err)
	}
	if !reopened.HasPassphrase() || !key.Equal(reopened.LogKey()) {
		t.Error("another vault, or one without passphrase")
	}
	if err := errors.Join(reopened.Forget(), reopened.Forget()); err != nil {
		t.Fatal(err)
	}
	closeVault(t, reopened)
	if o.Remembered(dir) || len(ring.secrets) != 0 {
		t.Error("still remembered")
	}
	_, err = o.OpenRemembered(dir)
	wantCode(t, err, engine.CodeBadKey)
}

func TestANewPassphraseRenewsWhatIsRemembered(t *testing.T) {
	o, ring := withKeyring()
	dir := filepath.Join(t.TempDir(), "vault")
	v, err := o.Create(dir, "first")
	if err != nil {
		t.Fatal(err)
	}
	if err := v.ChangePassphrase("first", "second"); err != nil {
		t.Fatal(err)
	}
	if len(ring.secrets) != 0 {
		t.Error("remembered though nobody asked")
	}
	if err := v.Remember("second"); err != nil {
		t.Fatal(err)
	}
	stale := maps.Clone(ring.secrets)
	if err := v.ChangePassphrase("second", "third"); err != nil {
		t.Fatal(err)
	}
	if !o.Remembered(dir) || ring.secrets[v.ID()] == stale[v.ID()] {
		t.Error("not renewed")
	}
	closeVault(t, v)
	if v, err = o.OpenRemembered(dir); err != nil {
		t.Fatal(err)
	}
	good := ring.secrets[v.ID()]
	closeVault(t, v)

	for name, secret := range map[string]string{
		"of the passphrase before": stale[v.ID()], "cut off": good[:len(good)-8], "of another program": "password", "empty": "",
		"changed": good[:len(good)-8] + "AAAAAAA=", "no base64": good[:20] + "%",
	} {
		ring.secrets[v.ID()] = secret
		if o.Remembered(dir) {
			t.Errorf("%s: counts as remembered", name)
		}
		_, err := o.OpenRemembered(dir)
		wantCode(t, err, engine.CodeBadKey)
		if secret != "" && strings.Contains(fmt.Sprintf("%+v", err), secret) {
			t.Errorf("%s: the error tells the secret", name)
		}
	}

	ring.secrets[v.ID()] = stale[v.ID()]
	if _, err := o.OpenRemembered(dir); !strings.Contains(fmt.Sprint(err), "of another passphrase") {
		t.Errorf("%v does not tell why", err)
	}

	ring.secrets[v.ID()] = good
	if v, err = o.OpenRemembered(dir); err != nil {
		t.Fatal(err)
	}
	if err := v.ChangePassphrase("third", ""); err != nil {
		t.Fatal(err)
	}
	if len(ring.secrets) != 0 || o.Remembered(dir) {
		t.Error("a vault without passphrase is remembered")
	}
	wantCode(t, v.Remember(""), engine.CodeInvalid)
	closeVault(t, v)
	if v, err = o.OpenRemembered(dir); err != nil { // needs nothing
		t.Fatal(err)
	}
	closeVault(t, v)
}

func TestWithoutAKeyringOnlyThePassphraseOpens(t *testing.T) {
	o, ring := withKeyring()
	dir := filepath.Join(t.TempDir(), "vault")
	v, err := o.Create(dir, "first")
	if err != nil {
		t.Fatal(err)
	}
	if err := v.Remember("first"); err != nil {
		t.Fatal(err)
	}
	ring.full = true
	err = v.ChangePassphrase("first", "second")
	if wantCode(t, err, engine.CodeUnavailable); !strings.Contains(fmt.Sprint(err), "was changed") {
		t.Errorf("%v does not tell that the change was made", err)
	}
	ring.broken = true
	wantCode(t, v.Remember("second"), engine.CodeUnavailable)
	wantCode(t, v.Forget(), engine.CodeUnavailable)
	if err := v.ChangePassphrase("second", "third"); err != nil {
		t.Errorf("no keyring, nothing remembered: %v", err)
	}
	closeVault(t, v)
	if o.Remembered(dir) {
		t.Error("remembered without a keyring")
	}
	_, err = o.OpenRemembered(dir)
	wantCode(t, err, engine.CodeUnavailable)
	ring.broken = false
	_, err = o.OpenRemembered(dir)
	wantCode(t, err, engine.CodeBadKey)
	if v, err = o.Open(dir, "third"); err != nil {
		t.Fatal(err)
	}
	closeVault(t, v)
}

func TestASystemWithoutKeyringSaysSo(t *testing.T) {
	if _, err := os.Stat(fmt.Sprintf("/run/user/%d", os.Getuid())); err == nil {
		t.Skip("this system has a session of its own")
	}
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "")
	noBus := func() {
		t.Helper()
		dir, v := create(t, "secret")
		wantCode(t, v.Remember("secret"), engine.CodeUnavailable)
		wantCode(t, v.Forget(), engine.CodeUnavailable)
		closeVault(t, v)
		if quick().Remembered(dir) {
			t.Error("remembered nowhere")
		}
		_, err := quick().OpenRemembered(dir)
		wantCode(t, err, engine.CodeUnavailable)
	}
	noBus()
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+filepath.Join(t.TempDir(), "nobody"))
	noBus()
}

// secretServiceEnv makes the re-executed test binary use the keyring of the session it runs in.
const secretServiceEnv = "GABARIT_VAULT_TEST_SECRET_SERVICE"

// session starts a keyring with its login unlocked, waits until it answers or has ended, and runs $0.
const session = `
printf login | gnome-keyring-daemon --foreground --components=secrets --unlock >&2 &
ring=$!
trap 'kill $ring; wait $ring' EXIT
until dbus-send --print-reply --dest=org.freedesktop.DBus / org.freedesktop.DBus.GetNameOwner string:org.freedesktop.secrets >/dev/null 2>&1; do
	kill -0 $ring || exit 1
done
"$0"
`

// TestTheSystemsSecretService runs a session of its own with a bus and GNOME's keyring, and in it this
// test binary.
func TestTheSystemsSecretService(t *testing.T) {
	for _, program := range []string{"dbus-run-session", "dbus-send", "gnome-keyring-daemon"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("not tested against a real Secret Service: %s is not installed", program)
		}
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	cmd := exec.Command("dbus-run-session", "--", "sh", "-c", session, exe)
	cmd.Env = append(os.Environ(), secretServiceEnv+"="+filepath.Join(home, "vault"), "HOME="+home,
		"XDG_DATA_HOME="+filepath.Join(home, "data"), "XDG_RUNTIME_DIR="+home, "DBUS_SESSION_BUS_ADDRESS=")
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "opened from the keyring") {
		t.Errorf("%v\n%s", err, out)
	}
}

// useSecretService is the test inside the session.
func useSecretService(dir string) error {
	o := quick()
	v, err := o.Create(dir, "secret")
	if err != nil {
		return err
	}
	defer func() { _ = v.Close() }()
	if _, err := o.OpenRemembered(dir); engine.CodeOf(err) != engine.CodeLocked {
		return fmt.Errorf("open twice: %w", err)
	}
	if o.Remembered(dir) {
		return errors.New("remembered before it was asked for")
	}
	if err := errors.Join(v.Remember("secret"), v.ChangePassphrase("secret", "other"), v.Close()); err != nil {
		return err
	}
	if !o.Remembered(dir) {
		return errors.New("not remembered")
	}
	if v, err = o.OpenRemembered(dir); err != nil {
		return err
	}
	fmt.Println("opened from the keyring")
	if err := errors.Join(v.Forget(), v.Forget(), v.Close()); err != nil {
		return err
	}
	_, err = o.OpenRemembered(dir)
	if engine.CodeOf(err) != engine.CodeBadKey {
		return fmt.Errorf("after forgetting: %w", err)
	}
	return nil
}
