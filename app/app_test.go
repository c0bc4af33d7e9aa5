package app_test

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"gabarit/app"
	"gabarit/engine"
)

func TestMain(m *testing.M) {
	if code, ok := app.RunWorker(os.Args); ok {
		os.Exit(code)
	}
	if os.Getenv(faultTask) != "" {
		os.Exit(faultChild())
	}
	if dir := os.Getenv(panicking); dir != "" {
		panicUnlocking(dir)
	}
	os.Exit(run(m))
}

// run keeps the tests away from the user's own folder for states.
func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "gabarit-state-*")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	if err := os.Setenv(app.EnvState, dir); err != nil {
		panic(err)
	}
	return m.Run()
}

// clock is the fixed time of these tests.
func clock() time.Time { return time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC) }

// drawn is a detector for pictures made by draw: one face a picture, whose template follows from the
// colour in the middle; none in a black one. onDetect, if set, is called first.
type drawn struct {
	onDetect func(ctx context.Context) error
	model    engine.ModelID
	mu       sync.Mutex
	calls    int
	look     engine.Look // of the last call
}

func (d *drawn) Workers() int { return 2 }

// Model is "test", unless the test says otherwise.
func (d *drawn) Model() engine.ModelID { return cmp.Or(d.model, "test") }
func (d *drawn) Close() error          { return nil }

func (d *drawn) Detect(ctx context.Context, p *engine.Picture, look engine.Look) ([]engine.Detection, error) {
	d.mu.Lock()
	d.calls++
	d.look = look
	d.mu.Unlock()
	if d.onDetect != nil {
		if err := d.onDetect(ctx); err != nil {
			return nil, err
		}
	}
	r, g, b, _ := p.Image.At(p.Width/2, p.Height/2).RGBA()
	if r+g+b < 3*0x1000 {
		return nil, nil
	}
	return []engine.Detection{{Box: engine.Box{X: 10, Y: 10, W: 40, H: 40}, Quality: 0.5, Model: d.Model(), Template: person(uint64(r>>10)<<16 | uint64(g>>10)<<8 | uint64(b>>10))}}, nil
}

func (d *drawn) Describe(ctx context.Context, p *engine.Picture, box engine.Box, look engine.Look) (engine.Detection, error) {
	found, err := d.Detect(ctx, p, look)
	if err != nil || len(found) == 0 {
		return engine.Detection{Box: box, Drawn: true, Model: d.Model(), Template: person(0)}, err
	}
	found[0].Box, found[0].Drawn = box, true
	return found[0], nil
}

// person is a point on a sphere whose points are far apart unless they are of the same person.
func person(seed uint64) (t engine.Template) {
	rng := rand.New(rand.NewPCG(seed, 1))
	for i := range t {
		t[i] = float32(rng.NormFloat64() / 10)
	}
	return t
}

// draw writes a small picture of one colour; remark makes its bytes different.
func draw(t testing.TB, path string, c color.RGBA, remark uint32) {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 64, 64))
	for i := range 64 * 64 {
		img.SetRGBA(i%64, i/64, c)
	}
	var mark [4]byte
	binary.LittleEndian.PutUint32(mark[:], remark)
	img.SetRGBA(0, 0, color.RGBA{mark[0], mark[1], mark[2], 255})
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

func red() color.RGBA   { return color.RGBA{200, 0, 0, 255} }
func green() color.RGBA { return color.RGBA{0, 200, 0, 255} }
func blue() color.RGBA  { return color.RGBA{0, 0, 200, 255} }
func black() color.RGBA { return color.RGBA{0, 0, 0, 255} }

// newApp gives an App without vault, closed at the end of the test.
func newApp(t testing.TB, d engine.FaceDetector) *app.App {
	t.Helper()
	a := app.New(app.Config{VaultDir: filepath.Join(t.TempDir(), "vault"), ModelsDir: t.TempDir(), Detector: d, Now: clock})
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return a
}

// openApp gives an App with an open vault and a collection named "people".
func openApp(t testing.TB, d engine.FaceDetector) *app.App {
	t.Helper()
	a := newApp(t, d)
	must(t, a.CreateVault(t.Context(), ""))
	_, err := a.AddCollection(t.Context(), people())
	must(t, err)
	return a
}

func people() engine.Collection {
	return engine.Collection{Name: "people", Purpose: "tests", Basis: "consent", Condition: "explicit-consent",
		Scope: engine.ScopeLocal, Retain: engine.DefaultRetain}
}

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

