package cases

import (
	"path/filepath"
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
	FieldRestriction   Field = "restriction"
	FieldNames         Field = "names"
	FieldCountry       Field = "country"
	FieldProof         Field = "authority_proof"
	FieldItems         Field = "items"  // none was confirmed
	FieldFormat        Field = "format" // of the files; the dialog's own
)

// Rules are what the application knows of letters. They don't block.
type Rules interface {
	// DefaultController names whoever runs a site, as a letter in that language calls them; "" without a site.
	DefaultController(site, lang string) string
	// MissingFields names the fields that a letter still needs, in the order of the letter.
	MissingFields(req matter.LetterRequest) []string
	// Offered lists the languages in which there is a letter for a right under a regime; those that are not en or fr are outlines.
	Offered(regime matter.Regime, right engine.Right) []string
}

// Presenter is the state of the letter dialog. All methods are for one goroutine, except Export's result,
// which is plain data.
type Presenter struct {
	Sender      string
	ReplyTo     string // postal address or e-mail
	Place       string
	Date        string // 2006-01-02
	Lang        string // of the letters
	Regime      matter.Regime
	Formats     []string
	Grounds     []string
	Reasons     string // of an objection
	Restriction string // case of art. 18(1)
	Names       string // delisting: the searches
	Country     string // delisting: version of the search engine
	Marketing   bool
	Thumbnails  bool
	NoItems     bool
	For         string // the person written for; "": oneself
	Parent      bool
	Proof       string // file
	Portrait    string // file

	rules   Rules
	rights  []engine.Right
	letters []*Letter
	current int
}

// NewPresenter gives the dialog's state on a day, in a language.
func NewPresenter(today time.Time, lang string, rules Rules) *Presenter {
	if lang != "fr" {
		lang = "en"
	}
	return &Presenter{rules: rules, Date: today.Format(time.DateOnly), Lang: lang, Regime: matter.RegimeEU, Formats: []string{"pdf", "txt"},
		Grounds: []string{"d"}, Thumbnails: true, rights: []engine.Right{engine.RightErasure}}
}

// SetDrafts takes the grouped items.
func (p *Presenter) SetDrafts(drafts []engine.Case) {
	p.letters = nil
	for _, c := range drafts {
		to := &Addressee{Site: c.Site, Items: c.Items, Name: p.rules.DefaultController(c.Site, p.Lang), Chosen: -1, Case: c.ID}
		for _, r := range p.rights {
			p.letters = append(p.letters, &Letter{Addressee: to, Right: r})
		}
	}
	p.current = 0
}

// SetCase takes a case that is there already, whose letter for a right is to be written to whoever the case is addressed to.
func (p *Presenter) SetCase(c engine.Case, to matter.Addressee, right engine.Right) {
	p.SetDrafts([]engine.Case{c})
	p.SetChoice(slices.IndexFunc(Choices(), func(all []engine.Right) bool { return slices.Equal(all, []engine.Right{right}) }))
	if a := p.letters[0].Addressee; to.Name != "" {
		a.Name, a.named, a.Address, a.Email, a.Web, a.Source = to.Name, true, to.Address, to.Email, to.Web, to.Source
	}
}

// Choices are what can be asked for, each with the letters that it needs. Access and erasure together are two letters, access first.
func Choices() [][]engine.Right {
	return [][]engine.Right{{engine.RightErasure}, {engine.RightAccess}, {engine.RightAccess, engine.RightErasure}, {engine.RightObjection},
		{engine.RightRestriction}, {engine.RightDelisting}}
}

// Choice is the place of what is asked for in Choices.
func (p *Presenter) Choice() int {
	return slices.IndexFunc(Choices(), func(c []engine.Right) bool { return slices.Equal(c, p.rights) })
}

