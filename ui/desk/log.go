package desk

import (
	"cmp"
	"strings"

	"gabarit/engine"
	"gabarit/ui/kit"
)

// Actions lists what the log says of requests and papers, in the order in which a request goes on.
func Actions() []engine.AuditAction {
	return []engine.AuditAction{engine.ActionRequestRegistered, engine.ActionRequestChanged, engine.ActionRequestSearched, engine.ActionRequestReviewed, engine.ActionRestricted,
		engine.ActionPackageWritten, engine.ActionRequestAnswered, engine.ActionRequestExtended, engine.ActionRequestRefused, engine.ActionCertificate, engine.ActionRecipientNotified,
		engine.ActionRequestClosed, engine.ActionSearchRefused, engine.ActionProfile, engine.ActionRecipient, engine.ActionOrder, engine.ActionPaper}
}

// ActionWords names what was done about requests of people concerned, and with the operator's papers; "" for anything else.
func ActionWords(a engine.AuditAction) string {
	return map[engine.AuditAction]string{
		engine.ActionSearchRefused:     kit.T("Search refused"),
		engine.ActionRequestRegistered: kit.T("Request registered"),
		engine.ActionRequestChanged:    kit.T("Request changed"),
		engine.ActionRequestSearched:   kit.T("Searched for a request"),
		engine.ActionRequestReviewed:   kit.T("Candidates reviewed"),
		engine.ActionRestricted:        kit.T("Restriction"),
		engine.ActionPackageWritten:    kit.T("Access package written"),
		engine.ActionRequestAnswered:   kit.T("Request answered"),
		engine.ActionRequestExtended:   kit.T("Request extended"),
		engine.ActionRequestRefused:    kit.T("Request refused"),
		engine.ActionCertificate:       kit.T("Certificate written"),
		engine.ActionRecipientNotified: kit.T("Recipient told"),
		engine.ActionRequestClosed:     kit.T("Request closed"),
		engine.ActionProfile:           kit.T("Controller’s profile"),
		engine.ActionRecipient:         kit.T("Recipients"),
		engine.ActionOrder:             kit.T("Order of an authority"),
		engine.ActionPaper:             kit.T("Paper written"),
	}[a]
}

// ChangeWords says what became of a recipient, an order or a request; one that is not known is shown as it is.
func ChangeWords(what string) string {
	return cmp.Or(map[string]string{"added": kit.T("added"), "proof": kit.T("proof attached"), "closed": kit.T("closed"), "erased": kit.T("erased"), "lifted": kit.T("lifted")}[what],
		strings.ReplaceAll(what, "_", " "))
}
