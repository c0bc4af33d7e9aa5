package papers

import (
	"context"
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"gabarit/engine"
	"gabarit/engine/matter"
)

// Papers is what the papers' tab shows. All methods are for one goroutine.
type Papers struct {
	Profile    matter.Profile
	Recipients []matter.Recipient // those that get something first
	Orders     []matter.Order     // overdue first, then by due date, closed ones last
	Notices    []matter.NoticeDue // by due date, those without one last
}

// ReadPapers reads and orders everything.
func ReadPapers(ctx context.Context, svc Service, now time.Time) (p Papers, err error) {
	if p.Profile, err = svc.Profile(ctx); err != nil {
		return p, err
	}
	if p.Recipients, err = svc.Recipients(ctx); err != nil {
		return p, err
	}
	if p.Orders, err = svc.Orders(ctx); err != nil {
		return p, err
	}
	if p.Notices, err = svc.NoticesDue(ctx); err != nil {
		return p, err
	}
	slices.SortStableFunc(p.Recipients, func(a, b matter.Recipient) int { return less(b.Gone(), a.Gone()) })
	rank := map[matter.OrderState]int{matter.OrderOverdue: 0, matter.OrderOpen: 1, matter.OrderClosed: 2}
	slices.SortStableFunc(p.Orders, func(a, b matter.Order) int {
		if r := rank[a.State(now)] - rank[b.State(now)]; r != 0 {
			return r
		}
		return a.Due.Compare(b.Due)
	})
	slices.SortStableFunc(p.Notices, func(a, b matter.NoticeDue) int {
		if r := less(b.Due.IsZero(), a.Due.IsZero()); r != 0 {
			return r
		}
		return a.Due.Compare(b.Due)
	})
	return p, nil
}

// less orders a true before b.
func less(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

// Late counts what is overdue: orders and notices.
func (p Papers) Late(now time.Time) (n int) {
	for _, o := range p.Orders {
		if o.State(now) == matter.OrderOverdue {
			n++
		}
	}
	for _, d := range p.Notices {
		if d.Late(now) {
			n++
		}
	}
	return n
}

// RepForm is a representative as it is typed.
type RepForm struct{ Name, Address, Email, Country, Mandate string }

// ProfileForm is the controller's profile as it is typed.
type ProfileForm struct {
	stored                               matter.Profile // what the form does not show stays
	Name, Address, Email, Country        string
	DPO, DPOEmail                        string
	Territory                            matter.Territory
	Reasons                              string
	EU, UK, CH                           RepForm
	Authority, Measures, DPIA, DPIAOfDay string
}

// NewProfileForm fills a form with what is stored.
func NewProfileForm(p matter.Profile) *ProfileForm {
	rep := func(r matter.Representative) RepForm {
		return RepForm{r.Name, r.Address, r.Email, r.Country, dayText(r.Mandated)}
	}
	return &ProfileForm{stored: p, Name: p.Name, Address: p.Address, Email: p.Email, Country: p.Country, DPO: p.DPO.Name, DPOEmail: p.DPO.Email, Territory: p.Territory,
		Reasons: p.Reasons, EU: rep(p.EU), UK: rep(p.UK), CH: rep(p.CH), Authority: p.Authority.Name, Measures: p.Measures, DPIA: p.DPIA, DPIAOfDay: dayText(p.DPIAReviewed)}
}

// Profile is what was typed; CodeInvalid where a day is none.
func (f *ProfileForm) Profile() (matter.Profile, error) {
	p := f.stored
	p.Name, p.Address, p.Email, p.Country = trim(f.Name), trim(f.Address), trim(f.Email), strings.ToUpper(trim(f.Country))
	p.DPO.Name, p.DPO.Email = trim(f.DPO), trim(f.DPOEmail)
	p.Territory, p.Reasons, p.Measures, p.DPIA = f.Territory, trim(f.Reasons), trim(f.Measures), trim(f.DPIA)
	p.Authority.Name = trim(f.Authority)
	var failed error
	day := func(s string) time.Time {
		t, err := parseDay(s)
		failed = errors.Join(failed, err)
		return t
	}
	rep := func(r RepForm) matter.Representative {
		return matter.Representative{Party: matter.Party{Name: trim(r.Name), Address: trim(r.Address), Email: trim(r.Email), Country: strings.ToUpper(trim(r.Country))}, Mandated: day(r.Mandate)}
	}
	p.EU, p.UK, p.CH = rep(f.EU), rep(f.UK), rep(f.CH)
	p.DPIAReviewed = day(f.DPIAOfDay)
	return p, failed
}

// OrderForm is an order of an authority as it is typed.
type OrderForm struct{ Authority, Reference, Ordered, Received, Due, Penalty, Currency string }

// Order is what was typed; CodeInvalid where a day or the penalty is none.
func (f *OrderForm) Order() (matter.Order, error) {
	o := matter.Order{Authority: trim(f.Authority), Reference: trim(f.Reference), Ordered: trim(f.Ordered), Currency: strings.ToUpper(trim(f.Currency))}
	var err error
	if o.Received, err = parseDay(f.Received); err != nil {
		return o, err
	}
	if o.Due, err = parseDay(f.Due); err != nil {
		return o, err
	}
	if s := strings.ReplaceAll(trim(f.Penalty), ",", "."); s != "" {
		x, err := strconv.ParseFloat(s, 64)
		if err != nil || !(x >= 0) || x > 1e12 {
			return o, engine.E(engine.CodeInvalid, "papers.OrderForm", "a penalty is a sum of money for each day", nil)
		}
		o.Penalty = int64(math.Round(x * 100))
	}
	return o, nil
}

// RecipientForm is a recipient as it is typed.
type RecipientForm struct {
	Name, Address, Email, Country, What, Purpose, Safeguards, Since string
	Processor                                                       bool
}

// Recipient is what was typed; CodeInvalid where the day is none.
func (f *RecipientForm) Recipient() (matter.Recipient, error) {
	r := matter.Recipient{Party: matter.Party{Name: trim(f.Name), Address: trim(f.Address), Email: trim(f.Email), Country: strings.ToUpper(trim(f.Country))},
		Processor: f.Processor, What: trim(f.What), Purpose: trim(f.Purpose), Safeguards: trim(f.Safeguards)}
	var err error
	r.Since, err = parseDay(f.Since)
	return r, err
}

func trim(s string) string { return strings.TrimSpace(s) }

func dayText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}

// parseDay reads a day as it is typed; "" is none.
func parseDay(s string) (time.Time, error) {
	if s = trim(s); s == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return time.Time{}, engine.E(engine.CodeInvalid, "papers.parseDay", "a date is written year-month-day", errors.New(s))
	}
	return t, nil
}
