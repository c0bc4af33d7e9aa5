package papers

import (
	"bytes"
	"html/template"
	"regexp"
	"slices"
	"strings"

	"gabarit/engine"
)

// layout is the page of every paper: one file, no script, nothing loaded from elsewhere; readable in text browsers and by screen readers (language,
// landmark, headings in order, captions and scopes of tables), in the dark, on a telephone and on paper. What a person must still write is marked in words, not by colour alone.
const layout = `<!DOCTYPE html>
<html lang="{{.Lang}}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="Gabarit">
{{with .Author}}<meta name="author" content="{{.}}">
{{end}}<title>{{.Title}}</title>
<style>
:root { color-scheme: light dark; }
body { font: 1rem/1.55 system-ui, sans-serif; margin: 0 auto; max-width: 46rem; padding: 1.5rem 1rem 4rem; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.25; }
h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; }
.table { overflow-x: auto; margin: 1rem 0; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; overflow-wrap: normal; }
caption { text-align: left; font-weight: 600; padding-bottom: .4rem; }
th, td { border: 1px solid #888; padding: .35rem .5rem; text-align: left; vertical-align: top; }
.write, .gap { border-left: .3rem solid #b25000; padding: .4rem .8rem; }
.gap { border-color: #b00020; font-weight: 600; }
.date { opacity: .8; }
@media print { body { max-width: none; padding: 0; } .table { overflow: visible; } }
</style>
</head>
<body>
<main>
<h1>{{.Title}}</h1>
{{with .Date}}<p class="date"><time datetime="{{.}}">{{.}}</time></p>
{{end}}{{range .Parts}}{{if .Items}}<ul>
{{range .Items}}<li>{{template "text" .}}</li>
{{end}}</ul>
{{else if .Heading}}<h2>{{.Heading}}</h2>
{{else if .Write}}<p class="write"><strong>{{$.WriteWord}}</strong> {{template "text" .Write}}</p>
{{else if .Gap}}<p class="gap" role="note">{{template "text" .Gap}}</p>
{{else if .Table}}<div class="table" tabindex="0" role="region" aria-label="{{.Table.Caption}}"><table>
<caption>{{.Table.Caption}}</caption>
<thead><tr>{{range .Table.Head}}<th scope="col">{{.}}</th>{{end}}</tr></thead>
<tbody>
{{range .Table.Rows}}<tr>{{range $i, $cell := .}}{{if $i}}<td>{{$cell}}</td>{{else}}<th scope="row">{{$cell}}</th>{{end}}{{end}}</tr>
{{end}}</tbody>
</table></div>
{{else}}<p>{{template "text" .Text}}</p>
{{end}}{{end}}</main>
</body>
</html>
{{define "text"}}{{range .}}{{if .Href}}<a href="{{.Href}}">{{.Text}}</a>{{else}}{{.Text}}{{end}}{{end}}{{end}}`

// part is a block as the page sets it; items of a list stand together.
type part struct {
	Heading          string
	Items            [][]piece
	Text, Write, Gap []piece
	Table            *Table
}

// piece is text, or a link.
type piece struct{ Text, Href string }

// HTML renders a sheet as one page. Every value is escaped by html/template, whatever it holds.
func HTML(s Sheet, say Say) ([]byte, error) {
	const op = "papers.HTML"
	tpl, err := template.New("page").Parse(layout)
	if err != nil {
		return nil, engine.E(engine.CodeInternal, op, "the page can't be made", err)
	}
	var out bytes.Buffer
	err = tpl.Execute(&out, map[string]any{"Lang": s.Lang, "Title": s.Title, "Author": s.Author, "Date": s.Date, "Parts": partsOf(s), "WriteWord": say("To be written:")})
	if err != nil {
		return nil, engine.E(engine.CodeInternal, op, "the page can't be made", err)
	}
	return out.Bytes(), nil
}

func partsOf(s Sheet) []part {
	var parts []part
	for _, b := range s.Blocks {
		text := pieces(b.Text)
		switch b.Kind {
		case BlockHeading:
			parts = append(parts, part{Heading: b.Text})
		case BlockItem:
			if n := len(parts); n > 0 && len(parts[n-1].Items) > 0 {
				parts[n-1].Items = append(parts[n-1].Items, text)
			} else {
				parts = append(parts, part{Items: [][]piece{text}})
			}
		case BlockWrite:
			parts = append(parts, part{Write: text})
		case BlockGap:
			parts = append(parts, part{Gap: text})
		case BlockTable:
			t := b.Table
			parts = append(parts, part{Table: &t})
		default:
			parts = append(parts, part{Text: text})
		}
	}
	return parts
}

// pieces makes links of the web and e-mail addresses in a text. Addresses are recognised narrowly: what is no link stays text.
func pieces(text string) []piece {
	address := regexp.MustCompile(`https?://[A-Za-z0-9][^\s<>"']*[A-Za-z0-9/]|[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+`)
	var out []piece
	at := 0
	for _, m := range address.FindAllStringIndex(text, -1) {
		if m[0] > at {
			out = append(out, piece{Text: text[at:m[0]]})
		}
		href := text[m[0]:m[1]]
		if !strings.HasPrefix(href, "http") {
			href = "mailto:" + href
		}
		out = append(out, piece{Text: text[m[0]:m[1]], Href: href})
		at = m[1]
	}
	return slices.Clip(append(out, piece{Text: text[at:]}))
}
