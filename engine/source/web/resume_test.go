package web_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gabarit/engine"
	"gabarit/engine/source/web"
)

// chain is a site of n pages, each with an image and an entity tag, that lead to each other.
func chain(t *testing.T, n int) *site {
	s := newSite(t, museum)
	for i := range n {
		etag := fmt.Sprintf(`"v1-%d"`, i)
		page := html(fmt.Sprintf(`<title>Page %d</title><img src="/i%d.jpg"><a href="/p%d.html">n</a><a href="/p%d.html">n</a>`, i, i, 2*i+1, 2*i+2), "ETag: "+etag)
		s.pages[fmt.Sprintf("%s/p%d.html", museum, i)] = func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("If-None-Match") == etag {
				w.WriteHeader(http.StatusNotModified)
				return
			}
			page(w, r)
		}
		s.pages[fmt.Sprintf("%s/i%d.jpg", museum, i)] = image(fmt.Sprintf("image %d", i), "ETag: "+etag)
	}
	return s
}

const start = "http://" + museum + "/p0.html"

// walk takes items until stop says so, without opening them.
func (s *site) walk(o web.Options, stop func(n int) bool) (got []string) {
	s.t.Helper()
	src, err := web.Open(o, start)
	if err != nil {
		s.t.Fatal(err)
	}
	defer src.Close()
	for it := range src.Items(s.t.Context()) {
		got = append(got, it.Key)
		if stop(len(got)) {
			break
		}
	}
	return got
}

func TestAWalkGoesOnWhereItWasBrokenOff(t *testing.T) {
	undisturbed := chain(t, 40)
	want := undisturbed.walk(undisturbed.options(museum), func(int) bool { return false })
	if len(want) < 40 {
		t.Fatalf("only %d items", len(want))
	}
	for _, at := range []int{1, 2, 17, 39} {
		t.Run(fmt.Sprintf("after %d items", at), func(t *testing.T) {
			s := chain(t, 40)
			o := s.options(museum)
			o.State = newMemory()
			s.walk(o, func(n int) bool { return n == at })
			before := len(s.targets(museum))
			got := s.walk(o, func(int) bool { return false })
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("the whole: %s", d)
			}
			asked := map[string]int{}
			for _, target := range s.targets(museum) {
				asked[target]++
			}
			for target, n := range asked {
				if strings.HasPrefix(target, "/p") && s.pages[museum+target] != nil && n != 1 {
					t.Errorf("%s was asked for %d times", target, n)
				}
			}
			if before == len(s.targets(museum)) {
				t.Error("the second walk asked for nothing")
			}
		})
	}
	t.Run("kill after each record that is saved", func(t *testing.T) {
		for at := range 30 {
			s := chain(t, 8)
			o := s.options(museum)
			state := &failing{memory: newMemory(), after: at}
			o.State = state
			first := s.walk(o, func(int) bool { return false })
			o.State = state.memory
			got := s.walk(o, func(int) bool { return false })
			whole := s.walk(s.options(museum), func(int) bool { return false })
			if d := cmp.Diff(whole, got); d != "" {
				t.Errorf("after %d records: %s", at, d)
			}
			if last := first[len(first)-1]; state.failed && last != start+"#stopped" {
				t.Errorf("after %d records the walk ended with %s", at, last)
			}
		}
	})
}

// failing is a state whose disk is full after some records.
type failing struct {
	*memory
	after  int
	failed bool
}

func (f *failing) Save(ctx context.Context, key string, value []byte) error {
	if f.after--; f.after < 0 {
		f.failed = true
		return engine.E(engine.CodeUnavailable, "test", "the vault can't be written", errors.New("full"))
	}
	return f.memory.Save(ctx, key, value)
}

