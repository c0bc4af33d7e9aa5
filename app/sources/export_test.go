package sources

import (
	"gabarit/engine"
	"gabarit/engine/source/web"
)

func NewState(vaultDir string, v Sealer, id engine.CollectionID) web.State {
	return newState(vaultDir, v, id)
}
