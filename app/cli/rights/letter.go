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
	"gabarit/app/files"
	"gabarit/engine"
	"gabarit/engine/matter"
)

// letterFlags are the flags of case letter as they were typed.
type letterFlags struct {
	rights, regime, lang, format, dir, reply, contact, body string
	date, accessDate                                        string
	about, requested, received, due, extended, answered     string
	grace, checked                                          string
	steps                                                   []string
	preview, answeredAccess                                 bool
	files                                                   matter.LetterFiles
	fields                                                  matter.LetterFields
}

func (p program) letterCommand() *cobra.Command {
	var f letterFlags
	cmd := command.Leaf("letter ID --right RIGHT --sender NAME --reply ADDRESS --controller NAME --place PLACE", `write a case's letter to files
Write a case's letter to files. Existing files are never overwritten. Sending it is up to you. Gabarit gives no legal advice: what
is printed after "Note" is to be known beside the letter.

--right names the letter: access, erasure, objection, restriction, delisting, reminder or complaint. "access,erasure" writes two
letters, access first; the letter of erasure then asks for an answer to the first one before anything is erased.
--regime names the law: eu_gdpr, uk_gdpr or ch_fadp. Letters are complete in en and fr, outlines in de and it.
--format: pdf, docx, odt, eml (a draft for a mail program, with what is enclosed), txt, mailto (a link, for short letters).

--ground names points of GDPR article 17(1): a (no longer necessary), b (consent withdrawn), c (objection), d (unlawful; the
default), f (collected from a child). A reminder or complaint takes what it tells from the course of the case
("case sent", "case answer"...); the flags under it say it where the case does not.`, cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		reqs, err := f.requests(p.Now(), p.readBody)
		if err != nil {
			return err
		}
		return p.letters(ctx, args[0], f, reqs)
	})
	f.addTo(cmd)
	f.addCourse(cmd)
	return cmd
}

// addTo declares the flags of every letter.
func (f *letterFlags) addTo(cmd *cobra.Command) {
	fl := cmd.Flags()
	fl.StringVar(&f.rights, "right", string(engine.RightErasure), "the letter, or two: access,erasure")
	fl.StringVar(&f.regime, "regime", "", "the law: eu_gdpr, uk_gdpr or ch_fadp; default that of the case, else eu_gdpr")
	fl.StringVar(&f.lang, "lang", "en", "language of the letter: en, fr; de and it as outlines")
	fl.StringVar(&f.format, "format", "pdf,txt", "file formats: pdf, docx, odt, eml, txt, mailto")
	fl.StringVar(&f.dir, "out", ".", "folder to write to")
	fl.BoolVar(&f.preview, "preview", false, "print the letter instead of writing it; nothing is recorded")
	fl.StringVar(&f.body, "body", "", "file with your own text of the letter's body; - for standard input")
	fl.StringVar(&f.fields.SenderName, "sender", "", "who writes (required)")
	fl.StringVar(&f.fields.SenderAddress, "sender-address", "", "address of who writes; default: the address for the answer")
	fl.StringVar(&f.reply, "reply", "", "e-mail or postal address for the answer (required)")
	fl.StringVar(&f.fields.Represented, "for", "", "the person you write for, if not yourself")
	fl.BoolVar(&f.fields.Parent, "parent", false, "that person is your child")
	fl.StringVar(&f.files.Proof, "proof", "", "file that proves that you may act for them")
	fl.StringVar(&f.contact, "contact", "", "entry of the address book or the directory to write to")
	fl.StringVar(&f.fields.ControllerName, "controller", "", "who answers for the site or index (required)")
	fl.StringVar(&f.fields.ControllerAddress, "controller-address", "", "their address")
	fl.StringVar(&f.fields.ControllerEmail, "controller-email", "", "their e-mail address")
	fl.StringVar(&f.fields.ControllerWeb, "controller-web", "", "their website")
	fl.StringVar(&f.fields.ControllerRep, "controller-representative", "", "their representative in the Union (article 27)")
	fl.StringVar(&f.fields.Place, "place", "", "where the letter is written (required)")
	fl.StringVar(&f.date, "date", "", "date of the letter, year-month-day; default today")
	fl.BoolVar(&f.fields.Biometric, "biometric", false, "the addressee computes templates of faces (a face search or index)")
	fl.StringVar(&f.files.Portrait, "portrait", "", "portrait to enclose; only with --biometric, drawn anew without metadata")
	fl.BoolVar(&f.fields.ForDPO, "dpo", false, "for the attention of the data protection officer")
	fl.StringArrayVar(&f.fields.Grounds, "ground", nil, "point of article 17(1) (repeatable)")
	fl.StringVar(&f.fields.ObjectionReasons, "objection", "", "your reasons: of an objection, a delisting, or to object as well with an erasure")
	fl.BoolVar(&f.fields.Marketing, "marketing", false, "the data are also used for direct marketing")
	fl.StringVar(&f.fields.Restriction, "restriction", "", "case of article 18(1): a, b, c or d")
	fl.StringVar(&f.fields.Delisting.Names, "names", "", "delisting: the searches, as typed")
	fl.StringVar(&f.fields.Delisting.Country, "country", "", "delisting: version of the search engine, as google.fr")
	fl.BoolVar(&f.fields.Thumbnails, "thumbnails", false, "show the faces in the annex, other people blurred")
	fl.BoolVar(&f.fields.NoItems, "no-items", false, "leave the list of finds out")
	fl.BoolVar(&f.answeredAccess, "access-answered", false, "erasure: the access request of this case was answered")
	fl.StringVar(&f.accessDate, "access-date", "", "erasure: day of the access request, if not the one exported")
}

