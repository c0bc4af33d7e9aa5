package cases

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"gabarit/engine"
	"gabarit/engine/matter"
)

// Job is the export of one letter: a copy that a goroutine may use.
type Job struct {
	Letter *Letter // to hand the outcome back to; Export asks only for its addressee's identity, which never changes
	Items  []engine.CaseItem
	Req    matter.LetterRequest
	Link   bool // as a link for the mail program instead of files
}

// Jobs prepares the export of letters into a folder.
func (p *Presenter) Jobs(letters []*Letter, dir string, gap func(Field) string) []Job {
	var out []Job
	for _, l := range letters {
		if len(p.Missing(l)) == 0 {
			out = append(out, Job{Letter: l, Items: l.Items, Req: p.Request(l, dir, gap)})
		}
	}
	return out
}

// MailJob prepares a letter for the mail program: as a link, or as a draft of an e-mail in a folder, whatever formats are ticked. ok is false while
// something is missing.
func (p *Presenter) MailJob(l *Letter, link bool, dir string, gap func(Field) string) (j Job, ok bool) {
	if !p.Mailable(l) {
		return j, false
	}
	j = Job{Letter: l, Items: l.Items, Req: p.Request(l, dir, gap), Link: link}
	j.Req.Formats = []string{"eml"}
	return j, true
}

// Mailable tells whether a letter is complete and its turn has come, but for the formats of files.
func (p *Presenter) Mailable(l *Letter) bool {
	missing := slices.DeleteFunc(p.Missing(l), func(f Field) bool { return f == FieldFormat })
	return len(missing) == 0 && !p.Waits(l)
}

// Outcome is what became of a job.
type Outcome struct {
	Letter *Letter
	Case   engine.CaseID
	Files  []string
	Link   string
}

// Export opens the cases that do not exist yet and writes the letters, one after the other. What was written before an error
// is returned with it.
func Export(ctx context.Context, svc Service, jobs []Job) ([]Outcome, error) {
	var out []Outcome
	made := map[*Addressee]engine.CaseID{} // two letters to one addressee are about one case
	for _, j := range jobs {
		o := Outcome{Letter: j.Letter, Case: cmp.Or(j.Req.Case, made[j.Letter.Addressee])}
		if o.Case == "" {
			opened, err := svc.OpenCases(ctx, j.Items)
			if err != nil {
				return out, err
			}
			if len(opened) != 1 {
				return out, engine.E(engine.CodeInternal, "cases.Export", "the items of one letter made several cases", errors.New(j.Letter.Site))
			}
			o.Case = opened[0].ID
			made[j.Letter.Addressee] = o.Case
		}
		j.Req.Case = o.Case
		var err error
		if j.Link {
			o.Link, err = svc.MailLetter(ctx, j.Req)
		} else {
			o.Files, err = svc.ExportLetter(ctx, j.Req)
		}
		out = append(out, o)
		if err != nil {
			return out, err
		}
	}
	return out, nil
}

// Exported notes outcomes, so that a second export uses the same cases.
func (p *Presenter) Exported(outcomes []Outcome) (files []string) {
	for _, o := range outcomes {
		o.Letter.Case = o.Case
		o.Letter.Files = append(o.Letter.Files, o.Files...)
		o.Letter.Sent = o.Letter.Sent || o.Link != ""
		files = append(files, o.Files...)
	}
	return files
}
