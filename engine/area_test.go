package engine_test

import (
	"math"
	"testing"

	"gabarit/engine"
)

func TestAnAreaHoldsWhatLiesWithinItsRadius(t *testing.T) {
	paris, berlin := engine.Place{Lat: 48.8566, Lon: 2.3522}, engine.Place{Lat: 52.52, Lon: 13.405}
	for name, test := range map[string]struct {
		centre, place engine.Place
		radius        float64
		want          bool
	}{
		// 877.46 km on the sphere of this radius
		"a city nearer than the radius":       {paris, berlin, 878_000, true},
		"a city farther than the radius":      {paris, berlin, 877_000, false},
		"the centre itself":                   {paris, paris, 1, true},
		"across the date line":                {engine.Place{Lat: 0, Lon: 179.9}, engine.Place{Lat: 0, Lon: -179.9}, 22_300, true},
		"across the date line, too far":       {engine.Place{Lat: 0, Lon: 179.9}, engine.Place{Lat: 0, Lon: -179.9}, 22_200, false},
		"over the pole":                       {engine.Place{Lat: 89.9, Lon: 0}, engine.Place{Lat: 89.9, Lon: 180}, 22_300, true},
		"the other side, in half the girth":   {engine.Place{Lat: 10, Lon: 20}, engine.Place{Lat: -10, Lon: -160}, math.Pi*engine.EarthRadius + 1, true},
		"the other side, in a little less":    {engine.Place{Lat: 10, Lon: 20}, engine.Place{Lat: -10, Lon: -160}, math.Pi*engine.EarthRadius - 1000, false},
		"an infinite radius holds everything": {paris, engine.Place{Lat: -48, Lon: -177}, math.Inf(1), true},
		"a place that is not a number":        {paris, engine.Place{Lat: math.NaN(), Lon: 2}, 1e9, false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := (engine.Area{Centre: test.centre, Radius: test.radius}).Holds(test.place); got != test.want {
				t.Errorf("%v", got)
			}
		})
	}
}

func TestAnAreaThatIsNoneIsRefused(t *testing.T) {
	for name, a := range map[string]engine.Area{
		"no radius":       {Centre: engine.Place{Lat: 1, Lon: 1}},
		"negative":        {Radius: -1},
		"not a number":    {Radius: math.NaN()},
		"beyond the pole": {Centre: engine.Place{Lat: 91}, Radius: 1},
	} {
		if engine.CodeOf(a.Check()) != engine.CodeInvalid {
			t.Errorf("%s: %v", name, a.Check())
		}
	}
	if err := (engine.Area{Radius: 1}).Check(); err != nil {
		t.Error(err)
	}
}
