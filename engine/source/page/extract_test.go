package page_test

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"gabarit/engine/source/page"
)

const at = "https://example.org/dir/page.html"

func extract(t *testing.T, html string) page.Page {
	t.Helper()
	p, err := page.Extract(strings.NewReader(html), at, "text/html")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// refs are the addresses with their titles.
func refs(p page.Page) string {
	var out []string
	for _, r := range p.Refs {
		out = append(out, strings.TrimPrefix(r.URL, "https://example.org/dir/")+"="+r.Title)
	}
	return strings.Join(out, " ")
}

func TestImagesOfAPage(t *testing.T) {
	cases := map[string]struct{ html, want string }{
		"alt before title":                 {`<img src=a.jpg alt=" The&nbsp;fair " title=T>`, "a.jpg=The fair"},
		"title without alt":                {`<img src=a.jpg title=T alt="">`, "a.jpg=T"},
		"the figure's caption":             {`<figure><a href=/><img src=a.jpg></a><figcaption>By <b>Ann</b>, 2024</figcaption></figure><img src=b.jpg>`, "a.jpg=By Ann, 2024 b.jpg="},
		"alt before the caption":           {`<figure><img src=a.jpg alt=A><img src=b.jpg><figcaption>C</figcaption></figure>`, "a.jpg=A b.jpg=C"},
		"a caption before its image":       {`<figure><figcaption>C</figcaption><img src=a.jpg></figure>`, "a.jpg=C"},
		"figures inside a figure":          {`<figure><figure><img src=a.jpg><figcaption>In</figcaption></figure><img src=b.jpg><figcaption>Out</figcaption></figure>`, "a.jpg=In b.jpg=Out"},
		"a figure without its end":         {`<figure><img src=a.jpg><figcaption>C</figcaption>`, "a.jpg=C"},
		"a set of sizes":                   {`<img src=a.jpg srcset="b.jpg 1x, c,d.jpg 2x,e.jpg" alt=A>`, "a.jpg=A b.jpg=A c,d.jpg=A e.jpg=A"},
		"a set with lines and commas":      {"<img srcset=\",\n a.jpg 300w ,\n\tb.jpg (x, y) 2x\" alt=A>", "a.jpg=A b.jpg=A y)=A"},
		"a picture with sources":           {`<picture><source srcset="a.webp, b.webp 2x"><source data-srcset=c.avif><img src=d.jpg alt=A></picture><img src=e.jpg>`, "a.webp=A b.webp=A c.avif=A d.jpg=A e.jpg="},
		"sources of a video are none":      {`<video poster=a.jpg title=V><source src=v.mp4 srcset=x.jpg></video>`, "a.jpg=V"},
		"late loading":                     {`<img src=data:, data-src=a.jpg data-srcset="b.jpg 2x" alt=A><img data-original=c.jpg><img data-lazy-src=d.jpg><img data-lazy=e.jpg><div data-bg=f.jpg>`, "=A a.jpg=A b.jpg=A c.jpg= d.jpg= e.jpg= f.jpg="},
		"for those without scripts":        {`<noscript><img src=a.jpg alt=A></noscript><img src=b.jpg>`, "a.jpg=A b.jpg="},
		"a link to the full picture":       {`<a href="full/a.JPG?x=1"><img src=small.jpg alt=A></a><a href=page2.html><img src=b.jpg></a>`, "full/a.JPG?x=1=A small.jpg=A b.jpg="},
		"a style attribute":                {`<div title=T style="background: url( 'a.jpg' ), url(b.jpg)">`, "a.jpg=T b.jpg=T"},
		"a drawing":                        {`<svg><title>no</title><image xlink:href=a.jpg /><image href=b.jpg></svg><input type=image src=c.jpg alt=C><input src=d.jpg>`, "a.jpg= b.jpg= c.jpg=C"},
		"links and meta of the head":       {`<link rel=image_src href=a.jpg><link rel=preload as=image href=b.jpg><link rel=icon href=i.ico><meta property=og:image content=c.jpg><meta property=og:image:alt content="C c">`, "a.jpg= b.jpg= c.jpg=C c"},
		"linked data":                      {`<script type="application/ld+json">{"@graph":[{"@type":"NewsArticle","image":["a.jpg",{"@type":"ImageObject","url":"b.jpg","caption":"B"}]}]}</script>`, "a.jpg= b.jpg=B"},
		"broken linked data":               {`<script type="application/ld+json">{"image":"a.jpg"</script><script>"<img src=x.jpg>"</script><img src=b.jpg>`, "b.jpg="},
		"base":                             {`<base href="/dir/other/"><base href="https://evil.example/"><img src=a.jpg>`, "other/a.jpg="},
		"addresses as they are compared":   {`<img src="HTTPS://Example.ORG:443/dir/a b.jpg#x"><img src=" a.jpg&#10;b ">`, "a%20b.jpg= a.jpgb="},
		"what is no address":               {`<img src="javascript:x"><img src="file:///etc/passwd"><img src="https://u:p@example.org/dir/a.jpg"><img src="http://"><img src="">`, "= = a.jpg= ="},
		"refreshes are not followed":       {`<meta http-equiv=refresh content="0;url=https://evil.example/"><img src=a.jpg>`, "a.jpg="},
		"comments hold nothing":            {`<!-- <img src=x.jpg> --><img src=a.jpg>`, "a.jpg="},
		"an attribute given twice":         {`<img src=a.jpg src=b.jpg>`, "a.jpg="},
		"tags in capitals, without quotes": {`<IMG SRC=a.jpg ALT=A>`, "a.jpg=A"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if got := refs(extract(t, c.html)); got != c.want {
				t.Errorf("%s\nwant %s", got, c.want)
			}
		})
	}
}

