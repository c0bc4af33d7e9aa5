package rights

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"gabarit/engine"
	"gabarit/engine/matter"
)

// Compose writes the letter of a case. Fields and annex are taken as data: nothing in them acts as template or layout. Annex rows are those
// that the user confirmed, numbered from 1 in the given order; thumbnails are left out unless the fields ask for them. Where the request
// has an edited body, that is the letter's, see Merge.
//
// Reasons of an objection add ground c, a child that is represented ground f; without grounds an erasure relies on d (unlawful processing).
//
// Errors: CodeInvalid with a *MissingError cause that names empty fields, CodeInvalid for what contradicts itself, CodeUnsupported for
// a right, regime or language without a letter, CodeLimit.
func (l *Letters) Compose(c engine.Case, req matter.LetterRequest, annex []matter.AnnexItem) (matter.LetterDoc, error) {
	const op = "rights.Letters.Compose"
	t, err := l.find(req)
	if err != nil {
		return matter.LetterDoc{}, err
	}
	if err := check(req); err != nil {
		return matter.LetterDoc{}, err
	}
	v, rows, err := l.values(t, c, req, annex)
	if err != nil {
		return matter.LetterDoc{}, err
	}
	missing := v.missing(req)
	if v.fields["our_ref"] == "" {
		missing = append(missing, "reference")
	}
	if len(rows) == 0 && needsItems(req) {
		missing = append(missing, "items")
	}
	missing = append(missing, leftGaps(req)...)
	if len(missing) > 0 {
		return matter.LetterDoc{}, engine.E(engine.CodeInvalid, op, "fields of the letter are empty", &MissingError{missing})
	}
	doc := matter.LetterDoc{Lang: req.Lang, Regime: req.Regime, Date: req.Fields.Date, LabelEnd: colon(req.Lang)}
	if err := v.fill(&doc); err != nil {
		return matter.LetterDoc{}, engine.E(engine.CodeInvalid, op, "fields of the letter are empty", err)
	}
	if len(doc.Addressee) > 0 && doc.Addressee[0] == DefaultController(c.Site, req.Lang) {
		doc.Addressee[0] = capital(doc.Addressee[0])
	}
	if doc.Annex, err = v.annex(rows, req); err != nil {
		return matter.LetterDoc{}, err
	}
	if strings.TrimSpace(req.Edit.Text) != "" {
		doc.Body = ParseBody(joined(Merge(req.Edit, doc.Body)))
	}
	mailHeads(&doc, req)
	return doc, nil
}

// Base gives the body that Compose would write without the user's changes.
func (l *Letters) Base(c engine.Case, req matter.LetterRequest, annex []matter.AnnexItem) ([]matter.LetterBlock, error) {
	req.Edit = matter.LetterEdit{}
	doc, err := l.Compose(c, req, annex)
	return doc.Body, err
}

// check finds what contradicts itself.
func check(req matter.LetterRequest) error {
	const op = "rights.Letters.Compose"
	f := req.Fields
	if err := tooLong(f); err != nil {
		return engine.E(engine.CodeLimit, op, "a field of the letter is too long", err)
	}
	if utf8.RuneCountInString(req.Edit.Text) > MaxBody {
		return engine.E(engine.CodeLimit, op, "a field of the letter is too long", errors.New("body"))
	}
	for _, g := range f.Grounds {
		if !slices.Contains(grounds(), g) {
			return engine.E(engine.CodeInvalid, op, "this is not a ground of GDPR article 17, paragraph 1", fmt.Errorf("ground %q", g))
		}
	}
	if f.Restriction != "" && !slices.Contains([]string{"a", "b", "c", "d"}, f.Restriction) {
		return engine.E(engine.CodeInvalid, op, "this is not a case of GDPR article 18, paragraph 1", fmt.Errorf("point %q", f.Restriction))
	}
	if oneLine(f.Portrait) != "" && !f.Biometric {
		return engine.E(engine.CodeInvalid, op, "a portrait is sent only to an addressee that runs a face search", nil)
	}
	return nil
}

// needsItems tells whether a letter is about a list of finds that can't be left out.
func needsItems(req matter.LetterRequest) bool {
	switch req.Right {
	case engine.RightReminder, engine.RightComplaint:
		return false // they are about a request
	case engine.RightRestriction, engine.RightDelisting:
		return true
	}
	return !req.Fields.NoItems
}

// fill sets the parts of doc that come from the template.
func (v *values) fill(doc *matter.LetterDoc) error {
	one := func(to *string, section string) error {
		var err error
		*to, err = v.single(section)
		return err
	}
	lines := func(to *[]string, section string) error {
		var err error
		*to, err = v.plain(section)
		return err
	}
	var err error
	doc.Body, err = v.blocks("body")
	return errors.Join(err, one(&doc.Outline, "outline"), one(&doc.Title, "title"), lines(&doc.Sender, "sender"), lines(&doc.Addressee, "addressee"),
		one(&doc.PlaceDate, "place"), one(&doc.Reference, "reference"), one(&doc.Subject, "subject"), one(&doc.Signature, "signature"),
		lines(&doc.Enclosures, "enclosures"), one(&doc.AnnexHead, "annex"), one(&doc.AnnexNote, "annex_note"), one(&doc.GlyphNote, "glyph_note"))
}

// mailHeads sets what an e-mail needs: addresses where they are such, and the subject without the word before it.
func mailHeads(doc *matter.LetterDoc, req matter.LetterRequest) {
	doc.MailHead = doc.Subject
	if _, rest, ok := strings.Cut(doc.Subject, ":"); ok {
		doc.MailHead = strings.Trim(rest, " \u00a0")
	}
	for _, a := range []string{req.Fields.ReplyChannel, req.Fields.FollowUp.SenderEmail, req.Fields.SenderAddress} {
		if doc.From == "" {
			doc.From = mailAddress(a)
		}
	}
	if req.Right != engine.RightComplaint { // that one goes to the authority
		doc.To = mailAddress(req.Fields.ControllerEmail)
	}
}
