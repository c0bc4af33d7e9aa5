package cases_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gabarit/assets"
	"gabarit/engine"
	"gabarit/engine/matter"
	"gabarit/engine/rights"
	"gabarit/ui/cases"
)

func day() time.Time { return time.Date(2026, 3, 31, 9, 0, 0, 0, time.Local) }

// rules are the product's own.
type rules struct{}

func (rules) DefaultController(site, lang string) string { return rights.DefaultController(site, lang) }
func (rules) MissingFields(req matter.LetterRequest) []string {
	l, err := rights.NewLetters(assets.FS())
	if err != nil {
		panic(err)
	}
	return l.Missing(req)
}

func (rules) Offered(regime matter.Regime, right engine.Right) []string {
	l, err := rights.NewLetters(assets.FS())
	if err != nil {
		panic(err)
	}
	return l.Offered(regime, right)
}

func gap(f cases.Field) string { return "[" + string(f) + "]" }

func twoLetters() *cases.Presenter {
	p := cases.NewPresenter(day(), "en", rules{})
	p.SetDrafts([]engine.Case{{Site: "a.example", Items: make([]engine.CaseItem, 2)}, {Site: "", Items: make([]engine.CaseItem, 1)}})
	return p
}

func filled() *cases.Presenter {
	p := twoLetters()
	p.Sender, p.ReplyTo, p.Place = "Ada", "ada@example.org", "Paris"
	return p
}

func TestMissingFieldsAreNamedAndBlockTheExport(t *testing.T) {
	all := []cases.Field{cases.FieldSenderName, cases.FieldSenderAddress, cases.FieldPlace}
	tests := []struct {
		name   string
		change func(*cases.Presenter)
		letter int
		want   []cases.Field
	}{
		{"a new letter lacks sender, reply address and place", func(p *cases.Presenter) { p.Sender, p.ReplyTo, p.Place = "", " ", "" }, 0, all},
		{"a filled one lacks nothing", func(*cases.Presenter) {}, 0, nil},
		{"local files have no operator to guess", func(*cases.Presenter) {}, 1, []cases.Field{cases.FieldController}},
		{"a day that does not exist is missing", func(p *cases.Presenter) { p.Date = "2026-02-30" }, 0, []cases.Field{cases.FieldDate}},
		{"an objection without reasons", func(p *cases.Presenter) { p.SetGround("c", true) }, 0, []cases.Field{cases.FieldReasons}},
		{"an objection with reasons", func(p *cases.Presenter) { p.SetGround("c", true); p.Reasons = "my work" }, 0, nil},
		{"no format at all", func(p *cases.Presenter) { p.SetFormat("pdf", false); p.SetFormat("txt", false) }, 0, []cases.Field{cases.FieldFormat}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := filled()
			tt.change(p)
			l := p.Letters()[tt.letter]
			if got := p.Missing(l); !cmp.Equal(got, tt.want) {
				t.Errorf("missing %v, want %v", got, tt.want)
			}
			if jobs := p.Jobs([]*cases.Letter{l}, "/out", gap); (len(jobs) == 0) != (len(tt.want) > 0) {
				t.Errorf("%d exports with %v missing", len(jobs), tt.want)
			}
		})
	}
}

func TestAPreviewShowsWhereMissingFieldsWillStand(t *testing.T) {
	p := twoLetters()
	req := p.Request(p.Letters()[1], "", gap)
	f := req.Fields
	for _, name := range []string{"sender_name", "sender_address", "controller_name", "place", "date"} {
		if req.Gaps[name] != "["+name+"]" {
			t.Errorf("gaps %v", req.Gaps)
		}
	}
	if f.Site || req.Right != engine.RightErasure || !slices.Equal(f.Grounds, []string{"d"}) {
		t.Errorf("request %+v", req)
	}
}

func TestTheAddresseesNameFollowsTheLanguageUntilItIsChanged(t *testing.T) {
	p := twoLetters()
	p.SetLang("fr")
	if got := p.Letter().Name; got != "la personne qui exploite le site a.example" {
		t.Errorf("name %q", got)
	}
	p.SetName("A Ltd")
	p.SetLang("en")
	if got := p.Letter().Name; got != "A Ltd" {
		t.Errorf("the user's name was replaced by %q", got)
	}
}

func TestGroundsAndFormatsAreSets(t *testing.T) {
	p := filled()
	p.SetGround("c", true)
	p.SetGround("c", true)
	p.SetGround("a", true)
	p.SetGround("d", false)
	if !cmp.Equal(p.Grounds, []string{"a", "c"}) {
		t.Errorf("grounds %v", p.Grounds)
	}
}

