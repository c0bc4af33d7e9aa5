package operator

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"gabarit/app"
	"gabarit/app/cli/command"
	"gabarit/app/cli/document"
	"gabarit/app/desk"
	"gabarit/engine/matter"
)

func (p program) papersCommand() *cobra.Command {
	return command.Group(&cobra.Command{Use: "papers", Short: "an operator's papers: controller, recipients, orders, records, notices"},
		command.Group(&cobra.Command{Use: "profile", Short: "who answers for the vault"},
			p.profileSetCommand(), command.Leaf("show", "show who answers for the vault", command.NoArgs, p.Opened(p.profileShow))),
		command.Group(&cobra.Command{Use: "recipient", Short: "who gets data"}, p.recipientAddCommand(),
			command.Leaf("list", "list recipients and processors, those of the past too", command.NoArgs, p.Opened(p.recipientList)),
			command.Leaf("remove ID", "note that a recipient gets nothing any more; it stays on record", cobra.ExactArgs(1), p.Opened(p.recipientRemove))),
		command.Group(&cobra.Command{Use: "order", Short: "orders of authorities"}, p.orderAddCommand(),
			command.Leaf("list", "list the orders", command.NoArgs, p.Opened(p.orderList)),
			command.Leaf("proof ID FILE", "attach a file that proves that an order was complied with", cobra.ExactArgs(2), p.Opened(p.orderProof)),
			p.orderCloseCommand()),
		p.paperCommand("records", "write the records of processing activities (GDPR article 30)", desk.RecordsFormats(),
			func(ctx context.Context, a *app.App, to matter.PaperFiles) (matter.PaperWritten, error) {
				return a.WriteRecords(ctx, to)
			}),
		p.paperCommand("dpia", "write the outline of an impact assessment (article 35)", desk.DPIAFormats(),
			func(ctx context.Context, a *app.App, to matter.PaperFiles) (matter.PaperWritten, error) {
				return a.WriteDPIA(ctx, to)
			}),
		p.paperCommand("authority", "write a folder for an authority: records, DPIA, log, statistics, orders with proofs", nil,
			func(ctx context.Context, a *app.App, to matter.PaperFiles) (matter.PaperWritten, error) {
				return a.WriteAuthorityFile(ctx, to)
			}),
		p.noticeCommand(),
		command.Leaf("notices", "tell until when people must be informed of each collection", command.NoArgs, p.Opened(p.noticesDue)))
}

// paperCommand is a command that writes a paper into a folder.
func (p program) paperCommand(name, about string, formats []string, write func(context.Context, *app.App, matter.PaperFiles) (matter.PaperWritten, error)) *cobra.Command {
	var to matter.PaperFiles
	format := strings.Join(formats, ",")
	cmd := command.Leaf(name+" [--out DIR]", about+`
The program gives no legal advice. What only a person can say is marked in the paper. Existing files are never overwritten.`, command.NoArgs, func(ctx context.Context, _ []string) error {
		to.Formats = commas(format)
		return p.WithVault(ctx, func(a *app.App) error {
			done, err := write(ctx, a, to)
			if err != nil {
				return command.InvalidIsUsage(err)
			}
			return p.showPaper(document.NewPaper(done), done)
		})
	})
	cmd.Flags().StringVar(&to.Dir, "out", ".", "folder to write to")
	cmd.Flags().StringVar(&to.Lang, "lang", "en", "language: en or fr")
	if len(formats) > 0 {
		cmd.Flags().StringVar(&format, "format", format, "file formats")
	}
	return cmd
}

func (p program) showPaper(doc any, done matter.PaperWritten) error {
	return p.Show(doc, func(w io.Writer) {
		for _, f := range done.Files {
			fmt.Fprintln(w, p.Text("Written: {{.File}}", "File", command.Plain(f)))
		}
		p.writeProfileGaps(w, done.Gaps)
		if done.ToWrite > 0 {
			fmt.Fprintln(w, p.Text("Places that a person must fill in: {{.N}}", "N", done.ToWrite))
		}
		fmt.Fprintln(w, p.Text("The program gives no legal advice."))
	})
}

func (p program) writeProfileGaps(w io.Writer, gaps []matter.Gap) {
	for _, g := range gaps {
		fmt.Fprintln(w, p.Text("Missing: {{.What}}", "What", p.Text(string(g))))
	}
}

func (p program) noticeCommand() *cobra.Command {
	var langs, dir string
	cmd := command.Leaf("notice COLLECTION [--out DIR]", `write the page for the people shown in a collection (article 14)
Write the page that tells the people shown in a collection what is held, why, and how to object, one file for each
language. Publishing it is up to you.`, cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		return p.WithVault(ctx, func(a *app.App) error {
			done, due, err := a.WriteNotice(ctx, args[0], commas(langs), dir)
			if err != nil {
				return command.InvalidIsUsage(err)
			}
			day := document.Day(due.Due)
			if day != "" {
				p.Note(p.Text("People must be informed by {{.Day}} at the latest (GDPR article 14(3)).", "Day", day))
			}
			return p.showPaper(struct {
				document.Paper
				Due string `json:"due"`
			}{document.NewPaper(done), day}, done)
		})
	})
	cmd.Flags().StringVar(&langs, "lang", "en,fr", "languages: en, fr")
	cmd.Flags().StringVar(&dir, "out", ".", "folder to write to")
	return cmd
}

func (p program) noticesDue(ctx context.Context, a *app.App, _ []string) error {
	all, err := a.NoticesDue(ctx)
	if err != nil {
		return err
	}
	docs := document.Each(all, func(n matter.NoticeDue) document.NoticeDue { return document.NewNoticeDue(n, p.Now()) })
	return p.Show(document.Doc{"notices": docs}, func(w io.Writer) {
		rows := [][]string{{p.Row("collection", "notice due", "written", "state")}}
		for _, n := range docs {
			late := ""
			if n.Late {
				late = p.Text("overdue")
			}
			rows = append(rows, []string{command.Plain(n.Collection), n.Due, n.WrittenAt, late})
		}
		writeTable(w, rows)
	})
}

func commas(list string) []string {
	var out []string
	for _, s := range strings.Split(list, ",") {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}
