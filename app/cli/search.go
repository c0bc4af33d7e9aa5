package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"gabarit/app"
	"gabarit/engine"
)

// searchFlags are the flags of search as they were typed.
type searchFlags struct {
	purpose            string
	face               int
	collections        []string
	max                int
	within             float64
	since, until, host string
}

func (p *program) searchCommand() *cobra.Command {
	var f searchFlags
	var cmd *cobra.Command
	cmd = leaf("search PHOTO... --purpose TEXT", `search the index for the faces of a photo
Search the whole index, exactly, for the faces of photos. The photos are not stored; the search is recorded
in the audit log with its purpose. A band says how near a match is, never who it is.

With --max and --within both bounds hold; --within alone has no bound on the number but 10,000.`,
		cobra.MinimumNArgs(1), func(ctx context.Context, args []string) error {
			flags := cmd.Flags()
			req, err := f.request(flags.Changed("face"), flags.Changed("max"), flags.Changed("within"))
			if err != nil {
				return err
			}
			return p.search(ctx, req, f.collections, args)
		})
	fl := cmd.Flags()
	fl.StringVar(&f.purpose, "purpose", "", "what the search is for (required)")
	fl.IntVar(&f.face, "face", 0, "number of the one face to search for (see: faces); default all")
	fl.StringArrayVar(&f.collections, "collection", nil, "only this collection (repeatable)")
	fl.IntVar(&f.max, "max", engine.DefaultMax, "number of matches a face")
	fl.Float64Var(&f.within, "within", 0, "largest distance, at most 0.7")
	fl.StringVar(&f.since, "since", "", "taken (else collected) on this day or later: 2024-12-31")
	fl.StringVar(&f.until, "until", "", "taken (else collected) on this day or earlier")
	fl.StringVar(&f.host, "host", "", "found on this host or below it")
	return cmd
}

// request checks the flags and makes the request that is the same for every photo.
func (f searchFlags) request(face, most, within bool) (engine.SearchRequest, error) {
	req := engine.SearchRequest{Purpose: f.purpose, Max: f.max, Within: f.within}
	req.Filter.Host = strings.ToLower(f.host)
	switch {
	case strings.TrimSpace(f.purpose) == "":
		return req, usage("a search needs a purpose", "--purpose")
	case face && f.face < 0:
		return req, usage("faces are numbered from 0", "--face")
	case f.max < 1 || f.max > engine.MaxResults:
		return req, usage("the number of results is out of range", fmt.Sprintf("--max 1-%d", engine.MaxResults))
	case within && !(f.within > 0 && f.within <= engine.MaxDistance):
		return req, usage("the distance is out of range", fmt.Sprintf("--within 0-%.1f", engine.MaxDistance))
	}
	if face {
		req.Faces = []int{f.face}
	}
	if within && !most {
		req.Max = engine.MaxResults
	}
	var err error
	if req.Filter.Since, err = parseDay(f.since, "--since"); err != nil {
		return req, err
	}
	if req.Filter.Until, err = parseDay(f.until, "--until"); err != nil {
		return req, err
	}
	if f.until != "" {
		req.Filter.Until = req.Filter.Until.AddDate(0, 0, 1) // the day itself is in
	}
	return req, nil
}

// parseDay reads a day as UTC, which is how the times of photos without a zone are kept.
func parseDay(s, flag string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return t, usage("a date is written year-month-day", flag+" "+s)
	}
	return t, nil
}

func (p *program) search(ctx context.Context, req engine.SearchRequest, collections, files []string) error {
	return p.withVault(ctx, func(a *app.App) error {
		for _, name := range collections {
			info, err := a.CollectionByName(ctx, name)
			if err != nil {
				return named(err, name)
			}
			req.Filter.Collections = append(req.Filter.Collections, info.ID)
		}
		st, err := a.Status(ctx)
		if err != nil {
			return err
		}
		out := searchOut{Index: newIndex(st.Totals), Probes: []probeOut{}, Failed: []failedFile{}}
		found, reliable := false, false
		for _, file := range files {
			// A photo without a face is an error: nothing was searched for it, which must not look like nothing found.
			var res engine.SearchResult
			if req.Probe, err = a.OpenProbe(ctx, file); err == nil {
				res, err = a.Search(ctx, req)
			}
			switch {
			case err == nil:
				out.Probes = append(out.Probes, newProbes(file, res.Probes)...)
				found = found || slices.ContainsFunc(res.Probes, func(p engine.ProbeMatches) bool { return len(p.Matches) > 0 })
				reliable = reliable || res.Reliable()
			case endsAll(ctx, err):
				return err
			default:
				out.Failed = append(out.Failed, newFailed(file, err))
			}
		}
		return cmp.Or(p.show(out, func(w io.Writer) { p.writeSearch(w, out, reliable) }), outcome(len(out.Failed), found))
	})
}

func (p *program) writeSearch(w io.Writer, out searchOut, reliable bool) {
	for _, probe := range out.Probes {
		fmt.Fprintln(w, p.say.text("{{.File}}, face {{.Face}} at {{.Box}}: matches: {{.N}}",
			"File", plain(probe.File), "Face", probe.Face, "Box", boxText(probe.Box), "N", len(probe.Matches)))
		p.writeMatches(w, probe)
		if probe.Crowding >= engine.Crowded {
			fmt.Fprintln(w, "  "+p.say.text("Many people look like this face to the model: its bands are stricter."))
		}
	}
	p.writeFailed(w, out.Failed)
	switch {
	case out.Index.Faces == 0:
		fmt.Fprintln(w, p.say.text("Nothing was searched: the index holds no face yet."))
		return
	case len(out.Probes) > 0 && !reliable:
		fmt.Fprintln(w, p.say.text("No reliable match."))
	}
	fmt.Fprintln(w, p.say.text("Searched: faces: {{.Faces}}, photos: {{.Photos}}, collections: {{.Collections}}",
		"Faces", out.Index.Faces, "Photos", out.Index.Photos, "Collections", out.Index.Collections))
	fmt.Fprintln(w, p.say.text("A band says how near two faces are, never who it is. Distances are less reliable for children and for people whom the model's training data represent badly."))
}

func (p *program) writeMatches(w io.Writer, probe probeOut) {
	if len(probe.Matches) == 0 {
		return
	}
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "  "+p.row("band", "distance", "strangers expected", "collection", "found at", "face"))
	for _, m := range probe.Matches {
		fmt.Fprintf(tw, "  %s\t%.3f\t%s\t%s\t%s\t%s\n", p.say.text(m.Band), m.Distance, figure(m.ExpectedFalse),
			plain(m.Collection), plain(foundAt(m.Source)), m.Face)
	}
	_ = tw.Flush()
	fmt.Fprintln(w, "  "+p.say.text("Nearest match: in an index of {{.Faces}} faces, expect {{.V}} strangers this close.",
		"Faces", probe.Compared, "V", figure(probe.Matches[0].ExpectedFalse)))
}

// figure writes an expected number with two figures; what was measured can't tell those below 0.001 apart.
func figure(x float64) string {
	if x < 0.001 {
		return "< 0.001"
	}
	return strconv.FormatFloat(engine.TwoFigures(x), 'f', -1, 64)
}

// foundAt is the one place to name: the page, else the image's address, else the file.
func foundAt(s sourceOut) string {
	if s.PageURL != "" && s.PageTitle != "" {
		return s.PageURL + " (" + s.PageTitle + ")"
	}
	return cmp.Or(s.PageURL, s.URL, s.File)
}
