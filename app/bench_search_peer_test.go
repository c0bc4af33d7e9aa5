//go:build linux

package app_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// peerSearch is the environment of .ci/peers with faiss, hnswlib, usearch and scikit-learn.
const peerSearch = "search"

// searchPeer is a running testdata/search_peer.py. One goroutine asks it at a time.
type searchPeer struct {
	cmd  *exec.Cmd
	in   *json.Encoder
	pipe io.Closer
	out  *bufio.Reader
}

// request is what a searchPeer is asked: names and values as testdata/search_peer.py has them.
type request map[string]any

// spending is what something took, in seconds, and how much memory stays with it.
type spending struct {
	CPU, Wall float64
	Bytes     float64
}

// searchAnswer is one line of testdata/search_peer.py.
type searchAnswer struct {
	spending
	IDs    []int
	Labels []int
	Pairs  int
	Cached bool
	Faces  int
	Error  string
}

// openSearchPeer starts the peer, which ends with the test. It gives nil, and a clear line, where it is not installed. One that is installed and
// does not work fails the test.
func openSearchPeer(t testing.TB) *searchPeer {
	t.Helper()
	dir := filepath.Join(peersHome(t), peerSearch)
	if _, err := os.Stat(filepath.Join(dir, "stamp")); err != nil {
		t.Logf("faiss, hnswlib, usearch and scikit-learn are not compared to: they are not installed; .ci/peers %s does it", peerSearch)
		return nil
	}
	cmd := exec.Command(filepath.Join(dir, "bin", "python"), filepath.Join("testdata", "search_peer.py"))
	cmd.Env = append(os.Environ(), "GLIBC_TUNABLES=glibc.malloc.hugetlb=1") // large pages, as Gabarit asks for: a scan of memory gains by them
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
	p := &searchPeer{cmd: cmd, in: json.NewEncoder(in), pipe: in, out: bufio.NewReaderSize(out, 1<<20)}
	t.Cleanup(p.close)
	if _, err := p.out.ReadBytes('\n'); err != nil { // its first line: it is ready
		t.Fatalf("the peer in %s does not start: %v", dir, err)
	}
	return p
}

// close ends the peer, which gives its memory back. It may be called more than once.
func (p *searchPeer) close() {
	if p.pipe.Close() == nil { // it ends with its input
		_ = p.cmd.Wait()
	}
}

// do has the peer do something.
func (p *searchPeer) do(t testing.TB, what string, with request) searchAnswer {
	t.Helper()
	a, err := p.try(what, with)
	if err != nil {
		t.Fatalf("the peer, %s: %v", what, err)
	}
	return a
}

func (p *searchPeer) try(what string, with request) (a searchAnswer, err error) {
	question := maps.Clone(with)
	question["do"] = what
	if err := p.in.Encode(question); err != nil {
		return a, err
	}
	line, err := p.out.ReadBytes('\n')
	if err != nil {
		return a, fmt.Errorf("it ended: %w", err)
	}
	if err := json.Unmarshal(line, &a); err != nil {
		return a, err
	}
	if a.Error != "" {
		return a, errors.New(a.Error)
	}
	return a, nil
}

func TestASearchPeerThatIsNotInstalledIsLeftOut(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	if openSearchPeer(t) != nil {
		t.Error("it is there in an empty folder")
	}
}
