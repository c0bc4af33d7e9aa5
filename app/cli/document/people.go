package document

import "gabarit/engine"

// People is what people, people merge and people split print.
type People struct {
	Index   engine.Totals `json:"index"`
	Grouped int           `json:"grouped"` // faces in all groups that were asked for, smaller ones too
	Smaller int           `json:"smaller"` // groups with fewer faces than asked for
	Groups  []Group       `json:"groups"`  // largest first
}

// Group is faces that probably show one person.
type Group struct {
	Cover       string          `json:"cover"` // the face that is most like the others
	Faces       []engine.FaceID `json:"faces"` // sorted
	Photos      int             `json:"photos"`
	Collections []string        `json:"collections"`
	Hosts       []string        `json:"hosts"`
	First       string          `json:"first"` // photos were taken, else collected, from then
	Last        string          `json:"last"`  // to then
}

// Grouping is what "grouping" holds.
type Grouping struct {
	Faces int `json:"faces"` // grouped so far
	Total int `json:"total"`
}

// NewPeople is the document of groups; names are those of collections.
func NewPeople(index engine.Totals, g engine.Grouping, names map[engine.CollectionID]string) People {
	return People{index, g.Faces, g.Smaller, Each(g.Groups, func(g engine.GroupInfo) Group {
		return Group{Cover: string(g.Cover), Faces: List(g.Faces), Photos: len(g.Faces), Hosts: List(g.Hosts), First: Stamp(g.First), Last: Stamp(g.Last),
			Collections: Each(g.Collections, func(c engine.CollectionID) string { return names[c] })}
	})}
}
