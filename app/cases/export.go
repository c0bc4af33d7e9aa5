package cases

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"gabarit/app/files"
	"gabarit/app/opened"
	"gabarit/assets"
	"gabarit/engine"
	"gabarit/engine/entry"
	"gabarit/engine/matter"
	"gabarit/engine/rights/procedure"
)

// WriteCalendar writes the dates of cases (all of them, if none is named) to a new calendar file and records that. Entries name the reference of
// the case, no controller and no person: calendars are often kept by others. lang is "en" or "fr". It gives the number of entries.
func (m *Matters) WriteCalendar(ctx context.Context, ids []engine.CaseID, path, lang string) (int, error) {
	const op = "cases.WriteCalendar"
	v, ctx, done, err := m.door.Enter(ctx, op)
	if err != nil {
		return 0, err
	}
	defer done()
	views, err := m.named(ctx, v, ids)
	if err != nil {
		return 0, err
	}
	say := assets.NewPhrases(lang)
	var entries []procedure.CalendarEntry
	for _, view := range views {
		entries = append(entries, calendarEntries(view, say)...)
	}
	if len(entries) == 0 {
		return 0, engine.E(engine.CodeInvalid, op, "there is no date to put in a calendar", nil)
	}
	if err := files.Write(path, procedure.Calendar(entries, m.door.Now())); err != nil {
		return 0, err
	}
	return len(entries), m.exported(ctx, v, path, len(views), "ics")
}

// exported records that cases were written to a file; the file is taken back if that fails.
func (m *Matters) exported(ctx context.Context, v opened.Vault, path string, cases int, format string) error {
	if err := v.Store.Record(ctx, entry.CasesExported(cases, format)); err != nil {
		return errors.Join(err, files.RemoveAll([]string{path}))
	}
	m.door.Tell(engine.EventAudit)
	return nil
}

