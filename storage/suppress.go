package storage

import (
	"context"
	"encoding/binary"
	"math/bits"

	"gabarit/engine"
	"gabarit/storage/records"
)

func (s *Store) refuses(r records.Suppression) bool { return s.db.Now().Before(r.Review) }

// suppress adds an entry or renews it.
func (p *part) suppress(of engine.SuppressionKind, what []byte, looks uint64) error {
	if !p.erasing.Suppress {
		return nil
	}
	k := p.s.db.SuppressionKey(of, what)
	now := p.s.db.Now()
	r := records.Suppression{Kind: of, Created: now, PHash: looks}
	found, err := p.Get(k, &r)
	if err != nil {
		return err
	}
	if !found {
		p.counts.Suppressions++
	}
	r.Reason, r.Review = p.erasing.Reason, now.Add(engine.SuppressFor)
	return p.Put(k, r)
}

// suppressURL refuses the image's own address; its page shows other people too.
func (p *part) suppressURL(find engine.Provenance) error {
	url := engine.CanonicalURL(find.URL)
	if url == "" {
		return nil
	}
	return p.suppress(engine.SuppressURL, []byte(url), 0)
}

func (p *part) suppressPhoto(r records.Photo) error {
	if err := p.suppressURL(r.Source); err != nil {
		return err
	}
	if err := p.suppress(engine.SuppressFile, r.SHA256, 0); err != nil || !p.erasing.Similar {
		return err
	}
	return p.suppress(engine.SuppressLooks, binary.BigEndian.AppendUint64(nil, r.PHash), r.PHash)
}

// Suppressed implements engine.Store.
func (s *Store) Suppressed(ctx context.Context, what engine.Suspect) (engine.SuppressionID, bool, error) {
	var found []byte
	err := s.view(ctx, "storage.Suppressed", func(x tx) error {
		var known [][]byte
		if url := engine.CanonicalURL(what.URL); url != "" {
			known = append(known, s.db.SuppressionKey(engine.SuppressURL, []byte(url)))
		}
		if what.SHA256 != (engine.SHA256{}) {
			known = append(known, s.db.SuppressionKey(engine.SuppressFile, what.SHA256[:]))
		}
		for _, k := range known {
			var r records.Suppression
			if ok, err := x.Get(k, &r); err != nil {
				return err
			} else if ok && s.refuses(r) {
				found = k
				return nil
			}
		}
		if !what.Decoded {
			return nil
		}
		return x.Suppressions(records.KindLooks, func(k []byte, r records.Suppression) { // few
			if s.refuses(r) && bits.OnesCount64(r.PHash^what.PHash) <= engine.LookAlike {
				found = k
			}
		})
	})
	if err != nil || found == nil {
		return "", false, err
	}
	return engine.SuppressionID(records.IDText(found[1:])), true, nil
}

// Suppressions implements engine.Store. Entries count until Purge removes those that expired.
func (s *Store) Suppressions(ctx context.Context) (engine.SuppressionCounts, error) {
	var c engine.SuppressionCounts
	err := s.view(ctx, "storage.Suppressions", func(x tx) error {
		for _, of := range []records.Kind{records.KindSuppressed, records.KindLooks} {
			err := x.Suppressions(of, func(_ []byte, r records.Suppression) {
				c.Hits += r.Hits
				switch r.Kind {
				case engine.SuppressURL:
					c.URLs++
				case engine.SuppressFile:
					c.Files++
				case engine.SuppressLooks:
					c.Looks++
				}
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	return c, err
}

// countHit counts that an entry refused an item.
func (x tx) countHit(entry engine.SuppressionID) error {
	for _, of := range []records.Kind{records.KindSuppressed, records.KindLooks} {
		var r records.Suppression
		k := records.Key(of, records.ID(entry))
		if found, err := x.Get(k, &r); err != nil {
			return err
		} else if found {
			r.Hits++
			return x.Put(k, r)
		}
	}
	return engine.E(engine.CodeNotFound, "storage.Commit", "there is no such suppression", nil)
}
