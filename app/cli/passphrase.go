package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"gabarit/app"
	"gabarit/app/cli/command"
	"gabarit/app/cli/document"
	"gabarit/engine"
)

// Names of the variables that hold passphrases where there is no terminal. They are never arguments: those are
// seen by every user of the machine.
const (
	envPassphrase    = "GABARIT_PASSPHRASE"     //nolint:gosec // the name of a variable, not a secret
	envNewPassphrase = "GABARIT_NEW_PASSPHRASE" //nolint:gosec // the name of a variable, not a secret
)

// WithVault runs fn with an App whose vault is open, and closes it.
func (p *program) WithVault(ctx context.Context, fn func(*app.App) error) error {
	return p.unlocked(ctx, true, func(a *app.App, _ string) error { return fn(a) })
}

// unlocked is withVault for work that needs the passphrase. The vault is opened with the passphrase of the environment, else with
// the system's keyring where that is wanted and the keyring holds the key, else with what is typed.
func (p *program) unlocked(ctx context.Context, keyring bool, work func(a *app.App, pass string) error) error {
	return p.withApp(func(a *app.App) error {
		st, err := a.Status(ctx)
		if err != nil {
			return err
		}
		pass, given := p.env(envPassphrase)
		open := false
		if keyring && !given && st.Remembered {
			// A key from before the passphrase was changed is passed over.
			if err := a.UnlockRemembered(ctx); err != nil && engine.CodeOf(err) != engine.CodeBadKey {
				return err
			}
			open = a.State() == engine.VaultOpen
		}
		if !open && !given && st.Vault == engine.VaultSealed {
			if pass, err = p.ask(ctx, "Passphrase: "); err != nil {
				return err
			}
		}
		if err := a.Unlock(ctx, pass); err != nil {
			return err
		}
		if err := p.warn(ctx, a); err != nil {
			return err
		}
		return work(a, pass)
	})
}

// warn tells on stderr what opening the vault found.
func (p *program) warn(ctx context.Context, a *app.App) error {
	st, err := a.Status(ctx)
	for _, w := range st.Warnings {
		if p.json {
			_ = writeJSON(p.err, document.Doc{"warning": w})
		} else {
			fmt.Fprintln(p.err, p.say.Text("Warning: {{.Text}}", "Text", p.say.Reason(w.Msg, w.Detail)))
		}
	}
	return err
}

// newPassphrase takes a passphrase from the variable, or asks for it twice. An empty one is refused: a vault without passphrase is
// asked for by name, and none is what open gives.
func (p *program) newPassphrase(ctx context.Context, variable string, open bool) (pass string, err error) {
	if open {
		return "", nil
	}
	pass, given := p.env(variable)
	if !given {
		if pass, err = p.ask(ctx, "New passphrase: "); err != nil {
			return "", err
		}
		again, err := p.ask(ctx, "The same again: ")
		if err != nil {
			return "", err
		}
		if pass != again {
			return "", engine.E(engine.CodeBadKey, "cli.newPassphrase", "the two passphrases differ", nil)
		}
	}
	if pass == "" {
		return "", command.Usage("the passphrase is empty", "--no-passphrase")
	}
	return pass, nil
}

func (p *program) passwdCommand() *cobra.Command {
	var open bool
	cmd := command.Leaf("passwd", `change the passphrase, set one or take it away
Change the passphrase, set one or take it away. The old one is read from GABARIT_PASSPHRASE and the new one from
GABARIT_NEW_PASSPHRASE, or they are asked for on a terminal. Nothing that the vault holds is written anew: a copy of
the vault made before still opens with the old passphrase.`,
		command.NoArgs, func(ctx context.Context, _ []string) error { return p.passwd(ctx, open) })
	cmd.Flags().BoolVar(&open, "no-passphrase", false, "let anybody who can read the vault's folder open it")
	return cmd
}

func (p *program) passwd(ctx context.Context, open bool) error {
	return p.unlocked(ctx, false, func(a *app.App, old string) error {
		pass, err := p.newPassphrase(ctx, envNewPassphrase, open)
		if err != nil {
			return err
		}
		if err := a.ChangePassphrase(ctx, old, pass); err != nil {
			return err
		}
		return p.showVault(ctx, a, "Passphrase changed: {{.Dir}}")
	})
}

func (p *program) rememberCommand() *cobra.Command {
	return command.Leaf("remember", `let the system's keyring open the vault
Let the system's keyring open the vault: whoever is logged in as you opens it without the passphrase, until "vault
forget". The keyring holds the key that the passphrase gives, not the passphrase.`,
		command.NoArgs, func(ctx context.Context, _ []string) error {
			return p.unlocked(ctx, false, func(a *app.App, pass string) error {
				if err := a.Remember(ctx, pass); err != nil {
					return err
				}
				return p.showVault(ctx, a, "The system's keyring opens the vault from now on: {{.Dir}}")
			})
		})
}

func (p *program) forget(ctx context.Context, a *app.App, _ []string) error {
	if err := a.Forget(ctx); err != nil {
		return err
	}
	return p.showVault(ctx, a, "The system's keyring does not open the vault: {{.Dir}}")
}

func (p *program) terminal() bool { return term.IsTerminal(int(p.in.Fd())) }

// ask reads a line from the terminal without showing it.
func (p *program) ask(ctx context.Context, prompt string) (string, error) {
	if !p.terminal() {
		return "", engine.E(engine.CodeBadKey, "cli.ask", "the vault needs a passphrase, and there is no terminal to ask on", nil)
	}
	fd := int(p.in.Fd())
	before, err := term.GetState(fd)
	if err != nil {
		return "", engine.E(engine.CodeUnavailable, "cli.ask", "the terminal can't be read", err)
	}
	defer p.leaveWith(ctx, func() { _ = term.Restore(fd, before) })()
	fmt.Fprint(p.err, p.say.Text(prompt))
	line, err := term.ReadPassword(fd)
	fmt.Fprintln(p.err)
	if err != nil {
		return "", engine.E(engine.CodeUnavailable, "cli.ask", "the terminal can't be read", err)
	}
	return string(line), nil
}

// confirm asks for a plain yes, in English or the user's language, before something is erased. Anything else is a no.
func (p *program) confirm(ctx context.Context, question string) error {
	defer p.leaveWith(ctx, func() {})()
	fmt.Fprint(p.err, p.say.Text(question))
	line, err := bufio.NewReader(p.in).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return engine.E(engine.CodeUnavailable, "cli.confirm", "the terminal can't be read", err)
	}
	if answer := strings.ToLower(strings.TrimSpace(line)); answer != "yes" && answer != p.say.Text("yes") {
		fmt.Fprintln(p.err, p.say.Text("Nothing was erased."))
		return command.Ended(command.StatusError)
	}
	return nil
}

// leaveWith lets an interruption end the program while it waits for the terminal, which can't be cancelled: restore
// is called and what is open is closed before. The result ends the watch.
func (p *program) leaveWith(ctx context.Context, restore func()) (stop func() bool) {
	return context.AfterFunc(ctx, func() {
		restore()
		if p.app != nil {
			_ = p.app.Close()
		}
		p.exit(command.StatusInterrupted)
	})
}
