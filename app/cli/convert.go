package main

import (
	"encoding/hex"
	"time"

	"gabarit/engine"
)

func newSource(s engine.Provenance, sum engine.SHA256, collected time.Time) sourceOut {
	return sourceOut{
		URL: s.URL, PageURL: s.PageURL, PageTitle: s.PageTitle, ImageTitle: s.ImageTitle, File: s.File,
		SHA256: hex.EncodeToString(sum[:]), CapturedAt: stamp(s.CapturedAt), CollectedAt: stamp(collected), Location: s.Place,
	}
}

func newMatch(m engine.Match) matchOut {
	out := matchOut{
		Face: string(m.Face), Photo: string(m.Photo), Collection: m.Collection, Distance: m.Distance,
		Band: string(m.Band), ExpectedFalse: m.ExpectedFalse, Box: newBox(m.Box),
		Source: newSource(m.Source, m.SHA256, m.CollectedAt),
	}
	for _, s := range m.Also {
		out.Also = append(out.Also, newSource(s, m.SHA256, m.CollectedAt))
	}
	return out
}

func newProbes(file string, probes []engine.ProbeMatches) []probeOut {
	out := make([]probeOut, 0, len(probes))
	for _, p := range probes {
		po := probeOut{File: file, Face: p.Face, Box: newBox(p.Box), Quality: p.Quality, Matches: []matchOut{}}
		for _, m := range p.Matches {
			po.Matches = append(po.Matches, newMatch(m))
		}
		out = append(out, po)
	}
	return out
}

func newFailed(file string, err error) failedFile {
	return failedFile{File: file, Reason: reasonOf(err), detail: detailOf(err)}
}

// reasonOf gives an error's message, which is never empty in a list of failures.
func reasonOf(err error) string {
	if msg := engine.MessageOf(err); msg != "" {
		return msg
	}
	return "something unforeseen happened"
}

func newCase(c engine.Case) caseOut {
	out := caseOut{ID: string(c.ID), Ref: c.Ref, Site: c.Site, State: string(c.State), CreatedAt: stamp(c.CreatedAt),
		Items: []itemOut{}, Letters: []letterOut{}}
	for _, it := range c.Items {
		out.Items = append(out.Items, itemOut{Face: string(it.Face), Photo: string(it.Photo),
			FoundAt: stamp(it.FoundAt), Source: newSource(it.Source, it.SHA256, it.CollectedAt)})
	}
	for _, l := range c.Letters {
		out.Letters = append(out.Letters, letterOut{string(l.Right), l.Lang, l.Formats, stamp(l.At)})
	}
	return out
}

func newCases(cases []engine.Case) casesOut {
	out := casesOut{Cases: []caseOut{}}
	for _, c := range cases {
		out.Cases = append(out.Cases, newCase(c))
	}
	return out
}
