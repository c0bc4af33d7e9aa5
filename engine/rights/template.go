package rights

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Limits of a template file.
const (
	maxTemplateBytes = 256 << 10
	maxTemplateDepth = 8
)

// node is a part of a template: literal text, a field, or a choice.
type node struct {
	text      string // literal, if field and condition are empty
	field     string
	condition string
	then      []node
	otherwise []node
}

// template is a parsed letter: its sections by name.
type template map[string][]node

// sections lists the sections that a letter must have, in its own file or in one that it builds on.
func sections() []string {
	return []string{"title", "sender", "addressee", "place", "reference", "subject", "body", "signature", "enclosures",
		"annex", "annex_note", "labels", "glyph_note"}
}

// otherSections lists those that it may have.
func otherSections() []string {
	return []string{"outline", "identity_paragraph", "time_paragraph", "representative_paragraph", "rights", "provisions"}
}

// fieldNames lists what {{...}} may name. Those that end with _paragraph stand for the sections of that name.
func fieldNames() []string {
	return []string{"sender_name", "sender_address_or_email", "reply_channel", "controller_name", "controller_address", "controller_contact", "controller_rep",
		"place", "date", "our_ref", "objection_reasons", "access_date", "access_ref", "represented_name", "n_items",
		"identity_paragraph", "time_paragraph", "representative_paragraph",
		"names", "country", "right_name", "article", "request_date", "channel", "received_date", "due_date", "extension_date", "answer_date",
		"missing_list", "cap_text", "refusal_reason", "refusal_rule", "last_checked", "item_numbers", "grace_date",
		"authority_name", "authority_address", "sender_email", "residence", "facts", "found_dates", "chronology", "infringed_list", "court_info"}
}

// conditionNames lists what [[if ...]] may name: g_X is a ground of art. 17(1) point X, X_first that it is the first ground given,
// r_X a point of art. 18(1).
func conditionNames() []string {
	return []string{"reply", "dpo", "objection", "access_pending", "erasure_later", "biometric", "site", "portrait", "items", "several", "thumbnails",
		"representative", "parent", "marketing", "rep",
		"g_a", "g_b", "g_c", "g_d", "g_f", "a_first", "b_first", "c_first", "f_first", "r_a", "r_b", "r_c", "r_d",
		"none", "late_extension", "bare_extension", "extended", "noticed", "undated_notice", "no_reason", "partial", "capped", "refused", "still_online", "received_known",
		"of_access", "dated", "email", "contact", "facts", "answered", "to_controller", "reminded", "abroad", "court", "no_disclosure"}
}

// isBlock reports whether a field stands for a section of the template.
func isBlock(field string) bool { return strings.HasSuffix(field, "_paragraph") }

var (
	sectionLine = regexp.MustCompile(`^\[\[section ([a-z_]+)\]\]$`)
	nameOnly    = regexp.MustCompile(`^[a-z_]+$`)
)

// parseTemplate reads the sections of a file and checks all of them; complete tells whether a letter can be made of them.
func parseTemplate(data []byte) (template, error) {
	if len(data) > maxTemplateBytes {
		return nil, fmt.Errorf("larger than %d bytes", maxTemplateBytes)
	}
	if !utf8.Valid(data) {
		return nil, fmt.Errorf("not UTF-8")
	}
	texts, err := splitSections(strings.ReplaceAll(string(data), "\r\n", "\n"))
	if err != nil {
		return nil, err
	}
	t := make(template, len(texts))
	for name, text := range texts {
		p := parser{rest: strings.Trim(text, "\n"), nested: isBlock(name)}
		nodes, end, err := p.nodes(0)
		if err == nil && end != "" {
			err = fmt.Errorf("[[%s]] without [[if]]", end)
		}
		if err != nil {
			return nil, fmt.Errorf("section %s: %w", name, err)
		}
		t[name] = nodes
	}
	return t, nil
}

// complete checks that a template has all sections that a letter needs, and those that its fields stand for.
func (t template) complete() error {
	for _, name := range sections() {
		if _, ok := t[name]; !ok {
			return fmt.Errorf("section %s is missing", name)
		}
	}
	var err error
	for name := range t {
		t.walk(name, nil, func(field string) {
			if isBlock(field) && t[field] == nil {
				err = fmt.Errorf("section %s is missing", field)
			}
		})
	}
	return err
}

