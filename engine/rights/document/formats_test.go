package document_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gabarit/engine"
	"gabarit/engine/matter"
	"gabarit/engine/rights/document"
)

// sameWords is text as all formats must have it: without white space, and without the rule that plain text draws before the annex.
func sameWords(s string) string {
	return strings.Join(strings.Fields(strings.Replace(s, strings.Repeat("-", 76), "", 1)), "")
}

func render(t testing.TB, doc matter.LetterDoc, format string) []byte {
	t.Helper()
	data, err := document.Render(doc, format)
	if err != nil {
		t.Fatalf("%s: %v", format, err)
	}
	return data
}

// TestA05AllFormatsSayTheSame compares every letter there is, with much and with little in it, in all formats.
func TestA05AllFormatsSayTheSame(t *testing.T) {
	short := 0
	offered(t, func(t *testing.T, regime matter.Regime, right engine.Right, lang string) {
		for name, req := range map[string]matter.LetterRequest{"much": everything(regime, right, lang), "little": least(regime, right, lang)} {
			annex := items(2)
			if name == "much" {
				annex[0].Thumbnail = drawnFace(t, 60, 50)
			}
			doc := composed(t, req, annex)
			want := sameWords(document.Text(doc))
			for format, read := range map[string]func(*testing.T, matter.LetterDoc, []byte) string{
				"pdf": wordsOfPDF, "docx": wordsOfDOCX, "odt": wordsOfODT, "eml": wordsOfEML,
			} {
				if got := sameWords(read(t, doc, render(t, doc, format))); got != want {
					t.Errorf("%s, %s differs (-text +%s):\n%s", name, format, format, cmp.Diff(want, got))
				}
			}
			if link, ok := document.Mailto(doc); ok {
				short++
				if got := sameWords(wordsOfMailto(t, link)); got != want {
					t.Errorf("%s: mailto differs (-text +mailto):\n%s", name, cmp.Diff(want, got))
				}
			} else if len(link) <= document.MaxMailto {
				t.Errorf("a link of %d characters is refused", len(link))
			}
		}
	})
	if short == 0 && !t.Failed() {
		t.Log("no letter of the templates is short enough for mailto; TestA05AShortLetterIsAMailtoLink shortens one")
	}
}

func TestA05AShortLetterIsAMailtoLinkAndALongOneIsOfferedAsEML(t *testing.T) {
	req := least(matter.RegimeEU, engine.RightAccess, "fr")
	req.Fields.ControllerEmail, req.Fields.NoItems = "dpo+rights@search.example", true
	req.Edit = matter.LetterEdit{Text: "Madame, Monsieur,\n\nMerci de m’adresser une copie de mes données & leur source (article 15 du RGPD) : 100 % d’entre elles ?\n\n1. Oui ;\n2. non."}
	doc := composed(t, req, nil)
	link, ok := document.Mailto(doc)
	if !ok {
		t.Fatalf("a link of %d characters is too long", len(link))
	}
	if want := "mailto:dpo+rights@search.example?subject="; !strings.HasPrefix(link, want) || strings.ContainsAny(link, " \n\u00a0’") {
		t.Errorf("link %s", link)
	}
	if !strings.Contains(link, "%0D%0A") || strings.Contains(strings.ReplaceAll(link, "%0D%0A", ""), "%0A") || strings.Contains(link[len("mailto:dpo+rights"):], "+") {
		t.Errorf("line ends or spaces are not as RFC 6068 asks: %s", link)
	}
	if got, want := sameWords(wordsOfMailto(t, link)), sameWords(document.Text(doc)); got != want {
		t.Errorf("(-text +mailto):\n%s", cmp.Diff(want, got))
	}
	_, err := document.Render(composed(t, everything(matter.RegimeEU, engine.RightAccess, "fr"), items(2)), "mailto")
	if engine.CodeOf(err) != engine.CodeLimit || !strings.Contains(engine.MessageOf(err), "EML") {
		t.Errorf("a long letter: %v", err)
	}
}

