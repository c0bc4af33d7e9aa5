package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"gabarit/app"
	"gabarit/app/cli/command"
	"gabarit/app/cli/document"
	"gabarit/engine"
)

// consent holds the flags of what erases.
type consent struct{ dryRun, yes bool }

func (c *consent) flags(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&c.dryRun, "dry-run", false, "show what would go, and erase nothing")
	cmd.Flags().BoolVar(&c.yes, "yes", false, "erase without asking (required where there is no terminal, and with --json)")
}

func (p *program) eraseCommand() *cobra.Command {
	var c consent
	var req engine.ErasureRequest
	var whole, again bool
	cmd := command.Leaf("erase ID...", `erase photos or faces for good
Erase photos or faces, named by the IDs that "search --json" prints, for good: records, crops, thumbnails, templates
and where they were found. A face goes with its whole photo unless the photo shows other people; then the photo stays
without it, made unrecognisable in the thumbnail. What goes is shown first.

The same addresses and files are refused when they are collected again; another photo of the same person is not
recognised. Letters that were written stay yours: cases keep their finds unless --cases is given.`,
		cobra.MinimumNArgs(1), func(ctx context.Context, args []string) error {
			switch {
			case !slices.Contains(engine.EraseReasons(), req.Reason):
				return command.Usage("there is no such reason", "--reason "+string(req.Reason))
			case req.Similar && again:
				return command.Usage("these flags contradict each other", "--similar, --no-suppress")
			}
			req.Suppress = !again
			sortIDs(&req, args, whole)
			return p.erase(ctx, c, "", req)
		})
	fl := cmd.Flags()
	fl.StringVar((*string)(&req.Reason), "reason", string(engine.EraseOwn), "why, for the audit log: "+fmt.Sprint(engine.EraseReasons()))
	fl.StringVar(&req.Ref, "ref", "", "number of the request that led to it, for the audit log; no names")
	fl.BoolVar(&whole, "whole-photo", false, "erase the photos of the faces even where they show other people")
	fl.BoolVar(&req.Similar, "similar", false, "refuse files that look alike, too (keeps a fingerprint of the picture)")
	fl.BoolVar(&again, "no-suppress", false, "let the same files be collected again")
	fl.BoolVar(&req.Cases, "cases", false, "take the finds out of the cases that list them, too")
	c.flags(cmd)
	return cmd
}

// sortIDs adds IDs to the request's photos or faces.
func sortIDs(req *engine.ErasureRequest, ids []string, whole bool) {
	for _, id := range ids {
		photo, _, isFace := engine.FaceID(id).Photo()
		switch {
		case !isFace:
			req.Photos = append(req.Photos, engine.PhotoID(id))
		case whole:
			req.Photos = append(req.Photos, photo)
		default:
			req.Faces = append(req.Faces, engine.FaceID(id))
		}
	}
}

func (p *program) collectionRemoveCommand() *cobra.Command {
	var c consent
	cmd := command.Leaf("remove NAME", `erase a collection with all its photos
Erase a collection for good: its photos with their faces, the records of its runs and items, and itself. What goes is
shown first. Nothing keeps the same files from being collected again.`,
		cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
			return p.erase(ctx, c, args[0], engine.ErasureRequest{Reason: engine.EraseCollection})
		})
	c.flags(cmd)
	return cmd
}

// erase shows what would go, asks, erases, and reports with the proof. collection names what goes as a whole, if not "".
func (p *program) erase(ctx context.Context, c consent, collection string, req engine.ErasureRequest) error {
	asks := !c.dryRun && !c.yes
	if asks && (p.json || !p.terminal()) {
		return command.Usage("erasing needs --yes where nobody can be asked", "--dry-run shows what would go")
	}
	return p.WithVault(ctx, func(a *app.App) error {
		if collection != "" {
			info, err := a.CollectionByName(ctx, collection)
			if err != nil {
				return named(err, collection)
			}
			req.Collection = info.ID
		}
		plan, err := a.PlanErasure(ctx, req)
		if err != nil {
			return command.InvalidIsUsage(err)
		}
		out := document.Erasure{Plan: document.NewPlan(plan, collection)}
		if !p.json {
			p.writePlan(p.out, out.Plan)
		}
		if asks {
			if err := p.confirm(ctx, "Erase this for good? Type yes: "); err != nil {
				return err
			}
		}
		if !c.dryRun {
			var report engine.ErasureReport
			if report, err = a.Erase(ctx, plan, p.step); err != nil && report.ID == "" {
				return err
			}
			out.Report = document.NewReport(report, err == nil || !report.Check.Clean())
		}
		return errors.Join(err, p.Show(out, func(w io.Writer) { p.writeErasure(w, out.Report) }))
	})
}

