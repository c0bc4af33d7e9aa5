package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"slices"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"gabarit/app"
	"gabarit/engine"
)

// program is one run of gabarit-cli.
type program struct {
	in   *os.File
	out  io.Writer
	err  io.Writer
	env  func(string) (string, bool)
	exit func(int) // leaves at once; only while nothing is open
	now  func() time.Time

	say      *phrases
	vaultDir string
	json     bool
	started  bool // flags and arguments were in order
	printed  bool // the one JSON document is out
}

// ended is the error of a command that has printed its result and ends with a status of its own.
type ended int

func (e ended) Error() string { return fmt.Sprintf("ended with status %d", int(e)) }

// run does what args say and gives the exit status.
func (p *program) run(ctx context.Context, args []string) int {
	p.say = newPhrases(p.env)
	err := p.execute(ctx, args)
	if err != nil && !p.started {
		p.json = p.json || slices.Contains(args, "--json") // it may stand behind the flag that was wrong
		err = usageOf(err)
	}
	p.report(err)
	return exitStatus(err)
}

// execute runs the command; a panic is a defect with an exit status of its own, not Go's 2, which means usage.
func (p *program) execute(ctx context.Context, args []string) (err error) {
	defer func() {
		if v := recover(); v != nil {
			p.started = true
			err = engine.E(engine.CodeInternal, "cli.execute", "a defect of the program showed up", fmt.Errorf("panic: %v\n%s", v, debug.Stack()))
		}
	}()
	root := p.rootCommand() //nolint:contextcheck // commands take their context from ExecuteContext
	root.SetArgs(args)
	return root.ExecuteContext(ctx)
}

func (p *program) rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "gabarit-cli",
		Short: "Find where a face appears in lawfully held photos, and have it erased",
		Long: `gabarit-cli does what the window of Gabarit does, for scripts.

Exit status: 0 ok, 1 error, 2 usage, 3 finished with items that failed, 10 vault missing, 11 vault
locked by another process, 12 wrong passphrase, 20 nothing found, 130 interrupted.

The passphrase is read from GABARIT_PASSPHRASE or asked for on a terminal. GABARIT_VAULT and
GABARIT_MODELS name other folders than those in your data folder, GABARIT_LANG another language (en, fr).`,
		Version:       version(),
		SilenceErrors: true,
		SilenceUsage:  true,
		PersistentPreRun: func(*cobra.Command, []string) {
			p.started = true
		},
	}
	root.SetIn(p.in)
	root.SetOut(p.out)
	root.SetErr(p.err)
	root.CompletionOptions.HiddenDefaultCmd = true
	vaultDir, _ := app.DefaultPaths()
	root.PersistentFlags().StringVar(&p.vaultDir, "vault", vaultDir, "folder of the vault")
	root.PersistentFlags().BoolVar(&p.json, "json", false, "print one JSON document, and progress as JSON lines on stderr")
	group(root, p.vaultCommand(), p.collectionCommand(), p.collectCommand(), p.facesCommand(),
		p.searchCommand(), p.caseCommand(), p.auditCommand())
	return root
}

// group makes cmd a command that only holds others: alone or with an unknown name it is a usage error.
func group(cmd *cobra.Command, children ...*cobra.Command) *cobra.Command {
	cmd.AddCommand(children...)
	cmd.Args = cobra.ArbitraryArgs
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 {
			return usage("there is no such command", cmd.CommandPath()+" "+args[0])
		}
		return usage("a command is missing", "see "+cmd.CommandPath()+" --help")
	}
	return cmd
}

func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}

// withApp runs fn with an App whose vault is not open, and closes it.
func (p *program) withApp(fn func(*app.App) error) error {
	_, models := app.DefaultPaths()
	a := app.New(app.Config{VaultDir: p.vaultDir, ModelsDir: models, Now: p.now})
	err := fn(a)
	return errors.Join(err, a.Close())
}

// withVault runs fn with an App whose vault is open, and closes it.
func (p *program) withVault(ctx context.Context, fn func(*app.App) error) error {
	return p.withApp(func(a *app.App) error {
		pass, err := p.passphrase(ctx, a.State())
		if err != nil {
			return err
		}
		if err := a.Unlock(ctx, pass); err != nil {
			return err
		}
		return fn(a)
	})
}

// envPassphrase names the variable that holds the passphrase where there is no terminal.
const envPassphrase = "GABARIT_PASSPHRASE" //nolint:gosec // the name of a variable, not a secret

// passphrase gives what opens a vault in that state: from the environment, else from the terminal.
func (p *program) passphrase(ctx context.Context, state engine.VaultState) (string, error) {
	if state != engine.VaultSealed {
		return "", nil
	}
	if pass, ok := p.env(envPassphrase); ok {
		return pass, nil
	}
	if !p.terminal() {
		return "", engine.E(engine.CodeBadKey, "cli.passphrase", "the vault needs its passphrase, and there is no terminal to ask on", nil)
	}
	return p.ask(ctx, "Passphrase: ")
}

func (p *program) terminal() bool { return term.IsTerminal(int(p.in.Fd())) }

// ask reads a line from the terminal without showing it. Reading can't be cancelled, so an interruption leaves
// from here: nothing is open while a passphrase is asked for.
func (p *program) ask(ctx context.Context, prompt string) (string, error) {
	fd := int(p.in.Fd())
	before, err := term.GetState(fd)
	if err != nil {
		return "", engine.E(engine.CodeUnavailable, "cli.ask", "the terminal can't be read", err)
	}
	stop := context.AfterFunc(ctx, func() {
		_ = term.Restore(fd, before)
		p.exit(statusInterrupted)
	})
	defer stop()
	fmt.Fprint(p.err, p.say.text(prompt))
	line, err := term.ReadPassword(fd)
	fmt.Fprintln(p.err)
	if err != nil {
		return "", engine.E(engine.CodeUnavailable, "cli.ask", "the terminal can't be read", err)
	}
	return string(line), nil
}

// show prints a command's result: v as the one JSON document with --json, else what human writes.
func (p *program) show(v any, human func(io.Writer)) error {
	if !p.json {
		human(p.out)
		return nil
	}
	p.printed = true
	if err := writeJSON(p.out, v); err != nil {
		return engine.E(engine.CodeUnavailable, "cli.show", "the result can't be written", err)
	}
	return nil
}

// writeJSON writes v as one line. Addresses stay readable: the document is no HTML.
func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// report tells people and programs about an error that ended the run.
func (p *program) report(err error) {
	var status ended
	if err == nil || errors.As(err, &status) {
		return
	}
	var wrong usageError
	errors.As(err, &wrong)
	if !p.json {
		fmt.Fprintln(p.err, "gabarit-cli: "+p.say.error(err))
		p.writeGrounds(p.err, wrong.grounds)
		return
	}
	doc := errorDoc{Error: errorOut{Code: codeName(err), Message: engine.MessageOf(err), Detail: detailOf(err)}}
	for _, g := range wrong.grounds {
		doc.Error.Choices = append(doc.Error.Choices, choiceOut{g.Key, g.Article, g.Sentence})
	}
	if !p.printed {
		_ = writeJSON(p.out, doc)
	}
	_ = writeJSON(p.err, doc) // stderr carries JSON lines
}
