package papers_test

import (
	"encoding/json"
	"reflect"
	"regexp"
	"slices"
	"testing"
	"time"

	"gabarit/engine"
	"gabarit/engine/matter"
	"gabarit/engine/rights/papers"
)

// Case B-16: no representative, scope 3(2): nothing may be collected.
func TestB16CollectingIsBlockedWithoutARepresentative(t *testing.T) {
	must(t, papers.MayCollect(matter.Profile{})) // nothing recorded: nobody said that article 3(2) applies
	for name, change := range map[string]func(*matter.Profile){
		"nobody is named":             func(p *matter.Profile) { p.EU = matter.Representative{} },
		"it can't be reached":         func(p *matter.Profile) { p.EU.Address = "" },
		"it is outside the Union":     func(p *matter.Profile) { p.EU.Country = "CH" },
		"there is no mandate":         func(p *matter.Profile) { p.EU.Mandated = time.Time{} },
		"it offers goods or services": func(p *matter.Profile) { p.Territory, p.EU = matter.TerritoryOffering, matter.Representative{} },
		"only a UK one is named":      func(p *matter.Profile) { p.UK, p.EU = p.EU, matter.Representative{} },
	} {
		t.Run(name, func(t *testing.T) {
			p := profile()
			must(t, papers.MayCollect(p))
			change(&p)
			wantInvalid(t, papers.MayCollect(p), "representative in the Union")
			if !slices.Contains(p.Gaps(), matter.GapRepresentative) {
				t.Errorf("gaps: %v", p.Gaps())
			}
		})
	}
	for _, other := range []matter.Territory{matter.TerritoryEstablish, matter.TerritoryNone} {
		p := profile()
		p.Territory, p.EU = other, matter.Representative{}
		must(t, papers.MayCollect(p))
	}
}

func TestProfilesAreChecked(t *testing.T) {
	must(t, papers.CheckProfile(profile()))
	for name, c := range map[string]struct {
		change func(*matter.Profile)
		want   string
	}{
		"no name":                         {func(p *matter.Profile) { p.Name = "" }, "needs a name"},
		"an unknown scope":                {func(p *matter.Profile) { p.Territory = "3(3)" }, "3(2)(a)"},
		"none without reasons":            {func(p *matter.Profile) { p.Territory, p.Reasons = matter.TerritoryNone, " " }, "reasons"},
		"3(2) with a seat in the Union":   {func(p *matter.Profile) { p.Country = "FR" }, "3(1)"},
		"3(2) without a country":          {func(p *matter.Profile) { p.Country = "" }, "country"},
		"a representative from elsewhere": {func(p *matter.Profile) { p.EU.Country = "GB" }, "27(3)"},
		"a representative without a name": {func(p *matter.Profile) { p.CH.Address = "Bern" }, "needs a name"},
		"a country in words":              {func(p *matter.Profile) { p.DPO.Country = "France" }, "two capital letters"},
		"an e-mail address with a name":   {func(p *matter.Profile) { p.Email = "A <a@b.example>" }, "e-mail"},
		"a joint controller without name": {func(p *matter.Profile) { p.Joint = []matter.Party{{Country: "FR"}} }, "joint"},
	} {
		t.Run(name, func(t *testing.T) {
			p := profile()
			c.change(&p)
			wantInvalid(t, papers.CheckProfile(p), c.want)
		})
	}
}

func TestRecipientsAreChecked(t *testing.T) {
	for _, r := range known().Recipients {
		must(t, papers.CheckRecipient(r))
	}
	third := known().Recipients[1]
	third.Safeguards = ""
	wantInvalid(t, papers.CheckRecipient(third), "safeguards")
	wantInvalid(t, papers.CheckRecipient(matter.Recipient{}), "name")
}

