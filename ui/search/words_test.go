package search

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2/test"

	"gabarit/engine"
	"gabarit/ui/faces"
)

func TestWordsTellTheStrangersToExpect(t *testing.T) {
	test.NewTempApp(t)
	row := func(expected float64, crowded bool) Row {
		return Row{Match: engine.Match{Distance: 0.42, ExpectedFalse: expected}, Compared: 11411, Crowded: crowded}
	}
	for _, c := range []struct {
		row         Row
		words, card string
	}{
		{row(0.3, false), "In an index of 11,411 faces, expect 0.3 strangers this close.", "strangers expected: 0.3"},
		{row(1.02, false), "In an index of 11,411 faces, expect 1 stranger this close.", "strangers expected: 1"},
		{row(1e-9, false), "In an index of 11,411 faces, expect fewer than 0.001 strangers this close.", "strangers expected: < 0.001"},
		{row(12, true), "In an index of 11,411 faces, expect 12 strangers this close. Many people look like this face to the model: its bands are stricter.", "strangers expected: 12"},
	} {
		if got := scoreWords(c.row); !strings.HasSuffix(got, c.words) || !strings.HasPrefix(got, "Distance 0.42.") {
			t.Errorf("words %q, want %q", got, c.words)
		}
		if got := faces.ShortChance(c.row.Match.ExpectedFalse); got != c.card {
			t.Errorf("card %q, want %q", got, c.card)
		}
	}
}

func TestAMatchInAVideoTellsItsTime(t *testing.T) {
	test.NewTempApp(t)
	m := engine.Match{Seen: engine.Span{FromMS: 11_000, ToMS: 14_000}, Source: engine.Provenance{File: "/v/film.mp4", Part: "0:12.480", PageURL: "https://example.org/watch?v=x", URL: "https://cdn.example.org/film.mp4", Video: "ab12", FrameMS: 12_480}}
	want := map[string]string{"Page": "https://example.org/watch?v=x#t=12.48", "Image": "https://cdn.example.org/film.mp4#t=12.48", "File": "/v/film.mp4", "Time in the video": "0:12.480",
		"Seen in the video": "0:11.000 – 0:14.000", "SHA-256 of the file": "ab12"}
	told := func(m engine.Match) map[string]string {
		all := map[string]string{}
		for _, f := range faces.Facts(m) {
			all[f.Name] = f.Value
		}
		return all
	}
	got := told(m)
	for name, value := range want {
		if got[name] != value {
			t.Errorf("%s is %q, want %q", name, got[name], value)
		}
	}
	if origin := faces.Origin(m.Source); origin != "example.org · 0:12.480" {
		t.Errorf("the card says %q", origin)
	}
	m.Source.Video, m.Source.FrameMS, m.SHA256 = "", 0, engine.SHA256{1}
	if got := told(m); got["Page"] != "https://example.org/watch?v=x" || got["Time in the video"] != "" || got["Seen in the video"] != "" || !strings.HasPrefix(got["SHA-256 of the file"], "0100") {
		t.Errorf("a photo tells %v", got)
	}
}
