package cases_test

import (
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gabarit/app/cases"
	"gabarit/app/opened"
	"gabarit/engine"
	"gabarit/engine/enginetest"
	"gabarit/engine/matter"
)

// door leads to a vault in memory whose clock the test sets.
type door struct {
	store *enginetest.Store
	now   time.Time
	told  []engine.Event
}

func (d *door) Enter(ctx context.Context, _ string) (opened.Vault, context.Context, func(), error) {
	return opened.Vault{Store: d.store}, ctx, func() {}, nil
}
func (d *door) Tell(hints ...engine.Event) { d.told = append(d.told, hints...) }
func (d *door) Now() time.Time             { return d.now }

func at(s string) time.Time {
	t, err := time.Parse("2006-01-02 15:04", s)
	if err != nil {
		panic(err)
	}
	return t
}

func day(s string) matter.Day { return matter.DayOf(at(s+" 00:00"), time.UTC) }

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// open makes cases about one find each, in a vault of their own.
func open(t *testing.T, sites ...string) (*door, *cases.Matters, []engine.CaseID) {
	t.Helper()
	d := &door{store: enginetest.NewStore(), now: at("2026-11-02 12:00")}
	d.store.Now = func() time.Time { return d.now }
	m := cases.New(d)
	var ids []engine.CaseID
	for _, s := range sites {
		made, err := m.OpenCases(t.Context(), []engine.CaseItem{{Source: engine.Provenance{PageURL: "https://" + s + "/p"}, FoundAt: d.now}})
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, made[0].ID)
	}
	return d, m, ids
}

func french(t *testing.T, m *cases.Matters, id engine.CaseID) {
	t.Helper()
	if _, err := m.SetCourse(t.Context(), id, matter.CourseSettings{Regime: matter.RegimeEU, Residence: "FR", To: matter.Addressee{Name: "=Exemple SA", Country: "FR"}}); err != nil {
		t.Fatal(err)
	}
}

func sent(on string) matter.Event {
	return matter.Event{Kind: matter.EventSent, Right: "access", Day: day(on), Channel: matter.ChannelEmail}
}

func TestACaseGoesFromItsLetterToItsEnd(t *testing.T) {
	d, m, ids := open(t, "a.example")
	french(t, m, ids[0])
	step := func(now string, e matter.Event, want matter.CourseState, next matter.StepKind) {
		t.Helper()
		d.now = at(now)
		v, err := m.RecordEvent(t.Context(), ids[0], e, nil)
		if err != nil {
			t.Fatal(err)
		}
		if v.Standing.State != want || v.Standing.Next().Kind != next {
			t.Errorf("after %s: %s, next %v; want %s, %s", e.Kind, v.Standing.State, v.Standing.Steps, want, next)
		}
	}
	look := func(now string, want matter.CourseState, next matter.StepKind) {
		t.Helper()
		d.now = at(now)
		v, err := m.CaseView(t.Context(), ids[0])
		if err != nil || v.Standing.State != want || v.Standing.Next().Kind != next {
			t.Errorf("on %s: %s, next %v (%v); want %s, %s", now, v.Standing.State, v.Standing.Steps, err, want, next)
		}
	}
	step("2026-11-02 12:00", sent("2026-11-02"), matter.CourseSent, matter.StepReceipt)
	step("2026-11-03 12:00", matter.Event{Kind: matter.EventReceived, Day: day("2026-11-02")}, matter.CourseWaiting, matter.StepWait)
	look("2026-12-02 20:00", matter.CourseWaiting, matter.StepWait)
	look("2026-12-03 09:00", matter.CourseOverdue, matter.StepRemind)
	step("2026-12-04 09:00", matter.Event{Kind: matter.EventAnswered, Day: day("2026-12-04"), Answer: matter.AnswerPartial, Missing: []matter.AnswerPart{"c", "g", "templates"}}, matter.CourseAnswered, matter.StepRemind)
	step("2026-12-05 09:00", matter.Event{Kind: matter.EventReminded, Day: day("2026-12-05")}, matter.CourseAnswered, matter.StepWait)
	look("2026-12-20 09:00", matter.CourseAnswered, matter.StepComplain)
	step("2026-12-21 09:00", matter.Event{Kind: matter.EventComplained, Day: day("2026-12-21"), Authority: "FR", Reference: "26-1"}, matter.CourseWaiting, matter.StepWaitAuthority)
	look("2027-03-30 09:00", matter.CourseWaiting, matter.StepCourt)
	step("2027-04-01 09:00", matter.Event{Kind: matter.EventAuthority, Day: day("2027-03-30")}, matter.CourseWaiting, matter.StepClose)
	step("2027-04-02 09:00", matter.Event{Kind: matter.EventClosed, Day: day("2027-04-02")}, matter.CourseDone, "")
	if _, err := m.RecordEvent(t.Context(), ids[0], sent("2027-04-02"), nil); engine.CodeOf(err) != engine.CodeConflict {
		t.Errorf("a closed case went on: %v", err)
	}
}