// addCourse declares the flags of reminders and complaints.
func (f *letterFlags) addCourse(cmd *cobra.Command) {
	fl, u := cmd.Flags(), &f.fields.FollowUp
	fl.StringVar(&f.about, "about", "", "reminder, complaint: the right that was exercised")
	fl.StringVar(&f.requested, "requested", "", "day of the request")
	fl.StringVar(&u.Channel, "channel", "", "how it was sent, in the letter's language")
	fl.StringVar(&f.received, "received", "", "day it reached the controller")
	fl.StringVar(&f.due, "due", "", "last day of the period")
	fl.StringVar(&f.extended, "extended", "", "day of a notice of extension that came late")
	fl.StringVar(&f.answered, "answered", "", "day of an answer")
	fl.StringVar(&u.MissingList, "missing", "", "what the answer lacks")
	fl.StringVar(&u.CapText, "cap", "", "the limit that the answer keeps to")
	fl.StringVar(&u.RefusalReason, "refusal", "", "the reason of a refusal")
	fl.StringVar(&u.RefusalRule, "refusal-rule", "", "the rule that does not cover it")
	fl.StringVar(&u.StillOnline, "still-online", "", "numbers of finds that are still online")
	fl.StringVar(&f.checked, "checked", "", "day on which that was seen")
	fl.StringVar(&f.grace, "grace", "", "reminder: courtesy date; default two weeks later")
	fl.StringVar(&u.AuthorityName, "authority", "", "complaint: the authority")
	fl.StringVar(&u.AuthorityAddress, "authority-address", "", "complaint: its address")
	fl.StringVar(&u.SenderEmail, "sender-email", "", "complaint: your e-mail address")
	fl.StringVar(&u.Residence, "residence", "", "complaint: the country you live in")
	fl.StringVar(&u.Facts, "facts", "", "complaint: what happened")
	fl.StringArrayVar(&f.steps, "step", nil, "complaint: date – step – channel – proof (repeatable)")
	fl.StringArrayVar(&u.Infringed, "infringed", nil, "complaint: article that was infringed, as 15 or 17 (repeatable)")
	fl.StringVar(&u.Court, "court", "", "complaint: court proceedings that are pending")
	fl.BoolVar(&u.NoDisclosure, "no-disclosure", false, "complaint: your identity is not to be told to the controller")
}

