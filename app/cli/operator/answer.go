package operator

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"gabarit/app"
	"gabarit/app/cli/command"
	"gabarit/app/cli/document"
	"gabarit/app/files"
	"gabarit/app/subjects"
	"gabarit/engine"
	"gabarit/engine/matter"
)

// envPackage is where the passphrase of a package is read from: it is never an argument.
const envPackage = "GABARIT_PACKAGE_PASSPHRASE"

// changed is a command that changes a request and shows it.
func (p program) changed(ctx context.Context, change func(*app.App) (matter.Request, error)) error {
	return p.WithVault(ctx, func(a *app.App) error {
		r, err := change(a)
		if err != nil {
			return command.InvalidIsUsage(err)
		}
		return p.showRequest(r)
	})
}

func (p program) subjectRestrictCommand() *cobra.Command {
	var lift string
	cmd := command.Leaf("restrict ID", `hide a person's faces from all searches, or show them again
Restrict the processing of the person's data (GDPR article 18): no search finds the faces any more; they stay stored. --lift ends that, and takes
words that say how the person was told before (article 18(3)).`, cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		return p.changed(ctx, func(a *app.App) (matter.Request, error) { return a.RestrictSubject(ctx, args[0], lift == "", lift) })
	})
	cmd.Flags().StringVar(&lift, "lift", "", "lift the restriction; say how and when the person was told")
	return cmd
}

func (p program) subjectReasonCommand() *cobra.Command {
	return command.Leaf("reason ID POINT TEXT", `state why a point of the answer or a store is empty
State why a point of GDPR article 15(1), such as "15(1)(c)", or a store, such as "cases", is empty. Without one the request can't be closed.`,
		cobra.ExactArgs(3), func(ctx context.Context, args []string) error {
			return p.changed(ctx, func(a *app.App) (matter.Request, error) { return a.StateReason(ctx, args[0], args[1], args[2]) })
		})
}

func (p program) subjectAccessCommand() *cobra.Command {
	var o matter.AccessOrder
	cmd := command.Leaf("access ID --out DIR", `write the access package of a subject request
Write the access package: a folder, and beside it a ZIP sealed with age if GABARIT_PACKAGE_PASSPHRASE is set or --recipient names a public key.
Send the sealed one, and its passphrase by another way. Other people are blurred. Nothing is overwritten.`, cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		if o.Dir == "" {
			return command.Usage("the folder to write to is missing", "--out")
		}
		if o.Recipient == "" {
			o.Passphrase = os.Getenv(envPackage)
		}
		return p.WithVault(ctx, func(a *app.App) error {
			rec, err := a.WriteAccess(ctx, args[0], o)
			if err != nil {
				return command.InvalidIsUsage(err)
			}
			if rec.File == "" {
				p.Note(p.Text("The package is not sealed: do not send it as it is"))
			}
			return p.Show(document.NewPackage(rec), func(w io.Writer) { p.writePackage(w, rec) })
		})
	})
	cmd.Flags().StringVar(&o.Dir, "out", "", "folder to write to (required)")
	cmd.Flags().StringVar(&o.Recipient, "recipient", "", "age public key of the person (age1...) to seal the package for")
	cmd.Flags().BoolVar(&o.Describe, "describe", false, "describe templates instead of delivering them, as the person prefers")
	return cmd
}

func (p program) writePackage(w io.Writer, rec matter.PackageRecord) {
	for _, f := range []string{rec.Folder, rec.File} {
		if f != "" {
			fmt.Fprintln(w, p.Text("Written: {{.File}}", "File", command.Plain(f)))
		}
	}
	p.writeStores(w, rec.Counts, rec.Scan)
	p.writeAccessGaps(w, rec.Gaps)
}

func (p program) writeStores(w io.Writer, got, scan matter.StoreCounts) {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, p.Row("store", "in the package", "found by a full scan"))
	for _, s := range matter.Stores() {
		fmt.Fprintf(tw, "%s\t%d\t%d\n", s, got[s], scan[s])
	}
	_ = tw.Flush()
}

func (p program) writeAccessGaps(w io.Writer, gaps []matter.AccessGap) {
	for _, g := range gaps {
		if !g.Explained() {
			fmt.Fprintln(w, p.Text("Lacking: {{.Point}}: {{.Why}}", "Point", g.Key, "Why", p.Text(g.Why)))
		}
	}
}

