// Package rights holds the commands of gabarit-cli for people who use their rights: cases with their letters and deadlines, and the address book.
package rights

import (
	"github.com/spf13/cobra"

	"gabarit/app/cli/command"
)

// program is the one that runs the commands.
type program struct{ command.Host }

// Commands gives the commands that work on rights.
func Commands(h command.Host) []*cobra.Command {
	p := program{h}
	return []*cobra.Command{p.caseCommand(), p.controllerCommand()}
}