func TestWhatAPageSaysOfItself(t *testing.T) {
	day := time.Date(2024, 5, 31, 12, 5, 0, 0, time.UTC)
	cases := map[string]struct {
		html, title, author string
		published           time.Time
	}{
		"title and meta":    {"<title> A\n page </title><svg><title>no</title></svg><meta name=author content=Ann><meta property=article:published_time content=2024-05-31T14:05:00+02:00>", "A page", "Ann", day},
		"Open Graph":        {`<meta property=og:title content=OG>`, "OG", "", time.Time{}},
		"linked data":       {`<script type="application/ld+json">[{"headline":"H","author":[{"name":"Ann"},{"name":"Bob"}],"datePublished":"2024-05-31T14:05:00+0200"}]</script>`, "H", "Ann", day},
		"author as address": {`<meta name=author content=""><script type="application/ld+json">{"author":"https://example.org/ann"}</script>`, "", "", time.Time{}},
		"a wrong date":      {`<meta name=date content=yesterday><meta itemprop=datePublished content="2024-05-31">`, "", "", time.Date(2024, 5, 31, 0, 0, 0, 0, time.UTC)},
		"direction marks":   {"<title>abc\u202egpj.exe</title>", "abcgpj.exe", "", time.Time{}},
		"a long title":      {"<title>" + strings.Repeat("é", 5000) + "</title>", strings.Repeat("é", 299) + "…", "", time.Time{}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			p := extract(t, c.html)
			if p.Title != c.title || p.Author != c.author || !p.Published.Equal(c.published) || p.URL != at || p.Cut {
				t.Errorf("%q by %q at %s, %s, cut %v", p.Title, p.Author, p.Published, p.URL, p.Cut)
			}
		})
	}
}

