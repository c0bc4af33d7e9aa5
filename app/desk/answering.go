package desk

import (
	"cmp"
	"context"
	"strings"

	"gabarit/engine"
	"gabarit/engine/matter"
)

// Answering tells from the operator's papers who answers for the vault, and to whom data were given.
func Answering(ctx context.Context, store engine.Store) (matter.Answering, error) {
	k, err := readPapers(ctx, store)
	if err != nil {
		return matter.Answering{}, err
	}
	p := k.profile
	out := matter.Answering{Controller: lines(p.Party), Representative: lines(p.EU.Party), DPO: lines(p.DPO), Authority: lines(p.Authority), Country: p.Country}
	for i, r := range []matter.Representative{p.UK, p.CH} {
		if l := lines(r.Party); len(l) > 0 {
			out.Representative = append(out.Representative, []string{"GB", "CH"}[i]+": "+strings.Join(l, ", "))
		}
	}
	for _, j := range p.Joint {
		out.Joint = append(out.Joint, strings.Join(lines(j), ", "))
	}
	for _, g := range p.Gaps() {
		out.Gaps = append(out.Gaps, string(g))
	}
	for _, r := range k.recipients { // those that get nothing any more, too: they had data
		out.Recipients = append(out.Recipients, matter.Disclosure{ID: r.ID, Name: r.Name, Address: cmp.Or(r.Address, r.Email), Country: r.Country, Third: r.Third(), Processor: r.Processor,
			What: r.What, Purpose: r.Purpose, Safeguards: r.Safeguards, Since: r.Since, Until: r.Removed})
	}
	return out, nil
}

// lines writes a party down, without what is not recorded.
func lines(p matter.Party) (out []string) {
	for _, l := range []string{p.Name, p.Address, p.Email, p.Country} {
		if strings.TrimSpace(l) != "" {
			out = append(out, l)
		}
	}
	return out
}
