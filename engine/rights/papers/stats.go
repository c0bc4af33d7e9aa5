package papers

import (
	"bytes"
	"encoding/csv"
	"maps"
	"slices"
	"strconv"
	"time"

	"gabarit/engine"
)

// Stats counts what happened, by month and in all, from the audit log. It holds no names, addresses or IDs.
type Stats struct {
	Entries int                `json:"entries"` // of the log
	From    time.Time          `json:"from,omitzero"`
	To      time.Time          `json:"to,omitzero"`
	Months  map[string]Figures `json:"months"` // "2026-11", UTC
	Total   Figures            `json:"total"`
}

// Figures counts by name: the actions of the log, and what the entries themselves count.
type Figures struct {
	Actions map[engine.AuditAction]int `json:"actions"`
	// Counts sums the counts of searches and erasures: "search.matches", "erased.templates"...
	Counts map[string]int `json:"counts"`
}

// Add takes one entry of the log into account.
func (s *Stats) Add(e engine.AuditEntry) {
	if s.Months == nil {
		s.Months, s.Total = map[string]Figures{}, newFigures()
	}
	if s.Entries == 0 {
		s.From = e.At
	}
	s.Entries, s.To = s.Entries+1, e.At
	month := e.At.UTC().Format("2006-01")
	if _, ok := s.Months[month]; !ok {
		s.Months[month] = newFigures()
	}
	for _, f := range []Figures{s.Months[month], s.Total} {
		f.Actions[e.Action]++
		switch e.Action {
		case engine.ActionSearch, engine.ActionErased, engine.ActionIngest:
			for name, n := range e.Counts {
				f.Counts[string(e.Action)+"."+name] += n
			}
			f.Counts[string(e.Action)+".returned"] += len(e.Returned)
		}
	}
}

func newFigures() Figures {
	return Figures{Actions: map[engine.AuditAction]int{}, Counts: map[string]int{}}
}

// CSV gives the statistics as a table: a row a month, a column a figure, the total last.
func (s Stats) CSV() ([]byte, error) {
	actions, counts := slices.Sorted(maps.Keys(s.Total.Actions)), slices.Sorted(maps.Keys(s.Total.Counts))
	head := []string{"month"}
	for _, a := range actions {
		head = append(head, string(a))
	}
	rows := [][]string{append(head, counts...)}
	line := func(name string, f Figures) {
		row := []string{name}
		for _, a := range actions {
			row = append(row, strconv.Itoa(f.Actions[a]))
		}
		for _, c := range counts {
			row = append(row, strconv.Itoa(f.Counts[c]))
		}
		rows = append(rows, row)
	}
	for _, m := range slices.Sorted(maps.Keys(s.Months)) {
		line(m, s.Months[m])
	}
	line("total", s.Total)
	return writeCSV(rows)
}

func writeCSV(rows [][]string) ([]byte, error) {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	for _, row := range rows {
		cells := slices.Clone(row)
		for i, c := range cells {
			cells[i] = inert(c)
		}
		if err := w.Write(cells); err != nil {
			return nil, engine.E(engine.CodeInternal, "papers.CSV", "the table can't be written", err)
		}
	}
	w.Flush()
	return out.Bytes(), nil
}

// inert keeps a spreadsheet from taking a cell for a formula: names come from outside.
func inert(cell string) string {
	if cell != "" && (cell[0] == '=' || cell[0] == '+' || cell[0] == '-' || cell[0] == '@' || cell[0] == '\t' || cell[0] == '\r') {
		return "'" + cell
	}
	return cell
}
