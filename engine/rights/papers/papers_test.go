package papers_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"golang.org/x/net/html"

	"gabarit/assets"
	"gabarit/engine"
	"gabarit/engine/matter"
	"gabarit/engine/rights/papers"
)

// wellFormed reads a page as tokens and checks that every element is closed where it must be, that nothing runs or is loaded from
// elsewhere, and gives the text that is shown.
func wellFormed(t *testing.T, page []byte) string {
	t.Helper()
	void := map[string]bool{"meta": true, "br": true, "!doctype": true}
	var open []string
	var text strings.Builder
	for z := html.NewTokenizer(bytes.NewReader(page)); ; {
		switch z.Next() {
		case html.ErrorToken:
			if len(open) > 0 {
				t.Errorf("not closed: %v", open)
			}
			return text.String()
		case html.StartTagToken:
			tok := z.Token()
			switch tok.Data {
			case "script", "iframe", "img", "object", "link", "form", "svg":
				t.Errorf("the page has a <%s>", tok.Data)
			}
			for _, a := range tok.Attr {
				if strings.HasPrefix(a.Key, "on") || a.Key == "src" || a.Key == "href" && !strings.HasPrefix(a.Val, "mailto:") && !strings.HasPrefix(a.Val, "https://") {
					t.Errorf("<%s %s=%q>", tok.Data, a.Key, a.Val)
				}
			}
			if !void[tok.Data] {
				open = append(open, tok.Data)
			}
		case html.EndTagToken:
			tok := z.Token()
			if n := len(open); n == 0 || open[n-1] != tok.Data {
				t.Fatalf("</%s> while open is %v", tok.Data, open)
			}
			open = open[:len(open)-1]
		case html.TextToken:
			text.WriteString(z.Token().Data)
		}
	}
}

func notice(t *testing.T, lang string, k papers.Known, i int) string {
	t.Helper()
	s, err := texts().Notice(lang, k, k.Collections[i], at("2026-11-02"), say(lang))
	must(t, err)
	page, err := papers.HTML(s, say(lang))
	must(t, err)
	return string(page)
}

func TestANoticeSaysWhatArticle14Asks(t *testing.T) {
	for lang, want := range map[string][]string{
		"en": {`<html lang="en">`, "Example Archive Inc.", "Rep SARL", "Dana Officer", "history of the parade", "legitimate interests (GDPR article 6(1)(f))", "data manifestly made public by the person (GDPR article 9(2)(e))",
			"press.example", "180 days", "Court clerk", "Store It", "standard clauses", "CNIL", "You can object at any time", "mailto:privacy@archive.example", "No form is needed", "2026-11-02"},
		"fr": {`<html lang="fr">`, "Example Archive Inc.", "Rep SARL", "intérêts légitimes (RGPD, article 6, §\u00a01, f)", "180 jours", "Court clerk", "Vous pouvez vous opposer à tout moment", "Aucun formulaire", "2026-11-02"},
	} {
		page := notice(t, lang, known(), 0)
		wellFormed(t, []byte(page))
		for _, s := range want {
			if !strings.Contains(page, s) {
				t.Errorf("%s: %q is missing", lang, s)
			}
		}
		for _, s := range []string{"Former Client", "To be written", "À rédiger", "Représentant dans l’Union n’est", "<no value>", "{{", "class=\"gap\""} {
			if strings.Contains(page, s) {
				t.Errorf("%s: %q is there", lang, s)
			}
		}
	}
}

func TestANoticeFollowsTheBasis(t *testing.T) {
	k := known()
	page := notice(t, "en", k, 1)
	if !strings.Contains(page, "You can withdraw a consent") || strings.Contains(page, "You can object at any time") {
		t.Error("a collection on consent: withdrawal is missing, or objection offered")
	}
	k.Collections[0].Basis = "legal-obligation"
	if page = notice(t, "en", k, 0); !strings.Contains(page, "To be written:") || !strings.Contains(page, "the law that these grounds rest on") {
		t.Error("the law is not asked for")
	}
}

