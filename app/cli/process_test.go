package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"
)

// testContext ends when the process is told to end.
func testContext() (context.Context, context.CancelFunc) {
	return signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
}

// world is a place where gabarit-cli runs as a process of its own.
type world struct {
	t      testing.TB
	dir    string
	models string
}

func newWorld(t testing.TB) world {
	t.Helper()
	return world{t, t.TempDir(), modelsDir(t)}
}

// command prepares a run of gabarit-cli with its own vault.
func (w world) command(vault string, args ...string) *exec.Cmd {
	cmd := exec.Command("gabarit-cli", args...)
	cmd.Env = append(os.Environ(), "GABARIT_VAULT="+filepath.Join(w.dir, vault), "GABARIT_MODELS="+w.models,
		"GABARIT_PASSPHRASE=", "GABARIT_LANG=en", "XDG_DATA_HOME="+w.dir,
		"GABARIT_STATE="+filepath.Join(w.dir, "state"))
	return cmd
}

// run runs gabarit-cli and wants it to end with that status; v, if not nil, takes the JSON document.
func (w world) run(vault string, status int, v any, args ...string) (stderr string) {
	w.t.Helper()
	return w.runAs(w.command(vault, args...), status, v)
}

// runAs runs a prepared command as run does.
func (w world) runAs(cmd *exec.Cmd, status int, v any) (stderr string) {
	w.t.Helper()
	var out, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	_ = cmd.Run() // the status is looked at
	if got := cmd.ProcessState.ExitCode(); got != status {
		w.t.Fatalf("%v ended with status %d, want %d\n%s%s", cmd.Args, got, status, out.String(), errOut.String())
	}
	if v != nil {
		if err := json.Unmarshal(out.Bytes(), v); err != nil {
			w.t.Fatalf("%v: %v\n%s", cmd.Args, err, out.String())
		}
	}
	return errOut.String()
}

// withoutPrivilege keeps root from reading what the modes of files forbid; other users need nothing.
func (w world) withoutPrivilege(cmd *exec.Cmd) *exec.Cmd {
	w.t.Helper()
	if os.Getuid() != 0 {
		return cmd
	}
	setpriv, err := exec.LookPath("setpriv")
	if err != nil {
		w.t.Skip("root reads every file, and setpriv (util-linux) is not here to keep it from that")
	}
	args := []string{"--bounding-set", "-dac_override,-dac_read_search", "--inh-caps", "-dac_override,-dac_read_search", cmd.Path}
	plain := exec.Command(setpriv, append(args, cmd.Args[1:]...)...)
	plain.Env = cmd.Env
	return plain
}

// open makes a vault with a collection "people".
func (w world) open(vault string) {
	w.t.Helper()
	w.run(vault, 0, nil, "vault", "init", "--no-passphrase")
	w.run(vault, 0, nil, "collection", "add", "people", "--purpose", "tests", "--basis", "consent")
}
