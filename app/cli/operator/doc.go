// Package operator holds the commands of gabarit-cli for whoever operates an index: subject requests and the papers that the law asks for.
package operator

import (
	"github.com/spf13/cobra"

	"gabarit/app/cli/command"
)

// program is the one that runs the commands.
type program struct{ command.Host }

// Commands gives the commands of an operator.
func Commands(h command.Host) []*cobra.Command {
	p := program{h}
	return []*cobra.Command{p.subjectCommand(), p.papersCommand()}
}
