package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gabarit/app/cli/command"
	"gabarit/app/cli/document"
)

// kills is how often a collection is killed before it may end.
const kills = 5

// manyPhotos gives sources with a few dozen real photos: those shared by the project's developers, else
// copies of the few that the set-up brings, each made different by a trailing byte.
func manyPhotos(t testing.TB, dir string) []string {
	t.Helper()
	shared, err := filepath.Abs(filepath.Join("..", "..", "..", "shared", "testdata"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(shared, "group")); err == nil {
		sources, err := filepath.Glob(filepath.Join(shared, "lfw", "[A-B]*")) // small photos: many commits
		if err != nil || len(sources) == 0 {
			t.Fatalf("no folders of small photos in %s: %v", shared, err)
		}
		if !raceDetector { // large photos take ten times as long with it
			sources = append(sources, filepath.Join(shared, "group"))
		}
		return sources
	}
	t.Log("no ../shared/testdata: copies of build/photos are collected")
	photos := realPhotos(t)
	for i := range 7 {
		for _, name := range []string{"obama.jpg", "obama2.jpg", "obama3.jpg", "biden.jpg"} {
			data := append(read(t, filepath.Join(photos, name)), byte(i))
			write(t, filepath.Join(dir, "copies", fmt.Sprintf("%d-%s", i, name)), data)
		}
	}
	write(t, filepath.Join(dir, "copies", "broken.jpg"), []byte("broken"))
	return []string{filepath.Join(dir, "copies")}
}

// TestAKilledCollectionIsResumed: kill -9 at random moments, then --resume, gives what an undisturbed run gives.
func TestAKilledCollectionIsResumed(t *testing.T) {
	w := newWorld(t)
	sources := manyPhotos(t, w.dir)
	w.killedAndResumed(sources, firstFile(t, sources[0]))
}

// TestAKilledCollectionOfAnArchiveIsResumed: the same for one web archive of some hundred drawn images and a few photos, with repeated ones among them.
func TestAKilledCollectionOfAnArchiveIsResumed(t *testing.T) {
	photos := realPhotos(t)
	w := newWorld(t)
	path := filepath.Join(w.dir, "crawl.warc.gz")
	writeArchive(t, path, photos, 400)
	whole := w.killedAndResumed([]string{path}, filepath.Join(photos, "obama.jpg"))
	if whole.Photos != 408 || whole.Duplicates != 40 || len(whole.Failed) != 1 || whole.Faces < 8 {
		t.Errorf("%d photos, %d duplicates, %d failed, %d faces; want 408, 40, 1 and at least 8", whole.Photos, whole.Duplicates, len(whole.Failed), whole.Faces)
	}
}

// writeArchive writes n drawn images on pages of 50, every tenth at a second address too, eight photos with faces among them, and a broken one.
func writeArchive(t testing.TB, path, photos string, n int) {
	t.Helper()
	var out bytes.Buffer
	at := func(kind string, i int) string { return fmt.Sprintf("https://example.org/%d/%s%d", i/50, kind, i) }
	for i := range n {
		if i%50 == 0 {
			html := fmt.Sprintf("<title>Page %d</title>", i/50)
			for k := i; k < i+50; k++ {
				html += fmt.Sprintf("<img src=%q><img src=%q><img src=%q>", at("a", k), at("b", k), at("p", k))
			}
			writeRecord(&out, true, at("", i), "text/html", html)
			photo := read(t, filepath.Join(photos, []string{"obama.jpg", "biden.jpg"}[i/50%2]))
			writeRecord(&out, true, at("p", i), "image/jpeg", string(append(photo, byte(i)))) // another file each time
		}
		var picture bytes.Buffer
		if err := drawPlain(&picture, "a"); err != nil {
			t.Fatal(err)
		}
		body := picture.String() + strconv.Itoa(i)
		writeRecord(&out, true, at("a", i), "image/png", body)
		if i%10 == 9 {
			writeRecord(&out, true, at("b", i), "image/png", body)
		}
	}
	writeRecord(&out, true, at("broken", 0), "image/png", "broken")
	write(t, path, out.Bytes())
}

// killedAndResumed collects sources undisturbed, and killed again and again, and compares what the vaults hold; probe is one of the photos.
func (w world) killedAndResumed(sources []string, probe string) document.Collect {
	t := w.t
	t.Helper()
	args := append([]string{"collect", "people", "--json"}, sources...)
	w.open("whole")
	whole := w.collect("whole", args)
	seed := uint64(time.Now().UnixNano())
	t.Logf("undisturbed: %d photos, %d faces, %d failed in %.1f s; seed %d", whole.Photos, whole.Faces, len(whole.Failed), whole.Seconds, seed)

	rng := rand.New(rand.NewPCG(seed, 0))
	w.open("killed")
	midway := 0
	for i := range kills {
		done := float64(i) + rng.Float64()
		w.killAfter("killed", append(args, "--resume"), int(float64(whole.Photos)*done/kills), time.Duration(rng.IntN(300))*time.Millisecond)
		var at document.CollectionDetails
		w.run("killed", 0, &at, "collection", "show", "people", "--json")
		t.Logf("killed with %d photos and %d faces stored", at.Photos, at.Faces)
		if at.Photos > 0 && at.Photos < whole.Photos {
			midway++
		}
	}
	if midway < 2 {
		t.Errorf("only %d of %d kills fell in the middle of the work", midway, kills)
	}
	resumed := w.collect("killed", append(args, "--resume"))
	whole.Seconds, resumed.Seconds = 0, 0
	if diff := cmp.Diff(whole, resumed, cmp.AllowUnexported(document.Collect{})); diff != "" {
		t.Errorf("a killed and resumed run differs from a whole one:\n%s", diff)
	}
	if diff := cmp.Diff(w.holdings("whole", probe), w.holdings("killed", probe)); diff != "" {
		t.Errorf("the vaults differ:\n%s", diff)
	}
	return whole
}

// TestAKilledRetemplatingIsGoneOnWith: kill -9 at random moments, then the same command again, gives what an undisturbed
// one gives, and nothing of the faces before is left.
func TestAKilledRetemplatingIsGoneOnWith(t *testing.T) {
	w := newWorld(t)
	sources := manyPhotos(t, w.dir)
	sources = sources[:min(len(sources), 20)]
	collect := append([]string{"collect", "people", "--json"}, sources...)
	again := append(slices.Clone(collect), "--retemplate", "--smallest", "30")
	w.open("whole")
	held := w.collect("whole", collect)
	whole := w.collect("whole", again)
	seed := uint64(time.Now().UnixNano())
	t.Logf("undisturbed: %d photos held, %d done anew, %d faces; seed %d", held.Photos, whole.Retemplated, whole.NewFaces, seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	w.open("killed")
	w.collect("killed", collect)
	for range kills { // each goes on where the one before was
		w.killAfter("killed", again, 0, time.Duration(whole.Seconds*rng.Float64()*.7*float64(time.Second)))
		var at document.CollectionDetails
		w.run("killed", 0, &at, "collection", "show", "people", "--json")
		if at.Photos != held.Photos {
			t.Errorf("%d photos are held after a kill, want %d", at.Photos, held.Photos)
		}
	}
	last := w.collect("killed", again)
	t.Logf("the last run counts %d photos done anew", last.Retemplated)
	probe := firstFile(t, sources[0])
	if diff := cmp.Diff(w.holdings("whole", probe), w.holdings("killed", probe)); diff != "" {
		t.Errorf("the vaults differ:\n%s", diff)
	}
	var check document.Verification
	w.run("killed", 0, &check, "vault", "verify", "--json")
	if !check.Sound || !check.Erased.Clean {
		t.Errorf("check %+v", check)
	}
}

// killAfter starts gabarit-cli and kills it, a moment after it told of that many photos; the workers are left to
// notice by themselves. A run that ends before is let end.
func (w world) killAfter(vault string, args []string, photos int, moment time.Duration) {
	w.t.Helper()
	cmd := w.command(vault, args...)
	told, err := cmd.StderrPipe()
	if err != nil {
		w.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	for lines := bufio.NewScanner(told); lines.Scan(); {
		var line struct {
			Progress struct{ Photos, Retemplated int }
		}
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			w.t.Fatalf("progress %q: %v", lines.Text(), err)
		}
		if line.Progress.Photos+line.Progress.Retemplated >= photos {
			break
		}
	}
	time.Sleep(moment)
	_ = cmd.Process.Kill() // it may have ended by itself
	_ = cmd.Wait()
}

// firstFile gives the first photo of a folder.
func firstFile(t testing.TB, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) == 0 {
		t.Fatalf("no photo in %s: %v", dir, err)
	}
	return filepath.Join(dir, entries[0].Name())
}

// collect runs a collection that may have failed items.
func (w world) collect(vault string, args []string) document.Collect {
	w.t.Helper()
	cmd := w.command(vault, args...)
	out, err := cmd.Output()
	if code := cmd.ProcessState.ExitCode(); code != command.StatusOK && code != command.StatusItemsFailed {
		w.t.Fatalf("gabarit-cli %v: %v", args, err)
	}
	var got document.Collect
	if err := json.Unmarshal(out, &got); err != nil {
		w.t.Fatal(err)
	}
	return got
}

// holdings lists what a vault holds: its counts, and for a probe, one of its photos, the file and distance of every
// face within reach, which shows faces that are missing or there twice.
func (w world) holdings(vault, probe string) []string {
	w.t.Helper()
	var c document.CollectionDetails
	w.run(vault, 0, &c, "collection", "show", "people", "--json")
	out := []string{fmt.Sprintf("%d photos, %d faces, %d without, %d failed", c.Photos, c.Faces, c.NoFace, c.Failed)}
	var s document.Search
	w.run(vault, 0, &s, "search", probe, "--purpose", "tests", "--within", "0.7", "--max", "10000", "--json")
	out = append(out, fmt.Sprintf("index: %+v", s.Index))
	for _, m := range s.Probes[0].Matches {
		out = append(out, fmt.Sprintf("%.4f %s %v", m.Distance, m.Source.File, m.Box))
	}
	slices.Sort(out)
	return out
}

// TestAnInterruptedCollectionEndsInOrder: SIGINT and SIGTERM end a run with status 130 and leave a vault that goes on.
func TestAnInterruptedCollectionEndsInOrder(t *testing.T) {
	for _, sig := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		t.Run(sig.String(), func(t *testing.T) {
			w := newWorld(t)
			args := append([]string{"collect", "people", "--json"}, manyPhotos(t, w.dir)...)
			w.open("v")
			cmd := w.command("v", args...)
			progress, err := cmd.StderrPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			if _, err := progress.Read(make([]byte, 1)); err != nil { // it is at work
				t.Fatal(err)
			}
			if err := cmd.Process.Signal(sig); err != nil {
				t.Fatal(err)
			}
			_, _ = io.Copy(io.Discard, progress)
			_ = cmd.Wait()
			if got := cmd.ProcessState.ExitCode(); got != command.StatusInterrupted {
				t.Errorf("ended with status %d", got)
			}
			w.run("v", 0, nil, "vault", "info")
		})
	}
}
