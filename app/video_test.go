//go:build linux

package app_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"gabarit/app"
	"gabarit/engine"
)

// seenAs is the distance up to which a face of a video is taken for a person of its description.
const seenAs = 0.55

// oneFrame is how far a cut may lie beside where the description has it, in ms.
const oneFrame = 40

// script is what stands beside a video of ../shared/testdata/video: who is to be seen when, in seconds.
type script struct {
	File     string
	Duration float64
	Segments []segment
}

type segment struct {
	Start, End float64
	Identities []string
	Source     string
}

func (s segment) span() engine.Span {
	return engine.Span{FromMS: int64(s.Start * 1000), ToMS: int64(s.End * 1000)}
}

// keptDetector is a pool of the test's own, which the program is not to close.
type keptDetector struct{ engine.FaceDetector }

func (keptDetector) Close() error { return nil }

// TestVideo collects the videos beside the project and prints who was found when, and what it cost beside face_recognition on every 10th frame; see
// "make video".
func TestVideo(t *testing.T) {
	if os.Getenv("GABARIT_VIDEO") == "" {
		t.Skip("skipped: takes minutes; run it with `make video`")
	}
	dir := filepath.Join(testPhotos(), "video")
	videos, err := filepath.Glob(filepath.Join(dir, "*.mp4"))
	if err != nil || len(videos) == 0 {
		t.Skipf("skipped: no videos beside the project in %s", dir)
	}
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		t.Skip("skipped: ffmpeg is not installed; `make setup` does it")
	}
	first := filepath.Join(testPhotos(), readManifest(t, filepath.Join(testPhotos(), "manifest.csv"))[0].file)
	mine := openOurs(t, runtime.NumCPU(), first)
	their := openPeer(t, peerStrong)
	if their == nil {
		their = openPeer(t, peerWheel)
	}
	for _, path := range videos {
		t.Run(filepath.Base(path), func(t *testing.T) {
			v := &filmed{path: path, ours: mine}
			v.collect(t)
			if text, err := os.ReadFile(strings.TrimSuffix(path, ".mp4") + ".json"); err == nil {
				must(t, json.Unmarshal(text, &v.script))
				v.compare(t)
			} else {
				t.Logf("no description beside it: %d faces kept", v.report.Counts.Faces)
			}
			v.cost(t, their)
		})
	}
}

// filmed is one video that is measured.
type filmed struct {
	path   string
	ours   *ours
	app    *app.App
	report engine.CollectReport
	spent  time.Duration // processor time of the collection: this program, its face workers, and ffmpeg
	script script
}

func (v *filmed) clock(t *testing.T) time.Duration {
	return processorTime(t) + clockOf(t, v.ours.pids...)
}

func (v *filmed) collect(t *testing.T) {
	v.app = app.New(app.Config{VaultDir: filepath.Join(t.TempDir(), "v"), Detector: keptDetector{v.ours.pool}})
	t.Cleanup(func() { must(t, v.app.Close()) })
	must(t, v.app.CreateVault(t.Context(), ""))
	_, err := v.app.AddCollection(t.Context(), people())
	must(t, err)
	before := v.clock(t)
	v.report = collect(t, v.app, v.path)
	v.spent = v.clock(t) - before
	if c := v.report.Counts; c.Videos != 1 || c.Failed != 0 {
		t.Fatalf("counts %+v, failed %+v", c, v.report.Failed)
	}
}

// sighting is a face that was kept, as one person.
type sighting struct {
	match  engine.Match
	person string
}

// sightings gives for each face kept the person it is nearest to, of those that the description names.
func (v *filmed) sightings(t *testing.T) map[engine.FaceID]sighting {
	nearest := map[engine.FaceID]sighting{}
	ask := func(person, file string, face int) {
		probe, err := v.app.OpenProbe(t.Context(), file, engine.Look{Averaged: true})
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		res, err := v.app.Search(t.Context(), engine.SearchRequest{Purpose: "tests", Probe: probe, Faces: []int{face}, Max: engine.MaxResults, Within: engine.MaxDistance})
		must(t, err)
		for _, m := range res.Probes[0].Matches {
			if old, ok := nearest[m.Face]; !ok || m.Distance < old.match.Distance {
				nearest[m.Face] = sighting{m, person}
			}
		}
	}
	done := map[string]bool{}
	for _, s := range v.script.Segments {
		for _, person := range s.Identities {
			files, err := filepath.Glob(filepath.Join(testPhotos(), "people", person, "*.jpg"))
			must(t, err)
			if !done[person] {
				for _, f := range files[:min(len(files), 6)] {
					ask(person, f, 0)
				}
			}
			if done[person] = true; len(files) == 0 { // whoever stands in a photo of several, behind the ones with photos of their own
				ask(person, filepath.Join(testPhotos(), s.Source), slices.Index(s.Identities, person))
			}
		}
	}
	return nearest
}

