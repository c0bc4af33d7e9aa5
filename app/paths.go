package app

import (
	"os"
	"path/filepath"

	"github.com/adrg/xdg"
)

// Environment variables that name other places than the user's own folders.
const (
	EnvVault  = "GABARIT_VAULT"
	EnvModels = "GABARIT_MODELS"
	EnvState  = "GABARIT_STATE"

	EnvIndexMemory = "GABARIT_INDEX_MEMORY" // megabytes, see Config.IndexMemory
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

// DefaultStateDir gives the folder that GABARIT_STATE names, else gabarit in the user's folder for states. What must be known
// of a vault even if an old copy of it takes its place is kept there: which keys were destroyed, how far its log had come.
func DefaultStateDir() string {
	if dir := os.Getenv(EnvState); dir != "" {
		return dir
	}
	return filepath.Join(xdg.StateHome, "gabarit")
}
