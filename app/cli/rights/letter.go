package rights

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"gabarit/app"
	"gabarit/app/cases"
	"gabarit/app/cli/command"
	"gabarit/app/cli/document"
	"gabarit/engine"
	"gabarit/engine/matter"
)

// letterFlags are the flags of case letter as they were typed.
type letterFlags struct {
	right, lang, format, dir, reply, date string
	fields                                matter.LetterFields
}

func (p program) letterCommand() *cobra.Command {
	var f letterFlags
	cmd := command.Leaf("letter ID --sender NAME --reply ADDRESS --controller NAME --place PLACE", `write a case's letter to files
Write a case's letter to files. Existing files are never overwritten. Sending it is up to you.

--ground names points of GDPR article 17(1): a (no longer necessary), b (consent withdrawn), c (objection),
d (unlawful; the default), f (collected from a child).`, cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		req, err := f.request(p.Now())
		if err != nil {
			return err
		}
		return p.letter(ctx, args[0], req)
	})
	fl := cmd.Flags()
	fl.StringVar(&f.right, "right", string(engine.RightErasure), "the right to exercise: erasure")
	fl.StringVar(&f.lang, "lang", "en", "language of the letter: en or fr")
	fl.StringVar(&f.format, "format", "pdf,txt", "file formats")
	fl.StringVar(&f.dir, "out", ".", "folder to write to")
	fl.StringVar(&f.fields.SenderName, "sender", "", "who writes (required)")
	fl.StringVar(&f.fields.SenderAddress, "sender-address", "", "address of who writes; default: the address for the answer")
	fl.StringVar(&f.reply, "reply", "", "e-mail or postal address for the answer (required)")
	fl.StringVar(&f.fields.ControllerName, "controller", "", "who answers for the site or index (required)")
	fl.StringVar(&f.fields.ControllerAddress, "controller-address", "", "their address")
	fl.StringVar(&f.fields.Place, "place", "", "where the letter is written (required)")
	fl.StringVar(&f.date, "date", "", "date of the letter, year-month-day; default today")
	fl.BoolVar(&f.fields.Biometric, "biometric", false, "the addressee computes templates of faces (a face search or index)")
	fl.BoolVar(&f.fields.ForDPO, "dpo", false, "for the attention of the data protection officer")
	fl.StringArrayVar(&f.fields.Grounds, "ground", nil, "point of article 17(1) (repeatable)")
	fl.StringVar(&f.fields.ObjectionReasons, "objection", "", "object as well (article 21(1)), for these reasons")
	fl.BoolVar(&f.fields.Thumbnails, "thumbnails", false, "show the faces in the annex, other people blurred")
	return cmd
}

// request checks the flags; every missing field is named at once.
func (f letterFlags) request(now time.Time) (matter.LetterRequest, error) {
	req := matter.LetterRequest{Right: engine.Right(f.right), Lang: f.lang, Dir: f.dir, Fields: f.fields}
	for _, name := range strings.Split(f.format, ",") {
		req.Formats = append(req.Formats, strings.TrimSpace(name))
	}
	switch {
	case req.Right != engine.RightErasure:
		return req, command.Usage("this version writes erasure letters only", "--right "+f.right)
	case f.lang != "en" && f.lang != "fr":
		return req, command.Usage("letters are written in en or fr", "--lang "+f.lang)
	}
	for _, name := range req.Formats {
		if !slices.Contains(cases.Formats(), name) {
			return req, command.Usage("letters can't be written in this format", "--format "+name)
		}
	}
	for _, g := range f.fields.Grounds {
		if !slices.Contains([]string{"a", "b", "c", "d", "f"}, g) {
			return req, command.Usage("a ground is a, b, c, d or f of article 17(1)", "--ground "+g)
		}
	}
	// The addressee shows the photo on a site, or it computes templates; the letters say different things.
	req.Fields.Site = !f.fields.Biometric
	req.Fields.ReplyChannel = f.reply
	if req.Fields.SenderAddress == "" {
		req.Fields.SenderAddress = f.reply
	}
	date, err := command.ParseDay(f.date, "--date")
	if err != nil {
		return req, err
	}
	req.Fields.Date = cmp.Or(date, now)
	if missing := cases.MissingFields(req); len(missing) > 0 {
		return req, command.Usage("the letter lacks required fields", strings.Join(flagsOf(missing), ", "))
	}
	return req, nil
}

// flagsOf names the flags that fill fields.
func flagsOf(fields []string) []string {
	flags := map[string]string{"sender_name": "--sender", "sender_address": "--reply",
		"controller_name": "--controller", "place": "--place", "date": "--date", "objection_reasons": "--objection"}
	return document.Each(fields, func(f string) string { return cmp.Or(flags[f], f) })
}

func (p program) letter(ctx context.Context, name string, req matter.LetterRequest) error {
	return p.WithVault(ctx, func(a *app.App) error {
		c, err := findCase(ctx, a, name)
		if err != nil {
			return err
		}
		req.Case = c.ID
		files, err := a.ExportLetter(ctx, req)
		if err != nil {
			return command.InvalidIsUsage(err)
		}
		return p.Show(document.Doc{"files": files}, func(w io.Writer) {
			for _, f := range files {
				fmt.Fprintln(w, p.Text("Written: {{.File}}", "File", command.Plain(f)))
			}
		})
	})
}
