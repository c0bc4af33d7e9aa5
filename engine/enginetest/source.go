package enginetest

import (
	"context"
	"io"
	"testing"

	"gabarit/engine"
)

// Items reads a source to its end. A key that was given before, or none, is an error of the test.
func Items(t testing.TB, src engine.Source) (all []engine.Item) {
	t.Helper()
	keys := map[string]bool{"": true}
	for it := range src.Items(t.Context()) {
		if keys[it.Key] {
			t.Errorf("key given twice, or none: %q", it.Key)
		}
		keys[it.Key] = true
		all = append(all, it)
	}
	return all
}

// Content reads what an item is about, or gives the error that stands in its place.
func Content(it engine.Item) ([]byte, error) {
	if it.Err != nil {
		return nil, it.Err
	}
	in, err := it.Open(context.Background())
	if err != nil {
		return nil, err
	}
	defer func() { _ = in.Close() }() // only read
	return io.ReadAll(in)
}