// step tells on stderr how far an erasure is.
func (p *program) step(s engine.ErasureStep) {
	if p.json {
		_ = writeJSON(p.err, document.Doc{"step": s})
		return
	}
	fmt.Fprintln(p.err, p.say.Text(steps()[s]))
}

// steps says what each step of an erasure does.
func steps() map[engine.ErasureStep]string {
	return map[engine.ErasureStep]string{
		engine.EraseHide:   "Hiding it from searches",
		engine.EraseDelete: "Deleting records, destroying keys",
		engine.ErasePurge:  "Removing the bytes from the files",
		engine.EraseCheck:  "Checking that nothing is left",
	}
}

// writePlan writes what goes: photo by photo, unless it is a whole collection, then by kind.
func (p *program) writePlan(w io.Writer, plan document.Plan) {
	if plan.Collection != "" {
		fmt.Fprintln(w, p.say.Text("The collection goes as a whole: {{.Name}}", "Name", command.Plain(plan.Collection)))
		plan.Photos = nil // all of it
	}
	for _, ph := range plan.Photos {
		if ph.Whole {
			fmt.Fprintln(w, p.say.Text("Photo {{.ID}} goes as a whole, with faces: {{.N}}", "ID", ph.Photo, "N", len(ph.Faces)))
		} else {
			fmt.Fprintln(w, p.say.Text("Photo {{.ID}} stays without the faces {{.Faces}}", "ID", ph.Photo, "Faces", fmt.Sprint(ph.Faces)))
		}
	}
	fmt.Fprintln(w, p.say.Text("What goes (records and entries: at least so many)"))
	p.writeCounts(w, plan.Expected)
	p.writeMentions(w, plan.Cases)
}

// writeCounts writes how much goes of each kind, zeros included.
func (p *program) writeCounts(w io.Writer, c engine.ErasureCounts) {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	row := func(kind string, n int) { fmt.Fprintf(tw, "  %s\t%d\n", p.say.Text(kind), n) }
	row("whole photos", c.Photos)
	row("photos that stay without a face", c.Partly)
	row("thumbnails removed or made anew", c.Thumbnails)
	row("face crops", c.Crops)
	row("templates, and rows of the index", c.Templates)
	row("places where they were found", c.Finds)
	row("records of items", c.Items)
	row("records of runs", c.Runs)
	row("collections", c.Collections)
	row("finds taken out of cases", c.CaseItems)
	row("keys destroyed", c.Keys)
	row("entries against collecting again", c.Suppressions)
	_ = tw.Flush()
}

func (p *program) writeMentions(w io.Writer, cases []engine.CaseMention) {
	for _, c := range cases {
		if c.Kept {
			fmt.Fprintln(w, p.say.Text("Case {{.Ref}} still lists: {{.N}}", "Ref", command.Plain(c.Ref), "N", c.Items))
		}
	}
}

// writeErasure writes what was done, with the proof's numbers.
func (p *program) writeErasure(w io.Writer, r *document.Report) {
	if r == nil {
		fmt.Fprintln(w, p.say.Text("Nothing was erased."))
		return
	}
	fmt.Fprintln(w, p.say.Text("Erased: {{.ID}}, {{.At}}", "ID", r.ID, "At", r.At))
	p.writeCounts(w, r.Counts)
	p.writeMentions(w, r.Cases)
	if r.Check == nil {
		fmt.Fprintln(w, p.say.Text("It is not finished: bytes of it may still be in the vault's files. The next command that opens the vault goes on."))
		return
	}
	fmt.Fprintln(w, p.say.Text("Bytes written anew: {{.Rewritten}}, freed: {{.Freed}}", "Rewritten", r.Purge.Rewritten, "Freed", r.Purge.Freed))
	p.writeErased(w, r.Check.ErasedCheck)
}
