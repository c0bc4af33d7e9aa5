package retention

import (
	"time"

	"gabarit/engine/source/web"
)

// Answer is what an address answered; "" where a place has no such address.
type Answer = web.Finding

// Judge judges the answers of places, each that of its image and that of its page.
func Judge(places ...[2]Answer) Answer {
	var finds []find
	for _, p := range places {
		var f find
		if p[0] != "" {
			f.image = &asked{Finding: p[0]}
		}
		if p[1] != "" {
			f.page = &asked{Finding: p[1]}
		}
		finds = append(finds, f)
	}
	return judge(finds).Finding
}

// Withdraws tells whether a finding hides a photo.
func Withdraws(f Answer, site bool) bool { return withdraws(f, site) }

// Silence tells after each of some answers whether the source is said to be out of reach.
func Silence(start time.Time, every time.Duration, answers ...Answer) (said []bool) {
	var c checked
	for i, a := range answers {
		c = c.after(start.Add(time.Duration(i)*every), nil, asked{Finding: a})
		said = append(said, c.unreachable())
	}
	return said
}
