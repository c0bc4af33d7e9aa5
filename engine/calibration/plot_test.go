package calibration_test

import (
	"fmt"
	"image/color"
	"math"
	"os"
	"path/filepath"
	"testing"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
)

// plotReliability draws strangers met against strangers expected, for each size of the index, into build/calibration.
func plotReliability(t *testing.T, results []*result) {
	t.Helper()
	dir := filepath.Join("..", "..", "build", "calibration")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, r := range results {
		p := plot.New()
		p.Title.Text = fmt.Sprintf("Strangers met and expected, index of %s faces", r.name)
		p.X.Label.Text, p.Y.Label.Text = "strangers expected within a distance", "strangers met (mean)"
		p.X.Scale, p.Y.Scale = plot.LogScale{}, plot.LogScale{}
		p.X.Tick.Marker, p.Y.Tick.Marker = plot.LogTicks{Prec: -1}, plot.LogTicks{Prec: -1}
		p.Legend.Top, p.Legend.Left = true, true
		add := func(name string, colour color.Color, dashed bool, met func(l *meets) float64) {
			var points plotter.XYs
			for _, l := range r.levels {
				if y := met(l); y > 0 && !math.IsNaN(y) {
					points = append(points, plotter.XY{X: l.expected, Y: y})
				}
			}
			if len(points) == 0 {
				return
			}
			line, marks, err := plotter.NewLinePoints(points)
			if err != nil {
				t.Fatal(err)
			}
			line.Color, marks.Color, line.Width = colour, colour, vg.Points(1.5)
			if dashed {
				line.Dashes = []vg.Length{vg.Points(5), vg.Points(4)}
			}
			p.Add(line, marks)
			p.Legend.Add(name, line)
		}
		blue, red, grey := color.RGBA{R: 20, G: 90, B: 180, A: 255}, color.RGBA{R: 200, G: 60, B: 30, A: 255}, color.Gray{Y: 150}
		add("as expected", grey, true, func(l *meets) float64 { return l.expected })
		add("estimated for the probe", blue, false, func(l *meets) float64 { return l.met[0] / l.probes[0] })
		add("  worst tenth of people", blue, true, func(l *meets) float64 { return l.met[1] / l.probes[1] })
		add("one rate for all", red, false, func(l *meets) float64 { return l.plain[0] / l.probes[0] })
		add("  worst tenth of people", red, true, func(l *meets) float64 { return l.plain[1] / l.probes[1] })
		path := filepath.Join(dir, "strangers-"+r.name+".png")
		if err := p.Save(16*vg.Centimeter, 12*vg.Centimeter, path); err != nil {
			t.Fatal(err)
		}
		t.Logf("plot: %s", path)
	}
}