func TestWhatSingleFilePutsIntoStyleSheetsAndFrames(t *testing.T) {
	image := func(n int) string {
		return "data:image/png;base64," + strings.Repeat("A", 2000) + strings.Repeat("B", n*4)
	}
	html := `<style>:root{--sf-img-1: url("` + image(1) + `");--sf-img-2:url(` + image(2) + `)} .x{background:url( '` + image(3) + `' )} .y{background:url(https://example.org/dir/ornament.png)} .z{background:url("data:,small")}</style>
<img src="data:," alt="" style="background-image:var(--sf-img-1)!important"><img src="data:," alt="Ann &amp; Bob" style="background-image: var( --sf-img-1 )"><div title="Two" style="background-image:var(--sf-img-2, none)"></div>
<figure><img src=a.jpg><figcaption>At<style>p{}</style> the gate</figcaption></figure>
<iframe srcdoc='<title>no</title><link rel=canonical href=https://evil.example/><figure><img src=b.jpg><figcaption>Framed</figure><iframe srcdoc="&lt;img src=c.jpg alt=Deep&gt;"></iframe>'></iframe><img src=d.jpg>`
	p := extract(t, html)
	var got []string
	for _, r := range p.Refs {
		switch name := strings.TrimPrefix(r.URL, "https://example.org/dir/"); {
		case r.Raw == "data:,":
		case strings.HasPrefix(r.Raw, "data:"):
			got = append(got, fmt.Sprintf("%d=%s", strings.Count(r.Raw, "B")/4, r.Title))
		default:
			got = append(got, fmt.Sprintf("%s=%s", name, r.Title))
		}
	}
	if want := "1=Ann & Bob, 2=Two, 3=, a.jpg=At the gate, b.jpg=Framed, c.jpg=Deep, d.jpg="; strings.Join(got, ", ") != want {
		t.Errorf("%s\nwant %s", strings.Join(got, ", "), want)
	}
	if p.URL != at || p.Title != "" || p.Cut {
		t.Errorf("%s, %q, cut %v", p.URL, p.Title, p.Cut)
	}
	numbers := map[int]bool{}
	for _, r := range p.Refs {
		if r.Picture > 0 && numbers[r.Picture] {
			t.Errorf("two pictures have the number %d", r.Picture)
		}
		numbers[r.Picture] = true
	}
	deep := "<img src=x.jpg>"
	for range 10 {
		deep = `<iframe srcdoc="` + strings.NewReplacer("&", "&amp;", `"`, "&quot;").Replace(deep) + `"></iframe>`
	}
	if p := extract(t, deep); !p.Cut {
		t.Error("frames inside of frames without an end were passed over without a word")
	}
}

func TestWhenASavedPageWasSaved(t *testing.T) {
	for note, want := range map[string]string{
		"<!--\n Page saved with SingleFile \n url: https://example.org/a \n saved date: Fri May 31 2024 14:05:00 GMT+0200 (Central European Summer Time)\n-->": "2024-05-31T12:05:00Z",
		"<!--\n Page saved with SingleFile \n url: https://example.org/a \n saved date: yesterday\n-->":                                                        "0001-01-01T00:00:00Z",
	} {
		if p := extract(t, note); p.Saved.Format(time.RFC3339) != want {
			t.Errorf("%s: %v", note, p.Saved)
		}
	}
}

func TestTheAddressOfASavedPage(t *testing.T) {
	cases := map[string]struct{ html, want string }{
		"a browser's note":       {"<!-- saved from url=(0024)https://example.org/a#x -->\n<html><link rel=canonical href=https://example.org/b>", "https://example.org/a"},
		"SingleFile's note":      {"<html><!--\n Page saved with SingleFile \n url: https://example.org/a \n saved date: Fri May 31 2024\n-->", "https://example.org/a"},
		"the canonical address":  {"<link rel=canonical href=https://example.org/b><meta property=og:url content=https://example.org/c>", "https://example.org/b"},
		"Open Graph's":           {"<meta property=og:url content=https://example.org/c>", "https://example.org/c"},
		"none":                   {"<link rel=canonical href=/b>", ""},
		"a file's is no address": {"<!-- saved from url=(0014)about:internet -->", ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			p, err := page.Extract(strings.NewReader(c.html), "", "")
			if err != nil || p.URL != c.want {
				t.Errorf("%q, %v; want %q", p.URL, err, c.want)
			}
		})
	}
}

func TestCharacterSets(t *testing.T) {
	cases := map[string]struct{ html, header string }{
		"told by the header":    {"<title>Caf\xe9</title>", "text/html; charset=iso-8859-1"},
		"told by the page":      {"<meta charset=windows-1252><title>Caf\xe9</title>", "text/html"},
		"UTF-8 with a mark":     {"\xef\xbb\xbf<title>Café</title>", ""},
		"UTF-16":                {"\xff\xfe<\x00t\x00i\x00t\x00l\x00e\x00>\x00C\x00a\x00f\x00\xe9\x00<\x00/\x00t\x00i\x00t\x00l\x00e\x00>\x00", ""},
		"one that is not known": {"<meta charset=klingon><title>Café</title>", "text/html; charset=klingon"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			p, err := page.Extract(strings.NewReader(c.html), at, c.header)
			if err != nil || p.Title != "Café" {
				t.Errorf("%q, %v", p.Title, err)
			}
		})
	}
}