// TestA06AddressesStandUnchangedAndCanBeClicked follows an odd address through all formats.
func TestA06AddressesStandUnchangedAndCanBeClicked(t *testing.T) {
	long := "https://bücher.example/straße/a?b=1&c=2&q=ü#teil" + strings.Repeat("-0123456789", 40)
	long = string([]rune(long)[:400])
	target := strings.NewReplacer("bücher", "xn--bcher-kva", "straße", "stra%C3%9Fe", "q=ü", "q=%C3%BC").Replace(long)
	annex := []matter.AnnexItem{{Source: engine.Provenance{PageURL: "https://example.org/p?x=1&y=<2>\"'", URL: long}}}
	for _, lang := range []string{"en", "fr"} {
		doc := compose(t, lang, englishFields(), annex)
		for format, read := range map[string]func(*testing.T, matter.LetterDoc, []byte) string{"docx": wordsOfDOCX, "odt": wordsOfODT, "eml": wordsOfEML, "pdf": wordsOfPDF} {
			data := render(t, doc, format)
			if words := read(t, doc, data); !strings.Contains(sameWords(words), long) || !strings.Contains(sameWords(words), `https://example.org/p?x=1&y=<2>"'`) {
				t.Errorf("%s %s: the address is not whole in\n%s", lang, format, words)
			}
			var links []string
			switch format {
			case "docx":
				links = attributes(t, unzip(t, data)["word/_rels/document.xml.rels"], "Relationship", "Target")
			case "odt":
				links = attributes(t, unzip(t, data)["content.xml"], "a", "href")
			case "pdf":
				links = strings.Fields(poppler(t, data, "pdfinfo", "-url", "FILE"))
			default:
				continue // plain text: whole and on one line, which mail programs make clickable
			}
			if !slices.Contains(links, target) {
				t.Errorf("%s %s: no link to %s, but %v", lang, format, target, links)
			}
		}
		if text := document.Text(doc); !strings.Contains(text, " "+long+"\n") {
			t.Errorf("%s: the address is not on one line of\n%s", lang, text)
		}
	}
}

func wordsOfPDF(t *testing.T, doc matter.LetterDoc, data []byte) string {
	foot := regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(strings.ReplaceAll(doc.Reference, "\u00a0", " ")) + ` \d+/\d+$`)
	return foot.ReplaceAllString(strings.ReplaceAll(readBack(t, data), "\u00a0", " "), "")
}

func wordsOfDOCX(t *testing.T, _ matter.LetterDoc, data []byte) string {
	return xmlWords(t, unzip(t, data)["word/document.xml"], "p", "br", "tab")
}

func wordsOfODT(t *testing.T, _ matter.LetterDoc, data []byte) string {
	content := unzip(t, data)["content.xml"]
	return xmlWords(t, regexp.MustCompile(`<svg:desc>[^<]*</svg:desc>`).ReplaceAll(content, nil), "p", "h", "line-break", "tab", "s")
}

// wordsOfEML reads the body of a draft, and checks what is around it.
func wordsOfEML(t *testing.T, doc matter.LetterDoc, data []byte) string {
	m, err := mail.ReadMessage(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if m.Header.Get("X-Unsent") != "1" || m.Header.Get("Date") != "" || m.Header.Get("Message-Id") != "" || m.Header.Get("To") != doc.To {
		t.Errorf("heads %v", m.Header)
	}
	if s, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err != nil || s != doc.MailHead {
		t.Errorf("subject %q, %v, want %q", s, err, doc.MailHead)
	}
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	r := multipart.NewReader(m.Body, params["boundary"])
	body, err := r.NextRawPart()
	if err != nil || body.Header.Get("Content-Transfer-Encoding") != "quoted-printable" {
		t.Fatalf("body %v, %v", body, err)
	}
	text, err := io.ReadAll(quotedprintable.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if p, err := r.NextPart(); err != nil || !strings.HasSuffix(p.FileName(), ".pdf") {
		t.Errorf("no PDF is attached: %v", err)
	}
	return string(text)
}

func wordsOfMailto(t *testing.T, link string) string {
	u, err := url.Parse(link)
	if err != nil {
		t.Fatal(err)
	}
	q, err := url.ParseQuery(strings.ReplaceAll(u.RawQuery, "+", "%2B"))
	if err != nil || q.Get("subject") == "" {
		t.Fatalf("%v, %v", q, err)
	}
	return q.Get("body")
}

func unzip(t testing.TB, data []byte) map[string][]byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if out[f.Name], err = io.ReadAll(r); err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
	}
	return out
}

