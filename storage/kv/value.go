package kv

import (
	"github.com/dgraph-io/badger/v4"
)

// Value copies a value. Badger only logs that a value can't be read, and gives an empty one without an error: so an
// empty value is damage. No record is stored empty.
func Value(item *badger.Item) (value []byte, err error) {
	err = UseValue(item, func(v []byte) error {
		value = append(value, v...)
		return nil
	})
	return value, err
}

// UseValue is Value without the copy: fn may not keep what it gets.
func UseValue(item *badger.Item, fn func(value []byte) error) error {
	return item.Value(func(v []byte) error {
		if len(v) == 0 {
			return errDamaged()
		}
		return fn(v)
	})
}
