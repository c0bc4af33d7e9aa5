package cases

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"gabarit/engine"
	"gabarit/engine/matter"
)

// Field names a field of a letter that must be filled. Which ones a letter needs is told by Rules.
type Field string

// The fields that can be missing.
const (
	FieldSenderName    Field = "sender_name"
	FieldSenderAddress Field = "sender_address"
	FieldController    Field = "controller_name"
	FieldPlace         Field = "place"
	FieldDate          Field = "date"
	FieldReasons       Field = "objection_reasons"
	FieldFormat        Field = "format" // of the files; the dialog's own
)

// Rules are what the application knows of letters. They don't block.
type Rules interface {
	// DefaultController names whoever runs a site, as a letter in that language calls them; "" without a site.
	DefaultController(site, lang string) string
	// MissingFields names the fields that a letter still needs, in the order of the letter.
	MissingFields(req matter.LetterRequest) []string
}

// Letter is one letter: to one site, about its items.
type Letter struct {
	Site      string // "" for local files
	Items     []engine.CaseItem
	Name      string // of the addressee
	named     bool   // the user changed it
	Address   string
	ForDPO    bool
	Biometric bool
	Case      engine.CaseID // once exported
	Files     []string
}

// Presenter is the state of the letter dialog. All methods are for one goroutine, except Export's result,
// which is plain data.
type Presenter struct {
	Sender     string
	ReplyTo    string // postal address or e-mail
	Place      string
	Date       string // 2006-01-02
	Lang       string // of the letters
	Formats    []string
	Grounds    []string
	Reasons    string // of an objection
	Thumbnails bool

	rules   Rules
	letters []*Letter
	current int
}

// NewPresenter gives the dialog's state on a day, in a language.
func NewPresenter(today time.Time, lang string, rules Rules) *Presenter {
	if lang != "fr" {
		lang = "en"
	}
	return &Presenter{rules: rules, Date: today.Format(time.DateOnly), Lang: lang, Formats: []string{"pdf", "txt"}, Grounds: []string{"d"}, Thumbnails: true}
}

// SetDrafts takes the grouped items.
func (p *Presenter) SetDrafts(drafts []engine.Case) {
	p.letters = nil
	for _, c := range drafts {
		p.letters = append(p.letters, &Letter{Site: c.Site, Items: c.Items, Name: p.rules.DefaultController(c.Site, p.Lang)})
	}
	p.current = 0
}

// SetLang changes the letters' language and, where the user left it, the addressee's name.
func (p *Presenter) SetLang(lang string) {
	p.Lang = lang
	for _, l := range p.letters {
		if !l.named {
			l.Name = p.rules.DefaultController(l.Site, lang)
		}
	}
}

// SetName changes the addressee's name of the current letter.
func (p *Presenter) SetName(name string) {
	if l := p.Letter(); l != nil && l.Name != name {
		l.Name, l.named = name, true
	}
}

// SetAddress changes the addressee's postal address of the current letter.
func (p *Presenter) SetAddress(text string) {
	if l := p.Letter(); l != nil {
		l.Address = text
	}
}

// SetForDPO directs the current letter to the data protection officer.
func (p *Presenter) SetForDPO(on bool) {
	if l := p.Letter(); l != nil {
		l.ForDPO = on
	}
}

// SetBiometric says whether the current letter's addressee runs a face search.
func (p *Presenter) SetBiometric(on bool) {
	if l := p.Letter(); l != nil {
		l.Biometric = on
	}
}

// Letters lists the letters.
func (p *Presenter) Letters() []*Letter { return p.letters }

// Select makes a letter the current one.
func (p *Presenter) Select(i int) {
	if i >= 0 && i < len(p.letters) {
		p.current = i
	}
}

// Letter is the current letter; nil if there is none.
func (p *Presenter) Letter() *Letter {
	if p.current >= len(p.letters) {
		return nil
	}
	return p.letters[p.current]
}

// SetFormat adds or removes a file format.
func (p *Presenter) SetFormat(format string, on bool) { p.Formats = set(p.Formats, format, on) }

// SetGround adds or removes a ground of art. 17(1).
func (p *Presenter) SetGround(point string, on bool) { p.Grounds = set(p.Grounds, point, on) }