// endless gives its text again and again, up to some bytes.
type endless struct {
	text string
	left int
	n    int
}

func (e *endless) Read(p []byte) (int, error) {
	if e.left <= 0 {
		return 0, io.EOF
	}
	n := 0
	for n < len(p) && e.left > 0 {
		p[n] = e.text[e.n%len(e.text)]
		n, e.n, e.left = n+1, e.n+1, e.left-1
	}
	return n, nil
}

func TestHostilePagesAreCutAndTakeLittleMemory(t *testing.T) {
	const large = 100 << 20
	cases := map[string]string{
		"100 MB of paragraphs":  "<p>text</p>",
		"100 MB of nested tags": "<div><figure><picture><noscript>",
		"100 MB of images":      "<img src=a.jpg alt=x>",
		"100 MB inside one tag": "x",
		"100 MB of attributes":  " a=b",
		"100 MB of one comment": "-",
		"100 MB of captions":    "<figure><figcaption>x",
		"100 MB of styles":      `<p style="background:url(a.jpg)">`,
	}
	start := map[string]string{"100 MB inside one tag": "<img src='", "100 MB of attributes": "<img src=a.jpg ", "100 MB of one comment": "<!--"}
	for name, text := range cases {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			p, err := page.Extract(io.MultiReader(strings.NewReader("<title>T</title>"+start[name]), &endless{text: text, left: large}), at, "text/html")
			runtime.GC()
			runtime.ReadMemStats(&after)
			if err != nil || !p.Cut || p.Title != "T" {
				t.Errorf("cut %v, title %q, %v", p.Cut, p.Title, err)
			}
			if kept := int64(after.HeapAlloc) - int64(before.HeapAlloc); kept > 64<<20 {
				t.Errorf("%d MB are kept", kept>>20)
			}
			runtime.KeepAlive(p)
		})
	}
}

func TestWhatWasFoundBeforeAnErrorIsKept(t *testing.T) {
	broken := errors.New("broken")
	p, err := page.Extract(io.MultiReader(strings.NewReader("<title>T</title><img src=a.jpg>"), &failing{broken}), at, "text/html; charset=utf-8")
	if !errors.Is(err, broken) || p.Title != "T" || refs(p) != "a.jpg=" {
		t.Errorf("%+v, %v", p, err)
	}
}

type failing struct{ err error }

func (f *failing) Read([]byte) (int, error) { return 0, f.err }

func TestDeepLinkedData(t *testing.T) {
	deep := strings.Repeat(`{"@graph":[`, 5000) + `{"image":"a.jpg"}` + strings.Repeat(`]}`, 5000)
	if got := refs(extract(t, fmt.Sprintf(`<script type="application/ld+json">%s</script><img src=b.jpg>`, deep))); got != "b.jpg=" {
		t.Error(got)
	}
}

func TestAddress(t *testing.T) {
	cases := map[string]string{
		"https://Example.org":                              "https://example.org/",
		"http://example.org:80/a?b#c":                      "http://example.org/a?b",
		"https://example.org:8443/":                        "https://example.org:8443/",
		"https://user:pass@example.org/":                   "https://example.org/",
		"https://example.org/é":                            "https://example.org/%C3%A9",
		"https://example.org/%c3%a9?q=é&r=%e9 %":           "https://example.org/%C3%A9?q=%C3%A9&r=%E9%20%",
		"ftp://example.org/":                               "",
		"//example.org/":                                   "",
		"https:///a":                                       "",
		"https://example.org/\x00":                         "",
		"https://example.org/" + strings.Repeat("a", 5000): "",
	}
	for in, want := range cases {
		if got := page.Address(in); got != want {
			t.Errorf("%.40q: %q, want %q", in, got, want)
		}
	}
}
