// Command rights reads what "go test -json" tells of the acceptance tests of people's rights and prints one line for each case: its number,
// what it says (from the test's name), and whether it passed. A case without a test is missing. The command fails unless every case
// has a test that passed or, where something it needs is absent, was skipped and says so.
//
// A test for case A-01 is named TestA01..., and so on for B and T; the periods D, X and C are subtests named by them.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strings"
	"text/tabwriter"
	"unicode"
)

// event is one line of go test -json.
type event struct {
	Action  string
	Package string
	Test    string
	Output  string
}

// outcome is what became of a case over all its tests.
type outcome struct {
	says   string
	state  string // pass, FAIL, skipped
	detail string
}

var named = regexp.MustCompile(`^Test([ABT])(\d\d)_?(\w*)$`)
var vector = regexp.MustCompile(`^TestVectors/([DXC])(\d\d)_?(.*)$`)

func main() {
	found, broken, err := read(os.Stdin)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if !print(found, broken) {
		os.Exit(1)
	}
}

// caseOf gives the number of the case that a test is for, and what it says.
func caseOf(test string) (id, says string) {
	if m := named.FindStringSubmatch(test); m != nil {
		if m[1] == "T" {
			return m[1] + m[2], words(m[3])
		}
		return m[1] + "-" + m[2], words(m[3])
	}
	if m := vector.FindStringSubmatch(test); m != nil {
		return m[1] + m[2], strings.ReplaceAll(m[3], "_", " ")
	}
	return "", ""
}

// words takes a name apart at its capitals: "ALetterIsSent" is "a letter is sent"; runs of capitals, as in "TheUKAsks", stay together.
func words(name string) string {
	r := []rune(name)
	var b strings.Builder
	for i, c := range r {
		next := i+1 < len(r) && unicode.IsLower(r[i+1])
		if i > 0 && unicode.IsUpper(c) && (unicode.IsLower(r[i-1]) || next) {
			b.WriteRune(' ')
		}
		b.WriteRune(c)
	}
	all := strings.Fields(strings.ReplaceAll(b.String(), "_", " "))
	for i, w := range all {
		if len(w) == 1 || w != strings.ToUpper(w) {
			all[i] = strings.ToLower(w)
		}
	}
	return strings.Join(all, " ")
}

func read(in *os.File) (found map[string]*outcome, broken []string, err error) {
	found = map[string]*outcome{}
	skipped := map[string]string{} // last output of a test, which says why it was skipped
	s := bufio.NewScanner(in)
	s.Buffer(nil, 16<<20)
	for s.Scan() {
		var e event
		if json.Unmarshal(s.Bytes(), &e) != nil {
			continue
		}
		if e.Test == "" {
			if e.Action == "build-fail" || e.Action == "fail" && e.Package != "" {
				broken = append(broken, e.Package)
			}
			continue
		}
		if t := strings.TrimSpace(e.Output); e.Action == "output" && t != "" && !strings.HasPrefix(t, "===") && !strings.HasPrefix(t, "---") {
			skipped[e.Package+e.Test] = t
		}
		id, says := caseOf(e.Test)
		if id == "" {
			continue
		}
		note(found, id, says, e.Action, skipped[e.Package+e.Test])
	}
	return found, broken, s.Err()
}

// note adds one test's end to its case: the worst counts.
func note(found map[string]*outcome, id, says, action, output string) {
	state := map[string]string{"pass": "pass", "fail": "FAIL", "skip": "skipped"}[action]
	if state == "" {
		return
	}
	o := found[id]
	if o == nil {
		o = &outcome{says: says}
		found[id] = o
	}
	rank := map[string]int{"": 0, "pass": 1, "skipped": 2, "FAIL": 3}
	if rank[state] > rank[o.state] {
		o.state = state
		if state != "pass" {
			o.says, o.detail = says, output
		}
	}
}

// print writes the table and tells whether all is well.
func print(found map[string]*outcome, broken []string) bool {
	count := map[string]int{}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	for _, group := range []struct {
		format string
		n      int
	}{{"A-%02d", 12}, {"B-%02d", 18}, {"T%02d", 12}, {"D%02d", 23}, {"X%02d", 5}, {"C%02d", 1}} {
		for i := 1; i <= group.n; i++ {
			id := fmt.Sprintf(group.format, i)
			o := found[id]
			if o == nil {
				o = &outcome{state: "MISSING"}
			}
			count[o.state]++
			line := fmt.Sprintf("%s\t%s\t%s", id, o.state, o.says)
			if o.detail != "" && o.state != "pass" {
				line += " (" + o.detail + ")"
			}
			fmt.Fprintln(w, line)
		}
	}
	_ = w.Flush()
	for _, p := range broken {
		fmt.Println("tests failed in package", p)
	}
	fmt.Printf("%d cases: %d passed, %d failed, %d skipped, %d missing\n", 71, count["pass"], count["FAIL"], count["skipped"], count["MISSING"])
	return count["FAIL"] == 0 && count["MISSING"] == 0 && len(broken) == 0
}
