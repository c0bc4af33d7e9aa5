package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"gabarit/app"
	"gabarit/app/cli/command"
	"gabarit/app/cli/document"
	"gabarit/engine"
)

func (p *program) peopleCommand() *cobra.Command {
	q := engine.GroupQuery{Min: 2}
	var collection string
	cmd := command.Leaf("people", `list faces grouped by the person they probably show
List the groups, largest first. A group is no identity and has no name: faces are put together that are near each other, rather too
few than too many, and never two of one photo. That groups were shown is recorded in the audit log.

"people merge" and "people split" correct what is wrong; that is kept, and undone by the other of the two.
Groups are named by one of their faces, by the IDs that this command prints.`, command.NoArgs, func(ctx context.Context, _ []string) error {
		if q.Min < 1 {
			return command.Usage("a group has at least one face", "--min")
		}
		return p.WithVault(ctx, func(a *app.App) error {
			if collection != "" {
				info, err := a.CollectionByName(ctx, collection)
				if err != nil {
					return named(err, collection)
				}
				q.Collection = info.ID
			}
			return p.people(ctx, a, q, nil)
		})
	})
	cmd.Flags().StringVar(&collection, "collection", "", "only faces of this collection")
	cmd.Flags().IntVar(&q.Min, "min", q.Min, "least number of faces of a group")
	cmd.AddCommand(
		command.Leaf("merge FACE FACE...", `put groups together
Decide that the groups of these faces show one person. They stay together from now on, until "people split".`,
			cobra.MinimumNArgs(2), p.Opened(func(ctx context.Context, a *app.App, args []string) error {
				return p.regrouped(ctx, a, args, a.MergePeople)
			})),
		command.Leaf("split FACE...", `take faces out of their group
Decide that these faces, all of one group, don't show the person of its other faces. They become a group and stay out of the other from
now on, until "people merge".`,
			cobra.MinimumNArgs(1), p.Opened(func(ctx context.Context, a *app.App, args []string) error {
				return p.regrouped(ctx, a, args, a.SplitPeople)
			})))
	return cmd
}

// regrouped decides something about groups, of which there is no progress to tell, and shows the groups that came of it.
func (p *program) regrouped(ctx context.Context, a *app.App, ids []string, decide func(context.Context, ...engine.FaceID) error) error {
	faces := make([]engine.FaceID, len(ids))
	for i, id := range ids {
		faces[i] = engine.FaceID(id)
	}
	before, err := p.groups(ctx, a, engine.GroupQuery{})
	if err != nil {
		return err
	}
	if err := decide(ctx, faces...); err != nil {
		return command.InvalidIsUsage(err)
	}
	for _, g := range before.Groups {
		if slices.ContainsFunc(faces, func(f engine.FaceID) bool { return slices.Contains(g.Faces, f) }) {
			faces = append(faces, g.Faces...)
		}
	}
	return p.people(ctx, a, engine.GroupQuery{}, faces)
}

// groups asks for groups and tells how far that is.
func (p *program) groups(ctx context.Context, a *app.App, q engine.GroupQuery) (engine.Grouping, error) {
	progress, end := p.groupingProgress()
	defer end()
	return a.People(ctx, q, progress)
}

// people shows groups; with faces given only those that hold one of them.
func (p *program) people(ctx context.Context, a *app.App, q engine.GroupQuery, of []engine.FaceID) error {
	groups, err := p.groups(ctx, a, q)
	if err != nil {
		return err
	}
	if of != nil {
		wanted := make(map[engine.FaceID]bool, len(of))
		for _, f := range of {
			wanted[f] = true
		}
		groups.Groups = slices.DeleteFunc(groups.Groups, func(g engine.GroupInfo) bool {
			return !slices.ContainsFunc(g.Faces, func(f engine.FaceID) bool { return wanted[f] })
		})
	}
	st, err := a.Status(ctx)
	if err != nil {
		return err
	}
	infos, err := a.Collections(ctx)
	if err != nil {
		return err
	}
	names := make(map[engine.CollectionID]string, len(infos))
	for _, c := range infos {
		names[c.ID] = c.Name
	}
	out := document.NewPeople(st.Totals, groups, names)
	if err := p.Show(out, func(w io.Writer) { p.writePeople(w, out) }); err != nil {
		return err
	}
	return command.Outcome(0, len(out.Groups) > 0)
}

func (p *program) writePeople(w io.Writer, out document.People) {
	if len(out.Groups) > 0 {
		tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		fmt.Fprintln(tw, p.Row("faces", "photos", "from", "to", "collection", "found on", "face"))
		for _, g := range out.Groups {
			fmt.Fprintf(tw, "%d\t%d\t%s\t%s\t%s\t%s\t%s\n", len(g.Faces), g.Photos, date(g.First), date(g.Last),
				command.Plain(strings.Join(g.Collections, ", ")), command.Plain(some(g.Hosts)), g.Cover)
		}
		_ = tw.Flush()
	}
	fmt.Fprintln(w, p.say.Text("Grouped faces: {{.Faces}}, groups listed: {{.Groups}}, smaller groups: {{.Smaller}}", "Faces", out.Grouped, "Groups", len(out.Groups), "Smaller", out.Smaller))
	p.writeOtherModel(w, out.Index)
	fmt.Fprintln(w, p.say.Text("A group says that faces are near each other, never who it is. It errs more often on children and on people whom the model's training data represent badly."))
}

// date is the day of a time as a document has it.
func date(stamp string) string { return stamp[:min(len(stamp), len(time.DateOnly))] }

// someHosts is how many hosts a line names.
const someHosts = 3

// some names the first hosts.
func some(hosts []string) string {
	s := strings.Join(hosts[:min(len(hosts), someHosts)], ", ")
	if more := len(hosts) - someHosts; more > 0 {
		s += fmt.Sprintf(" +%d", more)
	}
	return s
}

// groupingProgress tells on stderr how many faces are grouped: JSON lines with --json, a bar on a terminal, else nothing.
func (p *program) groupingProgress() (update func(done, total int), end func()) {
	last := p.now()
	every := func(d time.Duration, write func(done, total int)) func(done, total int) {
		return func(done, total int) {
			if now := p.now(); now.Sub(last) >= d || done == total {
				last = now
				write(done, total)
			}
		}
	}
	f, isFile := p.err.(*os.File)
	switch {
	case p.json:
		return every(jsonEvery, func(done, total int) {
			_ = writeJSON(p.err, document.Doc{"grouping": document.Grouping{Faces: done, Total: total}})
		}), func() {}
	case isFile && term.IsTerminal(int(f.Fd())):
		bar := progressbar.NewOptions(1, progressbar.OptionSetWriter(f), progressbar.OptionShowCount(), progressbar.OptionSetWidth(20),
			progressbar.OptionSetPredictTime(true), progressbar.OptionClearOnFinish(), progressbar.OptionSetDescription(p.say.Text("grouping faces")))
		return every(barEvery, func(done, total int) {
			bar.ChangeMax(max(total, 1))
			_ = bar.Set(done)
		}), func() { _ = bar.Clear() }
	}
	return nil, func() {}
}