// exporter is a service that counts and can fail at a letter.
type exporter struct {
	cases.Service
	opened int
	reqs   []matter.LetterRequest
	fail   int // number of the letter that fails, from 1
}

func (e *exporter) OpenCases(context.Context, []engine.CaseItem) ([]engine.Case, error) {
	e.opened++
	return []engine.Case{{ID: engine.CaseID(rune('A' + e.opened - 1))}}, nil
}

func (e *exporter) MailLetter(_ context.Context, req matter.LetterRequest) (string, error) {
	e.reqs = append(e.reqs, req)
	if len(e.reqs) == e.fail {
		return "", engine.E(engine.CodeLimit, "test", "", nil)
	}
	return "mailto:" + req.Fields.ControllerEmail, nil
}

func (e *exporter) ExportLetter(_ context.Context, req matter.LetterRequest) ([]string, error) {
	e.reqs = append(e.reqs, req)
	if len(e.reqs) == e.fail {
		return nil, errors.New("disk full")
	}
	return []string{req.Dir + "/" + string(req.Case) + ".pdf"}, nil
}

func TestACaseIsOpenedOnceHoweverOftenItsLetterIsExported(t *testing.T) {
	p, svc := filled(), &exporter{}
	for range 2 {
		out, err := cases.Export(t.Context(), svc, p.Jobs(p.Ready(), "/out", gap))
		if err != nil {
			t.Fatal(err)
		}
		if files := p.Exported(out); !cmp.Equal(files, []string{"/out/A.pdf"}) {
			t.Errorf("files %v", files)
		}
	}
	if svc.opened != 1 || len(svc.reqs) != 2 || svc.reqs[1].Case != "A" {
		t.Errorf("%d cases for %d exports", svc.opened, len(svc.reqs))
	}
}

func TestWhatWasWrittenBeforeAnErrorIsKept(t *testing.T) {
	p, svc := filled(), &exporter{fail: 2}
	p.Select(1)
	p.SetName("Someone")
	out, err := cases.Export(t.Context(), svc, p.Jobs(p.Ready(), "/out", gap))
	if err == nil || len(out) != 2 {
		t.Fatalf("%d outcomes, err %v", len(out), err)
	}
	p.Exported(out)
	if p.Letters()[0].Case != "A" || len(p.Letters()[0].Files) != 1 || p.Letters()[1].Case != "B" || len(p.Letters()[1].Files) != 0 {
		t.Errorf("letters %+v %+v", *p.Letters()[0], *p.Letters()[1])
	}
}

func erasureAndAccess() *cases.Presenter {
	p := filled()
	p.SetChoice(2)
	return p
}

func TestA04AccessAndErasureAreTwoLettersOfOneCaseAndErasureWaits(t *testing.T) {
	p, svc := erasureAndAccess(), &exporter{}
	var got []engine.Right
	for _, l := range p.Letters() {
		got = append(got, l.Right)
	}
	if !cmp.Equal(got, []engine.Right{engine.RightAccess, engine.RightErasure, engine.RightAccess, engine.RightErasure}) {
		t.Fatalf("letters %v", got)
	}
	access, erasure := p.Letters()[0], p.Letters()[1]
	if p.Waits(access) || !p.Waits(erasure) {
		t.Error("erasure does not wait for access")
	}
	out, err := cases.Export(t.Context(), svc, p.Jobs([]*cases.Letter{access, erasure}, "/out", gap))
	if err != nil {
		t.Fatal(err)
	}
	p.Exported(out)
	if svc.opened != 1 || len(svc.reqs) != 2 || svc.reqs[0].Right != engine.RightAccess || svc.reqs[1].Case != svc.reqs[0].Case || !svc.reqs[0].Fields.AccessFirst {
		t.Errorf("%d cases, requests %+v", svc.opened, svc.reqs)
	}
	if p.Waits(erasure) {
		t.Error("erasure still waits")
	}
}

func TestA07CandidatesAreShownAndNeverChosen(t *testing.T) {
	p := filled()
	l := p.Letter()
	l.Found([]matter.Candidate{{Controller: matter.Controller{Name: "One Ltd", Address: "1 Street", Email: "dpo@one.example"}}})
	if l.Chosen != -1 || l.Name != "the operator of a.example" || l.Email != "" {
		t.Errorf("the only one found was chosen: %+v", *l.Addressee)
	}
	p.Choose(7)
	p.Choose(0)
	p.SetLang("fr")
	if req := p.Request(l, "", gap); req.Fields.ControllerName != "One Ltd" || req.Fields.ControllerAddress != "1 Street" || req.Fields.ControllerEmail != "dpo@one.example" {
		t.Errorf("fields %+v", req.Fields)
	}
}