// compare prints who was found in which part of the video.
func (v *filmed) compare(t *testing.T) {
	kept := v.sightings(t)
	var table strings.Builder
	w := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "from\tto\tperson\tfaces kept\tseen\tat\tdistance\tquality")
	wanted, found, used := 0, 0, map[engine.FaceID]bool{}
	for _, s := range v.script.Segments {
		for _, person := range s.Identities {
			wanted++
			var of []sighting
			for _, k := range kept {
				if seen := k.match.Seen; k.person == person && k.match.Distance <= seenAs && seen.FromMS < s.span().ToMS && seen.ToMS >= s.span().FromMS {
					of = append(of, k)
				}
			}
			if len(of) == 0 {
				fmt.Fprintf(w, "%g\t%g\t%s\t0\t\t\t\t\n", s.Start, s.End, person)
				continue
			}
			found++
			slices.SortFunc(of, func(a, b sighting) int { return int(a.match.Source.FrameMS - b.match.Source.FrameMS) })
			m := of[0].match
			used[m.Face] = true
			fmt.Fprintf(w, "%g\t%g\t%s\t%d\t%v\t%s\t%.3f\t%.2f\n", s.Start, s.End, person, len(of), m.Seen, engine.Clock(m.Source.FrameMS), m.Distance, m.Quality)
			if len(of) > 1 {
				t.Errorf("%d faces of %s are kept of the shot from %g to %g s", len(of), person, s.Start, s.End)
			}
			if m.Seen.FromMS < s.span().FromMS-oneFrame || m.Seen.ToMS > s.span().ToMS+oneFrame {
				t.Errorf("%s is said to be seen %v, which is not within %g and %g s", person, m.Seen, s.Start, s.End)
			}
		}
	}
	extra := v.report.Counts.Faces - len(used)
	_ = w.Flush()
	t.Logf("%s\n%srecall %d/%d = %.3f, extra faces kept: %d of %d; frames looked at: %d", filepath.Base(v.path), table.String(), found, wanted, share(found, wanted), extra,
		v.report.Counts.Faces, v.report.Counts.Photos+v.report.Counts.LeftOut)
	if found < wanted {
		t.Errorf("%d of %d people were not found", wanted-found, wanted)
	}
}

// cost compares with what people do by hand: every 10th frame taken out by ffmpeg and given to face_recognition.
func (v *filmed) cost(t *testing.T, their *peer) {
	out, err := exec.Command("ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", v.path).Output()
	must(t, err)
	var seconds float64
	if _, err := fmt.Sscan(string(out), &seconds); err != nil {
		t.Fatal(err)
	}
	t.Logf("Gabarit: %.1f s of video in %.2f s of processor time: %.2f video seconds a second; frames %d, faces kept %d", seconds, v.spent.Seconds(), seconds/v.spent.Seconds(),
		v.report.Counts.Photos+v.report.Counts.LeftOut, v.report.Counts.Faces)
	if their == nil {
		t.Log("face_recognition is not installed; .ci/peers does it")
		return
	}
	dir := t.TempDir()
	before := processorTime(t)
	cmd := exec.Command("ffmpeg", "-v", "error", "-threads", "1", "-i", v.path, "-vf", `select=not(mod(n\,10))`, "-vsync", "0", "-q:v", "2", filepath.Join(dir, "%06d.jpg"))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	spent := processorTime(t) - before
	frames, err := filepath.Glob(filepath.Join(dir, "*.jpg"))
	must(t, err)
	begun, faces := clockOf(t, their.cmd.Process.Pid), 0
	for _, f := range frames {
		s, err := their.look(f, false)
		must(t, err)
		faces += len(s.faces)
	}
	spent += clockOf(t, their.cmd.Process.Pid) - begun
	t.Logf("face_recognition (%s) on every 10th frame: %.2f s: %.2f video seconds a second; frames %d, faces %d, each a face of its own", their.form, spent.Seconds(), seconds/spent.Seconds(), len(frames), faces)
	t.Logf("ratio: Gabarit reads %.1f times as many seconds of video a second of processor time", spent.Seconds()/v.spent.Seconds())
}
