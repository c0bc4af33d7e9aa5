package records

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"gabarit/engine"
	"gabarit/storage/auditlog"
)

// maxProblems bounds what Verify spells out; it counts all.
const maxProblems = 20

// Verify reads every record: each must unseal and decode, refer to what exists and agree with the
// counts kept; the log must be whole, see VerifyAudit. CodeCorrupt tells what is wrong, by kind and ID.
func (d *DB) Verify(ctx context.Context) error {
	c, err := d.examine(ctx, (*checker).readLog)
	if err != nil || c.total == 0 {
		return err
	}
	return engine.E(engine.CodeCorrupt, "storage.Verify", "the vault holds damaged records",
		fmt.Errorf("%d problems: %s", c.total, strings.Join(c.problems, "; ")))
}

// Check is Verify without the log. It tells how many records are sound and what is wrong with the others; of many problems
// the last line counts those that are not told. The error is that of the check itself.
func (d *DB) Check(ctx context.Context) (records int, damage []string, err error) {
	c, err := d.examine(ctx, nil)
	if more := c.total - len(c.problems); more > 0 {
		c.problems = append(c.problems, fmt.Sprintf("and %d more", more))
	}
	return c.records, c.problems, err
}

// examine reads every record and then does what more asks for.
func (d *DB) examine(ctx context.Context, more func(*checker, []auditlog.Kept) error) (*checker, error) {
	kept := d.kept()
	c := &checker{counts: map[string]Counts{}, kept: map[string]Counts{}, refs: map[string]bool{}}
	err := d.Walk(ctx, "storage.Verify", func(x Tx) error {
		c.x = x
		if err := c.walk(); err != nil {
			return err
		}
		c.compareCounts()
		if more == nil {
			return nil
		}
		return more(c, kept)
	})
	return c, err
}

type checker struct {
	x        Tx
	counts   map[string]Counts // by collection: counted here
	kept     map[string]Counts // by collection: as stored
	refs     map[string]bool   // references of cases
	records  int               // that are sound
	problems []string
	total    int
}

func (c *checker) problem(format string, args ...any) {
	if c.total++; c.total <= maxProblems {
		c.problems = append(c.problems, fmt.Sprintf(format, args...))
	}
}

func (c *checker) walk() error {
	return c.x.everything(func(k, plain []byte, err error) {
		if err == nil {
			err = c.check(k, plain)
		}
		if err != nil {
			c.problem("%s: %s", label(k), reason(err))
			return
		}
		c.records++
	})
}

// label names a record by kind and ID. Keys hold neither names nor addresses.
func label(k []byte) string {
	if rest := k[1:]; len(rest) >= IDLen {
		return Kind(k[0]).Domain() + " " + IDText(rest[:IDLen])
	}
	return fmt.Sprintf("%s %x", Kind(k[0]).Domain(), k[1:])
}

func checkMeta(name, plain []byte) error {
	if bytes.HasPrefix(name, []byte(ErasingName)) {
		return Decode(plain, &Erasing{})
	}
	_, err := DecodeBytes(plain)
	return err
}

func (c *checker) check(k, plain []byte) error {
	rest := k[1:]
	switch Kind(k[0]) {
	case KindMeta:
		return checkMeta(rest, plain)
	case KindAudit:
		return nil // checked as a whole
	case KindCollection:
		var r Collection
		return errors.Join(Decode(plain, &r), want(bytes.Equal(ID(r.ID), rest), "is stored under another ID"))
	case KindCounts:
		var n Counts
		err := Decode(plain, &n)
		c.kept[string(rest)] = n
		return errors.Join(err, c.exists(KindCollection, rest))
	case KindRun:
		var r Run
		err := Decode(plain, &r)
		return errors.Join(err, c.exists(KindCollection, ID(r.Collection)))
	case KindItem:
		return c.checkItem(k, plain)
	case KindBytes:
		var photo engine.PhotoID
		err := Decode(plain, &photo)
		return errors.Join(err, c.exists(KindPhoto, ID(photo)))
	case KindPhoto:
		return c.checkPhoto(rest, plain)
	case KindFind:
		var r Find
		return errors.Join(Decode(plain, &r), c.exists(KindPhoto, rest[:IDLen]))
	case KindTemplates:
		_, _, err := DecodeTemplates(plain)
		return errors.Join(err, c.exists(KindPhoto, rest))
	case KindCrop, KindThumbnail:
		_, err := DecodeBytes(plain)
		return errors.Join(err, c.exists(KindPhoto, rest[:IDLen]))
	case KindDecisions:
		return c.checkDecisions(rest, plain)
	case KindCase:
		return c.checkCase(rest, plain)
	case KindSuppressed, KindLooks:
		var r Suppression
		return errors.Join(Decode(plain, &r), want((r.Kind == engine.SuppressLooks) == (k[0] == byte(KindLooks)), "is of another kind"))
	}
	return c.checkDocument(Kind(k[0]), rest, plain)
}