func TestAnEditedTextIsKeptForItsLetterUntilTheLanguageChanges(t *testing.T) {
	p := erasureAndAccess()
	p.Edit("Dear Sir", "Dear Sir ")
	if p.Letter().Edit.Text != "" {
		t.Error("the same text counts as a change")
	}
	p.Edit("Dear Sir", "Hello")
	p.SetChoice(2)
	if req := p.Request(p.Letter(), "", gap); req.Edit != (matter.LetterEdit{Base: "Dear Sir", Text: "Hello"}) {
		t.Errorf("edit %+v", req.Edit)
	}
	p.Select(1)
	if req := p.Request(p.Letter(), "", gap); req.Edit.Text != "" {
		t.Error("another letter got the text")
	}
	p.SetLang("fr")
	if p.Letters()[0].Edit.Text != "" {
		t.Error("an English text is left in a French letter")
	}
}

func TestA02FindsThatAreNotConfirmedBlockTheLetterOrAreLeftOut(t *testing.T) {
	p := filled()
	l := p.Letter()
	for i := range l.Items {
		l.Items[i].Confirmed = engine.VerdictUnsure
	}
	if got := p.Missing(l); !cmp.Equal(got, []cases.Field{cases.FieldItems}) || l.Confirmed() != 0 {
		t.Errorf("missing %v", got)
	}
	p.NoItems = true
	if got := p.Missing(l); len(got) > 0 {
		t.Errorf("missing %v though the list is left out", got)
	}
}

func TestWhatALetterNeedsFollowsItsRight(t *testing.T) {
	for _, c := range []struct {
		choice int
		change func(*cases.Presenter)
		want   []cases.Field
	}{
		{1, func(*cases.Presenter) {}, nil},
		{3, func(*cases.Presenter) {}, []cases.Field{cases.FieldReasons}},
		{4, func(*cases.Presenter) {}, []cases.Field{cases.FieldRestriction}},
		{5, func(p *cases.Presenter) { p.Reasons = "x" }, []cases.Field{cases.FieldNames}},
		{0, func(p *cases.Presenter) { p.For = "Ben" }, []cases.Field{cases.FieldProof}},
		{0, func(p *cases.Presenter) { p.For, p.Proof = "Ben", "/b.pdf" }, nil},
	} {
		p := filled()
		p.SetChoice(c.choice)
		c.change(p)
		got := p.Missing(p.Letter())
		if len(got) != len(c.want) || len(got) > 0 && got[0] != c.want[0] {
			t.Errorf("%v: missing %v, want %v", cases.Choices()[c.choice], got, c.want)
		}
	}
}

func TestALanguageWithoutALetterGivesWayToEnglish(t *testing.T) {
	p := filled()
	p.SetLang("de")
	if !cmp.Equal(p.Langs(), []string{"en", "fr", "de", "it"}) {
		t.Errorf("languages %v", p.Langs())
	}
	p.SetRegime(matter.RegimeUK)
	if p.Lang != "en" || !cmp.Equal(p.Langs(), []string{"en", "fr"}) {
		t.Errorf("language %s of %v", p.Lang, p.Langs())
	}
}

func TestAPortraitGoesOnlyToWhoRunsAFaceSearch(t *testing.T) {
	p := filled()
	p.Portrait = "/me.jpg"
	if req := p.Request(p.Letter(), "", gap); req.Files.Portrait != "" {
		t.Error("a site gets the portrait")
	}
	p.SetBiometric(true)
	if req := p.Request(p.Letter(), "", gap); req.Files.Portrait == "" || req.Fields.Site {
		t.Errorf("request %+v", req)
	}
}

func TestTheLetterOfACaseThatIsThereGoesToItsControllerAndIntoIt(t *testing.T) {
	p := cases.NewPresenter(day(), "en", rules{})
	p.SetCase(engine.Case{ID: "C7", Site: "a.example", Items: []engine.CaseItem{{Face: "F-0"}}},
		matter.Addressee{Name: "Archive Ltd", Address: "1 Street", Email: "dpo@a.example"}, engine.RightAccess)
	l := p.Letter()
	if l == nil || l.Right != engine.RightAccess || l.Case != "C7" || l.Name != "Archive Ltd" || l.Address != "1 Street" || l.Email != "dpo@a.example" {
		t.Fatalf("letter %+v", l)
	}
	if req := p.Request(l, "", func(cases.Field) string { return "?" }); req.Case != "C7" || req.Right != engine.RightAccess {
		t.Errorf("request for %q, %q", req.Case, req.Right)
	}
}

