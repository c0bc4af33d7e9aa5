//go:build linux

package app_test

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"text/tabwriter"

	"golang.org/x/sys/unix"

	"gabarit/engine"
	"gabarit/engine/match"
)

const (
	eraseFaces = 20_000
	eraseCount = 10
	erasePiece = 64 // bytes: 16 numbers of a template
	eraseChild = "GABARIT_BENCH_ERASE"
)

// erased lists the faces that are deleted.
func erased() (rows []int) {
	for i := range eraseCount {
		rows = append(rows, 777+i*(eraseFaces/eraseCount))
	}
	return rows
}

// compareErase looks for deleted vectors in the memory of a process that holds an index: whole, and any sixteen numbers in a row.
func compareErase(t *testing.T, _ int) {
	d := openSearchData(t, 100_000)
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "of %d vectors\tin memory before\tafter delete\tpieces of %d bytes before\tafter\n", eraseCount, erasePiece)
	line := func(name string, before, after leftOver) {
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\n", name, before.whole, after.whole, before.pieces, after.pieces)
	}
	for _, name := range []string{ownCascade, ownFlat} {
		before, after := eraseOwn(t, d, name)
		line(name, before, after)
		if before.whole != eraseCount || after != (leftOver{}) {
			t.Errorf("%s: found %+v before, and %+v after deletion", name, before, after)
		}
	}
	if p := openSearchPeer(t); p != nil {
		p.open(t, d)
		for _, g := range append([]graph{{name: faissFlat, kind: "flat"}}, graphs(eraseFaces)[:2]...) {
			p.do(t, "build", request{"name": g.name, "kind": g.kind, "m": g.m, "effort": g.effort, "faces": eraseFaces})
			before := scanProcess(t, p.cmd.Process.Pid, d)
			p.do(t, "delete", request{"name": g.name, "rows": erased()})
			line(g.name, before, scanProcess(t, p.cmd.Process.Pid, d))
			p.do(t, "drop", request{"name": g.name})
		}
	}
	_ = w.Flush()
	t.Logf("an index of %d faces, memory of its process read through /proc; load %s\n%s", eraseFaces, load(t), &b)
}

// eraseOwn has a child of this program fill an index and delete, and looks into its memory before and after.
func eraseOwn(t *testing.T, d *searchData, name string) (before, after leftOver) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestBenchSearchChild$", "-test.v")
	cmd.Env = append(os.Environ(), eraseChild+"="+d.files[0], eraseChild+"_INDEX="+name)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = in.Close()
		_ = cmd.Wait()
	}()
	said := bufio.NewScanner(out)
	wait := func(word string) {
		for said.Scan() {
			if said.Text() == word {
				return
			}
		}
		t.Fatalf("the process with the index ended before it said %q", word)
	}
	wait("filled")
	before = scanProcess(t, cmd.Process.Pid, d)
	if _, err := io.WriteString(in, "delete\n"); err != nil {
		t.Fatal(err)
	}
	wait("deleted")
	return before, scanProcess(t, cmd.Process.Pid, d)
}

// TestBenchSearchChild is the process with the index. It reads templates from a file that is mapped read-only, which is not looked at, and
// keeps no copy of its own.
func TestBenchSearchChild(t *testing.T) {
	file := os.Getenv(eraseChild)
	if file == "" {
		t.Skip("skipped: a process that TestBenchSearch starts")
	}
	index := benchCascade(1)
	if os.Getenv(eraseChild+"_INDEX") == ownFlat {
		index = match.NewFlat()
	}
	vectors := mapTemplates(t, file)
	fill(t, index, &searchData{vectors: vectors[:eraseFaces]})
	ask := func() {
		for row := eraseFaces; row < eraseFaces+50; row++ { // of others
			for _, q := range []engine.Query{{K: 50}, {Within: .6}} {
				q.Template = vectors[row]
				if _, _, err := index.Search(t.Context(), q); err != nil {
					t.Fatal(err)
				}
			}
		}
		runtime.GC()
	}
	ask()
	fmt.Println("\nfilled")
	_, _ = bufio.NewReader(os.Stdin).ReadString('\n')
	for _, row := range erased() {
		index.Remove(engine.NewFaceID(engine.PhotoID(fmt.Sprintf("%026d", row)), 0))
	}
	ask()
	if index.Len() != eraseFaces-eraseCount {
		t.Fatalf("%d faces held", index.Len())
	}
	fmt.Println("\ndeleted")
	_, _ = bufio.NewReader(os.Stdin).ReadString('\n')
}

