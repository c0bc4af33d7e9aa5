package procedure_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"

	"gabarit/engine"
	"gabarit/engine/matter"
	"gabarit/engine/rights/procedure"
)

func TestAccessGoesBeforeErasure(t *testing.T) {
	both := []engine.Right{"erasure", "access"}
	now := instant(t, "2026-12-01 12:00")
	c := course(matter.RegimeEU, "FR")
	if s := procedure.Stand(c, both, now); len(s.Steps) != 2 || s.Steps[0].Right != "access" || s.Steps[1].Right != "erasure" {
		t.Errorf("proposed: %v", s.Steps)
	}
	if _, _, err := procedure.Record(c, sent("erasure", "2026-11-02", "email"), both, now); engine.CodeOf(err) != engine.CodeConflict {
		t.Errorf("erasure was sent before access: %v", err)
	}
	drafted := record(t, c, matter.Event{Kind: matter.EventDrafted, Right: "access", Day: day("2026-11-01")})
	if _, _, err := procedure.Record(drafted, sent("erasure", "2026-11-02", "email"), nil, now); engine.CodeOf(err) != engine.CodeConflict {
		t.Errorf("erasure was sent before an access that was chosen: %v", err)
	}
	c, _, err := procedure.Record(c, sent("access", "2026-11-03", "email"), both, now)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := procedure.Record(c, sent("erasure", "2026-11-02", "email"), both, now); engine.CodeOf(err) != engine.CodeConflict {
		t.Errorf("erasure was sent on a day before access: %v", err)
	}
	c, _, err = procedure.Record(c, sent("erasure", "2026-11-03", "email"), both, now)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := procedure.Record(c, matter.Event{Corrects: 1, Day: day("2026-11-10"), Channel: "email"}, both, now); engine.CodeOf(err) != engine.CodeConflict {
		t.Errorf("a correction turned the order round: %v", err)
	}
	if _, _, err := procedure.Record(course(matter.RegimeEU, "FR"), sent("erasure", "2026-11-02", "email"), []engine.Right{"erasure"}, now); err != nil {
		t.Errorf("erasure alone: %v", err)
	}
}

func TestEachRequestOfACaseHasItsOwnPeriod(t *testing.T) {
	c := record(t, course(matter.RegimeEU, "FR"), sent("access", "2026-11-02", "email"), sent("erasure", "2026-11-20", "email"))
	if _, _, err := procedure.Record(c, at(matter.EventIdentityAsked, "2026-11-21"), nil, instant(t, "2026-12-01 12:00")); engine.CodeOf(err) != engine.CodeInvalid {
		t.Errorf("which request is meant was guessed: %v", err)
	}
	c = record(t, c, matter.Event{Kind: matter.EventAnswered, Right: "access", Day: day("2026-11-25"), Answer: matter.AnswerFull})
	s := procedure.Stand(c, nil, instant(t, "2026-12-10 12:00"))
	if s.Due != day("2026-12-21") || s.State != matter.CourseSent {
		t.Errorf("due %s, %s", s.Due, s.State)
	}
	if s = procedure.Stand(c, nil, instant(t, "2026-12-22 12:00")); s.State != matter.CourseOverdue || s.Next().Right != "erasure" {
		t.Errorf("%s, next %v", s.State, s.Next())
	}
}

func TestLettersThatFollowWaitForTheirDay(t *testing.T) {
	c := record(t, course(matter.RegimeEU, "FR"), sent("access", "2026-11-02", "email"))
	for _, x := range []struct {
		right engine.Right
		now   string
		may   bool
	}{{"erasure", "2026-11-03 12:00", true}, {"reminder", "2026-12-02 12:00", false}, {"complaint", "2026-12-02 12:00", false}, {"reminder", "2026-12-03 12:00", true}, {"complaint", "2026-12-03 12:00", true}} {
		err := procedure.MayWrite(c, nil, x.right, "access", instant(t, x.now))
		if (err == nil) != x.may || err != nil && engine.CodeOf(err) != engine.CodeConflict {
			t.Errorf("%s on %s: %v", x.right, x.now, err)
		}
	}
	if err := procedure.MayWrite(c, nil, "reminder", "erasure", instant(t, "2026-12-10 12:00")); engine.CodeOf(err) != engine.CodeConflict {
		t.Errorf("a reminder of what was never sent: %v", err)
	}
}

