package main_test

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	_ "image/jpeg"
	"image/png"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/adrg/xdg"
	"github.com/disintegration/imaging"
)

// desk is a screen of its own with a window manager, the programs built for the test, and a vault.
type desk struct {
	t        *testing.T
	display  string
	dir      string // temporary: home, settings, vault
	vault    string
	models   string
	testdata string
	dragger  string
	window   string // the program with the tag uitest
	batch    string
	folder   string // photos that the window collects
	pass     string // of the vault, once the window has set one
}

// newDesk is a screen for tests with the real photos of ../shared.
func newDesk(t *testing.T) *desk {
	t.Helper()
	testdata, dragger := absolute(t, "../shared/testdata"), absolute(t, "../shared/tools/xdnd-drop")
	for _, path := range []string{testdata, dragger} {
		if _, err := os.Stat(path); err != nil {
			t.Skipf("the real window needs %s", path)
		}
	}
	d := newScreen(t)
	d.testdata, d.dragger = testdata, dragger
	return d
}

// newScreen builds the programs and starts a screen for them.
func newScreen(t *testing.T) *desk {
	t.Helper()
	for _, tool := range []string{"Xvfb", "openbox", "xdotool", "import", "/usr/bin/python3"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("the real window needs %s (make setup)", tool)
		}
	}
	d := &desk{t: t, dir: t.TempDir(), models: os.Getenv("GABARIT_MODELS")}
	if d.models == "" {
		d.models = filepath.Join(xdg.DataHome, "gabarit", "models")
	}
	d.vault = filepath.Join(d.dir, "vault")
	d.window, d.batch = absolute(t, "build/gabarit-uitest"), absolute(t, "build/gabarit-uitest-cli")
	d.run("go", "build", "-tags", "uitest", "-o", d.window, ".")
	d.run("go", "build", "-o", d.batch, "./app/cli")
	d.startScreen()
	return d
}

func absolute(t *testing.T, path string) string {
	t.Helper()
	abs, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return abs
}

// startScreen starts Xvfb on a free display, and openbox on it.
func (d *desk) startScreen() {
	d.t.Helper()
	read, write, err := os.Pipe()
	if err != nil {
		d.t.Fatal(err)
	}
	server := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "1280x900x24", "+extension", "GLX")
	server.ExtraFiles = []*os.File{write}
	d.start(server)
	_ = write.Close()
	line, err := bufio.NewReader(read).ReadString('\n')
	if err != nil {
		d.t.Fatalf("Xvfb did not start: %v", err)
	}
	d.display = ":" + strings.TrimSpace(line)
	manager := exec.Command("openbox")
	manager.Env = d.env()
	d.start(manager)
}

// start runs a program until the test ends.
func (d *desk) start(cmd *exec.Cmd) {
	d.t.Helper()
	if err := cmd.Start(); err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
}

func (d *desk) env(more ...string) []string {
	env := append(os.Environ(), "DISPLAY="+d.display, "LIBGL_ALWAYS_SOFTWARE=1", "LANG=en_GB.UTF-8", "LANGUAGE=", "HOME="+d.dir,
		"XDG_CONFIG_HOME="+filepath.Join(d.dir, "config"), "XDG_DATA_HOME="+filepath.Join(d.dir, "data"), "XDG_CACHE_HOME="+filepath.Join(d.dir, "cache"),
		"XDG_STATE_HOME="+filepath.Join(d.dir, "state"), "GABARIT_STATE="+filepath.Join(d.dir, "state"), "GABARIT_PASSPHRASE="+d.pass,
		"GABARIT_VAULT="+d.vault, "GABARIT_MODELS="+d.models, "PATH="+d.dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	return append(env, more...)
}

// run runs a command of the build with the present environment, or a tool of the screen.
func (d *desk) run(name string, args ...string) []byte {
	d.t.Helper()
	cmd := exec.Command(name, args...)
	if name != "go" {
		cmd.Env = d.env()
	}
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		d.t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, errs.String())
	}
	return out
}

// json runs the batch program and reads what it prints.
func (d *desk) json(into any, args ...string) {
	d.t.Helper()
	if err := json.Unmarshal(d.cli(args...), into); err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) cli(args ...string) []byte {
	d.t.Helper()
	return d.run(d.batch, args...)
}

