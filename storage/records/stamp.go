package records

import "context"

// stampName is the record of kind m that changes with the templates.
const stampName = "stamp"

// restamp gives the templates another stamp if the transaction changed any, whoever wrote it.
func (x Tx) restamp() error {
	if x.touched == nil || !*x.touched {
		return nil
	}
	return x.Put(MetaKey(stampName), x.db.NewID())
}

// touches notes that a record is written or deleted.
func (x Tx) touches(k []byte) {
	if x.touched != nil && Kind(k[0]) == KindTemplates {
		*x.touched = true
	}
}

// Stamp names the state of the templates: whoever made something of them knows by it whether they have changed since, in whatever
// way. An older copy of the records that is put back has the stamp it had, and what is written to it then never one that was used before.
func (d *DB) Stamp(ctx context.Context) (string, error) {
	var stamp string
	err := d.View(ctx, "storage.Stamp", func(x Tx) error {
		_, err := x.Get(MetaKey(stampName), &stamp)
		return err
	})
	return stamp, err
}
