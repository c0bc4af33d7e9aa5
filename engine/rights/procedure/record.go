package procedure

import (
	"errors"
	"slices"
	"time"

	"gabarit/engine"
	"gabarit/engine/matter"
)

// latestZone is where a day begins first on Earth: what happened on a later day than it is there has not happened yet.
func latestZone() *time.Location { return time.FixedZone("UTC+14", 14*60*60) }

// Record adds an event to a course, after checking that the course makes sense with it. letters are the rights that letters were written for:
// erasure is not sent before an access letter that waits. An event without a right is about the only request there is.
// CodeInvalid says what is wrong, CodeConflict what must come first.
func Record(c matter.Course, e matter.Event, letters []engine.Right, now time.Time) (matter.Course, matter.Event, error) {
	e.No, e.At = 1, now.UTC()
	for _, was := range c.Events {
		e.No = max(e.No, was.No+1)
	}
	if e.Corrects != 0 {
		was, ok := eventNo(c, e.Corrects)
		if !ok {
			return c, e, invalid("there is no such event to correct", "")
		}
		e.Kind = was.Kind
		if e.Right == "" {
			e.Right = was.Right
		}
	}
	if e.Right == "" && aboutRequest(e.Kind) {
		e.Right = onlyRequest(c, e.Kind, letters)
	}
	if err := checkEvent(e, now); err != nil {
		return c, e, err
	}
	next := c
	next.Events = append(slices.Clone(c.Events), e)
	if err := checkCourse(c, next, e, letters); err != nil {
		return c, e, err
	}
	return next, e, nil
}

func invalid(msg, detail string) error {
	var cause error
	if detail != "" {
		cause = errors.New(detail)
	}
	return engine.E(engine.CodeInvalid, "procedure.Record", msg, cause)
}

func eventNo(c matter.Course, no int) (matter.Event, bool) {
	i := slices.IndexFunc(c.Events, func(e matter.Event) bool { return e.No == no })
	if i < 0 {
		return matter.Event{}, false
	}
	return c.Events[i], true
}

// aboutRequest tells the events that belong to one request of a case.
func aboutRequest(k matter.EventKind) bool {
	switch k {
	case matter.EventComplained, matter.EventToController, matter.EventAuthority, matter.EventClosed, matter.EventAbandoned, matter.EventReopened:
		return false
	}
	return true
}

// onlyRequest is the request that an event is about where there is only one: of those written, for a letter that is sent; of those sent, for the
// rest.
func onlyRequest(c matter.Course, k matter.EventKind, letters []engine.Right) engine.Right {
	events := c.Effective()
	var all []engine.Right
	if k == matter.EventSent || k == matter.EventDrafted {
		all = unsent(events, letters)
	} else {
		for _, e := range events {
			if e.Kind == matter.EventSent {
				all = append(all, e.Right)
			}
		}
	}
	if len(all) == 1 {
		return all[0]
	}
	return ""
}

// checkEvent looks at an event by itself.
func checkEvent(e matter.Event, now time.Time) error {
	switch {
	case !slices.Contains(matter.EventKinds(), e.Kind):
		return invalid("there is no such event", string(e.Kind))
	case e.Void:
		return nil
	case aboutRequest(e.Kind) && !isRequest(e.Right):
		return invalid("say which request this is about", "")
	case e.Day.IsZero():
		return invalid("a day is needed", "")
	case e.Day.After(matter.DayOf(now, latestZone())):
		return invalid("this day is still to come", e.Day.String())
	}
	switch e.Kind {
	case matter.EventSent:
		if !slices.Contains(matter.Channels(), e.Channel) {
			return invalid("say how the letter was sent", string(e.Channel))
		}
	case matter.EventAnswered:
		return checkAnswer(e)
	case matter.EventComplained:
		if e.Authority == "" {
			return invalid("say which authority the complaint went to", "")
		}
	}
	return nil
}

func checkAnswer(e matter.Event) error {
	for _, m := range e.Missing {
		if !slices.Contains(matter.AnswerParts(), m) {
			return invalid("there is no such part of an answer", string(m))
		}
	}
	switch e.Answer {
	case matter.AnswerFull:
		if len(e.Missing) > 0 {
			return invalid("an answer that lacks something is not complete", "")
		}
	case matter.AnswerPartial:
		if len(e.Missing) == 0 && e.Note == "" {
			return invalid("say what a partial answer lacks", "")
		}
	case matter.AnswerRefused:
		if !slices.Contains(matter.Refusals(), e.Ground) {
			return invalid("say on which ground it was refused", string(e.Ground))
		}
	default:
		return invalid("an answer is full, partial or a refusal", string(e.Answer))
	}
	return nil
}

