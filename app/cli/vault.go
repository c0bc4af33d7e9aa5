package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"gabarit/app"
	"gabarit/engine"
)

func (p *program) vaultCommand() *cobra.Command {
	var open bool
	init := &cobra.Command{
		Use:   "init",
		Short: "make a vault, protected by a passphrase",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.vaultInit(cmd.Context(), open)
		},
	}
	init.Flags().BoolVar(&open, "no-passphrase", false, "make a vault that anybody who can read its folder can open")
	info := &cobra.Command{
		Use:   "info",
		Short: "tell what the vault holds",
		Args:  noArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return p.vaultInfo(cmd.Context()) },
	}
	return group(&cobra.Command{Use: "vault", Short: "make or look at the vault"}, init, info)
}

func (p *program) vaultInit(ctx context.Context, open bool) error {
	return p.withApp(func(a *app.App) error {
		if a.State() != engine.VaultMissing {
			return engine.E(engine.CodeConflict, "cli.vaultInit", "there is a vault already", fmt.Errorf("%s", p.vaultDir))
		}
		var pass string
		var err error
		if !open {
			if pass, err = p.newPassphrase(ctx); err != nil {
				return err
			}
		}
		if err := a.CreateVault(ctx, pass); err != nil {
			return err
		}
		return p.showVault(ctx, a, "Vault made: {{.Dir}}")
	})
}

// newPassphrase asks for a passphrase twice, or takes it from the environment. An empty one is refused: a vault
// without passphrase is asked for by name.
func (p *program) newPassphrase(ctx context.Context) (string, error) {
	pass, ok := p.env(envPassphrase)
	if !ok {
		if !p.terminal() {
			return "", engine.E(engine.CodeBadKey, "cli.newPassphrase", "the vault needs a passphrase, and there is no terminal to ask on", nil)
		}
		var again string
		var err error
		if pass, err = p.ask(ctx, "New passphrase: "); err != nil {
			return "", err
		}
		if again, err = p.ask(ctx, "The same again: "); err != nil {
			return "", err
		}
		if pass != again {
			return "", engine.E(engine.CodeBadKey, "cli.newPassphrase", "the two passphrases differ", nil)
		}
	}
	if pass == "" {
		return "", usage("the passphrase is empty", "--no-passphrase")
	}
	return pass, nil
}

func (p *program) vaultInfo(ctx context.Context) error {
	return p.withVault(ctx, func(a *app.App) error { return p.showVault(ctx, a, "Vault: {{.Dir}}") })
}

func (p *program) showVault(ctx context.Context, a *app.App, head string) error {
	st, err := a.Status(ctx)
	if err != nil {
		return err
	}
	out := vaultOut{Dir: st.Dir, Passphrase: st.Passphrase, Faces: st.Totals.Faces, Photos: st.Totals.Photos,
		Collections: st.Totals.Collections, Format: app.VaultFormat}
	return p.show(out, func(w io.Writer) {
		fmt.Fprintln(w, p.say.text(head, "Dir", plain(st.Dir)))
		if st.Passphrase {
			fmt.Fprintln(w, p.say.text("Protected by a passphrase."))
		} else {
			fmt.Fprintln(w, p.say.text("Without a passphrase: whoever can read the folder can open it."))
		}
		fmt.Fprintln(w, p.totals(st.Totals))
	})
}

func (p *program) totals(t engine.Totals) string {
	return p.say.text("Faces: {{.Faces}}, photos: {{.Photos}}, collections: {{.Collections}}",
		"Faces", t.Faces, "Photos", t.Photos, "Collections", t.Collections)
}