// What leaves the program carries what the profile lacks (case B-16).
func TestB16PapersCarryTheGap(t *testing.T) {
	k := known()
	k.Profile.EU = matter.Representative{}
	for lang, gap := range map[string]string{"en": "No representative in the Union is designated", "fr": "Aucun représentant dans l’Union n’est désigné"} {
		dpia, err := texts().DPIA(lang, k, say(lang))
		must(t, err)
		records := papers.NewRecords(k, say(lang))
		pages := map[string]string{"notice": notice(t, lang, k, 0)}
		for name, s := range map[string]papers.Sheet{"dpia": dpia, "records": records.Sheet(lang, k, say(lang))} {
			page, err := papers.HTML(s, say(lang))
			must(t, err)
			pages[name] = string(page)
		}
		table, err := records.CSV(say(lang))
		must(t, err)
		pages["csv"] = string(table)
		for name, page := range pages {
			if !strings.Contains(page, gap) {
				t.Errorf("%s in %s does not tell of the gap", name, lang)
			}
		}
	}
}

const hostile = "<script>alert(1)</script>\n# Title\r\n- item {{.Controller}} \" onload='x' & =cmd|' /C calc'!A0 \u2028 javascript:alert(1) \U0001F600"

func hostileKnown() papers.Known {
	k := known()
	k.Profile.Name, k.Profile.Address, k.Profile.Authority.Name, k.Profile.Measures, k.Profile.DPO.Name = hostile, hostile, hostile, hostile, hostile
	k.Collections[0].Name, k.Collections[0].Purpose, k.Collections[0].Scope, k.Collections[0].Controller = hostile, "=1+1", hostile, hostile
	k.Recipients[0].Name, k.Recipients[0].What, k.Orders[0].Ordered, k.Orders[0].Reference = "=HYPERLINK(1)", hostile, hostile, hostile
	return k
}

func TestHostileNamesStayText(t *testing.T) {
	k := hostileKnown()
	for _, lang := range papers.Languages() {
		page := notice(t, lang, k, 0)
		text := wellFormed(t, []byte(page))
		if strings.Count(page, "<h1>") != 1 || strings.Count(page, "<h2>") != strings.Count(notice(t, lang, known(), 0), "<h2>") {
			t.Error("a name made a heading")
		}
		if !strings.Contains(text, "<script>alert(1)</script>") || !strings.Contains(text, "{{.Controller}}") {
			t.Error("the name is not shown as it is")
		}
		dpia, err := texts().DPIA(lang, k, say(lang))
		must(t, err)
		for _, s := range []papers.Sheet{dpia, papers.NewRecords(k, say(lang)).Sheet(lang, k, say(lang))} {
			page, err := papers.HTML(s, say(lang))
			must(t, err)
			wellFormed(t, page)
			if lang == "fr" {
				continue // the same, but for the words
			}
			pdf, err := papers.PDF(s, say(lang))
			must(t, err)
			if !bytes.HasPrefix(pdf, []byte("%PDF")) {
				t.Error("no PDF")
			}
			again, err := papers.PDF(s, say(lang))
			must(t, err)
			if !bytes.Equal(pdf, again) {
				t.Error("the same sheet gave another PDF")
			}
		}
	}
}

func TestRecordsHaveARowForEachActivityInEveryFormat(t *testing.T) {
	k := hostileKnown()
	for _, lang := range papers.Languages() {
		r := papers.NewRecords(k, say(lang))
		if len(r.Activities) != len(k.Collections)+6 {
			t.Errorf("%d activities", len(r.Activities))
		}
		data, err := r.CSV(say(lang))
		must(t, err)
		rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
		must(t, err)
		if len(rows) != len(r.Activities)+1 {
			t.Errorf("%d rows", len(rows))
		}
		for _, row := range rows {
			for i, cell := range row {
				if cell != "" && strings.ContainsRune("=+-@", rune(cell[0])) {
					t.Errorf("a spreadsheet would run %q", cell)
				}
				if rows[0][i] == "" {
					t.Error("a column without a head")
				}
			}
		}
		js, err := papers.JSON(r)
		must(t, err)
		var back papers.Records
		must(t, json.Unmarshal(js, &back))
		for i, a := range back.Activities {
			if a != r.Activities[i] || a.Name == "" || a.Purposes == "" || a.Basis == "" || a.Subjects == "" || a.Categories == "" || a.Retention == "" || a.Measures == "" || a.Controller == "" {
				t.Errorf("activity %d: %+v", i, a)
			}
		}
	}
}