// checkCourse looks at an event among the others.
func checkCourse(before, after matter.Course, e matter.Event, letters []engine.Right) error {
	if k := end(before.Effective()); (k == matter.EventClosed || k == matter.EventAbandoned) && e.Kind != matter.EventReopened && e.Corrects == 0 {
		return engine.E(engine.CodeConflict, "procedure.Record", "this case is closed: open it again first", nil)
	}
	events := after.Effective()
	sent, err := sentOn(events)
	if err != nil {
		return err
	}
	for _, x := range events {
		from, was := sent[x.Right]
		switch {
		case !aboutRequest(x.Kind) || x.Kind == matter.EventDrafted || x.Kind == matter.EventSent:
		case !was:
			return engine.E(engine.CodeConflict, "procedure.Record", "record first that the letter was sent", errors.New(string(x.Right)))
		case x.Day.AddDays(1).Before(from): // a day of slack: the places of the two may be a day apart
			return invalid("this is before the letter was sent", x.Day.String())
		}
	}
	if e.Kind == matter.EventComplained && len(sent) == 0 {
		return engine.E(engine.CodeConflict, "procedure.Record", "record first that the letter was sent", nil)
	}
	return accessFirst(events, sent, letters)
}

// sentOn gives the day on which each letter was sent; CodeConflict: one was sent twice.
func sentOn(events []matter.Event) (map[engine.Right]matter.Day, error) {
	sent := map[engine.Right]matter.Day{}
	for _, x := range events {
		if x.Kind != matter.EventSent {
			continue
		}
		if _, twice := sent[x.Right]; twice {
			return nil, engine.E(engine.CodeConflict, "procedure.Record", "this letter was sent already: correct that entry instead", errors.New(string(x.Right)))
		}
		sent[x.Right] = x.Day
	}
	return sent, nil
}

// accessFirst keeps the order of access and erasure: an access letter that was written goes out first, so that nothing is erased before it was
// shown.
func accessFirst(events []matter.Event, sent map[engine.Right]matter.Day, letters []engine.Right) error {
	on, erasing := sent[erasure]
	if !erasing {
		return nil
	}
	first := engine.E(engine.CodeConflict, "procedure.Record", "access was asked for too: send that letter first, so that nothing is erased before it was shown", nil)
	if asked, ok := sent[access]; ok {
		if asked.After(on) {
			return first
		}
		return nil
	}
	if slices.Contains(unsent(events, letters), access) {
		return first
	}
	return nil
}

// MayWrite tells whether a reminder or a complaint can be written today: CodeConflict says from which day on. Other letters always can.
func MayWrite(c matter.Course, letters []engine.Right, right engine.Right, about engine.Right, now time.Time) error {
	if isRequest(right) {
		return nil
	}
	const op = "procedure.MayWrite"
	t, ok := Stand(c, letters, now).Thread(about)
	if !ok {
		return engine.E(engine.CodeConflict, op, "record first that the letter was sent", errors.New(string(about)))
	}
	from, msg := t.RemindOn, engine.E(engine.CodeConflict, op, "a reminder can go out when the period has passed, not before", errors.New(t.RemindOn.String()))
	if right == "complaint" {
		from, msg = t.Complain, engine.E(engine.CodeConflict, op, "a complaint can go out when the latest date has passed, not before", errors.New(t.Complain.String()))
	}
	zone, _ := Zone(c.To)
	if from.IsZero() || matter.DayOf(now, zone).Before(from) {
		return msg
	}
	return nil
}

// CheckSettings refuses what can't be a regime, a country, a Land or a time zone, as a CodeInvalid error.
func CheckSettings(s matter.CourseSettings) error {
	_, zoneErr := time.LoadLocation(s.To.Zone)
	switch {
	case s.Regime != "" && !slices.Contains(matter.Regimes(), s.Regime):
		return invalid("there is no such regime", string(s.Regime))
	case !isCountry(s.To.Country):
		return invalid("a country is two letters of ISO 3166", s.To.Country)
	case !isCountry(s.Residence):
		return invalid("a country is two letters of ISO 3166", s.Residence)
	case !isCountry(s.Land):
		return invalid("a Land is its two letters of ISO 3166-2, such as BE for Berlin", s.Land)
	case s.To.Zone == "Local" || zoneErr != nil:
		return invalid("there is no such time zone", s.To.Zone)
	}
	return nil
}

func isCountry(s string) bool {
	upper := func(b byte) bool { return b >= 'A' && b <= 'Z' }
	return s == "" || len(s) == 2 && upper(s[0]) && upper(s[1])
}
