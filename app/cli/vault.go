package main

import (
	"cmp"
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"gabarit/app"
	"gabarit/app/cli/command"
	"gabarit/app/cli/document"
	"gabarit/app/files"
	"gabarit/engine"
)

func (p *program) vaultCommand() *cobra.Command {
	var open bool
	init := command.Leaf("init", "make a vault, protected by a passphrase", command.NoArgs,
		func(ctx context.Context, _ []string) error { return p.vaultInit(ctx, open) })
	init.Flags().BoolVar(&open, "no-passphrase", false, "make a vault that anybody who can read its folder can open")
	info := command.Leaf("info", "tell what the vault holds", command.NoArgs, p.Opened(func(ctx context.Context, a *app.App, _ []string) error {
		return p.showVault(ctx, a, "Vault: {{.Dir}}")
	}))
	return command.Group(&cobra.Command{Use: "vault", Short: "make, look after and protect the vault"}, init, info,
		p.verifyCommand(), command.Leaf("compact", "write the vault's files anew without what is no longer needed", command.NoArgs, p.compact),
		p.passwdCommand(), p.rememberCommand(), command.Leaf("forget", "take the vault's key out of the system's keyring", command.NoArgs, p.Opened(p.forget)))
}

func (p *program) vaultInit(ctx context.Context, open bool) error {
	return p.withApp(func(a *app.App) error {
		if a.State() != engine.VaultMissing {
			return engine.E(engine.CodeConflict, "cli.vaultInit", "there is a vault already", fmt.Errorf("%s", p.vaultDir))
		}
		pass, err := p.newPassphrase(ctx, envPassphrase, open)
		if err != nil {
			return err
		}
		if err := a.CreateVault(ctx, pass); err != nil {
			return err
		}
		return p.showVault(ctx, a, "Vault made: {{.Dir}}")
	})
}

func (p *program) showVault(ctx context.Context, a *app.App, head string) error {
	st, err := a.Status(ctx)
	if err != nil {
		return err
	}
	suppressed, err := a.Suppressions(ctx)
	if err != nil {
		return err
	}
	erasures, keys, err := a.Erasures(ctx)
	if err != nil {
		return err
	}
	out := document.Vault{Dir: st.Dir, Passphrase: st.Passphrase, Remembered: st.Remembered, Totals: st.Totals,
		Format: app.VaultFormat, Suppressions: suppressed, Erasures: erasures, Warnings: document.List(st.Warnings)}
	return p.Show(out, func(w io.Writer) {
		fmt.Fprintln(w, p.say.Text(head, "Dir", command.Plain(st.Dir)))
		if st.Passphrase {
			fmt.Fprintln(w, p.say.Text("Protected by a passphrase."))
		} else {
			fmt.Fprintln(w, p.say.Text("Without a passphrase: whoever can read the folder can open it."))
		}
		if st.Remembered {
			fmt.Fprintln(w, p.say.Text("The system's keyring can open it."))
		}
		fmt.Fprintln(w, p.say.Text("Faces: {{.Faces}}, photos: {{.Photos}}, collections: {{.Collections}}", "Faces", st.Totals.Faces, "Photos", st.Totals.Photos, "Collections", st.Totals.Collections))
		p.writeOtherModel(w, out.Totals)
		fmt.Fprintln(w, p.say.Text("Kept from being collected again: addresses: {{.URLs}}, files: {{.Files}}, look-alikes: {{.Looks}}; refused so far: {{.Hits}}", "URLs", suppressed.URLs, "Files", suppressed.Files, "Looks", suppressed.Looks, "Hits", suppressed.Hits))
		fmt.Fprintln(w, p.say.Text("Erasures: {{.N}}, keys destroyed: {{.Keys}}", "N", erasures, "Keys", keys))
	})
}

