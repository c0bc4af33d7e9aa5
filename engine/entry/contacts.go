package entry

import "gabarit/engine"

// ContactsChanged records that entries of the address book were "saved" or "removed", or a directory "imported", and how many there are of it.
func ContactsChanged(what string, n int, ids ...string) engine.AuditEntry {
	return engine.AuditEntry{Action: engine.ActionContacts, Objects: ids, Counts: map[string]int{"contacts": n}, Detail: map[string]string{"what": what}}
}

// ItemsJudged records what the user said of items of a case: whether they show the person.
func ItemsJudged(id engine.CaseID, v engine.Verdict, n int) engine.AuditEntry {
	e := Judged(v)
	e.Objects, e.Counts = []string{string(id)}, map[string]int{"items": n}
	return e
}
