package records

import (
	"slices"
	"strings"

	"gabarit/engine"
	"gabarit/storage/vault"
)

// NoPhoto is the error for a photo that is not there.
func NoPhoto() error {
	return engine.E(engine.CodeNotFound, "storage.photo", "there is no such photo", nil)
}

// Photo reads the record of a photo, and which key it is sealed under.
func (x Tx) Photo(photo engine.PhotoID) (r Photo, ref vault.KeyRef, err error) {
	pid := ID(photo)
	if pid == nil {
		return r, ref, NoPhoto()
	}
	plain, ref, err := x.Owned(NoPhoto(), Key(KindPhoto, pid))
	if err != nil {
		return r, ref, err
	}
	return r, ref, Decode(plain, &r)
}

// CropKeys lists the keys of the crops of the photo's faces.
func (r Photo) CropKeys(pid []byte) (keys [][]byte) {
	for _, f := range r.Faces {
		_, number, _ := f.ID.Photo()
		keys = append(keys, CropKey(pid, number))
	}
	return keys
}

// Holds counts the faces of a plan that are there, and those that were erased before. One that was found anew since is
// neither: it is there under another number.
func (r Photo) Holds(e engine.PhotoErasure) (held, gone int) {
	for _, f := range e.Faces {
		photo, number, _ := f.Photo()
		switch {
		case slices.ContainsFunc(r.Faces, func(o Face) bool { return o.ID == f }):
			held++
		case photo == e.Photo && number >= r.First && number < r.Numbered:
			gone++
		}
	}
	return held, gone
}

// Unused gives the lowest number that no face of the photo ever had.
func (r Photo) Unused() int {
	first := r.Numbered
	for _, f := range r.Faces {
		if _, n, ok := f.ID.Photo(); ok {
			first = max(first, n+1)
		}
	}
	return first
}

// Note gives what the vault notes of a key beside itself: all it takes to erase what an old copy of the vault
// brings back. Its words are the record's ID, the erasure's, "suppress" or "similar" or "-", and the reason.
func Note(r Erasing, k ErasingKey) vault.ErasedKey {
	words := []string{k.Record, string(r.Erasure), "-", "-"}
	switch {
	case r.Similar:
		words[2] = "similar"
	case r.Suppress:
		words[2] = "suppress"
	}
	if slices.Contains(engine.EraseReasons(), r.Reason) {
		words[3] = string(r.Reason)
	}
	return vault.ErasedKey{Ref: k.Ref, Record: strings.Join(words, " ")}
}

// ParseNote is the reverse of Note. What another program noted is a record's ID alone, or nothing.
func ParseNote(k vault.ErasedKey) (Erasing, ErasingKey) {
	words := append(strings.Fields(k.Record), "", "", "", "")
	r := Erasing{Erasure: engine.ErasureID(words[1]), Suppress: words[2] == "suppress" || words[2] == "similar", Similar: words[2] == "similar"}
	if words[3] != "-" {
		r.Reason = engine.EraseReason(words[3])
	}
	return r, ErasingKey{Ref: k.Ref, Record: words[0]}
}

// Kinds lists the kinds of records that are found by the ID of what the key belongs to.
func (k ErasingKey) Kinds() []Kind {
	switch {
	case k.Ref == vault.KeyRef{}:
		return nil // a collection
	case k.Collection == "":
		return ownKinds()
	}
	return []Kind{KindPhoto, KindTemplates, KindThumbnail, KindCrop, KindFind, KindDecisions}
}

// Suppressions calls fn for each entry of the suppression list; it may keep k.
func (x Tx) Suppressions(of Kind, fn func(k []byte, r Suppression)) error {
	return x.Each(Key(of), func(k, plain []byte) error {
		var r Suppression
		if err := Decode(plain, &r); err != nil {
			return err
		}
		fn(slices.Clone(k), r)
		return nil
	})
}
