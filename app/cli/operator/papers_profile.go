package operator

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"gabarit/app"
	"gabarit/app/cli/command"
	"gabarit/app/cli/document"
	"gabarit/app/files"
	"gabarit/engine"
	"gabarit/engine/matter"
)

// maxProfile bounds a profile read from a file.
const maxProfile = 1 << 20

// repFlags are the flags of one representative as they were typed.
type repFlags struct{ name, address, email, country, mandate string }

// profileFlags are the flags of papers profile set as they were typed.
type profileFlags struct {
	file, scope, reviewed string
	fields                matter.Profile
	reps                  [3]repFlags // EU, UK, CH
}

func (p program) profileSetCommand() *cobra.Command {
	var f profileFlags
	cmd := command.Leaf("set [--file FILE] [--name NAME ...]", `store who answers for the vault
Store who answers for the vault. Fields without a flag stay as they are. --file takes a whole profile as "papers
profile show --json" prints it (- for standard input); flags then change it.

--scope says why the GDPR applies: 3(1) established in the Union; 3(2)(a) offering goods or services to people in it;
3(2)(b) monitoring their behaviour; none, with --reasons. With 3(2), nothing is collected until a representative
in the Union is recorded, with a country, a mandate and an address.`, command.NoArgs, nil)
	fl := cmd.Flags()
	fl.StringVar(&f.file, "file", "", "a whole profile as JSON")
	fl.StringVar(&f.fields.Name, "name", "", "the controller")
	fl.StringVar(&f.fields.Address, "address", "", "postal address")
	fl.StringVar(&f.fields.Email, "email", "", "e-mail address")
	fl.StringVar(&f.fields.Country, "country", "", "country of the main establishment, as FR")
	fl.StringVar(&f.scope, "scope", "", "3(1), 3(2)(a), 3(2)(b) or none")
	fl.StringVar(&f.fields.Reasons, "reasons", "", "reasons for --scope")
	fl.StringVar(&f.fields.DPO.Name, "dpo", "", "data protection officer")
	fl.StringVar(&f.fields.DPO.Email, "dpo-email", "", "e-mail address of the data protection officer")
	fl.StringVar(&f.fields.Authority.Name, "authority", "", "supervisory authority to complain to")
	fl.StringVar(&f.fields.Measures, "measures", "", "security measures beside those of the program")
	fl.StringVar(&f.fields.DPIA, "dpia", "", "reference of the impact assessment")
	fl.StringVar(&f.reviewed, "dpia-reviewed", "", "day of its last review, year-month-day")
	for i, where := range []string{"eu", "uk", "ch"} {
		r := &f.reps[i]
		fl.StringVar(&r.name, where+"-rep", "", "representative there")
		fl.StringVar(&r.address, where+"-rep-address", "", "its postal address")
		fl.StringVar(&r.email, where+"-rep-email", "", "its e-mail address")
		fl.StringVar(&r.country, where+"-rep-country", "", "country where it is established, as FR")
		fl.StringVar(&r.mandate, where+"-rep-mandate", "", "day of its mandate, year-month-day")
	}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return p.profileSet(cmd.Context(), f, cmd.Flags().Changed)
	}
	return cmd
}

func (p program) profileSet(ctx context.Context, f profileFlags, given func(string) bool) error {
	return p.WithVault(ctx, func(a *app.App) error {
		profile, err := a.Profile(ctx)
		if err != nil {
			return err
		}
		if f.file != "" {
			data, err := files.ReadStream(f.file, p.In(), maxProfile)
			if err != nil {
				return err
			}
			if profile, err = parseProfile(data); err != nil {
				return err
			}
		}
		if err := f.apply(&profile, given); err != nil {
			return err
		}
		if err := a.SetProfile(ctx, profile); err != nil {
			return command.InvalidIsUsage(err)
		}
		return p.profileShow(ctx, a, nil)
	})
}