func TestARefusalLeadsToAComplaintAtOnce(t *testing.T) {
	c := record(t, course(matter.RegimeEU, "FR"), sent("access", "2026-11-02", "email"),
		matter.Event{Kind: matter.EventAnswered, Day: day("2026-11-10"), Answer: matter.AnswerRefused, Ground: matter.RefusalCap})
	s := procedure.Stand(c, nil, instant(t, "2026-11-10 12:00"))
	if s.State != matter.CourseAnswered || offers(s, matter.StepRemind) || !offers(s, matter.StepComplain) { // a reminder says that the period has passed
		t.Errorf("%s, %v", s.State, s.Steps)
	}
	if s = procedure.Stand(c, nil, instant(t, "2026-12-03 12:00")); s.Next().Kind != matter.StepRemind {
		t.Errorf("after the period: %v", s.Steps)
	}
}

func TestAHolidayOfARegionPutsRemindersOffByAWorkingDay(t *testing.T) {
	// Received on 26 February 2027, due on Good Friday, which is a holiday in Alsace-Moselle only.
	c := record(t, course(matter.RegimeEU, "FR"), sent("access", "2027-02-26", "email"))
	s := procedure.Stand(c, nil, instant(t, "2027-03-27 12:00"))
	th := s.Threads[0]
	want(t, "due", th.End, day("2027-03-26"))
	want(t, "reminder from", th.RemindOn, day("2027-03-31")) // Easter Monday is a holiday, Tuesday the next working day
	if s.State != matter.CourseOverdue || !hasDoubt(th, matter.DoubtRegional) || offers(s, matter.StepRemind) {
		t.Errorf("%s %v %v", s.State, th.Doubts, s.Steps)
	}
}

func TestUKTimeStartsWhenTheIdentityIsKnown(t *testing.T) {
	c := record(t, course(matter.RegimeUK, "GB"), sent("access", "2026-09-01", "email"), at(matter.EventIdentityAsked, "2026-09-03"), at(matter.EventIdentityGiven, "2026-09-10"))
	th := procedure.Stand(c, nil, instant(t, "2026-09-11 12:00")).Threads[0]
	want(t, "due", th.End, day("2026-10-12")) // 10 October is a Saturday
	if hasDoubt(th, matter.DoubtIdentity) {
		t.Error("UK law leaves no doubt here")
	}
}

func TestRegimesNeverMix(t *testing.T) {
	for r, due := range map[matter.Regime]string{matter.RegimeEU: "2026-12-21", matter.RegimeUK: "2026-12-21", matter.RegimeCH: "2026-12-21", matter.RegimeCalifornia: "2027-01-04"} {
		s := standing(t, course(r, "DE"), "2026-11-21 12:00", sent("access", "2026-11-20", "email"))
		want(t, string(r), s.Due, day(due))
	}
	s := standing(t, course(matter.RegimeIllinois, "US"), "2027-11-21 12:00", sent("erasure", "2026-11-20", "email"))
	if !s.Due.IsZero() || s.State == matter.CourseOverdue || offers(s, matter.StepComplain) || offers(s, matter.StepRemind) {
		t.Errorf("a law without a period gave one: due %s, %s, %v", s.Due, s.State, s.Steps)
	}
	s = standing(t, course(matter.RegimeCalifornia, "US"), "2027-02-21 12:00", sent("access", "2026-11-20", "email"))
	if offers(s, matter.StepComplain) || !s.Complaint.AuthorityDue.IsZero() {
		t.Errorf("an authority of the GDPR under Californian law: %v", s.Steps)
	}
	ch := record(t, course(matter.RegimeCH, "CH"), sent("access", "2026-11-20", "email"), matter.Event{Kind: matter.EventComplained, Day: day("2027-01-04"), Authority: "CH"})
	if s := procedure.Stand(ch, nil, instant(t, "2027-01-05 12:00")); !s.Complaint.AuthorityDue.IsZero() {
		t.Errorf("art. 78(2) GDPR in Switzerland: %s", s.Complaint.AuthorityDue)
	}
}