// Every phrase of the papers is in French, and every text has the same shape in both languages.
func TestPapersAreCompleteInBothLanguages(t *testing.T) {
	french := map[string]string{}
	names, err := fs.Glob(assets.FS(), "translations/*.fr.json") // some words are shared with the window
	must(t, err)
	for _, name := range names {
		data, err := fs.ReadFile(assets.FS(), name)
		must(t, err)
		var texts map[string]any
		must(t, json.Unmarshal(data, &texts))
		for k, v := range texts {
			if text, ok := v.(string); ok {
				french[k] = text
			}
		}
	}
	asked := map[string]bool{}
	record := func(english string, pairs ...any) string {
		asked[english] = true
		return say("fr")(english, pairs...)
	}
	k := known()
	for _, g := range engine.Bases() {
		k.Collections = append(k.Collections, engine.CollectionInfo{Collection: engine.Collection{Name: g.Key, Basis: g.Key, Condition: "health", Scope: "local"}})
	}
	for _, g := range engine.ConditionGrounds() {
		k.Collections = append(k.Collections, engine.CollectionInfo{Collection: engine.Collection{Name: g.Key, Basis: "consent", Condition: g.Key, Scope: "local", Controller: "C"}})
	}
	k.Orders = append(k.Orders, matter.Order{Authority: "A", Due: at("2027-01-01")}, matter.Order{Authority: "A", ClosedAt: at("2026-01-01")})
	for _, p := range []matter.Profile{profile(), {}, {Party: matter.Party{Name: "N"}, Territory: matter.TerritoryOffering}} {
		for _, sealed := range []bool{true, false} {
			k.Profile, k.Passphrase = p, sealed
			dpia, err := texts().DPIA("fr", k, record)
			must(t, err)
			r := papers.NewRecords(k, record).Sheet("fr", k, record)
			for _, s := range []papers.Sheet{dpia, r} {
				_, err = papers.HTML(s, record)
				must(t, err)
			}
		}
	}
	_, err = papers.PDF(papers.Sheet{Lang: "fr", Title: "漢字"}, record)
	must(t, err)
	if len(asked) < 90 {
		t.Fatalf("only %d phrases asked for", len(asked))
	}
	for s := range asked {
		if french[s] == "" {
			t.Errorf("no French for %q", s)
		}
	}
	for _, paper := range []string{"dpia", "notice"} {
		shapes := map[string][]string{}
		for _, lang := range papers.Languages() {
			data, err := fs.ReadFile(assets.FS(), "papers/"+paper+"."+lang+".txt")
			must(t, err)
			for line := range strings.Lines(string(data)) {
				mark, _, _ := strings.Cut(line, " ")
				if !strings.HasPrefix(mark, "@") && !strings.Contains("# ## - ! //", mark) {
					mark = "text"
				}
				shapes[lang] = append(shapes[lang], strings.TrimSpace(mark))
			}
		}
		if strings.Join(shapes["en"], " ") != strings.Join(shapes["fr"], " ") {
			t.Errorf("%s differs in its lines:\n%v\n%v", paper, shapes["en"], shapes["fr"])
		}
	}
}

func TestADPIAMarksWhatAPersonMustWrite(t *testing.T) {
	for _, lang := range papers.Languages() {
		s, err := texts().DPIA(lang, known(), say(lang))
		must(t, err)
		if s.ToWrite() != 13 {
			t.Errorf("%s: %d places to write", lang, s.ToWrite())
		}
		headings := 0
		for _, b := range s.Blocks {
			if b.Kind == papers.BlockHeading {
				headings++
			}
		}
		page, err := papers.HTML(s, say(lang))
		must(t, err)
		text := wellFormed(t, page)
		if headings != 8 || !strings.Contains(text, "12\u00a0345") || !strings.Contains(text, "dlib-resnet-v1") || !strings.Contains(text, map[string]string{"en": "0.000027", "fr": "0,000027"}[lang]) || !strings.Contains(text, "MED-1") {
			t.Errorf("%s: %d headings, or what the vault knows is missing", lang, headings)
		}
	}
}

