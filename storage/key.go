package storage

import (
	"encoding/binary"

	"github.com/oklog/ulid/v2"

	"gabarit/engine"
)

// kind is the first byte of a Badger key, see the package comment.
type kind byte

const (
	kindMeta       kind = 'm'
	kindCollection kind = 'k'
	kindCounts     kind = 'n'
	kindRun        kind = 'r'
	kindItem       kind = 'i'
	kindBytes      kind = 's'
	kindPhoto      kind = 'p'
	kindFind       kind = 'o'
	kindTemplates  kind = 't'
	kindCrop       kind = 'c'
	kindThumbnail  kind = 'h'
	kindCase       kind = 'e'
	kindAudit      kind = 'a'
	kindSuppressed kind = 'u'
	kindLooks      kind = 'l'
)

// domain names the kind to the vault: sealed bytes of one kind never open as another.
func (k kind) domain() string { return "record " + string(rune(k)) }

const idLen = 16

func key(k kind, parts ...[]byte) []byte {
	b := []byte{byte(k)}
	for _, p := range parts {
		b = append(b, p...)
	}
	return b
}

// id gives the bytes of a ULID, or nil for a text that is none: no record has such an ID.
func id[T ~string](s T) []byte {
	u, err := ulid.ParseStrict(string(s))
	if err != nil || u.String() != string(s) {
		return nil
	}
	return u[:]
}

// idText is the reverse of id; b has 16 bytes.
func idText(b []byte) string { return ulid.ULID(b).String() }

func metaKey(name string) []byte { return key(kindMeta, []byte(name)) }

func auditKey(seq uint64) []byte { return key(kindAudit, binary.BigEndian.AppendUint64(nil, seq)) }

func cropKey(photo []byte, face int) []byte {
	return key(kindCrop, photo, binary.BigEndian.AppendUint32(nil, uint32(face)))
}

func (s *Store) itemKey(c []byte, itemKey string) []byte {
	h := s.v.Hash("item", append(c[:idLen:idLen], itemKey...))
	return key(kindItem, c, h[:])
}

func (s *Store) bytesKey(c []byte, sum engine.SHA256) []byte {
	h := s.v.Hash("sha256", append(c[:idLen:idLen], sum[:]...))
	return key(kindBytes, c, h[:])
}

// findKey is the same for two finds that engine.Provenance.SameFind calls one.
func (s *Store) findKey(photo []byte, find engine.Provenance) []byte {
	name := "file\x00" + find.File
	if find.URL != "" || find.PageURL != "" {
		name = "url\x00" + find.URL + "\x00" + find.PageURL
	}
	h := s.v.Hash("find", append(photo[:idLen:idLen], name...))
	return key(kindFind, photo, h[:])
}
