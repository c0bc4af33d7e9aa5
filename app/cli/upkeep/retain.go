package upkeep

import (
	"context"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"gabarit/app"
	"gabarit/app/cli/command"
	"gabarit/app/cli/document"
	keeper "gabarit/app/retention"
	"gabarit/engine"
	"gabarit/engine/retention"
)

// retainFlags are those of retain.
type retainFlags struct {
	dryRun, noNetwork bool
	contact           string
}

func (p program) retainCommand() *cobra.Command {
	var f retainFlags
	cmd := command.Leaf("retain", `erase what was kept long enough, and ask sources
Ask the sources of photos whether what was collected is still there and allowed, then erase for good what has to go:
photos that their collection keeps no longer, photos whose source nobody asked for six months, photos whose source was
found gone, closed, changed or withdrawn and stayed so for thirty days (they are in no search meanwhile), and files of
subject requests three years after their end. What expired, and what its source took back, is refused when it is
collected again. Sources are asked every 30 days, under --contact or the one given last, slowly; without a contact none is
asked. Exit status 20: nothing had to go.`, command.NoArgs, func(ctx context.Context, _ []string) error {
		if f.noNetwork && f.contact != "" {
			return command.Usage("these flags contradict each other", "--no-network, --contact")
		}
		return p.WithVault(ctx, func(a *app.App) error { return p.retain(ctx, a, f) })
	})
	cmd.Flags().BoolVar(&f.dryRun, "dry-run", false, "show what would go and why, and do nothing; no source is asked")
	cmd.Flags().BoolVar(&f.noNetwork, "no-network", false, "ask no sources")
	cmd.Flags().StringVar(&f.contact, "contact", "", "your e-mail address, or a page about you, sent to the owners of the sites that are asked")
	return cmd
}

func (p program) retain(ctx context.Context, a *app.App, f retainFlags) error {
	sources, asking := p.sources(ctx, a, f)
	if asking != nil && (engine.CodeOf(asking) == engine.CodeCanceled || engine.CodeOf(asking) == engine.CodeInvalid) {
		return contactIsUsage(asking)
	}
	var done keeper.Retained
	var err error
	if f.dryRun {
		done.Plan, err = a.PlanRetention(ctx)
	} else {
		done, err = a.Retain(ctx, nil)
	}
	if err != nil && len(done.Gone) == 0 {
		return errors.Join(asking, err)
	}
	names, listing := p.names(ctx, a)
	out := newRetention(f.dryRun, done, names)
	out.Sources = sources
	err = errors.Join(asking, err, listing, p.Show(out, func(w io.Writer) { p.write(w, out) }))
	if err != nil {
		return err
	}
	return command.Outcome(0, len(out.Goes) > 0)
}

// names gives the collections' names.
func (p program) names(ctx context.Context, a *app.App) (map[engine.CollectionID]string, error) {
	infos, err := a.Collections(ctx)
	names := map[engine.CollectionID]string{}
	for _, c := range infos {
		names[c.ID] = c.Name
	}
	return names, err
}

func newRetention(dryRun bool, done keeper.Retained, names map[engine.CollectionID]string) document.Retention {
	ending := func(it retention.Item) document.Ending {
		return document.Ending{Photo: it.Photo, Request: it.Request, Collection: names[it.Collection], Why: string(it.Why), Since: document.Stamp(it.At)}
	}
	out := document.Retention{DryRun: dryRun, Records: done.Plan.Records, Requests: done.Plan.Requests, Gone: map[string]int{},
		Goes: document.Each(done.Plan.Items, ending), Kept: document.Each(done.Plan.Kept, ending),
		Soon: document.Each(done.Plan.Soon, func(g retention.Group) document.EndingSoon {
			return document.EndingSoon{Collection: names[g.Collection], Why: string(g.Why), Count: g.N, First: document.Stamp(g.First)}
		}),
		Erasures: document.Each(done.Erasures, func(r engine.ErasureReport) *document.Report { return document.NewReport(r, r.Check.Clean()) })}
	for why, n := range done.Gone {
		out.Gone[why] = n
	}
	return out
}

func (p program) write(w io.Writer, out document.Retention) {
	p.writeSources(w, out.Sources)
	fmt.Fprintln(w, p.Text("Looked at: photos: {{.Photos}}, files of subject requests: {{.Requests}}", "Photos", out.Records, "Requests", out.Requests))
	switch {
	case len(out.Goes) == 0:
		fmt.Fprintln(w, p.Text("Nothing has to go."))
	case out.DryRun:
		fmt.Fprintln(w, p.Text("What would go: {{.N}}", "N", len(out.Goes)))
		p.writeEndings(w, out.Goes)
	default:
		fmt.Fprintln(w, p.Text("What went: {{.N}}", "N", sum(out.Gone)))
		p.writeEndings(w, out.Goes)
		for _, r := range out.Erasures {
			fmt.Fprintln(w, p.Text("Erased: {{.ID}}, {{.At}}", "ID", r.ID, "At", r.At))
			if r.Check == nil {
				fmt.Fprintln(w, p.Text("It is not finished: bytes of it may still be in the vault's files. The next command that opens the vault goes on."))
			}
		}
	}
	if len(out.Kept) > 0 {
		fmt.Fprintln(w, p.Text("Kept although its time is over, as its processing is restricted: {{.N}}", "N", len(out.Kept)))
		p.writeEndings(w, out.Kept)
	}
	for _, s := range out.Soon {
		fmt.Fprintln(w, p.Text("Soon: {{.N}} of {{.Collection}}, from {{.Date}} on: {{.Why}}", "N", s.Count, "Collection", command.Plain(s.Collection), "Date", day(s.First), "Why", p.why(s.Why)))
	}
}

func sum(by map[string]int) (n int) {
	for _, m := range by {
		n += m
	}
	return n
}

func (p program) writeEndings(w io.Writer, all []document.Ending) {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, e := range all {
		what := string(e.Photo)
		if e.Request != "" {
			what = p.Text("request {{.ID}}", "ID", e.Request)
		}
		fmt.Fprintf(tw, "  %s\t%s\t%s\t%s\n", what, command.Plain(e.Collection), day(e.Since), p.why(e.Why))
	}
	_ = tw.Flush()
}

// day gives the day of a document's time.
func day(stamp string) string {
	t, err := time.Parse(time.RFC3339, stamp)
	if err != nil {
		return stamp
	}
	return t.Format(time.DateOnly)
}

// why says why something goes.
func (p program) why(reason string) string {
	switch retention.Reason(reason) {
	case retention.Expired:
		return p.Text("kept as long as its collection says")
	case retention.Unchecked:
		return p.Text("nobody asked its source for six months")
	case retention.Withdrawn:
		return p.Text("its source is gone, closed, changed or withdrawn")
	case retention.Closed:
		return p.Text("closed three years ago")
	}
	return reason
}