// fillVault makes a vault of some people's photos with web addresses, and a folder to collect later. It gives a photo to
// search with: of a person whose other photos are in the vault.
func (d *desk) fillVault() (probe string) {
	d.t.Helper()
	file, err := os.Open(filepath.Join(d.testdata, "manifest.csv"))
	if err != nil {
		d.t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		d.t.Fatal(err)
	}
	column := map[string]int{}
	for i, name := range rows[0] {
		column[name] = i
	}
	manifest := [][]string{{"file", "url", "page_url", "page_title"}}
	later := []string{}
	for _, row := range rows[1:] {
		path, role := filepath.Join(d.testdata, row[column["file"]]), row[column["role"]]
		who := row[column["identity"]]
		switch {
		case who == "George_Clooney" && role == "query" && probe == "":
			probe = path
		case role == "gallery" && strings.HasPrefix(row[column["file"]], "people/") && len(manifest) <= 60:
			n := strconv.Itoa(len(manifest))
			manifest = append(manifest, []string{path, "https://press.example/img/" + n + ".jpg", "https://press.example/story/" + n, "Story " + n})
		case role == "group" && len(later) < 16:
			later = append(later, path)
		}
	}
	if probe == "" || len(manifest) < 20 || len(later) < 8 {
		d.t.Fatalf("the test photos are not as expected: probe %q, %d photos, %d group photos", probe, len(manifest)-1, len(later))
	}
	var list bytes.Buffer
	if err := csv.NewWriter(&list).WriteAll(manifest); err != nil {
		d.t.Fatal(err)
	}
	d.write("press.csv", list.Bytes(), 0o600)
	d.fillFolder(later)
	d.write("xdg-open", []byte("#!/bin/sh\nprintf '%s\\n' \"$1\" >\"$HOME/opened\"\n"), 0o700)
	d.cli("vault", "init", "--no-passphrase")
	d.cli("collection", "add", "Press", "--purpose", purpose, "--basis", "legitimate-interests", "--condition", "made-public-by-the-person")
	d.cli("collect", "Press", filepath.Join(d.dir, "press.csv"))
	return probe
}

func (d *desk) fillFolder(photos []string) {
	d.t.Helper()
	d.folder = filepath.Join(d.dir, "parade")
	if err := os.Mkdir(d.folder, 0o700); err != nil {
		d.t.Fatal(err)
	}
	for _, p := range photos {
		data, err := os.ReadFile(p)
		if err != nil {
			d.t.Fatal(err)
		}
		d.write(filepath.Join("parade", filepath.Base(p)), data, 0o600)
	}
	d.write("parade/broken.jpg", []byte("no photo"), 0o600)
}

func (d *desk) write(name string, data []byte, mode os.FileMode) {
	d.t.Helper()
	if err := os.WriteFile(filepath.Join(d.dir, name), data, mode); err != nil {
		d.t.Fatal(err)
	}
}

// window is the running program.
type window struct {
	*desk
	cmd    *exec.Cmd
	dump   string
	id     string
	opened string
	errs   *bytes.Buffer
}

// dumpBox is a widget's box in pixels of the window, and its text.
type dumpBox struct {
	X, Y, W, H int
	Text       string
}

func (b dumpBox) rect() image.Rectangle { return image.Rect(b.X, b.Y, b.X+b.W, b.Y+b.H) }

func (d *desk) open(look, lang string, args ...string) *window {
	d.t.Helper()
	w := &window{desk: d, dump: filepath.Join(d.dir, "dump-"+look+lang+".json"), opened: filepath.Join(d.dir, "opened"), errs: &bytes.Buffer{}}
	w.cmd = exec.Command(d.window, args...)
	w.cmd.Env = d.env("GABARIT_UI_DUMP="+w.dump, "GABARIT_THEME="+look, "GABARIT_LANG="+lang)
	w.cmd.Stderr = w.errs
	d.start(w.cmd)
	w.until("the window", func() bool {
		cmd := exec.Command("xdotool", "search", "--onlyvisible", "--name", "^Gabarit")
		cmd.Env = d.env()
		out, err := cmd.Output()
		w.id, _, _ = strings.Cut(string(out), "\n")
		return err == nil && w.id != ""
	})
	return w
}

// until waits for something that a person would wait for; two minutes are far more than a slow machine needs.
func (w *window) until(what string, holds func() bool) {
	w.t.Helper()
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); time.Sleep(150 * time.Millisecond) {
		if holds() {
			return
		}
	}
	w.screen("failed")
	w.t.Fatalf("%s did not come (see build/screens/failed.png)\n%v\n%s", what, w.boxes(), w.errs.String())
}

func (w *window) boxes() map[string]dumpBox {
	data, err := os.ReadFile(w.dump)
	if err != nil {
		return nil
	}
	out := map[string]dumpBox{}
	if json.Unmarshal(data, &out) != nil {
		return nil
	}
	return out
}

func (w *window) box(name string) dumpBox { return w.boxes()[name] }

