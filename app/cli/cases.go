package main

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
	"gabarit/app/cli/document"
	"gabarit/app/files"
	"gabarit/engine"
)

func (p *program) caseCommand() *cobra.Command {
	return group(&cobra.Command{Use: "case", Short: "open cases and write letters"},
		p.caseNewCommand(), leaf("list", "list the cases", noArgs, p.opened(p.caseList)),
		leaf("show ID", "show a case, named by its ID or reference", cobra.ExactArgs(1), p.opened(p.caseShow)), p.letterCommand())
}

func (p *program) caseNewCommand() *cobra.Command {
	var from, band string
	var faces []string
	cmd := leaf("new --from-search FILE", `open cases from a search, one for each site
Open cases from what "search --json" printed (FILE, or - for standard input), one for each site. Taken are the
matches of the strong band, or those of --band and nearer, or exactly those named with --match. What the
cases hold comes from the vault; of FILE only the choice of faces is used.`, noArgs, func(ctx context.Context, _ []string) error {
		switch {
		case from == "":
			return usage("the search to open cases from is missing", "--from-search")
		case !slices.Contains(bands(), engine.Band(band)):
			return usage("there is no such band", "--band "+band)
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

func (p *program) caseNew(ctx context.Context, from string, band engine.Band, named []string) error {
	doc, when, err := p.readSearch(from)
	if err != nil {
		return err
	}
	faces, left, err := choose(doc, band, named)
	if err != nil {
		return err
	}
	return p.withVault(ctx, func(a *app.App) error {
		var cases []engine.Case
		if len(faces) > 0 {
			items, err := a.CaseItems(ctx, faces, when)
			if err != nil {
				return err
			}
			if cases, err = a.OpenCases(ctx, items); err != nil {
				return err
			}
		}
		if left > 0 {
			p.note(p.say.text("Matches left out: {{.N}} (choose them with --match or --band)", "N", left))
		}
		return cmp.Or(p.showCases(cases), outcome(0, len(cases) > 0))
	})
}

// note tells people something beside the result. With --json the result is all.
func (p *program) note(s string) {
	if !p.json {
		fmt.Fprintln(p.err, s)
	}
}

// maxSearchFile bounds a search result to what fits a case; the largest has 200 faces with 10,000 matches each.
const maxSearchFile = 64 << 20

// readSearch reads what search --json printed and when it did. The file comes from outside: every value in it
// is only used to choose faces, which are then looked up in the vault.
func (p *program) readSearch(name string) (document.Search, time.Time, error) {
	when := p.now()
	data, err := files.ReadStream(name, p.in, maxSearchFile)
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

func (p *program) caseList(ctx context.Context, a *app.App, _ []string) error {
	cases, err := a.Cases(ctx)
	if err != nil {
		return err
	}
	return p.showCases(cases)
}

func (p *program) showCases(cases []engine.Case) error {
	return p.show(document.Doc{"cases": document.Each(cases, document.NewCase)}, func(w io.Writer) { p.writeCases(w, cases) })
}

func (p *program) writeCases(w io.Writer, cases []engine.Case) {
	if len(cases) == 0 {
		fmt.Fprintln(w, p.say.text("No case."))
		return
	}
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, p.row("reference", "state", "items", "letters", "site", "case ID"))
	for _, c := range cases {
		fmt.Fprintf(tw, "%s\t%s\t%d\t%d\t%s\t%s\n", c.Ref, p.say.text(string(c.State)), len(c.Items), len(c.Letters), cmp.Or(plain(c.Site), p.say.text("local files")), c.ID)
	}
	_ = tw.Flush()
}

func (p *program) caseShow(ctx context.Context, a *app.App, args []string) error {
	c, err := findCase(ctx, a, args[0])
	if err != nil {
		return err
	}
	return p.show(document.NewCase(c), func(w io.Writer) {
		p.writeCases(w, []engine.Case{c})
		for i, it := range c.Items {
			fmt.Fprintf(w, "  %d  %s\n", i+1, plain(document.NewSource(it.Source, it.SHA256, it.CollectedAt).FoundAt()))
		}
	})
}

// findCase finds a case by its ID or by its reference, which is what people read and type.
func findCase(ctx context.Context, a *app.App, name string) (engine.Case, error) {
	c, err := a.Case(ctx, engine.CaseID(name))
	if engine.CodeOf(err) != engine.CodeNotFound {
		return c, err
	}
	cases, listErr := a.Cases(ctx)
	if listErr != nil {
		return c, listErr
	}
	if i := slices.IndexFunc(cases, func(c engine.Case) bool { return c.Ref == name }); i >= 0 {
		return cases[i], nil
	}
	return c, engine.E(engine.CodeNotFound, "cli.findCase", "there is no such case", errors.New(name))
}