func (p program) subjectSentCommand() *cobra.Command {
	var date string
	cmd := command.Leaf("sent ID", "record that the access package was sent: access is answered", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		day, err := command.ParseDay(date, "--date")
		if err != nil {
			return err
		}
		return p.changed(ctx, func(a *app.App) (matter.Request, error) { return a.RecordAnswer(ctx, args[0], day) })
	})
	cmd.Flags().StringVar(&date, "date", "", "day it was sent, year-month-day; default now")
	return cmd
}

func (p program) subjectEraseCommand() *cobra.Command {
	var choice matter.ErasureChoice
	var yes, dryRun bool
	cmd := command.Leaf("erase ID", `erase the person's data, after access was answered
Erase what the reviewers confirmed: faces hidden at once, records deleted, keys destroyed, bytes removed, everything searched again, portraits
deleted. While access is open nothing is erased, and no search finds the faces meanwhile. The same addresses and files are refused when they are
collected again; files that look alike only by the person's choice (--looks). A template as a block list is not offered: to compare with it, a
template of everybody collected would have to be made first.`, cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		choice.Looks = choice.Chosen != ""
		if !yes && !dryRun {
			return command.Usage("erasing needs --yes where nobody can be asked", "--dry-run shows what would go")
		}
		return p.WithVault(ctx, func(a *app.App) error {
			plan, err := a.PlanSubjectErasure(ctx, args[0], choice)
			switch {
			case err != nil:
				return command.InvalidIsUsage(err)
			case plan.Blocked != "":
				return p.blocked(ctx, a, args[0], plan.Blocked)
			case dryRun:
				shown := document.NewPlan(plan.Plan, "")
				return p.Show(shown, func(w io.Writer) {
					fmt.Fprintln(w, p.Text("Would go: {{.Photos}} whole photos, {{.Partly}} photos without a face, {{.Templates}} templates", "Photos", plan.Plan.Expected.Photos,
						"Partly", plan.Plan.Expected.Partly, "Templates", plan.Plan.Expected.Templates))
				})
			}
			r, err := a.EraseSubject(ctx, args[0], plan, nil)
			if err != nil {
				return err
			}
			return p.Show(document.Doc{"request": p.document(r), "erasure": r.Erasure}, func(w io.Writer) {
				fmt.Fprintln(w, p.Text("Erased: {{.ID}}, {{.At}}", "ID", r.Erasure.ID, "At", document.Stamp(r.Erasure.At)))
				fmt.Fprintln(w, p.Text("Searched again: {{.Faces}} faces, found {{.Hits}}, told apart before {{.Rejected}}", "Faces", r.Erasure.Searched, "Hits", r.Erasure.Hits, "Rejected", r.Erasure.Rejected))
			})
		})
	})
	fl := cmd.Flags()
	fl.StringVar(&choice.Chosen, "looks", "", "refuse files that look alike, too: say how the person chose that")
	fl.BoolVar(&choice.Whole, "whole-photo", false, "erase photos even where they show other people")
	fl.BoolVar(&choice.Cases, "cases", false, "take the finds out of the cases that list them, too")
	fl.BoolVar(&dryRun, "dry-run", false, "show what would go, and erase nothing")
	fl.BoolVar(&yes, "yes", false, "erase without asking (required)")
	return cmd
}

// blocked is the error of an erasure that can't be done yet. Faces may have been hidden instead: that is told.
func (p program) blocked(ctx context.Context, a *app.App, name, why string) error {
	err := engine.E(engine.CodeConflict, "cli.subjectErase", "the person's data can't be erased yet", errors.New(p.Text(why)))
	r, failed := a.SubjectRequest(ctx, name)
	if failed != nil {
		return errors.Join(err, failed)
	}
	if n := len(r.Frozen); n > 0 {
		return command.WithAdvice(err, p.Text("Nothing was erased. Faces that no search finds meanwhile: {{.N}}", "N", n))
	}
	return err
}

