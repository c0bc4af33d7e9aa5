package vault_test

import (
	"encoding/json"
	"path/filepath"
	"testing"

	"gabarit/storage/vault"
)

// TestAKeyDestroyedBeforeItIsNotedIsToldByItsFingerprint: the note names it in a copy from before, and no other key of its slot.
func TestAKeyDestroyedBeforeItIsNotedIsToldByItsFingerprint(t *testing.T) {
	o := vault.Options{KDF: vault.KDF{MemoryKiB: 64, Time: 1, Threads: 1}}
	v, err := o.Create(filepath.Join(t.TempDir(), "vault"), "")
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	ref, err := v.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	mark, err := v.Fingerprint(ref)
	if err != nil || mark == (vault.Fingerprint{}) {
		t.Fatalf("fingerprint %x, %v", mark, err)
	}
	text, err := json.Marshal(mark)
	if err != nil {
		t.Fatal(err)
	}
	var read vault.Fingerprint
	if err := json.Unmarshal(text, &read); err != nil || read != mark {
		t.Errorf("%s is read as %x, %v", text, read, err)
	}
	if err := json.Unmarshal([]byte(`"00ff"`), &read); err == nil {
		t.Error("half a fingerprint is read")
	}

	if err := v.NoteErasure("01LIVE", []vault.ErasedKey{{Ref: ref, Record: "photo", Mark: mark}}); err != nil {
		t.Fatal(err)
	}
	if live, err := v.LiveErased(); err != nil || len(live) != 1 { // as in a copy where the key is still there
		t.Errorf("live %+v, %v", live, err)
	}
	if err := v.DestroyKeys(ref); err != nil {
		t.Fatal(err)
	}
	if gone, err := v.Fingerprint(ref); err != nil || gone != (vault.Fingerprint{}) {
		t.Errorf("of a destroyed key: %x, %v", gone, err)
	}
	for range 2 { // the second adds nothing
		if err := v.NoteErasure("02GONE", []vault.ErasedKey{{Ref: ref, Record: "photo", Mark: mark}}); err != nil {
			t.Fatal(err)
		}
	}
	if live, err := v.LiveErased(); err != nil || len(live) != 0 {
		t.Errorf("live %+v, %v", live, err)
	}
	if noted, err := v.NotedKeys(); err != nil || len(noted) != 2 || noted[1] != (vault.ErasedKey{Ref: ref, Record: "photo"}) {
		t.Errorf("noted %+v, %v", noted, err)
	}

	other := mark
	other[0] ^= 1
	again, err := v.NewKey()
	if err != nil || again.Slot != ref.Slot {
		t.Fatalf("key %+v, %v", again, err)
	}
	if err := v.NoteErasure("03OTHER", []vault.ErasedKey{{Ref: again, Record: "photo", Mark: other}}); err != nil {
		t.Fatal(err)
	}
	if live, err := v.LiveErased(); err != nil || len(live) != 0 {
		t.Errorf("a key that is another than the one noted is listed: %+v, %v", live, err)
	}
}
