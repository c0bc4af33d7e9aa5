package records

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"syscall"

	"gabarit/engine"
	"gabarit/engine/entry"
	"gabarit/storage/auditlog"
)

// Where checkpoints are kept.
const (
	placeVault   = "vault folder"
	placeState   = "state folder"
	placeRecords = "records"
)

// logGap is the range of entries that an older copy of the vault lacks: the log has have entries and had more.
type logGap struct{ have, had uint64 }

func (g logGap) addTo(counts map[string]int) map[string]int {
	if counts == nil {
		counts = map[string]int{}
	}
	counts["have"], counts["had"] = int(g.have), int(g.had)
	return counts
}

func (g logGap) String() string {
	return fmt.Sprintf("the log has %d entries and had %d", g.have, g.had)
}

// Warnings tells what people must know of the state in which the vault was found, or of what could not be kept since.
func (d *DB) Warnings() []engine.Warning {
	d.warnMu.Lock()
	defer d.warnMu.Unlock()
	return slices.Clone(d.warnings)
}

// Warn keeps a warning, of each message the first.
func (d *DB) Warn(msg, detail string) {
	d.warnMu.Lock()
	defer d.warnMu.Unlock()
	if !slices.ContainsFunc(d.warnings, func(w engine.Warning) bool { return w.Msg == msg }) {
		d.warnings = append(d.warnings, engine.Warning{Msg: msg, Detail: detail})
	}
}

// kept reads the checkpoint files. To be called before the snapshot that they are held against: a commit writes them
// after the records.
func (d *DB) kept() []auditlog.Kept {
	all := []auditlog.Kept{d.log.verifier.ReadKept(d.Vault.Dir(), placeVault, false)}
	if d.state != "" {
		all = append(all, d.log.verifier.ReadKept(d.state, placeState, true))
	}
	return all
}

// keep replaces the checkpoint files. That one can't be written is no reason to fail what was recorded.
func (d *DB) keep(text string) {
	dirs := []string{d.Vault.Dir()}
	if d.state != "" {
		dirs = append(dirs, d.state)
	}
	for _, dir := range dirs {
		if err := auditlog.WriteKept(dir, text); err != nil {
			d.Warn("the checkpoint of the audit log can't be written to its file", cause(err))
		}
	}
}

// cause is an error's own words, without the path that an error of the file system has.
func cause(err error) string {
	var errno syscall.Errno
	if errors.As(err, &errno) {
		return errno.Error()
	}
	return reason(err)
}

// openLog brings an older log up to date and holds it against the checkpoints that were kept before it was opened. meta is
// zero for a new store.
func (d *DB) openLog(ctx context.Context, meta metaRecord, kept []auditlog.Kept) error {
	const op = "storage.Open"
	var state logState
	var damage error
	err := d.View(ctx, op, func(x Tx) (err error) {
		if state, err = x.readLog(); err == nil {
			err = d.checkPoint(state)
		}
		if code := engine.CodeOf(err); code == engine.CodeCorrupt || code == engine.CodeInvalid {
			damage, err = err, nil
		}
		return err
	})
	if err != nil {
		return err
	}
	if damage != nil {
		if meta.Version >= logVersion {
			d.Warn("the record of the audit log's tree was damaged and has been made anew", damage.Error())
		}
		if old := d.log.verifier.Keep(state.point.Text, placeRecords, false); old.Found() {
			kept = append(kept, old)
		}
		err := d.Update(ctx, op, 0, func(x Tx) (err error) {
			if state, err = x.rebuildLog(); err != nil {
				return err
			}
			return x.Put(MetaKey("format"), metaRecord{formatVersion, meta.Created})
		})
		if err != nil {
			return err
		}
	}
	if err := d.compareLog(ctx, state, kept, meta.Version >= logVersion); err != nil {
		return err
	}
	return d.refreshKept(ctx)
}

// RecordRestored closes the opening of an older copy of the vault: unless erasures were done again and recorded, an entry
// tells of it all the same.
func (d *DB) RecordRestored(ctx context.Context) error {
	if d.restored == nil {
		return nil
	}
	return d.Record(ctx, entry.Restored(0, 0))
}

// checkPoint holds the checkpoint in the records against the tree.
func (d *DB) checkPoint(l logState) error {
	point, err := d.log.verifier.Open(l.point.Text)
	if err != nil {
		return err
	}
	if point.Size != l.last || point.Root != l.tree.Tree.Root() {
		return logDamaged(errors.New("tree and checkpoint differ"))
	}
	return nil
}

func (d *DB) checkText(text string) error {
	_, err := d.log.verifier.Open(text)
	return err
}