// maxBody bounds the file of an edited body.
const maxBody = 1 << 20

func (p program) readBody(name string) (string, error) {
	data, err := files.ReadStream(name, p.In(), maxBody)
	return string(data), err
}

// requests checks the flags; one request for each letter, access before erasure.
func (f letterFlags) requests(now time.Time, read func(string) (string, error)) ([]matter.LetterRequest, error) {
	req := matter.LetterRequest{Regime: matter.Regime(f.regime), Lang: f.lang, Dir: f.dir, Fields: f.fields, Files: f.files, AccessAnswered: f.answeredAccess}
	for _, name := range strings.Split(f.format, ",") {
		req.Formats = append(req.Formats, strings.TrimSpace(name))
	}
	if err := f.check(req); err != nil {
		return nil, err
	}
	// The addressee shows the photo on a site, or it computes templates; the letters say different things.
	req.Fields.Site = !f.fields.Biometric
	req.Fields.ReplyChannel = f.reply
	if req.Fields.SenderAddress == "" {
		req.Fields.SenderAddress = f.reply
	}
	u := &req.Fields.FollowUp
	u.Right, u.Chronology = engine.Right(f.about), strings.Join(f.steps, "\n")
	for _, d := range []struct {
		text, flag string
		to         *time.Time
	}{{f.date, "--date", &req.Fields.Date}, {f.accessDate, "--access-date", &req.Fields.AccessDate}, {f.requested, "--requested", &u.RequestDate}, {f.received, "--received", &u.ReceivedDate},
		{f.due, "--due", &u.DueDate}, {f.extended, "--extended", &u.ExtensionDate}, {f.answered, "--answered", &u.AnswerDate}, {f.grace, "--grace", &u.GraceDate}, {f.checked, "--checked", &u.LastChecked}} {
		var err error
		if *d.to, err = command.ParseDay(d.text, d.flag); err != nil {
			return nil, err
		}
	}
	req.Fields.Date = cmp.Or(req.Fields.Date, now)
	u.ReceivedKnown = f.received != ""
	u.NoAnswer = f.answered == "" && u.MissingList == "" && u.CapText == "" && u.RefusalReason == "" // where the case knows what came, it says so
	if f.body != "" {
		text, err := read(f.body)
		if err != nil {
			return nil, err
		}
		req.Edit.Text = text
	}
	return f.each(req), nil
}

// each gives a request for each right, in the order in which letters go out.
func (f letterFlags) each(req matter.LetterRequest) []matter.LetterRequest {
	named := f.named()
	req.Fields.AccessFirst = slices.Contains(named, engine.RightAccess) && slices.Contains(named, engine.RightErasure)
	var out []matter.LetterRequest
	for _, r := range cases.Rights() {
		if slices.Contains(named, r) {
			req.Right = r
			out = append(out, req)
		}
	}
	return out
}

func (f letterFlags) named() []engine.Right {
	return document.Each(strings.Split(f.rights, ","), func(s string) engine.Right { return engine.Right(strings.TrimSpace(s)) })
}

// check finds flags that name nothing.
func (f letterFlags) check(req matter.LetterRequest) error {
	for _, r := range f.named() {
		if !slices.Contains(cases.Rights(), r) {
			return command.Usage("there is no letter for this right", "--right "+f.rights)
		}
	}
	if len(f.named()) > 1 && f.body != "" {
		return command.Usage("one text is for one letter", "--body")
	}
	if req.Regime != "" && !slices.Contains(matter.Regimes(), req.Regime) {
		return command.Usage("there is no such regime", "--regime "+f.regime)
	}
	if !slices.Contains([]string{"en", "fr", "de", "it"}, f.lang) {
		return command.Usage("letters are written in en or fr, outlines in de or it", "--lang "+f.lang)
	}
	for _, name := range req.Formats {
		if !slices.Contains(cases.Formats(), name) {
			return command.Usage("letters can't be written in this format", "--format "+name)
		}
	}
	for _, g := range f.fields.Grounds {
		if !slices.Contains([]string{"a", "b", "c", "d", "f"}, g) {
			return command.Usage("a ground is a, b, c, d or f of article 17(1)", "--ground "+g)
		}
	}
	return nil
}

