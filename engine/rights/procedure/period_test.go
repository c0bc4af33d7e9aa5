package procedure_test

import (
	"encoding/json"
	"os"
	"testing"
	"time"

	"gabarit/engine/matter"
	"gabarit/engine/rights/procedure"
)

func day(s string) matter.Day {
	d, err := matter.ParseDay(s)
	if err != nil {
		panic(err)
	}
	return d
}

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// The 29 periods were reckoned with Python's dateutil and holidays.
func TestVectors(t *testing.T) {
	data, err := os.ReadFile("testdata/deadlines.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []struct {
		ID         string `json:"id"`
		Received   string `json:"received"`
		Country    string `json:"controller_country"`
		Months     int    `json:"months"`
		Raw        string `json:"raw"`
		RawWeekday string `json:"raw_weekday"`
		Due        string `json:"due"`
		DueWeekday string `json:"due_weekday"`
		Note       string `json:"note"`
	}
	if err := json.Unmarshal(data, &vectors); err != nil {
		t.Fatal(err)
	}
	if len(vectors) != 29 {
		t.Fatalf("%d vectors", len(vectors))
	}
	for _, v := range vectors {
		t.Run(v.ID+" "+v.Note, func(t *testing.T) {
			raw, due := procedure.Raw(day(v.Received), v.Months), procedure.Due(day(v.Received), v.Months, v.Country)
			if raw.String() != v.Raw || due.String() != v.Due {
				t.Errorf("%s + %d in %s: raw %s due %s, want %s and %s", v.Received, v.Months, v.Country, raw, due, v.Raw, v.Due)
			}
			if raw.Weekday().String()[:3] != v.RawWeekday || due.Weekday().String()[:3] != v.DueWeekday {
				t.Errorf("%s, %s", raw.Weekday(), due.Weekday())
			}
		})
	}
}

// The last day for a notice of extension is the first period's, not that of the extended one.
func TestTheNoticeOfAnExtensionIsDueWithTheFirstPeriod(t *testing.T) {
	for _, v := range []struct{ received, country, base, extended string }{
		{"2026-11-30", "FR", "2026-12-30", "2027-03-01"},
		{"2026-01-31", "FR", "2026-03-02", "2026-04-30"},
		{"2027-11-30", "FR", "2027-12-30", "2028-02-29"},
		{"2026-02-14", "FR", "2026-03-16", "2026-05-15"},
		{"2026-05-31", "DE", "2026-06-30", "2026-08-31"},
	} {
		rules, _ := procedure.RulesOf(matter.RegimeEU)
		_, base := rules.End(day(v.received), v.country, false)
		_, extended := rules.End(day(v.received), v.country, true)
		if base.String() != v.base || extended.String() != v.extended {
			t.Errorf("%s %s: %s and %s, want %s and %s", v.received, v.country, base, extended, v.base, v.extended)
		}
	}
}

// holidays.json lists the public holidays on working days of each country from 2025 to 2036 as Python's holidays 0.109 knows them. Where the program
// knows better or less, that stands here with its reason.
func TestHolidaysAreThoseOfASecondSource(t *testing.T) {
	data, err := os.ReadFile("testdata/holidays.json")
	if err != nil {
		t.Fatal(err)
	}
	var want map[string][]string
	if err := json.Unmarshal(data, &want); err != nil {
		t.Fatal(err)
	}
	differs := map[string]func(d matter.Day) bool{
		"SE": eves(time.December, 24, time.December, 31, time.June, 0), // days that count as Sundays when a period ends (1930:173)
		"NL": eves(time.May, 5),                                        // each year for periods (Algemene termijnenwet, art. 3), a day off every fifth
		"BG": decreed("2025-12-31", "2026-01-02"),
		"GR": decreed("2027-05-04", "2032-05-04", "2033-05-02"),                             // moved by decision of a minister
		"HU": decreed("2025-05-02", "2025-10-24", "2025-12-24", "2026-01-02", "2026-08-21"), // swapped by decree
		"LV": decreed("2025-05-02", "2025-11-17", "2026-01-02", "2026-06-22"),               // swapped by decree
	}
	if len(want) != len(procedure.Countries()) {
		t.Errorf("%d countries in the second source, %d here", len(want), len(procedure.Countries()))
	}
	for _, country := range procedure.Countries() {
		listed := map[matter.Day]bool{}
		for _, s := range want[country] {
			listed[day(s)] = true
		}
		for d := day("2025-01-01"); d.Year <= 2036; d = d.AddDays(1) {
			if d.Weekday() == time.Saturday || d.Weekday() == time.Sunday || differs[country] != nil && differs[country](d) {
				continue
			}
			if got := procedure.IsHoliday(d, country); got != listed[d] {
				t.Errorf("%s %s %s: holiday %v, the second source says %v", country, d, d.Weekday(), got, listed[d])
			}
		}
	}
}

// eves are days of a month, 0 for all of it, in pairs of month and day.
func eves(md ...any) func(matter.Day) bool {
	return func(d matter.Day) bool {
		for i := 0; i < len(md); i += 2 {
			if d.Month == md[i].(time.Month) && (md[i+1].(int) == d.Day || md[i+1].(int) == 0 && d.Day >= 19 && d.Day <= 25) {
				return true
			}
		}
		return false
	}
}

func decreed(days ...string) func(matter.Day) bool {
	return func(d matter.Day) bool {
		for _, s := range days {
			if day(s) == d {
				return true
			}
		}
		return false
	}
}

func TestOfAnUnknownCountryWeekendsCountOnly(t *testing.T) {
	for _, country := range []string{"", "XX", "US-NY", "JP"} {
		if procedure.Known(country) || procedure.IsHoliday(day("2026-12-25"), country) {
			t.Errorf("%q has public holidays", country)
		}
		if procedure.IsWorkingDay(day("2026-12-26"), country) {
			t.Errorf("%q works on a Saturday", country)
		}
	}
	s := standing(t, course(matter.RegimeEU, "BR"), "2026-12-01 09:00", sent("access", "2026-11-25", "email"))
	if !hasDoubt(s.Threads[0], matter.DoubtCountry) || s.Due != day("2026-12-25") {
		t.Errorf("due %s, doubts %v", s.Due, s.Threads[0].Doubts)
	}
}

func TestDaysAreReadAndWrittenAsTheyAre(t *testing.T) {
	for _, s := range []string{"2026-02-30", "2026-1-1", "26-01-01", "2026-01-01T00:00:00Z", "x"} {
		if d, err := matter.ParseDay(s); err == nil {
			t.Errorf("%q was read as %s", s, d)
		}
	}
	d := day("2028-02-29")
	data, err := json.Marshal(map[string]matter.Day{"d": d, "none": {}})
	if err != nil || string(data) != `{"d":"2028-02-29","none":""}` {
		t.Errorf("%s %v", data, err)
	}
	var back map[string]matter.Day
	if err := json.Unmarshal(data, &back); err != nil || back["d"] != d || !back["none"].IsZero() {
		t.Errorf("%v %v", back, err)
	}
}