// rebuildLog makes the tree and the checkpoint from the entries as they are. One that is missing or can't be read
// counts as a leaf of no bytes.
func (x Tx) rebuildLog() (logState, error) {
	var l logState
	if _, err := x.Get(MetaKey(pointName), &l.point); err != nil || x.db.checkText(l.point.Text) != nil {
		l.point = pointRecord{} // damaged: that is why
	}
	err := x.eachEntry(func(seq uint64, leaf []byte) error {
		if seq-l.last > maxGap {
			return unreadable(fmt.Errorf("entry %d after %d", seq, l.last))
		}
		for ; l.last+1 < seq; l.last++ {
			l.tree.add(nil)
		}
		if leaf == nil {
			x.db.Warn("entries of the audit log can't be read", fmt.Sprintf("entry %d", seq))
		}
		l.tree.add(leaf)
		l.last = seq
		return nil
	})
	if err != nil {
		return l, err
	}
	return l, x.putLog(l, x.db.Now().UTC())
}

// maxGap bounds how many entries in a row may be missing for the tree to be made anew.
const maxGap = 1 << 20

// compareLog finds out what became of the log since the checkpoints were kept, and records it. expected: there must be
// one in the vault's folder.
func (d *DB) compareLog(ctx context.Context, l logState, kept []auditlog.Kept, expected bool) error {
	for _, k := range kept {
		if k.Err != nil {
			d.Warn("the checkpoint file of the audit log was damaged and has been written anew", k.Place+": "+cause(k.Err))
		} else if k.Text == "" && k.Place == placeVault && expected {
			d.Warn("the checkpoint file of the audit log was missing and has been written anew", k.Place)
		}
	}
	roots, err := d.rootsAt(ctx, l, kept)
	if err != nil {
		return err
	}
	found := auditlog.Compare(l.last, roots, kept)
	for _, k := range found.Misfits {
		d.Warn("the audit log was replaced or altered: it does not fit a checkpoint that was kept", fmt.Sprintf("%s: at entry %d", k.Place, k.Point.Size))
	}
	gap := logGap{l.last, found.Had}
	switch {
	case found.Older:
		d.restored = &gap
		d.Warn("an older copy of the vault was restored", gap.String())
		return nil
	case len(found.Misfits) == 0 && found.Had == 0:
		return nil
	}
	return d.recordMisfits(ctx, found.Misfits, gap)
}

// recordMisfits keeps the checkpoints that the log does not fit, as the files are about to be written anew, and
// records the loss of its end.
func (d *DB) recordMisfits(ctx context.Context, misfits []auditlog.Kept, lost logGap) error {
	return d.Update(ctx, "storage.Open", 0, func(x Tx) error {
		for _, p := range misfits {
			k := MetaKey(misfitName + p.Place)
			if has, err := x.Has(k); err != nil || has { // the first says most
				if err != nil {
					return err
				}
				continue
			}
			if err := x.Put(k, pointRecord{At: d.Now().UTC(), Text: p.Text}); err != nil {
				return err
			}
		}
		if lost.had == 0 {
			return nil
		}
		d.Warn("entries at the end of the audit log are missing", lost.String())
		return x.Append(entry.Loss(lost.have, lost.had))
	})
}

// rootsAt gives the log's roots at the sizes of the checkpoints. The log is read only if one is older than it.
func (d *DB) rootsAt(ctx context.Context, l logState, kept []auditlog.Kept) (map[uint64]auditlog.Hash, error) {
	roots := map[uint64]auditlog.Hash{l.last: l.tree.Tree.Root()}
	var wanted []uint64
	for _, p := range kept {
		if p.Found() && p.Point.Size < l.last {
			wanted = append(wanted, p.Point.Size)
		}
	}
	if len(wanted) == 0 {
		return roots, nil
	}
	done := errors.New("done")
	var tree auditlog.Tree
	err := d.View(ctx, "storage.Open", func(x Tx) error {
		return x.eachEntry(func(_ uint64, leaf []byte) error {
			if slices.Contains(wanted, tree.Size()) { // it may be 0
				roots[tree.Size()] = tree.Root()
			}
			if tree.Size() == slices.Max(wanted) {
				return done
			}
			tree.Append(leaf)
			return nil
		})
	})
	if errors.Is(err, done) {
		err = nil
	}
	return roots, err
}

// refreshKept makes the files say what the records say.
func (d *DB) refreshKept(ctx context.Context) error {
	var l logState
	err := d.View(ctx, "storage.Open", func(x Tx) (err error) { l, err = x.readLog(); return err })
	if err != nil {
		return err
	}
	if slices.ContainsFunc(d.kept(), func(k auditlog.Kept) bool { return k.Text != l.point.Text }) {
		d.keep(l.point.Text)
	}
	return nil
}