// SetChoice asks for something else. Letters that were there already keep their changes and files.
func (p *Presenter) SetChoice(i int) {
	if i < 0 || i >= len(Choices()) {
		return
	}
	p.rights = Choices()[i]
	var out []*Letter
	for _, to := range p.addressees() {
		for _, r := range p.rights {
			at := slices.IndexFunc(p.letters, func(l *Letter) bool { return l.Addressee == to && l.Right == r })
			if at >= 0 {
				out = append(out, p.letters[at])
			} else {
				out = append(out, &Letter{Addressee: to, Right: r})
			}
		}
	}
	p.letters, p.current = out, min(p.current, max(len(out)-1, 0))
	p.fitLang()
}

// addressees lists whom the letters go to, each once.
func (p *Presenter) addressees() []*Addressee {
	var out []*Addressee
	for _, l := range p.letters {
		if !slices.Contains(out, l.Addressee) {
			out = append(out, l.Addressee)
		}
	}
	return out
}

// Asks tells whether a right is among those asked for.
func (p *Presenter) Asks(r engine.Right) bool { return slices.Contains(p.rights, r) }

// Langs lists the languages that all letters asked for are written in.
func (p *Presenter) Langs() []string {
	out := p.rules.Offered(p.Regime, p.rights[0])
	for _, r := range p.rights[1:] {
		other := p.rules.Offered(p.Regime, r)
		out = slices.DeleteFunc(out, func(l string) bool { return !slices.Contains(other, l) })
	}
	return out
}

// SetRegime changes the law that the letters rely on.
func (p *Presenter) SetRegime(r matter.Regime) {
	p.Regime = r
	p.fitLang()
}

// fitLang goes to English where there is no letter in the language chosen.
func (p *Presenter) fitLang() {
	if langs := p.Langs(); len(langs) > 0 && !slices.Contains(langs, p.Lang) {
		p.SetLang(langs[0])
	}
}

// SetLang changes the letters' language and, where the user left it, the addressee's name. A text that was changed is in the language of
// before: it is given up.
func (p *Presenter) SetLang(lang string) {
	if p.Lang == lang {
		return
	}
	p.Lang = lang
	for _, l := range p.letters {
		l.Edit = matter.LetterEdit{}
		if !l.named {
			l.Name = p.rules.DefaultController(l.Site, lang)
		}
	}
}

// Choose takes the addressee from those found.
func (p *Presenter) Choose(i int) {
	l := p.Letter()
	if l == nil || i < 0 || i >= len(l.Candidates) {
		return
	}
	c := l.Candidates[i].Controller
	l.Chosen, l.Name, l.named = i, c.Name, true
	l.Address, l.Email, l.Web, l.Biometric = c.Address, c.Email, c.Web, c.Biometric || l.Biometric
}

// Take takes an entry of the address book as the addressee. It stands among those found from then on.
func (p *Presenter) Take(c matter.Controller) {
	l := p.Letter()
	if l == nil {
		return
	}
	at := slices.IndexFunc(l.Candidates, func(o matter.Candidate) bool {
		return o.Controller.ID == c.ID && o.Controller.Slug == c.Slug && o.Controller.Origin == c.Origin
	})
	if at < 0 {
		taken := matter.Candidate{Controller: c, Why: "chosen in the address book"}
		if c.Origin == matter.OriginImported {
			taken.Warnings = []string{"Check the address before you send anything: it is from a directory."}
		}
		at = len(l.Candidates)
		l.Candidates = append(slices.Clone(l.Candidates), taken)
	}
	l.Candidates[at].Controller = c // as it is now
	p.Choose(at)
}

// SetEmail changes the addressee's e-mail address.
func (p *Presenter) SetEmail(text string) {
	if l := p.Letter(); l != nil {
		l.Email = text
	}
}

// Edit keeps what the user made of the current letter's text; base is the text that it was made of. The same text is no change.
func (p *Presenter) Edit(base, text string) {
	l := p.Letter()
	if l == nil {
		return
	}
	if strings.TrimSpace(text) == strings.TrimSpace(base) || strings.TrimSpace(text) == "" {
		l.Edit = matter.LetterEdit{}
		return
	}
	l.Edit = matter.LetterEdit{Base: base, Text: text}
}

