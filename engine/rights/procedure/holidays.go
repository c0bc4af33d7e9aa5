package procedure

import (
	"slices"
	"time"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/aa"
	"github.com/rickar/cal/v2/at"
	"github.com/rickar/cal/v2/be"
	"github.com/rickar/cal/v2/bg"
	"github.com/rickar/cal/v2/ch"
	"github.com/rickar/cal/v2/cz"
	"github.com/rickar/cal/v2/de"
	"github.com/rickar/cal/v2/dk"
	"github.com/rickar/cal/v2/es"
	"github.com/rickar/cal/v2/fr"
	"github.com/rickar/cal/v2/gb"
	"github.com/rickar/cal/v2/gr"
	"github.com/rickar/cal/v2/hr"
	"github.com/rickar/cal/v2/ie"
	"github.com/rickar/cal/v2/it"
	"github.com/rickar/cal/v2/lt"
	"github.com/rickar/cal/v2/nl"
	"github.com/rickar/cal/v2/no"
	"github.com/rickar/cal/v2/pl"
	"github.com/rickar/cal/v2/ro"
	"github.com/rickar/cal/v2/se"
	"github.com/rickar/cal/v2/si"
	"github.com/rickar/cal/v2/sk"
	"github.com/rickar/cal/v2/us"

	"gabarit/engine/matter"
)

// Countries lists the countries whose public holidays are known: EU, EEA, United Kingdom (England and Wales), Switzerland.
func Countries() []string {
	return []string{"AT", "BE", "BG", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GR", "HR", "HU", "IE", "IS", "IT", "LI", "LT", "LU", "LV",
		"MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK"}
}

// Known tells whether a country's public holidays are known. Of others weekends count only.
func Known(country string) bool { return slices.Contains(Countries(), country) }

// holidays are the national public holidays of a country. Holidays of regions are left out (whether they count under art. 2(1) of
// Regulation 1182/71 is unclear (K)), and so are days off that governments decree from year to year.
//
// Most tables are those of rickar/cal; compared day by day for 2025 to 2036 with Python's holidays 0.109. Where they differ, what stands
// here is said beside it.
func holidays(country string) []*cal.Holiday {
	if all, ok := map[string][]*cal.Holiday{
		"AT": at.Holidays, "BE": be.Holidays, "CZ": cz.Holidays, "DE": de.Holidays, "ES": es.Holidays, "FR": fr.Holidays, "GB": gb.Holidays, "GR": gr.Holidays,
		"HR": hr.Holidays, "IE": ie.Holidays, "LT": lt.Holidays, "NO": no.Holidays, "SI": si.Holidays,
		"NL": nl.Holidays, // 5 May every year: Algemene termijnenwet, art. 3
		"SE": se.Holidays, // with the eves that count as Sundays when a period ends: lag (1930:173), section 2
	}[country]; ok {
		return all
	}
	switch country {
	case "BG": // 26 December stays a holiday when the days after it are off for 24 December
		return append(slices.Clone(bg.Holidays), aa.ChristmasDay, aa.ChristmasDay2)
	case "CH": // what cal lists as national are holidays of some cantons
		return []*cal.Holiday{ch.Neujahr, ch.Auffahrt, ch.Bundesfeiertag, ch.Weihnachtstag}
	case "DK": // Constitution Day closes shops, it is no public holiday
		return slices.DeleteFunc(slices.Clone(dk.Holidays), func(h *cal.Holiday) bool { return h == dk.Grundlovsdag })
	case "IT": // Saint Francis since 2026
		return append(slices.Clone(it.Holidays), &cal.Holiday{Month: time.October, Day: 4, StartYear: 2026, Func: cal.CalcDayOfMonth})
	case "PL": // Christmas Eve since 2025
		return append(slices.Clone(pl.Holidays), &cal.Holiday{Month: time.December, Day: 24, StartYear: 2025, Func: cal.CalcDayOfMonth})
	case "RO": // Epiphany and Saint John since 2024
		return append(slices.Clone(ro.Holidays), fixed(time.January, 6), fixed(time.January, 7))
	case "SK":
		return slovak()
	case "US":
		return []*cal.Holiday{us.NewYear, us.MlkDay, us.PresidentsDay, us.MemorialDay, us.Juneteenth, us.IndependenceDay, us.LaborDay, us.ColumbusDay,
			us.VeteransDay, us.ThanksgivingDay, us.ChristmasDay}
	}
	return ownHolidays(country)
}

// slovak leaves out the days that are holidays by name only: working days since 2024 and 2025, and two of 2026.
func slovak() []*cal.Holiday {
	all := slices.DeleteFunc(slices.Clone(sk.Holidays), func(h *cal.Holiday) bool { return h == sk.Constitution || h == sk.Freedom })
	for i, h := range all {
		if h == sk.Liberation || h == sk.LadyOfSorrows {
			all[i] = h.Clone(&cal.Holiday{Except: []int{2026}})
		}
	}
	return all
}