// album writes three people, a duplicate and a picture without a face, and gives the folder.
func album(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	draw(t, filepath.Join(dir, "red.png"), red(), 1)
	draw(t, filepath.Join(dir, "green.png"), green(), 1)
	draw(t, filepath.Join(dir, "more", "blue.png"), blue(), 1)
	draw(t, filepath.Join(dir, "more", "red-again.png"), red(), 1)
	draw(t, filepath.Join(dir, "black.png"), black(), 1)
	if err := os.WriteFile(filepath.Join(dir, "broken.png"), []byte("\x89PNG\r\n\x1a\nbroken"), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func collect(t testing.TB, a *app.App, sources ...string) engine.CollectReport {
	t.Helper()
	rep, err := a.Collect(t.Context(), engine.CollectRequest{Collection: "people", Sources: sources}, nil)
	must(t, err)
	return rep
}

func TestVaultLifecycle(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "vault")
	cfg := app.Config{VaultDir: dir, Detector: &drawn{}, Now: clock}
	first := app.New(cfg)
	if got := first.State(); got != engine.VaultMissing {
		t.Fatalf("state %q", got)
	}
	_, err := first.Collections(t.Context())
	wantCode(t, err, engine.CodeNoVault)
	wantCode(t, first.Unlock(t.Context(), ""), engine.CodeNoVault)
	must(t, first.CreateVault(t.Context(), "open sesame"))
	if got := first.State(); got != engine.VaultOpen {
		t.Fatalf("state %q", got)
	}
	wantCode(t, first.CreateVault(t.Context(), ""), engine.CodeConflict)
	must(t, first.Unlock(t.Context(), "anything")) // open already

	second := app.New(cfg)
	if got := second.State(); got != engine.VaultSealed {
		t.Fatalf("state %q", got)
	}
	_, err = second.Cases(t.Context())
	wantCode(t, err, engine.CodeBadKey)
	wantCode(t, second.Unlock(t.Context(), "open sesame"), engine.CodeLocked)
	must(t, first.Close())
	must(t, first.Close())
	_, err = first.Cases(t.Context())
	wantCode(t, err, engine.CodeCanceled)
	wantCode(t, second.Unlock(t.Context(), "open barley"), engine.CodeBadKey)
	must(t, second.Unlock(t.Context(), "open sesame"))
	st, err := second.Status(t.Context())
	must(t, err)
	if !st.Passphrase || st.Vault != engine.VaultOpen || st.Dir != dir {
		t.Errorf("status %+v", st)
	}
	must(t, second.Close())
}

func TestStatusTellsWhetherAPassphraseIsNeeded(t *testing.T) {
	for _, pass := range []string{"", "secret"} {
		t.Run(fmt.Sprintf("passphrase %q", pass), func(t *testing.T) {
			cfg := app.Config{VaultDir: filepath.Join(t.TempDir(), "v"), Detector: &drawn{}}
			a := app.New(cfg)
			must(t, a.CreateVault(t.Context(), pass))
			must(t, a.Close())
			a = app.New(cfg)
			defer a.Close()
			st, err := a.Status(t.Context())
			must(t, err)
			want := engine.Status{Vault: engine.VaultClosed, Dir: cfg.VaultDir, Jobs: []engine.Job{}}
			if pass != "" {
				want.Vault, want.Passphrase = engine.VaultSealed, true
			}
			if st.Vault != want.Vault || st.Passphrase != want.Passphrase {
				t.Errorf("status %+v, want %+v", st, want)
			}
		})
	}
}

func TestEventsReachSubscribersUntilTheyCancel(t *testing.T) {
	a := newApp(t, &drawn{})
	got := make(chan engine.Event, 100)
	cancel := a.Subscribe(func(e engine.Event) { got <- e })
	must(t, a.CreateVault(t.Context(), ""))
	if e := <-got; e != engine.EventVault {
		t.Errorf("event %q", e)
	}
	_, err := a.AddCollection(t.Context(), people())
	must(t, err)
	if e := <-got; e != engine.EventCollections {
		t.Errorf("event %q", e)
	}
	cancel()
	collect(t, a, album(t))
	if len(got) != 0 {
		t.Errorf("%d events after cancel", len(got))
	}
}

func TestDefaultPathsFollowTheEnvironment(t *testing.T) {
	t.Setenv(app.EnvVault, "/somewhere/vault")
	t.Setenv(app.EnvModels, "")
	vault, models := app.DefaultPaths()
	if vault != "/somewhere/vault" || filepath.Base(models) != "models" || filepath.Base(filepath.Dir(models)) != "gabarit" {
		t.Errorf("paths %q and %q", vault, models)
	}
}

func TestModelsAreChecked(t *testing.T) {
	dir := t.TempDir()
	a := app.New(app.Config{VaultDir: t.TempDir(), ModelsDir: dir})
	defer a.Close()
	err := a.CheckModels(t.Context())
	wantCode(t, err, engine.CodeNoModel)
	if msg := engine.MessageOf(err); msg != "a face model is missing" {
		t.Errorf("message %q", msg)
	}
	name := "shape_predictor_5_face_landmarks.dat"
	if !bytes.Contains([]byte(err.Error()), []byte(name)) {
		t.Errorf("%v does not name %s", err, name)
	}
	must(t, os.WriteFile(filepath.Join(dir, name), make([]byte, 9_150_489), 0o600))
	err = a.CheckModels(t.Context())
	wantCode(t, err, engine.CodeNoModel)
	if msg := engine.MessageOf(err); msg != "a face model is altered or damaged" {
		t.Errorf("message %q", msg)
	}
	_, err = a.OpenProbe(t.Context(), filepath.Join(album(t), "red.png"), engine.Look{})
	wantCode(t, err, engine.CodeNoModel)
}

func TestCloseEndsCallsUnderWay(t *testing.T) {
	started := make(chan struct{})
	var once sync.Once
	a := openApp(t, &drawn{onDetect: func(ctx context.Context) error {
		once.Do(func() { close(started) })
		<-ctx.Done()
		return ctx.Err()
	}})
	done := make(chan error, 1)
	dir := album(t)
	go func() {
		_, err := a.Collect(context.Background(), engine.CollectRequest{Collection: "people", Sources: []string{dir}}, nil)
		done <- err
	}()
	<-started
	must(t, a.Close())
	wantCode(t, <-done, engine.CodeCanceled)
}

func sum(t testing.TB, path string) engine.SHA256 {
	t.Helper()
	data, err := os.ReadFile(path)
	must(t, err)
	return sha256.Sum256(data)
}
