package papers

import (
	"context"
	"strings"

	"gabarit/engine"
	"gabarit/engine/matter"
)

// Answering tells from the papers who answers for the vault and to whom data were given, for packages, certificates and notices. What the profile lacks is told in
// Gaps. Recipients of the past are among them: the data went there.
func Answering(ctx context.Context, store engine.Store) (matter.Answering, error) {
	k, err := readPapers(ctx, store)
	if err != nil {
		return matter.Answering{}, err
	}
	p := k.profile
	a := matter.Answering{Controller: partyLines(p.Party), DPO: partyLines(p.DPO), Authority: partyLines(p.Authority), Country: p.Country}
	for _, r := range []matter.Representative{p.EU, p.UK, p.CH} {
		a.Representative = append(a.Representative, partyLines(r.Party)...)
	}
	for _, j := range p.Joint {
		a.Joint = append(a.Joint, strings.Join(partyLines(j), ", "))
	}
	for _, g := range p.Gaps() {
		a.Gaps = append(a.Gaps, string(g))
	}
	for _, r := range k.recipients {
		a.Recipients = append(a.Recipients, matter.Disclosure{ID: r.ID, Name: r.Name, Address: strings.Join(partyLines(matter.Party{Address: r.Address, Email: r.Email}), ", "),
			Country: r.Country, Third: r.Third(), Processor: r.Processor, What: r.What, Purpose: r.Purpose, Safeguards: r.Safeguards, Since: r.Since})
	}
	return a, nil
}

// partyLines writes a party, one thing a line.
func partyLines(p matter.Party) []string {
	var out []string
	for _, s := range []string{p.Name, strings.Join(strings.Split(strings.TrimSpace(p.Address), "\n"), ", "), p.Email, p.Country} {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}