// leftOver is what was found in memory.
type leftOver struct {
	whole  int // templates, each counted once
	pieces int // places
}

// scanProcess reads all memory that a process can write to, and looks for the templates of erased(), at every byte.
func scanProcess(t *testing.T, pid int, d *searchData) (found leftOver) {
	t.Helper()
	s := newScanner(d)
	maps, err := os.ReadFile(fmt.Sprintf("/proc/%d/maps", pid))
	if err != nil {
		t.Fatal(err)
	}
	memory, err := os.Open(fmt.Sprintf("/proc/%d/mem", pid))
	if err != nil {
		t.Fatal(err)
	}
	defer memory.Close()
	whole := map[int]bool{}
	for line := range strings.Lines(string(maps)) {
		fields := strings.Fields(line)
		if !strings.HasPrefix(fields[1], "rw") {
			continue
		}
		low, high, _ := strings.Cut(fields[0], "-")
		from, err1 := strconv.ParseInt(low, 16, 64)
		to, err2 := strconv.ParseInt(high, 16, 64)
		if err := errors.Join(err1, err2); err != nil {
			continue // beyond what can be a file offset: the kernel's own pages
		}
		found.pieces += s.scan(t, memory, from, to, whole)
	}
	found.whole = len(whole)
	return found
}

// scanner knows the pieces that are looked for by their first bytes.
type scanner struct {
	templates [][]byte
	first     map[uint64][2]int // the piece: which template, where in it
	maybe     [1 << 16]bool     // the low bits of first
}

func newScanner(d *searchData) *scanner {
	s := &scanner{first: map[uint64][2]int{}}
	for i, row := range erased() {
		t := bytesOf(d.vectors[row][:])
		s.templates = append(s.templates, t)
		for at := 0; at < len(t); at += erasePiece {
			word := binary.LittleEndian.Uint64(t[at:])
			s.first[word] = [2]int{i, at}
			s.maybe[uint16(word)] = true
		}
	}
	return s
}

// scan looks through one range of addresses; it notes which templates are there as a whole.
func (s *scanner) scan(t *testing.T, memory io.ReaderAt, from, to int64, whole map[int]bool) (pieces int) {
	t.Helper()
	const chunk, overlap = 4 << 20, 512
	buf := make([]byte, chunk+overlap)
	for at := from; at < to; at += chunk {
		part := buf[:min(chunk+overlap, to-at)]
		n, err := memory.ReadAt(part, at)
		if err != nil && !errors.Is(err, io.EOF) {
			var failed *fs.PathError
			if errors.As(err, &failed) && errors.Is(failed.Err, unix.EIO) {
				continue // pages that were never touched or are gone
			}
			t.Fatal(err)
		}
		part = part[:n]
		for i := 0; i+8 <= len(part) && i < chunk; i++ {
			if !s.maybe[binary.LittleEndian.Uint16(part[i:])] {
				continue
			}
			piece, known := s.first[binary.LittleEndian.Uint64(part[i:])]
			if !known {
				continue
			}
			template, rest := s.templates[piece[0]], part[i:]
			if len(rest) >= erasePiece && bytes.Equal(rest[:erasePiece], template[piece[1]:piece[1]+erasePiece]) {
				pieces++
			}
			if piece[1] == 0 && bytes.HasPrefix(rest, template) {
				whole[piece[0]] = true
			}
		}
	}
	return pieces
}
