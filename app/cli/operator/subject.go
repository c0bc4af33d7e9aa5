package operator

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"gabarit/app"
	"gabarit/app/cli/command"
	"gabarit/app/cli/document"
	"gabarit/engine"
	"gabarit/engine/matter"
)

func (p program) subjectCommand() *cobra.Command {
	return command.Group(&cobra.Command{Use: "subject", Short: "answer requests of people about their data"},
		p.subjectNewCommand(), command.Leaf("list", "list the subject requests", command.NoArgs, p.Opened(p.subjectList)),
		command.Leaf("show ID", "show a subject request, named by its ID or reference", cobra.ExactArgs(1), p.Opened(p.subjectShow)),
		p.subjectAcknowledgeCommand(), p.subjectPortraitCommand(), p.subjectSearchCommand(), p.subjectCandidatesCommand(), p.subjectReviewCommand(), p.subjectRestrictCommand(), p.subjectReasonCommand(),
		p.subjectAccessCommand(), p.subjectSentCommand(), p.subjectEraseCommand(), p.subjectCertificateCommand(), p.subjectNoticesCommand(), p.subjectRefuseCommand(),
		p.subjectExtendCommand(), p.subjectDecideCommand(), p.subjectDoubtsCommand(), p.subjectCloseCommand(), p.subjectVerifyCommand())
}

func (p program) subjectNewCommand() *cobra.Command {
	var n matter.NewRequest
	var rights []string
	var received string
	cmd := command.Leaf("new --right access|erasure|objection|restriction", `register a subject request; its clock starts at once
Register a subject request. Only a right has to be named: whatever channel and language it came in, and however many there were before, it is
taken and its clock runs from the receipt. Photos that can't be used as portraits are told; the request stands.

No identity document is asked for: a portrait, or addresses of pages that show the person, are what a search needs.`,
		command.NoArgs, func(ctx context.Context, _ []string) error {
			for _, r := range rights {
				n.Rights = append(n.Rights, engine.Right(r))
			}
			var err error
			if n.Received, err = parseReceived(received, n.Zone); err != nil {
				return err
			}
			return p.WithVault(ctx, func(a *app.App) error {
				r, problems, err := a.RegisterRequest(ctx, n)
				if err != nil && r.ID == "" {
					return command.InvalidIsUsage(err)
				}
				p.notePhotos(problems)
				if err != nil {
					return err
				}
				return p.showRequest(r)
			})
		})
	fl := cmd.Flags()
	fl.StringSliceVar(&rights, "right", nil, "access, erasure, objection or restriction (repeatable; required)")
	fl.StringArrayVar(&n.Photos, "photo", nil, "a portrait of the person (repeatable)")
	fl.StringArrayVar(&n.URLs, "url", nil, "address of a page or image that shows the person (repeatable)")
	fl.StringVar(&received, "received", "", "day of receipt, or day and time as 2026-11-30T14:05; default now")
	fl.StringVar(&n.Zone, "zone", "", "time zone of the place of receipt, such as Europe/Paris")
	fl.BoolVar(&n.Estimated, "estimated", false, "the day of receipt is an estimate")
	fl.StringVar(&n.Channel, "channel", "", "how it came: letter, e-mail, telephone... any is accepted")
	fl.StringVar(&n.Lang, "lang", "en", "language of the answer: en or fr; the request may be in any")
	fl.StringVar(&n.Name, "name", "", "as the person signed; for the answer only")
	fl.StringVar(&n.Reply, "reply", "", "where the answer goes")
	fl.StringVar(&n.Note, "note", "", "what the person wrote, or your remarks")
	return cmd
}

// parseReceived reads a day, or a day and time, where the request was received. A day counts from its beginning.
func parseReceived(s, zone string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	at, err := time.LoadLocation(zone)
	if err != nil {
		return time.Time{}, command.Usage("the time zone is unknown", "--zone "+zone)
	}
	for _, layout := range []string{time.DateOnly, "2006-01-02T15:04", time.RFC3339} {
		if t, err := time.ParseInLocation(layout, s, at); err == nil {
			return t, nil
		}
	}
	return time.Time{}, command.Usage("a date is written year-month-day", "--received "+s)
}

