package kv

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"maps"
	"os"
	"path/filepath"

	"github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/pb"
	"github.com/dgraph-io/badger/v4/y"
	"google.golang.org/protobuf/proto"
)

// manifestVersion is Badger's: a list of another version is not read, so this one is not written over it.
const manifestVersion = 8

// readManifest reads a list of tables.
func readManifest(path string, o badger.Options) (map[uint64]badger.TableManifest, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	content, _, err := badger.ReplayManifestFile(f, o.ExternalMagicVersion, o)
	return content.Tables, err
}

// writeManifest replaces Badger's list of tables in one step, as Badger itself does when the list has
// become long: "Bdgr", u16(external version), u16(version), u32(length), u32(CRC-32C), changes; big-endian.
func writeManifest(o badger.Options, list map[uint64]badger.TableManifest) error {
	set := &pb.ManifestChangeSet{}
	for id, t := range list {
		set.Changes = append(set.Changes, &pb.ManifestChange{Id: id, Op: pb.ManifestChange_CREATE, Level: uint32(t.Level),
			KeyId: t.KeyID, EncryptionAlgo: pb.EncryptionAlgo_aes, Compression: uint32(t.Compression)})
	}
	changes, err := proto.Marshal(set)
	if err != nil {
		return err
	}
	b := []byte("Bdgr")
	b = binary.BigEndian.AppendUint16(b, o.ExternalMagicVersion)
	b = binary.BigEndian.AppendUint16(b, manifestVersion)
	b = binary.BigEndian.AppendUint32(b, uint32(len(changes)))
	b = binary.BigEndian.AppendUint32(b, crc32.Checksum(changes, y.CastagnoliCrcTable))
	next := filepath.Join(o.Dir, "MANIFEST-REWRITE") // Badger's name for it, too
	if err := writeSynced(next, append(b, changes...)); err != nil {
		return err
	}
	if read, err := readManifest(next, o); err != nil || !maps.Equal(read, list) {
		return errors.Join(fmt.Errorf("the new list of tables reads as %d tables, not %d", len(read), len(list)), err)
	}
	if err := os.Rename(next, filepath.Join(o.Dir, badger.ManifestFilename)); err != nil {
		return err
	}
	return syncDir(o.Dir)
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
