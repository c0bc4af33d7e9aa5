package auditlog

import (
	"bytes"
	"cmp"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"gabarit/engine"
)

// Bounds of what is checked.
const (
	MaxEntry    = 4 << 20 // bytes of one entry: more than 100,000 faces shown
	maxEntries  = 1 << 53 // sequence numbers stay exact in every reader of JSON
	maxProblems = 200     // told; a log that has more is broken through and through
)

// Checker reads a log from its first entry to its last and finds what is wrong with it. What is known of the
// log is told first (Know, KnowRoot), then every entry (Add), then comes Finish. Its memory does not grow with the log.
// Not safe for concurrent use.
type Checker struct {
	verifier *Verifier
	report   engine.AuditReport
	tree     Tree
	known    []known // not compared yet, at the end those beyond it; by size from the first entry on
	points   int     // how many were known at first
	fits     uint64  // size of the largest one that fits
	misfits  []known
	told     []span // losses that entries of the log tell of
	order    order
	chain    chain
	astray   uint64 // first entry that is stored under another number than its own
}

// known is a root that the log had at a size.
type known struct {
	source string
	size   uint64
	root   Hash
	after  uint64 // of one that does not fit: size of the largest one below it that does
}

// span is a range of sequence numbers, both ends included.
type span struct{ first, last uint64 }

// NewChecker makes a checker of the log whose checkpoints v knows; nil if nothing is known of its key.
func NewChecker(v *Verifier) *Checker {
	c := &Checker{verifier: v, order: order{next: 1}, chain: newChain()}
	if v != nil {
		c.report.Key = v.Key()
	}
	return c
}

// Know tells the text of a checkpoint. source says in English where it was, for the report's details. One that is
// damaged or was signed with another key is a problem of the whole log (position 0).
func (c *Checker) Know(source, text string) {
	if c.verifier == nil {
		c.Problem(0, engine.AuditSignature, source+": no key to check it with")
		return
	}
	point, err := c.verifier.Open(text)
	if err != nil {
		c.Problem(0, engine.AuditSignature, source+": "+err.Error())
		return
	}
	c.KnowRoot(source, point.Size, point.Root)
}

// KnowRoot tells a root that the log had, without signature.
func (c *Checker) KnowRoot(source string, size uint64, root Hash) {
	c.points++
	c.known = append(c.known, known{source: source, size: size, root: root})
}

// Problem adds something that was found elsewhere. Of the same damage at the same entry the first is kept.
func (c *Checker) Problem(seq uint64, damage engine.AuditDamage, detail string) {
	same := func(p engine.AuditProblem) bool { return p.Seq == seq && p.Damage == damage && seq > 0 }
	if slices.ContainsFunc(c.report.Problems, same) {
		return
	}
	if n := len(c.report.Problems); n == maxProblems {
		c.report.Problems[n-1].Detail = "this, and more that is not listed"
		return
	}
	c.report.Problems = append(c.report.Problems, engine.AuditProblem{Seq: seq, Damage: damage, Detail: detail})
}

// Add reads the next entry, exactly as it was stored under number at (0: under none). An entry that could not be read
// at all is added as nil.
func (c *Checker) Add(at uint64, leaf []byte) {
	if c.tree.Size() == 0 {
		c.begin()
	}
	c.tree.Append(leaf)
	c.compare()
	e, err := parse(leaf)
	if err != nil {
		seq := c.order.next
		c.Problem(c.chain.original(seq), engine.AuditUnread, err.Error())
		c.order.add(seq)
		c.chain.skip(seq)
		return
	}
	if !c.order.add(e.Seq) {
		c.Problem(e.Seq, engine.AuditReordered, "the number is there twice")
	}
	c.chain.add(e, leaf)
	if at != 0 && at != e.Seq && c.astray == 0 {
		c.astray = at
	}
	if e.Action == engine.ActionLoss || e.Action == engine.ActionRestored {
		if have, had := e.Counts["have"], e.Counts["had"]; 0 < have && have < had && len(c.told) < maxProblems {
			c.told = append(c.told, span{uint64(have) + 1, uint64(had)})
		}
	}
}