func (p program) notePhotos(problems []matter.PhotoProblem) {
	for _, x := range problems {
		p.Note(p.Text("Not used as a portrait: {{.File}}: {{.Why}}", "File", command.Plain(x.File), "Why", p.Text(engine.MessageOf(x.Err))))
	}
}

func (p program) document(r matter.Request) document.Request {
	return document.NewRequest(r, r.Overdue(p.Now()))
}

func (p program) showRequest(r matter.Request) error {
	return p.Show(p.document(r), func(w io.Writer) { p.writeRequests(w, []matter.Request{r}) })
}

func (p program) writeRequests(w io.Writer, all []matter.Request) {
	if len(all) == 0 {
		fmt.Fprintln(w, p.Text("No subject request."))
		return
	}
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, p.Row("reference", "rights", "stage", "answer by", "candidates", "undecided", "confirmed", "hidden"))
	for _, r := range all {
		rights := make([]string, len(r.Rights))
		for i, x := range r.Rights {
			rights[i] = p.Text(string(x))
		}
		until := r.Until().Format(time.DateOnly)
		if r.Overdue(p.Now()) {
			until = p.Text("{{.Day}}, overdue", "Day", until)
		}
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\t%d\t%d\t%d\t%d\n", r.Ref, strings.Join(rights, ", "), p.Text(string(r.Stage())), until, len(r.Candidates), r.Undecided(), len(r.Confirmed()), len(r.Frozen))
	}
	_ = tw.Flush()
}

func (p program) subjectList(ctx context.Context, a *app.App, _ []string) error {
	all, err := a.SubjectRequests(ctx)
	if err != nil {
		return err
	}
	return p.Show(document.Doc{"requests": document.Each(all, p.document)}, func(w io.Writer) { p.writeRequests(w, all) })
}

func (p program) subjectShow(ctx context.Context, a *app.App, args []string) error {
	r, err := a.SubjectRequest(ctx, args[0])
	if err != nil {
		return err
	}
	return p.Show(p.document(r), func(w io.Writer) {
		p.writeRequests(w, []matter.Request{r})
		for _, h := range r.History {
			fmt.Fprintf(w, "  %s  %s\n", h.At.Format(time.DateTime), p.Text(h.What))
		}
		if s := r.Search; s != nil {
			fmt.Fprintln(w, p.Text("Searched: {{.Faces}} faces of {{.Photos}} photos, up to a distance of {{.Distance}}", "Faces", s.Compared, "Photos", s.Photos, "Distance", s.Distance))
		}
	})
}

func (p program) subjectPortraitCommand() *cobra.Command {
	var photos []string
	var portrait int
	var faces []int
	cmd := command.Leaf("portrait ID", `add portraits, or say which face of one is the person
Add portraits to a subject request with --photo. A face that is alone on its photo is compared by itself; of several none is, until --portrait
names the portrait by its number, from 1, and --face the person's face in it, from 0.`, cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		return p.WithVault(ctx, func(a *app.App) error {
			r, problems, err := a.AddPortraits(ctx, args[0], photos...)
			p.notePhotos(problems)
			if err == nil && portrait > 0 {
				if portrait > len(r.Portraits) {
					return command.Usage("the subject request has no such portrait", fmt.Sprint("--portrait ", portrait))
				}
				r, err = a.UsePortraitFaces(ctx, args[0], r.Portraits[portrait-1], faces)
			}
			if err != nil {
				return command.InvalidIsUsage(err)
			}
			all, err := a.PortraitsOf(ctx, args[0])
			if err != nil {
				return err
			}
			for i, x := range all {
				used := 0
				for _, f := range x.Faces {
					if f.Used {
						used++
					}
				}
				p.Note(p.Text("Portrait {{.N}}: {{.Faces}} faces, {{.Used}} compared", "N", i+1, "Faces", len(x.Faces), "Used", used))
			}
			return p.showRequest(r)
		})
	})
	cmd.Flags().StringArrayVar(&photos, "photo", nil, "a portrait of the person (repeatable)")
	cmd.Flags().IntVar(&portrait, "portrait", 0, "number of the portrait, from 1")
	cmd.Flags().IntSliceVar(&faces, "face", nil, "number of the person's face in it, from 0 (repeatable)")
	return cmd
}

