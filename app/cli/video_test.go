package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gabarit/app/cli/command"
	"gabarit/app/cli/document"
)

// realVideo gives a video with real people, made of the one beside the project: three times as long, each part different.
func realVideo(t *testing.T, dir string) string {
	t.Helper()
	from, err := filepath.Abs(filepath.Join("..", "..", "..", "shared", "testdata", "video", "slideshow_dev.mp4"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(from); err != nil {
		t.Skipf("skipped: no video with people beside the project: %v", err)
	}
	path := filepath.Join(dir, "film.mp4")
	ffmpeg(t, "-i", from, "-filter_complex", "[0]split=3[a][b][c];[b]hflip[d];[c]crop=560:315:40:20,scale=640:360,setsar=1[e];[a]setsar=1[f];[d]setsar=1[g];[f][g][e]concat=n=3",
		"-c:v", "libx264", "-preset", "veryfast", "-metadata", "title=The fair", path)
	return path
}

// ffmpeg makes a video.
func ffmpeg(t *testing.T, args ...string) {
	t.Helper()
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		t.Skip("skipped: ffmpeg is not installed; `make setup` installs it")
	}
	if out, err := exec.Command("ffmpeg", append([]string{"-v", "error", "-nostdin"}, args...)...).CombinedOutput(); err != nil {
		t.Fatalf("ffmpeg %v: %v\n%s", args, err, out)
	}
}

// TestAVideoIsCollectedAndSearched: a match tells the second, in both forms of output.
func TestAVideoIsCollectedAndSearched(t *testing.T) {
	w := newWorld(t)
	dir := filepath.Join(w.dir, "films")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	path := realVideo(t, dir)
	write(t, filepath.Join(dir, "film.info.json"), []byte(`{"extractor":"example","webpage_url":"https://example.org/watch?v=x","title":"The fair, filmed","uploader":"Ann","thumbnail":"https://example.org/x.jpg"}`))
	probe := filepath.Join(filepath.Dir(path), "..", "probe.jpg")
	ffmpeg(t, "-ss", "4", "-i", path, "-frames:v", "1", "-q:v", "2", probe) // Matt Damon is seen from 3 to 6 s
	w.open("v")
	got := w.collect("v", []string{"collect", "people", "--json", dir})
	if got.Videos != 1 || len(got.Failed) != 0 || got.Faces < 20 || got.Photos > got.Faces || got.LeftOut < 20 {
		t.Errorf("collected %+v", got)
	}
	var s document.Search
	w.run("v", 0, &s, "search", probe, "--purpose", "tests", "--max", "1", "--json")
	m := s.Probes[0].Matches[0].Source
	if m.FrameMS < 3000 || m.FrameMS > 6000 || m.StartMS != 3000 || m.EndMS < 5000 || m.EndMS > 6000 || !m.Video || m.File != path {
		t.Errorf("found at %+v", m)
	}
	if m.PageURL != "https://example.org/watch?v=x" || m.PageTitle != "The fair, filmed" || m.ImageTitle != "The fair" || m.Author != "Ann" || m.URL != "" || m.SHA256 != hashOf(t, path) {
		t.Errorf("source %+v", m)
	}
	out, err := w.command("v", "search", probe, "--purpose", "tests", "--max", "1").Output()
	if err != nil || !strings.Contains(string(out), "https://example.org/watch?v=x#t=") || !strings.Contains(string(out), "seen 0:03.000 – 0:05") {
		t.Errorf("%v\n%s", err, out)
	}
	again := w.collect("v", []string{"collect", "people", "--json", dir})
	if again.Videos != 0 || again.Photos != 0 || again.Duplicates != 0 || again.Seconds > got.Seconds {
		t.Errorf("once more: %+v", again)
	}
}

// TestAKilledVideoIsGoneOnWith: kill -9 in the middle of a video, then the same again, gives what an undisturbed run gives.
func TestAKilledVideoIsGoneOnWith(t *testing.T) {
	w := newWorld(t)
	path := realVideo(t, w.dir)
	args := []string{"collect", "people", "--json", path}
	w.open("whole")
	whole := w.collect("whole", args)
	seed := uint64(time.Now().UnixNano())
	t.Logf("undisturbed: %d photos, %d faces, %d frames left out in %.1f s; seed %d", whole.Photos, whole.Faces, whole.LeftOut, whole.Seconds, seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	w.open("killed")
	midway := 0
	for i := range 4 {
		w.killAfter("killed", args, int(float64(whole.Photos)*(float64(i)+rng.Float64())/5), time.Duration(rng.IntN(300))*time.Millisecond)
		var at document.CollectionDetails
		w.run("killed", 0, &at, "collection", "show", "people", "--json")
		t.Logf("killed with %d photos and %d faces stored", at.Photos, at.Faces)
		if at.Photos > 0 && at.Photos < whole.Photos {
			midway++
		}
	}
	if midway < 2 {
		t.Errorf("only %d of 4 kills fell in the middle of the work", midway)
	}
	last := w.collect("killed", append(args, "--resume"))
	whole.Seconds, last.Seconds = 0, 0
	if diff := cmp.Diff(whole, last, cmp.AllowUnexported(document.Collect{})); diff != "" {
		t.Errorf("a killed run that went on differs from a whole one:\n%s", diff)
	}
	probe := filepath.Join(w.dir, "probe.jpg")
	ffmpeg(t, "-i", path, "-frames:v", "1", "-q:v", "2", probe)
	if diff := cmp.Diff(w.holdings("whole", probe), w.holdings("killed", probe)); diff != "" {
		t.Errorf("the vaults differ:\n%s", diff)
	}
	var check document.Verification
	if w.run("killed", 0, &check, "vault", "verify", "--json"); !check.Sound {
		t.Errorf("check %+v", check)
	}
	if left, err := exec.Command("pgrep", "-f", "file:/dev/fd/3").Output(); err == nil && mine(string(left)) {
		t.Errorf("ffmpeg still runs: %s", left)
	}
}

// mine tells whether one of some processes reads a video of this test.
func mine(pids string) bool {
	for _, pid := range strings.Fields(pids) {
		if name, err := os.Readlink("/proc/" + pid + "/fd/3"); err == nil && strings.HasSuffix(name, "/film.mp4") {
			return true
		}
	}
	return false
}

// TestWithoutFFmpegAVideoIsAFailedItem: the rest is collected, and it is said what to do.
func TestWithoutFFmpegAVideoIsAFailedItem(t *testing.T) {
	w := newWorld(t)
	dir := filepath.Join(w.dir, "things")
	write(t, filepath.Join(dir, "a.mp4"), []byte("\x00\x00\x00\x14ftypisom\x00\x00\x02\x00isom"))
	write(t, filepath.Join(dir, "b.png"), square(t))
	w.open("v")
	cmd := w.command("v", "collect", "people", "--json", dir)
	cmd.Env = append(cmd.Env, "PATH="+t.TempDir())
	var got document.Collect
	out, _ := cmd.Output() // its status is looked at
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatal(err)
	}
	if cmd.ProcessState.ExitCode() != command.StatusItemsFailed || got.Photos != 1 || len(got.Failed) != 1 || !strings.Contains(got.Failed[0].Reason, "install the package ffmpeg") {
		t.Errorf("status %d, %+v", cmd.ProcessState.ExitCode(), got)
	}
}

// square is a drawn picture without a face.
func square(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 64, 64))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func hashOf(t *testing.T, path string) string {
	t.Helper()
	return fmt.Sprintf("%x", sha256.Sum256(read(t, path)))
}