func TestAnOrderIsOverdueOnlyOnceItsDayHasPassedAndCloseNeedsProof(t *testing.T) {
	o := known().Orders[0]
	must(t, papers.CheckOrder(o))
	paris, err := time.LoadLocation("Europe/Paris")
	must(t, err)
	for when, want := range map[time.Time]matter.OrderState{
		time.Date(2026, 11, 1, 23, 59, 0, 0, paris): matter.OrderOpen,
		time.Date(2026, 11, 2, 0, 1, 0, 0, paris):   matter.OrderOverdue, // still 1 November in UTC
		at("2026-11-01"): matter.OrderOpen,
	} {
		if got := o.State(when); got != want {
			t.Errorf("at %v: %s, want %s", when, got, want)
		}
	}
	if days, cost := o.DaysLate(at("2026-11-28")), o.PenaltySoFar(at("2026-11-28")); days != 27 || cost != 270_000_000 {
		t.Errorf("%d days late, %d hundredths", days, cost)
	}
	_, err = papers.CloseOrder(o, "done", at("2026-11-28"))
	wantInvalid(t, err, "without proof")
	o.Proof = []matter.Proof{{File: "f"}}
	closed, err := papers.CloseOrder(o, "done", at("2026-11-28"))
	must(t, err)
	if closed.State(at("2027-11-28")) != matter.OrderClosed || closed.DaysLate(at("2027-11-28")) != 27 {
		t.Errorf("closed: %+v, %d days", closed, closed.DaysLate(at("2027-11-28")))
	}
	if _, err = papers.CloseOrder(closed, "", at("2026-11-29")); engine.CodeOf(err) != engine.CodeConflict {
		t.Errorf("closing twice: %v", err)
	}
	o.Due = at("2026-08-31")
	wantInvalid(t, papers.CheckOrder(o), "before")
}

// Case T12: images collected on 2026-11-02 are to be told of by 2026-12-02, or at the first disclosure if that is earlier.
func TestT12NoticeIsDueWithinAMonthOrAtTheFirstDisclosure(t *testing.T) {
	disclosed := func(day string) []matter.Recipient { return []matter.Recipient{{Since: at(day)}} }
	for name, c := range map[string]struct {
		collected  time.Time
		recipients []matter.Recipient
		want       string
	}{
		"a month":                          {at("2026-11-02"), nil, "2026-12-02"},
		"a recipient that got nothing yet": {at("2026-11-02"), []matter.Recipient{{}}, "2026-12-02"},
		"disclosed before the month ends":  {at("2026-11-02"), disclosed("2026-11-20"), "2026-11-20"},
		"disclosed later":                  {at("2026-11-02"), disclosed("2026-12-20"), "2026-12-02"},
		"disclosed as it is collected":     {at("2026-11-02"), disclosed("2026-01-01"), "2026-11-02"},
		"a recipient of the past":          {at("2026-11-02"), []matter.Recipient{{Since: at("2026-01-01"), Removed: at("2026-02-01")}}, "2026-12-02"},
		"a shorter month":                  {at("2027-01-31"), nil, "2027-02-28"},
		"over the end of a year":           {at("2026-12-15"), nil, "2027-01-15"},
		"a leap year":                      {at("2028-01-31"), nil, "2028-02-29"},
	} {
		if got := papers.NoticeDue(c.collected, c.recipients).Format(time.DateOnly); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// Case B-17: nationality, origin and age have no field in any type of the rights; what is sent along is not stored.
func TestB17NoFieldForNationalityExists(t *testing.T) {
	forbidden := regexp.MustCompile(`(?i)national|citizen|ethnic|race|origin|religio|birth|passport|residen`)
	for _, v := range []any{matter.Paper{}, matter.ProofFile{}, papers.Known{}, papers.Records{}} {
		for _, name := range fields(reflect.TypeOf(v), nil) {
			if forbidden.MatchString(name) {
				t.Errorf("%T has a field %s", v, name)
			}
		}
	}
	var p matter.Paper
	must(t, json.Unmarshal([]byte(`{"version":1,"recipient":{"name":"A","nationality":"FR"}}`), &p))
	if data, err := json.Marshal(p); err != nil || forbidden.Match(data) {
		t.Errorf("stored: %s %v", data, err)
	}
}

// Case B-07: nothing that limits whose data, from when, or how often can be set in the papers.
func TestB07NoFieldLimitsRequests(t *testing.T) {
	forbidden := regexp.MustCompile(`(?i)max|limit|peryear|per_year|twice|month|period|interval|quota|notbefore|oldest`)
	for _, v := range []any{matter.Paper{}, matter.ProofFile{}} {
		names := fields(reflect.TypeOf(v), nil)
		if len(names) < 3 {
			t.Fatalf("only %v found", names)
		}
		for _, name := range names {
			if forbidden.MatchString(name) {
				t.Errorf("%T has a field %s", v, name)
			}
		}
	}
}

// fields lists the names and JSON keys of a type, and of the types of its fields.
func fields(t reflect.Type, seen []reflect.Type) (names []string) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || slices.Contains(seen, t) || t == reflect.TypeOf(time.Time{}) {
		return nil
	}
	for i := range t.NumField() {
		f := t.Field(i)
		names = append(names, f.Name, f.Tag.Get("json"))
		names = append(names, fields(f.Type, append(seen, t))...)
	}
	return names
}
