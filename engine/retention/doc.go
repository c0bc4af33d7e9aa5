// Package retention says when what is held has to go, and why (GDPR art. 5(1)(e)): every record has an end date. It is pure: it is told what is
// held and gives a plan; app/retention shows it or carries it out.
//
// The periods are the policy of the project (facts, section 5.6): a photo goes when its collection's time is over; when its source has not
// been asked for six months whether it is still there; and when a check found the source gone, closed or withdrawn thirty days ago, during
// which it is in no search. The file of a subject request goes three years after it was closed. Suppressions end by themselves, see
// engine.SuppressFor.
package retention
