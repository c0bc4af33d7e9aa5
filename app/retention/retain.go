package retention

import (
	"context"
	"time"

	"gabarit/app/opened"
	"gabarit/engine"
	"gabarit/engine/entry"
	"gabarit/engine/matter"
	"gabarit/engine/retention"
)

// PlanRetention tells what has to go now, and what goes soon, before anything is done.
func (k *Keeper) PlanRetention(ctx context.Context) (retention.Plan, error) {
	return opened.Use(ctx, k.parts.Door, "retention.Plan", k.plan)
}

func (k *Keeper) plan(ctx context.Context, v opened.Vault) (retention.Plan, error) {
	var none retention.Plan
	infos, err := v.Store.Collections(ctx)
	if err != nil {
		return none, err
	}
	known, err := checks(ctx, v)
	if err != nil {
		return none, err
	}
	p := retention.NewPlanner(k.parts.Door.Now(), infos)
	for _, c := range infos {
		err := records(ctx, v, c.ID, known, func(r record) error {
			p.Add(r.Record)
			return nil
		})
		if err != nil {
			return none, err
		}
	}
	err = v.Store.Documents(ctx, engine.DocumentRequest, func(id string, data []byte) error {
		var r struct { // of matter.Request
			ClosedAt time.Time `json:"closed_at"`
		}
		err := read(data, &r, func() int { return 0 })
		p.AddRequest(id, r.ClosedAt)
		return err
	})
	return p.Plan(), err
}

// Retained is what Retain did. Times and numbers of Plan are those of before.
type Retained struct {
	Plan     retention.Plan
	Erasures []engine.ErasureReport // one for each reason, with its proof
	Gone     map[string]int         // photos and request files that went, by reason
}

// Retain erases what has to go, with the proof of app.Erase. What was kept as long as its collection says, and what its source withdrew, is
// refused when it is collected again. progress may be nil. CodeConflict: a collection is being read. After an error Gone tells what went.
func (k *Keeper) Retain(ctx context.Context, progress func(engine.ErasureStep)) (Retained, error) {
	return k.retain(ctx, k.parts.Door, progress)
}

func (k *Keeper) retain(ctx context.Context, door opened.Door, progress func(engine.ErasureStep)) (done Retained, err error) {
	done.Gone = map[string]int{}
	done.Plan, err = opened.Use(ctx, door, "retention.Retain", k.plan)
	if err != nil {
		return done, err
	}
	for _, why := range retention.Reasons() {
		photos := done.Plan.Photos(why)
		if len(photos) == 0 {
			continue
		}
		plan, err := k.parts.Plan(ctx, engine.ErasureRequest{Photos: photos, Reason: why.Erase(), Suppress: why.Suppress()})
		if err != nil {
			return done, err
		}
		report, err := k.parts.Erase(ctx, plan, progress)
		if report.ID != "" {
			done.Gone[string(why)] += report.Counts.Photos
			done.Erasures = append(done.Erasures, report)
		}
		if err != nil {
			return done, err
		}
	}
	_, err = opened.Use(ctx, door, "retention.Retain", func(ctx context.Context, v opened.Vault) (struct{}, error) {
		return struct{}{}, k.ended(ctx, v, &done)
	})
	door.Tell(engine.EventUpkeep, engine.EventAudit)
	return done, err
}

// ended deletes the files of requests that go, and notes for each collection what was done.
func (k *Keeper) ended(ctx context.Context, v opened.Vault, done *Retained) error {
	infos, err := v.Store.Collections(ctx)
	if err != nil {
		return err
	}
	files := done.Plan.RequestFiles()
	erased := map[engine.CollectionID]map[string]int{}
	for _, g := range done.Plan.Groups() {
		if g.Collection != "" {
			if erased[g.Collection] == nil {
				erased[g.Collection] = map[string]int{}
			}
			erased[g.Collection][string(g.Why)] = g.N
		}
	}
	err = v.Store.ChangeDocuments(ctx, func(x engine.DocumentTx) error {
		for _, id := range files {
			if err := x.Delete(engine.DocumentRequest, id); err != nil {
				return err
			}
		}
		for _, c := range infos {
			err := changeKept(x, c.ID, func(u *matter.Upkeep) {
				if u.RetainedAt = done.Plan.At; len(erased[c.ID]) > 0 {
					u.ErasedAt, u.Erased = done.Plan.At, erased[c.ID]
				}
			})
			if err != nil {
				return err
			}
		}
		if err := inState(x, func(s *state) { s.RanAt = done.Plan.At }); err != nil {
			return err
		}
		gone := map[string]int{"request_files": len(files)}
		for why, n := range done.Gone {
			gone[why] = n
		}
		return x.Log(entry.Retained(done.Plan.Records, gone))
	})
	if err != nil || len(files) == 0 {
		return err
	}
	done.Gone[string(retention.Closed)] = len(files)
	_, _, err = v.Store.Purge(ctx) // what was deleted leaves the files
	return err
}