// checkDocument checks a record that nothing else refers to; some are about a photo.
func (c *checker) checkDocument(k Kind, id, plain []byte) error {
	if !slices.Contains(ownKinds(), k) {
		return errors.New("kind is unknown")
	}
	_, err := DecodeBytes(plain)
	if k == KindCheck || k == KindHidden {
		return errors.Join(err, c.exists(KindPhoto, id))
	}
	return errors.Join(err, want(len(id) == IDLen, "has no ID"))
}

func want(ok bool, otherwise string) error {
	if ok {
		return nil
	}
	return errors.New(otherwise)
}

func (c *checker) exists(k Kind, idBytes []byte) error {
	ok, err := c.x.Has(Key(k, idBytes))
	if err != nil {
		return err
	}
	return want(ok && len(idBytes) == IDLen, "refers to a missing "+k.Domain())
}

// readLog checks the audit log as a whole.
func (c *checker) readLog(kept []auditlog.Kept) error {
	report, err := c.x.checkLog(kept, "", nil)
	for _, p := range report.Problems {
		c.problem("audit log: %s at entry %d: %s", p.Damage, p.Seq, p.Detail)
	}
	return err
}

func (c *checker) checkItem(k, plain []byte) error {
	var r Item
	if err := Decode(plain, &r); err != nil {
		return err
	}
	collection := k[1 : 1+IDLen]
	if r.Outcome == engine.OutcomeSuppressed || r.Outcome == engine.OutcomeAbsent {
		return c.exists(KindCollection, collection)
	}
	if !bytes.Equal(k, c.x.db.ItemKey(collection, r.Key)) {
		return errors.New("is stored under another key")
	}
	if r.Outcome == engine.OutcomeFailed {
		n := c.counts[string(collection)]
		n.Failed++
		c.counts[string(collection)] = n
		return nil
	}
	if r.Outcome == engine.OutcomeVideo || r.Outcome == engine.OutcomeLeftOut {
		return nil
	}
	return c.exists(KindPhoto, ID(r.Photo))
}

func (c *checker) checkPhoto(pid, plain []byte) error {
	var r Photo
	if err := Decode(plain, &r); err != nil {
		return err
	}
	p, err := r.Engine(engine.PhotoID(IDText(pid)))
	if err != nil {
		return err
	}
	cid := ID(p.Collection)
	if err := c.exists(KindCollection, cid); err != nil {
		return err
	}
	n := c.counts[string(cid)]
	n.Photos++
	n.Faces += len(p.Faces)
	if len(p.Faces) == 0 {
		n.NoFace++
	}
	c.counts[string(cid)] = n
	return c.checkParts(p, pid, cid)
}

// checkParts looks for what hangs on a photo; that it unseals is checked at its own key.
func (c *checker) checkParts(p engine.Photo, pid, cid []byte) error {
	var byHash engine.PhotoID
	found, err := c.x.Get(c.x.db.BytesKey(cid, p.SHA256), &byHash)
	errs := []error{err, want(found && byHash == p.ID, "is not found by its bytes")}
	keys := [][]byte{Key(KindThumbnail, pid)}
	for _, f := range p.Faces {
		_, number, _ := f.ID.Photo()
		keys = append(keys, CropKey(pid, number))
	}
	for _, k := range keys {
		ok, err := c.x.Has(k)
		errs = append(errs, err, want(ok, "lacks a crop or thumbnail"))
	}
	var faces []FaceTemplate
	if plain, err := c.x.Plain(Key(KindTemplates, pid)); err == nil && plain != nil {
		_, faces, err = DecodeTemplates(plain)
		errs = append(errs, err)
	}
	same := len(faces) == len(p.Faces)
	for i := 0; same && i < len(faces); i++ {
		same = engine.NewFaceID(p.ID, faces[i].Number) == p.Faces[i].ID
	}
	return errors.Join(append(errs, want(same, "faces and templates disagree"))...)
}

func (c *checker) checkCase(rest, plain []byte) error {
	found, err := DecodeCase(plain)
	if err != nil {
		return err
	}
	seen := c.refs[found.Ref]
	c.refs[found.Ref] = true
	return errors.Join(want(bytes.Equal(ID(found.ID), rest), "is stored under another ID"), want(!seen, "has a reference twice"))
}

func (c *checker) compareCounts() {
	for cid, n := range c.kept {
		if n != c.counts[cid] {
			c.problem("counts of collection %s: kept %+v, found %+v", IDText([]byte(cid)), n, c.counts[cid])
		}
		delete(c.counts, cid)
	}
	for cid := range c.counts {
		c.problem("counts of collection %s are missing", IDText([]byte(cid)))
	}
}
