package rules

import (
	"bytes"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// MaxRobots is how much of a robots.txt is read (RFC 9309, 2.5 asks for at least 500 KiB).
const MaxRobots = 500 << 10

// Product is the name by which robots.txt and X-Robots-Tag speak to this program.
const Product = "gabarit"

// Robots are the rules of one robots.txt for this program.
type Robots struct {
	Named bool          // by a group that names it, not by "*"
	Delay time.Duration // Crawl-delay
	rules []rule
}

// rule is one line Allow or Disallow.
type rule struct {
	allow   bool
	pattern pattern
}

// ParseRobots reads a robots.txt (RFC 9309, 2.2). It never fails: lines that make no sense are passed over.
// Groups that name the same agent are taken together; those for agent are used, else those for "*".
func ParseRobots(data []byte, agent string) Robots {
	data = bytes.TrimPrefix(data[:min(len(data), MaxRobots)], []byte("\xef\xbb\xbf"))
	var mine, all Robots
	var forMe, forAll, inRules bool // of the group being read
	for line := range bytes.FieldsFuncSeq(data, func(r rune) bool { return r == '\n' || r == '\r' }) {
		key, value := robotsLine(line)
		switch key {
		case "user-agent":
			if inRules {
				forMe, forAll, inRules = false, false, false
			}
			forMe = forMe || isAgent(value, agent)
			forAll = forAll || value == "*"
			mine.Named = mine.Named || forMe
		case "allow", "disallow":
			inRules = true
			if value == "" {
				continue // "Disallow:" forbids nothing
			}
			mine.add(forMe, key == "allow", value)
			all.add(forAll, key == "allow", value)
		case "crawl-delay": // no rule of the RFC, so it ends no group
			mine.slow(forMe, value)
			all.slow(forAll, value)
		}
	}
	if mine.Named {
		return mine
	}
	return all
}

// add takes a rule of a group that is meant.
func (r *Robots) add(meant, allow bool, path string) {
	if meant {
		r.rules = append(r.rules, rule{allow, newPattern(path)})
	}
}

// slow takes a Crawl-delay of a group that is meant.
func (r *Robots) slow(meant bool, value string) {
	if d, ok := seconds(value); ok && meant {
		r.Delay = max(r.Delay, d)
	}
}

// robotsLine takes a line apart; key is in lower case.
func robotsLine(line []byte) (key, value string) {
	line, _, _ = bytes.Cut(line, []byte("#"))
	k, v, ok := bytes.Cut(line, []byte(":"))
	if !ok {
		return "", ""
	}
	return strings.ToLower(string(bytes.TrimSpace(k))), string(bytes.TrimSpace(v))
}

// isAgent tells whether a user-agent line names this program: by its product token, case ignored, whatever
// follows it ("Gabarit/1.0").
func isAgent(value, agent string) bool {
	end := strings.IndexFunc(value, func(r rune) bool {
		return r != '-' && r != '_' && (r > unicode.MaxASCII || !unicode.IsLetter(r))
	})
	if end >= 0 {
		value = value[:end]
	}
	return strings.EqualFold(value, agent)
}

// seconds reads a number of seconds; nothing that is negative, no number or longer than a year.
func seconds(s string) (time.Duration, bool) {
	x, err := strconv.ParseFloat(s, 64)
	if err != nil || !(x >= 0 && x <= 365*24*3600) {
		return 0, false
	}
	return time.Duration(x * float64(time.Second)), true
}

// Allows tells whether a path with its query may be asked for, and whether a rule says so in as many words. The longest
// pattern that matches wins; of two equal ones, Allow.
func (r Robots) Allows(path string) (ok, inWords bool) {
	path = normalPath(path)
	if path == "/robots.txt" {
		return true, true
	}
	ok = true
	longest := -1
	for _, rl := range r.rules {
		n := rl.pattern.length()
		if n < longest || n == longest && !rl.allow || !rl.pattern.matches(path) {
			continue
		}
		ok, longest = rl.allow, n
		inWords = rl.allow
	}
	return ok, inWords || ok && r.Named
}

// pattern is the path of a rule: "*" stands for any characters, "$" at the end for the end of the path (RFC 9309, 2.2.3). tdmrep.json
// uses the same.
type pattern struct {
	parts []string // between the stars, as normalPath writes them
	end   bool
	size  int
}

func newPattern(s string) pattern {
	if s != "" && s[0] != '/' && s[0] != '*' && s[0] != '$' {
		s = "/" + s // as Google's parser does
	}
	var p pattern
	s, p.end = strings.CutSuffix(s, "$")
	for i, part := range strings.Split(s, "*") {
		part = normalPath(part)
		if part != "" || i == 0 || p.parts[len(p.parts)-1] != "" {
			p.parts = append(p.parts, part)
		}
		p.size += len(part)
	}
	p.size += strings.Count(s, "*")
	if p.end {
		p.size++
	}
	return p
}

// length is the pattern's number of octets, by which the most specific one is found.
func (p pattern) length() int { return p.size }

// matches compares from the start of the path. It is linear for each part: the first place a part fits is as good as any later one.
func (p pattern) matches(path string) bool {
	rest, ok := strings.CutPrefix(path, p.parts[0])
	if !ok {
		return false
	}
	if len(p.parts) == 1 {
		return !p.end || rest == ""
	}
	for _, part := range p.parts[1 : len(p.parts)-1] {
		_, after, found := strings.Cut(rest, part)
		if !found {
			return false
		}
		rest = after
	}
	last := p.parts[len(p.parts)-1]
	if p.end {
		return strings.HasSuffix(rest, last)
	}
	return strings.Contains(rest, last)
}

// normalPath writes octets so that they compare (RFC 9309, 2.2.2): what needs no escape is unescaped, everything else
// is escaped in upper case, "*" and "$" too, which mean themselves in a path.
func normalPath(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '%' && i+2 < len(s) {
			if n, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				if c = byte(n); isUnreserved(c) {
					b.WriteByte(c)
				} else {
					b.WriteString("%" + strings.ToUpper(s[i+1:i+3]))
				}
				i += 2
				continue
			}
		}
		if c <= ' ' || c >= 0x7f || c == '*' || c == '$' {
			const hex = "0123456789ABCDEF"
			b.Write([]byte{'%', hex[c>>4], hex[c&15]})
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}

// isUnreserved tells the octets that mean the same with and without escape (RFC 3986, 2.3).
func isUnreserved(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-._~", c) >= 0
}
