package kv

// Flatten lets a test have Badger's own compaction run.
func (d *DB) Flatten() error { return d.db.Flatten(1) }