// Waits tells that a letter of erasure comes after one of access that was not exported yet.
func (p *Presenter) Waits(l *Letter) bool {
	return l.Right == engine.RightErasure && slices.ContainsFunc(p.letters, func(o *Letter) bool {
		return o.Addressee == l.Addressee && o.Right == engine.RightAccess && !o.Exported()
	})
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
	if !p.NoItems && l.Confirmed() == 0 {
		out = append(out, FieldItems)
	}
	if len(p.Formats) == 0 {
		out = append(out, FieldFormat)
	}
	return out
}

// fields are a letter's fields as they are filled in now.
func (p *Presenter) fields(l *Letter) matter.LetterFields {
	day, _ := p.day()
	f := matter.LetterFields{SenderName: strings.TrimSpace(p.Sender), SenderAddress: strings.TrimSpace(p.ReplyTo),
		ControllerName: strings.TrimSpace(l.Name), ControllerAddress: strings.TrimSpace(l.Address), ControllerEmail: strings.TrimSpace(l.Email), ControllerWeb: l.Web,
		ForDPO: l.ForDPO, Place: strings.TrimSpace(p.Place), Date: day, Biometric: l.Biometric, Site: l.Site != "" && !l.Biometric,
		ObjectionReasons: strings.TrimSpace(p.Reasons), Thumbnails: p.Thumbnails, NoItems: p.NoItems, Marketing: p.Marketing,
		Represented: strings.TrimSpace(p.For), Parent: p.Parent, Restriction: p.Restriction,
		Delisting:   matter.Delisting{Names: strings.TrimSpace(p.Names), Country: strings.TrimSpace(p.Country)},
		AccessFirst: p.Asks(engine.RightAccess) && p.Asks(engine.RightErasure)}
	if l.Right == engine.RightErasure {
		f.Grounds = slices.Clone(p.Grounds)
		if f.AccessFirst {
			f.AccessDate = day // both letters bear it
		}
	}
	if l.Right == engine.RightAccess || l.Right == engine.RightRestriction {
		f.ObjectionReasons = ""
	}
	return f
}

func (p *Presenter) day() (time.Time, bool) {
	d, err := time.ParseInLocation(time.DateOnly, strings.TrimSpace(p.Date), time.Local)
	return d, err == nil
}

// Ready lists the letters that can be exported.
func (p *Presenter) Ready() []*Letter {
	return slices.DeleteFunc(slices.Clone(p.letters), func(l *Letter) bool { return len(p.Missing(l)) > 0 })
}

// Request is the request for a letter. gap gives what stands for fields that are missing, so that a preview can
// show where they will be; for an export nothing is missing, and no such word may be left in a text that was changed.
func (p *Presenter) Request(l *Letter, dir string, gap func(Field) string) matter.LetterRequest {
	req := p.request(l, dir, p.fields(l))
	req.Gaps = map[string]string{}
	for _, f := range []Field{FieldSenderName, FieldSenderAddress, FieldController, FieldPlace, FieldDate, FieldReasons, FieldNames, FieldCountry, FieldProof, FieldRestriction} {
		req.Gaps[string(f)] = gap(f)
	}
	return req
}

func (p *Presenter) request(l *Letter, dir string, fields matter.LetterFields) matter.LetterRequest {
	req := matter.LetterRequest{Case: l.Case, Right: l.Right, Regime: p.Regime, Lang: p.Lang, Formats: slices.Clone(p.Formats), Dir: dir, Fields: fields, Edit: l.Edit}
	if fields.Represented != "" && p.Proof != "" {
		req.Files.Proof, req.Fields.AuthorityProof = p.Proof, filepath.Base(p.Proof)
	}
	if fields.Biometric {
		req.Files.Portrait = p.Portrait
	}
	return req
}
