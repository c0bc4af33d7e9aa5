package archive_test

import "testing"

// skipRaced leaves out, with the race detector, what reads much in one goroutine.
func skipRaced(t *testing.T) {
	t.Helper()
	if raced {
		t.Skip("nothing runs side by side here, and the race detector makes it take minutes")
	}
}
