package rights

import (
	"slices"

	"gabarit/engine"
	"gabarit/engine/matter"
)

// Notes gives what is to be known beside a letter, never inside it: where its text leans on what no lawyer has checked yet, and what
// goes with it. Each is an English sentence, the key of its translation.
func Notes(req matter.LetterRequest) []string {
	f := req.Fields
	var out []string
	add := func(when bool, text string) {
		if when {
			out = append(out, text)
		}
	}
	right := func(r ...engine.Right) bool { return slices.Contains(r, req.Right) }
	uk, ch := req.Regime == matter.RegimeUK, req.Regime == matter.RegimeCH
	eu := !uk && !ch
	add(slices.Contains([]string{"de", "it"}, req.Lang), "This is an outline, not a complete letter: its first line says so. Have it completed and checked by a lawyer of that language.")
	add(true, "To be checked by a lawyer: the wording of this letter has not been reviewed in its language.")
	add(uk, "To be checked by a lawyer: the sections of the Data Protection Act 2018 on complaints, and what is left of the rules on representatives, as changed in 2025 and 2026.")
	if uk {
		out = append(out, controllerFirst(req)...)
	}
	add(ch && right(engine.RightErasure, engine.RightRestriction, engine.RightDelisting), "To be checked by a lawyer: the claims under article 32 of the Swiss Act are enforced before the civil court, under the Civil Code’s rules on personality.")
	add(ch && right(engine.RightObjection, engine.RightErasure, engine.RightDelisting), "To be checked by a lawyer: that processing against a person’s express will breaches their personality (article 30 of the Swiss Act).")
	add(ch && right(engine.RightAccess, engine.RightReminder), "To be checked by a lawyer: the 30 days of Swiss law count from receipt, and the controller may name a later day.")
	add(ch && right(engine.RightComplaint), "A report to the Swiss Commissioner does not make the person a party; claims of one’s own go to the civil court.")
	add((eu || uk) && right(engine.RightAccess), "To be checked by a lawyer: how far a copy must be complete and recipients be named (judgments C-487/21 and C-154/21).")
	add((eu || uk) && right(engine.RightDelisting), "To be checked by a lawyer: which searches and versions a delisting covers, and that image previews are weighed on their own (judgments C-131/12, C-507/17, C-460/20).")
	add(eu && right(engine.RightErasure) && slices.Contains(groundsOf(f), "f"), "To be checked by a lawyer: ground (f) is for data that an online service collected from a child.")
	add(right(engine.RightAccess, engine.RightErasure, engine.RightObjection) && !ch, "To be checked by a lawyer: that no copy of an identity document is owed as a rule. If one is asked for with reasons, cover its number, signature and what is not needed.")
	return append(out, enclosureNotes(req)...)
}

// controllerFirst tells that a complaint in the United Kingdom goes to the controller before it goes to the Commissioner.
func controllerFirst(req matter.LetterRequest) []string {
	switch {
	case req.Right == engine.RightReminder:
		return []string{"In the United Kingdom this reminder is also the complaint to the controller that must come before one to the Information Commissioner."}
	case req.Right == engine.RightComplaint && !req.Fields.FollowUp.ToController:
		return []string{"No complaint to the controller is recorded in this case. The Information Commissioner asks for one first (Data Protection Act 2018, section 164A)."}
	}
	return nil
}

// enclosureNotes tells what goes with a letter.
func enclosureNotes(req matter.LetterRequest) []string {
	f := req.Fields
	var out []string
	add := func(when bool, text string) {
		if when {
			out = append(out, text)
		}
	}
	add(oneLine(f.Portrait) != "", "The portrait is biometric material for the addressee too. Send it only if the data can’t be found otherwise. To be checked by a lawyer: the legal condition of its use.")
	add(oneLine(f.Portrait) != "" || oneLine(f.Represented) != "", "What is enclosed goes along by itself only in the e-mail draft (EML); with the other formats, attach it yourself.")
	add(req.Right == engine.RightReminder || req.Right == engine.RightComplaint, "Attach a copy of the request and what proves that it was sent.")
	return out
}
