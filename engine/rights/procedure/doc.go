// Package procedure knows how a request under data protection law goes on: its periods, what an answer or its absence leads to, and who
// can be complained to. It is pure: everything follows from a matter.Course and a clock.
//
// Periods of the EU are counted as Regulation (EEC, Euratom) No 1182/71 says: the day of receipt does not count (art. 3(1)); a period in
// months ends on the day with the same number, or the last day of a month that has no such day (art. 3(2)(c)); if that is a Saturday,
// a Sunday or a public holiday, on the next working day (art. 3(4)). The regimes have rules of their own that never mix: what a function
// says of one is never used for another.
//
// What leans on a reading of the law that a lawyer has yet to check is marked (K) here and carries a matter.Doubt where it is shown.
package procedure
