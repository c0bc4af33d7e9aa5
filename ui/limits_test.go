package ui_test

import (
	"strings"
	"testing"
)

// Case B-07: under the GDPR, and there is no other regime here, nothing in the window limits requests to some months or a number a year.
func TestB07TheWindowOffersNoLimitOnRequests(t *testing.T) {
	single, plural := usedKeys(t)
	for _, keys := range []map[string]string{single, plural} {
		for key, at := range keys {
			low := strings.ToLower(key)
			for _, limit := range []string{"twice a year", "12 months", "twelve months", "last 12", "per year", "times a year", "only the last"} {
				if strings.Contains(low, limit) {
					t.Errorf("%s: the window says %q", at, key)
				}
			}
		}
	}
}
