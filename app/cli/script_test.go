package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/png"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"gabarit/app"
)

// TestMain makes the test binary stand for the programs that scripts run: the face worker, gabarit-cli itself, the same with
// a keyring of the test's, and helpers.
func TestMain(m *testing.M) {
	if code, ok := app.RunWorker(os.Args); ok {
		os.Exit(code)
	}
	testscript.Main(m, map[string]func(){
		"gabarit-cli":  main,
		"gabarit-kept": kept,
		"status":       status,
		"hold":         hold,
	})
}

// photosDir holds a few real photos, put there by the set-up.
func photosDir() string { return filepath.Join("..", "..", "build", "photos") }

// modelsDir gives the folder with the face models of this machine, or skips the test.
func modelsDir(t testing.TB) string {
	t.Helper()
	_, dir := app.DefaultPaths()
	a := app.New(app.Config{ModelsDir: dir})
	defer a.Close()
	if err := a.CheckModels(t.Context()); err != nil {
		t.Skipf("the face models are needed (make setup): %v", err)
	}
	return dir
}

// realPhotos gives the absolute folder of the real photos, or skips the test.
func realPhotos(t testing.TB) string {
	t.Helper()
	dir, err := filepath.Abs(photosDir())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "obama2.jpg")); err != nil {
		t.Skipf("the real photos are needed (make setup test): %v", err)
	}
	return dir
}

func TestScripts(t *testing.T) {
	models := modelsDir(t)
	photos := realPhotos(t)
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("GABARIT_VAULT", filepath.Join(e.WorkDir, "vault"))
			e.Setenv("GABARIT_MODELS", models)
			e.Setenv("GABARIT_STATE", filepath.Join(e.WorkDir, "state"))
			e.Setenv("HOME", e.WorkDir)
			e.Setenv("XDG_DATA_HOME", filepath.Join(e.WorkDir, "data"))
			e.Setenv("PHOTOS", photos)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"draw": drawCmd, "animate": animateCmd, "keys": keysCmd, "value": valueCmd, "get": getCmd, "waitfile": waitfileCmd, "copies": copiesCmd,
			"beside": besideCmd, "next": nextCmd, "spoil": spoilCmd, "damage": damageCmd,
			"warc": warcCmd, "mhtml": mhtmlCmd,
		},
	})
}

// status is the program "status N COMMAND ARGS...": it runs the command and succeeds if it ends with status N.
func status() {
	want, err := strconv.Atoi(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(99)
	}
	cmd := exec.Command(os.Args[2], os.Args[3:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	err = cmd.Run()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(99)
	}
	if got := cmd.ProcessState.ExitCode(); got != want {
		fmt.Fprintf(os.Stderr, "ended with status %d, want %d\n", got, want)
		os.Exit(99)
	}
}

// hold is the program "hold VAULT FILE": it opens a vault, writes FILE and keeps the vault open until its input ends.
func hold() {
	a := app.New(app.Config{VaultDir: os.Args[1]})
	defer a.Close()
	ctx, cancel := testContext()
	defer cancel()
	if err := a.Unlock(ctx, os.Getenv(envPassphrase)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(99)
	}
	if err := os.WriteFile(os.Args[2], nil, 0o600); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(99)
	}
	<-ctx.Done()
}

// animateCmd writes drawn animations of three frames.
func animateCmd(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: animate FILE...")
	}
	frame := image.NewPaletted(image.Rect(0, 0, 64, 64), color.Palette{color.Black, color.White})
	for _, name := range args {
		name = ts.MkAbs(name)
		ts.Check(os.MkdirAll(filepath.Dir(name), 0o755))
		f, err := os.Create(name)
		ts.Check(err)
		ts.Check(gif.EncodeAll(f, &gif.GIF{Image: []*image.Paletted{frame, frame, frame}, Delay: make([]int, 3)}))
		ts.Check(f.Close())
	}
}

// drawCmd is "draw FILE...": small pictures without a face, each different.
func drawCmd(ts *testscript.TestScript, _ bool, args []string) {
	for _, name := range args {
		path := ts.MkAbs(name)
		ts.Check(os.MkdirAll(filepath.Dir(path), 0o755))
		f, err := os.Create(path)
		ts.Check(err)
		ts.Check(drawPlain(f, name))
		ts.Check(f.Close())
	}
}

