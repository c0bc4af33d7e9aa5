package storage

import (
	"context"
	"slices"
	"strings"
	"time"

	"gabarit/engine"
	"gabarit/engine/entry"
	"gabarit/storage/records"
)

func (x tx) run(r engine.RunID) (engine.Run, error) {
	missing := engine.E(engine.CodeNotFound, "storage.run", "there is no such run", nil)
	b := records.ID(r)
	if b == nil {
		return engine.Run{}, missing
	}
	var record records.Run
	err := x.GetOr(missing, records.Key(records.KindRun, b), &record)
	return record.Engine(), err
}

func (x tx) putRun(r engine.Run) error {
	return x.Put(records.Key(records.KindRun, records.ID(r.ID)), records.NewRun(r))
}

// latestRun finds the newest run over the same work; found is false if there is none.
func (x tx) latestRun(want engine.Run) (last engine.Run, found bool, err error) {
	err = x.Each(records.Key(records.KindRun), func(_, plain []byte) error { // few, and sorted by time: their IDs rise
		var r records.Run
		if err := records.Decode(plain, &r); err != nil {
			return err
		}
		if r.Engine().SameWork(want) {
			last, found = r.Engine(), true
		}
		return nil
	})
	return last, found, err
}

// items calls fn for every item of a collection.
func (x tx) items(c []byte, fn func(engine.ItemRecord)) error {
	return x.Each(records.Key(records.KindItem, c), func(_, plain []byte) error {
		var r records.Item
		if err := records.Decode(plain, &r); err != nil {
			return err
		}
		fn(engine.ItemRecord(r))
		return nil
	})
}

// BeginRun implements engine.Store. What a continued run holds already is counted from the items'
// records, so that it can't drift from them.
func (s *Store) BeginRun(ctx context.Context, r engine.Run, resume bool) (engine.Run, engine.CollectCounts, error) {
	const op = "storage.BeginRun"
	var counts engine.CollectCounts
	if err := r.Check(); err != nil {
		return engine.Run{}, counts, err
	}
	err := s.update(ctx, op, 0, func(x tx) error {
		if _, err := x.collection(records.ID(r.Collection)); err != nil {
			return err
		}
		last, found, err := x.latestRun(r)
		if err != nil {
			return err
		}
		action := engine.ActionRunStarted
		if found && (resume || last.FinishedAt.IsZero()) {
			web := r.Web
			action, r = engine.ActionRunContinued, last
			r.Web = web
			err = x.items(records.ID(r.Collection), func(i engine.ItemRecord) {
				if i.Run == r.ID {
					counts.Add(i)
				}
			})
		} else {
			r.ID, r.StartedAt = engine.RunID(s.db.NewID()), s.db.Now()
		}
		if err != nil {
			return err
		}
		r.FinishedAt = time.Time{}
		if err := x.putRun(r); err != nil {
			return err
		}
		return x.Append(entry.Run(action, r))
	})
	if err != nil {
		return engine.Run{}, engine.CollectCounts{}, err
	}
	r.Sources = slices.Clone(r.Sources)
	return r, counts, nil
}

// UnfinishedRuns implements engine.Store.
func (s *Store) UnfinishedRuns(ctx context.Context) (runs []engine.Run, err error) {
	err = s.view(ctx, "storage.UnfinishedRuns", func(x tx) error {
		return x.Each(records.Key(records.KindRun), func(_, plain []byte) error {
			var r records.Run
			if err := records.Decode(plain, &r); err != nil {
				return err
			}
			if r.FinishedAt.IsZero() {
				runs = append(runs, r.Engine())
			}
			return nil
		})
	})
	return runs, err
}

// FinishRun implements engine.Store.
func (s *Store) FinishRun(ctx context.Context, r engine.RunID, counts engine.CollectCounts) error {
	return s.update(ctx, "storage.FinishRun", 0, func(x tx) error {
		run, err := x.run(r)
		if err != nil {
			return err
		}
		run.FinishedAt = s.db.Now()
		if err := x.putRun(run); err != nil {
			return err
		}
		return x.Append(entry.RunFinished(run, counts))
	})
}

// RunFailures implements engine.Store.
func (s *Store) RunFailures(ctx context.Context, r engine.RunID) ([]engine.FailedItem, error) {
	var failed []engine.FailedItem
	err := s.view(ctx, "storage.RunFailures", func(x tx) error {
		run, err := x.run(r)
		if err != nil {
			return err
		}
		failed, err = x.failures(records.ID(run.Collection), func(i engine.ItemRecord) bool { return i.Run == r })
		return err
	})
	return failed, err
}

// CollectionFailures implements engine.Store.
func (s *Store) CollectionFailures(ctx context.Context, c engine.CollectionID) ([]engine.FailedItem, error) {
	var failed []engine.FailedItem
	err := s.view(ctx, "storage.CollectionFailures", func(x tx) error {
		if _, err := x.collection(records.ID(c)); err != nil {
			return err
		}
		var err error
		failed, err = x.failures(records.ID(c), func(engine.ItemRecord) bool { return true })
		return err
	})
	return failed, err
}

func (x tx) failures(c []byte, want func(engine.ItemRecord) bool) ([]engine.FailedItem, error) {
	var failed []engine.FailedItem
	err := x.items(c, func(i engine.ItemRecord) {
		if i.Reason != "" && want(i) {
			failed = append(failed, engine.FailedItem{Item: i.Key, Code: i.Code, Reason: i.Reason, Detail: i.Detail, At: i.At, Partial: i.Outcome != engine.OutcomeFailed})
		}
	})
	slices.SortFunc(failed, func(a, b engine.FailedItem) int { return strings.Compare(a.Item, b.Item) })
	return failed, err
}

// Item implements engine.Store.
func (s *Store) Item(ctx context.Context, c engine.CollectionID, itemKey string) (engine.ItemRecord, error) {
	var r records.Item
	err := s.view(ctx, "storage.Item", func(x tx) error {
		missing := engine.E(engine.CodeNotFound, "storage.Item", "nothing is known of this item", nil)
		b := records.ID(c)
		if b == nil {
			return missing
		}
		return x.GetOr(missing, s.db.ItemKey(b, itemKey), &r)
	})
	if err == nil {
		r.Key = itemKey // not kept of what was suppressed
	}
	return engine.ItemRecord(r), err
}
