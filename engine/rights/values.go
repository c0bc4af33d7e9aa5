package rights

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"gabarit/engine"
	"gabarit/engine/matter"
)

// values gathers what fills a template, and the annex's confirmed rows.
func (l *Letters) values(t template, c engine.Case, req matter.LetterRequest, annex []matter.AnnexItem) (*values, []matter.AnnexItem, error) {
	rows, err := l.confirmed(annex, req.Fields)
	if err != nil {
		return nil, nil, engine.E(engine.CodeLimit, "rights.Letters.Compose", "the annex of the letter is too large", err)
	}
	v := &values{template: t, optional: map[string]bool{"controller_address": true, "controller_contact": true, "authority_address": true, "sender_email": true, "facts": true}}
	v.fields = fieldValues(c, req, rows)
	v.conditions = conditions(req, rows)
	v.lawWords(req)
	for name, gap := range req.Gaps {
		if name == "sender_address" {
			name = "sender_address_or_email"
		}
		if v.fields[name] == "" {
			v.fields[name] = gap
		}
	}
	return v, rows, nil
}

// lawWords sets the fields whose words are tables of the regime: what the exercised right is called, and the provisions.
func (v *values) lawWords(req matter.LetterRequest) {
	f := req.Fields.FollowUp
	name, article, _ := strings.Cut(v.table("rights")[string(f.Right)], " = ")
	v.fields["right_name"], v.fields["article"] = name, article
	if v.fields["chronology"] != "" {
		v.fields["chronology"] = "\n" + v.fields["chronology"] // each step on a line of its own
	}
	provisions := v.table("provisions")
	var list []string
	for _, key := range f.Infringed {
		if text := provisions[key]; text != "" {
			list = append(list, text)
		}
	}
	v.fields["infringed_list"] = strings.Join(list, typography(req.Lang, " ; "))
	if req.Lang != "fr" {
		v.fields["infringed_list"] = strings.Join(list, "; ")
	}
}

// table reads a section whose lines are "key = text".
func (v *values) table(section string) map[string]string {
	lines, _ := v.plain(section)
	out := make(map[string]string, len(lines))
	for _, l := range lines {
		if key, text, ok := strings.Cut(l, " = "); ok {
			out[key] = text
		}
	}
	return out
}

// Provisions lists the keys of the provisions that a complaint under a regime can name, with their words in a language.
func (l *Letters) Provisions(regime matter.Regime, lang string) (keys []string, words map[string]string) {
	v := &values{template: l.templates[kind{regime, engine.RightComplaint, lang}]}
	lines, _ := v.plain("provisions")
	for _, line := range lines {
		key, _, _ := strings.Cut(line, " = ")
		keys = append(keys, key)
	}
	return keys, v.table("provisions")
}

// grounds are the points of art. 17(1) in the order of the letter.
func grounds() []string { return []string{"d", "c", "a", "b", "f"} }

// groundsOf gives the points of art. 17(1) that the letter relies on, in the order of the letter.
func groundsOf(f matter.LetterFields) []string {
	given := slices.Clone(f.Grounds)
	if len(given) == 0 {
		given = []string{"d"}
	}
	if manyLines(f.ObjectionReasons) != "" {
		given = append(given, "c")
	}
	if f.Parent && oneLine(f.Represented) != "" {
		given = append(given, "f")
	}
	return slices.DeleteFunc(grounds(), func(g string) bool { return !slices.Contains(given, g) })
}

func conditions(req matter.LetterRequest, rows []matter.AnnexItem) map[string]bool {
	f, u := req.Fields, req.Fields.FollowUp
	m := map[string]bool{
		"dpo":            f.ForDPO,
		"biometric":      f.Biometric,
		"site":           f.Site,
		"marketing":      f.Marketing,
		"objection":      manyLines(f.ObjectionReasons) != "",
		"portrait":       oneLine(f.Portrait) != "",
		"items":          len(rows) > 0,
		"several":        len(rows) > 1,
		"representative": oneLine(f.Represented) != "",
		"parent":         f.Parent,
		"rep":            oneLine(f.ControllerRep) != "",
		"access_pending": f.AccessFirst,
		"erasure_later":  f.AccessFirst,
		"reply": manyLines(f.SenderAddress) != "" && oneLine(f.ReplyChannel) != "" &&
			oneLine(f.SenderAddress) != oneLine(f.ReplyChannel),
		"thumbnails":     slices.ContainsFunc(rows, func(r matter.AnnexItem) bool { return len(r.Thumbnail) > 0 }),
		"none":           u.NoAnswer,
		"late_extension": !u.ExtensionDate.IsZero() && !u.ExtensionInTime,
		"noticed":        !u.ExtensionDate.IsZero(),
		"extended":       !u.ExtensionDate.IsZero() && u.ExtensionInTime && !u.NoReasons && !u.NoUntil,
		"undated_notice": !u.ExtensionDate.IsZero() && u.ExtensionInTime && u.NoUntil,
		"bare_extension": !u.ExtensionDate.IsZero() && u.ExtensionInTime && u.NoReasons,
		"no_reason":      u.NoReasons,
		"partial":        oneLine(u.MissingList) != "",
		"capped":         oneLine(u.CapText) != "",
		"refused":        manyLines(u.RefusalReason) != "",
		"still_online":   oneLine(u.StillOnline) != "",
		"received_known": u.ReceivedKnown,
		"of_access":      u.Right == engine.RightAccess,
		"email":          oneLine(u.SenderEmail) != "" && !strings.Contains(f.ReplyChannel+" "+f.SenderAddress, oneLine(u.SenderEmail)),
		"contact":        contact(f) != "",
		"facts":          manyLines(u.Facts) != "",
		"answered":       !u.AnswerDate.IsZero(),
		"to_controller":  u.ToController,
		"reminded":       u.Reminded,
		"abroad":         !u.Established,
		"court":          manyLines(u.Court) != "",
		"no_disclosure":  u.NoDisclosure,
	}
	m["dated"] = foundDates("en", rows) != ""
	if f.Restriction != "" {
		m["r_"+f.Restriction] = true
	}
	for i, g := range groundsOf(f) {
		m["g_"+g] = true
		m[g+"_first"] = i == 0
	}
	return m
}

