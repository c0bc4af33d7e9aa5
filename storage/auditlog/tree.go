package auditlog

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/transparency-dev/merkle/compact"
	"github.com/transparency-dev/merkle/rfc6962"
)

// Hash is a SHA-256 hash of RFC 6962: of a leaf or a tree.
type Hash [32]byte

// LeafHash gives SHA-256(0x00 || leaf).
func LeafHash(leaf []byte) Hash { return Hash(rfc6962.DefaultHasher.HashLeaf(leaf)) }

// Tree is the right border of a Merkle tree: what appending needs, some 20 hashes however long the log. The
// zero value is the empty tree. Its JSON is {"size":n,"hashes":[base64, ...]}, the roots of the perfect subtrees that
// the leaves make up, from the left. Not safe for concurrent use.
type Tree struct {
	border *compact.Range // nil: empty
}

type treeJSON struct {
	Size   uint64   `json:"size"`
	Hashes [][]byte `json:"hashes"`
}

func factory() *compact.RangeFactory {
	return &compact.RangeFactory{Hash: rfc6962.DefaultHasher.HashChildren}
}

// Append adds a leaf at the end.
func (t *Tree) Append(leaf []byte) {
	if t.border == nil {
		t.border = factory().NewEmptyRange(0)
	}
	h := LeafHash(leaf)
	if err := t.border.Append(h[:], nil); err != nil { // only of a border that has too few hashes, see UnmarshalJSON
		panic("auditlog: internal error: " + err.Error())
	}
}

// Size is the number of leaves.
func (t Tree) Size() uint64 {
	if t.border == nil {
		return 0
	}
	return t.border.End()
}

// Root is the tree's hash.
func (t Tree) Root() Hash {
	if t.Size() == 0 {
		return Hash(rfc6962.DefaultHasher.EmptyRoot())
	}
	root, err := t.border.GetRootHash(nil)
	if err != nil { // only of a range that does not begin with the first leaf
		panic("auditlog: internal error: " + err.Error())
	}
	return Hash(root)
}

// MarshalJSON implements json.Marshaler.
func (t Tree) MarshalJSON() ([]byte, error) {
	out := treeJSON{Size: t.Size()}
	if t.border != nil {
		out.Hashes = t.border.Hashes()
	}
	return json.Marshal(out)
}

// UnmarshalJSON implements json.Unmarshaler. After it returned nil, t can be used whatever the bytes were.
func (t *Tree) UnmarshalJSON(b []byte) error {
	var in treeJSON
	if err := json.Unmarshal(b, &in); err != nil {
		return err
	}
	if in.Size > maxEntries {
		return errors.New("tree is too large")
	}
	for _, h := range in.Hashes {
		if len(h) != len(Hash{}) {
			return fmt.Errorf("hash of %d bytes in a tree", len(h))
		}
	}
	border, err := factory().NewRange(0, in.Size, in.Hashes)
	if err != nil {
		return err
	}
	t.border = border
	return nil
}
