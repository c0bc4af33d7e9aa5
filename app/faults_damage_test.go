package app_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"gabarit/app"
	"gabarit/engine"
)

// childJudge opens a vault and prints all it holds and what it tells of damage.
func childJudge(a *app.App) error {
	ctx := context.Background()
	st, err := a.Status(ctx)
	if err != nil {
		return err
	}
	for _, w := range st.Warnings {
		fmt.Println("told", w.Msg, w.Detail)
	}
	check, err := a.CheckVault(ctx)
	if err != nil {
		fmt.Println("told", err)
	}
	for _, d := range check.Damage {
		fmt.Println("told", d)
	}
	for _, p := range check.Audit.Problems {
		fmt.Println("told log entry", p.Seq, p.Damage)
	}
	faces, err := a.StoredFaces(ctx)
	if err != nil {
		fmt.Println("told", err)
	}
	for _, f := range faces {
		fmt.Println("face", f)
	}
	return nil
}

// verdict is what came of opening a damaged vault.
type verdict struct {
	opened bool
	told   []string
	faces  map[engine.FaceID]bool
}

// judge opens the vault in a process of its own, as damage may end it, and reads what it says.
func (w *faultWorld) judge() (v verdict, crashed string) {
	w.t.Helper()
	return w.judgeWith(w.child("judge"))
}

func (w *faultWorld) judgeWith(cmd *exec.Cmd) (v verdict, crashed string) {
	w.t.Helper()
	var out, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &stderr
	_ = cmd.Run() // how it ended is in its last line
	v.faces = map[engine.FaceID]bool{}
	ended := false
	for line := range strings.Lines(out.String()) {
		word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch word {
		case "open":
			v.opened = true
		case "told":
			v.told = append(v.told, rest)
		case "face":
			v.faces[engine.FaceID(rest)] = true
		case "error":
			v.told = append(v.told, rest)
			ended = true
		case "end":
			ended = true
		}
	}
	if !ended {
		return v, out.String() + stderr.String()
	}
	return v, ""
}

// weigh counts a verdict: what is missing must have been told, what was erased must be missing.
func (w *faultWorld) weigh(row *fault, what string, v verdict, crashed string) {
	w.t.Helper()
	row.times++
	if crashed != "" {
		row.closed++
		w.t.Errorf("%s, %s: the program ended:\n%.3000s", row.name, what, crashed)
		return
	}
	if len(v.told) > 0 {
		row.told++
	}
	missing := 0
	for f := range w.stored {
		if !v.faces[f] {
			missing++
		}
	}
	if missing > 0 && len(v.told) == 0 {
		row.lost += missing
		w.t.Errorf("%s, %s: %d faces of %d are missing and nothing was told", row.name, what, missing, len(w.stored))
	}
	for f := range v.faces {
		if w.erased[f] {
			row.returned++
			w.t.Errorf("%s, %s: an erased face returned", row.name, what)
		}
	}
	if wholeSuite() && len(v.told) > 0 {
		w.t.Logf("%s, %s: opened %v, %d of %d faces, told %q", row.name, what, v.opened, len(v.faces), len(w.stored), v.told[0])
	}
}

// damaged gives a vault with photos, erasures and a log, as a process that was killed left it.
func damaged(t *testing.T) *faultWorld {
	t.Helper()
	w := newFaultWorld(t, seedOf(t, "GABARIT_FAULTS_SEED"))
	w.fill(50)
	var row fault
	w.rows = []*fault{&row}
	row.name = "kill -9 in erase"
	for len(w.erased) == 0 {
		w.killErase()
	}
	dir := w.pictures(40)
	w.killed("collect "+dir, 300*time.Millisecond)
	a := w.mustOpen()
	must(t, a.FinishErasures(t.Context()))
	_, err := a.Collect(t.Context(), engine.CollectRequest{Collection: "people", Sources: []string{dir}, Resume: true}, nil)
	must(t, err)
	must(t, a.Close())
	// A last change that is still in the database's write-ahead log: the process ends without closing.
	w.killed("hold "+w.pictures(4), time.Second)
	v, crashed := w.judgeCopy()
	if crashed != "" || !v.opened || len(v.told) > 0 {
		t.Fatalf("the vault to be damaged is damaged already: %v %s", v.told, crashed)
	}
	w.stored = v.faces
	w.rows = nil
	return w
}

// judgeCopy judges a copy, so that opening does not change the vault itself.
func (w *faultWorld) judgeCopy() (verdict, string) {
	w.t.Helper()
	c := w.copy()
	defer os.RemoveAll(c.dir)
	return c.judge()
}

// copy gives the same world with its vault and state copied elsewhere.
func (w *faultWorld) copy() *faultWorld {
	w.t.Helper()
	c := *w
	var err error
	c.dir, err = os.MkdirTemp(w.t.TempDir(), "")
	must(w.t, err)
	for _, name := range []string{"vault", "state"} {
		if _, err := os.Stat(filepath.Join(w.dir, name)); err == nil {
			must(w.t, os.CopyFS(filepath.Join(c.dir, name), os.DirFS(filepath.Join(w.dir, name))))
		}
	}
	must(w.t, os.Chmod(filepath.Join(c.dir, "vault"), 0o700))
	return &c
}

