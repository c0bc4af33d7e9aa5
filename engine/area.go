package engine

import (
	"math"
	"strconv"
	"strings"
)

// EarthRadius is the mean radius of the Earth in metres (IUGG, R1 of GRS 80).
const EarthRadius = 6_371_008.8

// Area is a circle on the globe, taken as a sphere, which is right to half a percent of the distance.
type Area struct {
	Centre Place
	Radius float64 // metres
}

// Check refuses an area that is none, as a CodeInvalid error.
func (a Area) Check() error {
	if !a.Centre.Valid() || !(a.Radius > 0) {
		return E(CodeInvalid, "engine.Area.Check", "an area is a place on the globe and a distance around it", nil)
	}
	return nil
}

// ParseArea reads decimal degrees and kilometres. ok: they can be read, and are an area.
func ParseArea(lat, lon, km string) (a Area, ok bool) {
	var v [3]float64
	for i, s := range []string{lat, lon, km} {
		var err error
		if v[i], err = strconv.ParseFloat(strings.TrimSpace(s), 64); err != nil {
			return Area{}, false
		}
	}
	a = Area{Centre: Place{Lat: v[0], Lon: v[1]}, Radius: v[2] * 1000}
	return a, a.Check() == nil
}

// Holds reports whether a place lies in the area: the haversine formula [Sinnott, Virtues of the haversine, Sky and Telescope 68, 1984].
func (a Area) Holds(p Place) bool {
	const radians = math.Pi / 180
	dLat := (p.Lat - a.Centre.Lat) * radians
	if math.Abs(dLat)*EarthRadius > a.Radius {
		return false
	}
	s, t := math.Sin(dLat/2), math.Sin((p.Lon-a.Centre.Lon)*radians/2)
	h := s*s + math.Cos(p.Lat*radians)*math.Cos(a.Centre.Lat*radians)*t*t
	return 2*EarthRadius*math.Asin(math.Sqrt(min(h, 1))) <= a.Radius
}