func (p program) subjectSearchCommand() *cobra.Command {
	var distance float64
	cmd := command.Leaf("search ID", `search every store for the person of a subject request
Search all faces held, those that searches can't find included, up to a distance from the portraits, and all photos by address, by file and by
look; then the groups of the faces that are near. All collections, however old. Decisions made before are kept.`, cobra.ExactArgs(1),
		func(ctx context.Context, args []string) error {
			return p.WithVault(ctx, func(a *app.App) error {
				r, err := a.SearchSubject(ctx, args[0], distance, nil)
				if err != nil {
					return command.InvalidIsUsage(err)
				}
				if r.Search != nil && r.Search.Portraits > 0 && r.Search.Faces == 0 {
					p.Note(p.Text("No portrait was compared: say with \"subject portrait\" which face is the person"))
				}
				return p.showRequest(r)
			})
		})
	cmd.Flags().Float64Var(&distance, "distance", matter.DefaultReviewDistance, fmt.Sprintf("largest distance to a portrait, at most %g", matter.MaxReviewDistance))
	return cmd
}

func (p program) subjectCandidatesCommand() *cobra.Command {
	return command.Leaf("candidates ID", "list the candidates of a subject request, nearest first", cobra.ExactArgs(1), p.Opened(func(ctx context.Context, a *app.App, args []string) error {
		views, err := a.CandidatesOf(ctx, args[0])
		if err != nil {
			return err
		}
		return p.Show(document.Doc{"candidates": document.Each(views, document.NewCandidate)}, func(w io.Writer) { p.writeCandidates(w, views) })
	}))
}

func (p program) writeCandidates(w io.Writer, views []matter.CandidateView) {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, p.Row("candidate", "distance", "found by", "decided", "found at"))
	for _, v := range views {
		distance := "-"
		if v.Compared {
			distance = fmt.Sprintf("%.3f", v.Distance)
		}
		by := make([]string, len(v.By))
		for i, b := range v.By {
			by[i] = p.Text(string(b))
		}
		verdict := p.Text(string(v.Verdict()))
		if v.WaitsForSecond() {
			verdict = p.Text("waits for a second reviewer")
		}
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\t%s\n", v.Key(), distance, strings.Join(by, ", "), verdict, command.Plain(document.NewSource(v.Source, engine.SHA256{}, v.CollectedAt).FoundAt()))
	}
	_ = tw.Flush()
}

func (p program) subjectReviewCommand() *cobra.Command {
	var d matter.Decide
	var decision string
	cmd := command.Leaf("review ID --by NAME --decision yes|no|unsure --reason TEXT CANDIDATE...", `decide candidates, as a person who has looked at them
Decide candidates of a subject request, named as "subject candidates" lists them. Only what is decided "yes" is sent or erased; "unsure" is
counted in the answer and not sent. A decision that goes against the distance, or has none to go by, takes two reviewers.`, cobra.MinimumNArgs(2),
		func(ctx context.Context, args []string) error {
			d.Keys, d.Decision = args[1:], matter.Decision(decision)
			return p.WithVault(ctx, func(a *app.App) error {
				r, err := a.ReviewCandidates(ctx, args[0], d)
				if err != nil {
					return command.InvalidIsUsage(err)
				}
				return p.showRequest(r)
			})
		})
	cmd.Flags().StringVar(&d.By, "by", "", "who decides (required); stays in the request, never in the log")
	cmd.Flags().StringVar(&decision, "decision", "", "yes, no or unsure (required)")
	cmd.Flags().StringVar(&d.Reason, "reason", "", "why (required)")
	return cmd
}