func TestTextsThatAreDamagedAreRefused(t *testing.T) {
	for name, text := range map[string]string{"an unknown part": "@nothing", "an unknown field": "{{.Nothing}}", "an open action": "{{if"} {
		damaged := papers.NewTexts(fstest.MapFS{"papers/dpia.en.txt": {Data: []byte(text)}})
		if _, err := damaged.DPIA("en", known(), say("en")); engine.CodeOf(err) != engine.CodeInternal {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := texts().DPIA("de", known(), say("en"))
	wantInvalid(t, err, "en or fr")
}

func TestStatisticsCountByMonthAndHoldNoPurpose(t *testing.T) {
	s := known().Stats
	if s.Entries != 2 || s.Months["2026-10"].Counts["search.returned"] != 2 || s.Total.Counts["search.matches"] != 4 || s.Total.Actions[engine.ActionErased] != 1 {
		t.Errorf("statistics: %+v", s)
	}
	data, err := papers.JSON(s)
	must(t, err)
	table, err := s.CSV()
	must(t, err)
	if bytes.Contains(data, []byte("Jane")) || bytes.Contains(table, []byte("Jane")) {
		t.Error("a purpose is in the statistics")
	}
	rows, err := csv.NewReader(bytes.NewReader(table)).ReadAll()
	must(t, err)
	if len(rows) != 4 || rows[3][0] != "total" {
		t.Errorf("rows: %v", rows)
	}
}

func FuzzNoticeStaysWellFormed(f *testing.F) {
	f.Add(hostile, "a@b.example")
	f.Add("https://x.example/?a=\"><b>", "mailto:<x>")
	f.Fuzz(func(t *testing.T, name, contact string) {
		k := known()
		k.Collections[0].Name, k.Collections[0].Purpose, k.Profile.Email = name, name+contact, contact
		s, err := texts().Notice("en", k, k.Collections[0], time.Time{}, say("en"))
		must(t, err)
		page, err := papers.HTML(s, say("en"))
		must(t, err)
		if bytes.Count(page, []byte("<h1>")) != 1 || bytes.Contains(page, []byte("<b>")) || bytes.Contains(bytes.ToLower(page), []byte("<script")) {
			t.Error("a value became a tag")
		}
	})
}

func TestTheFrenchAssessmentHasNoEnglishNumbersOrLooseSemicolons(t *testing.T) {
	k := known()
	k.Rates = []papers.Rate{{Distance: .4, Share: 2.4e-6, Expected: .00065}}
	k.RatesFrom = "64,862,472 pairs of different people among 11,411 photos of 5,000 people (Labeled Faces in the Wild), dlib ResNet v1"
	for lang, want := range map[string][]string{"en": {"0.40", "0.0000024", "0.00065", "64,862,472 pairs"}, "fr": {"0,40", "0,0000024", "0,00065", "64 862 472 paires de personnes différentes"}} {
		s, err := texts().DPIA(lang, k, say(lang))
		if err != nil {
			t.Fatal(err)
		}
		var all strings.Builder
		for _, b := range s.Blocks {
			all.WriteString(b.Text + "\n")
			if lang == "fr" && strings.ContainsAny(strings.ReplaceAll(b.Text, " ;", "|"), "|") {
				t.Errorf("a line may begin with a semicolon: %s", b.Text)
			}
			for _, row := range b.Table.Rows {
				all.WriteString(strings.Join(row, "|") + "\n")
			}
		}
		for _, w := range want {
			if !strings.Contains(all.String(), w) {
				t.Errorf("%s: no %q in\n%s", lang, w, all.String())
			}
		}
	}
}