// flagsOf names the flags that fill fields.
func flagsOf(fields []string) []string {
	flags := map[string]string{"sender_name": "--sender", "sender_address": "--reply", "authority_proof": "--proof",
		"controller_name": "--controller", "place": "--place", "date": "--date", "objection_reasons": "--objection", "restriction": "--restriction",
		"names": "--names", "country": "--country", "access_date": "--access-date", "right_name": "--about", "request_date": "--requested", "channel": "--channel",
		"received_date": "--received", "due_date": "--due", "grace_date": "--grace", "answer_date": "--answered", "last_checked": "--checked", "refusal_rule": "--refusal-rule",
		"authority_name": "--authority", "residence": "--residence", "chronology": "--step", "infringed_list": "--infringed",
		"outcome": "--missing, --cap, --refusal, --extended"}
	return document.Each(fields, func(f string) string { return cmp.Or(flags[f], f) })
}

// letters writes or prints the letters of one case.
func (p program) letters(ctx context.Context, name string, f letterFlags, reqs []matter.LetterRequest) error {
	return p.WithVault(ctx, func(a *app.App) error {
		c, err := findCase(ctx, a, name)
		if err != nil {
			return err
		}
		var written, texts, notes []string
		for _, req := range reqs {
			if req, err = p.letter(ctx, a, c, f.contact, req); err != nil {
				return err
			}
			for _, n := range a.Notes(req) {
				if !slices.Contains(notes, n) {
					notes = append(notes, n)
				}
			}
			if f.preview {
				draft, err := a.PreviewLetter(ctx, nil, req)
				if err != nil {
					return command.InvalidIsUsage(err)
				}
				texts = append(texts, draft.Text)
				continue
			}
			paths, err := a.ExportLetter(ctx, req)
			if err != nil {
				return command.InvalidIsUsage(err)
			}
			written = append(written, paths...)
		}
		return p.showLetters(written, texts, notes)
	})
}

// letter completes a request from the address book and the course of the case; every missing field is named at once.
func (p program) letter(ctx context.Context, a *app.App, c engine.Case, contact string, req matter.LetterRequest) (matter.LetterRequest, error) {
	req.Case = c.ID
	if contact != "" {
		found, err := a.Controller(ctx, contact)
		if err != nil {
			return req, err
		}
		to := &req.Fields
		to.ControllerName, to.ControllerAddress = cmp.Or(to.ControllerName, found.Name), cmp.Or(to.ControllerAddress, found.Address)
		to.ControllerEmail, to.ControllerWeb, to.ControllerRep = cmp.Or(to.ControllerEmail, found.Email), cmp.Or(to.ControllerWeb, found.Web), cmp.Or(to.ControllerRep, found.Rep)
	}
	req, err := a.PrepareLetter(ctx, req)
	if err != nil {
		return req, err
	}
	if missing := a.MissingFields(req); len(missing) > 0 {
		return req, command.Usage("the letter lacks required fields", strings.Join(flagsOf(missing), ", "))
	}
	return req, nil
}

func (p program) showLetters(written, texts, notes []string) error {
	doc := document.Doc{"files": document.Each(written, func(s string) string { return s }), "notes": document.Each(notes, func(s string) string { return p.Text(s) })}
	if len(texts) > 0 {
		doc["texts"] = texts
	}
	return p.Show(doc, func(w io.Writer) {
		for _, t := range texts {
			fmt.Fprintln(w, t)
		}
		for _, f := range written {
			fmt.Fprintln(w, p.Text("Written: {{.File}}", "File", command.Plain(f)))
		}
		for _, n := range notes {
			fmt.Fprintln(w, p.Text("Note: {{.Text}}", "Text", p.Text(n)))
		}
		fmt.Fprintln(w, p.Text("Gabarit gives no legal advice."))
	})
}
