package grouping

import (
	"context"

	"gabarit/engine"
)

// Of gives the groups that hold one of the faces, brought up to date. Errors as of List.
func (g *Groups) Of(ctx context.Context, faces []engine.FaceID) ([]engine.Group, error) {
	done, err := g.hold(ctx, nil)
	defer done()
	if err != nil {
		return nil, err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.groups == nil {
		return nil, ended(ctx)
	}
	wanted := make(map[engine.FaceID]bool, len(faces))
	for _, f := range faces {
		wanted[f] = true
	}
	var out []engine.Group
	for _, group := range g.groups.Groups() {
		for _, f := range group.Faces {
			if wanted[f] {
				out = append(out, group)
				break
			}
		}
	}
	return out, nil
}