func fieldValues(c engine.Case, req matter.LetterRequest, rows []matter.AnnexItem) map[string]string {
	f, u := req.Fields, req.Fields.FollowUp
	day := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return dateWords(req.Lang, t)
	}
	return map[string]string{
		"sender_name":             oneLine(f.SenderName),
		"sender_address_or_email": cmp.Or(manyLines(f.SenderAddress), oneLine(f.ReplyChannel)),
		"reply_channel":           cmp.Or(oneLine(f.ReplyChannel), oneLine(strings.ReplaceAll(manyLines(f.SenderAddress), "\n", ", "))),
		"represented_name":        oneLine(f.Represented),
		"controller_name":         oneLine(f.ControllerName),
		"controller_address":      manyLines(f.ControllerAddress),
		"controller_contact":      contact(f),
		"controller_rep":          oneLine(f.ControllerRep),
		"place":                   oneLine(f.Place),
		"date":                    day(f.Date),
		"our_ref":                 oneLine(matter.LetterRef(c.Ref, req.About())),
		"objection_reasons":       manyLines(f.ObjectionReasons),
		"access_date":             day(f.AccessDate),
		"access_ref":              cmp.Or(oneLine(f.AccessRef), oneLine(matter.LetterRef(c.Ref, engine.RightAccess))),
		"n_items":                 fmt.Sprint(len(rows)),
		"names":                   oneLine(f.Delisting.Names),
		"country":                 oneLine(f.Delisting.Country),
		"channel":                 oneLine(u.Channel),
		"request_date":            day(u.RequestDate),
		"received_date":           day(u.ReceivedDate),
		"due_date":                day(u.DueDate),
		"extension_date":          day(u.ExtensionDate),
		"answer_date":             day(u.AnswerDate),
		"missing_list":            oneLine(u.MissingList),
		"cap_text":                oneLine(u.CapText),
		"refusal_reason":          oneLine(u.RefusalReason),
		"refusal_rule":            oneLine(u.RefusalRule),
		"last_checked":            day(u.LastChecked),
		"item_numbers":            oneLine(u.StillOnline),
		"grace_date":              day(u.GraceDate),
		"authority_name":          oneLine(u.AuthorityName),
		"authority_address":       manyLines(u.AuthorityAddress),
		"sender_email":            oneLine(u.SenderEmail),
		"residence":               oneLine(u.Residence),
		"facts":                   manyLines(u.Facts),
		"found_dates":             foundDates(req.Lang, rows),
		"chronology":              manyLines(u.Chronology),
		"court_info":              oneLine(u.Court),
	}
}

// contact is how a controller can be reached, on one line.
func contact(f matter.LetterFields) string {
	parts := []string{strings.ReplaceAll(manyLines(f.ControllerAddress), "\n", ", "), oneLine(f.ControllerWeb), oneLine(f.ControllerEmail)}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), ", ")
}

// foundDates gives the day, or the first and the last, on which items were found.
func foundDates(lang string, rows []matter.AnnexItem) string {
	var first, last time.Time
	for _, r := range rows {
		if r.FoundAt.IsZero() {
			continue
		}
		if first.IsZero() || r.FoundAt.Before(first) {
			first = r.FoundAt
		}
		if r.FoundAt.After(last) {
			last = r.FoundAt
		}
	}
	if first.IsZero() {
		return ""
	}
	a, b := dateWords(lang, first), dateWords(lang, last)
	if a == b {
		return a
	}
	return a + " – " + b
}
