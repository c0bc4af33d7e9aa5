package papers

import (
	"time"

	"gabarit/engine/matter"
)

// NoticeDue is the last day on which people must have been informed (GDPR art. 14(3)) of photos collected at a moment: a month later, or the day
// they are first disclosed to a recipient, whichever comes first. The month ends on the day of the same number, or on the last day of a shorter month (Regulation
// 1182/71 art. 3(2)(c)); that it may end on the next working day is left out, so that the day told is the earliest reading. The result is midnight UTC of the day.
func NoticeDue(collected time.Time, recipients []matter.Recipient) time.Time {
	y, m, d := collected.Date()
	due := time.Date(y, m+1, min(d, daysIn(y, m+1)), 0, 0, 0, 0, time.UTC)
	first := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	for _, r := range recipients {
		if r.Since.IsZero() || (r.Gone() && r.Removed.Before(first)) {
			continue
		}
		ry, rm, rd := r.Since.Date()
		since := time.Date(ry, rm, rd, 0, 0, 0, 0, time.UTC)
		if since.Before(first) { // it gets what is collected as it comes
			since = first
		}
		if since.Before(due) {
			due = since
		}
	}
	return due
}

// daysIn is the number of days of a month; month 13 is January of the next year.
func daysIn(year int, month time.Month) int {
	return time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day()
}