func TestANewWalkAsksWhatHasChanged(t *testing.T) {
	s := chain(t, 10)
	o := s.options(museum)
	o.State = newMemory()
	all := func(int) bool { return false }
	first := s.walk(o, all)
	s.pages[museum+"/p3.html"] = html(`<title>New</title><img src="/new.jpg">`)
	s.pages[museum+"/p4.html"] = status(http.StatusNotModified, "X-Robots-Tag: noindex")
	n := len(s.log)
	second := s.walk(o, all)
	conditional := 0
	for _, r := range s.log[n:] {
		if r.header.Get("If-None-Match") != "" {
			conditional++
		}
	}
	if conditional != 7 { // the other three are reached through those two alone
		t.Errorf("%d of 7 pages were asked for with their entity tag", conditional)
	}
	if !slices.Contains(second, "http://"+museum+"/new.jpg on http://"+museum+"/p3.html") || slices.Contains(second, "http://"+museum+"/i3.jpg on http://"+museum+"/p3.html") {
		t.Errorf("the changed page was not read again: %v", second)
	}
	if slices.Contains(second, "http://"+museum+"/i4.jpg on http://"+museum+"/p4.html") || !slices.Contains(second, "http://"+museum+"/p4.html") {
		t.Errorf("a page that is not modified but says noindex now is still used: %v", second)
	}
	if !slices.Contains(second, first[0]) {
		t.Errorf("an unchanged page lost its images: %v", second)
	}
}

func TestStateHoldsNoAddressInItsKeys(t *testing.T) {
	s := chain(t, 5)
	o := s.options(museum)
	m := newMemory()
	o.State = m
	s.walk(o, func(int) bool { return false })
	if _, ok := m.records[web.PageKey(start)]; !ok || len(m.records) < 6 {
		t.Errorf("%d records, and that of the first page: %v", len(m.records), ok)
	}
	for key := range m.records {
		if strings.Contains(key, "city") {
			t.Errorf("the key %s names a site", key)
		}
	}
	if web.PageKey("HTTP://"+strings.ToUpper(museum)+":80/p0.html#top") != web.PageKey(start) {
		t.Error("another spelling of a page has another key")
	}
}

func TestADamagedRecordIsAskedForAgain(t *testing.T) {
	s := chain(t, 5)
	o := s.options(museum)
	m := newMemory()
	o.State = m
	whole := s.walk(o, func(int) bool { return false })
	for key := range m.records {
		m.records[key] = []byte(`{"v":1,"walk":"x"`)
	}
	if d := cmp.Diff(whole, s.walk(o, func(int) bool { return false })); d != "" {
		t.Error(d)
	}
}

func TestAnImageThatIsTheSameIsNotSentAgain(t *testing.T) {
	s := chain(t, 1)
	src, err := web.Open(s.options(museum), start)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	item := first(t, src)
	in, version, err := item.Since(t.Context(), "")
	if err != nil || in == nil {
		t.Fatal(err)
	}
	if etag, _ := web.VersionOf(version); etag != `"v1-0"` {
		t.Errorf("version %q", version)
	}
	t.Run("by its entity tag, without its bytes", func(t *testing.T) {
		fresh, err := web.Open(s.options(museum), start)
		if err != nil {
			t.Fatal(err)
		}
		defer fresh.Close()
		in, again, err := first(t, fresh).Since(t.Context(), version)
		if in != nil || again != version || err != nil {
			t.Errorf("%v, %q, %v", in, again, err)
		}
		if last := s.log[len(s.log)-1]; last.target != "/i0.jpg" || last.header.Get("If-None-Match") != `"v1-0"` {
			t.Errorf("the last request was %s with %v", last.target, last.header)
		}
	})
	t.Run("by its bytes where the server knows no tags", func(t *testing.T) {
		s.pages[museum+"/i0.jpg"] = image("image 0")
		fresh, err := web.Open(s.options(museum), start)
		if err != nil {
			t.Fatal(err)
		}
		defer fresh.Close()
		in, _, err := first(t, fresh).Since(t.Context(), version)
		if in != nil || err != nil {
			t.Errorf("%v, %v", in, err)
		}
	})
	t.Run("a changed one is", func(t *testing.T) {
		s.pages[museum+"/i0.jpg"] = image("another", `ETag: "v2"`)
		fresh, err := web.Open(s.options(museum), start)
		if err != nil {
			t.Fatal(err)
		}
		defer fresh.Close()
		in, again, err := first(t, fresh).Since(t.Context(), version)
		if in == nil || err != nil || again == version {
			t.Errorf("%v, %q, %v", in, again, err)
		}
	})
}

func first(t *testing.T, src engine.Source) engine.Item {
	t.Helper()
	for it := range src.Items(t.Context()) {
		return it
	}
	t.Fatal("no item came")
	return engine.Item{}
}
