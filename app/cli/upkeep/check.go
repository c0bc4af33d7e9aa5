package upkeep

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"gabarit/app"
	"gabarit/app/cli/command"
	"gabarit/app/cli/document"
	keeper "gabarit/app/retention"
	"gabarit/engine"
)

func (p program) checkCommand() *cobra.Command {
	var req keeper.SourceRequest
	var dryRun bool
	cmd := command.Leaf("check", `ask sources whether what was collected is still there
Ask the addresses of photos, by the same rules and as slowly as a site is collected, whether what was collected is still there
and allowed. Those are asked that were not for 30 days. What is gone (404, 410), closed (401, 403, a log-in), changed or withdrawn
(noindex; for sites: robots.txt) leaves every search at once and is erased by "retain" within thirty days, unless it is back; a
source that does not answer changes nothing. "retain" does the same before it erases. Exit status 20: no source is due.`,
		command.NoArgs, func(ctx context.Context, _ []string) error {
			return p.WithVault(ctx, func(a *app.App) error { return p.check(ctx, a, req, dryRun) })
		})
	cmd.Flags().StringVar(&req.Collection, "collection", "", "only photos of this collection")
	cmd.Flags().BoolVar(&req.All, "all", false, "those too that were asked within 30 days")
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "show how many sources are due, and ask none")
	cmd.Flags().StringVar(&req.Contact, "contact", "", "your e-mail address, or a page about you, sent to the owners of the sites that are asked (required once, then remembered)")
	return cmd
}

func (p program) check(ctx context.Context, a *app.App, req keeper.SourceRequest, dryRun bool) error {
	var out document.SourceChecks
	var err error
	if dryRun {
		out, err = p.due(ctx, a, req)
	} else {
		out, err = p.ask(ctx, a, req)
	}
	if err != nil && (!out.Asked || engine.CodeOf(err) == engine.CodeInvalid) {
		if err = contactIsUsage(err); req.Collection != "" && engine.CodeOf(err) == engine.CodeNotFound {
			err = engine.E(engine.CodeNotFound, "cli.check", engine.MessageOf(err), errors.New(req.Collection))
		}
		return err
	}
	if err = errors.Join(err, p.Show(out, func(w io.Writer) { p.writeSources(w, out) })); err != nil {
		return err
	}
	return command.Outcome(0, out.Due > 0)
}

// contactIsUsage names the flag by which a contact that is missing or wrong is given.
func contactIsUsage(err error) error {
	if engine.CodeOf(err) == engine.CodeInvalid {
		return command.Usage(engine.MessageOf(err), "--contact ADDRESS")
	}
	return err
}

// sources does for retain what check does, or says why not.
func (p program) sources(ctx context.Context, a *app.App, f retainFlags) (document.SourceChecks, error) {
	var req keeper.SourceRequest
	req.Contact = f.contact
	contact, err := a.Contact(ctx)
	if err != nil {
		return document.SourceChecks{}, err
	}
	if f.dryRun || f.noNetwork || contact == "" && req.Contact == "" {
		out, err := p.due(ctx, a, req)
		if err == nil && !f.dryRun && !f.noNetwork && out.Due > 0 {
			p.Note(p.Text("No source is asked, as no contact is known: give one with --contact. What nobody asks for six months is erased."))
		}
		return out, err
	}
	return p.ask(ctx, a, req)
}

// due counts what would be asked.
func (p program) due(ctx context.Context, a *app.App, req keeper.SourceRequest) (document.SourceChecks, error) {
	report, due, err := a.SourcesDue(ctx, req)
	out := document.SourceChecks{Due: report.Photos, Collections: []document.CollectionCheck{}}
	for _, c := range ordered(report.Names) {
		if due[c] > 0 {
			out.Collections = append(out.Collections, document.CollectionCheck{Collection: report.Names[c], Due: due[c], Found: map[string]int{}})
		}
	}
	return out, err
}

// told is after how many photos a check tells how far it is.
const told = 50

func (p program) ask(ctx context.Context, a *app.App, req keeper.SourceRequest) (document.SourceChecks, error) {
	report, err := a.CheckSources(ctx, req, func(done, total int) {
		if done%told == 0 && done < total {
			p.Note(p.Text("Asked: {{.Done}} of {{.Total}}", "Done", done, "Total", total))
		}
	})
	out := document.SourceChecks{Asked: report.Photos > 0, Due: report.Photos, Collections: []document.CollectionCheck{}}
	for _, c := range ordered(report.Names) {
		if n := report.Counts[c]; n != nil {
			out.Collections = append(out.Collections, document.CollectionCheck{Collection: report.Names[c], Due: n.Checked, Found: n.Counts()})
		}
	}
	return out, err
}

// ordered gives collections by their names.
func ordered(names map[engine.CollectionID]string) []engine.CollectionID {
	return slices.SortedFunc(maps.Keys(names), func(a, b engine.CollectionID) int { return strings.Compare(names[a], names[b]) })
}

func (p program) writeSources(w io.Writer, s document.SourceChecks) {
	switch {
	case s.Due == 0:
		fmt.Fprintln(w, p.Text("No source is due to be asked."))
		return
	case !s.Asked:
		fmt.Fprintln(w, p.Text("Photos whose sources are due to be asked: {{.N}}", "N", s.Due))
	default:
		fmt.Fprintln(w, p.Text("Photos whose sources were asked: {{.N}}", "N", s.Due))
	}
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, c := range s.Collections {
		fmt.Fprintf(tw, "  %s\t%d\t%s\n", command.Plain(c.Collection), c.Due, p.found(c.Found))
	}
	_ = tw.Flush()
}

// found says what checks found, without what they did not.
func (p program) found(n map[string]int) string {
	var parts []string
	say := func(what, key string) {
		if n[key] > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", what, n[key]))
		}
	}
	say(p.Text("still there:"), "same")
	say(p.Text("gone:"), "gone")
	say(p.Text("closed:"), "closed")
	say(p.Text("withdrawn by noindex or the like:"), "noindex")
	say(p.Text("not to be looked at, says robots.txt:"), "disallowed")
	say(p.Text("another image:"), "changed")
	say(p.Text("no answer:"), "unreachable")
	say(p.Text("hidden from searches since:"), "hidden")
	say(p.Text("found again since:"), "shown")
	return strings.Join(parts, ", ")
}
