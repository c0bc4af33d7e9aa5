package desk

import (
	"context"
	"time"

	"gabarit/engine"
	"gabarit/engine/matter"
)

// PlainDeadline is the end of the last day of a period of months (Regulation 1182/71, art. 3): the day with the same number, or the last one of a month that has
// no such day, moved on from a weekend. It knows no public holidays: then the day it gives is the earliest reading.
func PlainDeadline(received time.Time, months int, _ string) time.Time {
	y, m, d := received.Date()
	last := time.Date(y, m+time.Month(months)+1, 0, 0, 0, 0, 0, received.Location()).Day()
	end := time.Date(y, m+time.Month(months), min(d, last), 23, 59, 59, 0, received.Location())
	for end.Weekday() == time.Saturday || end.Weekday() == time.Sunday {
		end = end.AddDate(0, 0, 1)
	}
	return end
}

// Nobody says that nothing is recorded of who answers for the vault.
func Nobody(context.Context, engine.Store) (matter.Answering, error) {
	return matter.Answering{Gaps: []string{"It is not recorded who the controller is (GDPR article 14(1)(a))."}}, nil
}