func (m *Matters) named(ctx context.Context, v opened.Vault, ids []engine.CaseID) ([]matter.CaseView, error) {
	var all []engine.Case
	for _, id := range ids {
		c, err := v.Store.Case(ctx, id)
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	if len(ids) == 0 {
		var err error
		if all, err = v.Store.Cases(ctx); err != nil {
			return nil, err
		}
	}
	out := make([]matter.CaseView, len(all))
	for i, c := range all {
		var err error
		if out[i], err = view(c, m.door.Now()); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// calendarEntries are the days of a case that are still to be kept.
func calendarEntries(v matter.CaseView, say *assets.Phrases) (out []procedure.CalendarEntry) {
	if s := v.Standing.State; s == matter.CourseDone || s == matter.CourseAbandoned {
		return nil
	}
	add := func(what string, right engine.Right, d matter.Day, text string) {
		if !d.IsZero() {
			out = append(out, procedure.CalendarEntry{UID: string(v.Case.ID) + "-" + string(right) + "-" + what + "@gabarit", Day: d,
				Summary: say.Text("Case {{.Ref}}: ", "Ref", v.Case.Ref) + text})
		}
	}
	for _, t := range v.Standing.Threads {
		switch {
		case !t.Open() || !v.Standing.Complaint.Lodged.IsZero():
		case !t.Reminded.IsZero():
			add("grace", t.Right, t.Grace, say.Text("the date named in the reminder"))
		case t.Answer == "":
			add("due", t.Right, t.End, say.Text("the answer is due"))
			if t.End.IsZero() || t.Running.Due.Before(t.End) && t.Asked {
				add("running", t.Right, t.Running.Due, say.Text("the answer is due if the question about identity does not stop the period"))
			}
		}
	}
	if c := v.Standing.Complaint; c.Informed.IsZero() {
		add("authority", "", c.AuthorityDue, say.Text("three months after the complaint (art. 78(2))"))
		add("acknowledge", "", c.Acknowledge, say.Text("the controller has to acknowledge the complaint"))
	}
	return out
}

// ExportFormats lists the formats of ExportCases.
func ExportFormats() []string { return []string{"csv", "json"} }

// ExportCases writes all cases with their courses to a new file and records that. The file is in clear: it names the controllers.
// It gives the number of cases. CodeConflict: there is a file of this name.
func (m *Matters) ExportCases(ctx context.Context, format, path string) (int, error) {
	const op = "cases.ExportCases"
	v, ctx, done, err := m.door.Enter(ctx, op)
	if err != nil {
		return 0, err
	}
	defer done()
	views, err := m.named(ctx, v, nil)
	if err != nil {
		return 0, err
	}
	SortByDue(views)
	var data []byte
	switch format {
	case "csv":
		data, err = casesCSV(views)
	case "json":
		data, err = casesJSON(views)
	default:
		err = engine.E(engine.CodeInvalid, op, "cases are exported as csv or json", errors.New(format))
	}
	if err != nil {
		return 0, err
	}
	if err := files.Write(path, data); err != nil {
		return 0, err
	}
	return len(views), m.exported(ctx, v, path, len(views), format)
}

// exportedCase is a case in the JSON export.
type exportedCase struct {
	ID      engine.CaseID       `json:"id"`
	Ref     string              `json:"ref"`
	Site    string              `json:"site"`
	Created string              `json:"created_at"`
	Items   []exportedItem      `json:"items"`
	Letters []exportedLetter    `json:"letters"`
	Course  matter.CourseRecord `json:"course"`
}

type exportedItem struct {
	URL     string `json:"url"`
	PageURL string `json:"page_url"`
	FoundAt string `json:"found_at"`
}

type exportedLetter struct {
	Right   engine.Right `json:"right"`
	Lang    string       `json:"lang"`
	Formats []string     `json:"formats"`
	At      string       `json:"at"`
}

func casesJSON(views []matter.CaseView) ([]byte, error) {
	const stamp = "2006-01-02T15:04:05Z"
	out := struct {
		Version int            `json:"version"`
		Cases   []exportedCase `json:"cases"`
	}{1, []exportedCase{}}
	for _, v := range views {
		c := exportedCase{ID: v.Case.ID, Ref: v.Case.Ref, Site: v.Case.Site, Created: v.Case.CreatedAt.UTC().Format(stamp), Items: []exportedItem{},
			Letters: []exportedLetter{}, Course: v.Record()}
		for _, it := range v.Case.Items {
			c.Items = append(c.Items, exportedItem{it.Source.URL, it.Source.PageURL, it.FoundAt.UTC().Format(stamp)})
		}
		for _, l := range v.Case.Letters {
			c.Letters = append(c.Letters, exportedLetter{l.Right, l.Lang, append([]string{}, l.Formats...), l.At.UTC().Format(stamp)})
		}
		out.Cases = append(out.Cases, c)
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	err := enc.Encode(out)
	return b.Bytes(), err
}

// casesCSV writes a row for each request that was sent, one without a request for a case that has none.
func casesCSV(views []matter.CaseView) ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	rows := [][]string{{"reference", "site", "state", "regime", "controller", "country", "items", "right", "sent", "channel", "received", "received_estimated", "due",
		"due_if_running", "due_if_restarted", "due_if_paused", "extension_notice", "extension_claimed", "extension_late", "extension_without_reasons", "answer",
		"answer_day", "missing", "ground", "reminded", "complaint", "authority", "authority_reference"}}
	for _, v := range views {
		s, to := v.Standing, v.Course.To
		head := []string{v.Case.Ref, v.Case.Site, string(s.State), string(v.Course.Regime), to.Name, to.Country, strconv.Itoa(len(v.Case.Items))}
		tail := []string{s.Complaint.Lodged.String(), s.Complaint.Authority, s.Complaint.Reference}
		threads := s.Threads
		if len(threads) == 0 {
			threads = []matter.Thread{{}}
		}
		for _, t := range threads {
			row := append(append([]string{}, head...), threadCells(t)...)
			rows = append(rows, append(row, tail...))
		}
	}
	for _, r := range rows {
		for i := range r {
			r[i] = cell(r[i])
		}
	}
	err := w.WriteAll(rows)
	return b.Bytes(), err
}

func threadCells(t matter.Thread) []string {
	if t.Sent.IsZero() {
		return make([]string, 18)
	}
	var missing []string
	for _, m := range t.Missing {
		missing = append(missing, string(m))
	}
	x := t.Extended
	return []string{string(t.Right), t.Sent.String(), string(t.Channel), t.Received.String(), strconv.FormatBool(t.Estimated), t.End.String(), t.Running.Due.String(),
		t.Restart.Due.String(), t.Paused.Due.String(), x.Notice.String(), x.Claimed.String(), strconv.FormatBool(x.Late),
		strconv.FormatBool(x.NoReasons && !x.Notice.IsZero()), string(t.Answer), t.AnswerDay.String(), strings.Join(missing, " "), string(t.Ground), t.Reminded.String()}
}

// cell keeps a spreadsheet from taking text of others for a formula.
func cell(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}
