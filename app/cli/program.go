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

	"gabarit/app"
	"gabarit/app/cli/command"
	"gabarit/app/cli/document"
	"gabarit/app/cli/operator"
	"gabarit/app/cli/rights"
	"gabarit/app/cli/upkeep"
	"gabarit/engine"
)

// program is one run of gabarit-cli.
type program struct {
	in   *os.File
	out  io.Writer
	err  io.Writer
	env  func(string) (string, bool)
	exit func(int) // leaves at once; see leaveWith
	now  func() time.Time

	keyring  app.Keyring         // nil: the system's
	detector engine.FaceDetector // nil: the face workers
	app      *app.App            // once a command works with one
	say      *command.Phrases
	vaultDir string
	json     bool
	started  bool // flags and arguments were in order
	printed  bool // the one JSON document is out
}

// run does what args say and gives the exit status.
func (p *program) run(ctx context.Context, args []string) int {
	p.say = command.NewPhrases(p.env)
	err := p.execute(ctx, args)
	if err != nil && !p.started {
		p.json = p.json || slices.Contains(args, "--json") // it may stand behind the flag that was wrong
		err = command.UsageOf(err)
	}
	p.report(err)
	return command.ExitStatus(err)
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

The passphrase is read from GABARIT_PASSPHRASE, or the system's keyring opens the vault if it was asked to remember
it, or it is asked for on a terminal; it is never an argument. GABARIT_VAULT and GABARIT_MODELS name other folders than
those in your data folder, GABARIT_STATE another than gabarit in your state folder, GABARIT_LANG another language (en, fr).
GABARIT_INDEX_MEMORY is how many megabytes the templates of the index may take in memory (else a quarter of the machine's);
where they need more, searches read those that they compare from the vault.`,
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
	command.Group(root, append([]*cobra.Command{p.vaultCommand(), p.collectionCommand(), p.collectCommand(), p.facesCommand(), p.formatsCommand(),
		p.searchCommand(), p.peopleCommand(), p.eraseCommand(), p.auditCommand(), p.benchCommand()}, slices.Concat(rights.Commands(p), operator.Commands(p), upkeep.Commands(p))...)...)
	return root
}

// Opened is work with an open vault, for leaf.
func (p *program) Opened(work func(ctx context.Context, a *app.App, args []string) error) func(context.Context, []string) error {
	return func(ctx context.Context, args []string) error {
		return p.WithVault(ctx, func(a *app.App) error { return work(ctx, a, args) })
	}
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
	p.app = app.New(app.Config{VaultDir: p.vaultDir, ModelsDir: models, Keyring: p.keyring, Detector: p.detector, Now: p.now})
	err := fn(p.app)
	return errors.Join(err, p.app.Close())
}

// Show prints a command's result: v as the one JSON document with --json, else what human writes.
func (p *program) Show(v any, human func(io.Writer)) error {
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
	var status command.Ended
	if err == nil || errors.As(err, &status) {
		return
	}
	var wrong command.UsageError
	errors.As(err, &wrong)
	if !p.json {
		fmt.Fprintln(p.err, "gabarit-cli: "+p.say.Error(err))
		p.writeGrounds(p.err, wrong.Grounds)
		return
	}
	told := document.Doc{"error": document.Error{Code: command.CodeName(err), Message: engine.MessageOf(err), Detail: engine.DetailOf(err), Choices: wrong.Grounds}}
	if !p.printed {
		_ = writeJSON(p.out, told)
	}
	_ = writeJSON(p.err, told) // stderr carries JSON lines
}

// Text, Now, JSON and In implement command.Host, with Note and what else stands in this package.
func (p *program) Text(english string, pairs ...any) string { return p.say.Text(english, pairs...) }

// Now is the program's clock.
func (p *program) Now() time.Time { return p.now() }

// JSON tells whether --json was given.
func (p *program) JSON() bool { return p.json }

// In is standard input.
func (p *program) In() *os.File { return p.in }

// Note tells people something beside the result. With --json the result is all.
func (p *program) Note(s string) {
	if !p.json {
		fmt.Fprintln(p.err, s)
	}
}
