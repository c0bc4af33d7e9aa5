package command

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// Leaf makes a command that does something. The first line of about is its short description.
func Leaf(use, about string, args cobra.PositionalArgs, run func(ctx context.Context, args []string) error) *cobra.Command {
	short, _, _ := strings.Cut(about, "\n")
	return &cobra.Command{
		Use: use, Short: short, Long: strings.TrimSpace(strings.TrimPrefix(about, short)), Args: args,
		RunE: func(cmd *cobra.Command, args []string) error { return run(cmd.Context(), args) },
	}
}

// Group makes cmd a command that only holds others: alone or with an unknown name it is a usage error.
func Group(cmd *cobra.Command, children ...*cobra.Command) *cobra.Command {
	cmd.AddCommand(children...)
	cmd.Args = cobra.ArbitraryArgs
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 {
			return Usage("there is no such command", cmd.CommandPath()+" "+args[0])
		}
		return Usage("a command is missing", "see "+cmd.CommandPath()+" --help")
	}
	return cmd
}

// ParseDay reads a day as UTC, which is how the times of photos without a zone are kept.
func ParseDay(s, flag string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return t, Usage("a date is written year-month-day", flag+" "+s)
	}
	return t, nil
}
