// Package desk is the operator's screen: the requests of people concerned with their clock, the review of candidates, access packages, erasure and refusal. The
// papers of whoever answers for the vault are a tab of it that the window brings (ui/papers). A view (widgets) and a presenter (no Fyne).
//
// What may be done when is decided by the application, whose refusals are shown as they come; this package gathers fields, orders lists and names what is late.
package desk