// begin puts what is known in order.
func (c *Checker) begin() {
	slices.SortStableFunc(c.known, func(a, b known) int { return cmp.Compare(a.size, b.size) })
	c.compare()
}

// compare holds the tree against what is known of a log of this size.
func (c *Checker) compare() {
	if len(c.known) == 0 || c.known[0].size != c.tree.Size() {
		return
	}
	below, root := c.fits, c.tree.Root()
	for len(c.known) > 0 && c.known[0].size == c.tree.Size() {
		k := c.known[0]
		c.known = c.known[1:]
		if k.root == root {
			c.fits = k.size
			continue
		}
		k.after = below
		c.misfits = append(c.misfits, k)
	}
}

func parse(leaf []byte) (engine.AuditEntry, error) {
	var e engine.AuditEntry
	if len(leaf) == 0 {
		return e, errors.New("nothing readable")
	}
	if bytes.IndexByte(leaf, '\n') >= 0 {
		return e, errors.New("a line break inside")
	}
	if err := json.Unmarshal(leaf, &e); err != nil {
		return e, err
	}
	if e.Seq == 0 || e.Seq > maxEntries {
		return e, fmt.Errorf("sequence number %d", e.Seq)
	}
	return e, nil
}

// Finish gives the report, problems in the order of the log. Checkpoint is left to the caller.
func (c *Checker) Finish() engine.AuditReport {
	if c.tree.Size() == 0 {
		c.begin()
	}
	c.order.finish(c.Problem)
	c.chain.finish(c.Problem)
	c.finishKnown()
	if len(c.report.Problems) == 0 && c.astray > 0 {
		c.Problem(c.astray, engine.AuditReordered, "stored under another number")
	}
	root := c.tree.Root()
	c.report.Entries, c.report.Root = c.tree.Size(), hex.EncodeToString(root[:])
	slices.SortStableFunc(c.report.Problems, func(a, b engine.AuditProblem) int { return cmp.Compare(a.Seq, b.Seq) })
	return c.report
}

// finishKnown tells what the checkpoints say and the entries alone did not. A checkpoint that does not fit because
// of damage that was found before its end says nothing new.
func (c *Checker) finishKnown() {
	end := c.chain.original(c.order.next) - 1
	var lost []known // in losses that the log itself tells of; told last, as they explain nothing else
	for _, k := range append(c.misfits, c.known...) {
		found := slices.ContainsFunc(c.report.Problems, func(p engine.AuditProblem) bool { return 0 < p.Seq && p.Seq <= k.size })
		switch {
		case c.tellsOfLoss(k.size) != nil:
			lost = append(lost, k)
		case k.size > c.tree.Size() && k.size > end:
			c.Problem(end+1, engine.AuditCutOff, fmt.Sprintf("%s: the log had %d entries", k.source, k.size))
		case k.size <= c.tree.Size() && !found:
			c.Problem(k.after+1, engine.AuditReplaced, fmt.Sprintf("%s: does not fit; what differs is in entries %d to %d", k.source, k.after+1, k.size))
		}
	}
	for _, k := range lost {
		l := c.tellsOfLoss(k.size)
		c.Problem(l.first, engine.AuditCutOff, fmt.Sprintf("%s: the log itself tells that entries %d to %d were lost", k.source, l.first, l.last))
	}
	if n := c.tree.Size(); len(c.report.Problems) == 0 && c.points > 0 && c.fits < n {
		c.Problem(c.fits+1, engine.AuditAltered, fmt.Sprintf("no checkpoint covers entries %d to %d", c.fits+1, n))
	}
}

// tellsOfLoss finds the entry that was lost, by the log's own account, and that a checkpoint of this size covers.
func (c *Checker) tellsOfLoss(size uint64) *span {
	for i, s := range c.told {
		if s.first <= size && size <= s.last {
			return &c.told[i]
		}
	}
	return nil
}
