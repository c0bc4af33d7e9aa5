package desk

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"time"

	"gabarit/app/files"
	"gabarit/app/opened"
	"gabarit/assets"
	"gabarit/engine"
	"gabarit/engine/calibration"
	"gabarit/engine/entry"
	"gabarit/engine/matter"
	"gabarit/engine/rights/papers"
)

// know gathers what the vault knows of its own processing, and when each collection got its first photos and its last notice.
func (p *Papers) know(ctx context.Context, v opened.Vault) (papers.Known, map[engine.CollectionID]matter.NoticeDue, error) {
	k := papers.Known{At: p.program.Door.Now(), Software: p.program.Software, Model: p.program.Model()}
	stored, err := readPapers(ctx, v.Store)
	if err != nil {
		return k, nil, err
	}
	k.Profile, k.Recipients, k.Orders = stored.profile, stored.recipients, stored.orders
	if k.Collections, err = v.Store.Collections(ctx); err != nil {
		return k, nil, err
	}
	if k.Totals, err = v.Store.Totals(ctx); err != nil {
		return k, nil, err
	}
	if k.Suppressions, err = v.Store.Suppressions(ctx); err != nil {
		return k, nil, err
	}
	status, err := p.program.Status(ctx)
	if err != nil {
		return k, nil, err
	}
	k.Passphrase = status.Passphrase
	rates := calibration.Default()
	k.RatesFrom = rates.Source()
	for _, d := range []float64{0.40, 0.45, 0.50, 0.55, 0.60} {
		k.Rates = append(k.Rates, papers.Rate{Distance: d, Share: rates.FMR(d), Expected: rates.ExpectedFalse(d, k.Totals.Faces)})
	}
	notices, err := readLog(ctx, v.Store, &k.Stats)
	return k, notices, err
}

// readLog walks the log once, for the statistics and for what it tells of collections and notices.
func readLog(ctx context.Context, store engine.Store, stats *papers.Stats) (map[engine.CollectionID]matter.NoticeDue, error) {
	found := map[engine.CollectionID]matter.NoticeDue{}
	err := store.AuditLog(ctx, func(e engine.AuditEntry) error {
		stats.Add(e)
		if len(e.Objects) == 0 {
			return nil
		}
		id := engine.CollectionID(e.Objects[0])
		n := found[id]
		switch {
		case e.Action == engine.ActionIngest && e.Counts["photos"] > 0 && n.First.IsZero():
			n.First = e.At
		case e.Action == engine.ActionPaper && e.Detail["paper"] == "notice":
			n.WrittenAt = e.At
		default:
			return nil
		}
		found[id] = n
		return nil
	})
	return found, err
}

// NoticesDue tells for each collection, by name, until when people must have been informed.
func (p *Papers) NoticesDue(ctx context.Context) ([]matter.NoticeDue, error) {
	return opened.Use(ctx, p.program.Door, "desk.NoticesDue", func(ctx context.Context, v opened.Vault) ([]matter.NoticeDue, error) {
		k, found, err := p.know(ctx, v)
		if err != nil {
			return nil, err
		}
		var out []matter.NoticeDue
		for _, c := range k.Collections {
			out = append(out, p.noticeDue(k, found, c))
		}
		return out, nil
	})
}

func (p *Papers) noticeDue(k papers.Known, found map[engine.CollectionID]matter.NoticeDue, c engine.CollectionInfo) matter.NoticeDue {
	n := found[c.ID]
	n.Collection, n.Name = c.ID, c.Name
	if !n.First.IsZero() {
		n.First = n.First.In(p.program.Door.Now().Location()) // the day is that of the operator's calendar
		n.Due = papers.NoticeDue(n.First, k.Recipients)
	}
	return n
}

// RecordsFormats lists the formats of the records of processing; DPIAFormats those of the impact assessment.
func RecordsFormats() []string { return []string{"csv", "json", "pdf", "html"} }

// DPIAFormats lists the formats of the impact assessment: HTML can be edited in a word processor.
func DPIAFormats() []string { return []string{"html", "pdf"} }

// WriteRecords writes the records of processing activities (art. 30).
func (p *Papers) WriteRecords(ctx context.Context, to matter.PaperFiles) (matter.PaperWritten, error) {
	return p.write(ctx, "records", to, RecordsFormats(), recordsAs)
}

func recordsAs(k papers.Known, lang, format string) ([]byte, int, error) {
	say := assets.NewPhrases(lang).Text
	r := papers.NewRecords(k, say)
	switch format {
	case "csv":
		data, err := r.CSV(say)
		return data, 0, err
	case "json":
		data, err := papers.JSON(r)
		return data, 0, err
	}
	data, err := sheetAs(r.Sheet(lang, k, say), say, format)
	return data, 0, err
}

func sheetAs(s papers.Sheet, say papers.Say, format string) ([]byte, error) {
	if format == "pdf" {
		return papers.PDF(s, say)
	}
	return papers.HTML(s, say)
}

