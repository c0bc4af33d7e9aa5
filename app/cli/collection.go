package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"gabarit/app"
	"gabarit/app/cli/command"
	"gabarit/app/cli/document"
	"gabarit/engine"
)

const day = 24 * time.Hour

func (p *program) collectionCommand() *cobra.Command {
	return command.Group(&cobra.Command{Use: "collection", Short: "open, look at and remove collections"}, p.collectionAddCommand(),
		command.Leaf("list", "list the collections", command.NoArgs, p.Opened(p.collectionList)),
		command.Leaf("show NAME", "show a collection and the items that could not be read", cobra.ExactArgs(1), p.Opened(p.collectionShow)),
		p.collectionRemoveCommand())
}

func (p *program) collectionAddCommand() *cobra.Command {
	var c engine.Collection
	var retain string
	var grounds strings.Builder
	fmt.Fprintln(&grounds, "\nLegal bases (GDPR article 6):")
	p.writeGrounds(&grounds, engine.Bases())
	fmt.Fprintln(&grounds, "\nConditions for biometric data (article 9, paragraph 2):")
	p.writeGrounds(&grounds, engine.ConditionGrounds())
	add := command.Leaf("add NAME --purpose TEXT --basis BASIS [--condition CONDITION]", `open a collection for one stated purpose
Open a collection. It can't exist without a purpose, a legal basis, a condition for biometric data, a source scope
and a retention. The bases consent and vital-interests bring their condition with them.
`+grounds.String(), cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		c.Name = args[0]
		return p.collectionAdd(ctx, c, retain)
	})
	f := add.Flags()
	f.StringVar(&c.Purpose, "purpose", "", "what the photos are gathered for (required)")
	f.StringVar(&c.Basis, "basis", "", "legal basis, article 6 (required)")
	f.StringVar(&c.Condition, "condition", "", "condition for biometric data, article 9(2)")
	f.StringVar(&c.Scope, "scope", "", "hosts for a site, or words for the material meant; default: what is named when collecting")
	f.StringVar(&retain, "retain", "180d", "how long photos are kept: a number and d, w, m (30 days) or y (365 days)")
	f.StringVar(&c.Controller, "controller", "", "who answers for the collection, if not you")
	return add
}

func (p *program) collectionAdd(ctx context.Context, c engine.Collection, retain string) error {
	var err error
	if c.Retain, err = parseRetain(retain); err != nil {
		return err
	}
	if c.Condition == "" {
		c.Condition = engine.ImpliedCondition(c.Basis)
	}
	if c.Scope == "" {
		c.Scope = engine.ScopeLocal
	}
	if err := c.Validate(); err != nil {
		wrong := command.UsageError{Err: err}
		switch {
		case !slices.Contains(engine.LegalBases(), c.Basis):
			wrong.Grounds = engine.Bases()
		case !slices.Contains(engine.Conditions(), c.Condition):
			wrong.Grounds = engine.ConditionGrounds()
		}
		return wrong
	}
	return p.WithVault(ctx, func(a *app.App) error {
		c, err := a.AddCollection(ctx, c)
		if err != nil {
			return command.InvalidIsUsage(err)
		}
		out := document.NewCollection(engine.CollectionInfo{Collection: c})
		return p.Show(out, func(w io.Writer) {
			fmt.Fprintln(w, p.say.Text("Collection opened: {{.Name}}", "Name", command.Plain(c.Name)))
		})
	})
}

// writeGrounds writes one line for each ground: its name, and what must be true for it.
func (p *program) writeGrounds(w io.Writer, grounds []engine.Ground) {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, g := range grounds {
		fmt.Fprintf(tw, "  %s\t%s\t%s\n", g.Key, g.Article, p.say.Text(g.Sentence))
	}
	_ = tw.Flush()
}

// maxRetainDigits keeps the number of a retention far from overflow; engine bounds it for real.
const maxRetainDigits = 5

// parseRetain reads "180d", "6w", "12m" or "2y".
func parseRetain(s string) (time.Duration, error) {
	units := map[byte]time.Duration{'d': day, 'w': 7 * day, 'm': 30 * day, 'y': 365 * day}
	if len(s) >= 2 && len(s) <= maxRetainDigits+1 {
		unit, ok := units[s[len(s)-1]]
		n, err := strconv.ParseUint(s[:len(s)-1], 10, 32)
		if ok && err == nil {
			return time.Duration(n) * unit, nil
		}
	}
	return 0, command.Usage("a retention is a number and d, w, m or y", s)
}

