package rights

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"gabarit/app"
	"gabarit/app/cli/command"
	"gabarit/app/cli/document"
	"gabarit/app/files"
	"gabarit/engine"
	"gabarit/engine/matter"
)

func (p program) caseCommand() *cobra.Command {
	return command.Group(&cobra.Command{Use: "case", Short: "open cases and write letters"},
		slices.Concat([]*cobra.Command{p.caseNewCommand(), command.Leaf("list", "list the cases, the earliest date first", command.NoArgs, p.Opened(p.caseList)),
			command.Leaf("show ID", "show a case, named by its ID or reference", cobra.ExactArgs(1), p.Opened(p.caseShow)), p.letterCommand(), p.confirmCommand()},
			p.courseCommands(), p.courseFileCommands())...)
}

func (p program) caseNewCommand() *cobra.Command {
	var from, band string
	var faces []string
	cmd := command.Leaf("new --from-search FILE", `open cases from a search, one for each site
Open cases from what "search --json" printed (FILE, or - for standard input), one for each site. Taken are the
matches of the strong band, or those of --band and nearer, or exactly those named with --match. What the
cases hold comes from the vault; of FILE only the choice of faces is used.`, command.NoArgs, func(ctx context.Context, _ []string) error {
		switch {
		case from == "":
			return command.Usage("the search to open cases from is missing", "--from-search")
		case !slices.Contains(bands(), engine.Band(band)):
			return command.Usage("there is no such band", "--band "+band)
		}
		return p.caseNew(ctx, from, engine.Band(band), faces)
	})
	cmd.Flags().StringVar(&from, "from-search", "", "what search --json printed; - for standard input (required)")
	cmd.Flags().StringArrayVar(&faces, "match", nil, "face ID of a match to take (repeatable)")
	cmd.Flags().StringVar(&band, "band", string(engine.BandStrong), "least near band to take: strong, likely or possible")
	return cmd
}

// bands lists the bands that cases can be opened from, nearest first.
func bands() []engine.Band {
	return []engine.Band{engine.BandStrong, engine.BandLikely, engine.BandPossible}
}

func (p program) caseNew(ctx context.Context, from string, band engine.Band, named []string) error {
	doc, when, err := p.readSearch(from)
	if err != nil {
		return err
	}
	faces, left, err := choose(doc, band, named)
	if err != nil {
		return err
	}
	return p.WithVault(ctx, func(a *app.App) error {
		var views []matter.CaseView
		if len(faces) > 0 {
			items, err := a.CaseItems(ctx, faces, when)
			if err != nil {
				return err
			}
			cases, err := a.OpenCases(ctx, items)
			if err != nil {
				return err
			}
			for _, c := range cases {
				v, err := a.CaseView(ctx, c.ID)
				if err != nil {
					return err
				}
				views = append(views, v)
			}
		}
		if left > 0 {
			p.Note(p.Text("Matches left out: {{.N}} (choose them with --match or --band)", "N", left))
		}
		return cmp.Or(p.showCases(views), command.Outcome(0, len(views) > 0))
	})
}

// maxSearchFile bounds a search result to what fits a case; the largest has 200 faces with 10,000 matches each.
const maxSearchFile = 64 << 20

// readSearch reads what search --json printed and when it did. The file comes from outside: every value in it
// is only used to choose faces, which are then looked up in the vault.
func (p program) readSearch(name string) (document.Search, time.Time, error) {
	when := p.Now()
	data, err := files.ReadStream(name, p.In(), maxSearchFile)
	if err != nil {
		return document.Search{}, when, err
	}
	if info, err := os.Stat(name); name != "-" && err == nil && info.ModTime().Before(when) {
		when = info.ModTime() // the search wrote the file
	}
	found, err := parseSearch(data)
	return found, when, err
}

// parseSearch reads one search document.
func parseSearch(data []byte) (document.Search, error) {
	var keys struct {
		Index  *json.RawMessage `json:"index"`
		Probes *json.RawMessage `json:"probes"`
	}
	var doc document.Search
	err := cmp.Or(json.Unmarshal(data, &keys), json.Unmarshal(data, &doc))
	if err == nil && (keys.Index == nil || keys.Probes == nil) {
		err = errors.New("index or probes is missing")
	}
	if err != nil {
		return document.Search{}, engine.E(engine.CodeCorrupt, "cli.readSearch", "this is not what search --json prints", err)
	}
	return doc, nil
}

// choose picks the faces to open cases about, each once, nearest bands or the named ones; left is the number
// of other faces in the result.
func choose(doc document.Search, band engine.Band, named []string) (faces []engine.FaceID, left int, err error) {
	wanted := bands()[:slices.Index(bands(), band)+1]
	seen := map[string]bool{}
	for _, p := range doc.Probes {
		for _, m := range p.Matches {
			take := slices.Contains(wanted, engine.Band(m.Band))
			if len(named) > 0 {
				take = slices.Contains(named, m.Face)
			}
			seen[m.Face] = seen[m.Face] || take
		}
	}
	for _, p := range doc.Probes {
		for _, m := range p.Matches {
			if take, first := seen[m.Face]; first {
				delete(seen, m.Face)
				if take {
					faces = append(faces, engine.FaceID(m.Face))
				} else {
					left++
				}
			}
		}
	}
	for _, n := range named {
		if !slices.Contains(faces, engine.FaceID(n)) {
			return nil, 0, engine.E(engine.CodeNotFound, "cli.choose", "the search result has no such match", errors.New(n))
		}
	}
	return faces, left, nil
}

func (p program) caseList(ctx context.Context, a *app.App, _ []string) error {
	views, err := a.CaseViews(ctx)
	if err != nil {
		return err
	}
	return p.showCases(views)
}

func (p program) showCases(views []matter.CaseView) error {
	return p.Show(document.Doc{"cases": document.Each(views, document.NewCaseCourse)}, func(w io.Writer) { p.writeCases(w, views) })
}

func (p program) writeCases(w io.Writer, views []matter.CaseView) {
	if len(views) == 0 {
		fmt.Fprintln(w, p.Text("No case."))
		return
	}
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, p.Row("due", "reference", "state", "items", "letters", "site", "case ID"))
	for _, v := range views {
		c := v.Case
		fmt.Fprintf(tw, "%s\t%s\t%s\t%d\t%d\t%s\t%s\n", cmp.Or(v.Standing.Due.String(), "-"), c.Ref, p.Text(document.CaseState(v)), len(c.Items), len(c.Letters),
			cmp.Or(command.Plain(c.Site), p.Text("local files")), c.ID)
	}
	_ = tw.Flush()
}

func (p program) caseShow(ctx context.Context, a *app.App, args []string) error {
	c, err := findCase(ctx, a, args[0])
	if err != nil {
		return err
	}
	v, err := a.CaseView(ctx, c.ID)
	if err != nil {
		return err
	}
	return p.showCourse(v)
}

// findCase finds a case by its ID or by its reference, or that of one of its letters, which is what people read and type.
func findCase(ctx context.Context, a *app.App, name string) (engine.Case, error) {
	c, err := a.Case(ctx, engine.CaseID(name))
	if engine.CodeOf(err) != engine.CodeNotFound {
		return c, err
	}
	cases, listErr := a.Cases(ctx)
	if listErr != nil {
		return c, listErr
	}
	if i := slices.IndexFunc(cases, func(c engine.Case) bool { return matter.RefersTo(name, c.Ref) }); i >= 0 {
		return cases[i], nil
	}
	return c, engine.E(engine.CodeNotFound, "cli.findCase", "there is no such case", errors.New(name))
}
