package entry

import (
	"strings"

	"gabarit/engine"
)

// ProfileChanged records that the controller's profile was stored, and under which part of art. 3.
func ProfileChanged(territory string) engine.AuditEntry {
	return engine.AuditEntry{Action: engine.ActionProfile, Detail: map[string]string{"what": "changed", "territory": territory}}
}

// RecipientChanged records that a recipient was "added" or "removed".
func RecipientChanged(id, what string) engine.AuditEntry {
	return engine.AuditEntry{Action: engine.ActionRecipient, Objects: []string{id}, Detail: map[string]string{"what": what}}
}

// OrderChanged records that an order of an authority was "added" or "closed", or "proof" was attached to it.
func OrderChanged(id, what string) engine.AuditEntry {
	return engine.AuditEntry{Action: engine.ActionOrder, Objects: []string{id}, Detail: map[string]string{"what": what}}
}

// PaperWritten records that a paper ("records", "dpia", "notice", "authority") was written to files; objects are what it is about.
func PaperWritten(paper, language string, formats []string, objects ...string) engine.AuditEntry {
	return engine.AuditEntry{Action: engine.ActionPaper, Objects: objects,
		Detail: map[string]string{"paper": paper, "language": language, "formats": strings.Join(formats, ",")}}
}
