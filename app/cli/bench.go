package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"gabarit/app"
	"gabarit/app/bench"
	"gabarit/app/cli/command"
	"gabarit/app/cli/document"
)

func (p *program) benchCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "bench", Short: "measure on this machine what the README claims"}
	rounds := 0
	collect := command.Leaf("collect FOLDER", `compare finding faces to go-face as published, on your photos
Measure how many photos a second become faces with templates, and how many by go-face as it was published: dlib's own code, through a
JPEG. Both read and decode the same photos in turns, photo by photo, with one worker; processor time is that of all processes involved.
Nothing is stored and no vault is needed.

go-face runs in this very process, where a picture that dlib can't stand ends the program: name photos that you trust.`,
		cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
			if rounds < 1 || rounds > bench.MaxRounds {
				return command.Usage("the number of rounds is out of range", fmt.Sprintf("--rounds 1-%d", bench.MaxRounds))
			}
			return p.benchCollect(ctx, args[0], rounds)
		})
	collect.Flags().IntVar(&rounds, "rounds", 5, "how often all photos are gone through")
	command.Group(cmd, collect, p.benchSearchCommand())
	return cmd
}

func (p *program) benchCollect(ctx context.Context, path string, rounds int) error {
	if err := bench.Prepare(); err != nil {
		return err
	}
	_, models := app.DefaultPaths()
	measured, err := bench.Collect(ctx, bench.Collecting{Models: models, Path: path, Rounds: rounds, Round: func(n, of int) {
		p.Note(p.say.Text("Round {{.N}} of {{.Of}}", "N", n, "Of", of))
	}})
	if err != nil {
		return named(err, path)
	}
	out := newBenchCollect(measured)
	return cmp.Or(p.Show(out, func(w io.Writer) { p.writeBenchCollect(w, out) }), command.Outcome(len(out.Failed), out.Gabarit.Faces+out.GoFace.Faces > 0))
}

func newBenchCollect(c bench.Collected) document.BenchCollect {
	side := func(s bench.Side) document.BenchSide {
		out := document.BenchSide{Faces: s.Faces, PhotosPerCPU: perSecond(c.Photos, s.CPU), PhotosPerSecond: perSecond(c.Photos, s.Wall)}
		if c.Photos > 0 {
			out.CPUSecondsAPhoto = s.CPU.Seconds() / float64(c.Photos)
		}
		return out
	}
	return document.BenchCollect{
		Photos: c.Photos, Megapixels: c.Megapixels, Rounds: c.Rounds, Gabarit: side(c.Gabarit), GoFace: side(c.GoFace),
		CPURatio: document.BenchSpread(c.CPU), WallRatio: document.BenchSpread(c.Wall), Templates: document.BenchApart(c.Apart),
		Failed: document.Each(c.Failed, func(f bench.Failed) document.FailedFile { return document.NewFailedFile(f.Item, f.Err) }),
	}
}

func perSecond(photos int, d time.Duration) float64 {
	if d <= 0 {
		return 0
	}
	return float64(photos) / d.Seconds()
}

func (p *program) writeBenchCollect(w io.Writer, b document.BenchCollect) {
	p.writeFailed(w, b.Failed)
	if b.Photos == 0 {
		fmt.Fprintln(w, p.say.Text("No photo was measured."))
		return
	}
	fmt.Fprintln(w, p.say.Text("Photos measured: {{.N}}, of {{.M}} megapixels on average; rounds: {{.R}}", "N", b.Photos, "M", fmt.Sprintf("%.2f", b.Megapixels), "R", b.Rounds))
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "  "+"\t"+p.Row("photos per processor second", "photos per second", "faces"))
	fmt.Fprintf(tw, "  Gabarit\t%.2f\t%.2f\t%d\n", b.Gabarit.PhotosPerCPU, b.Gabarit.PhotosPerSecond, b.Gabarit.Faces)
	fmt.Fprintf(tw, "  go-face\t%.2f\t%.2f\t%d\n", b.GoFace.PhotosPerCPU, b.GoFace.PhotosPerSecond, b.GoFace.Faces)
	_ = tw.Flush()
	ratio := func(s document.BenchSpread) string { return fmt.Sprintf("%.2f  %.2f  %.2f", s.Min, s.Median, s.Max) }
	fmt.Fprintln(w, p.say.Text("Gabarit is faster by (least, median and most of the rounds), in processor time: {{.CPU}}; in time: {{.Wall}}", "CPU", ratio(b.CPURatio), "Wall", ratio(b.WallRatio)))
	fmt.Fprintln(w, p.say.Text("Templates of the {{.N}} faces that both found lie apart: median {{.M}}, at most {{.X}}", "N", b.Templates.Faces,
		"M", fmt.Sprintf("%.3f", b.Templates.Median), "X", fmt.Sprintf("%.3f", b.Templates.Max)))
}
