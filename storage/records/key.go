package records

import (
	"encoding/binary"
	"strconv"

	"github.com/oklog/ulid/v2"

	"gabarit/engine"
)

// Kind is the first byte of a Badger key, see the package comment.
type Kind byte

// The kinds.
const (
	KindMeta       Kind = 'm'
	KindCollection Kind = 'k'
	KindCounts     Kind = 'n'
	KindRun        Kind = 'r'
	KindItem       Kind = 'i'
	KindBytes      Kind = 's'
	KindPhoto      Kind = 'p'
	KindFind       Kind = 'o'
	KindTemplates  Kind = 't'
	KindCrop       Kind = 'c'
	KindThumbnail  Kind = 'h'
	KindCase       Kind = 'e'
	KindAudit      Kind = 'a'
	KindSuppressed Kind = 'u'
	KindLooks      Kind = 'l'
	KindDecisions  Kind = 'g'
	KindRequest    Kind = 'q'
	KindPortrait   Kind = 'f'
	KindContact    Kind = 'b'
	KindPaper      Kind = 'w'
	KindFile       Kind = 'j'
	KindCheck      Kind = 'v'
	KindHidden     Kind = 'x'
	KindUpkeep     Kind = 'y'
	KindPerson     Kind = 'd'
)

// Domain names the kind to the vault: sealed bytes of one kind never open as another.
func (k Kind) Domain() string { return "record " + string(rune(k)) }

// IDLen is the length of an ID in keys.
const IDLen = 16

// Key is the Badger key of a record of this kind.
func Key(k Kind, parts ...[]byte) []byte {
	b := []byte{byte(k)}
	for _, p := range parts {
		b = append(b, p...)
	}
	return b
}

// ID gives the bytes of a ULID, or nil for a text that is none: no record has such an ID.
func ID[T ~string](s T) []byte {
	u, err := ulid.ParseStrict(string(s))
	if err != nil || u.String() != string(s) {
		return nil
	}
	return u[:]
}

// IDText is the reverse of ID; b has 16 bytes.
func IDText(b []byte) string { return ulid.ULID(b).String() }

// MetaKey is the key of a record of kind m.
func MetaKey(name string) []byte { return Key(KindMeta, []byte(name)) }

func auditKey(seq uint64) []byte { return Key(KindAudit, binary.BigEndian.AppendUint64(nil, seq)) }

// CropKey is the key of the crop of a photo's face; photo has 16 bytes.
func CropKey(photo []byte, face int) []byte {
	return Key(KindCrop, photo, binary.BigEndian.AppendUint32(nil, uint32(face)))
}

// ItemKey is the key of an item of collection c, 16 bytes.
func (d *DB) ItemKey(c []byte, itemKey string) []byte {
	h := d.Vault.Hash("item", append(c[:IDLen:IDLen], itemKey...))
	return Key(KindItem, c, h[:])
}

// BytesKey is the key under which collection c tells which photo has these bytes.
func (d *DB) BytesKey(c []byte, sum engine.SHA256) []byte {
	h := d.Vault.Hash("sha256", append(c[:IDLen:IDLen], sum[:]...))
	return Key(KindBytes, c, h[:])
}

// FindKey is the same for two finds that engine.Provenance.SameFind calls one.
func (d *DB) FindKey(photo []byte, find engine.Provenance) []byte {
	name := "file\x00" + find.File
	if find.URL != "" || find.PageURL != "" {
		name = "url\x00" + find.URL + "\x00" + find.PageURL
	}
	if find.Video != "" {
		name += "\x00" + strconv.FormatInt(find.FrameMS, 10)
	}
	h := d.Vault.Hash("find", append(photo[:IDLen:IDLen], name...))
	return Key(KindFind, photo, h[:])
}

// SuppressionKey is where an entry of the suppression list is kept. What follows the kind is its ID: half of a keyed hash, which tells nothing.
func (d *DB) SuppressionKey(of engine.SuppressionKind, what []byte) []byte {
	k, purpose := KindSuppressed, "url|"
	switch of {
	case engine.SuppressFile:
		purpose = "img|"
	case engine.SuppressLooks:
		k, purpose = KindLooks, "looks|"
	case engine.SuppressURL:
	}
	h := d.Vault.Hash("suppression", append([]byte(purpose), what...))
	return Key(k, h[:IDLen])
}
