package procedure

import (
	"time"
	_ "time/tzdata" // periods end at the controller's place, also on a machine that has no time zones of its own

	"gabarit/engine/matter"
)

// Raw is where a period of months from a day ends before weekends and holidays are looked at: the day with the same number, or the last day of
// a month that has no such day (Regulation 1182/71, art. 3(2)(c)).
func Raw(from matter.Day, months int) matter.Day {
	month := time.Month(int(from.Month) + months)
	last := matter.DayOf(time.Date(from.Year, month+1, 0, 0, 0, 0, 0, time.UTC), time.UTC)
	last.Day = min(last.Day, from.Day)
	return last
}

// Roll moves a day on to the first working day of a country (art. 3(4)).
func Roll(d matter.Day, country string) matter.Day {
	for !IsWorkingDay(d, country) {
		d = d.AddDays(1)
	}
	return d
}

// Due is the last day of a period of months from a day on.
func Due(from matter.Day, months int, country string) matter.Day {
	return Roll(Raw(from, months), country)
}

// AddWorkingDays gives the nth working day of a country after a day.
func AddWorkingDays(d matter.Day, n int, country string) matter.Day {
	for n > 0 {
		d = d.AddDays(1)
		if IsWorkingDay(d, country) {
			n--
		}
	}
	return d
}

// Rules are the periods of one regime.
type Rules struct {
	Months   int  // to answer, from receipt; 0: Days
	Days     int  // to answer
	Roll     bool // a period that ends on a day off ends on the next working day
	Extended int  // months in all after an extension; 0: ExtendedDays, or as the controller says
	// ExtendedDays are the days in all after an extension.
	ExtendedDays int
	Reasons      bool // an extension has to give some
	// Waits: the period does not begin before the controller knows who asks (UK GDPR, art. 12A).
	Waits bool
	// Articles of the rule, as letters and screens cite it.
	Article string
	Doubt   matter.Doubt // of the whole period
}

// RulesOf gives the periods of a regime; ok is false where the law knows no request that a period could run for.
func RulesOf(r matter.Regime) (rules Rules, ok bool) {
	switch r {
	case matter.RegimeEU, "":
		return Rules{Months: 1, Roll: true, Extended: 3, Reasons: true, Article: "GDPR art. 12(3)"}, true
	case matter.RegimeUK: // the roll-over is how the ICO counts
		return Rules{Months: 1, Roll: true, Extended: 3, Reasons: true, Waits: true, Article: "UK GDPR art. 12(3), 12A"}, true
	case matter.RegimeCH: // 30 days, DPO art. 18; roll-over by analogy with CO 77-78 (K)
		return Rules{Days: 30, Roll: true, Article: "FADP art. 25(7)", Doubt: matter.DoubtSwissRoll}, true
	case matter.RegimeCalifornia: // calendar days without roll-over, 11 CCR 7021
		return Rules{Days: 45, ExtendedDays: 90, Reasons: true, Article: "11 CCR 7021"}, true
	}
	return Rules{}, false
}

// End gives the days on which a period that began on a day ends, before and after days off are looked at; extended: with the
// extension that the law gives. Both are unknown where the law names no date.
func (r Rules) End(from matter.Day, country string, extended bool) (raw, due matter.Day) {
	months, days := r.Months, r.Days
	if extended {
		months, days = r.Extended, r.ExtendedDays
	}
	switch {
	case months > 0:
		raw = Raw(from, months)
	case days > 0:
		raw = from.AddDays(days)
	default:
		return raw, due
	}
	if r.Roll {
		return raw, Roll(raw, country)
	}
	return raw, raw
}

// Zone is the place whose days count for a controller: the zone that is named, else that of the country's capital. Where neither is known it is the
// one in which a day ends last on Earth: a day has then passed wherever the controller is. known is false for that.
func Zone(to matter.Addressee) (zone *time.Location, known bool) {
	name := to.Zone
	if name == "" {
		name = capitalZone(to.Country)
	}
	if name != "" {
		if z, err := time.LoadLocation(name); err == nil {
			return z, true
		}
	}
	return time.FixedZone("UTC-12", -12*60*60), false
}

