package rights

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"gabarit/app"
	"gabarit/app/cases"
	"gabarit/app/cli/command"
	"gabarit/app/cli/document"
	"gabarit/app/files"
	"gabarit/engine"
	"gabarit/engine/matter"
)

// eventFlags are the flags of the commands that record something, as they were typed.
type eventFlags struct {
	date, until, right, channel, answer, ground string
	missing, files                              []string
	event                                       matter.Event
}

// recording makes a command that records something of a case.
func (p program) recording(use, about string, args cobra.PositionalArgs, declare func(*cobra.Command, *eventFlags), fill func(*eventFlags, []string) error) *cobra.Command {
	var f eventFlags
	cmd := command.Leaf(use, about, args, func(ctx context.Context, args []string) error {
		if err := fill(&f, args); err != nil {
			return err
		}
		e, attached, err := f.read(p.Now())
		if err != nil {
			return err
		}
		return p.recordEvent(ctx, args[0], e, attached)
	})
	fl := cmd.Flags()
	fl.StringVar(&f.date, "date", "", "the day it happened, year-month-day; default today")
	fl.StringVar(&f.right, "right", "", "which request it is about, where the case has several: access, erasure, ...")
	fl.StringVar(&f.event.Note, "note", "", "a note of your own")
	fl.StringArrayVar(&f.files, "file", nil, "file to keep with it, at most 5 MiB (repeatable)")
	declare(cmd, &f)
	return cmd
}

// read turns flags into an event and its files.
func (f *eventFlags) read(now time.Time) (e matter.Event, attached []matter.NewFile, err error) {
	e = f.event
	e.Right, e.Channel, e.Answer, e.Ground = engine.Right(f.right), matter.Channel(f.channel), matter.AnswerKind(f.answer), matter.Refusal(f.ground)
	if e.Day, err = parseDay(f.date, "--date"); err != nil {
		return e, nil, err
	}
	if e.Day.IsZero() && !e.Void && e.At.IsZero() {
		e.Day = matter.DayOf(now, time.Local)
	}
	if e.Until, err = parseDay(f.until, "--until"); err != nil {
		return e, nil, err
	}
	for _, list := range f.missing {
		for _, part := range strings.Split(list, ",") {
			e.Missing = append(e.Missing, matter.AnswerPart(strings.TrimSpace(part)))
		}
	}
	for _, name := range f.files {
		data, err := files.Read(name, cases.MaxCaseFile)
		if err != nil {
			return e, nil, err
		}
		attached = append(attached, matter.NewFile{Name: name, Data: data})
	}
	return e, attached, nil
}

func parseDay(s, flag string) (matter.Day, error) {
	t, err := command.ParseDay(s, flag)
	return matter.DayOf(t, time.UTC), err
}

func (p program) recordEvent(ctx context.Context, name string, e matter.Event, attached []matter.NewFile) error {
	return p.WithVault(ctx, func(a *app.App) error {
		c, err := findCase(ctx, a, name)
		if err != nil {
			return err
		}
		v, err := a.RecordEvent(ctx, c.ID, e, attached)
		if err != nil {
			return command.InvalidIsUsage(err)
		}
		return p.showCourse(v)
	})
}

// courseCommands record what happens to a case.
func (p program) courseCommands() []*cobra.Command {
	one := cobra.ExactArgs(1)
	nothing := func(*cobra.Command, *eventFlags) {}
	kind := func(k matter.EventKind) func(*eventFlags, []string) error {
		return func(f *eventFlags, _ []string) error { f.event.Kind = k; return nil }
	}
	return []*cobra.Command{
		p.recording("sent ID --channel C", `record that a letter was sent
Record that a letter was sent. The period is counted from the day it arrives: until that is recorded it is estimated, the same day for
electronic ways, three working days later by post.`, one, func(cmd *cobra.Command, f *eventFlags) {
			cmd.Flags().StringVar(&f.channel, "channel", "", "how: email, form, post, tracked or hand (required)")
			cmd.Flags().StringVar(&f.event.Proof, "proof", "", "tracking number, mail headers, ...")
		}, kind(matter.EventSent)),
		p.receivedCommand(),
		p.identityCommand(),
		p.recording("extension ID --reasons TEXT", `record that the controller takes more time
Record a notice of extension. One that comes after the first period, or gives no reasons, does not extend it; that is shown.`, one,
			func(cmd *cobra.Command, f *eventFlags) {
				cmd.Flags().StringVar(&f.event.Reasons, "reasons", "", "the reasons that the notice gives; none if it gives none")
				cmd.Flags().StringVar(&f.until, "until", "", "the date that the controller names, if it does")
			}, kind(matter.EventExtended)),
		p.answerCommand(),
		p.recording("reminded ID", "record that a reminder was sent", one, func(cmd *cobra.Command, f *eventFlags) {
			cmd.Flags().StringVar(&f.until, "until", "", "the date that the reminder names; default 14 days later")
		}, kind(matter.EventReminded)),
		p.complaintCommand(),
		p.recording("close ID", "record that the matter is settled", one, nothing, kind(matter.EventClosed)),
		p.recording("abandon ID", "record that you don't follow the matter any more", one, nothing, kind(matter.EventAbandoned)),
		p.recording("reopen ID", "open a closed case again", one, nothing, kind(matter.EventReopened)),
		p.correctCommand(),
	}
}

