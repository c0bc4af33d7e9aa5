package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"gabarit/app"
	"gabarit/engine"
)

func (p *program) auditCommand() *cobra.Command {
	list := &cobra.Command{
		Use: "list", Short: "list what was done, newest last", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return p.auditList(cmd.Context()) },
	}
	return group(&cobra.Command{Use: "audit", Short: "read the audit log"}, list)
}

func (p *program) auditList(ctx context.Context) error {
	return p.withVault(ctx, func(a *app.App) error {
		entries, err := a.Audit(ctx)
		if err != nil {
			return err
		}
		if entries == nil {
			entries = []engine.AuditEntry{}
		}
		return p.show(auditOut{entries}, func(w io.Writer) { writeAudit(w, entries) })
	})
}

// writeAudit writes one line for each entry, in the log's own words.
func writeAudit(w io.Writer, entries []engine.AuditEntry) {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, e := range entries {
		var counts []string
		for _, k := range slices.Sorted(maps.Keys(e.Counts)) {
			counts = append(counts, fmt.Sprintf("%s=%d", k, e.Counts[k]))
		}
		fmt.Fprintf(tw, "%d\t%s\t%s\t%s\t%s\n", e.Seq, e.At.UTC().Format(time.RFC3339), e.Action, strings.Join(counts, " "), plain(e.Purpose))
	}
	_ = tw.Flush()
}