func (p program) subjectAcknowledgeCommand() *cobra.Command {
	return command.Leaf("acknowledge ID", "print the letter that tells the person that the request came in, and by when it is answered", cobra.ExactArgs(1),
		func(ctx context.Context, args []string) error {
			return p.WithVault(ctx, func(a *app.App) error {
				text, err := a.Acknowledgement(ctx, args[0])
				if err != nil {
					return err
				}
				return p.Show(document.Doc{"acknowledgement": text}, func(w io.Writer) { fmt.Fprint(w, text) })
			})
		})
}

func (p program) subjectCertificateCommand() *cobra.Command {
	var dir string
	cmd := command.Leaf("certificate ID --out DIR", "write the signed certificate of an erasure: JSON, PDF and text", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		if dir == "" {
			return command.Usage("the folder to write to is missing", "--out")
		}
		return p.WithVault(ctx, func(a *app.App) error {
			paths, err := a.WriteCertificate(ctx, args[0], dir)
			if err != nil {
				return err
			}
			return p.showFiles(paths)
		})
	})
	cmd.Flags().StringVar(&dir, "out", "", "folder to write to (required)")
	return cmd
}

func (p program) showFiles(paths []string) error {
	return p.Show(document.Doc{"files": paths}, func(w io.Writer) {
		for _, f := range paths {
			fmt.Fprintln(w, p.Text("Written: {{.File}}", "File", command.Plain(f)))
		}
	})
}

func (p program) subjectNoticesCommand() *cobra.Command {
	var sent, date, needless, reason string
	cmd := command.Leaf("notices ID", `print the notices to recipients of data erased or restricted, or record that one was sent
Print the notices that tell recipients of an erasure or restriction (GDPR article 19): those to whom data of the person can have been disclosed. --sent records that the
one to a recipient, named by its ID, went out; --needless with --reason why none is sent: nothing of the person's data was disclosed to it, or telling it is
impossible or takes a disproportionate effort.`,
		cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
			day, err := command.ParseDay(date, "--date")
			switch {
			case err != nil:
				return err
			case sent != "":
				return p.changed(ctx, func(a *app.App) (matter.Request, error) { return a.NoticeSent(ctx, args[0], sent, day) })
			case needless != "":
				return p.changed(ctx, func(a *app.App) (matter.Request, error) { return a.NoticeNeedless(ctx, args[0], needless, reason) })
			}
			return p.WithVault(ctx, func(a *app.App) error {
				all, err := a.NoticesOf(ctx, args[0])
				if err != nil {
					return err
				}
				return p.Show(document.Doc{"notices": document.List(all)}, func(w io.Writer) {
					for _, n := range all {
						fmt.Fprintf(w, "%s\n\n%s\n", n.Recipient, n.Text)
					}
				})
			})
		})
	cmd.Flags().StringVar(&sent, "sent", "", "ID of a recipient whose notice was sent")
	cmd.Flags().StringVar(&date, "date", "", "day it was sent, year-month-day; default now")
	cmd.Flags().StringVar(&needless, "needless", "", "ID of a recipient that is not told")
	cmd.Flags().StringVar(&reason, "reason", "", "why it is not told; the certificate says so")
	return cmd
}

func (p program) subjectDoubtsCommand() *cobra.Command {
	return command.Leaf("doubts ID TEXT", `note reasonable doubts about who asks, or "" to take them back
Note reasonable doubts about who asks (GDPR article 12(6)), in words. Only where they are noted may more than a portrait be asked for, and only what is
needed to tell that the person is who the data are about. Noting them does not stop the clock.`, cobra.ExactArgs(2), func(ctx context.Context, args []string) error {
		return p.changed(ctx, func(a *app.App) (matter.Request, error) { return a.NoteDoubts(ctx, args[0], args[1]) })
	})
}

func (p program) subjectRefuseCommand() *cobra.Command {
	var f matter.RequestRefusal
	var ground string
	cmd := command.Leaf("refuse ID --ground GROUND --reasons TEXT --evidence TEXT --by NAME --second NAME", `refuse a subject request under GDPR article 12(5)
Refuse a request. The two grounds of article 12(5) are all there is: manifestly-unfounded, excessive; the burden of proof is yours, so written
evidence and a second person are required. How often somebody has asked is no ground by itself. The notice is printed.`, cobra.ExactArgs(1),
		func(ctx context.Context, args []string) error {
			f.Ground = matter.RefusalGround(ground)
			return p.noticed(ctx, func(a *app.App) (matter.Request, string, error) { return a.RefuseRequest(ctx, args[0], f) })
		})
	fl := cmd.Flags()
	fl.StringVar(&ground, "ground", "", "manifestly-unfounded or excessive (required)")
	fl.StringVar(&f.Reasons, "reasons", "", "given to the person (required)")
	fl.StringVar(&f.Evidence, "evidence", "", "what shows it, in writing (required)")
	fl.StringVar(&f.By, "by", "", "who refuses (required)")
	fl.StringVar(&f.Second, "second", "", "who confirms it; another person (required)")
	return cmd
}

