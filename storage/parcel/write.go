package parcel

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"gabarit/engine"
	"gabarit/engine/matter"
)

// Names of the files that say what the others are.
const (
	ManifestName  = "manifest.json"
	SignatureName = "manifest.sig"
)

// Kind is what the signature says is signed.
const Kind = "access package"

// Format and Version of the manifests written.
const (
	Format  = "gabarit-access"
	Version = 1
)

// Limits of a package.
const (
	maxFiles    = 200_000
	maxFile     = 256 << 20 // bytes
	maxManifest = 64 << 20
	maxCopies   = 1000
)

// Package is one being written. For one goroutine.
type Package struct {
	dir, name, tmp string
	files          []matter.ManifestFile
}

// Create begins a package that will be dir/name, or dir/name-2 and so on where that exists. CodeNotFound: dir is no folder; CodeUnavailable.
func Create(dir, name string) (*Package, error) {
	const op = "parcel.Create"
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil, engine.E(engine.CodeNotFound, op, "the folder for the package does not exist", err)
	}
	tmp, err := os.MkdirTemp(dir, ".package-*") // mode 0700
	if err != nil {
		return nil, unwritable(op, err)
	}
	return &Package{dir: dir, name: name, tmp: tmp}, nil
}

func unwritable(op string, err error) error {
	return engine.E(engine.CodeUnavailable, op, "the package can't be written to the folder", err)
}

// Add writes one file, path with slashes. store and count say whose records it holds and how many; "" and 0: none.
func (p *Package) Add(path string, data []byte, store matter.StoreName, count int) error {
	const op = "parcel.Add"
	local := filepath.FromSlash(path)
	if !filepath.IsLocal(local) || len(data) > maxFile || len(p.files) >= maxFiles {
		return engine.E(engine.CodeInternal, op, "this can't be a file of a package", errors.New(path))
	}
	full := filepath.Join(p.tmp, local)
	if err := os.MkdirAll(filepath.Dir(full), 0o700); err != nil {
		return unwritable(op, err)
	}
	if err := writeNew(full, data); err != nil {
		return unwritable(op, err)
	}
	sum := sha256.Sum256(data)
	p.files = append(p.files, matter.ManifestFile{Path: path, SHA256: hex.EncodeToString(sum[:]), Size: int64(len(data)), Store: store, Count: count})
	return nil
}

func writeNew(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Sync(), f.Close())
}

// Files lists what was added so far, in that order.
func (p *Package) Files() []matter.ManifestFile { return slices.Clone(p.files) }

// Counts adds up what was added, by store, zeros included.
func (p *Package) Counts() matter.StoreCounts { return countFiles(p.files) }

func countFiles(files []matter.ManifestFile) matter.StoreCounts {
	counts := matter.StoreCounts{}
	for _, s := range matter.Stores() {
		counts[s] = 0
	}
	for _, f := range files {
		if f.Store != "" {
			counts[f.Store] += f.Count
		}
	}
	return counts
}

// Finish writes the manifest, of which Format, Version, Files and Counts are filled in here, has it signed, and gives the package its name. It returns the
// folder and the manifest's SHA-256 in hex. After an error call Abort.
func (p *Package) Finish(m matter.Manifest, sign func(kind string, sum [sha256.Size]byte) (string, error)) (folder, manifest string, err error) {
	const op = "parcel.Finish"
	m.Format, m.Version, m.Files, m.Counts = Format, Version, p.files, p.Counts()
	data, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return "", "", engine.E(engine.CodeInternal, op, "the manifest can't be written down", err)
	}
	sum := sha256.Sum256(data)
	statement, err := sign(Kind, sum)
	if err != nil {
		return "", "", err
	}
	err = errors.Join(writeNew(filepath.Join(p.tmp, ManifestName), data), writeNew(filepath.Join(p.tmp, SignatureName), []byte(statement)))
	if err != nil {
		return "", "", unwritable(op, err)
	}
	for n := 1; n <= maxCopies; n++ {
		folder = filepath.Join(p.dir, numbered(p.name, n))
		if _, err := os.Lstat(folder); err == nil {
			continue
		}
		if err := os.Rename(p.tmp, folder); errors.Is(err, os.ErrExist) {
			continue
		} else if err != nil {
			return "", "", unwritable(op, err)
		}
		p.tmp = ""
		return folder, hex.EncodeToString(sum[:]), nil
	}
	return "", "", engine.E(engine.CodeLimit, op, "the folder holds too many packages of this name", nil)
}

func numbered(name string, n int) string {
	if n == 1 {
		return name
	}
	return fmt.Sprintf("%s-%d", name, n)
}

// Abort removes what was written of a package that was not finished.
func (p *Package) Abort() error {
	if p.tmp == "" {
		return nil
	}
	return os.RemoveAll(p.tmp)
}
