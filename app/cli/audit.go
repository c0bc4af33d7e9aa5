package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"gabarit/app"
	"gabarit/app/cli/command"
	"gabarit/app/cli/document"
	"gabarit/app/files"
	"gabarit/engine"
)

func (p *program) auditCommand() *cobra.Command {
	return command.Group(&cobra.Command{Use: "audit", Short: "read, check and export the audit log"},
		command.Leaf("list", "list what was done, newest last", command.NoArgs, p.Opened(p.auditList)),
		p.auditVerifyCommand(), p.auditExportCommand(),
		command.Leaf("checkpoint", "print the log's signed checkpoint, to be kept elsewhere", command.NoArgs, p.Opened(p.auditCheckpoint)))
}

func (p *program) auditList(ctx context.Context, a *app.App, _ []string) error {
	entries, err := a.Audit(ctx)
	if err != nil {
		return err
	}
	return p.Show(document.Doc{"entries": document.List(entries)}, func(w io.Writer) { writeAudit(w, entries) })
}

// writeAudit writes one line for each entry, in the log's own words.
func writeAudit(w io.Writer, entries []engine.AuditEntry) {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, e := range entries {
		var told []string
		for _, k := range slices.Sorted(maps.Keys(e.Detail)) {
			if k != "probe" { // a hash, which says nothing to people
				told = append(told, k+"="+command.Plain(e.Detail[k]))
			}
		}
		for _, k := range slices.Sorted(maps.Keys(e.Counts)) {
			told = append(told, fmt.Sprintf("%s=%d", k, e.Counts[k]))
		}
		fmt.Fprintf(tw, "%d\t%s\t%s\t%s\t%s\n", e.Seq, e.At.UTC().Format(time.RFC3339), e.Action, strings.Join(told, " "), command.Plain(e.Purpose))
	}
	_ = tw.Flush()
}

func (p *program) auditVerifyCommand() *cobra.Command {
	var checkpoint, key string
	cmd := command.Leaf("verify [FILE]", `check the audit log, or one that was exported
Check the vault's audit log, or one that was exported to FILE; for a file no vault is needed. An entry that was
altered, dropped or moved is named by its number, and the exit status is 1.

A log that was cut off or written anew as a whole is found with a checkpoint that was kept elsewhere (see: audit checkpoint).
A file is checked with the key it names itself, which proves nothing about who wrote it, unless --key gives the vault's.`,
		cobra.MaximumNArgs(1), func(ctx context.Context, args []string) error {
			known, err := files.ReadStream(checkpoint, p.in, maxCheckpoint)
			switch {
			case err != nil:
				return err
			case checkpoint != "" && len(bytes.TrimSpace(known)) == 0:
				return command.Usage("the checkpoint is empty", checkpoint)
			case len(args) == 1:
				return p.auditVerifyFile(args[0], key, string(known))
			case key != "":
				return command.Usage("a key goes with a file: the vault has its own", "--key")
			}
			return p.WithVault(ctx, func(a *app.App) error {
				report, err := a.VerifyAudit(ctx, string(known))
				return p.showAudit(report, err, func(w io.Writer) { p.writeAuditReport(w, report) })
			})
		})
	cmd.Flags().StringVar(&checkpoint, "checkpoint", "", "file with a checkpoint that was kept elsewhere; - for standard input")
	cmd.Flags().StringVar(&key, "key", "", "the vault's public key, for a file")
	return cmd
}

// maxCheckpoint bounds a checkpoint, which is a few lines of text.
const maxCheckpoint = 64 << 10

// showAudit prints what a check of the log found, which decides the exit status.
func (p *program) showAudit(r engine.AuditReport, err error, human func(io.Writer)) error {
	if err != nil {
		return err
	}
	return cmp.Or(p.Show(document.NewAuditCheck(r), human), command.Verdict(r.Intact()))
}

func (p *program) auditVerifyFile(name, key, known string) error {
	f, err := files.Open(name, p.in)
	if err != nil {
		return err
	}
	defer f.Close()
	report, err := app.VerifyAuditFile(f, key, known)
	return p.showAudit(report, err, func(w io.Writer) {
		p.writeAuditReport(w, report)
		if key == "" {
			fmt.Fprintln(w, p.say.Text("Checked with the key that the file names itself. If it is not the vault's, the file proves nothing: {{.Key}}", "Key", command.Plain(report.Key)))
		}
	})
}

// writeAuditReport writes what a check of the log found, each problem with its place.
func (p *program) writeAuditReport(w io.Writer, r engine.AuditReport) {
	fmt.Fprintln(w, p.say.Text("Audit log: entries: {{.N}}, problems: {{.Problems}}, root: {{.Root}}", "N", r.Entries, "Problems", len(r.Problems), "Root", command.Plain(r.Root)))
	for _, pr := range r.Problems {
		where := p.say.Text("the log")
		if pr.Seq > 0 {
			where = p.say.Text("entry {{.N}}", "N", pr.Seq)
		}
		fmt.Fprintf(w, "  %s: %s\n", where, p.say.Reason(cmp.Or(damages()[pr.Damage], string(pr.Damage)), pr.Detail))
	}
}

// damages says in a few words what can be wrong with an entry or a log.
func damages() map[engine.AuditDamage]string {
	return map[engine.AuditDamage]string{
		engine.AuditAltered:   "not what was written",
		engine.AuditMissing:   "an entry is missing here",
		engine.AuditReordered: "not at its place",
		engine.AuditCutOff:    "the log is cut off here",
		engine.AuditReplaced:  "another log than the one the checkpoint was made of",
		engine.AuditSignature: "the signature of a checkpoint is wrong",
		engine.AuditUnread:    "can't be read",
	}
}

func (p *program) auditCheckpoint(ctx context.Context, a *app.App, _ []string) error {
	report, err := a.VerifyAudit(ctx, "")
	if !report.Intact() && !p.json {
		p.writeAuditReport(p.err, report)
	}
	return p.showAudit(report, err, func(w io.Writer) { fmt.Fprint(w, report.Checkpoint) })
}

func (p *program) auditExportCommand() *cobra.Command {
	var file string
	cmd := command.Leaf("export", `write the audit log as JSON lines that can be checked without the vault
Write the audit log as JSON lines: first its key and signed checkpoint, then each entry exactly as the log's proof
covers it. "audit verify FILE" checks it anywhere. An existing file is never overwritten.`,
		command.NoArgs, func(ctx context.Context, _ []string) error {
			if file == "" && p.json {
				return command.Usage("the export itself goes to standard output: name a file to have a report beside it", "--out")
			}
			return p.WithVault(ctx, func(a *app.App) error { return p.auditExport(ctx, a, file) })
		})
	cmd.Flags().StringVar(&file, "out", "", "file to write; default standard output")
	return cmd
}

func (p *program) auditExport(ctx context.Context, a *app.App, file string) error {
	if file == "" {
		report, err := a.WriteAudit(ctx, p.out)
		return cmp.Or(err, command.Verdict(report.Intact()))
	}
	report, err := a.ExportAudit(ctx, file)
	return p.showAudit(report, err, func(w io.Writer) {
		fmt.Fprintln(w, p.say.Text("Written: {{.File}}", "File", command.Plain(file)))
		p.writeAuditReport(w, report)
	})
}
