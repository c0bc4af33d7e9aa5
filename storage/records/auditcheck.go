package records

import (
	"context"
	"errors"
	"fmt"
	"io"

	"gabarit/engine"
	"gabarit/engine/entry"
	"gabarit/storage/auditlog"
)

// VerifyAudit reads the whole log and finds what is wrong with it: each entry against the one that follows, all against
// the tree and the checkpoints in the records, of each day, and in the files beside them. known is the text of a checkpoint
// that was kept elsewhere, or "". What is wrong is in the report, not in the error. CodeInvalid: known is no checkpoint.
func (d *DB) VerifyAudit(ctx context.Context, known string) (engine.AuditReport, error) {
	var report engine.AuditReport
	if known != "" {
		if _, err := auditlog.ParseCheckpoint(known); err != nil {
			return report, err
		}
	}
	kept := d.kept()
	err := d.Walk(ctx, "storage.VerifyAudit", func(x Tx) (err error) {
		report, err = x.checkLog(kept, known, nil)
		return err
	})
	return report, err
}

// ExportAudit writes the log as it is to w in the format of storage/auditlog, checks it on the way, and records that
// it was exported. An error of w comes back as it is.
func (d *DB) ExportAudit(ctx context.Context, w io.Writer) (engine.AuditReport, error) {
	const op = "storage.ExportAudit"
	var report engine.AuditReport
	var own error
	kept := d.kept()
	err := d.Walk(ctx, op, func(x Tx) error {
		l, err := x.readLog()
		if err != nil {
			return err
		}
		out, err := auditlog.NewWriter(w, d.log.signer.Key(), l.point.Text)
		if err == nil {
			report, err = x.checkLog(kept, "", func(leaf []byte) error { own = out.Add(leaf); return own })
		}
		if err == nil {
			own = out.Close()
		}
		return errors.Join(err, own)
	})
	if own != nil {
		return report, own
	}
	if err != nil {
		return report, err
	}
	return report, d.Record(ctx, entry.AuditExported(report.Entries))
}

// checkLog checks the log of the snapshot and hands each entry to sink, if there is one.
func (x Tx) checkLog(kept []auditlog.Kept, known string, sink func([]byte) error) (engine.AuditReport, error) {
	c := auditlog.NewChecker(x.db.log.verifier)
	point, err := x.knowRecords(c)
	if err != nil {
		return engine.AuditReport{}, err
	}
	for _, k := range kept {
		if k.Text != "" {
			c.Know("checkpoint in the "+k.Place, k.Text)
		} else if k.Err != nil {
			c.Problem(0, engine.AuditSignature, "checkpoint in the "+k.Place+": "+cause(k.Err))
		}
	}
	if known != "" {
		c.Know("checkpoint kept elsewhere", known)
	}
	err = x.eachEntry(func(seq uint64, leaf []byte) error {
		c.Add(seq, leaf)
		if sink == nil {
			return nil
		}
		return sink(leaf)
	})
	report := c.Finish()
	report.Checkpoint = point
	return report, err
}

// knowRecords tells c what the records say of the log and gives the text of their checkpoint. A damaged record is a
// problem of the log.
func (x Tx) knowRecords(c *auditlog.Checker) (string, error) {
	damaged := func(err error) error {
		if code := engine.CodeOf(err); code != engine.CodeCorrupt && code != engine.CodeUnsupported {
			return err
		}
		c.Problem(0, engine.AuditUnread, err.Error())
		return nil
	}
	l, err := x.readLog()
	if err = damaged(err); err != nil {
		return "", err
	}
	if size := l.tree.Tree.Size(); size > 0 {
		c.KnowRoot("tree in the records", size, l.tree.Tree.Root())
	}
	if l.point.Text != "" {
		c.Know("checkpoint in the records", l.point.Text)
	} else {
		c.Problem(0, engine.AuditSignature, "there is no checkpoint in the records")
	}
	for _, name := range []string{pointOfDay, misfitName} {
		prefix := MetaKey(name)
		err := x.EachSealed(prefix, func(k, sealed []byte) error {
			var p pointRecord
			plain, err := x.Unseal(k, sealed)
			if err == nil {
				err = Decode(plain, &p)
			}
			if err != nil {
				return damaged(err)
			}
			c.Know(fmt.Sprintf("checkpoint %q in the records", k[1:]), p.Text)
			return nil
		})
		if err != nil {
			return "", err
		}
	}
	return l.point.Text, nil
}
