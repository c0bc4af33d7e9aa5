package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"gabarit/app/bench"
	"gabarit/app/cli/command"
	"gabarit/app/cli/document"
	"gabarit/engine"
)

func (p *program) benchSearchCommand() *cobra.Command {
	var s bench.Searching
	cmd := command.Leaf("search", `compare searching to a comparison with every face, on made-up faces
Measure how much processor time a search takes in an index of made-up faces, and how much where every distance is computed. Both answer the same
probes in turns with one thread; the answers must be the same. Nothing is stored and no vault is needed; a million faces take 1.5 GB of
memory. How it compares to other programs is measured by: make bench-search`, command.NoArgs, func(ctx context.Context, _ []string) error {
		return p.benchSearch(ctx, s)
	})
	cmd.Flags().IntVar(&s.Faces, "faces", 100_000, "faces in the index")
	cmd.Flags().IntVar(&s.Queries, "queries", 50, "probes")
	return cmd
}

func (p *program) benchSearch(ctx context.Context, s bench.Searching) error {
	measured, err := bench.Search(ctx, s)
	if err != nil {
		return command.InvalidIsUsage(err)
	}
	ms := func(seconds float64) float64 { return seconds * 1e3 }
	out := document.BenchSearch{Faces: measured.Faces, Probes: measured.Queries, Questions: document.Each(measured.Questions, func(q bench.Question) document.BenchQuestion {
		return document.BenchQuestion{Max: q.K, Within: q.Within, Answers: q.Answers, CPUMs: ms(q.CPU.Gabarit.Seconds()), ScanCPUMs: ms(q.CPU.Scan.Seconds()),
			CPURatio: document.BenchSpread(q.Faster), Differences: q.Differ}
	})}
	wrong := 0
	for _, q := range out.Questions {
		wrong += q.Differences
	}
	err = p.Show(out, func(w io.Writer) { p.writeBenchSearch(w, out) })
	if err == nil && wrong > 0 {
		err = engine.E(engine.CodeInternal, "cli.benchSearch", "the search and the scan gave different answers", errors.New(fmt.Sprint(wrong)))
	}
	return err
}

func (p *program) writeBenchSearch(w io.Writer, b document.BenchSearch) {
	fmt.Fprintln(w, p.say.Text("Made-up faces: {{.N}}; probes: {{.M}}. Processor time of a search with one thread, in milliseconds (median):", "N", b.Faces, "M", b.Probes))
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "  "+p.Row("question", "answers", "Gabarit", "every distance", "times as fast: least, median, most", "different answers"))
	for _, q := range b.Questions {
		asked := p.say.Text("nearest {{.N}}", "N", q.Max)
		if q.Within > 0 {
			asked = p.say.Text("within {{.D}}", "D", q.Within)
		}
		fmt.Fprintf(tw, "  %s\t%d\t%.3f\t%.3f\t%.1f  %.1f  %.1f\t%d\n", asked, q.Answers, q.CPUMs, q.ScanCPUMs, q.CPURatio.Min, q.CPURatio.Median, q.CPURatio.Max, q.Differences)
	}
	_ = tw.Flush()
}
