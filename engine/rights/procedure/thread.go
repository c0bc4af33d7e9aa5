package procedure

import (
	"slices"

	"gabarit/engine/matter"
)

// thread follows one request from the letter that was sent.
func thread(c matter.Course, events []matter.Event, sent matter.Event) matter.Thread {
	country := c.To.Country
	t := matter.Thread{Right: sent.Right, Sent: sent.Day, Channel: sent.Channel, Proof: sent.Proof,
		Received: EstimatedReceipt(sent.Day, sent.Channel, country), Estimated: true}
	for _, e := range events {
		if e.Kind == matter.EventReceived && e.Right == sent.Right {
			t.Received, t.Estimated = e.Day, e.Estimated
		}
	}
	rules, ok := RulesOf(c.Regime)
	if ok {
		count(&t, c, rules, events)
	}
	outcome(&t, events)
	windows(&t, c, rules)
	doubts(&t, c, rules)
	return t
}

// count reckons the readings of the period, and its extension.
func count(t *matter.Thread, c matter.Course, rules Rules, events []matter.Event) {
	country := c.To.Country
	read := func(from matter.Day, pause int, extended bool) (r matter.Reading) {
		r.Raw, r.Due = rules.End(from, country, extended)
		if pause > 0 && !r.Raw.IsZero() {
			r.Raw = r.Raw.AddDays(pause)
			r.Due = r.Raw
			if rules.Roll {
				r.Due = Roll(r.Raw, country)
			}
		}
		return r
	}
	t.Running = read(t.Received, 0, false)
	asked, restart, pause := identity(t, events)
	t.Asked = asked
	latest := t.Running.Due
	if !restart.IsZero() {
		t.Restart, t.Paused = read(restart, 0, false), read(t.Received, pause, false)
		if rules.Waits { // UK: the one reading that its law has
			latest = t.Restart.Due
		} else {
			latest = matter.Later(latest, matter.Later(t.Restart.Due, t.Paused.Due))
		}
	}
	if !asked {
		t.Base = latest
	}
	t.End = t.Base
	for _, e := range events {
		if e.Kind == matter.EventExtended && e.Right == t.Right {
			extend(t, rules, e, func() matter.Day {
				claimed := read(t.Received, 0, true).Due
				if !restart.IsZero() {
					claimed = matter.Later(claimed, matter.Later(read(restart, 0, true).Due, read(t.Received, pause, true).Due))
				}
				return claimed
			})
		}
	}
}

// extend notes a notice of extension; until is the last day that the law allows: it counts where the notice names none or a later one.
func extend(t *matter.Thread, rules Rules, e matter.Event, until func() matter.Day) {
	claimed, named, allowed := e.Until, matter.Day{}, until()
	switch {
	case claimed.IsZero():
		claimed = allowed
	case !allowed.IsZero() && claimed.After(allowed):
		claimed, named = allowed, e.Until
	}
	t.Extended = matter.Extension{Notice: e.Day, Claimed: claimed, Named: named, Late: !t.Base.IsZero() && e.Day.After(t.Base), NoReasons: rules.Reasons && e.Reasons == ""}
	if t.Extended.Valid() && !t.Asked {
		t.End = matter.Later(t.Base, claimed)
	}
}

// identity looks at the questions about identity that came while the period ran: whether one is open, the day of the last answer,
// and how many days the answers took. A question that came after the period stops nothing.
func identity(t *matter.Thread, events []matter.Event) (asked bool, restart matter.Day, pause int) {
	var since matter.Day
	for _, e := range events {
		if e.Right != t.Right {
			continue
		}
		switch e.Kind {
		case matter.EventIdentityAsked:
			if !e.Day.After(t.Running.Due) || !restart.IsZero() {
				asked, since = true, e.Day
			}
		case matter.EventIdentityGiven:
			if asked {
				asked, restart = false, matter.Later(restart, e.Day)
				pause += e.Day.DaysSince(since)
			}
		}
	}
	return asked, restart, pause
}

// outcome notes what the controller answered and what followed. The last answer counts.
func outcome(t *matter.Thread, events []matter.Event) {
	for _, e := range events {
		if e.Right != t.Right {
			continue
		}
		switch e.Kind {
		case matter.EventAnswered:
			t.Answer, t.AnswerDay, t.Missing, t.Ground = e.Answer, e.Day, e.Missing, e.Ground
		case matter.EventReminded:
			t.Reminded, t.Grace = e.Day, e.Until
			if t.Grace.IsZero() {
				t.Grace = e.Day.AddDays(GraceDays)
			}
		}
	}
}

// windows says from when a reminder and a complaint can go out. A reminder says that the period has passed, so it leaves when it has, one working
// day later where the last day is a holiday of a region. A complaint leaves after the latest date there can be, or after a refusal.
func windows(t *matter.Thread, c matter.Course, rules Rules) {
	after := func(d matter.Day) matter.Day {
		if d.IsZero() {
			return d
		}
		if RegionalHoliday(d, c.To.Country) && rules.Roll {
			d = AddWorkingDays(d, 1, c.To.Country)
		}
		return d.AddDays(1)
	}
	t.RemindOn, t.Complain = after(t.End), after(t.End)
	if x := t.Extended; x.NoReasons && !x.Late && !t.Asked { // it is disputed whether a notice without reasons holds
		t.Complain = after(matter.Later(t.End, x.Claimed))
	}
	if t.Answer == matter.AnswerRefused {
		t.Complain = t.AnswerDay
	}
}

func doubts(t *matter.Thread, c matter.Course, rules Rules) {
	add := func(d matter.Doubt, on bool) {
		if on && !slices.Contains(t.Doubts, d) {
			t.Doubts = append(t.Doubts, d)
		}
	}
	_, zone := Zone(c.To)
	add(matter.DoubtReceipt, t.Estimated)
	add(matter.DoubtCountry, rules.Roll && !Known(c.To.Country))
	add(matter.DoubtZone, !zone)
	add(matter.DoubtIdentity, (t.Asked || !t.Restart.Due.IsZero()) && !rules.Waits)
	add(matter.DoubtRegional, rules.Roll && RegionalHoliday(t.End, c.To.Country))
	add(rules.Doubt, rules.Doubt != "" && t.Running.Raw != t.Running.Due)
}
