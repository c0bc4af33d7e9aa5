package web_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gabarit/engine/source/web"
)

func extract(t *testing.T, text string) web.Page {
	t.Helper()
	base, err := url.Parse("https://city-archive.org/a/b.html")
	if err != nil {
		t.Fatal(err)
	}
	p, err := web.Extract([]byte(text), base, "text/html; charset=utf-8", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPictures(t *testing.T) {
	const at = "https://city-archive.org"
	for name, tc := range map[string]struct {
		html string
		want []web.Picture
	}{
		"img":                     {`<img src=" x.jpg " alt=" At the  gate ">`, []web.Picture{{URL: at + "/a/x.jpg", Title: "At the gate"}}},
		"a base":                  {`<base href="/c/"><img src=x.jpg>`, []web.Picture{{URL: at + "/c/x.jpg"}}},
		"a title for want of alt": {`<img src=/x.jpg title=T>`, []web.Picture{{URL: at + "/x.jpg", Title: "T"}}},
		"a caption":               {`<figure><a href="/big.jpg"><img src=/x.jpg alt=A></a><figcaption>C <b>D</b></figcaption></figure>`, []web.Picture{{URL: at + "/x.jpg", Title: "A", Caption: "C D"}, {URL: at + "/big.jpg", Title: "A", Caption: "C D"}}},
		"the largest of a srcset": {`<img src=/s.jpg srcset="/a,b.jpg 100w, /l.jpg 800w,/m.jpg 400w">`, []web.Picture{{URL: at + "/l.jpg"}}},
		"densities":               {`<img src=/s.jpg srcset="/1.jpg, /2.jpg 2x">`, []web.Picture{{URL: at + "/2.jpg"}}},
		"a picture":               {`<picture><source srcset="/p.avif 1200w"><source srcset="/p.webp 600w"><img src=/p.jpg alt=P></picture>`, []web.Picture{{URL: at + "/p.avif", Title: "P"}}},
		"lazy":                    {`<img class=lazy src="data:image/gif;base64,R0lGOD" data-src="/l.jpg">`, []web.Picture{{URL: at + "/l.jpg"}}},
		"lazy with srcset":        {`<img src="/blank.gif" data-srcset="/l.jpg 2x">`, []web.Picture{{URL: at + "/l.jpg"}}},
		"noscript":                {`<body><noscript><img src="/n.jpg" alt=N></noscript>`, []web.Picture{{URL: at + "/n.jpg", Title: "N"}}},
		"Open Graph, once":        {`<meta property="og:image" content="https://city-archive.org/x.jpg"><meta name="twitter:image" content="/y.jpg"><body><img src=/x.jpg alt=A>`, []web.Picture{{URL: at + "/x.jpg", Title: "A"}, {URL: at + "/y.jpg"}}},
		"ornaments and drawings":  {`<img src=/dot.gif width=1 height="1"><img src=/i.png width=32px><img src=/d.svg><img src=""><img>`, nil},
		"no http":                 {`<img src="file:///etc/passwd"><img src="ftp://x.org/a.jpg"><img src="http://a:b@x.org/a.jpg"><img src="//cdn.org/a.jpg">`, []web.Picture{{URL: "https://cdn.org/a.jpg"}}},
	} {
		t.Run(name, func(t *testing.T) {
			if d := cmp.Diff(tc.want, extract(t, tc.html).Pictures); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestLinks(t *testing.T) {
	p := extract(t, `<title> A
		B </title><a href="c.html#x">c</a><a href="/a/c.html">again</a><a href="?q=1">q</a><a href=x.pdf>p</a><a href=y.PNG title=Y>y</a><a href="#top">t</a>
		<a rel="nofollow" href=n.html>n</a><area href="/area"><link rel=next href="/2"><link rel=stylesheet href="/s.css"><iframe src="/frame"></iframe><a href="mailto:x@y.org">m</a><form action="/send"></form>`)
	want := []string{"https://city-archive.org/a/c.html", "https://city-archive.org/a/b.html?q=1", "https://city-archive.org/area", "https://city-archive.org/2", "https://city-archive.org/frame"}
	if d := cmp.Diff(want, p.Links); d != "" || p.Title != "A B" || len(p.Pictures) != 1 || p.Pictures[0].Title != "Y" {
		t.Errorf("%s %+v", d, p)
	}
	if p := extract(t, `<meta name=robots content=nofollow><a href=c.html>c</a>`); len(p.Links) != 0 {
		t.Errorf("links of a page that says nofollow: %v", p.Links)
	}
	if p := extract(t, `<video src=/a.mp4></video><video><source src=b.webm></video><a href="/c.MOV">film</a><a href=/d.mp4.html>page</a>`); p.Films != 3 || len(p.Links) != 1 {
		t.Errorf("%d films, links %v", p.Films, p.Links)
	}
	if p := extract(t, strings.Repeat(`<img src="data:image/png;base64,`+strings.Repeat("A", 5000)+`">`, 3)); p.Inline != 3 || len(p.Pictures) != 0 {
		t.Errorf("%d inline", p.Inline)
	}
}

func TestHugePagesAreBounded(t *testing.T) {
	var b strings.Builder
	for i := range 5000 {
		b.WriteString(`<a href="/p` + strings.Repeat("x", i%50) + string(rune('a'+i%26)) + strings.Repeat("y", i/50) + `"><img src="/i` + strings.Repeat("x", i%50) + string(rune('a'+i%26)) + strings.Repeat("y", i/50) + `.jpg"></a>`)
	}
	p := extract(t, `<title>`+strings.Repeat("long ", 10_000)+`</title>`+b.String())
	if len(p.Links) != 2000 || len(p.Pictures) != 2000 || p.More == 0 || len([]rune(p.Title)) > 2000 {
		t.Errorf("%d links, %d pictures, %d more, title of %d", len(p.Links), len(p.Pictures), p.More, len(p.Title))
	}
}

func TestPagesOfOtherCharacters(t *testing.T) {
	s := newSite(t, museum)
	s.pages[museum+"/"] = html(`<a href=l>l</a><a href=m>m</a><a href=b>b</a>`)
	s.pages[museum+"/l"] = html("<title>F\xeate</title><img src=/l.jpg>", "Content-Type: text/html; charset=iso-8859-1")
	s.pages[museum+"/m"] = html("<meta charset=windows-1252><title>F\xeate</title><img src=/m.jpg>", "Content-Type: text/html")
	s.pages[museum+"/b"] = html("", "Content-Type: text/html")
	items, _ := s.collect(s.options(museum), "http://"+museum+"/")
	n := 0
	for _, it := range items {
		if it.Source.PageTitle == "Fête" {
			n++
		}
	}
	if n != 2 {
		t.Errorf("%d of 2 titles were read: %+v", n, items)
	}
}

func TestDeeplyNestedHTMLIsRead(t *testing.T) {
	s := newSite(t, museum)
	s.pages[museum+"/"] = html(strings.Repeat("<div>", 100_000) + `<img src="/a.jpg">`)
	s.pages[museum+"/a.jpg"] = image("a")
	_, got := s.collect(s.options(museum), "http://"+museum+"/")
	if got["http://"+museum+"/a.jpg on http://"+museum+"/"] != "a" || len(got) != 1 {
		t.Errorf("%v", got)
	}
}

func FuzzExtract(f *testing.F) {
	for _, seed := range []string{`<title>a</title><img src=x srcset="a 1x, b 2x"><a href=b>`, `<base href="http://[::1"><img src="//">`, `<figure><picture><source srcset=",,, ,"><img></figure>`, `<noscript><noscript><img src=a>`,
		`<meta name=robots content="unavailable_after: x">`} {
		f.Add(seed)
	}
	base, err := url.Parse("https://city-archive.org/a/b.html")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := web.Extract([]byte(text), base, "", time.Unix(0, 0))
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range p.Pictures {
			u, err := url.Parse(x.URL)
			if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
				t.Errorf("picture %q", x.URL)
			}
		}
	})
}
