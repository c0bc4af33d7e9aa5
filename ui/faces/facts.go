package faces

import (
	"encoding/hex"

	"gabarit/engine"
	"gabarit/ui/kit"
)

// Fact is one thing that is known of a match.
type Fact struct {
	Name, Value string
	Copied      bool // people copy it
}

// Facts lists what is known; what is unknown is left out. Addresses of a video open at the frame.
func Facts(m engine.Match) (out []Fact) {
	add := func(name, value string, copied bool) {
		if value != "" {
			out = append(out, Fact{name, value, copied})
		}
	}
	add(kit.T("Page"), m.Source.AtTime(m.Source.PageURL), true)
	add(kit.T("Page title"), m.Source.PageTitle, false)
	add(kit.T("Image"), m.Source.AtTime(m.Source.URL), true)
	add(kit.T("Image title"), m.Source.ImageTitle, false)
	add(kit.T("Author"), m.Source.Author, false)
	add(kit.T("Taken"), kit.DayOrTime(m.Source.CapturedAt), false)
	add(kit.T("Published"), kit.DayOrTime(m.Source.PublishedAt), false)
	add(kit.T("Archived"), kit.Time(m.Source.ArchivedAt), false)
	add(kit.T("Collected"), kit.Time(m.CollectedAt), false)
	add(kit.T("Collection"), m.Collection, false)
	add(kit.T("Place"), PlaceWords(m.Source.Place), true)
	add(kit.T("File"), m.Source.File, true)
	add(kit.T("Part of the file"), m.Source.Part, true)
	hash := hex.EncodeToString(m.SHA256[:])
	if m.Source.Video != "" {
		hash = m.Source.Video
		add(kit.T("Time in the video"), engine.Clock(m.Source.FrameMS), true)
		add(kit.T("Seen in the video"), m.Seen.String(), true)
	}
	add(kit.T("SHA-256 of the file"), hash, true)
	for _, also := range m.Also {
		name := kit.T("Also found at")
		switch {
		case also.PageURL != "":
			add(name, also.AtTime(also.PageURL), true)
		case also.URL != "":
			add(name, also.AtTime(also.URL), true)
		case also.Video != "":
			add(name, also.File+" · "+engine.Clock(also.FrameMS), true)
		default:
			add(name, also.File, true)
		}
	}
	return out
}
