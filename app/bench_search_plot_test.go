//go:build linux

package app_test

import (
	"encoding/json"
	"fmt"
	"image/color"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
)

// kept is what a comparison leaves for the plot: sizes may be measured in several runs.
type kept struct {
	Faces int
	Lines map[string]float64 // median processor time of a query in milliseconds, by question and method
}

// keep writes the medians down and draws those of all sizes that were measured on this machine.
func (r *searchRun) keep(t *testing.T) {
	t.Helper()
	k := kept{Faces: len(r.data.vectors), Lines: map[string]float64{}}
	for _, m := range r.methods {
		k.Lines[m.question.name+": "+m.memory] = 1e3 * middle(m.cpu)
	}
	text, err := json.MarshalIndent(k, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(benchBuild(t), fmt.Sprintf("%d.json", k.Faces)), text, 0o644); err != nil {
		t.Fatal(err)
	}
	plotGrowth(t)
}

// plotGrowth draws processor time against faces.
func plotGrowth(t *testing.T) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(benchBuild(t), "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	lines := map[string]plotter.XYs{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var k kept
		if err := json.Unmarshal(text, &k); err != nil {
			t.Fatal(err)
		}
		for name, ms := range k.Lines {
			lines[name] = append(lines[name], plotter.XY{X: float64(k.Faces), Y: ms})
		}
	}
	p := plot.New()
	p.Title.Text = "One search, one thread: cost by the size of the index"
	p.X.Label.Text, p.Y.Label.Text = "faces in the index", "median processor time, ms"
	p.X.Scale, p.Y.Scale = plot.LogScale{}, plot.LogScale{}
	ticks := plot.ConstantTicks{}
	for _, faces := range []int{1000, 10_000, 100_000, 1_000_000, 10_000_000} {
		ticks = append(ticks, plot.Tick{Value: float64(faces), Label: sizeName(faces)})
	}
	p.X.Tick.Marker, p.Y.Tick.Marker = ticks, plot.LogTicks{Prec: -1}
	p.Add(plotter.NewGrid())
	blue, red, green := color.RGBA{R: 20, G: 90, B: 180, A: 255}, color.RGBA{R: 200, G: 60, B: 30, A: 255}, color.RGBA{R: 40, G: 140, B: 60, A: 255}
	for _, l := range []struct {
		name, label string
		colour      color.Color
		dashed      bool
	}{
		{"top 50: " + faissFlat, "faiss Flat, top 50", red, false},
		{"top 50: hnswlib M16 efC100", "hnswlib M16, top 50 (recall .985)", green, false},
		{"top 50: " + ownCascade, "Cascade, top 50 (exact)", blue, false},
		{"within 0.6: " + ownCascade, "Cascade, within 0.6 (exact)", blue, true},
		{"within 0.5: " + ownCascade, "Cascade, within 0.5 (exact)", color.RGBA{R: 120, G: 170, B: 230, A: 255}, true},
	} {
		points := lines[l.name]
		if len(points) == 0 {
			continue
		}
		slices.SortFunc(points, func(a, b plotter.XY) int { return int(a.X - b.X) })
		line, marks, err := plotter.NewLinePoints(points)
		if err != nil {
			t.Fatal(err)
		}
		line.Color, marks.Color, line.Width = l.colour, l.colour, vg.Points(1.5)
		if l.dashed {
			line.Dashes = []vg.Length{vg.Points(5), vg.Points(4)}
		}
		p.Add(line, marks)
		p.Legend.Add(l.label, line)
	}
	path := filepath.Join(benchBuild(t), "growth.png")
	if err := p.Save(16*vg.Centimeter, 12*vg.Centimeter, path); err != nil {
		t.Fatal(err)
	}
	t.Logf("plot: %s", path)
}
