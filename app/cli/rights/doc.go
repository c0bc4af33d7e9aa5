// Package rights holds the commands of gabarit-cli for both sides of the rights that people have: a person's cases, with their letters and
// deadlines, and an operator's subject requests and papers.
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
	return []*cobra.Command{p.caseCommand(), p.controllerCommand(), p.subjectCommand(), p.papersCommand()}
}