func TestStoredCoursesAreReadSafely(t *testing.T) {
	c := record(t, course(matter.RegimeEU, "FR"), sent("access", "2026-11-02", "email"))
	raw, err := c.Encode()
	if err != nil {
		t.Fatal(err)
	}
	back, err := matter.ReadCourse(raw)
	if err != nil || len(back.Events) != 1 || back.Events[0].Day != day("2026-11-02") || back.To != c.To {
		t.Errorf("%+v %v", back, err)
	}
	for raw, code := range map[string]engine.Code{"": "", `{"V":2}`: engine.CodeUnsupported, `{}`: engine.CodeCorrupt, `{"V":1,"Events":3}`: engine.CodeCorrupt, `[`: engine.CodeCorrupt,
		`{"V":1,"Events":[{"Day":"2026-02-30"}]}`: engine.CodeCorrupt} {
		if _, err := matter.ReadCourse([]byte(raw)); engine.CodeOf(err) != code {
			t.Errorf("%q: %v, want %q", raw, err, code)
		}
	}
}

// FuzzStand makes a standing of any course that can be read: it never panics, and no state but those there are comes out.
func FuzzStand(f *testing.F) {
	f.Add([]byte(`{"V":1,"Regime":"eu_gdpr","To":{"Country":"FR"},"Events":[{"No":1,"Kind":"sent","Right":"access","Day":"2026-11-02","Channel":"email"},{"No":2,"Kind":"received","Right":"access","Day":"2026-11-02","Corrects":1}]}`))
	f.Add([]byte(`{"V":1,"Events":[{"No":1,"Corrects":1,"Kind":"sent"},{"Kind":"identity_asked"}]}`))
	f.Add([]byte(`{"V":1,"To":{"Country":"GB","Zone":"Local"},"Events":[{"No":9,"Kind":"extended","Day":"9999-12-31","Until":"0001-01-01"}]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		c, err := matter.ReadCourse(raw)
		if err != nil {
			return
		}
		s := procedure.Stand(c, nil, instant(t, "2026-11-02 12:00"))
		if !slices.Contains(matter.CourseStates(), s.State) {
			t.Errorf("state %q", s.State)
		}
		matter.CaseView{Course: c, Standing: s}.Record()
	})
}

func TestAComplaintIsCheckedAgainstWhatItsAuthorityAsks(t *testing.T) {
	table := authorities(t)
	ready := matter.Filing{Lang: "fr", Signed: true, Address: true, PriorRequest: day("2026-11-02"), Proof: true, Files: []matter.FilingFile{{Name: "a.pdf", Size: 1000}}}
	for _, x := range []struct {
		id     string
		change func(*matter.Filing)
		stops  int
	}{
		{"FR", func(*matter.Filing) {}, 0},
		{"FR", func(f *matter.Filing) { f.Lang = "en" }, 1},
		{"FR", func(f *matter.Filing) { f.PriorRequest = matter.Day{}; f.Proof = false }, 2},
		{"BE", func(f *matter.Filing) { f.Signed = false }, 1},
		{"BE", func(f *matter.Filing) { f.Lang = "de" }, 0},
		{"NL", func(f *matter.Filing) { f.Anonymous = true }, 1},
		{"GB", func(f *matter.Filing) { f.Files = slices.Repeat(f.Files, 5) }, 1},
		{"GB", func(f *matter.Filing) { f.Files[0].Size = 4 << 20 }, 1},
		{"PL", func(f *matter.Filing) { f.Signed = false; f.Address = false }, 2},
	} {
		a, err := table.Get(x.id)
		if err != nil {
			t.Fatal(err)
		}
		f := ready
		f.Files = slices.Clone(ready.Files)
		x.change(&f)
		n := 0
		for _, found := range procedure.Preflight(a, f) {
			if found.Stops {
				n++
			}
		}
		if n != x.stops {
			t.Errorf("%s: %d stops, want %d: %+v", x.id, n, x.stops, procedure.Preflight(a, f))
		}
	}
	if _, err := table.Get("XX"); engine.CodeOf(err) != engine.CodeNotFound {
		t.Errorf("an authority that is none: %v", err)
	}
}

// The table has an entry for each country that has public holidays here, how sure each address is, and French for what is found.
func TestTheTableOfAuthoritiesIsComplete(t *testing.T) {
	table := authorities(t)
	ids := map[string]bool{}
	for _, a := range table.All() {
		if ids[a.ID] || a.Name == "" || a.Complaint == "" || !slices.Contains([]string{"A", "A-", "B", "C"}, a.Confidence) || !procedure.Known(a.Country) {
			t.Errorf("%+v", a)
		}
		ids[a.ID] = true
	}
	for _, c := range procedure.Countries() {
		if !ids[c] {
			t.Errorf("no authority for %s", c)
		}
	}
	french := map[string]string{}
	files, _ := fs.Glob(os.DirFS("../../../assets/translations"), "*.fr.json")
	for _, f := range files {
		data, err := os.ReadFile("../../../assets/translations/" + f)
		if err != nil {
			t.Fatal(err)
		}
		var texts map[string]any
		if err := json.Unmarshal(data, &texts); err != nil {
			t.Fatal(err)
		}
		for k, v := range texts {
			if s, ok := v.(string); ok {
				french[k] = s
			}
		}
	}
	for _, a := range table.All() {
		worst := matter.Filing{Lang: "xx", Anonymous: true, Files: []matter.FilingFile{{Name: "x.zip", Size: 1 << 30}, {Name: "b"}, {Name: "c"}, {Name: "d"}, {Name: "e"}}}
		for _, found := range procedure.Preflight(a, worst) {
			if french[found.Text] == "" {
				t.Errorf("%s: no French for %q", a.ID, found.Text)
			}
		}
	}
}

func TestACalendarIsWhatRFC5545Asks(t *testing.T) {
	long := strings.Repeat("échéance, ", 20) + "fin; \\ \r\n\x07"
	data := string(procedure.Calendar([]procedure.CalendarEntry{{UID: "a@gabarit", Day: day("2026-12-31"), Summary: long, Note: "one\ntwo"}}, instant(t, "2026-11-02 12:00")))
	for i, line := range strings.Split(strings.TrimSuffix(data, "\r\n"), "\r\n") {
		if len(line) > 75 || strings.ContainsAny(line, "\r\n\x07") || strings.ToValidUTF8(line, "") != line {
			t.Errorf("line %d: %d octets: %q", i, len(line), line)
		}
	}
	flat := strings.ReplaceAll(data, "\r\n ", "")
	for _, want := range []string{"DTSTART;VALUE=DATE:20261231\r\n", "DTEND;VALUE=DATE:20270101\r\n", `SUMMARY:` + strings.Repeat(`échéance\, `, 20) + `fin\; \\ \n` + "\r\n", `DESCRIPTION:one\ntwo` + "\r\n"} {
		if !strings.Contains(flat, want) {
			t.Errorf("no %q in\n%s", want, flat)
		}
	}
}

func TestASwissControllerSaysUntilWhenAndNeedsNoReasons(t *testing.T) {
	until := matter.Event{Kind: matter.EventExtended, Day: day("2026-12-10"), Until: day("2027-01-29")}
	s := standing(t, course(matter.RegimeCH, "CH"), "2026-12-11 12:00", sent("access", "2026-11-20", "email"), until)
	if th := s.Threads[0]; th.Extended.NoReasons || th.End != day("2027-01-29") {
		t.Errorf("%+v, ends %s", th.Extended, th.End)
	}
	s = standing(t, course(matter.RegimeCH, "CH"), "2026-12-11 12:00", sent("access", "2026-11-20", "email"), at(matter.EventExtended, "2026-12-10"))
	want(t, "without a date", s.Threads[0].End, day("2026-12-21"))
}

func TestAnExtensionLastsNoLongerThanTheLawAllowsWhateverTheControllerNames(t *testing.T) {
	for _, x := range []struct {
		regime     matter.Regime
		named, end string
	}{
		{matter.RegimeEU, "2026-09-30", "2026-04-30"}, // art. 12(3): two further months, from receipt (vector X02)
		{matter.RegimeEU, "2026-04-15", "2026-04-15"}, // the controller may promise an earlier day
		{matter.RegimeUK, "2026-09-30", "2026-04-30"},
		{matter.RegimeCalifornia, "2026-09-30", "2026-05-01"},
		{matter.RegimeCH, "2026-09-30", "2026-09-30"}, // the law names no date there
	} {
		e := matter.Event{Kind: matter.EventExtended, Day: day("2026-02-20"), Reasons: "many requests", Until: day(x.named)}
		th := standing(t, course(x.regime, "FR"), "2026-11-20 12:00", sent("access", "2026-01-31", "email"), e).Threads[0]
		want(t, string(x.regime)+" until "+x.named, th.End, day(x.end))
		want(t, string(x.regime)+" complaint after "+x.named, th.Complain, day(x.end).AddDays(1))
		if beyond := x.named != x.end; beyond != (th.Extended.Named == day(x.named)) {
			t.Errorf("%s: a day that the law does not allow is not told: %+v", x.regime, th.Extended)
		}
	}
}
