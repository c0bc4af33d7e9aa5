package rights

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"gabarit/app"
	"gabarit/app/cli/command"
	"gabarit/app/cli/document"
	"gabarit/engine"
	"gabarit/engine/matter"
)

func (p program) controllerCommand() *cobra.Command {
	return command.Group(&cobra.Command{Use: "controller", Short: "who answers for sites: your address book and an imported directory"},
		command.Leaf("import FILE", `import a directory of controllers
Import a directory in the form of the Datenanfragen data (https://github.com/datenanfragen/data, CC0): the ZIP of the repository, its
folder, one array of records as JSON, or offline-data.json. It takes the place of the one imported before; your own entries
stay as they are. Nothing is fetched: get the file yourself. Ends with status 3 if some of it could not be taken.`, cobra.ExactArgs(1), p.Opened(p.controllerImport)),
		p.controllerFindCommand(),
		p.controllerListCommand(),
		command.Leaf("show NAME", "show an entry, named by its ID or by its identifier in the directory", cobra.ExactArgs(1), p.Opened(p.controllerShow)),
		p.controllerAddCommand(),
		command.Leaf("remove ID", "erase one of your own entries", cobra.ExactArgs(1), p.Opened(func(ctx context.Context, a *app.App, args []string) error {
			if err := a.RemoveController(ctx, args[0]); err != nil {
				return err
			}
			return p.Show(document.Doc{"removed": args[0]}, func(w io.Writer) { fmt.Fprintln(w, p.Text("Removed.")) })
		})))
}

func (p program) controllerImport(ctx context.Context, a *app.App, args []string) error {
	report, err := a.ImportControllers(ctx, args[0])
	if err != nil {
		return err
	}
	doc := document.NewImport(report, p.Text)
	err = p.Show(doc, func(w io.Writer) {
		fmt.Fprintln(w, p.Text("Imported {{.N}} controllers from {{.Source}}; {{.Old}} former names lead to them. Of your own entries {{.Kept}} are in it and stay as they are.",
			"N", report.Controllers, "Source", command.Plain(report.Source), "Old", report.Redirected, "Kept", report.Kept))
		for _, r := range doc.Warnings {
			fmt.Fprintf(w, "%s: %s\n", command.Plain(r.Item), r.Reason)
		}
		for _, r := range doc.Failed {
			fmt.Fprintln(w, p.Text("Left out: {{.Item}}: {{.Reason}}", "Item", command.Plain(r.Item), "Reason", r.Reason))
		}
	})
	return cmp.Or(err, command.Outcome(len(report.Failed), true))
}

func (p program) controllerFindCommand() *cobra.Command {
	var images []string
	var country string
	cmd := command.Leaf("find ADDRESS-OR-DOMAIN...", `list who may answer for a page
List who may answer for a page, with what leads to each. The order is by how directly it does; nothing is chosen for you: check the
address before you write. Ends with status 20 if there is none.`, cobra.MinimumNArgs(1), func(ctx context.Context, args []string) error {
		return p.WithVault(ctx, func(a *app.App) error {
			found, err := a.FindControllers(ctx, args, images, country)
			if err != nil {
				return err
			}
			return p.showCandidates(found)
		})
	})
	cmd.Flags().StringArrayVar(&images, "image", nil, "address of the picture itself (repeatable)")
	cmd.Flags().StringVar(&country, "country", "", "your country (ISO code): only sorts")
	return cmd
}

func (p program) showCandidates(found []matter.Candidate) error {
	docs := document.Each(found, func(c matter.Candidate) document.Controller {
		d := document.NewController(c.Controller)
		d.Weight, d.Why = c.Weight, p.Text(c.Why)
		d.Warnings = document.Each(c.Warnings, func(s string) string { return p.Text(s) })
		return d
	})
	err := p.Show(document.Doc{"controllers": docs}, func(w io.Writer) {
		if len(docs) == 0 {
			fmt.Fprintln(w, p.Text("Nobody found. Look at the site's legal notice or privacy page, and add them with “controller add”."))
		}
		for _, d := range docs {
			p.writeController(w, d)
		}
	})
	return cmp.Or(err, command.Outcome(0, len(docs) > 0))
}

func (p program) writeController(w io.Writer, d document.Controller) {
	fmt.Fprintf(w, "%s  (%s)\n", command.Plain(d.Name), cmp.Or(d.ID, d.Slug))
	if d.Why != "" {
		fmt.Fprintln(w, "  "+p.Text("{{.What}}: {{.Value}}", "What", p.Text("because of"), "Value", d.Why))
	}
	for _, s := range []string{strings.ReplaceAll(d.Address, "\n", ", "), d.Email, d.Web, d.Webform} {
		if s != "" {
			fmt.Fprintf(w, "  %s\n", command.Plain(s))
		}
	}
	day, _, _ := strings.Cut(d.At, "T")
	from := command.Plain(cmp.Or(d.Source, p.Text("typed by hand")))
	fmt.Fprintln(w, "  "+p.Text("{{.What}}: {{.Value}}", "What", p.Text("address from"), "Value", from+", "+day))
	for _, s := range d.Warnings {
		fmt.Fprintf(w, "  ! %s\n", s)
	}
}