func (p program) receivedCommand() *cobra.Command {
	var instant string
	return p.recording("received ID --date D", `record when a letter arrived
Record when a letter arrived at the controller. The day is the local one at its place: --at turns an instant into it.`, cobra.ExactArgs(1),
		func(cmd *cobra.Command, f *eventFlags) {
			cmd.Flags().BoolVar(&f.event.Estimated, "estimated", false, "the day is not known for certain")
			cmd.Flags().StringVar(&instant, "at", "", "the instant it arrived, such as 2026-12-01T00:30:00+01:00, instead of --date")
			cmd.Flags().StringVar(&f.event.Proof, "proof", "", "receipt, delivery scan, ...")
		}, func(f *eventFlags, _ []string) error {
			f.event.Kind = matter.EventReceived
			if instant == "" {
				return nil
			}
			t, err := time.Parse(time.RFC3339, instant)
			if err != nil || f.date != "" {
				return command.Usage("an instant is written like 2026-12-01T00:30:00+01:00, and without --date", "--at "+instant)
			}
			f.event.At = t
			return nil
		})
}

func (p program) identityCommand() *cobra.Command {
	var given bool
	return p.recording("identity ID", `record a question about your identity, or your answer
Record that the controller asks who you are, or with --given that you answered. Whether that stops the period is disputed: all dates are shown and
the latest counts.`, cobra.ExactArgs(1), func(cmd *cobra.Command, _ *eventFlags) {
		cmd.Flags().BoolVar(&given, "given", false, "you answered the question")
	}, func(f *eventFlags, _ []string) error {
		f.event.Kind = matter.EventIdentityAsked
		if given {
			f.event.Kind = matter.EventIdentityGiven
		}
		return nil
	})
}

func (p program) answerCommand() *cobra.Command {
	return p.recording("answer ID --kind K", `record an answer
Record an answer. --missing names what a partial one lacks: a to h (points of article 15(1)), copy, templates, recipients, art14. --ground names
what a refusal rests on: none, identity, unfounded, excessive, cap, exception, not_bound, secret, other.`, cobra.ExactArgs(1),
		func(cmd *cobra.Command, f *eventFlags) {
			cmd.Flags().StringVar(&f.answer, "kind", "", "full, partial or refused (required)")
			cmd.Flags().StringArrayVar(&f.missing, "missing", nil, "what is missing, with commas between")
			cmd.Flags().StringVar(&f.ground, "ground", "", "the ground of a refusal")
		}, func(f *eventFlags, _ []string) error { f.event.Kind = matter.EventAnswered; return nil })
}

func (p program) complaintCommand() *cobra.Command {
	var toController, informed bool
	return p.recording("complaint ID --authority A", `record a complaint
Record a complaint to an authority (its code is in "case authority ID"), with --to-controller one to the controller itself, as UK law asks first,
or with --informed what the authority told.`, cobra.ExactArgs(1), func(cmd *cobra.Command, f *eventFlags) {
		fl := cmd.Flags()
		fl.StringVar(&f.event.Authority, "authority", "", "code of the authority: FR, DE-BE, ...")
		fl.StringVar(&f.event.Reference, "reference", "", "the reference that the authority gave")
		fl.BoolVar(&toController, "to-controller", false, "it went to the controller")
		fl.BoolVar(&informed, "informed", false, "the authority told of progress or outcome")
	}, func(f *eventFlags, _ []string) error {
		switch {
		case toController && informed:
			return command.Usage("these two can't be given together", "--to-controller, --informed")
		case toController:
			f.event.Kind = matter.EventToController
		case informed:
			f.event.Kind = matter.EventAuthority
		default:
			f.event.Kind = matter.EventComplained
		}
		return nil
	})
}

func (p program) correctCommand() *cobra.Command {
	var no int
	return p.recording("correct ID --event N", `correct what was recorded
Correct an event by its number in "case show ID": what you give takes its place as a whole, --void takes it away. Dates are counted anew; what
was recorded first stays in the list.`, cobra.ExactArgs(1), func(cmd *cobra.Command, f *eventFlags) {
		fl := cmd.Flags()
		fl.IntVar(&no, "event", 0, "number of the event (required)")
		fl.BoolVar(&f.event.Void, "void", false, "it never happened")
		fl.BoolVar(&f.event.Estimated, "estimated", false, "the day is not known for certain")
		fl.StringVar(&f.channel, "channel", "", "how it was sent")
		fl.StringVar(&f.event.Proof, "proof", "", "the proof")
		fl.StringVar(&f.event.Reasons, "reasons", "", "the reasons of an extension")
		fl.StringVar(&f.until, "until", "", "the date named")
		fl.StringVar(&f.answer, "kind", "", "kind of answer")
		fl.StringArrayVar(&f.missing, "missing", nil, "what is missing")
		fl.StringVar(&f.ground, "ground", "", "the ground of a refusal")
		fl.StringVar(&f.event.Authority, "authority", "", "code of the authority")
		fl.StringVar(&f.event.Reference, "reference", "", "the reference")
	}, func(f *eventFlags, _ []string) error {
		if no < 1 {
			return command.Usage("say which event to correct", "--event")
		}
		f.event.Corrects = no
		return nil
	})
}

// showCourse prints a case with its course.
func (p program) showCourse(v matter.CaseView) error {
	return p.Show(document.NewCaseCourse(v), p.courseText(v))
}