// files lists the files of the vault, as paths in it, by kind: name, or folder and ending.
func (w *faultWorld) files() map[string][]string {
	w.t.Helper()
	kinds := map[string][]string{}
	root := os.DirFS(filepath.Join(w.dir, "vault"))
	must(w.t, fs.WalkDir(root, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil || info.Size() == 0 {
			return err
		}
		kind := p
		if ext := filepath.Ext(p); ext != "" && ext != ".json" && ext != ".tbl" {
			kind = filepath.Dir(p) + "/*" + ext
		} else if filepath.Dir(p) == "erased" {
			kind = "erased/*"
		}
		kinds[kind] = append(kinds[kind], p)
		return nil
	}))
	return kinds
}

// TestFaultsDamaged flips bytes in every kind of file of the vault and cuts them off.
func TestFaultsDamaged(t *testing.T) {
	w := damaged(t)
	kinds := w.files()
	if len(kinds) < 8 || len(kinds["records/*.mem"]) == 0 {
		t.Fatalf("only these kinds of files: %v", kinds)
	}
	for _, kind := range slices.Sorted(mapKeys(kinds)) {
		for i := range rounds(12, 1) {
			w.damage(kind, kinds[kind], "flipped byte", i, func(b []byte) ([]byte, string) {
				used := bytes.TrimRight(b, "\x00") // files made longer in advance end with zeros
				at := w.rng.IntN(max(len(used), 1))
				b[at] ^= byte(1 + w.rng.IntN(255))
				return b, fmt.Sprint("byte ", at)
			})
		}
		for i := range rounds(6, 1) {
			w.damage(kind, kinds[kind], "cut off", i, func(b []byte) ([]byte, string) {
				used := bytes.TrimRight(b, "\x00")
				at := w.rng.IntN(max(len(used), 1))
				return b[:at], fmt.Sprint("at byte ", at)
			})
		}
	}
	table(t, w.rows)
}

func mapKeys[V any](m map[string]V) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// damage applies change to one file of a kind in a copy of the vault.
func (w *faultWorld) damage(kind string, paths []string, how string, i int, change func([]byte) ([]byte, string)) {
	w.t.Helper()
	c := w.copy()
	defer os.RemoveAll(c.dir)
	path := paths[i%len(paths)]
	file := filepath.Join(c.dir, "vault", filepath.FromSlash(path))
	b, err := os.ReadFile(file)
	must(w.t, err)
	b, where := change(b)
	must(w.t, os.WriteFile(file, b, 0o600))
	v, crashed := c.judge()
	w.weigh(w.row(how+", "+kind), where+" of "+path, v, crashed)
}

// TestFaultsReadOnly takes the right to write from files and from the folder.
func TestFaultsReadOnly(t *testing.T) {
	w := damaged(t)
	kinds := w.files()
	kinds["the folder"] = []string{"."}
	kinds["records"] = []string{"records"}
	for _, kind := range slices.Sorted(mapKeys(kinds)) {
		for range rounds(2, 1) {
			c := w.copy()
			for _, p := range kinds[kind] {
				path := filepath.Join(c.dir, "vault", p)
				info, err := os.Stat(path)
				must(t, err)
				must(t, os.Chmod(path, info.Mode().Perm()&^0o222))
			}
			row := w.row("read-only, " + kind)
			v, crashed := c.judgeWith(unprivileged(t, c.child("judge")))
			w.weigh(row, kind, v, crashed)
			for _, p := range kinds[kind] {
				// Who may write the folder may replace a file that can't be written: what was merged meanwhile is gone.
				if err := os.Chmod(filepath.Join(c.dir, "vault", p), 0o700); !errors.Is(err, fs.ErrNotExist) {
					must(t, err)
				}
			}
			v, crashed = c.judge()
			w.weigh(row, kind+" and writable again", v, crashed)
			must(t, os.RemoveAll(c.dir))
		}
	}
	table(t, w.rows)
}

// unprivileged keeps root from writing what the modes of files forbid; other users need nothing.
func unprivileged(t *testing.T, cmd *exec.Cmd) *exec.Cmd {
	t.Helper()
	if os.Getuid() != 0 {
		return cmd
	}
	setpriv, err := exec.LookPath("setpriv")
	if err != nil {
		t.Skip("root writes every file, and setpriv (util-linux) is not here to keep it from that")
	}
	caps := "-dac_override,-dac_read_search,-fowner"
	plain := exec.Command(setpriv, append([]string{"--bounding-set", caps, "--inh-caps", caps, cmd.Path}, cmd.Args[1:]...)...)
	plain.Env = cmd.Env
	return plain
}