// WriteDPIA writes the outline of an impact assessment (art. 35(7)).
func (p *Papers) WriteDPIA(ctx context.Context, to matter.PaperFiles) (matter.PaperWritten, error) {
	return p.write(ctx, "dpia", to, DPIAFormats(), dpiaAs)
}

func dpiaAs(k papers.Known, lang, format string) ([]byte, int, error) {
	say := assets.NewPhrases(lang).Text
	s, err := papers.NewTexts(assets.FS()).DPIA(lang, k, say)
	if err != nil {
		return nil, 0, err
	}
	data, err := sheetAs(s, say, format)
	return data, s.ToWrite(), err
}

// WriteNotice writes the page for the people shown in a collection (art. 14), one file a language, and tells until when it must be published.
func (p *Papers) WriteNotice(ctx context.Context, collection string, langs []string, dir string) (matter.PaperWritten, matter.NoticeDue, error) {
	const op = "desk.WriteNotice"
	var due matter.NoticeDue
	var done matter.PaperWritten
	v, ctx, leave, err := p.program.Door.Enter(ctx, op)
	if err != nil {
		return done, due, err
	}
	defer leave()
	if err := folderThere(op, dir); err != nil {
		return done, due, err
	}
	k, found, err := p.know(ctx, v)
	if err != nil {
		return done, due, err
	}
	i := slices.IndexFunc(k.Collections, func(c engine.CollectionInfo) bool { return c.Name == collection || string(c.ID) == collection })
	if i < 0 {
		return done, due, engine.E(engine.CodeNotFound, op, "there is no such collection", errors.New(collection))
	}
	due = p.noticeDue(k, found, k.Collections[i])
	var out []files.New
	for _, lang := range langs {
		say := assets.NewPhrases(lang).Text
		s, err := papers.NewTexts(assets.FS()).Notice(lang, k, k.Collections[i], due.First, say)
		if err != nil {
			return done, due, err
		}
		page, err := papers.HTML(s, say)
		if err != nil {
			return done, due, err
		}
		done.ToWrite = s.ToWrite()
		out = append(out, files.New{Ext: lang + ".html", Data: page})
	}
	done.Gaps = k.Profile.Gaps()
	done.Files, err = p.record(ctx, v, dir, "notice-"+fileName(k.Collections[i].Name), out, entry.PaperWritten("notice", strings.Join(langs, ","), []string{"html"}, string(due.Collection)))
	if err == nil {
		due.WrittenAt = p.program.Door.Now()
	}
	return done, due, err
}

// write writes a paper in the formats asked for.
func (p *Papers) write(ctx context.Context, paper string, to matter.PaperFiles, formats []string, as func(k papers.Known, lang, format string) ([]byte, int, error)) (done matter.PaperWritten, err error) {
	const op = "desk.write"
	v, ctx, leave, err := p.program.Door.Enter(ctx, op)
	if err != nil {
		return done, err
	}
	defer leave()
	if len(to.Formats) == 0 {
		to.Formats = formats
	}
	if !slices.Contains(papers.Languages(), to.Lang) {
		return done, engine.E(engine.CodeInvalid, op, "papers are written in en or fr", errors.New(to.Lang))
	}
	if err := folderThere(op, to.Dir); err != nil {
		return done, err
	}
	k, _, err := p.know(ctx, v)
	if err != nil {
		return done, err
	}
	var out []files.New
	for _, f := range slices.Compact(slices.Sorted(slices.Values(to.Formats))) {
		if !slices.Contains(formats, f) {
			return done, engine.E(engine.CodeInvalid, op, "this paper can't be written in this format", errors.New(f))
		}
		data, left, err := as(k, to.Lang, f)
		if err != nil {
			return done, err
		}
		done.ToWrite = left
		out = append(out, files.New{Ext: f, Data: data})
	}
	done.Gaps = k.Profile.Gaps()
	done.Files, err = p.record(ctx, v, to.Dir, paper+"-"+k.At.Format(time.DateOnly)+"."+to.Lang, out, entry.PaperWritten(paper, to.Lang, to.Formats))
	return done, err
}

// record writes files and the log entry about them; without the entry the files are taken back.
func (p *Papers) record(ctx context.Context, v opened.Vault, dir, base string, out []files.New, e engine.AuditEntry) ([]string, error) {
	paths, err := files.WriteNew(dir, base, out)
	if err != nil {
		return nil, err
	}
	if err := v.Store.Record(ctx, e); err != nil {
		return nil, errors.Join(err, files.RemoveAll(paths))
	}
	p.program.Door.Tell(engine.EventAudit)
	return paths, nil
}

func folderThere(op, dir string) error {
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return engine.E(engine.CodeNotFound, op, "the folder to write to does not exist", errors.New(dir))
	}
	return nil
}

// fileName makes a collection's name one that every file system takes.
func fileName(name string) string {
	const most = 60
	clean := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-':
			return r
		}
		return '_'
	}, name)
	return clean[:min(len(clean), most)]
}
