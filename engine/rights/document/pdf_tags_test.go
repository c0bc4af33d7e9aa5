package document_test

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gabarit/engine/matter"
)

func TestPDFIsReadAloudInOrder(t *testing.T) {
	for name, doc := range samples(t) {
		t.Run(name, func(t *testing.T) {
			var said strings.Builder
			roles := map[string]int{}
			for line := range strings.Lines(poppler(t, pdf(t, doc), "pdfinfo", "-struct-text", "-enc", "UTF-8", "FILE")) {
				line = strings.TrimSpace(line)
				if text, spoken := strings.CutPrefix(line, `"`); spoken {
					said.WriteString(strings.TrimSuffix(text, `"`) + "\n")
				} else if !strings.HasPrefix(line, "/") {
					roles[regexp.MustCompile(`^\w+`).FindString(line)]++
				}
			}
			spaces := strings.NewReplacer("\u00a0", " ")
			if got, want := squashed(spaces.Replace(said.String())), squashed(spaces.Replace(inPDF(doc))); got != want {
				t.Errorf("what is read aloud differs from the text (-text +read):\n%s", cmp.Diff(want, got))
			}
			delete(roles, "Object") // the areas of links
			if diff := cmp.Diff(rolesOf(doc), roles); diff != "" {
				t.Errorf("roles of the parts (-want +got):\n%s", diff)
			}
		})
	}
}

// rolesOf counts the parts of a letter by their roles.
func rolesOf(doc matter.LetterDoc) map[string]int {
	n := map[string]int{"Document": 1, "H1": 1, "H2": 1, "Table": 1}
	n["P"] = len(doc.Sender) + len(doc.Addressee) + len(doc.Enclosures) + 4 // place and date, reference, signature, note of the annex
	list := false
	for _, b := range doc.Body {
		item := b.Kind == matter.BlockListItem
		switch {
		case item && !list:
			n["L"]++
			fallthrough
		case item:
			n["LI"]++
			n["Lbl"]++
			n["LBody"]++
		default:
			n["P"]++
		}
		list = item
	}
	for _, it := range doc.Annex {
		n["TH"] += len(it.Rows) + 1
		n["TR"] += len(it.Rows)
		n["TD"] += len(it.Rows)
		if it.Thumbnail != nil {
			n["Figure"]++
		}
		for _, r := range it.Rows {
			if r.Link != "" {
				n["Link"]++
			}
		}
	}
	for role, count := range n {
		if count == 0 {
			delete(n, role)
		}
	}
	return n
}

func TestEachPieceOfAPageBelongsToAPartOfTheLetter(t *testing.T) {
	letters := samples(t)
	letters["nothing"] = matter.LetterDoc{}
	for name, doc := range letters {
		t.Run(name, func(t *testing.T) {
			objects, root := readObjects(t, pdf(t, doc))
			catalog := objects[root]
			for _, want := range []string{"/MarkInfo <</Marked true>>", "/DisplayDocTitle true", "/StructTreeRoot "} {
				if !strings.Contains(catalog, want) {
					t.Errorf("the catalog lacks %s:\n%s", want, catalog)
				}
			}
			parents := readParents(t, objects[ref(t, objects[ref(t, catalog, "/StructTreeRoot")], "/ParentTree")])
			pages := 0
			for n, object := range objects {
				switch {
				case strings.Contains(object, "/Type /Page\n"):
					pages++
					checkPage(t, objects, parents, n)
				case strings.Contains(object, "/Subtype /Link"):
					owner := parents[entry(t, object, "/StructParent")]
					if len(owner) != 1 || !strings.Contains(objects[owner[0]], fmt.Sprintf("/Obj %d 0 R>>", n)) {
						t.Errorf("link %d belongs to no part", n)
					}
				}
			}
			if pages == 0 {
				t.Error("no page was found")
			}
			if got := strings.Count(fmt.Sprint(objects), "/S /Figure"); got != strings.Count(fmt.Sprint(objects), "/Alt <FEFF") {
				t.Errorf("not every one of %d pictures has words for it", got)
			}
		})
	}
}

