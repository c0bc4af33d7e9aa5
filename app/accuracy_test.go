//go:build linux

package app_test

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"gabarit/engine"
)

// What must be reached on the real photos. Recall and precision are those on group photos; rank-1 is that of searches as the
// program does them, with averaged probes.
const (
	floorFastRecall        = 0.84
	floorFastPrecision     = 0.985
	floorThoroughRecall    = 0.94
	floorThoroughPrecision = 0.97
	mostThoroughSeconds    = 3.0 // processor time of a photo
	floorRank1             = 0.994
)

// TestAccuracy measures the whole way from files to ranks on real photos, beside Python's face_recognition on the same photos;
// see "make accuracy". It needs the photos that lie beside the project, in ../shared/testdata, and takes
// minutes. Where face_recognition is not installed (.ci/peers wheel) its columns are left out.
func TestAccuracy(t *testing.T) {
	if os.Getenv("GABARIT_ACCURACY") == "" {
		t.Skip("skipped: takes minutes; run it with `make accuracy`")
	}
	dir := testPhotos()
	rows := readManifest(t, filepath.Join(dir, "manifest.csv"))
	first := filepath.Join(dir, rows[0].file)
	mine := openOurs(t, runtime.NumCPU(), first)
	peer, hasPeer := peerFinder(t, peerWheel, first)
	if hasPeer {
		t.Log(peerVersions(t, peerWheel))
	}
	fast := mine.finder(t, "fast", engine.Look{Detector: engine.DetectorFast})
	averaged := mine.finder(t, "fast, averaged", engine.Look{Detector: engine.DetectorFast, Averaged: true})
	thorough := mine.finder(t, "thorough", engine.Look{Detector: engine.DetectorThorough})

	t.Run("faces are found in groups", func(t *testing.T) {
		look := func(f finder) looked { return lookAll(t, f, dir, rows, "group", "negative") }
		all := []looked{look(fast), look(thorough)}
		if hasPeer {
			all = append(all, look(peer))
		}
		measureGroups(t, rows, all)
		everything := classes(rows)[0]
		need(t, "fast", everything.tally(rows, all[0]), floorFastRecall, floorFastPrecision)
		need(t, "thorough", everything.tally(rows, all[1]), floorThoroughRecall, floorThoroughPrecision)
		if cost := all[1].perPhoto(); cost > mostThoroughSeconds {
			t.Errorf("thorough takes %.2f s of processor time a photo, at most %.0f", cost, mostThoroughSeconds)
		}
	})
	t.Run("people are found again", func(t *testing.T) {
		once := lookAll(t, fast, dir, rows, "gallery", "query")
		mean := lookAll(t, averaged, dir, rows, "gallery", "query")
		ways := []way{{"fast", once, once}, {"fast, probes averaged", once, mean}, {"fast, all averaged", mean, mean}}
		if hasPeer {
			theirs := lookAll(t, peer, dir, rows, "gallery", "query")
			ways = append(ways, way{"face_recognition", theirs, theirs})
		}
		all := measureRanks(t, rows, ways)
		measurePairs(t, rows, ways)
		measureQuality(t, rows, ways[0], all[0])
		if got := share(all[1].first, all[1].queries); got < floorRank1 {
			t.Errorf("rank-1 %.4f with averaged probes, at least %.3f", got, floorRank1)
		}
	})
	t.Run("a phone photo costs little more than a megapixel", measureCost)
}

// need fails the test where recall or precision are less than they must be.
func need(t *testing.T, who string, n tally, recall, precision float64) {
	t.Helper()
	if n.recall() < recall || n.precision() < precision {
		t.Errorf("%s: recall %.4f (at least %.3f), precision %.4f (at least %.3f)", who, n.recall(), recall, n.precision(), precision)
	}
}