func (p program) controllerListCommand() *cobra.Command {
	var all bool
	cmd := command.Leaf("list", "list your own entries, and tell which directory was imported", command.NoArgs, func(ctx context.Context, _ []string) error {
		return p.WithVault(ctx, func(a *app.App) error { return p.controllerList(ctx, a, all) })
	})
	cmd.Flags().BoolVar(&all, "all", false, "the entries of the directory, too")
	return cmd
}

func (p program) controllerList(ctx context.Context, a *app.App, all bool) error {
	list := a.Controllers
	if all {
		list = a.AddressBook
	}
	own, directory, at, err := list(ctx)
	if err != nil {
		return err
	}
	docs := document.Each(own, document.NewController)
	doc := document.Doc{"controllers": docs, "directory": document.Doc{"controllers": directory.Controllers, "source": directory.Source, "at": document.Stamp(at)}}
	return p.Show(doc, func(w io.Writer) {
		for _, d := range docs {
			p.writeController(w, d)
		}
		if directory.Controllers == 0 {
			fmt.Fprintln(w, p.Text("No directory was imported."))
			return
		}
		fmt.Fprintln(w, p.Text("Imported directory: {{.N}} controllers, {{.Source}}, {{.Day}}", "N", directory.Controllers, "Source", command.Plain(directory.Source), "Day", at.Format("2006-01-02")))
	})
}

func (p program) controllerShow(ctx context.Context, a *app.App, args []string) error {
	c, err := a.Controller(ctx, args[0])
	if err != nil {
		return err
	}
	d := document.NewController(c)
	return p.Show(d, func(w io.Writer) { p.writeController(w, d) })
}

func (p program) controllerAddCommand() *cobra.Command {
	var c matter.Controller
	var from string
	cmd := command.Leaf("add NAME", `add an entry of your own, or change one
Add an entry of your own. With --id it takes the place of one; with --from it starts as a copy of an entry of the directory and
stands in its place from then on. An import never changes it.`, cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		c.Name = args[0]
		return p.WithVault(ctx, func(a *app.App) error {
			if from != "" {
				found, err := a.Controller(ctx, from)
				if err != nil {
					return err
				}
				c = over(found, c)
			}
			saved, err := a.SaveController(ctx, c)
			if err != nil {
				return command.InvalidIsUsage(err)
			}
			d := document.NewController(saved)
			return p.Show(d, func(w io.Writer) { p.writeController(w, d) })
		})
	})
	fl := cmd.Flags()
	fl.StringVar(&c.ID, "id", "", "the entry to change")
	fl.StringVar(&from, "from", "", "entry of the directory to start from")
	fl.StringVar(&c.Address, "address", "", "postal address")
	fl.StringVar(&c.Email, "email", "", "e-mail address")
	fl.StringVar(&c.Web, "web", "", "website")
	fl.StringVar(&c.Webform, "form", "", "address of their form")
	fl.StringVar(&c.Rep, "representative", "", "representative in the Union (article 27)")
	fl.StringArrayVar(&c.Domains, "domain", nil, "domain that is theirs (repeatable)")
	fl.StringVar(&c.Source, "source", "", "where you read the address; default: typed by hand")
	fl.BoolVar(&c.Biometric, "biometric", false, "they run a face search or index")
	return cmd
}

// over lays what was typed over an entry.
func over(have, typed matter.Controller) matter.Controller {
	if have.Origin == matter.OriginImported {
		have.ID = ""
	}
	have.ID = cmp.Or(typed.ID, have.ID)
	have.Name = cmp.Or(typed.Name, have.Name)
	have.Address, have.Email, have.Web = cmp.Or(typed.Address, have.Address), cmp.Or(typed.Email, have.Email), cmp.Or(typed.Web, have.Web)
	have.Webform, have.Rep, have.Source = cmp.Or(typed.Webform, have.Webform), cmp.Or(typed.Rep, have.Rep), cmp.Or(typed.Source, have.Source)
	have.Domains, have.Biometric = append(have.Domains, typed.Domains...), have.Biometric || typed.Biometric
	return have
}

func (p program) confirmCommand() *cobra.Command {
	var said string
	cmd := command.Leaf("confirm ID ITEM...", `say of finds of a case whether they show the person
Say of finds of a case, named by their numbers in "case show", whether they show the person. Only those that are confirmed enter a letter; a find
is when its case is opened.`, cobra.MinimumNArgs(2), func(ctx context.Context, args []string) error {
		var items []int
		for _, s := range args[1:] {
			n, err := strconv.Atoi(s)
			if err != nil {
				return command.Usage("an item is named by its number", s)
			}
			items = append(items, n)
		}
		return p.WithVault(ctx, func(a *app.App) error {
			c, err := findCase(ctx, a, args[0])
			if err != nil {
				return err
			}
			if err := a.ConfirmItems(ctx, c.ID, items, engine.Verdict(said)); err != nil {
				return command.InvalidIsUsage(err)
			}
			return p.Show(document.Doc{"case": string(c.ID), "items": items, "as": said}, func(w io.Writer) { fmt.Fprintln(w, p.Text("Noted.")) })
		})
	})
	cmd.Flags().StringVar(&said, "as", string(engine.VerdictYes), "yes, no or unsure")
	return cmd
}
