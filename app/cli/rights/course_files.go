package rights

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"gabarit/app"
	"gabarit/app/cases"
	"gabarit/app/cli/command"
	"gabarit/app/cli/document"
	"gabarit/app/files"
	"gabarit/engine"
	"gabarit/engine/matter"
)

// courseFileCommands write files about cases, and change who a case is addressed to.
func (p program) courseFileCommands() []*cobra.Command {
	return []*cobra.Command{p.addressCommand(), p.authorityCommand(), p.calendarCommand(), p.exportCommand(), p.fileCommand()}
}

func (p program) addressCommand() *cobra.Command {
	var s matter.CourseSettings
	var regime, sourceAt string
	cmd := command.Leaf("address ID", `say who answers for the case, under which law, and where you live
Say who answers for the case, under which law, and where you live. What is not given stays. The controller's country decides which public holidays
count and when a day is over; where it is unknown, weekends count only.`, cobra.ExactArgs(1), nil)
	fl := cmd.Flags()
	fl.StringVar(&s.To.Name, "name", "", "name of the controller")
	fl.StringVar(&s.To.Address, "postal", "", "its postal address")
	fl.StringVar(&s.To.Email, "email", "", "its e-mail address")
	fl.StringVar(&s.To.Web, "web", "", "its website")
	fl.StringVar(&s.To.Country, "country", "", "its country, two letters of ISO 3166")
	fl.StringVar(&s.To.Zone, "zone", "", "its time zone, such as America/New_York; default that of the country's capital")
	fl.StringVar(&s.To.Source, "source", "", "where the address is from")
	fl.StringVar(&sourceAt, "source-date", "", "when it was read there")
	fl.StringVar(&regime, "regime", "", "the law: eu_gdpr, uk_gdpr, ch_fadp, us_ca")
	fl.StringVar(&s.Residence, "residence", "", "the country you live in, two letters of ISO 3166")
	fl.StringVar(&s.Land, "land", "", "the German Land of the authority: BE, BY, ...")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		day, err := parseDay(sourceAt, "--source-date")
		if err != nil {
			return err
		}
		s.Regime, s.To.SourceAt = matter.Regime(regime), day
		return p.address(cmd.Context(), args[0], s)
	}
	return cmd
}

func (p program) address(ctx context.Context, name string, s matter.CourseSettings) error {
	return p.WithVault(ctx, func(a *app.App) error {
		c, err := findCase(ctx, a, name)
		if err != nil {
			return err
		}
		v, err := a.CaseView(ctx, c.ID)
		if err != nil {
			return err
		}
		if v, err = a.SetCourse(ctx, c.ID, merged(v.Course, s)); err != nil {
			return command.InvalidIsUsage(err)
		}
		return p.showCourse(v)
	})
}

// merged keeps what s leaves empty.
func merged(was matter.Course, s matter.CourseSettings) matter.CourseSettings {
	out := matter.CourseSettings{Regime: was.Regime, Residence: was.Residence, Land: was.Land, To: was.To}
	take := func(to *string, from string) {
		if from != "" {
			*to = from
		}
	}
	if s.Regime != "" {
		out.Regime = s.Regime
	}
	if !s.To.SourceAt.IsZero() {
		out.To.SourceAt = s.To.SourceAt
	}
	take(&out.Residence, strings.ToUpper(s.Residence))
	take(&out.Land, strings.ToUpper(s.Land))
	take(&out.To.Name, s.To.Name)
	take(&out.To.Address, s.To.Address)
	take(&out.To.Email, s.To.Email)
	take(&out.To.Web, s.To.Web)
	take(&out.To.Country, strings.ToUpper(s.To.Country))
	take(&out.To.Zone, s.To.Zone)
	take(&out.To.Source, s.To.Source)
	return out
}

func (p program) authorityCommand() *cobra.Command {
	var id string
	var f matter.Filing
	var annexes []string
	cmd := command.Leaf("authority ID", `whom to complain to, and what that authority asks for
Show whom you can complain to: the authority where you live, or that of the controller's country. A complaint that you describe is checked against what
is known of the authority's form. Open its page before you rely on it: how sure an address is stands beside it.`, cobra.ExactArgs(1), nil)
	fl := cmd.Flags()
	fl.StringVar(&id, "authority", "", "another authority: FR, DE-BE, ...")
	fl.StringVar(&f.Lang, "lang", "en", "language of the complaint")
	fl.BoolVar(&f.Signed, "signed", false, "it is signed")
	fl.BoolVar(&f.Anonymous, "anonymous", false, "it gives no name")
	fl.BoolVar(&f.Address, "with-address", false, "it gives your address")
	fl.BoolVar(&f.Proof, "with-proof", false, "proof of the earlier request is among the files")
	fl.StringArrayVar(&annexes, "file", nil, "annex (repeatable)")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		for _, name := range annexes {
			data, err := files.Read(name, cases.MaxCaseFile*10)
			if err != nil {
				return err
			}
			f.Files = append(f.Files, matter.FilingFile{Name: name, Size: len(data)})
		}
		return p.WithVault(cmd.Context(), func(a *app.App) error { return p.authority(cmd.Context(), a, args[0], id, f) })
	}
	return cmd
}

