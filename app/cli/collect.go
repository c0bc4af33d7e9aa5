package main

import (
	"cmp"
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"gabarit/app"
	"gabarit/engine"
)

func (p *program) collectCommand() *cobra.Command {
	var req engine.CollectRequest
	var detector string
	cmd := leaf("collect NAME PATH...", `read photos into a collection
Read photos into a collection. PATH is a folder (read with its sub-folders), a manifest (CSV or JSON lines)
or one photo. What was read before and has not changed is skipped; what was erased before is refused, and counted.
An interrupted run is continued by the same command; --resume continues the latest run over the same paths even
if it had finished.`, cobra.MinimumNArgs(2), func(ctx context.Context, args []string) error {
		req.Collection, req.Sources, req.Look.Detector = args[0], args[1:], engine.DetectorKind(detector)
		if req.Look.Detector != engine.DetectorFast && req.Look.Detector != engine.DetectorThorough {
			return usage("there is no such detector", detector)
		}
		return p.collect(ctx, req)
	})
	cmd.Flags().BoolVar(&req.Resume, "resume", false, "continue the latest run over the same paths")
	cmd.Flags().StringVar(&detector, "detector", string(engine.DetectorFast), "fast, or thorough: slower, finds more")
	return cmd
}

func (p *program) collect(ctx context.Context, req engine.CollectRequest) error {
	return p.withVault(ctx, func(a *app.App) error {
		progress := p.newProgress()
		report, err := a.Collect(ctx, req, progress.update)
		progress.end()
		if err != nil {
			return named(err, req.Collection)
		}
		out := collectOut{
			Photos: report.Counts.Photos, Faces: report.Counts.Faces, NoFace: report.Counts.NoFace,
			Duplicates: report.Counts.Duplicates, Suppressed: report.Counts.Suppressed, Seconds: seconds(report.Elapsed),
			Failed:  each(newFailures(report.Failed, false), func(f failureOut) failedItem { return f.failedItem }),
			Partial: newFailures(report.Failed, true),
		}
		return cmp.Or(p.show(out, func(w io.Writer) { p.writeReport(w, report) }), outcome(len(out.Failed), true))
	})
}

func (p *program) writeReport(w io.Writer, r engine.CollectReport) {
	for _, f := range r.Failed {
		fmt.Fprintf(w, "%s: %s\n", plain(f.Item), p.say.reason(f.Reason, f.Detail))
	}
	fmt.Fprintln(w, p.counts(r.Counts))
	if r.Counts.Suppressed > 0 {
		fmt.Fprintln(w, p.say.text("Refused, as they were erased before: {{.N}}", "N", r.Counts.Suppressed))
	}
	if r.Counts.Unchanged > 0 {
		fmt.Fprintln(w, p.say.text("Unchanged since they were read: {{.N}}", "N", r.Counts.Unchanged))
	}
}

func (p *program) counts(c engine.CollectCounts) string {
	return p.say.text("Photos: {{.Photos}} (without a face: {{.NoFace}}), faces: {{.Faces}}, duplicates: {{.Duplicates}}, failed: {{.Failed}}", "Photos", c.Photos, "NoFace", c.NoFace, "Faces", c.Faces, "Duplicates", c.Duplicates, "Failed", c.Failed)
}
