package engine

import (
	"fmt"
	"strconv"
	"strings"
)

// Span is a stretch of a video in milliseconds from its beginning, both ends included. The zero value tells nothing.
type Span struct {
	FromMS int64 `json:"from_ms"`
	ToMS   int64 `json:"to_ms"`
}

// String writes a span as players show times: "0:11.480 – 0:14.000", or one time where both are the same.
func (s Span) String() string {
	if s.FromMS == s.ToMS {
		return Clock(s.FromMS)
	}
	return Clock(s.FromMS) + " – " + Clock(s.ToMS)
}

// Clock writes a time of a video, in milliseconds, as players show it: "0:12.480", "1:02:03.000".
func Clock(ms int64) string {
	seconds, rest := ms/1000, ms%1000
	if seconds >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d.%03d", seconds/3600, seconds/60%60, seconds%60, rest)
	}
	return fmt.Sprintf("%d:%02d.%03d", seconds/60, seconds%60, rest)
}

// AtTime makes the address of a video, or of a page that shows one, open at the frame: it adds "#t=12.48" (W3C Media Fragments URI 1.0, section 4.2.1).
// Addresses of photos that are no frames, that are not of the web, or that name a part of a page already, stay as they are.
func (p Provenance) AtTime(address string) string {
	lower := strings.ToLower(address)
	if p.Video == "" || strings.Contains(address, "#") || !strings.HasPrefix(lower, "http://") && !strings.HasPrefix(lower, "https://") {
		return address
	}
	return address + "#t=" + strconv.FormatFloat(float64(p.FrameMS)/1000, 'f', -1, 64)
}