// noticed shows a request with the notice to the person.
func (p program) noticed(ctx context.Context, change func(*app.App) (matter.Request, string, error)) error {
	return p.WithVault(ctx, func(a *app.App) error {
		r, text, err := change(a)
		if err != nil {
			return command.InvalidIsUsage(err)
		}
		return p.Show(document.Doc{"request": p.document(r), "notice": text}, func(w io.Writer) { fmt.Fprint(w, text) })
	})
}

func (p program) subjectExtendCommand() *cobra.Command {
	var reasons string
	cmd := command.Leaf("extend ID --reasons TEXT", "extend the time to answer to three months from receipt; the notice is printed", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		return p.noticed(ctx, func(a *app.App) (matter.Request, string, error) { return a.ExtendRequest(ctx, args[0], reasons) })
	})
	cmd.Flags().StringVar(&reasons, "reasons", "", "complexity and number of the requests (required)")
	return cmd
}

func (p program) subjectDecideCommand() *cobra.Command {
	return command.Leaf("decide ID TEXT", "record what became of an objection or restriction", cobra.ExactArgs(2), func(ctx context.Context, args []string) error {
		return p.changed(ctx, func(a *app.App) (matter.Request, error) { return a.DecideRequest(ctx, args[0], args[1]) })
	})
}

func (p program) subjectCloseCommand() *cobra.Command {
	return command.Leaf("close ID", "close a subject request that is answered; its portraits are deleted", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		return p.changed(ctx, func(a *app.App) (matter.Request, error) { return a.CloseRequest(ctx, args[0]) })
	})
}

// maxIdentity bounds a file with a secret key.
const maxIdentity = 64 << 10

func (p program) subjectVerifyCommand() *cobra.Command {
	var identity string
	cmd := command.Leaf("verify PACKAGE", `check an access package; no vault is needed
Check an access package, as a folder, a ZIP or a sealed ZIP: the hash of every file, the number of records of every store, the signature. A sealed one is
opened with GABARIT_PACKAGE_PASSPHRASE, or --identity names a file with the secret key.`, cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		key := matter.PackageKey{Passphrase: os.Getenv(envPackage)}
		if identity != "" {
			data, err := files.Read(identity, maxIdentity)
			if err != nil {
				return err
			}
			key = matter.PackageKey{Identity: string(data)}
		}
		check, err := subjects.VerifyPackage(ctx, args[0], key)
		if engine.CodeOf(err) == engine.CodeBadKey {
			return command.WithAdvice(err, p.Text("The passphrase of a package is read from GABARIT_PACKAGE_PASSPHRASE; --identity names a file with the secret key."))
		}
		if err != nil {
			return err
		}
		err = p.Show(document.PackageCheck{Sound: check.Sound(), PackageCheck: check}, func(w io.Writer) { p.writeCheck(w, check) })
		return errors.Join(err, command.Verdict(check.Sound()))
	})
	cmd.Flags().StringVar(&identity, "identity", "", "file with the secret key (AGE-SECRET-KEY-1...) that opens the package")
	return cmd
}

func (p program) writeCheck(w io.Writer, c matter.PackageCheck) {
	if c.Sound() {
		fmt.Fprintln(w, p.Text("The package is whole and signed: {{.Ref}}, {{.Files}} files", "Ref", command.Plain(c.Manifest.Ref), "Files", c.Files))
	} else {
		fmt.Fprintln(w, p.Text("The package is not what was signed"))
	}
	for _, x := range c.Problems {
		fmt.Fprintln(w, "  "+command.Plain(x))
	}
	if c.Signed {
		fmt.Fprintln(w, p.Text("Key: {{.Print}}", "Print", c.Fingerprint))
	}
	p.writeStores(w, c.Manifest.Counts, c.Manifest.Scan)
}
