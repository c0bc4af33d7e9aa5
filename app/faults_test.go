package app_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"text/tabwriter"
	"time"

	"gabarit/app"
	"gabarit/engine"
)

// The suite of faults: a child process works on a vault with real photos of stripes, is killed or finds its disk full,
// its files read-only or damaged; then the vault is opened and compared with what the child had acknowledged.
//
//	go test ./app -run Faults                          a short pass
//	GABARIT_FAULTS=1 go test ./app -run Faults -v      the whole suite (make faults)
//	GABARIT_FAULTS_SEED=n                              repeats a pass

// Environment of the child process.
const (
	faultTask = "GABARIT_FAULT_TASK"
	faultDir  = "GABARIT_FAULT_DIR"
	faultSeed = "GABARIT_FAULT_CHILD_SEED"
)

// wholeSuite tells whether the long pass is asked for.
func wholeSuite() bool { return os.Getenv("GABARIT_FAULTS") != "" }

// rounds gives how often a fault is tried in the long and in the short pass.
func rounds(long, short int) int {
	if wholeSuite() {
		return long
	}
	return short
}

// seedOf is the seed that an environment variable names, else a new one; the log tells it.
func seedOf(t *testing.T, env string) uint64 {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	if s := os.Getenv(env); s != "" {
		var err error
		if seed, err = strconv.ParseUint(s, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("repeat with %s=%d", env, seed)
	return seed
}

// stripes is a detector for pictures made by drawStripes: a face for each stripe.
type stripes struct{}

const stripeWidth = 64

func (stripes) Workers() int          { return 2 }
func (stripes) Model() engine.ModelID { return "test" }
func (stripes) Close() error          { return nil }

func (stripes) Detect(_ context.Context, p *engine.Picture, _ engine.Look) ([]engine.Detection, error) {
	var found []engine.Detection
	for x := 0; x+stripeWidth <= p.Width; x += stripeWidth {
		r, g, b, _ := p.Image.At(x+stripeWidth/2, p.Height/2).RGBA()
		found = append(found, engine.Detection{Box: engine.Box{X: x + 12, Y: 12, W: 40, H: 40}, Quality: .5, Model: "test",
			Template: person(uint64(r>>8)<<16 | uint64(g>>8)<<8 | uint64(b>>8))})
	}
	return found, nil
}

func (stripes) Describe(context.Context, *engine.Picture, engine.Box, engine.Look) (engine.Detection, error) {
	return engine.Detection{}, engine.E(engine.CodeUnsupported, "stripes.Describe", "", nil)
}

// drawStripes writes a picture of one to three people; n makes all of them and the bytes different from other pictures'.
func drawStripes(t testing.TB, path string, n int) {
	t.Helper()
	people := 1 + n%3
	img := image.NewRGBA(image.Rect(0, 0, people*stripeWidth, stripeWidth))
	for i := range people {
		var c [4]byte
		binary.LittleEndian.PutUint32(c[:], uint32(n*3+i+1)*2654435761)
		noise := rand.New(rand.NewPCG(uint64(n), uint64(i))) // so that crops are large enough for the value log
		for x := range stripeWidth {
			for y := range stripeWidth {
				img.SetRGBA(i*stripeWidth+x, y, color.RGBA{uint8(noise.IntN(256)), uint8(noise.IntN(256)), uint8(noise.IntN(256)), 255})
			}
		}
		img.SetRGBA(i*stripeWidth+stripeWidth/2, stripeWidth/2, color.RGBA{c[1], c[2], c[3], 255})
	}
	var b bytes.Buffer
	must(t, png.Encode(&b, img))
	must(t, os.MkdirAll(filepath.Dir(path), 0o755))
	must(t, os.WriteFile(path, b.Bytes(), 0o600))
}

// faultApp gives an App over the vault in dir.
func faultApp(dir string) *app.App {
	return app.New(app.Config{VaultDir: filepath.Join(dir, "vault"), StateDir: filepath.Join(dir, "state"), ModelsDir: dir,
		Detector: stripes{}})
}

// faultChild is what the child process does: it works until it is killed or can't go on, and prints a line for each thing
// that was acknowledged to it.
func faultChild() int {
	dir, task := os.Getenv(faultDir), os.Getenv(faultTask)
	seed, err := strconv.ParseUint(os.Getenv(faultSeed), 10, 64)
	if err != nil {
		fmt.Println("error", err)
		return 1
	}
	a := faultApp(dir)
	name, arg, _ := strings.Cut(task, " ")
	err = a.Unlock(context.Background(), childPassphrase(name, arg))
	if err == nil {
		fmt.Println("open")
		switch name {
		case "collect":
			err = childCollect(a, arg)
		case "hold": // and does not close the vault
			if err = childCollect(a, arg); err == nil {
				time.Sleep(time.Hour)
			}
		case "erase":
			err = childErase(a, rand.New(rand.NewPCG(seed, 1)))
		case "passwd":
			err = childPasswd(a, arg)
		case "compact":
			err = childCompact(a)
		case "judge":
			err = childJudge(a)
		case "wait":
			_, err = os.Stdin.Read(make([]byte, 1))
		}
	}
	err = errors.Join(err, a.Close())
	if err != nil {
		fmt.Printf("error %s %q\n", engine.CodeOf(err), err)
		return 1
	}
	fmt.Println("end")
	return 0
}

func childPassphrase(task, arg string) string {
	if task == "passwd" {
		return arg
	}
	return ""
}

func childCollect(a *app.App, source string) error {
	report, err := a.Collect(context.Background(), engine.CollectRequest{Collection: "people", Sources: []string{source}},
		func(p engine.CollectProgress) { fmt.Println("stored", p.Counts.Photos) })
	if err == nil && len(report.Failed) > 0 {
		err = fmt.Errorf("%s: %s", report.Failed[0].Item, report.Failed[0].Detail)
	}
	return err
}

// childErase erases photos and single faces until none is left.
func childErase(a *app.App, rng *rand.Rand) error {
	ctx := context.Background()
	for {
		faces, err := a.StoredFaces(ctx)
		if err != nil || len(faces) == 0 {
			return err
		}
		req := engine.ErasureRequest{Reason: engine.EraseOwn, Suppress: true}
		var going []string
		for range 1 + rng.IntN(3) {
			f := faces[rng.IntN(len(faces))]
			photo, _, _ := f.Photo()
			if rng.IntN(2) == 0 {
				req.Faces = append(req.Faces, f)
				continue
			}
			req.Photos = append(req.Photos, photo)
		}
		plan, err := a.PlanErasure(ctx, req)
		if err != nil {
			return err
		}
		for _, f := range plan.Faces() {
			going = append(going, string(f))
		}
		fmt.Println("erasing", strings.Join(going, " "))
		if _, err := a.Erase(ctx, plan, nil); err != nil {
			return err
		}
		fmt.Println("erased", strings.Join(going, " "))
	}
}

// childPasswd changes the passphrase pN to pN+1, again and again.
func childPasswd(a *app.App, now string) error {
	n, err := strconv.Atoi(strings.TrimPrefix(now, "p"))
	for ; err == nil; n++ {
		fmt.Println("changing", n+1)
		if err = a.ChangePassphrase(context.Background(), fmt.Sprint("p", n), fmt.Sprint("p", n+1)); err == nil {
			fmt.Println("changed", n+1)
		}
	}
	return err
}

func childCompact(a *app.App) error {
	for n := 0; ; n++ {
		if _, err := a.Compact(context.Background()); err != nil {
			return err
		}
		fmt.Println("compacted", n)
	}
}

// fault is one row of the table.
type fault struct {
	name                          string
	times, lost, returned, closed int
	told                          int // damage that was told
}

// faultWorld is a vault that suffers, and what it must hold.
type faultWorld struct {
	t      *testing.T
	dir    string
	rng    *rand.Rand
	pass   int // number of the passphrase, 0: none
	next   int // number of the next picture
	stored map[engine.FaceID]bool
	erased map[engine.FaceID]bool
	rows   []*fault
}

func newFaultWorld(t *testing.T, seed uint64) *faultWorld {
	t.Helper()
	w := &faultWorld{t: t, dir: t.TempDir(), rng: rand.New(rand.NewPCG(seed, 0)), stored: map[engine.FaceID]bool{}, erased: map[engine.FaceID]bool{}}
	a := faultApp(w.dir)
	must(t, a.CreateVault(t.Context(), ""))
	_, err := a.AddCollection(t.Context(), people())
	must(t, err)
	must(t, a.Close())
	return w
}

// pictures makes a folder of n new pictures.
func (w *faultWorld) pictures(n int) string {
	dir := filepath.Join(w.dir, "photos", strconv.Itoa(w.next))
	for range n {
		drawStripes(w.t, filepath.Join(dir, fmt.Sprintf("%06d.png", w.next)), w.next)
		w.next++
	}
	return dir
}

// fill collects n new pictures undisturbed.
func (w *faultWorld) fill(n int) {
	w.t.Helper()
	dir := w.pictures(n)
	a := w.mustOpen()
	report, err := a.Collect(w.t.Context(), engine.CollectRequest{Collection: "people", Sources: []string{dir}}, nil)
	if err != nil || report.Counts.Photos != n {
		w.t.Fatalf("collected %+v, %v", report.Counts, err)
	}
	w.read(a)
	must(w.t, a.Close())
}

func (w *faultWorld) passphrase() string {
	if w.pass == 0 {
		return ""
	}
	return fmt.Sprint("p", w.pass)
}

func (w *faultWorld) mustOpen() *app.App {
	w.t.Helper()
	a := faultApp(w.dir)
	must(w.t, a.Unlock(w.t.Context(), w.passphrase()))
	return a
}

// read takes what the vault holds for what it must hold.
func (w *faultWorld) read(a *app.App) {
	w.t.Helper()
	faces, err := a.StoredFaces(w.t.Context())
	must(w.t, err)
	clear(w.stored)
	for _, f := range faces {
		w.stored[f] = true
	}
}

// child prepares the process that works on the vault.
func (w *faultWorld) child(task string) *exec.Cmd {
	w.t.Helper()
	exe, err := os.Executable()
	must(w.t, err)
	cmd := exec.Command(exe, "-test.run", "^$")
	cmd.Env = append(os.Environ(), faultTask+"="+task, faultDir+"="+w.dir, faultSeed+"="+strconv.FormatUint(w.rng.Uint64(), 10))
	return cmd
}

// killed runs a task, kills it after a random part of longest from its first line on, and gives the lines it printed.
func (w *faultWorld) killed(task string, longest time.Duration) []string {
	w.t.Helper()
	cmd := w.child(task)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.StdoutPipe()
	must(w.t, err)
	must(w.t, cmd.Start())
	var lines []string
	scan := bufio.NewScanner(out)
	for scan.Scan() {
		if lines = append(lines, scan.Text()); len(lines) == 1 {
			moment := time.Duration(w.rng.Int64N(int64(longest)))
			timer := time.AfterFunc(moment, func() { _ = cmd.Process.Kill() }) // it may have ended
			defer timer.Stop()
		}
	}
	err = cmd.Wait()
	var exit *exec.ExitError
	killed := errors.As(err, &exit) && exit.Sys().(syscall.WaitStatus).Signal() == syscall.SIGKILL
	if ended := len(lines) > 0 && lines[len(lines)-1] == "end"; !killed && !ended {
		w.t.Fatalf("%s ended by itself: %v\n%s\n%s", task, err, strings.Join(lines, "\n"), stderr.String())
	}
	return lines
}

// row gives the row of that name, a new one at first.
func (w *faultWorld) row(name string) *fault {
	i := slices.IndexFunc(w.rows, func(f *fault) bool { return f.name == name })
	if i < 0 {
		w.rows = append(w.rows, &fault{name: name})
		i = len(w.rows) - 1
	}
	return w.rows[i]
}

// table prints the rows and fails the test unless all is zero.
func table(t *testing.T, rows []*fault) {
	t.Helper()
	var b strings.Builder
	tw := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(tw, "fault\ttimes\tlost\treturned\tnot opened\tdamage told\t")
	for _, r := range rows {
		fmt.Fprintf(tw, "%s\t%d\t%d\t%d\t%d\t%d\t\n", r.name, r.times, r.lost, r.returned, r.closed, r.told)
		if r.times == 0 || r.lost+r.returned+r.closed > 0 {
			t.Errorf("%s: %d times, %d lost, %d returned, %d not opened", r.name, r.times, r.lost, r.returned, r.closed)
		}
	}
	must(t, tw.Flush())
	t.Logf("\n%s", b.String())
}
