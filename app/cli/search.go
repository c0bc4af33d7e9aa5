package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"gabarit/app"
	"gabarit/app/cli/command"
	"gabarit/app/cli/document"
	"gabarit/engine"
	"gabarit/engine/formats"
)

// searchFlags are the flags of search as they were typed.
type searchFlags struct {
	purpose            string
	face               int
	collections        []string
	max                int
	within             float64
	since, until, host string
	near               string
	boxes              []string
	look               lookFlags
}

func (p *program) searchCommand() *cobra.Command {
	var f searchFlags
	var cmd *cobra.Command
	cmd = command.Leaf("search PHOTO... --purpose TEXT", `search the index for the faces of a photo
Search the whole index, exactly, for the faces of photos. The photos are not stored; the search is recorded
in the audit log with its purpose. A band says how near a match is, never who it is.

--box searches a face drawn by hand, and only such faces: with an upright photo's pixels, --box left,top,width,height.
No detector says that there is a face.

With --max and --within both bounds hold; --within alone has no bound on the number but 10,000.`,
		cobra.MinimumNArgs(1), func(ctx context.Context, args []string) error {
			flags := cmd.Flags()
			req, err := f.request(flags.Changed("face"), flags.Changed("max"), flags.Changed("within"))
			if err != nil {
				return err
			}
			work := searching{SearchRequest: req, files: args, collections: f.collections}
			if work.look, err = f.look.look(); err != nil {
				return err
			}
			if work.boxes, err = parseBoxes(f.boxes, len(args), flags.Changed("face")); err != nil {
				return err
			}
			return p.search(ctx, work)
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
	fl.StringVar(&f.near, "near", "", "taken within so many kilometres of a place: latitude,longitude,km")
	fl.StringArrayVar(&f.boxes, "box", nil, "a face drawn by hand, as left,top,width,height (repeatable)")
	f.look.on(cmd, false)
	return cmd
}

// request checks the flags and makes the request that is the same for every photo.
func (f searchFlags) request(face, most, within bool) (engine.SearchRequest, error) {
	req := engine.SearchRequest{Purpose: f.purpose, Max: f.max, Within: f.within}
	req.Filter.Host = strings.ToLower(f.host)
	switch {
	case strings.TrimSpace(f.purpose) == "":
		return req, command.Usage("a search needs a purpose", "--purpose")
	case face && f.face < 0:
		return req, command.Usage("faces are numbered from 0", "--face")
	case f.max < 1 || f.max > engine.MaxResults:
		return req, command.Usage("the number of results is out of range", fmt.Sprintf("--max 1-%d", engine.MaxResults))
	case within && !(f.within > 0 && f.within <= engine.MaxDistance):
		return req, command.Usage("the distance is out of range", fmt.Sprintf("--within 0-%.1f", engine.MaxDistance))
	}
	if face {
		req.Faces = []int{f.face}
	}
	if within && !most {
		req.Max = engine.MaxResults
	}
	return req, f.span(&req.Filter)
}

// span reads when and where photos were taken.
func (f searchFlags) span(filter *engine.Filter) (err error) {
	if filter.Since, err = command.ParseDay(f.since, "--since"); err != nil {
		return err
	}
	if filter.Until, err = command.ParseDay(f.until, "--until"); err != nil {
		return err
	}
	if f.until != "" {
		filter.Until = filter.Until.AddDate(0, 0, 1) // the day itself is in
	}
	filter.Area, err = parseArea(f.near)
	return err
}

// parseArea reads a place and the distance around it.
func parseArea(s string) (*engine.Area, error) {
	if s == "" {
		return nil, nil
	}
	if part := strings.Split(s, ","); len(part) == 3 {
		if a, ok := engine.ParseArea(part[0], part[1], part[2]); ok {
			return &a, nil
		}
	}
	return nil, command.Usage("a place is written latitude,longitude,kilometres", "--near 48.857,2.352,25")
}

// searching is one search for each of several photos.
type searching struct {
	engine.SearchRequest
	files, collections []string
	look               engine.Look
	boxes              []engine.Box // drawn in the one photo
}

// parseBoxes reads boxes that were drawn by hand.
func parseBoxes(drawn []string, photos int, face bool) (boxes []engine.Box, err error) {
	if len(drawn) > 0 && (photos > 1 || face) {
		return nil, command.Usage("boxes are drawn in one photo, and searched instead of the faces found in it", "--box")
	}
	for _, s := range drawn {
		b, err := engine.ParseBox(s)
		if err != nil {
			return nil, command.InvalidIsUsage(err)
		}
		boxes = append(boxes, b)
	}
	return boxes, nil
}

// probe opens a photo and adds the faces that were drawn in it, which are then the only ones searched.
func (s *searching) probe(ctx context.Context, a *app.App, file string) (err error) {
	s.Probe, err = a.OpenProbe(ctx, file, s.look)
	if len(s.boxes) == 0 || err != nil && engine.CodeOf(err) != engine.CodeNoFace {
		return err
	}
	for _, box := range s.boxes {
		face, err := a.DrawFace(ctx, s.Probe, box)
		if err != nil {
			return err
		}
		s.Faces = append(s.Faces, len(s.Probe.Faces))
		s.Probe.Faces = append(s.Probe.Faces, face)
	}
	return nil
}

func (p *program) search(ctx context.Context, req searching) error {
	return p.WithVault(ctx, func(a *app.App) error {
		for _, name := range req.collections {
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
		out := document.Search{Index: st.Totals, Probes: []document.Probe{}, Failed: []document.FailedFile{}}
		found, reliable := false, false
		for _, file := range req.files {
			// A photo without a face is an error: nothing was searched for it, which must not look like nothing found.
			var res engine.SearchResult
			if err = req.probe(ctx, a, file); err == nil {
				res, err = a.Search(ctx, req.SearchRequest)
			}
			if req.Probe != nil && req.Probe.Frames > 1 {
				p.Note(command.Plain(file) + ": " + p.say.Reason(formats.MsgOnePicture, fmt.Sprint("1/", req.Probe.Frames)))
			}
			switch {
			case err == nil:
				out.Searched = res.Searched
				out.Probes = append(out.Probes, document.NewProbes(file, res.Probes)...)
				found = found || slices.ContainsFunc(res.Probes, func(p engine.ProbeMatches) bool { return len(p.Matches) > 0 })
				reliable = reliable || res.Reliable()
			case endsAll(ctx, err):
				return err
			default:
				out.Failed = append(out.Failed, document.NewFailedFile(file, err))
			}
		}
		return cmp.Or(p.Show(out, func(w io.Writer) { p.writeSearch(w, out, reliable) }), command.Outcome(len(out.Failed), found))
	})
}

func (p *program) writeSearch(w io.Writer, out document.Search, reliable bool) {
	for _, probe := range out.Probes {
		fmt.Fprintln(w, p.say.Text("{{.File}}, face {{.Face}} at {{.Box}}: matches: {{.N}}",
			"File", command.Plain(probe.File), "Face", probe.Face, "Box", boxText(probe.Box), "N", len(probe.Matches)))
		if probe.Drawn {
			fmt.Fprintln(w, "  "+p.say.Text("drawn by hand: no detector says that there is a face"))
		}
		p.writeMatches(w, probe)
		if probe.Crowding >= engine.Crowded {
			fmt.Fprintln(w, "  "+p.say.Text("Many people look like this face to the model: its bands are stricter."))
		}
	}
	p.writeFailed(w, out.Failed)
	switch {
	case out.Index.Faces == 0:
		fmt.Fprintln(w, p.say.Text("Nothing was searched: the index holds no face yet."))
		return
	case out.Index.Searchable() == 0:
		fmt.Fprintln(w, p.say.Text("Nothing was searched."))
		p.writeOtherModel(w, out.Index)
		return
	case len(out.Probes) > 0 && out.Searched == 0:
		fmt.Fprintln(w, p.say.Text("Nothing was searched: the filters let no face of the index through."))
		p.writeOtherModel(w, out.Index)
		return
	case len(out.Probes) > 0 && !reliable:
		fmt.Fprintln(w, p.say.Text("No reliable match."))
	}
	fmt.Fprintln(w, p.say.Text("Searched: faces: {{.Faces}}, photos: {{.Photos}}, collections: {{.Collections}}", "Faces", out.Index.Searchable(), "Photos", out.Index.Photos, "Collections", out.Index.Collections))
	if len(out.Probes) > 0 && out.Searched < out.Index.Searchable() {
		fmt.Fprintln(w, p.say.Text("Of these faces, the filters let through: {{.N}}", "N", out.Searched))
	}
	p.writeOtherModel(w, out.Index)
	fmt.Fprintln(w, p.say.Text("A band says how near two faces are, never who it is. Distances are less reliable for children and for people whom the model's training data represent badly."))
}

// writeOtherModel tells of faces that no search compares, why, and what to do about them.
func (p *program) writeOtherModel(w io.Writer, index engine.Totals) {
	if index.OtherModel > 0 {
		fmt.Fprintln(w, p.say.Text("Not searched, as another model made their templates: faces: {{.N}}. To make them anew: gabarit-cli collect NAME PATH... --retemplate", "N", index.OtherModel))
	}
	if index.Hidden > 0 {
		fmt.Fprintln(w, p.say.Text("Not searched, as their source took them back or their processing is restricted: faces: {{.N}}", "N", index.Hidden))
	}
}

func (p *program) writeMatches(w io.Writer, probe document.Probe) {
	if len(probe.Matches) == 0 {
		return
	}
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "  "+p.Row("band", "distance", "strangers expected", "collection", "found at", "face"))
	for _, m := range probe.Matches {
		fmt.Fprintf(tw, "  %s\t%.3f\t%s\t%s\t%s\t%s\n", p.say.Text(m.Band), m.Distance, figure(m.ExpectedFalse),
			command.Plain(m.Collection), command.Plain(m.Source.FoundAt()+p.shownAt(m.Source)), m.Face)
	}
	_ = tw.Flush()
	fmt.Fprintln(w, "  "+p.say.Text("Nearest match: in an index of {{.Faces}} faces, expect {{.V}} strangers this close.",
		"Faces", probe.Compared, "V", figure(probe.Matches[0].ExpectedFalse)))
}

// figure writes an expected number with two figures; what was measured can't tell those below 0.001 apart.
func figure(x float64) string {
	if x < 0.001 {
		return "< 0.001"
	}
	return strconv.FormatFloat(twoFigures(x), 'f', -1, 64)
}

// twoFigures rounds an estimate, which seldom holds more.
func twoFigures(x float64) float64 {
	if x <= 0 || math.IsInf(x, 0) || math.IsNaN(x) {
		return x
	}
	places := 1 - int(math.Floor(math.Log10(x)))
	if places < 0 {
		unit := math.Pow10(-places)
		return math.Round(x/unit) * unit
	}
	unit := math.Pow10(places)
	return math.Round(x*unit) / unit
}

// shownAt tells when a video shows the person, "" for photos.
func (p *program) shownAt(s document.Source) string {
	if !s.Video {
		return ""
	}
	return ", " + p.say.Text("at {{.At}} of the video, seen {{.Span}}", "At", engine.Clock(s.FrameMS), "Span", engine.Span{FromMS: s.StartMS, ToMS: s.EndMS})
}
