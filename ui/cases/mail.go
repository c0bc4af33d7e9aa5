package cases

import (
	"context"

	"gabarit/engine"
	"gabarit/engine/matter"
	"gabarit/ui/kit"
)

// refreshMail shows the button for the mail program where a mail address of the addressee is known.
func (d *Dialog) refreshMail() {
	l := d.p.Letter()
	kit.Show(l != nil && d.draft.To != "", d.mail)
	d.mail.SetEnabled(l != nil && d.p.Mailable(l))
}

// mailDraft hands the current letter to the mail program: as a link where that holds all of it, else as the draft of an e-mail in a file, with the PDF and what
// goes with the letter attached. Which of the two is found out from the letter as it is now: the preview may be behind what was typed. Sending it is up to the person.
func (d *Dialog) mailDraft() {
	l := d.p.Letter()
	if l == nil || !d.p.Mailable(l) {
		return
	}
	items, req := l.Items, d.p.Request(l, "", gapWord)
	kit.Run(d.exporting, func(ctx context.Context) (matter.LetterDraft, error) { return d.svc.PreviewLetter(ctx, items, req) },
		func(draft matter.LetterDraft, err error) {
			switch {
			case err != nil:
				d.notice.Error(err)
			case draft.Mail == "":
				d.mailFile(l)
			default:
				d.mailLink(l)
			}
		})
}

// mailLink opens a letter by a link.
func (d *Dialog) mailLink(l *Letter) {
	job, ok := d.p.MailJob(l, true, "", gapWord)
	if !ok {
		return
	}
	d.runMail(job, func(o Outcome, err error) {
		switch {
		case engine.CodeOf(err) == engine.CodeLimit: // it has grown in the meantime
			d.mailFile(l)
		case err != nil:
			d.notice.Error(err)
		default:
			d.env.OpenMail(d.notice, o.Link, kit.MailLinkWords())
		}
	})
}

// mailFile asks where to write the draft of an e-mail, and opens it.
func (d *Dialog) mailFile(l *Letter) {
	d.env.ChooseFolder(kit.T("Choose the folder for the draft of the e-mail"), kit.T("Write here"), func(dir string, err error) {
		if err != nil {
			d.notice.Error(err)
			return
		}
		job, ok := d.p.MailJob(l, false, dir, gapWord)
		if !ok {
			return
		}
		d.runMail(job, func(o Outcome, err error) {
			if err != nil {
				d.notice.Error(err)
				return
			}
			d.env.OpenMail(d.notice, kit.FileURL(o.Files[0]).String(), kit.MailFileWords(o.Files))
			d.offerFolder(dir)
		})
	})
}

// runMail exports one letter in the background.
func (d *Dialog) runMail(job Job, done func(Outcome, error)) {
	d.mail.SetEnabled(false)
	kit.Run(d.exporting, func(ctx context.Context) ([]Outcome, error) { return Export(ctx, d.svc, []Job{job}) }, func(outcomes []Outcome, err error) {
		d.exported(outcomes)
		var o Outcome
		if len(outcomes) > 0 {
			o = outcomes[0]
		}
		done(o, err)
	})
}