func set(list []string, word string, on bool) []string {
	list = slices.DeleteFunc(slices.Clone(list), func(w string) bool { return w == word })
	if on {
		list = append(list, word)
		slices.Sort(list)
	}
	return list
}

// Missing names the required fields that a letter lacks, in the order of the form.
func (p *Presenter) Missing(l *Letter) []Field {
	var out []Field
	for _, name := range p.rules.MissingFields(p.request(l, "", p.fields(l))) {
		out = append(out, Field(name))
	}
	if len(p.Formats) == 0 {
		out = append(out, FieldFormat)
	}
	return out
}

// fields are a letter's fields as they are filled in now.
func (p *Presenter) fields(l *Letter) matter.LetterFields {
	day, _ := p.day()
	return matter.LetterFields{SenderName: strings.TrimSpace(p.Sender), SenderAddress: strings.TrimSpace(p.ReplyTo),
		ControllerName: strings.TrimSpace(l.Name), ControllerAddress: strings.TrimSpace(l.Address), ForDPO: l.ForDPO,
		Place: strings.TrimSpace(p.Place), Date: day, Biometric: l.Biometric, Site: l.Site != "",
		ObjectionReasons: strings.TrimSpace(p.Reasons), Grounds: slices.Clone(p.Grounds), Thumbnails: p.Thumbnails}
}

func (p *Presenter) day() (time.Time, bool) {
	d, err := time.ParseInLocation(time.DateOnly, strings.TrimSpace(p.Date), time.Local)
	return d, err == nil
}

// Ready lists the letters that can be exported.
func (p *Presenter) Ready() []*Letter {
	return slices.DeleteFunc(slices.Clone(p.letters), func(l *Letter) bool { return len(p.Missing(l)) > 0 })
}

// Request is the request for a letter. Fields that are missing hold what gap gives for them, so that a preview can
// show where they will stand; for an export nothing is missing.
func (p *Presenter) Request(l *Letter, dir string, gap func(Field) string) matter.LetterRequest {
	fields := p.fields(l)
	for _, f := range p.Missing(l) {
		switch f {
		case FieldSenderName:
			fields.SenderName = gap(f)
		case FieldSenderAddress:
			fields.SenderAddress = gap(f)
		case FieldController:
			fields.ControllerName = gap(f)
		case FieldPlace:
			fields.Place = gap(f)
		case FieldReasons:
			fields.ObjectionReasons = gap(f)
		}
	}
	return p.request(l, dir, fields)
}

func (p *Presenter) request(l *Letter, dir string, fields matter.LetterFields) matter.LetterRequest {
	return matter.LetterRequest{Case: l.Case, Right: engine.RightErasure, Lang: p.Lang, Formats: slices.Clone(p.Formats), Dir: dir, Fields: fields}
}

// Job is the export of one letter: a copy that a goroutine may use.
type Job struct {
	Letter *Letter // to hand the outcome back to; not touched by Export
	Items  []engine.CaseItem
	Req    matter.LetterRequest
}

// Jobs prepares the export of letters into a folder.
func (p *Presenter) Jobs(letters []*Letter, dir string) []Job {
	var out []Job
	for _, l := range letters {
		if len(p.Missing(l)) == 0 {
			out = append(out, Job{Letter: l, Items: l.Items, Req: p.Request(l, dir, func(Field) string { return "" })})
		}
	}
	return out
}

// Outcome is what became of a job.
type Outcome struct {
	Letter *Letter
	Case   engine.CaseID
	Files  []string
}

// Export opens the cases that do not exist yet and writes the letters, one after the other. What was written before an error
// is returned with it.
func Export(ctx context.Context, svc Service, jobs []Job) ([]Outcome, error) {
	var out []Outcome
	for _, j := range jobs {
		o := Outcome{Letter: j.Letter, Case: j.Req.Case}
		if o.Case == "" {
			opened, err := svc.OpenCases(ctx, j.Items)
			if err != nil {
				return out, err
			}
			if len(opened) != 1 {
				return out, engine.E(engine.CodeInternal, "cases.Export", "the items of one letter made several cases", errors.New(j.Letter.Site))
			}
			o.Case = opened[0].ID
		}
		j.Req.Case = o.Case
		files, err := svc.ExportLetter(ctx, j.Req)
		o.Files = files
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
		files = append(files, o.Files...)
	}
	return files
}