// walk calls fn for the fields of a section in their order; with conditions only for those that they let stand.
func (t template) walk(section string, conditions map[string]bool, fn func(field string)) {
	var each func([]node)
	each = func(nodes []node) {
		for _, n := range nodes {
			switch {
			case n.condition != "" && conditions == nil:
				each(n.then)
				each(n.otherwise)
			case n.condition != "" && conditions[n.condition]:
				each(n.then)
			case n.condition != "":
				each(n.otherwise)
			case n.field != "":
				fn(n.field)
				if isBlock(n.field) {
					each(t[n.field])
				}
			}
		}
	}
	each(t[section])
}

// splitSections cuts a template at its section lines.
func splitSections(text string) (map[string]string, error) {
	texts := make(map[string]string)
	current := ""
	for line := range strings.Lines(text) {
		if m := sectionLine.FindStringSubmatch(strings.TrimRight(line, "\n")); m != nil {
			current = m[1]
			if _, twice := texts[current]; twice {
				return nil, fmt.Errorf("section %s is there twice", current)
			}
			if !slices.Contains(sections(), current) && !slices.Contains(otherSections(), current) {
				return nil, fmt.Errorf("unknown section %s", current)
			}
			texts[current] = ""
			continue
		}
		if current == "" && strings.TrimSpace(line) != "" {
			return nil, fmt.Errorf("text before the first section")
		}
		texts[current] += line
	}
	delete(texts, "") // empty lines before the first section
	return texts, nil
}

// parser reads the nodes of one section.
type parser struct {
	rest   string
	nested bool // inside a section that a field stands for: it must not name such a field again
}

// nodes reads up to the end of the text or to a [[end]] or [[else]], which it returns as end.
func (p *parser) nodes(depth int) (list []node, end string, err error) {
	if depth > maxTemplateDepth {
		return nil, "", fmt.Errorf("blocks are nested deeper than %d", maxTemplateDepth)
	}
	for p.rest != "" {
		i := strings.IndexAny(p.rest, "{[}]")
		for i >= 0 && (i+1 == len(p.rest) || p.rest[i+1] != p.rest[i]) {
			next := strings.IndexAny(p.rest[i+1:], "{[}]")
			if next < 0 {
				i = -1
				break
			}
			i += 1 + next
		}
		if i < 0 {
			return append(list, node{text: p.rest}), "", nil
		}
		if i > 0 {
			list = append(list, node{text: p.rest[:i]})
			p.rest = p.rest[i:]
		}
		n, end, err := p.mark(depth)
		if err != nil || end != "" {
			return list, end, err
		}
		list = append(list, n)
	}
	return list, "", nil
}

// mark reads one {{...}} or [[...]], the latter with its block.
func (p *parser) mark(depth int) (n node, end string, err error) {
	closing, ok := map[byte]string{'{': "}}", '[': "]]"}[p.rest[0]]
	if !ok {
		return node{}, "", fmt.Errorf("%s without an opening mark", p.rest[:2])
	}
	inside, after, ok := strings.Cut(p.rest[2:], closing)
	if !ok {
		return node{}, "", fmt.Errorf("%s is never closed", p.rest[:2])
	}
	p.rest = after
	if closing == "}}" {
		return p.field(inside)
	}
	switch {
	case inside == "end" || inside == "else":
		return node{}, inside, nil
	case strings.HasPrefix(inside, "if "):
		n, err = p.choice(strings.TrimPrefix(inside, "if "), depth)
		return n, "", err
	}
	return node{}, "", fmt.Errorf("unknown mark [[%.40s]]", inside)
}

func (p *parser) field(name string) (node, string, error) {
	if !nameOnly.MatchString(name) || !slices.Contains(fieldNames(), name) || p.nested && isBlock(name) {
		return node{}, "", fmt.Errorf("unknown field {{%.40s}}", name)
	}
	return node{field: name}, "", nil
}

// choice reads the block of an [[if name]].
func (p *parser) choice(name string, depth int) (n node, err error) {
	if !nameOnly.MatchString(name) || !slices.Contains(conditionNames(), name) {
		return n, fmt.Errorf("unknown condition [[if %.40s]]", name)
	}
	n.condition = name
	var end string
	n.then, end, err = p.nodes(depth + 1)
	if err == nil && end == "else" {
		n.otherwise, end, err = p.nodes(depth + 1)
	}
	if err == nil && end != "end" {
		err = fmt.Errorf("[[if %s]] is not closed by one [[end]]", name)
	}
	return n, err
}
