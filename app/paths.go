package app

import (
	"os"
	"path/filepath"

	"github.com/adrg/xdg"
)

// Environment variables that name other places than the user's data folder.
const (
	EnvVault  = "GABARIT_VAULT"
	EnvModels = "GABARIT_MODELS"
)

// DefaultPaths gives the folders of the vault and the models: those that GABARIT_VAULT and GABARIT_MODELS
// name, else gabarit/vault and gabarit/models in the user's data folder (XDG base directories).
func DefaultPaths() (vaultDir, modelsDir string) {
	return place(EnvVault, "vault"), place(EnvModels, "models")
}

func place(env, name string) string {
	if dir := os.Getenv(env); dir != "" {
		return dir
	}
	return filepath.Join(xdg.DataHome, "gabarit", name)
}
