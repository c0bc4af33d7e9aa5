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
	"strings"
	"time"

	"github.com/spf13/cobra"

	"gabarit/app"
	"gabarit/app/cli/document"
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

The passphrase is read from GABARIT_PASSPHRASE, or the system's keyring opens the vault if it was asked to remember
it, or it is asked for on a terminal; it is never an argument. GABARIT_VAULT and GABARIT_MODELS name other folders than
those in your data folder, GABARIT_STATE another than gabarit in your state folder, GABARIT_LANG another language (en, fr).`,
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
	group(root, p.vaultCommand(), p.collectionCommand(), p.collectCommand(), p.facesCommand(), p.formatsCommand(),
		p.searchCommand(), p.peopleCommand(), p.caseCommand(), p.eraseCommand(), p.auditCommand(), p.benchCommand())
	return root
}

// leaf makes a command that does something. The first line of about is its short description.
func leaf(use, about string, args cobra.PositionalArgs, run func(ctx context.Context, args []string) error) *cobra.Command {
	short, _, _ := strings.Cut(about, "\n")
	return &cobra.Command{
		Use: use, Short: short, Long: strings.TrimSpace(strings.TrimPrefix(about, short)), Args: args,
		RunE: func(cmd *cobra.Command, args []string) error { return run(cmd.Context(), args) },
	}
}

// opened is work with an open vault, for leaf.
func (p *program) opened(work func(ctx context.Context, a *app.App, args []string) error) func(context.Context, []string) error {
	return func(ctx context.Context, args []string) error {
		return p.withVault(ctx, func(a *app.App) error { return work(ctx, a, args) })
	}
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
	p.app = app.New(app.Config{VaultDir: p.vaultDir, ModelsDir: models, Keyring: p.keyring, Detector: p.detector, Now: p.now})
	err := fn(p.app)
	return errors.Join(err, p.app.Close())
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
	told := document.Doc{"error": document.Error{Code: codeName(err), Message: engine.MessageOf(err), Detail: engine.DetailOf(err), Choices: wrong.grounds}}
	if !p.printed {
		_ = writeJSON(p.out, told)
	}
	_ = writeJSON(p.err, told) // stderr carries JSON lines
}