func TestNothingOfARefusedEventIsKept(t *testing.T) {
	d, m, ids := open(t, "a.example")
	files := []matter.NewFile{{Name: "/home/x/answer.pdf", Data: []byte("%PDF-")}}
	before := len(log(t, d))
	for name, e := range map[string]matter.Event{
		"an answer to nothing":          {Kind: matter.EventAnswered, Right: "access", Day: day("2026-11-02"), Answer: matter.AnswerFull},
		"a day to come":                 {Kind: matter.EventSent, Right: "access", Day: day("2026-11-05"), Channel: matter.ChannelEmail},
		"a letter sent in no way":       {Kind: matter.EventSent, Right: "access", Day: day("2026-11-02")},
		"no day":                        {Kind: matter.EventSent, Right: "access", Channel: matter.ChannelEmail},
		"a correction of what is none":  {Corrects: 7, Day: day("2026-11-02")},
		"a complaint before any letter": {Kind: matter.EventComplained, Day: day("2026-11-02"), Authority: "FR"},
		"an unknown event":              {Kind: "forgotten", Day: day("2026-11-02")},
	} {
		if _, err := m.RecordEvent(t.Context(), ids[0], e, files); engine.CodeOf(err) != engine.CodeInvalid && engine.CodeOf(err) != engine.CodeConflict {
			t.Errorf("%s: %v", name, err)
		}
	}
	large := []matter.NewFile{{Name: "film", Data: make([]byte, cases.MaxCaseFile+1)}}
	if _, err := m.RecordEvent(t.Context(), ids[0], sent("2026-11-02"), large); engine.CodeOf(err) != engine.CodeLimit {
		t.Errorf("too large a file: %v", err)
	}
	v := must(m.CaseView(t.Context(), ids[0]))
	if len(v.Course.Events) != 0 || len(log(t, d)) != before {
		t.Errorf("%d events, %d entries more", len(v.Course.Events), len(log(t, d))-before)
	}
	if err := d.store.Documents(t.Context(), engine.DocumentFile, func(id string, _ []byte) error { t.Errorf("file %s was left", id); return nil }); err != nil {
		t.Fatal(err)
	}
}

