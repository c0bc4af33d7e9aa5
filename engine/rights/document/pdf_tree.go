package document

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// errLayout says that fpdf wrote a file in another form than the one known here.
var errLayout = errors.New("the PDF library writes an unknown layout")

// update is an incremental update of a PDF (ISO 32000-1, 7.5.6): objects new or written anew, behind the file as it was.
type update struct {
	data    []byte
	offsets []int       // of the objects of the file as it was, by number
	start   int         // of its cross-reference table
	info    string      // its /Info entry, as PDF
	root    int         // number of its catalog
	next    int         // number of the next new object
	written map[int]int // offsets of the objects of the update, by number
}

// newUpdate reads the cross-reference table and the trailer of a file of fpdf, which are at its end, in one piece.
func newUpdate(data []byte) (*update, error) {
	u := &update{data: data, written: map[int]int{}}
	at := bytes.LastIndex(data, []byte("\nstartxref\n"))
	if at < 0 {
		return nil, errLayout
	}
	if _, err := fmt.Sscanf(string(data[at:]), "\nstartxref\n%d\n%%%%EOF", &u.start); err != nil || u.start < 0 || u.start > at {
		return nil, errLayout
	}
	table, trailer, found := strings.Cut(string(data[u.start:at]), "trailer\n")
	lines := strings.Split(table, "\n")
	if !found || len(lines) < 4 || lines[0] != "xref" || lines[1] != fmt.Sprintf("0 %d", len(lines)-3) {
		return nil, errLayout
	}
	for _, l := range lines[2 : len(lines)-1] {
		offset, err := strconv.Atoi(l[:min(10, len(l))])
		if err != nil {
			return nil, errLayout
		}
		u.offsets = append(u.offsets, offset)
	}
	u.next = len(u.offsets)
	info := 0
	if _, err := fmt.Sscanf(trailer, "<<\n/Size %d\n/Root %d 0 R\n/Info %d 0 R\n>>", new(int), &u.root, &info); err != nil {
		return nil, errLayout
	}
	u.info = fmt.Sprintf("%d 0 R", info)
	return u, nil
}

// dictionary gives the entries of an object of the file as it was, without the brackets around them.
func (u *update) dictionary(object int, begin string) (string, error) {
	if object <= 0 || object >= len(u.offsets) || u.offsets[object] >= u.start {
		return "", errLayout
	}
	text, _, found := bytes.Cut(u.data[u.offsets[object]:u.start], []byte(">>\nendobj\n"))
	entries, right := strings.CutPrefix(string(text), fmt.Sprintf("%d 0 obj\n<<", object))
	if !found || !right || !strings.HasPrefix(strings.TrimSpace(entries), begin) {
		return "", errLayout
	}
	return entries, nil
}

// reserve gives the number of a new object.
func (u *update) reserve() int {
	u.next++
	return u.next - 1
}

// write appends an object: a dictionary with these entries.
func (u *update) write(object int, entries string) {
	u.written[object] = len(u.data)
	u.data = fmt.Appendf(u.data, "%d 0 obj\n<<%s>>\nendobj\n", object, entries)
}

// finish appends the cross-reference table and the trailer, and gives the whole file.
func (u *update) finish() []byte {
	start := len(u.data)
	u.data = append(u.data, "xref\n0 1\n0000000000 65535 f \n"...)
	numbers := slices.Sorted(maps.Keys(u.written))
	for i := 0; i < len(numbers); {
		end := i + 1
		for end < len(numbers) && numbers[end] == numbers[end-1]+1 {
			end++
		}
		u.data = fmt.Appendf(u.data, "%d %d\n", numbers[i], end-i)
		for _, n := range numbers[i:end] {
			u.data = fmt.Appendf(u.data, "%010d 00000 n \n", u.written[n])
		}
		i = end
	}
	return fmt.Appendf(u.data, "trailer\n<</Size %d /Root %d 0 R /Info %s /Prev %d>>\nstartxref\n%d\n%%%%EOF\n", u.next, u.root, u.info, u.start, start)
}

// pageObject is the number that fpdf gives to a page (from 0 on): after each page comes its content.
func pageObject(page int) int { return 3 + 2*page }