// xmlWords gives the text of an XML document, with a space for each of the elements named.
func xmlWords(t testing.TB, data []byte, breaks ...string) string {
	t.Helper()
	var b strings.Builder
	d := xml.NewDecoder(bytes.NewReader(data))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return b.String()
		}
		if err != nil {
			t.Fatal(err)
		}
		switch x := token.(type) {
		case xml.CharData:
			b.Write(x)
		case xml.StartElement:
			if slices.Contains(breaks, x.Name.Local) {
				b.WriteByte(' ')
			}
		}
	}
}

// attributes lists an attribute of all elements of a name.
func attributes(t testing.TB, data []byte, element, attribute string) (out []string) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(data))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		if x, ok := token.(xml.StartElement); ok && x.Name.Local == element {
			for _, a := range x.Attr {
				if a.Name.Local == attribute {
					out = append(out, a.Value)
				}
			}
		}
	}
}

func TestODTStartsWithItsTypeUncompressed(t *testing.T) {
	data := render(t, compose(t, "fr", frenchFields(), items(2)), "odt")
	const want = "application/vnd.oasis.opendocument.text"
	if !bytes.HasPrefix(data[30:], []byte("mimetype"+want+"PK")) {
		t.Errorf("the file starts with %q", data[:100])
	}
}

func TestTheSameLetterGivesTheSameBytesInEveryFormat(t *testing.T) {
	annex := items(3)
	annex[1].Thumbnail = drawnFace(t, 90, 60)
	f := englishFields()
	f.Thumbnails = true
	doc := compose(t, "en", f, annex)
	doc.Files = []matter.LetterFile{{Name: "portrait.jpg", Type: "image/jpeg", Data: []byte("x")}}
	for _, format := range document.Formats()[:5] {
		if !bytes.Equal(render(t, doc, format), render(t, doc, format)) {
			t.Errorf("%s: two renderings differ", format)
		}
	}
	if _, err := document.Render(doc, "doc"); engine.CodeOf(err) != engine.CodeUnsupported {
		t.Errorf("an unknown format: %v", err)
	}
}

// A word processor must open a letter without repair: LibreOffice converts each to text, which must be the letter's.
func TestLibreOfficeOpensDOCXAndODT(t *testing.T) {
	office, err := exec.LookPath("soffice")
	if err != nil {
		t.Skip("soffice (libreoffice-writer-nogui) is not installed: DOCX and ODT are not opened by LibreOffice")
	}
	if testing.Short() {
		t.Skip("LibreOffice is not started in a short run")
	}
	dir, want := t.TempDir(), map[string]string{}
	var files []string
	add := func(name string, doc matter.LetterDoc, format string) {
		file := filepath.Join(dir, name+"."+format)
		if err := os.WriteFile(file, render(t, doc, format), 0o600); err != nil {
			t.Fatal(err)
		}
		files, want[name] = append(files, file), sameWords(document.Text(doc))
	}
	for _, right := range []engine.Right{engine.RightAccess, engine.RightErasure, engine.RightReminder, engine.RightComplaint, engine.RightDelisting} {
		for _, lang := range []string{"en", "fr"} {
			annex := items(3)
			annex[0].Thumbnail = drawnFace(t, 120, 160)
			doc := composed(t, everything(matter.RegimeEU, right, lang), annex)
			add(string(right)+"-docx-"+lang, doc, "docx")
			add(string(right)+"-odt-"+lang, doc, "odt")
		}
	}
	out := filepath.Join(dir, "out")
	cmd := exec.Command(office, append([]string{"-env:UserInstallation=file://" + filepath.Join(dir, "profile"), "--headless", "--convert-to", "txt:Text (encoded):UTF8", "--outdir", out}, files...)...)
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("soffice: %v: %s", err, said)
	}
	for name, words := range want {
		data, err := os.ReadFile(filepath.Join(out, name+".txt"))
		if err != nil {
			t.Errorf("%s was not converted: %v", name, err)
			continue
		}
		if got := sameWords(strings.TrimPrefix(string(data), "\ufeff")); got != words {
			t.Errorf("%s (-letter +LibreOffice):\n%s", name, cmp.Diff(words, got))
		}
	}
}