// checkPage checks that all that a page draws is marked, and that each mark is what the tree says.
func checkPage(t *testing.T, objects map[int]string, parents map[int][]int, page int) {
	t.Helper()
	owners := parents[entry(t, objects[page], "/StructParents")]
	_, stream, _ := strings.Cut(objects[ref(t, objects[page], "/Contents")], "stream\n")
	r, err := zlib.NewReader(strings.NewReader(stream))
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	content = regexp.MustCompile(`(?s)\((\\.|[^\\)])*\)`).ReplaceAll(content, []byte("()"))
	marks, open := 0, false
	for _, m := range regexp.MustCompile(`/(\w+) <<(/MCID (\d+))?[^\n]*>> BDC|\bEMC\b|\bTj\b|\bDo\b| l S\b`).FindAllStringSubmatch(string(content), -1) {
		switch {
		case strings.HasSuffix(m[0], "BDC"):
			if open {
				t.Fatalf("page %d: marked content within marked content", page)
			}
			open = true
			if m[1] == "Artifact" {
				continue
			}
			if m[3] != strconv.Itoa(marks) || marks >= len(owners) {
				t.Fatalf("page %d: mark %s is number %d, and the tree knows %d", page, m[0], marks, len(owners))
			}
			part := objects[owners[marks]]
			if !strings.Contains(part, "/S /"+m[1]+" ") || !strings.Contains(part, fmt.Sprintf("/Pg %d 0 R /MCID %d>>", page, marks)) {
				t.Errorf("page %d: mark %s is of another part: %s", page, m[0], part)
			}
			marks++
		case m[0] == "EMC":
			if !open {
				t.Fatalf("page %d: the end of marked content that did not begin", page)
			}
			open = false
		case !open:
			t.Errorf("page %d: %q draws what is not marked", page, m[0])
		}
	}
	if marks != len(owners) || open {
		t.Errorf("page %d has %d marks, the tree knows %d; the last is open: %v", page, marks, len(owners), open)
	}
}

// readObjects follows the cross-reference tables of a PDF from the last to the first and gives its objects by number.
func readObjects(t *testing.T, data []byte) (objects map[int]string, root int) {
	t.Helper()
	objects = map[int]string{}
	at, err := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(string(data[bytes.LastIndex(data, []byte("startxref"))+9:]), "%%EOF\n")))
	if err != nil {
		t.Fatal(err)
	}
	for tables := 0; ; tables++ {
		table, rest, found := strings.Cut(string(data[at:]), "trailer\n")
		lines := strings.Split(strings.TrimSuffix(table, "\n"), "\n")
		if !found || lines[0] != "xref" {
			t.Fatalf("no table of objects at %d", at)
		}
		first, left := 0, 0
		for _, l := range lines[1:] {
			if left == 0 {
				if n, err := fmt.Sscanf(l, "%d %d", &first, &left); n != 2 {
					t.Fatalf("%q: %v", l, err)
				}
				continue
			}
			offset, _ := strconv.Atoi(l[:10])
			text, here := strings.CutPrefix(string(data[offset:]), fmt.Sprintf("%d 0 obj\n", first))
			if _, seen := objects[first]; l[17] == 'n' && !seen {
				if !here || len(l) != 19 {
					t.Fatalf("object %d is not at %d (%q)", first, offset, l)
				}
				objects[first], _, _ = strings.Cut(text, "\nendobj\n")
			}
			first, left = first+1, left-1
		}
		trailer, _, _ := strings.Cut(rest, "startxref")
		if left != 0 || tables > 1 {
			t.Fatalf("table %d at %d lacks %d objects", tables, at, left)
		}
		if tables == 0 {
			root = ref(t, trailer, "/Root")
		}
		if !strings.Contains(trailer, "/Prev") {
			return objects, root
		}
		at = entry(t, trailer, "/Prev")
	}
}

// readParents reads the tree of parents: parts by key.
func readParents(t *testing.T, tree string) map[int][]int {
	t.Helper()
	parents := map[int][]int{}
	var keys []int
	for _, m := range regexp.MustCompile(`(?:\[|\n)(\d+) (?:\[([^]]*)\]|(\d+) 0 R)`).FindAllStringSubmatch(tree, -1) {
		key, _ := strconv.Atoi(m[1])
		keys = append(keys, key)
		for _, r := range regexp.MustCompile(`(\d+) 0 R`).FindAllStringSubmatch(m[2]+m[3]+" 0 R", -1) {
			n, _ := strconv.Atoi(r[1])
			parents[key] = append(parents[key], n)
		}
	}
	if len(keys) == 0 || !slices.IsSorted(keys) {
		t.Fatalf("the keys of the tree of parents are %v", keys)
	}
	return parents
}

// entry gives a number of a dictionary.
func entry(t *testing.T, dictionary, key string) int {
	t.Helper()
	m := regexp.MustCompile(key + ` (\d+)\b`).FindStringSubmatch(dictionary)
	if m == nil {
		t.Fatalf("%s is missing in %s", key, dictionary)
	}
	n, _ := strconv.Atoi(m[1])
	return n
}

// ref gives the number of an object that a dictionary names.
func ref(t *testing.T, dictionary, key string) int {
	t.Helper()
	if !regexp.MustCompile(key + ` \d+ 0 R`).MatchString(dictionary) {
		t.Fatalf("%s names no object in %s", key, dictionary)
	}
	return entry(t, dictionary, key)
}
