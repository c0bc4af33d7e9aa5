package faces_test

import (
	"testing"
	"time"

	"gabarit/engine"
	"gabarit/ui/faces"
)

func TestOriginTitleAndDate(t *testing.T) {
	taken, collected := time.Date(2025, 5, 6, 7, 8, 9, 0, time.UTC), time.Date(2026, 5, 6, 7, 8, 9, 0, time.UTC)
	m := engine.Match{CollectedAt: collected, Source: engine.Provenance{File: "/a/b/c.jpg", ImageTitle: "t"}}
	if faces.Origin(m.Source) != "c.jpg" || faces.Title(m.Source) != "t" || faces.HostOf(m.Source) != "" {
		t.Error("a local file")
	}
	if at, isTaken := faces.When(m); isTaken || !at.Equal(collected) {
		t.Error("without a capture date the day of collection is shown, and said to be that")
	}
	m.Source.CapturedAt, m.Source.URL = taken, "https://IMG.Example:8080/x.jpg"
	if at, isTaken := faces.When(m); !isTaken || !at.Equal(taken) {
		t.Error("the capture date comes first")
	}
	if faces.HostOf(m.Source) != "img.example" {
		t.Errorf("host %q", faces.HostOf(m.Source))
	}
}

func TestDaysAndAreasAreReadAsTheyAreWritten(t *testing.T) {
	for text, want := range map[string]bool{"": true, " 2024-12-31 ": true, "2024-2-30": false, "2024-12": false, "31.12.2024": false} {
		if day, ok := faces.ParseDay(text); ok != want || ok && day.IsZero() != (text == "") {
			t.Errorf("%q: %v, %v", text, day, ok)
		}
	}
	for _, test := range []struct {
		place, km string
		want      *engine.Area
		ok        bool
	}{
		{"", " ", nil, true},
		{"48.85700, 2.35200", "2,5", &engine.Area{Centre: engine.Place{Lat: 48.857, Lon: 2.352}, Radius: 2500}, true},
		{"-33.9,151.2", "10", &engine.Area{Centre: engine.Place{Lat: -33.9, Lon: 151.2}, Radius: 10_000}, true},
		{"48.857, 2.352", "", nil, false},
		{"", "5", nil, false},
		{"48.857", "5", nil, false},
		{"148.857, 2.352", "5", nil, false},
		{"48.857, 2.352", "-5", nil, false},
		{"48,857, 2,352", "5", nil, false},
	} {
		area, ok := faces.ParseArea(test.place, test.km)
		if ok != test.ok || ok && (area == nil) != (test.want == nil) || ok && area != nil && *area != *test.want {
			t.Errorf("%q, %q: %+v, %v", test.place, test.km, area, ok)
		}
	}
}