// wait waits until a widget is shown and its text holds some words.
func (w *window) wait(name, words string) (b dumpBox) {
	w.t.Helper()
	w.until(fmt.Sprintf("%s with %q", name, words), func() bool {
		found, ok := w.boxes()[name]
		b = found
		return ok && strings.Contains(found.Text, words)
	})
	return b
}

// click presses the left button on a widget, at a share of its width.
func (w *window) click(name string, across float64) {
	w.t.Helper()
	b := w.wait(name, "")
	x, y := b.X+int(float64(b.W)*across), b.Y+min(b.H/2, 20)
	w.run("xdotool", "mousemove", "--window", w.id, strconv.Itoa(x), strconv.Itoa(y), "click", "1")
}

func (w *window) key(keys ...string) {
	w.t.Helper()
	for _, k := range keys {
		w.run("xdotool", "key", k)
		time.Sleep(250 * time.Millisecond)
	}
}

func (w *window) typeText(text string) {
	w.t.Helper()
	w.until("the text", func() bool {
		if w.box("search.purpose").Text == "" {
			w.run("xdotool", "type", "--delay", "20", text)
		}
		time.Sleep(600 * time.Millisecond)
		return w.box("search.purpose").Text == text
	})
}

// enter types into what has the keyboard.
func (w *window) enter(text string) {
	w.t.Helper()
	w.run("xdotool", "type", "--delay", "40", text)
	time.Sleep(300 * time.Millisecond)
}

// drop drags a file onto the window with a real X11 drag source.
func (w *window) drop(path string) {
	w.t.Helper()
	w.run("/usr/bin/python3", w.dragger, "Gabarit", path)
}

// quit closes the window and waits for the program's orderly end. The build has Fyne's thread checks on.
func (w *window) quit() {
	w.t.Helper()
	w.key("ctrl+q")
	err := w.cmd.Wait()
	var exit *exec.ExitError
	if err != nil && (errors.As(err, &exit) || w.cmd.ProcessState == nil) {
		w.t.Errorf("the window ended with %v\n%s", err, w.errs.String())
	}
	if text := w.errs.String(); strings.Contains(text, "Fyne call thread") || strings.Contains(text, "panic") {
		w.t.Errorf("the window complained:\n%s", text)
	}
}

// capture takes a picture of the window's content.
func (w *window) capture() image.Image {
	w.t.Helper()
	img, err := png.Decode(bytes.NewReader(w.run("import", "-window", w.id, "png:-")))
	if err != nil {
		w.t.Fatal(err)
	}
	return img
}

// screen takes a picture and keeps it in build/screens.
func (w *window) screen(name string) image.Image {
	w.t.Helper()
	img := w.capture()
	file, err := os.Create(filepath.Join(screensDir(w.t), name+".png"))
	if err != nil {
		w.t.Fatal(err)
	}
	if err := errors.Join(png.Encode(file, img), file.Close()); err != nil {
		w.t.Fatal(err)
	}
	return img
}

func decode(t *testing.T, data []byte) image.Image {
	t.Helper()
	img, _, err := image.Decode(io.LimitReader(bytes.NewReader(data), 1<<24))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// colours counts the different colours in a part of a picture.
func colours(img image.Image, at image.Rectangle) int {
	seen := map[[3]uint32]bool{}
	for y := at.Min.Y; y < at.Max.Y; y++ {
		for x := at.Min.X; x < at.Max.X; x++ {
			r, g, b, _ := img.At(x, y).RGBA()
			seen[[3]uint32{r >> 8, g >> 8, b >> 8}] = true
		}
	}
	return len(seen)
}

// difference is the mean difference of grey, 0 to 255, between a part of a screen and a picture shown there.
func difference(screen image.Image, at image.Rectangle, picture image.Image) float64 {
	const side = 48
	a := imaging.Grayscale(imaging.Resize(imaging.Crop(screen, at), side, side, imaging.Box))
	b := imaging.Grayscale(imaging.Resize(picture, side, side, imaging.Box))
	sum := 0.0
	for y := 4; y < side-4; y++ { // the corners are rounded
		for x := 4; x < side-4; x++ {
			d := float64(a.NRGBAAt(x, y).R) - float64(b.NRGBAAt(x, y).R)
			sum += max(d, -d)
		}
	}
	return sum / ((side - 8) * (side - 8))
}

func same(a, b image.Image) bool {
	if a.Bounds() != b.Bounds() {
		return false
	}
	for y := a.Bounds().Min.Y; y < a.Bounds().Max.Y; y += 2 {
		for x := a.Bounds().Min.X; x < a.Bounds().Max.X; x += 2 {
			if a.At(x, y) != b.At(x, y) {
				return false
			}
		}
	}
	return true
}