// ownHolidays are those of the countries that rickar/cal lacks. Holidays that always fall on a weekend are left out.
func ownHolidays(country string) []*cal.Holiday {
	christmas := []*cal.Holiday{aa.NewYear, aa.ChristmasDay, aa.ChristmasDay2}
	western := append(slices.Clone(christmas), aa.GoodFriday, aa.EasterMonday, aa.WorkersDay)
	eve := fixed(time.December, 24)
	switch country {
	case "CY":
		return append(christmas, aa.WorkersDay, aa.Epiphany, orthodox(-48), fixed(time.March, 25), fixed(time.April, 1), orthodox(-2), orthodox(1), orthodox(50),
			aa.AssumptionOfMary, fixed(time.October, 1), fixed(time.October, 28))
	case "EE":
		return append(christmas, eve, fixed(time.February, 24), aa.GoodFriday, aa.WorkersDay, fixed(time.June, 23), fixed(time.June, 24), fixed(time.August, 20))
	case "FI": // with the eves that count when a period ends: laki säädettyjen määräaikain laskemisesta (150/1930), section 5
		return append(western, eve, aa.Epiphany, aa.AscensionDay, weekdayFrom(time.June, 19, time.Friday), fixed(time.December, 6))
	case "HU":
		return append(western, eve, fixed(time.March, 15), aa.PentecostMonday, fixed(time.August, 20), fixed(time.October, 23), aa.AllSaintsDay)
	case "IS":
		return append(western, aa.MaundyThursday, weekdayFrom(time.April, 19, time.Thursday), aa.AscensionDay, aa.PentecostMonday, fixed(time.June, 17),
			weekdayFrom(time.August, 1, time.Monday))
	case "LI":
		return append(christmas, aa.Epiphany, fixed(time.February, 2), fixed(time.March, 19), aa.EasterMonday, aa.WorkersDay, aa.AscensionDay, aa.PentecostMonday,
			aa.CorpusChristi, aa.AssumptionOfMary, fixed(time.September, 8), aa.AllSaintsDay, aa.ImmaculateConception)
	case "LU":
		return append(christmas, aa.EasterMonday, aa.WorkersDay, fixed(time.May, 9), aa.AscensionDay, aa.PentecostMonday, fixed(time.June, 23), aa.AssumptionOfMary, aa.AllSaintsDay)
	case "LV":
		return append(western, eve, moved(time.May, 4), fixed(time.June, 23), fixed(time.June, 24), moved(time.November, 18), fixed(time.December, 31))
	case "MT":
		return append([]*cal.Holiday{aa.NewYear, aa.ChristmasDay, aa.GoodFriday, aa.WorkersDay}, fixed(time.February, 10), fixed(time.March, 19), fixed(time.March, 31),
			fixed(time.June, 7), fixed(time.June, 29), aa.AssumptionOfMary, fixed(time.September, 8), fixed(time.September, 21), aa.ImmaculateConception, fixed(time.December, 13))
	case "PT":
		return append([]*cal.Holiday{aa.NewYear, aa.ChristmasDay, aa.GoodFriday, aa.WorkersDay}, fixed(time.April, 25), aa.CorpusChristi, fixed(time.June, 10),
			aa.AssumptionOfMary, fixed(time.October, 5), aa.AllSaintsDay, fixed(time.December, 1), aa.ImmaculateConception)
	}
	return nil
}

func fixed(m time.Month, day int) *cal.Holiday {
	return &cal.Holiday{Month: m, Day: day, Func: cal.CalcDayOfMonth}
}

// moved is a fixed day with a Monday off when it falls on a weekend.
func moved(m time.Month, day int) *cal.Holiday {
	h := fixed(m, day)
	h.Observed = []cal.AltDay{{Day: time.Saturday, Offset: 2}, {Day: time.Sunday, Offset: 1}}
	return h
}

// orthodox is a day counted from Easter Sunday of the Orthodox churches.
func orthodox(offset int) *cal.Holiday {
	return &cal.Holiday{Offset: offset, Julian: true, Func: cal.CalcEasterOffset}
}

// weekdayFrom is the first such day of the week from a date on.
func weekdayFrom(m time.Month, day int, w time.Weekday) *cal.Holiday {
	return &cal.Holiday{Month: m, Day: day, Weekday: w, Offset: 1, Func: cal.CalcWeekdayFrom}
}

// IsHoliday tells whether a day is a public holiday of a country, or the day off that stands for one.
func IsHoliday(d matter.Day, country string) bool {
	for _, h := range holidays(country) {
		for year := d.Year - 1; year <= d.Year+1; year++ { // New Year's Day may be observed in the year before
			day, off := h.Calc(year)
			if is(d, day) || is(d, off) {
				return true
			}
		}
	}
	return false
}

func is(d matter.Day, t time.Time) bool { return !t.IsZero() && matter.DayOf(t, t.Location()) == d }

// IsWorkingDay tells whether a day is neither Saturday, Sunday nor public holiday of a country; of an unknown one weekends count only.
func IsWorkingDay(d matter.Day, country string) bool {
	return d.Weekday() != time.Saturday && d.Weekday() != time.Sunday && !IsHoliday(d, country)
}

// RegionalHoliday tells whether a working day of a country is a public holiday of one of its regions, of the countries where cal knows them.
// Spain, Portugal and others have local holidays that are not known here.
func RegionalHoliday(d matter.Day, country string) bool {
	var regional []*cal.Holiday
	switch country {
	case "FR": // Alsace-Moselle
		regional = []*cal.Holiday{aa.GoodFriday, aa.ChristmasDay2}
	case "DE":
		regional = slices.Concat(de.HolidaysBW, de.HolidaysBY, de.HolidaysBE, de.HolidaysBB, de.HolidaysMV, de.HolidaysSN, de.HolidaysTH, de.HolidaysSL)
	case "CH":
		regional = ch.Holidays
	case "GB": // Scotland and Northern Ireland
		regional = []*cal.Holiday{moved(time.January, 2), moved(time.March, 17), moved(time.July, 12), moved(time.November, 30), weekdayFrom(time.August, 1, time.Monday)}
	}
	if !IsWorkingDay(d, country) {
		return false
	}
	for _, h := range regional {
		if day, off := h.Calc(d.Year); is(d, day) || is(d, off) {
			return true
		}
	}
	return false
}
