package matter

import (
	"cmp"
	"fmt"
	"time"

	"gabarit/engine"
)

// Day is a day of the calendar at the place it is about, without an hour or a zone: deadlines are counted in days. The zero Day is unknown.
// As text and in JSON it is year-month-day, "" if unknown.
type Day struct {
	Year  int
	Month time.Month
	Day   int
}

// DayOf is the day that an instant falls on in a zone.
func DayOf(t time.Time, zone *time.Location) Day {
	if t.IsZero() {
		return Day{}
	}
	y, m, d := t.In(zone).Date()
	return Day{y, m, d}
}

// ParseDay reads year-month-day; "" is the unknown day. CodeInvalid.
func ParseDay(s string) (Day, error) {
	if s == "" {
		return Day{}, nil
	}
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Day{}, engine.E(engine.CodeInvalid, "matter.ParseDay", "a date is written year-month-day", err)
	}
	return DayOf(t, time.UTC), nil
}

// IsZero tells that the day is unknown.
func (d Day) IsZero() bool { return d == Day{} }

// Midnight is the instant at which the day begins in a zone.
func (d Day) Midnight(zone *time.Location) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, zone)
}

// Weekday is the day of the week.
func (d Day) Weekday() time.Weekday { return d.Midnight(time.UTC).Weekday() }

// AddDays gives the day n days later.
func (d Day) AddDays(n int) Day { return DayOf(d.Midnight(time.UTC).AddDate(0, 0, n), time.UTC) }

// Compare orders days; the unknown one comes first.
func (d Day) Compare(e Day) int {
	return cmp.Or(cmp.Compare(d.Year, e.Year), cmp.Compare(d.Month, e.Month), cmp.Compare(d.Day, e.Day))
}

// Before tells whether d is earlier than e.
func (d Day) Before(e Day) bool { return d.Compare(e) < 0 }

// After tells whether d is later than e.
func (d Day) After(e Day) bool { return d.Compare(e) > 0 }

// DaysSince counts the days from e to d.
func (d Day) DaysSince(e Day) int {
	return int(d.Midnight(time.UTC).Sub(e.Midnight(time.UTC)) / (24 * time.Hour))
}

// String implements fmt.Stringer.
func (d Day) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day)
}

// MarshalText implements encoding.TextMarshaler.
func (d Day) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (d *Day) UnmarshalText(text []byte) (err error) {
	*d, err = ParseDay(string(text))
	return err
}

// Later gives the later day.
func Later(a, b Day) Day {
	if b.After(a) {
		return b
	}
	return a
}