func (p *program) collectionList(ctx context.Context, a *app.App, _ []string) error {
	infos, err := a.Collections(ctx)
	if err != nil {
		return err
	}
	all := document.Each(infos, document.NewCollection)
	return p.Show(document.Doc{"collections": all}, func(w io.Writer) { p.writeCollections(w, all) })
}

func (p *program) writeCollections(w io.Writer, all []document.Collection) {
	if len(all) == 0 {
		fmt.Fprintln(w, p.say.Text("There is no collection yet."))
		return
	}
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, p.Row("name", "basis", "days kept", "photos", "faces", "no face", "failed"))
	for _, c := range all {
		fmt.Fprintf(tw, "%s\t%s\t%d\t%d\t%d\t%d\t%d\n", command.Plain(c.Name), c.Basis, c.RetainDays, c.Photos, c.Faces, c.NoFace, c.Failed)
	}
	_ = tw.Flush()
}

// Row joins the translated heads of a table.
func (p *program) Row(heads ...string) string {
	for i, h := range heads {
		heads[i] = p.say.Text(h)
	}
	return strings.Join(heads, "\t")
}

func (p *program) collectionShow(ctx context.Context, a *app.App, args []string) error {
	info, err := a.CollectionByName(ctx, args[0])
	if err != nil {
		return named(err, args[0])
	}
	failures, err := a.Failures(ctx, info.ID)
	if err != nil {
		return err
	}
	upkeep, err := a.UpkeepOf(ctx, info.Name)
	if err != nil {
		return err
	}
	out := document.CollectionDetails{Collection: document.NewCollection(info), Refused: document.Refused(failures), Failures: document.NewFailures(failures, false),
		Partial: document.NewFailures(failures, true), Troubles: document.Each(upkeep.Troubles, document.NewTrouble)}
	return p.Show(out, func(w io.Writer) { p.writeCollection(w, out) })
}

func (p *program) writeCollection(w io.Writer, c document.CollectionDetails) {
	p.writeCollections(w, []document.Collection{c.Collection})
	line := func(head, value string) {
		if value != "" {
			fmt.Fprintf(w, "%s: %s\n", p.say.Text(head), command.Plain(value))
		}
	}
	line("purpose", c.Purpose)
	line("condition", c.Condition)
	line("scope", c.Scope)
	line("controller", c.Controller)
	line("opened", c.CreatedAt)
	for _, f := range append(c.Failures, c.Partial...) {
		fmt.Fprintf(w, "  %s: %s\n", command.Plain(f.Item), p.say.Reason(f.Reason, f.Detail))
	}
	p.writeRefused(w, c.Refused)
	for _, t := range c.Troubles {
		fmt.Fprintf(w, "  %s: %s\n", command.Plain(cmp.Or(t.URL, t.PageURL, t.File)), p.trouble(t))
	}
}

// trouble says why a photo is in no search, or that its source can't be asked.
func (p *program) trouble(t document.Trouble) string {
	since := t.Since[:min(len(t.Since), len(time.DateOnly))]
	switch {
	case t.Goes != "":
		said := p.say.Text("hidden since {{.Since}}, and erased on {{.Goes}} unless its source is back", "Since", since, "Goes", t.Goes[:min(len(t.Goes), len(time.DateOnly))])
		if t.Reason != "" {
			said += ": " + p.say.Reason(t.Reason, "")
		}
		return said
	case t.Why != "":
		return p.say.Text("hidden since {{.Since}}, as a person asked for it", "Since", since)
	}
	return p.say.Text("its source could not be asked since {{.Since}}; it stays", "Since", since)
}

// named adds to a not-found error what was looked for, where the adapter did not say it.
func named(err error, name string) error {
	if engine.CodeOf(err) == engine.CodeNotFound && engine.DetailOf(err) == "" {
		return engine.E(engine.CodeNotFound, "cli.named", engine.MessageOf(err), errors.New(name))
	}
	return err
}