// apply puts the flags that were given into a profile.
func (f profileFlags) apply(to *matter.Profile, given func(string) bool) (err error) {
	day := func(flag, value string) (t time.Time) {
		if err == nil {
			t, err = command.ParseDay(value, "--"+flag)
		}
		return t
	}
	set := func(flag string, field *string, value string) {
		if given(flag) {
			*field = strings.TrimSpace(value)
		}
	}
	set("name", &to.Name, f.fields.Name)
	set("address", &to.Address, f.fields.Address)
	set("email", &to.Email, f.fields.Email)
	set("country", &to.Country, f.fields.Country)
	set("scope", (*string)(&to.Territory), f.scope)
	set("reasons", &to.Reasons, f.fields.Reasons)
	set("dpo", &to.DPO.Name, f.fields.DPO.Name)
	set("dpo-email", &to.DPO.Email, f.fields.DPO.Email)
	set("authority", &to.Authority.Name, f.fields.Authority.Name)
	set("measures", &to.Measures, f.fields.Measures)
	set("dpia", &to.DPIA, f.fields.DPIA)
	if given("dpia-reviewed") {
		to.DPIAReviewed = day("dpia-reviewed", f.reviewed)
	}
	for i, where := range []string{"eu", "uk", "ch"} {
		rep := []*matter.Representative{&to.EU, &to.UK, &to.CH}[i]
		set(where+"-rep", &rep.Name, f.reps[i].name)
		set(where+"-rep-address", &rep.Address, f.reps[i].address)
		set(where+"-rep-email", &rep.Email, f.reps[i].email)
		set(where+"-rep-country", &rep.Country, f.reps[i].country)
		if given(where + "-rep-mandate") {
			rep.Mandated = day(where+"-rep-mandate", f.reps[i].mandate)
		}
	}
	return err
}

// parseProfile reads a profile as papers profile show --json prints it. An unknown field is refused: it would not be kept.
func parseProfile(data []byte) (matter.Profile, error) {
	const op = "cli.parseProfile"
	var doc document.Profile
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&doc); err != nil {
		return matter.Profile{}, engine.E(engine.CodeCorrupt, op, "this is no profile", err)
	}
	var wrong error
	day := func(s string) time.Time {
		t, err := time.Parse(time.DateOnly, s)
		if s != "" && err != nil {
			wrong = errors.Join(wrong, err)
		}
		return t
	}
	rep := func(r document.Representative) matter.Representative {
		out := matter.Representative{Party: matter.Party(r.Party)}
		if r.Mandated != "" {
			out.Mandated = day(r.Mandated)
		}
		return out
	}
	p := matter.Profile{Party: matter.Party(doc.Party), DPO: matter.Party(doc.DPO), Territory: doc.Territory, Reasons: doc.Reasons, EU: rep(doc.EU), UK: rep(doc.UK), CH: rep(doc.CH),
		Authority: matter.Party(doc.Authority), Measures: doc.Measures, DPIA: doc.DPIA}
	if doc.DPIAReviewed != "" {
		p.DPIAReviewed = day(doc.DPIAReviewed)
	}
	for _, j := range doc.Joint {
		p.Joint = append(p.Joint, matter.Party(j))
	}
	if wrong != nil {
		return p, engine.E(engine.CodeCorrupt, op, "this is no profile", wrong)
	}
	return p, nil
}

func (p program) profileShow(ctx context.Context, a *app.App, _ []string) error {
	profile, err := a.Profile(ctx)
	if err != nil {
		return err
	}
	return p.Show(document.NewProfile(profile), func(w io.Writer) {
		tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		line := func(name, value string) {
			if value != "" {
				fmt.Fprintf(tw, "%s:\t%s\n", name, command.Plain(value))
			}
		}
		line(p.Text("Controller"), partyLine(profile.Party))
		for _, j := range profile.Joint {
			line(p.Text("Joint controllers"), partyLine(j))
		}
		line(p.Text("Data protection officer"), partyLine(profile.DPO))
		line(p.Text("GDPR article 3"), string(profile.Territory))
		line(p.Text("Reasons"), profile.Reasons)
		line(p.Text("Representative in the Union"), partyLine(profile.EU.Party))
		line(p.Text("Representative in the United Kingdom"), partyLine(profile.UK.Party))
		line(p.Text("Representative in Switzerland"), partyLine(profile.CH.Party))
		line(p.Text("Authority"), partyLine(profile.Authority))
		line(p.Text("Security measures"), profile.Measures)
		line(p.Text("Impact assessment"), profile.DPIA)
		_ = tw.Flush()
		p.writeProfileGaps(w, profile.Gaps())
		if profile.BlocksCollecting() {
			fmt.Fprintln(w, p.Text("Nothing can be collected until then."))
		}
	})
}

func partyLine(p matter.Party) string {
	var parts []string
	for _, s := range []string{p.Name, p.Address, p.Email, p.Country} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, ", ")
}

// writeTable writes rows in columns; cells hold no tabs.
func writeTable(w io.Writer, rows [][]string) {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		fmt.Fprintln(tw, strings.Join(row, "\t"))
	}
	_ = tw.Flush()
}
