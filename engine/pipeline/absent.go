package pipeline

import (
	"context"
	"crypto/sha256"
	"strings"

	"gabarit/engine"
)

// maxAbsent is how many items are stored as absent in one transaction.
const maxAbsent = 500

// absent takes those items off the list of failures that this run's folders, archives and manifests would have offered and did not: they were deleted,
// repaired under another name, or unpacked. Else the list would never get shorter, and would keep their names. It is called when all was listed.
func (c *collector) absent(ctx context.Context) error {
	failed, err := c.Store.CollectionFailures(ctx, c.run.Collection)
	if err != nil {
		return err
	}
	var gone []engine.Ingest
	flush := func() error {
		if len(gone) == 0 {
			return nil
		}
		err := c.Store.Commit(ctx, c.run.Collection, gone)
		gone = gone[:0]
		return err
	}
	for _, f := range failed {
		if f.Partial || !under(f.Item, c.run.Sources) || c.met(f.Item) {
			continue
		}
		was, err := c.Store.Item(ctx, c.run.Collection, f.Item)
		if err != nil {
			return err
		}
		if was.Run == c.run.ID { // an earlier part of this run counted it
			c.teller.forget(was)
		}
		gone = append(gone, engine.Ingest{Record: engine.ItemRecord{Key: f.Item, Run: c.run.ID, Outcome: engine.OutcomeAbsent, At: c.Now()}})
		if len(gone) == maxAbsent {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}

// met tells whether the run was offered an item, or the video of which it is a frame.
func (c *collector) met(key string) bool {
	for {
		if _, ok := c.seen[sha256.Sum256([]byte(key))]; ok {
			return true
		}
		i := strings.LastIndexByte(key, '#')
		if i < 0 {
			return false
		}
		key = key[:i]
	}
}

// under tells keys of what lies in a folder or file that was named. Addresses of sites are not compared: a page that a walk did not reach may still be there.
func under(key string, sources []string) bool {
	for _, s := range sources {
		s = strings.TrimSuffix(s, "/")
		if rest, ok := strings.CutPrefix(key, s); ok && !strings.Contains(s, "://") && (rest == "" || rest[0] == '/' || rest[0] == '#') {
			return true
		}
	}
	return false
}