func log(t *testing.T, d *door) (all []engine.AuditEntry) {
	t.Helper()
	if err := d.store.AuditLog(t.Context(), func(e engine.AuditEntry) error { all = append(all, e); return nil }); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestFilesOfAnAnswerAreKeptWithTheirHash(t *testing.T) {
	d, m, ids := open(t, "a.example", "b.example")
	must(m.RecordEvent(t.Context(), ids[0], sent("2026-11-02"), nil))
	d.now = at("2026-11-20 10:00")
	v := must(m.RecordEvent(t.Context(), ids[0], matter.Event{Kind: matter.EventAnswered, Day: day("2026-11-20"), Answer: matter.AnswerFull},
		[]matter.NewFile{{Name: "/home/x/answer.pdf", Data: []byte("an answer")}}))
	ref := v.Course.Events[1].Files[0]
	if ref.Name != "answer.pdf" || ref.Size != 9 || ref.SHA256 != fmt.Sprintf("%x", sha256.Sum256([]byte("an answer"))) {
		t.Errorf("%+v", ref)
	}
	if f, err := m.CaseFile(t.Context(), ids[0], ref.ID); err != nil || string(f.Data) != "an answer" {
		t.Errorf("%+v %v", f, err)
	}
	if _, err := m.CaseFile(t.Context(), ids[1], ref.ID); engine.CodeOf(err) != engine.CodeNotFound {
		t.Errorf("another case gave the file: %v", err)
	}
	other := must(json.Marshal(matter.CaseFile{V: 1, Case: ids[0], Name: "answer.pdf", Data: []byte("another")}))
	if err := d.store.ChangeDocuments(t.Context(), func(tx engine.DocumentTx) error {
		_ = tx.Log(engine.AuditEntry{Action: engine.ActionCaseChanged})
		return tx.Put(engine.DocumentFile, ref.ID, other)
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := m.CaseFile(t.Context(), ids[0], ref.ID); engine.CodeOf(err) != engine.CodeCorrupt {
		t.Errorf("an altered file passes: %v", err)
	}
}

func TestTheLogOfACaseNamesNobody(t *testing.T) {
	d, m, ids := open(t, "a.example")
	french(t, m, ids[0])
	must(m.RecordEvent(t.Context(), ids[0], matter.Event{Kind: matter.EventSent, Right: "access", Day: day("2026-11-02"), Channel: matter.ChannelPost, Proof: "RR123", Note: "told Ada"}, nil))
	text := string(must(json.Marshal(log(t, d))))
	for _, secret := range []string{"Exemple", "RR123", "Ada", "a.example"} {
		if strings.Contains(text, secret) {
			t.Errorf("the log holds %q: %s", secret, text)
		}
	}
	if !strings.Contains(text, `"case_changed"`) || !strings.Contains(text, `"event":"sent"`) {
		t.Errorf("the log lacks the event: %s", text)
	}
}

func TestTheEarliestDateComesFirstAndWhatIsOverLast(t *testing.T) {
	d, m, ids := open(t, "late.example", "draft.example", "soon.example", "done.example")
	for i, on := range map[int]string{0: "2026-11-02", 2: "2026-10-05", 3: "2026-10-01"} {
		must(m.RecordEvent(t.Context(), ids[i], sent(on), nil))
	}
	must(m.RecordEvent(t.Context(), ids[3], matter.Event{Kind: matter.EventAbandoned, Day: day("2026-11-02")}, nil))
	d.now = at("2026-11-03 12:00")
	var got []string
	for _, v := range must(m.CaseViews(t.Context())) {
		got = append(got, v.Case.Site+" "+string(v.Standing.State)+" "+v.Standing.Due.String())
	}
	want := []string{"soon.example sent 2026-11-05", "late.example sent 2026-12-02", "draft.example draft ", "done.example abandoned "}
	if !slices.Equal(got, want) {
		t.Errorf("%q\nwant %q", got, want)
	}
}

func TestCasesAreExportedAsTableAndDocument(t *testing.T) {
	d, m, ids := open(t, "a.example", "b.example")
	french(t, m, ids[0])
	must(m.RecordEvent(t.Context(), ids[0], sent("2026-11-02"), nil))
	dir := t.TempDir()
	table, doc := filepath.Join(dir, "cases.csv"), filepath.Join(dir, "cases.json")
	if n, err := m.ExportCases(t.Context(), "csv", table); n != 2 || err != nil {
		t.Fatal(n, err)
	}
	rows := must(csv.NewReader(strings.NewReader(string(must(os.ReadFile(table))))).ReadAll())
	if len(rows) != 3 || rows[1][4] != "'=Exemple SA" || rows[1][12] != "2026-12-02" || rows[2][2] != "draft" {
		t.Errorf("%q", rows)
	}
	if n, err := m.ExportCases(t.Context(), "json", doc); n != 2 || err != nil {
		t.Fatal(n, err)
	}
	var all struct {
		Version int
		Cases   []struct {
			Ref    string
			Course matter.CourseRecord
		}
	}
	if err := json.Unmarshal(must(os.ReadFile(doc)), &all); err != nil || all.Version != 1 || len(all.Cases) != 2 || all.Cases[0].Course.Controller.Name != "=Exemple SA" ||
		all.Cases[0].Course.Requests[0].Due != day("2026-12-02") || len(all.Cases[0].Course.Events) != 1 {
		t.Errorf("%+v %v", all, err)
	}
	if _, err := m.ExportCases(t.Context(), "csv", table); engine.CodeOf(err) != engine.CodeConflict {
		t.Errorf("an existing file was overwritten: %v", err)
	}
	if _, err := m.ExportCases(t.Context(), "xlsx", filepath.Join(dir, "x")); engine.CodeOf(err) != engine.CodeInvalid {
		t.Errorf("an unknown format: %v", err)
	}
	if info := must(os.Stat(table)); info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
	if e := log(t, d); e[len(e)-1].Action != engine.ActionCasesExported {
		t.Errorf("the export is not in the log: %+v", e[len(e)-1])
	}
}

func TestACalendarFileHoldsTheDatesAndNoNames(t *testing.T) {
	_, m, ids := open(t, "a.example")
	french(t, m, ids[0])
	path := filepath.Join(t.TempDir(), "cases.ics")
	if _, err := m.WriteCalendar(t.Context(), nil, path, "fr"); engine.CodeOf(err) != engine.CodeInvalid {
		t.Errorf("a calendar without a date: %v", err)
	}
	must(m.RecordEvent(t.Context(), ids[0], sent("2026-11-02"), nil))
	if n, err := m.WriteCalendar(t.Context(), ids, path, "fr"); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	text := string(must(os.ReadFile(path)))
	for _, want := range []string{"BEGIN:VCALENDAR\r\n", "DTSTART;VALUE=DATE:20261202\r\n", "DTEND;VALUE=DATE:20261203\r\n", "DTSTAMP:20261102T120000Z\r\n", "la réponse est due"} {
		if !strings.Contains(strings.ReplaceAll(text, "\r\n ", ""), want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if strings.Contains(text, "Exemple") || strings.Contains(text, "a.example") {
		t.Errorf("it names the controller:\n%s", text)
	}
}
