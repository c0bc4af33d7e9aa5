package engine

// Group is the faces that probably show one person, sorted by ID. It has no name and is no identity: it saves
// looking through the same faces twice. A face that is like no other is a group of its own.
type Group struct {
	Faces []FaceID // at least one; never two of one photo
}

// ID names the group by its first face. It lasts as long as that face is the first.
func (g Group) ID() FaceID { return g.Faces[0] }

// GroupDecision is what the user decided about two faces: that they show the same person or that they don't. Regrouping keeps it.
type GroupDecision struct {
	A    FaceID `json:"a"` // the smaller ID
	B    FaceID `json:"b"`
	Same bool   `json:"same"`
}
