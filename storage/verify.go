package storage

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/dgraph-io/badger/v4"

	"gabarit/engine"
	"gabarit/storage/auditlog"
	"gabarit/storage/kv"
)

// maxProblems bounds what Verify spells out; it counts all.
const maxProblems = 20

// Verify reads every record: each must unseal and decode, refer to what exists and agree with the
// counts kept; the log must be whole, see VerifyAudit. CodeCorrupt tells what is wrong, by kind and ID.
func (s *Store) Verify(ctx context.Context) error {
	c, err := s.examine(ctx, (*checker).readLog)
	if err != nil || c.total == 0 {
		return err
	}
	return engine.E(engine.CodeCorrupt, "storage.Verify", "the vault holds damaged records",
		fmt.Errorf("%d problems: %s", c.total, strings.Join(c.problems, "; ")))
}

// Check is Verify without the log. It tells how many records are sound and what is wrong with the others; of many problems
// the last line counts those that are not told. The error is that of the check itself.
func (s *Store) Check(ctx context.Context) (records int, damage []string, err error) {
	c, err := s.examine(ctx, nil)
	if more := c.total - len(c.problems); more > 0 {
		c.problems = append(c.problems, fmt.Sprintf("and %d more", more))
	}
	return c.records, c.problems, err
}

// examine reads every record and then does what more asks for.
func (s *Store) examine(ctx context.Context, more func(*checker, []auditlog.Kept) error) (*checker, error) {
	kept := s.kept()
	c := &checker{counts: map[string]countsRecord{}, kept: map[string]countsRecord{}, refs: map[string]bool{}}
	err := s.walk(ctx, "storage.Verify", func(x tx) error {
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
	x        tx
	counts   map[string]countsRecord // by collection: counted here
	kept     map[string]countsRecord // by collection: as stored
	refs     map[string]bool         // references of cases
	records  int                     // that are sound
	problems []string
	total    int
}

func (c *checker) problem(format string, args ...any) {
	if c.total++; c.total <= maxProblems {
		c.problems = append(c.problems, fmt.Sprintf(format, args...))
	}
}

// walk goes on after a value that can't be read, unlike tx.each.
func (c *checker) walk() error {
	it := c.x.txn.NewIterator(badger.DefaultIteratorOptions)
	defer it.Close()
	for it.Rewind(); it.Valid(); it.Next() {
		if err := c.x.ctx.Err(); err != nil {
			return err
		}
		k := it.Item().KeyCopy(nil)
		sealed, err := kv.Value(it.Item())
		if err != nil {
			c.problem("%s: %v", label(k), err)
			continue
		}
		c.x.s.db.Used(int64(len(sealed)))
		plain, err := c.x.s.v.Unseal(kind(k[0]).domain(), k, sealed)
		if err == nil {
			err = c.check(k, plain)
		}
		if err != nil {
			c.problem("%s: %s", label(k), reason(err))
			continue
		}
		c.records++
	}
	return nil
}

// reason is an error's own words without the operations it passed through.
func reason(err error) string {
	if msg := engine.MessageOf(err); msg != "" {
		return msg
	}
	return err.Error()
}

// label names a record by kind and ID. Keys hold neither names nor addresses.
func label(k []byte) string {
	if rest := k[1:]; len(rest) >= idLen {
		return kind(k[0]).domain() + " " + idText(rest[:idLen])
	}
	return fmt.Sprintf("%s %x", kind(k[0]).domain(), k[1:])
}

func (c *checker) check(k, plain []byte) error {
	rest := k[1:]
	switch kind(k[0]) {
	case kindMeta:
		if bytes.HasPrefix(rest, []byte(erasingName)) {
			return decode(plain, &erasingRecord{})
		}
		_, err := payload(plain)
		return err
	case kindAudit:
		return nil // checked as a whole
	case kindCollection:
		var r collectionRecord
		return errors.Join(decode(plain, &r), want(bytes.Equal(id(r.ID), rest), "is stored under another ID"))
	case kindCounts:
		var n countsRecord
		err := decode(plain, &n)
		c.kept[string(rest)] = n
		return errors.Join(err, c.exists(kindCollection, rest))
	case kindRun:
		var r runRecord
		err := decode(plain, &r)
		return errors.Join(err, c.exists(kindCollection, id(r.Collection)))
	case kindItem:
		return c.checkItem(k, plain)
	case kindBytes:
		var photo engine.PhotoID
		err := decode(plain, &photo)
		return errors.Join(err, c.exists(kindPhoto, id(photo)))
	case kindPhoto:
		return c.checkPhoto(rest, plain)
	case kindFind:
		var r findRecord
		return errors.Join(decode(plain, &r), c.exists(kindPhoto, rest[:idLen]))
	case kindTemplates:
		_, _, err := decodeTemplates(plain)
		return errors.Join(err, c.exists(kindPhoto, rest))
	case kindCrop, kindThumbnail:
		_, err := payload(plain)
		return errors.Join(err, c.exists(kindPhoto, rest[:idLen]))
	case kindCase:
		return c.checkCase(rest, plain)
	case kindSuppressed, kindLooks:
		var r suppressionRecord
		return errors.Join(decode(plain, &r), want((r.Kind == engine.SuppressLooks) == (k[0] == byte(kindLooks)), "is of another kind"))
	}
	return errors.New("kind is unknown")
}

func want(ok bool, otherwise string) error {
	if ok {
		return nil
	}
	return errors.New(otherwise)
}

func (c *checker) exists(k kind, idBytes []byte) error {
	ok, err := c.x.has(key(k, idBytes))
	if err != nil {
		return err
	}
	return want(ok && len(idBytes) == idLen, "refers to a missing "+k.domain())
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
	var r itemRecord
	if err := decode(plain, &r); err != nil {
		return err
	}
	collection := k[1 : 1+idLen]
	if r.Outcome == engine.OutcomeSuppressed {
		return c.exists(kindCollection, collection)
	}
	if !bytes.Equal(k, c.x.s.itemKey(collection, r.Key)) {
		return errors.New("is stored under another key")
	}
	if r.Outcome == engine.OutcomeFailed {
		n := c.counts[string(collection)]
		n.Failed++
		c.counts[string(collection)] = n
		return nil
	}
	return c.exists(kindPhoto, id(r.Photo))
}

func (c *checker) checkPhoto(pid, plain []byte) error {
	var r photoRecord
	if err := decode(plain, &r); err != nil {
		return err
	}
	p, err := r.photo(engine.PhotoID(idText(pid)))
	if err != nil {
		return err
	}
	cid := id(p.Collection)
	if err := c.exists(kindCollection, cid); err != nil {
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
	found, err := c.x.get(c.x.s.bytesKey(cid, p.SHA256), &byHash)
	errs := []error{err, want(found && byHash == p.ID, "is not found by its bytes")}
	keys := [][]byte{key(kindThumbnail, pid)}
	for _, f := range p.Faces {
		_, number, _ := f.ID.Photo()
		keys = append(keys, cropKey(pid, number))
	}
	for _, k := range keys {
		ok, err := c.x.has(k)
		errs = append(errs, err, want(ok, "lacks a crop or thumbnail"))
	}
	var faces []faceTemplate
	if plain, err := c.x.plain(key(kindTemplates, pid)); err == nil && plain != nil {
		_, faces, err = decodeTemplates(plain)
		errs = append(errs, err)
	}
	same := len(faces) == len(p.Faces)
	for i := 0; same && i < len(faces); i++ {
		same = engine.NewFaceID(p.ID, faces[i].number) == p.Faces[i].ID
	}
	return errors.Join(append(errs, want(same, "faces and templates disagree"))...)
}

func (c *checker) checkCase(rest, plain []byte) error {
	found, err := decodeCase(plain)
	if err != nil {
		return err
	}
	seen := c.refs[found.Ref]
	c.refs[found.Ref] = true
	return errors.Join(want(bytes.Equal(id(found.ID), rest), "is stored under another ID"), want(!seen, "has a reference twice"))
}

func (c *checker) compareCounts() {
	for cid, n := range c.kept {
		if n != c.counts[cid] {
			c.problem("counts of collection %s: kept %+v, found %+v", idText([]byte(cid)), n, c.counts[cid])
		}
		delete(c.counts, cid)
	}
	for cid := range c.counts {
		c.problem("counts of collection %s are missing", idText([]byte(cid)))
	}
}