func TestALetterGoesToTheMailProgramAsALinkOrAsADraft(t *testing.T) {
	p, svc := erasureAndAccess(), &exporter{fail: 2}
	p.SetFormat("pdf", false)
	p.SetFormat("txt", false)
	access, erasure := p.Letters()[0], p.Letters()[1]
	if _, ok := p.MailJob(erasure, true, "", gap); ok {
		t.Error("erasure goes out before access")
	}
	job, ok := p.MailJob(access, true, "", gap)
	if !ok || !job.Link {
		t.Fatalf("formats of files hold a mail back: %+v", job)
	}
	out, err := cases.Export(t.Context(), svc, []cases.Job{job})
	if err != nil || len(out) != 1 || out[0].Link == "" {
		t.Fatalf("outcomes %+v, %v", out, err)
	}
	p.Exported(out)
	if !access.Exported() || len(access.Files) > 0 || p.Waits(erasure) {
		t.Errorf("access went out: %v, erasure waits: %v", access.Exported(), p.Waits(erasure))
	}
	job, _ = p.MailJob(erasure, true, "", gap)
	out, err = cases.Export(t.Context(), svc, []cases.Job{job}) // too long for a link
	p.Exported(out)
	if engine.CodeOf(err) != engine.CodeLimit || erasure.Exported() {
		t.Errorf("%v, exported: %v", err, erasure.Exported())
	}
	job, _ = p.MailJob(erasure, false, "/out", gap)
	if out, err = cases.Export(t.Context(), svc, []cases.Job{job}); err != nil || svc.opened != 1 || svc.reqs[2].Case != "A" || !cmp.Equal(svc.reqs[2].Formats, []string{"eml"}) {
		t.Errorf("%d cases, %+v, %v, %v", svc.opened, svc.reqs[2], out, err)
	}
}

func TestAnIncompleteLetterIsNotForTheMailProgram(t *testing.T) {
	p := twoLetters()
	if _, ok := p.MailJob(p.Letter(), true, "", gap); ok {
		t.Error("a letter without a sender goes to the mail program")
	}
}

func TestWhatIsSaidOfAFindDecidesWhetherItEntersBothLettersToItsController(t *testing.T) {
	p := erasureAndAccess()
	access, erasure := p.Letters()[0], p.Letters()[1]
	before := p.Jobs([]*cases.Letter{access}, "/out", gap)[0].Items
	access.Judge(0, engine.VerdictNo)
	access.Judge(1, engine.VerdictUnsure)
	access.Judge(9, engine.VerdictNo) // there is none
	if erasure.Confirmed() != 0 || !cmp.Equal(p.Missing(erasure), []cases.Field{cases.FieldItems}) {
		t.Errorf("%d finds enter the other letter, missing %v", erasure.Confirmed(), p.Missing(erasure))
	}
	if before[0].Confirmed != engine.VerdictNone {
		t.Error("an export under way sees what was said after it began")
	}
	access.Judge(1, engine.VerdictYes)
	if job := p.Jobs([]*cases.Letter{erasure}, "/out", gap); len(job) != 1 || job[0].Items[0].Confirmed != engine.VerdictNo || job[0].Items[1].Confirmed != engine.VerdictYes {
		t.Errorf("jobs %+v", job)
	}
}

func TestAnEntryOfTheAddressBookIsTakenAsTheAddresseeAndStandsAmongThoseFound(t *testing.T) {
	p := filled()
	l := p.Letter()
	one := matter.Controller{Slug: "one", Name: "One Ltd", Email: "old@one.example", Origin: matter.OriginImported}
	l.Found([]matter.Candidate{{Controller: one, Why: "its own website"}})
	zeta := matter.Controller{ID: "7", Name: "Zeta", Address: "2 Street", Email: "dpo@zeta.example", Biometric: true, Origin: matter.OriginOwn}
	p.Take(zeta)
	if len(l.Candidates) != 2 || l.Chosen != 1 || l.Name != "Zeta" || l.Address != "2 Street" || l.Email != "dpo@zeta.example" || !l.Biometric || len(l.Candidates[1].Warnings) != 0 {
		t.Errorf("letter to %+v", *l.Addressee)
	}
	one.Email = "new@one.example" // changed in the book since it was found
	p.Take(one)
	if len(l.Candidates) != 2 || l.Chosen != 0 || l.Email != "new@one.example" || l.Candidates[0].Why != "its own website" {
		t.Errorf("letter to %+v", *l.Addressee)
	}
	p.Take(matter.Controller{Slug: "two", Name: "Two", Origin: matter.OriginImported})
	if l.Chosen != 2 || len(l.Candidates[2].Warnings) != 1 {
		t.Errorf("an address of a directory is taken without a warning: %+v", l.Candidates)
	}
}