// TestFaultsOpenedTwice: the second process is told so, the first is not disturbed.
func TestFaultsOpenedTwice(t *testing.T) {
	w := newFaultWorld(t, seedOf(t, "GABARIT_FAULTS_SEED"))
	w.fill(10)
	row := w.row("opened twice")
	for range rounds(10, 2) {
		first := w.child("wait")
		in, err := first.StdinPipe()
		must(t, err)
		out, err := first.StdoutPipe()
		must(t, err)
		must(t, first.Start())
		if _, err := out.Read(make([]byte, 5)); err != nil {
			t.Fatal(err)
		}
		v, crashed := w.judge()
		if v.opened || !strings.Contains(strings.Join(v.told, "\n"), string(engine.CodeLocked)) {
			t.Errorf("a second process: opened %v, told %q", v.opened, v.told)
			row.closed++
		}
		w.weigh(row, "second process", v, crashed)
		_, err = in.Write([]byte("\n"))
		must(t, err)
		must(t, first.Wait())
	}
	v, crashed := w.judge()
	if len(v.told) > 0 {
		t.Errorf("afterwards: %q", v.told)
	}
	w.weigh(row, "afterwards", v, crashed)
	table(t, w.rows)
}

// TestFaultsFullDisk lets each task run into a full disk, at several fill levels.
func TestFaultsFullDisk(t *testing.T) {
	w := newFaultWorld(t, seedOf(t, "GABARIT_FAULTS_SEED"))
	w.fill(30)
	for i := range rounds(5, 1) {
		for _, task := range []string{"collect", "erase", "compact", "passwd", "judge"} {
			w.fullDisk(task, int64(i)*20<<20)
		}
	}
	table(t, w.rows)
}

// fullDisk runs a task on a copy of the vault on a small disk with about free bytes left.
func (w *faultWorld) fullDisk(task string, free int64) {
	w.t.Helper()
	disk := filepath.Join(w.t.TempDir(), "disk")
	must(w.t, os.Mkdir(disk, 0o700))
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=256m"); err != nil {
		w.t.Skipf("needs the right to mount a small disk: %v", err)
	}
	defer func() {
		if err := syscall.Unmount(disk, 2 /* MNT_DETACH */); err != nil {
			w.t.Error(err)
		}
	}()
	c := w.copy()
	must(w.t, os.CopyFS(filepath.Join(disk, "w"), os.DirFS(c.dir)))
	must(w.t, os.RemoveAll(c.dir))
	c.dir = filepath.Join(disk, "w")
	must(w.t, os.Chmod(filepath.Join(c.dir, "vault"), 0o700))
	args := task
	switch task {
	case "collect":
		args += " " + w.pictures(30)
	case "passwd":
		a := c.mustOpen()
		must(w.t, a.ChangePassphrase(w.t.Context(), "", "p1"))
		must(w.t, a.Close())
		c.pass = 1
		args += " p1"
	}
	filler := filepath.Join(disk, "filler")
	fillTo(w.t, disk, filler, free)
	lines := c.runToEnd(args)
	must(w.t, os.Remove(filler))
	erased := map[engine.FaceID]bool{}
	maybe := map[engine.FaceID]bool{}
	changing := c.pass
	for _, line := range lines {
		word, rest, _ := strings.Cut(line, " ")
		for _, f := range strings.Fields(rest) {
			switch word {
			case "erased":
				erased[engine.FaceID(f)] = true
			case "erasing":
				maybe[engine.FaceID(f)] = true
			case "changing":
				changing, _ = strconv.Atoi(f)
			case "changed":
				c.pass, _ = strconv.Atoi(f)
			}
		}
	}
	row := w.row("full disk in " + task)
	row.times++
	if last := lines[len(lines)-1]; task != "judge" && !strings.HasPrefix(last, "error "+string(engine.CodeUnavailable)) && last != "end" {
		w.t.Errorf("%s with %d MiB free: %q", task, free>>20, last)
		row.closed++
	}
	c.erased = erased
	c.settlePassphrase(changing)
	if a, ok := c.reopen(row); ok {
		c.compare(a, row, maybe)
		must(w.t, a.Close())
	}
}

// fillTo writes a file until about free bytes are left.
func fillTo(t *testing.T, disk, path string, free int64) {
	t.Helper()
	f, err := os.Create(path)
	must(t, err)
	defer f.Close()
	block := make([]byte, 1<<16)
	for {
		var st syscall.Statfs_t
		must(t, syscall.Statfs(disk, &st))
		if int64(st.Bavail)*st.Bsize < free+int64(len(block)) {
			return
		}
		if _, err := f.Write(block); err != nil {
			return // full
		}
	}
}

// runToEnd runs a task for at most some seconds and gives its lines. Going on is no fault: it is killed then.
func (w *faultWorld) runToEnd(task string) []string {
	w.t.Helper()
	cmd := w.child(task)
	var out, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &stderr
	must(w.t, cmd.Start())
	timer := time.AfterFunc(4*time.Second, func() { _ = cmd.Process.Kill() })
	_ = cmd.Wait() // how it ended is in its last line
	if !timer.Stop() {
		fmt.Fprintln(&out, "end")
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if last := lines[len(lines)-1]; last != "end" && !strings.HasPrefix(last, "error") {
		w.t.Errorf("%s ended the program:\n%s\n%.3000s", task, out.String(), stderr.String())
	}
	return lines
}
