package operator

import (
	"context"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"gabarit/app"
	"gabarit/app/cli/command"
	"gabarit/app/cli/document"
	"gabarit/engine/matter"
)

func (p program) recipientAddCommand() *cobra.Command {
	var r matter.Recipient
	var since string
	cmd := command.Leaf("add NAME --country CC --what TEXT --purpose TEXT", `record who gets data
Record somebody who gets data, or (--processor) processes them for you. A country outside the Union needs --safeguards.`,
		cobra.ExactArgs(1), func(ctx context.Context, args []string) (err error) {
			r.Name = args[0]
			if r.Since, err = command.ParseDay(since, "--since"); err != nil {
				return err
			}
			return p.WithVault(ctx, func(a *app.App) error {
				added, err := a.AddRecipient(ctx, r)
				if err != nil {
					return command.InvalidIsUsage(err)
				}
				return p.showRecipients([]matter.Recipient{added})
			})
		})
	f := cmd.Flags()
	f.StringVar(&r.Country, "country", "", "where the data go, as FR (required)")
	f.StringVar(&r.What, "what", "", "which data (required)")
	f.StringVar(&r.Purpose, "purpose", "", "why (required)")
	f.StringVar(&r.Address, "address", "", "postal address")
	f.StringVar(&r.Email, "email", "", "e-mail address")
	f.StringVar(&r.Safeguards, "safeguards", "", "safeguards of a transfer out of the Union")
	f.BoolVar(&r.Processor, "processor", false, "processes the data for you (article 28)")
	f.StringVar(&since, "since", "", "day of the first disclosure, year-month-day; none: nothing yet")
	return cmd
}

func (p program) recipientList(ctx context.Context, a *app.App, _ []string) error {
	all, err := a.Recipients(ctx)
	if err != nil {
		return err
	}
	return p.showRecipients(all)
}

func (p program) recipientRemove(ctx context.Context, a *app.App, args []string) error {
	if err := a.RemoveRecipient(ctx, args[0]); err != nil {
		return err
	}
	return p.recipientList(ctx, a, nil)
}

func (p program) showRecipients(all []matter.Recipient) error {
	return p.Show(document.Doc{"recipients": document.Each(all, document.NewRecipient)}, func(w io.Writer) {
		rows := [][]string{{p.Row("name", "country", "role", "data", "since", "until", "recipient ID")}}
		for _, r := range all {
			role := p.Text("recipient")
			if r.Processor {
				role = p.Text("processor")
			}
			rows = append(rows, []string{command.Plain(r.Name), r.Country, role, command.Plain(r.What), document.Day(r.Since), document.Day(r.Removed), r.ID})
		}
		writeTable(w, rows)
	})
}

func (p program) orderAddCommand() *cobra.Command {
	var o matter.Order
	var received, due, penalty string
	cmd := command.Leaf("add --authority NAME --ordered TEXT --received DAY --due DAY", `record an order of an authority
Record an order of an authority. It is overdue from the day after --due, and can't be closed without proof.`,
		command.NoArgs, func(ctx context.Context, _ []string) (err error) {
			if o.Received, err = command.ParseDay(received, "--received"); err != nil {
				return err
			}
			if o.Due, err = command.ParseDay(due, "--due"); err != nil {
				return err
			}
			if o.Penalty, o.Currency, err = parsePenalty(penalty); err != nil {
				return err
			}
			return p.WithVault(ctx, func(a *app.App) error {
				added, err := a.AddOrder(ctx, o)
				if err != nil {
					return command.InvalidIsUsage(err)
				}
				return p.showOrders([]matter.Order{added})
			})
		})
	f := cmd.Flags()
	f.StringVar(&o.Authority, "authority", "", "who ordered it (required)")
	f.StringVar(&o.Ordered, "ordered", "", "what is ordered (required)")
	f.StringVar(&received, "received", "", "day it was received, year-month-day (required)")
	f.StringVar(&due, "due", "", "last day to comply, year-month-day (required)")
	f.StringVar(&o.Reference, "reference", "", "the authority's reference")
	f.StringVar(&penalty, "penalty", "", `for each day late, as "100000 EUR"`)
	return cmd
}

// parsePenalty reads a sum such as "1500.50 EUR" as hundredths and currency; "" is none.
func parsePenalty(s string) (hundredths int64, currency string, err error) {
	if s == "" {
		return 0, "", nil
	}
	sum, currency, ok := strings.Cut(s, " ")
	x, err := strconv.ParseFloat(sum, 64)
	if !ok || err != nil || !(x > 0) || x > 1e12 {
		return 0, "", command.Usage(`a penalty is written as "100000 EUR"`, "--penalty "+s)
	}
	return int64(math.Round(x * 100)), currency, nil
}

func (p program) orderList(ctx context.Context, a *app.App, _ []string) error {
	all, err := a.Orders(ctx)
	if err != nil {
		return err
	}
	return p.showOrders(all)
}

func (p program) orderProof(ctx context.Context, a *app.App, args []string) error {
	o, err := a.AttachProof(ctx, args[0], args[1])
	if err != nil {
		return err
	}
	return p.showOrders([]matter.Order{o})
}

func (p program) orderCloseCommand() *cobra.Command {
	var note string
	cmd := command.Leaf("close ID", "close an order that has proof", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		return p.WithVault(ctx, func(a *app.App) error {
			o, err := a.CloseOrder(ctx, args[0], note)
			if err != nil {
				return err
			}
			return p.showOrders([]matter.Order{o})
		})
	})
	cmd.Flags().StringVar(&note, "note", "", "how it was complied with")
	return cmd
}

func (p program) showOrders(all []matter.Order) error {
	now := p.Now()
	docs := document.Each(all, func(o matter.Order) document.Order { return document.NewOrder(o, now) })
	return p.Show(document.Doc{"orders": docs}, func(w io.Writer) {
		rows := [][]string{{p.Row("authority", "reference", "due", "state", "proofs", "penalty so far", "order ID")}}
		for i, o := range all {
			so := ""
			if sum := o.PenaltySoFar(now); sum > 0 {
				so = fmt.Sprintf("%.2f %s", float64(sum)/100, command.Plain(o.Currency))
			}
			rows = append(rows, []string{command.Plain(o.Authority), command.Plain(o.Reference), docs[i].Due, p.Text(string(docs[i].State)), strconv.Itoa(len(o.Proof)), so, o.ID})
		}
		writeTable(w, rows)
	})
}