func capitalZone(country string) string {
	return map[string]string{"AT": "Europe/Vienna", "BE": "Europe/Brussels", "BG": "Europe/Sofia", "CH": "Europe/Zurich", "CY": "Asia/Nicosia", "CZ": "Europe/Prague",
		"DE": "Europe/Berlin", "DK": "Europe/Copenhagen", "EE": "Europe/Tallinn", "ES": "Europe/Madrid", "FI": "Europe/Helsinki", "FR": "Europe/Paris", "GB": "Europe/London",
		"GR": "Europe/Athens", "HR": "Europe/Zagreb", "HU": "Europe/Budapest", "IE": "Europe/Dublin", "IS": "Atlantic/Reykjavik", "IT": "Europe/Rome", "LI": "Europe/Vaduz",
		"LT": "Europe/Vilnius", "LU": "Europe/Luxembourg", "LV": "Europe/Riga", "MT": "Europe/Malta", "NL": "Europe/Amsterdam", "NO": "Europe/Oslo", "PL": "Europe/Warsaw",
		"PT": "Europe/Lisbon", "RO": "Europe/Bucharest", "SE": "Europe/Stockholm", "SI": "Europe/Ljubljana", "SK": "Europe/Bratislava"}[country]
}

// Passed tells whether a day is over at the controller's place: a deadline is missed from the next day on, never on its own.
func Passed(d matter.Day, now time.Time, to matter.Addressee) bool {
	zone, _ := Zone(to)
	return !d.IsZero() && matter.DayOf(now, zone).After(d)
}

// EstimatedReceipt is when a letter is taken to have arrived where nobody knows: on the day it was sent by electronic ways, three working days
// later by post. This is the program's choice, not law.
func EstimatedReceipt(sent matter.Day, by matter.Channel, country string) matter.Day {
	if by == matter.ChannelPost || by == matter.ChannelTracked {
		return AddWorkingDays(sent, 3, country)
	}
	return sent
}

// California gives the periods of 11 CCR 7021: to confirm receipt within 10 business days, on which two readings are shown because the text does
// not say which holidays count, and to answer within 45 days, or 90 with an extension.
func California(received matter.Day) (confirm, confirmWithHolidays, answer, extended matter.Day) {
	return AddWorkingDays(received, 10, ""), AddWorkingDays(received, 10, "US"), received.AddDays(45), received.AddDays(90)
}

// Acknowledgement is when a controller in the United Kingdom has to acknowledge a complaint made to it: within "the period of 30 days
// beginning when the complaint is received" (DPA 2018, s. 164A). Whether the first day counts is to be checked (K); the earlier date is shown.
func Acknowledgement(received matter.Day) (shown, other matter.Day) {
	return received.AddDays(29), received.AddDays(30)
}

// BreachNotice is when a breach has to be notified: 72 hours after it is known (art. 33). Hours run through weekends; whether art. 3(5) of
// Regulation 1182/71 would add to them is to be checked (K).
func BreachNotice(known time.Time) time.Time { return known.Add(72 * time.Hour) }

// Inform is when a person has to be told of data that were not collected from them (art. 14(3)): one month after, or at the first
// disclosure if that is earlier; disclosed is unknown if there was none.
func Inform(collected, disclosed matter.Day, country string) matter.Day {
	due := Due(collected, 1, country)
	if !disclosed.IsZero() && disclosed.Before(due) {
		return disclosed
	}
	return due
}

// AuthorityDue is when an authority that was complained to should have told of progress or outcome (art. 78(2)): three months after.
func AuthorityDue(lodged matter.Day, country string) matter.Day { return Due(lodged, 3, country) }