// drawPlain writes a small PNG whose colour follows from its name.
func drawPlain(w io.Writer, name string) error {
	img := image.NewRGBA(image.Rect(0, 0, 20, 20))
	var c color.RGBA
	for i, b := range []byte(name) {
		switch i % 3 {
		case 0:
			c.R = c.R*31 + b
		case 1:
			c.G = c.G*31 + b
		default:
			c.B = c.B*31 + b
		}
	}
	c.A = 255
	for i := range 400 {
		img.SetRGBA(i%20, i/20, c)
	}
	for i, b := range []byte(name) {
		img.SetRGBA(i%20, i/20, color.RGBA{b, b, b, 255})
	}
	return png.Encode(w, img)
}

// copiesCmd is "copies TARGET SOURCE...": copies files into a folder.
func copiesCmd(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(os.MkdirAll(ts.MkAbs(args[0]), 0o755))
	for _, src := range args[1:] {
		data, err := os.ReadFile(ts.MkAbs(src))
		ts.Check(err)
		ts.Check(os.WriteFile(filepath.Join(ts.MkAbs(args[0]), filepath.Base(src)), data, 0o600))
	}
}

// waitfileCmd is "waitfile FILE": waits until the file exists.
func waitfileCmd(ts *testscript.TestScript, _ bool, args []string) {
	for range 600 {
		if _, err := os.Stat(ts.MkAbs(args[0])); err == nil {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	ts.Fatalf("%s does not appear", args[0])
}

// at finds a value in a JSON document: "probes.0.matches.0.band"; "." is the document. "len" is the length of a list.
func at(ts *testscript.TestScript, file, path string) any {
	var v any
	dec := json.NewDecoder(strings.NewReader(ts.ReadFile(file)))
	if err := dec.Decode(&v); err != nil {
		ts.Fatalf("%s is no JSON: %v", file, err)
	}
	if dec.More() {
		ts.Fatalf("%s holds more than one JSON document", file)
	}
	if path == "." {
		return v
	}
	for _, part := range strings.Split(path, ".") {
		switch x := v.(type) {
		case map[string]any:
			next, ok := x[part]
			if !ok {
				ts.Fatalf("%s: no key %q", path, part)
			}
			v = next
		case []any:
			if part == "len" {
				return float64(len(x))
			}
			n, err := strconv.Atoi(part)
			if err != nil || n >= len(x) {
				ts.Fatalf("%s: no element %q of %d", path, part, len(x))
			}
			v = x[n]
		default:
			ts.Fatalf("%s: %q is of a %T", path, part, v)
		}
	}
	return v
}

// keysCmd is "keys FILE PATH KEY...": the object has exactly these keys.
func keysCmd(ts *testscript.TestScript, _ bool, args []string) {
	obj, ok := at(ts, args[0], args[1]).(map[string]any)
	if !ok {
		ts.Fatalf("%s is no object", args[1])
	}
	var got []string
	for k := range obj {
		got = append(got, k)
	}
	slices.Sort(got)
	want := slices.Sorted(slices.Values(args[2:]))
	if !slices.Equal(got, want) {
		ts.Fatalf("%s has keys %v, want %v", args[1], got, want)
	}
}

// getCmd is "get NAME FILE PATH": sets an environment variable.
func getCmd(ts *testscript.TestScript, _ bool, args []string) {
	ts.Setenv(args[0], fmt.Sprint(at(ts, args[1], args[2])))
}

// valueCmd is "value FILE PATH WANT", WANT being a text as fmt prints the value, or "value FILE PATH < N", "> N".
func valueCmd(ts *testscript.TestScript, neg bool, args []string) {
	v := at(ts, args[0], args[1])
	var ok bool
	switch n, isNumber := v.(float64); {
	case len(args) == 4 && isNumber:
		limit, err := strconv.ParseFloat(args[3], 64)
		ts.Check(err)
		ok = args[2] == "<" && n < limit || args[2] == ">" && n > limit
	case isNumber:
		ok = strconv.FormatFloat(n, 'f', -1, 64) == args[2]
	default:
		ok = fmt.Sprint(v) == args[2]
	}
	if ok == neg {
		ts.Fatalf("%s is %v, wanted %v", args[1], v, args[2:])
	}
}
