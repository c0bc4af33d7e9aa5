package engine_test

import (
	"testing"

	"gabarit/engine"
)

func TestTimesOfAVideoAreWrittenAsPlayersShowThem(t *testing.T) {
	for want, span := range map[string]engine.Span{
		"0:00.000":                    {},
		"0:12.480":                    {FromMS: 12_480, ToMS: 12_480},
		"0:59.999 – 1:00.000":         {FromMS: 59_999, ToMS: 60_000},
		"59:59.000 – 1:00:00.000":     {FromMS: 3_599_000, ToMS: 3_600_000},
		"12:34:56.789 – 12:34:57.000": {FromMS: 45_296_789, ToMS: 45_297_000},
	} {
		if got := span.String(); got != want {
			t.Errorf("%v is written %q, want %q", span, got, want)
		}
	}
}

func TestAddressesOfVideosOpenAtTheFrame(t *testing.T) {
	frame := engine.Provenance{Video: "ab", FrameMS: 12_480}
	cases := []struct {
		name          string
		p             engine.Provenance
		address, want string
	}{
		{"a video", frame, "https://example.org/a.mp4?x=1", "https://example.org/a.mp4?x=1#t=12.48"},
		{"its first second", engine.Provenance{Video: "ab"}, "HTTP://example.org/", "HTTP://example.org/#t=0"},
		{"a part of a page stays", frame, "https://example.org/#video", "https://example.org/#video"},
		{"no address of the web", frame, "file:///a.mp4", "file:///a.mp4"},
		{"nothing", frame, "", ""},
		{"a photo", engine.Provenance{FrameMS: 5}, "https://example.org/a.jpg", "https://example.org/a.jpg"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := c.p.AtTime(c.address); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func TestTwoTimesOfAVideoAreTwoFinds(t *testing.T) {
	a := engine.Provenance{File: "/v.mp4", Video: "ab", FrameMS: 1000}
	b := a
	if !a.SameFind(b) {
		t.Error("the same frame is another find")
	}
	if b.FrameMS = 2000; a.SameFind(b) {
		t.Error("another second is the same find")
	}
	a.URL, b.URL = "https://example.org/v.mp4", "https://example.org/v.mp4"
	if a.SameFind(b) {
		t.Error("another second of an address is the same find")
	}
}
