package papers_test

import (
	"context"
	"testing"
	"time"

	"gabarit/engine"
	"gabarit/engine/matter"
	"gabarit/ui/papers"
)

type stored struct{ papers.Service }

func day(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return t
}

func (stored) Profile(context.Context) (matter.Profile, error) { return matter.Profile{}, nil }
func (stored) Recipients(context.Context) ([]matter.Recipient, error) {
	return []matter.Recipient{{ID: "gone", Removed: day("2026-01-01")}, {ID: "a"}, {ID: "b"}}, nil
}
func (stored) Orders(context.Context) ([]matter.Order, error) {
	return []matter.Order{{ID: "closed", Due: day("2026-01-01"), ClosedAt: day("2026-01-02")}, {ID: "later", Due: day("2027-02-01")}, {ID: "soon", Due: day("2026-12-01")},
		{ID: "late", Due: day("2026-11-27")}, {ID: "today", Due: day("2026-11-28")}}, nil
}
func (stored) NoticesDue(context.Context) ([]matter.NoticeDue, error) {
	return []matter.NoticeDue{{Name: "empty"}, {Name: "written", Due: day("2026-10-01"), WrittenAt: day("2026-09-20")}, {Name: "late", Due: day("2026-09-01")}}, nil
}

func TestWhatIsLateStandsFirst(t *testing.T) {
	now := day("2026-11-28").Add(20 * time.Hour)
	p, err := papers.ReadPapers(t.Context(), stored{}, now)
	if err != nil {
		t.Fatal(err)
	}
	var orders, recipients, notices string
	for _, o := range p.Orders {
		orders += o.ID + " "
	}
	for _, r := range p.Recipients {
		recipients += r.ID + " "
	}
	for _, n := range p.Notices {
		notices += n.Name + " "
	}
	if orders != "late today soon later closed " || recipients != "a b gone " || notices != "late written empty " {
		t.Errorf("orders %q, recipients %q, notices %q", orders, recipients, notices)
	}
	if n := p.Late(now); n != 2 {
		t.Errorf("%d late: an order that is due today is not, a notice that was written is not", n)
	}
}

func TestAProfileThatIsEditedKeepsWhatTheFormDoesNotShow(t *testing.T) {
	was := matter.Profile{Party: matter.Party{Name: "A", Country: "US"}, Joint: []matter.Party{{Name: "B"}}, DPO: matter.Party{Address: "kept"},
		EU: matter.Representative{Party: matter.Party{Name: "R", Country: "FR"}, Mandated: day("2026-01-05")}}
	f := papers.NewProfileForm(was)
	f.Name, f.Country, f.UK.Mandate = " Archive ", " de ", "2026-02-01"
	p, err := f.Profile()
	if err != nil {
		t.Fatal(err)
	}
	if p.Name != "Archive" || p.Country != "DE" || len(p.Joint) != 1 || p.DPO.Address != "kept" || !p.EU.Mandated.Equal(day("2026-01-05")) || !p.UK.Mandated.Equal(day("2026-02-01")) {
		t.Errorf("profile: %+v", p)
	}
	f.DPIAOfDay = "31 December"
	if _, err := f.Profile(); engine.CodeOf(err) != engine.CodeInvalid {
		t.Errorf("a day that is none: %v", err)
	}
}

func TestOrdersAndRecipientsAsTheyAreTyped(t *testing.T) {
	f := papers.OrderForm{Authority: " CNIL ", Ordered: "x", Received: "2026-01-01", Due: "2026-02-01", Penalty: "100000,5", Currency: "eur"}
	o, err := f.Order()
	if err != nil || o.Authority != "CNIL" || o.Penalty != 10000050 || o.Currency != "EUR" || !o.Due.Equal(day("2026-02-01")) {
		t.Errorf("order %+v, %v", o, err)
	}
	for _, penalty := range []string{"much", "-1", "1e99", "NaN"} {
		f.Penalty = penalty
		if _, err := f.Order(); engine.CodeOf(err) != engine.CodeInvalid {
			t.Errorf("penalty %q: %v", penalty, err)
		}
	}
	f.Penalty, f.Due = "", "soon"
	if _, err := f.Order(); engine.CodeOf(err) != engine.CodeInvalid {
		t.Errorf("due soon: %v", err)
	}
	r := papers.RecipientForm{Name: "C", Country: "fr", Since: "2026-01-01", Processor: true}
	got, err := r.Recipient()
	if err != nil || got.Country != "FR" || !got.Processor || !got.Since.Equal(day("2026-01-01")) {
		t.Errorf("recipient %+v, %v", got, err)
	}
	r.Since = "x"
	if _, err := r.Recipient(); engine.CodeOf(err) != engine.CodeInvalid {
		t.Errorf("since x: %v", err)
	}
}
