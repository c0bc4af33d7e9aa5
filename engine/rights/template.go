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

// sections lists the sections that a letter has, each exactly once.
func sections() []string {
	return []string{"title", "sender", "addressee", "place", "reference", "subject", "body", "identity_paragraph",
		"time_paragraph", "signature", "annex", "annex_note", "columns", "glyph_note"}
}

// fieldNames lists what {{...}} may name. identity_paragraph and time_paragraph stand for the sections of that name.
func fieldNames() []string {
	return []string{"sender_name", "sender_address_or_email", "reply_channel", "controller_name", "controller_address",
		"place", "date", "our_ref", "objection_reasons", "access_date", "access_ref", "identity_paragraph", "time_paragraph"}
}

// conditionNames lists what [[if ...]] may name: g_X is a ground of art. 17(1) point X, X_first that it is the first ground given.
func conditionNames() []string {
	return []string{"reply", "dpo", "objection", "access_pending", "biometric", "site", "thumbnails",
		"g_a", "g_b", "g_c", "g_d", "g_f", "a_first", "b_first", "c_first", "f_first"}
}

// isBlock reports whether a field stands for a section of the template.
func isBlock(field string) bool {
	return field == "identity_paragraph" || field == "time_paragraph"
}

var (
	sectionLine = regexp.MustCompile(`^\[\[section ([a-z_]+)\]\]$`)
	nameOnly    = regexp.MustCompile(`^[a-z_]+$`)
)

// parseTemplate reads a template and checks all of it.
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
	for _, name := range sections() {
		text, ok := texts[name]
		if !ok {
			return nil, fmt.Errorf("section %s is missing", name)
		}
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
			if !slices.Contains(sections(), current) {
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