// tagged adds the structure of a letter to the file of fpdf, which can't write one: the tree of its parts, which part owns
// each piece of marked content, and the areas of links, which belong to the tree too (ISO 32000-1, 14.7 and 14.8).
func tagged(data []byte, t *tags, pages int) ([]byte, error) {
	u, err := newUpdate(data)
	if err != nil {
		return nil, err
	}
	tree, parents := u.reserve(), u.reserve()
	areas := make([]int, len(t.areas))
	for i := range areas {
		areas[i] = u.reserve()
	}
	prune(t.root)
	name(u, t.root)
	writeParts(u, t.root, tree, areas)
	for i, a := range t.areas {
		u.write(areas[i], fmt.Sprintf("/Type /Annot /Subtype /Link /Rect [%.2f %.2f %.2f %.2f] /Border [0 0 0] /F 4 /P %d 0 R /StructParent %d /Contents %s /A <</S /URI /URI %s>>",
			a.left, a.bottom, a.right, a.top, pageObject(a.page), pages+i, textString(a.target), literal(a.target)))
	}
	if err := writePages(u, t, pages, areas); err != nil {
		return nil, err
	}
	u.write(parents, parentTree(t, pages))
	u.write(tree, fmt.Sprintf("/Type /StructTreeRoot /K %d 0 R /ParentTree %d 0 R /ParentTreeNextKey %d", t.root.object, parents, pages+len(areas)))
	catalog, err := u.dictionary(u.root, "/Type /Catalog\n")
	if err != nil {
		return nil, err
	}
	u.write(u.root, fmt.Sprintf("%s/Version /1.7 /MarkInfo <</Marked true>> /StructTreeRoot %d 0 R /ViewerPreferences <</DisplayDocTitle true>>", catalog, tree))
	return u.finish(), nil
}

// prune drops parts that hold nothing, but for cells of a table, which keep their place.
func prune(e *element) {
	e.kids = slices.DeleteFunc(e.kids, func(k kid) bool {
		if k.part == nil {
			return false
		}
		prune(k.part)
		return len(k.part.kids) == 0 && k.part.role != roleHeader && k.part.role != roleCell
	})
}

// name gives the parts of a tree their numbers.
func name(u *update, e *element) {
	e.object = u.reserve()
	for _, k := range e.kids {
		if k.part != nil {
			name(u, k.part)
		}
	}
}

// writeParts writes the objects of a part and of what it holds; parent and areas are numbers of objects.
func writeParts(u *update, e *element, parent int, areas []int) {
	var b strings.Builder
	fmt.Fprintf(&b, "/Type /StructElem /S /%s /P %d 0 R %s /K [", e.role, parent, e.extra)
	for _, k := range e.kids {
		switch {
		case k.part != nil:
			fmt.Fprintf(&b, "%d 0 R ", k.part.object)
		case k.mark:
			fmt.Fprintf(&b, "<</Type /MCR /Pg %d 0 R /MCID %d>> ", pageObject(k.page), k.mcid)
		default:
			fmt.Fprintf(&b, "<</Type /OBJR /Pg %d 0 R /Obj %d 0 R>> ", pageObject(k.page), areas[k.area])
		}
	}
	u.write(e.object, b.String()+"]")
	for _, k := range e.kids {
		if k.part != nil {
			writeParts(u, k.part, e.object, areas)
		}
	}
}

// writePages writes the pages anew, with their links and their places in the tree of parents.
func writePages(u *update, t *tags, pages int, areas []int) error {
	for page := range pages {
		entries, err := u.dictionary(pageObject(page), "/Type /Page\n")
		if err != nil {
			return err
		}
		var b strings.Builder
		fmt.Fprintf(&b, "%s /StructParents %d /Tabs /S", entries, page)
		links := ""
		for i, a := range t.areas {
			if a.page == page {
				links += fmt.Sprintf("%d 0 R ", areas[i])
			}
		}
		if links != "" {
			fmt.Fprintf(&b, " /Annots [%s]", links)
		}
		u.write(pageObject(page), b.String())
	}
	return nil
}

// parentTree tells of each page whose its marked content is, by MCID, and of each link whose it is.
func parentTree(t *tags, pages int) string {
	var b strings.Builder
	b.WriteString("/Nums [")
	for page := range pages {
		fmt.Fprintf(&b, "%d [", page)
		if page < len(t.marks) {
			for _, e := range t.marks[page] {
				fmt.Fprintf(&b, "%d 0 R ", e.object)
			}
		}
		b.WriteString("]\n")
	}
	for i, a := range t.areas {
		fmt.Fprintf(&b, "%d %d 0 R\n", pages+i, a.owner.object)
	}
	b.WriteString("]")
	return b.String()
}
