package search

import (
	"context"

	"gabarit/engine"
	"gabarit/ui/kit"
)

// Judge notes what the user says of a row and gives what is to be remembered; ok is false if there is no such row. Who is it is ticked, who is not or may not
// be is not; a face that is not the person is shown no more, unless the user asks for it.
func (p *Presenter) Judge(id RowID, v engine.Verdict) (req engine.VerdictRequest, ok bool) {
	if p.probe == nil || id.Probe < 0 || id.Probe >= len(p.probe.Faces) {
		return req, false
	}
	for i := range p.rows {
		if p.rows[i].ID == id {
			p.rows[i].Match.Verdict, ok = v, true
		}
	}
	p.Tick(id, v == engine.VerdictYes)
	return engine.VerdictRequest{ProbeSHA256: p.probe.SHA256, ProbeBox: p.probe.Faces[id.Probe].Box, Face: id.Face, Verdict: v}, ok
}

// Rejected counts the fetched rows that the user said no to.
func (p *Presenter) Rejected() (n int) {
	for _, r := range p.rows {
		if r.Match.Verdict == engine.VerdictNo {
			n++
		}
	}
	return n
}

// ShowRejected shows what was said no to, or hides it.
func (p *Presenter) ShowRejected(on bool) {
	p.rejected = on
	p.refilter()
}

// judge remembers what the user says of the marked row: the same answer again takes it back.
func (v *View) judge(said engine.Verdict) {
	row, at, _ := v.p.Selected()
	was := row.Match.Verdict
	if was == said { // once more
		said = engine.VerdictNone
	}
	req, ok := v.p.Judge(row.ID, said)
	if !ok {
		return
	}
	// A slot of its own: the next answer must not cancel this one.
	kit.Run(v.env.Slots.NewSlot(), func(ctx context.Context) (struct{}, error) { return struct{}{}, v.svc.Judge(ctx, req) },
		func(_ struct{}, err error) {
			if err != nil { // it was not remembered, so it must not look so
				v.p.Judge(row.ID, was)
				v.notice.Error(err)
				v.refreshAll()
			}
		})
	v.p.refilter()
	if _, _, ok := v.p.Selected(); !ok { // it is hidden now
		v.p.Select(min(at, len(v.p.Rows())-1))
	}
	v.refreshAll()
}
