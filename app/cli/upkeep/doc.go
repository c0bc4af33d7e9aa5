// Package upkeep holds the commands of gabarit-cli that keep a vault to its dates: retention, and checks of sources.
package upkeep

import (
	"github.com/spf13/cobra"

	"gabarit/app/cli/command"
)

// program is the one that runs the commands.
type program struct{ command.Host }

// Commands gives them.
func Commands(h command.Host) []*cobra.Command {
	p := program{h}
	return []*cobra.Command{p.retainCommand(), p.checkCommand()}
}