// TestPythonReadsTheDraft has a reader that is not ours look at the e-mail.
func TestPythonReadsTheDraft(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("python3 is not installed: the e-mail is not read by its email package")
	}
	doc := composed(t, everything(matter.RegimeEU, engine.RightErasure, "fr"), items(2))
	doc.Files = []matter.LetterFile{{Name: "portrait.jpg", Type: "image/jpeg", Data: drawnFace(t, 40, 40)}, {Name: "pouvoir signé.pdf", Type: "application/pdf", Data: []byte("%PDF-1.4")}}
	file := filepath.Join(t.TempDir(), "letter.eml")
	if err := os.WriteFile(file, render(t, doc, "eml"), 0o600); err != nil {
		t.Fatal(err)
	}
	script := `import email, email.policy, json, sys
m = email.message_from_binary_file(open(sys.argv[1], "rb"), policy=email.policy.default)
print(json.dumps({"subject": m["Subject"], "to": m["To"], "from": m["From"], "unsent": m["X-Unsent"], "date": m["Date"], "id": m["Message-ID"],
  "defects": [str(d) for p in m.walk() for d in p.defects], "body": m.get_body(("plain",)).get_content(),
  "files": [[a.get_filename(), a.get_content_type(), len(a.get_content())] for a in m.iter_attachments()]}))`
	out, err := exec.Command(python, "-c", script, file).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	var got struct {
		Subject, To, From, Unsent, Body string
		Date, ID                        *string
		Defects                         []string
		Files                           [][3]any
	}
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if got.Subject != doc.MailHead || got.To != "privacy@search.example" || got.From != "anna@example.org" || got.Unsent != "1" || got.Date != nil || got.ID != nil || len(got.Defects) > 0 {
		t.Errorf("heads: %+v", got)
	}
	if sameWords(got.Body) != sameWords(document.Text(doc)) {
		t.Errorf("body (-letter +python):\n%s", cmp.Diff(document.Text(doc), got.Body))
	}
	var names []string
	for _, f := range got.Files {
		if n, ok := f[2].(float64); !ok || n == 0 {
			t.Errorf("attachment %v is empty", f)
		}
		names = append(names, f[0].(string))
	}
	if diff := cmp.Diff([]string{"Demande-d-effacement-2026-ERA-0007.pdf", "portrait.jpg", "pouvoir signé.pdf"}, names); diff != "" {
		t.Errorf("attachments (-want +got):\n%s", diff)
	}
}

func TestTheAttachedLetterKeepsTheLettersOfItsTitle(t *testing.T) {
	doc := compose(t, "fr", englishFields(), []matter.AnnexItem{{Source: engine.Provenance{URL: "https://example.org/a.jpg"}}})
	doc.Title = "Demande d’accès – Ärger – 2026-ERA-0001"
	if mail := string(render(t, doc, "eml")); !strings.Contains(mail, "Demande-d-acces-Arger-2026-ERA-0001.pdf") {
		t.Errorf("%s", mail[:min(len(mail), 3000)])
	}
}