func (p program) authority(ctx context.Context, a *app.App, name, id string, f matter.Filing) error {
	c, err := findCase(ctx, a, name)
	if err != nil {
		return err
	}
	v, err := a.CaseView(ctx, c.ID)
	if err != nil {
		return err
	}
	choice, err := a.AuthorityChoice(v.Course)
	if err != nil {
		return err
	}
	doc := document.CaseAuthority{AskLand: choice.AskLand && v.Course.Land == "", Authorities: []document.Authority{}, Findings: []document.Finding{}}
	if choice.Default.ID != "" {
		doc.Authorities = append(doc.Authorities, document.Authority{Authority: choice.Default, Default: true})
	}
	for _, o := range choice.Others {
		doc.Authorities = append(doc.Authorities, document.Authority{Authority: o})
	}
	if id != "" {
		all, err := a.Authorities()
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(x matter.Authority) bool { return strings.EqualFold(x.ID, id) })
		if i < 0 {
			return command.Usage("there is no such authority in the table", "--authority "+id)
		}
		doc.Authorities = []document.Authority{{Authority: all[i], Default: all[i].ID == choice.Default.ID}}
	}
	if len(v.Standing.Threads) > 0 {
		f.PriorRequest = v.Standing.Threads[0].Sent
	}
	if len(doc.Authorities) > 0 {
		found, err := a.Preflight(doc.Authorities[0].ID, f)
		if err != nil {
			return err
		}
		doc.Findings = document.Each(found, func(x matter.Finding) document.Finding { return document.Finding(x) })
	}
	return p.Show(doc, func(w io.Writer) { p.writeAuthorities(w, doc) })
}

func (p program) writeAuthorities(w io.Writer, doc document.CaseAuthority) {
	if doc.AskLand {
		fmt.Fprintln(w, p.Text("Private controllers in Germany are supervised by the Länder: name one with case address ID --land."))
	}
	if len(doc.Authorities) == 0 {
		fmt.Fprintln(w, p.Text("No authority is known for this case: name your country with case address ID --residence."))
	}
	for _, a := range doc.Authorities {
		fmt.Fprintf(w, "%s  %s\n", a.ID, a.Name)
		for _, s := range []string{a.Complaint, a.Email, p.Text("how sure the address is: ") + p.Text(confidenceWords(a.Confidence)), a.Note} {
			if s != "" {
				fmt.Fprintln(w, "    "+command.Plain(s))
			}
		}
	}
	for _, f := range doc.Findings {
		mark := "-"
		if f.Stops {
			mark = "!"
		}
		fmt.Fprintln(w, "  "+mark+" "+p.Text(f.Text)+detail(f.Detail))
	}
	p.noAdvice(w)
}

func (p program) calendarCommand() *cobra.Command {
	var out, lang string
	cmd := command.Leaf("calendar [ID...] --out FILE.ics", `write the dates of cases to a calendar file
Write the dates of cases (all, or those named) to a calendar file. It names the references of cases, no controller and no person.`, cobra.ArbitraryArgs, nil)
	cmd.Flags().StringVar(&out, "out", "", "the file to write (required)")
	cmd.Flags().StringVar(&lang, "lang", "en", "language of the entries: en or fr")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if out == "" {
			return command.Usage("the file to write is missing", "--out")
		}
		return p.WithVault(cmd.Context(), func(a *app.App) error {
			var ids []engine.CaseID
			for _, name := range args {
				c, err := findCase(cmd.Context(), a, name)
				if err != nil {
					return err
				}
				ids = append(ids, c.ID)
			}
			n, err := a.WriteCalendar(cmd.Context(), ids, out, lang)
			if err != nil {
				return err
			}
			return p.showFile(out, "entries", n)
		})
	}
	return cmd
}

func (p program) exportCommand() *cobra.Command {
	var format, out string
	cmd := command.Leaf("export --format csv|json --out FILE", `write all cases to a table or a document
Write all cases with what happened in them to a new file, in clear: it names the controllers.`, command.NoArgs, func(ctx context.Context, _ []string) error {
		switch {
		case out == "":
			return command.Usage("the file to write is missing", "--out")
		case !slices.Contains(cases.ExportFormats(), format):
			return command.Usage("cases are exported as csv or json", "--format "+format)
		}
		return p.WithVault(ctx, func(a *app.App) error {
			n, err := a.ExportCases(ctx, format, out)
			if err != nil {
				return err
			}
			return p.showFile(out, "cases", n)
		})
	})
	cmd.Flags().StringVar(&format, "format", "csv", "csv or json")
	cmd.Flags().StringVar(&out, "out", "", "the file to write (required)")
	return cmd
}

func (p program) fileCommand() *cobra.Command {
	var out string
	cmd := command.Leaf("file ID FILE --out PATH", `write a file that a case keeps to a new file
Write a file that a case keeps ("case show ID" names it) to a new file, after checking that it is what it was.`, cobra.ExactArgs(2), nil)
	cmd.Flags().StringVar(&out, "out", "", "the file to write (required)")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if out == "" {
			return command.Usage("the file to write is missing", "--out")
		}
		return p.WithVault(cmd.Context(), func(a *app.App) error {
			c, err := findCase(cmd.Context(), a, args[0])
			if err != nil {
				return err
			}
			f, err := a.CaseFile(cmd.Context(), c.ID, args[1])
			if err != nil {
				return err
			}
			if err := files.Write(out, f.Data); err != nil {
				return err
			}
			return p.showFile(out, "bytes", len(f.Data))
		})
	}
	return cmd
}

// showFile tells which file was written and how much is in it.
func (p program) showFile(path, what string, n int) error {
	return p.Show(document.Doc{"file": path, what: n}, func(w io.Writer) {
		fmt.Fprintln(w, p.Text("Written: {{.File}}", "File", command.Plain(path)))
	})
}

// detail stands behind a sentence, in brackets.
func detail(s string) string {
	if s == "" {
		return ""
	}
	return " (" + command.Plain(s) + ")"
}
