package records_test

import (
	"os"
	"testing"

	"gabarit/storage/vault"
)

// quick is a cheap passphrase cost for tests.
func quick() vault.Options { return vault.Options{KDF: vault.KDF{MemoryKiB: 64, Time: 1, Threads: 1}} }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func garble(t *testing.T, path string) {
	t.Helper()
	b, err := os.ReadFile(path)
	must(t, err)
	for i := len(b) / 4; i < len(b)*3/4; i++ {
		b[i] ^= 0x55
	}
	must(t, os.WriteFile(path, b, 0o600))
}