func (p *program) verifyCommand() *cobra.Command {
	var erased bool
	cmd := command.Leaf("verify", `read and check everything the vault holds
Read and check everything the vault holds: every record, the audit log, and that nothing erased is left. What is
damaged is named, and the exit status is 1; everything else can still be read.

--erased checks the erasures only: that every key destroyed by one is gone, that no record in any version the database
still holds was sealed under one, and that no search compares an erased face.`,
		command.NoArgs, p.Opened(func(ctx context.Context, a *app.App, _ []string) error {
			if erased {
				return p.verifyErased(ctx, a)
			}
			return p.verify(ctx, a)
		}))
	cmd.Flags().BoolVar(&erased, "erased", false, "prove the erasures only")
	return cmd
}

// verify prints what was found even where damage kept the check from coming to its end.
func (p *program) verify(ctx context.Context, a *app.App) error {
	check, err := a.CheckVault(ctx)
	if err != nil && len(check.Damage) == 0 {
		return err
	}
	out := document.Verification{Records: check.Records, Damage: document.List(check.Damage)}
	if check.Audit.Root != "" {
		out.Audit = new(document.NewAuditCheck(check.Audit))
	}
	if err == nil {
		out.Erased = new(document.NewErased(check.Erased))
		out.Sound = len(out.Damage) == 0 && out.Audit.Intact && out.Erased.Clean
	}
	return cmp.Or(err, p.Show(out, func(w io.Writer) { p.writeCheck(w, out) }), command.Verdict(out.Sound))
}

func (p *program) writeCheck(w io.Writer, c document.Verification) {
	fmt.Fprintln(w, p.say.Text("Records read and found good: {{.N}}", "N", c.Records))
	for _, d := range c.Damage {
		fmt.Fprintln(w, p.say.Text("Damaged: {{.What}}", "What", command.Plain(d)))
	}
	if c.Audit != nil {
		p.writeAuditReport(w, c.Audit.AuditReport)
	}
	if c.Erased != nil {
		p.writeErased(w, c.Erased.ErasedCheck)
	} else {
		fmt.Fprintln(w, p.say.Text("Whether something erased is left can't be told: not all of the vault can be read."))
	}
}

func (p *program) verifyErased(ctx context.Context, a *app.App) error {
	check, err := a.CheckErased(ctx)
	if err != nil {
		return err
	}
	return cmp.Or(p.Show(document.NewErased(check), func(w io.Writer) { p.writeErased(w, check) }), command.Verdict(check.Clean()))
}

// writeErased writes the proof of the erasures, zeros included.
func (p *program) writeErased(w io.Writer, c engine.ErasedCheck) {
	fmt.Fprintln(w, p.say.Text("Erasures: {{.N}}, keys destroyed: {{.Keys}}", "N", c.Erasures, "Keys", c.Keys))
	fmt.Fprintln(w, p.say.Text("Stored records looked at, in all their versions: {{.N}}", "N", c.Records))
	fmt.Fprintln(w, p.say.Text("Left of what was erased: records: {{.Records}}, keys: {{.Keys}}, faces in the index: {{.Faces}}, erasures not yet purged from the files: {{.Pending}}", "Records", c.Left, "Keys", c.Live, "Faces", c.Indexed, "Pending", c.Pending))
}

// compact measures the vault while it is closed: an open database keeps room for what comes.
func (p *program) compact(ctx context.Context, _ []string) error {
	before, err := files.FolderSize(p.vaultDir)
	if err != nil {
		return err
	}
	var stats engine.PurgeStats
	err = p.WithVault(ctx, func(a *app.App) (err error) {
		stats, err = a.Compact(ctx)
		return err
	})
	if err != nil {
		return err
	}
	after, err := files.FolderSize(p.vaultDir)
	if err != nil {
		return err
	}
	out := document.Doc{"bytes_before": before, "bytes_after": after, "rewritten_bytes": stats.Rewritten, "seconds": document.Seconds(stats.Elapsed)}
	return p.Show(out, func(w io.Writer) {
		fmt.Fprintln(w, p.say.Text("Bytes before: {{.Before}}, after: {{.After}}, written anew: {{.Rewritten}}", "Before", before, "After", after, "Rewritten", stats.Rewritten))
	})
}
