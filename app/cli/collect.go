package main

import (
	"cmp"
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"gabarit/app"
	"gabarit/app/cli/command"
	"gabarit/app/cli/document"
	"gabarit/engine"
)

func (p *program) collectCommand() *cobra.Command {
	var req engine.CollectRequest
	var look lookFlags
	cmd := command.Leaf("collect NAME PATH-OR-URL...", `read photos into a collection
Read photos into a collection. PATH is a folder (read with its sub-folders), a manifest (CSV or JSON lines), a web archive (.warc, .warc.gz, .wacz), a
saved page (.html with its files, .mhtml, .maff), a video (where ffmpeg is installed) or one photo. Files that describe a photo in
a folder (.xmp, .json of gallery-dl, yt-dlp or Google Takeout) are read with it. URL is an address of a site whose host the collection's scope names: its pages are followed within the scope, slowly, and by the
rules of the site (robots.txt, noindex, noai, TDM reservation), which can't be switched off. What was read before and has not changed is skipped; what was erased before is refused, and counted.
An interrupted run is continued by the same command; --resume continues the latest run over the same paths even
if it had finished.

--retemplate also finds the faces anew of photos that are held and still there, unless they were found by this very detector, smallest
face and model: for templates of a model that is no longer in use, or to go from fast to thorough. What was found before is
erased for good, and photos that are not there any more are listed. It can be interrupted and given again.`, cobra.MinimumNArgs(2), func(ctx context.Context, args []string) error {
		var err error
		if req.Look, err = look.look(); err != nil {
			return err
		}
		req.Collection, req.Sources = args[0], args[1:]
		if err := app.CheckContact(req); err != nil {
			return command.Usage(engine.MessageOf(err), "--contact ADDRESS")
		}
		return p.collect(ctx, req)
	})
	cmd.Flags().BoolVar(&req.Resume, "resume", false, "continue the latest run over the same paths")
	cmd.Flags().BoolVar(&req.Retemplate, "retemplate", false, "find the faces of photos that are held anew")
	look.on(cmd, true)
	webFlags(cmd, &req.Web)
	return cmd
}

// webFlags are the flags for sites.
func webFlags(cmd *cobra.Command, w *engine.WebOptions) {
	f := cmd.Flags()
	f.StringVar(&w.Contact, "contact", "", "for sites: your e-mail address, or a page about you, sent to the site's owner with each request (required)")
	f.IntVar(&w.Pages, "pages", 0, "for sites: pages visited at most; 0: 2000")
	f.IntVar(&w.Images, "images", 0, "for sites: images collected at most; 0: 20000")
	f.IntVar(&w.Depth, "depth", 0, "for sites: links followed from a page named; 0: 8, -1: none")
	f.DurationVar(&w.Delay, "delay", 0, "for sites: least time between two requests to a host, as 5s; 0: 2s")
	f.DurationVar(&w.Time, "time", 0, "for sites: time after which the run ends, as 90m; 0: 12h")
	f.StringVar(&w.Archive, "warc", "", "for sites: folder for an archive (WARC) of what was kept; an erasure does not reach it")
}

// lookFlags are the flags that say how photos are searched for faces.
type lookFlags struct {
	detector string
	smallest int
}

func (l *lookFlags) on(cmd *cobra.Command, smallest bool) {
	cmd.Flags().StringVar(&l.detector, "detector", string(engine.DetectorFast), "fast, or thorough: slower, finds more")
	if smallest {
		cmd.Flags().IntVar(&l.smallest, "smallest", 0, "width in pixels of the smallest face wanted; 0: the detector's own")
	}
}

func (l *lookFlags) look() (engine.Look, error) {
	look := engine.Look{Detector: engine.DetectorKind(l.detector), Smallest: engine.FaceSize{Pixels: l.smallest}}
	if l.detector == "" {
		return look, command.Usage("there is no such face detector", "--detector fast|thorough")
	}
	return look, command.InvalidIsUsage(look.Check())
}

func (p *program) collect(ctx context.Context, req engine.CollectRequest) error {
	return p.WithVault(ctx, func(a *app.App) error {
		progress := p.newProgress()
		report, err := a.Collect(ctx, req, progress.update)
		progress.end()
		if err != nil {
			return named(err, req.Collection)
		}
		out := document.NewCollect(report)
		return cmp.Or(p.Show(out, func(w io.Writer) { p.writeReport(w, report) }), command.Outcome(len(out.Failed), true))
	})
}

func (p *program) writeReport(w io.Writer, r engine.CollectReport) {
	for _, f := range r.Failed {
		fmt.Fprintf(w, "%s: %s\n", command.Plain(f.Item), p.say.Reason(f.Reason, f.Detail))
	}
	fmt.Fprintln(w, p.counts(r.Counts))
	p.writeRefused(w, document.Refused(r.Failed))
	if r.Counts.Suppressed > 0 {
		fmt.Fprintln(w, p.say.Text("Refused, as they were erased before: {{.N}}", "N", r.Counts.Suppressed))
	}
	if r.Counts.Videos > 0 || r.Counts.LeftOut > 0 {
		fmt.Fprintln(w, p.say.Text("Videos: {{.N}}, frames of them that show nobody new: {{.Frames}}", "N", r.Counts.Videos, "Frames", r.Counts.LeftOut))
	}
	if r.Counts.Renewed > 0 {
		fmt.Fprintln(w, p.say.Text("Photos whose faces were found anew: {{.N}}, faces: {{.Faces}}", "N", r.Counts.Renewed, "Faces", r.Counts.NewFaces))
	}
	p.writeLeft(w, r.Left)
	if r.Counts.Unchanged > 0 {
		fmt.Fprintln(w, p.say.Text("Unchanged since they were read: {{.N}}", "N", r.Counts.Unchanged))
	}
}

// writeRefused tells how many of the items that failed did so because somebody does not want them collected: trying again changes nothing.
func (p *program) writeRefused(w io.Writer, n int) {
	if n > 0 {
		fmt.Fprintln(w, p.say.Text("Of those that failed, forbidden by a rule of the site, the folder or the collection: {{.N}}", "N", n))
	}
}

// maxLeft bounds how many photos are listed that were not found again; all are counted.
const maxLeft = 20

// writeLeft tells of photos that no search compares.
func (p *program) writeLeft(w io.Writer, left []engine.LeftPhoto) {
	for _, l := range left[:min(len(left), maxLeft)] {
		fmt.Fprintf(w, "%s: %s\n", command.Plain(cmp.Or(l.Source.PageURL, l.Source.URL, l.Source.File)), p.say.Text("not found again, or not readable: it keeps templates of another model"))
	}
	if len(left) > 0 {
		fmt.Fprintln(w, p.say.Text("Photos that keep templates of another model, and are not searched: {{.N}}", "N", len(left)))
	}
}

func (p *program) counts(c engine.CollectCounts) string {
	return p.say.Text("Photos: {{.Photos}} (without a face: {{.NoFace}}), faces: {{.Faces}}, duplicates: {{.Duplicates}}, failed: {{.Failed}}", "Photos", c.Photos, "NoFace", c.NoFace, "Faces", c.Faces, "Duplicates", c.Duplicates, "Failed", c.Failed)
}
