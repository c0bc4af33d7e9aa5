package document_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gabarit/engine"
	"gabarit/engine/matter"
	"gabarit/engine/rights/document"
)

func pdf(t testing.TB, doc matter.LetterDoc) []byte {
	t.Helper()
	data, err := document.PDF(doc)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// readBack gives the text of a PDF in the order in which it was set.
func readBack(t *testing.T, data []byte) string {
	t.Helper()
	return poppler(t, data, "pdftotext", "-raw", "-enc", "UTF-8", "-nopgbrk", "FILE", "-")
}

// poppler runs one of the tools of poppler-utils on a PDF, named FILE in args, and returns what it prints.
func poppler(t *testing.T, data []byte, tool string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(tool); err != nil {
		t.Skipf("%s (poppler-utils) is not installed: the PDF is not read back", tool)
	}
	file := filepath.Join(t.TempDir(), "letter.pdf")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	args[slices.Index(args, "FILE")] = file
	var stderr bytes.Buffer
	cmd := exec.Command(tool, args...)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil || stderr.Len() > 0 {
		t.Fatalf("%s: %v: %s", tool, err, stderr.String())
	}
	return string(out)
}

// squashed is text without white space, in which line ends make no difference.
func squashed(s string) string { return strings.Join(strings.Fields(s), "") }

// samples are letters in both languages, with few and many items, with and without pictures.
func samples(t testing.TB) map[string]matter.LetterDoc {
	withFaces := func(n int) []matter.AnnexItem {
		annex := items(n)
		for i := range annex {
			if i%4 != 3 {
				annex[i].Thumbnail = drawnFace(t, 160, 150+i)
			}
		}
		return annex
	}
	english := englishFields()
	english.Thumbnails = true
	return map[string]matter.LetterDoc{
		"en-3":  compose(t, "en", english, withFaces(3)),
		"en-40": compose(t, "en", englishFields(), items(40)),
		"fr-3":  compose(t, "fr", frenchFields(), withFaces(3)),
		"fr-40": compose(t, "fr", frenchFields(), withFaces(40)),
	}
}

// inPDF is the plain text without the rule before the annex, which a PDF draws.
func inPDF(doc matter.LetterDoc) string {
	return strings.Replace(document.Text(doc), strings.Repeat("-", 76), "", 1)
}

func TestPDFHoldsWhatTheTextHolds(t *testing.T) {
	for name, doc := range samples(t) {
		t.Run(name, func(t *testing.T) {
			read := readBack(t, pdf(t, doc))
			reference := strings.ReplaceAll(doc.Reference, "\u00a0", " ")
			read = regexp.MustCompile(`(?m)^`+regexp.QuoteMeta(reference)+` \d+/\d+$`).ReplaceAllString(strings.ReplaceAll(read, "\u00a0", " "), "")
			if got, want := squashed(read), squashed(inPDF(doc)); got != want {
				t.Errorf("the PDF differs from the text (-text +PDF):\n%s", cmp.Diff(want, got))
			}
		})
	}
}

func TestPDFDeclaresWhatItIs(t *testing.T) {
	data := pdf(t, compose(t, "fr", frenchFields(), items(3)))
	info := poppler(t, data, "pdfinfo", "-enc", "UTF-8", "FILE")
	for _, want := range []string{
		`Title: +Demande d’effacement – 2026-ERA-0007\n`,
		`Author: +Zoë Lefèvre-Œuvrard\n`,
		`Pages: +3\n`,
		`Page size: +595.28 x 841.89 pts \(A4\)`,
		`CreationDate: +Tue Dec +1 09:00:00 2026`,
	} {
		if !regexp.MustCompile(want).MatchString(info) {
			t.Errorf("%q is missing in:\n%s", want, info)
		}
	}
	if !bytes.Contains(data, []byte("/Lang (fr)")) {
		t.Error("the PDF does not tell its language")
	}
	fonts := poppler(t, data, "pdffonts", "FILE")
	if len(regexp.MustCompile(` yes (yes|no) +yes `).FindAllString(fonts, -1)) != 2 {
		t.Errorf("the two fonts are not embedded and mapped to Unicode:\n%s", fonts)
	}
	for page, want := range []string{"1/3", "2/3", "3/3"} {
		read := poppler(t, data, "pdftotext", "-f", strconv.Itoa(page+1), "-l", strconv.Itoa(page+1), "FILE", "-")
		if !strings.Contains(read, want) {
			t.Errorf("page %d is not numbered %s", page+1, want)
		}
	}
}

func TestPDFLinksOpenTheFullAddress(t *testing.T) {
	annex := []matter.AnnexItem{
		{Source: engine.Provenance{PageURL: "https://example.org/a?b=1&c=(2)#d", URL: "HTTPS://Bücher.example:8443/Straße/ä b?q=ü&r=%20"}},
		{Source: engine.Provenance{PageURL: "javascript:alert(1)", URL: "file:///etc/passwd"}},
		{Source: engine.Provenance{PageURL: "ftp://example.org/x", URL: "http:///nowhere"}},
		{Source: engine.Provenance{PageURL: "https://example.org/" + strings.Repeat("long/", 300) + "end"}},
	}
	data := pdf(t, compose(t, "en", englishFields(), annex))
	var got []string
	for line := range strings.Lines(poppler(t, data, "pdfinfo", "-url", "FILE")) {
		if f := strings.Fields(line); len(f) == 3 && f[1] == "Annotation" && !slices.Contains(got, f[2]) {
			got = append(got, f[2])
		}
	}
	want := []string{
		"https://example.org/a?b=1&c=(2)#d",
		"https://xn--bcher-kva.example:8443/Stra%C3%9Fe/%C3%A4%20b?q=%C3%BC&r=%20",
		"https://example.org/" + strings.Repeat("long/", 300) + "end",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("links (-want +got):\n%s", diff)
	}
	read := squashed(readBack(t, data))
	for _, it := range annex {
		if !strings.Contains(read, squashed(it.Source.PageURL)) || !strings.Contains(read, squashed(it.Source.URL)) {
			t.Errorf("%s and %s are not printed in full", it.Source.PageURL, it.Source.URL)
		}
	}
}

func TestTheSameLetterGivesTheSameBytes(t *testing.T) {
	// Pictures of one width are the hard case: the library keeps them in no order.
	for name, doc := range samples(t) {
		if !bytes.Equal(pdf(t, doc), pdf(t, doc)) {
			t.Errorf("%s: two renderings differ", name)
		}
	}
	if !bytes.Equal(pdf(t, matter.LetterDoc{}), pdf(t, matter.LetterDoc{})) {
		t.Error("two renderings of an empty document differ")
	}
}

func TestCharactersThatCanNotBePrintedAreShownAndTold(t *testing.T) {
	for _, lang := range []string{"en", "fr"} {
		annex := items(1)
		annex[0].Source.PageTitle = "夏祭り 🎉 e\u0301te\u0301 Ελλάδα"
		doc := compose(t, lang, englishFields(), annex)
		read := readBack(t, pdf(t, doc))
		if !strings.Contains(read, "□□□ □ été Ελλάδα") || !strings.Contains(squashed(read), squashed(doc.GlyphNote)) {
			t.Errorf("%s: the PDF does not show that characters are missing:\n%s", lang, read)
		}
		if !strings.Contains(document.Text(doc), "夏祭り 🎉 été Ελλάδα") {
			t.Errorf("%s: the text does not have the characters", lang)
		}
		whole := compose(t, lang, englishFields(), items(1))
		if strings.Contains(squashed(readBack(t, pdf(t, whole))), squashed(doc.GlyphNote)) {
			t.Errorf("%s: the note stands where nothing is missing", lang)
		}
	}
}

func TestDamagedPictureIsAnErrorOfTheLetter(t *testing.T) {
	doc := compose(t, "en", englishFields(), items(1))
	doc.Annex[0].Thumbnail = []byte("\xff\xd8 not a picture")
	if _, err := document.PDF(doc); engine.CodeOf(err) != engine.CodeCorrupt {
		t.Errorf("error %v, want code corrupt", err)
	}
}

func TestPicturesArePrinted(t *testing.T) {
	doc := samples(t)["fr-3"]
	for i := range doc.Annex {
		doc.Annex[i].Thumbnail = drawnFace(t, 100, 100+i/2) // two alike, all of one width
	}
	list := poppler(t, pdf(t, doc), "pdfimages", "-list", "FILE")
	if got := regexp.MustCompile(`image +100 +(100|101) +rgb`).FindAllString(list, -1); len(got) != 3 {
		t.Errorf("%d pictures in the PDF, want 3:\n%s", len(got), list)
	}
}

func TestALetterLongerThanAPageLosesNothing(t *testing.T) {
	f := englishFields()
	f.ObjectionReasons = strings.Repeat("Because of the word number one and of all the others that follow. ", 140) + strings.Repeat("x", 400)
	f.SenderAddress = strings.Repeat("A line of the address\n", 20)
	annex := items(1)
	annex[0].Source.URL = "https://example.org/" + strings.Repeat("0123456789", 800)
	doc := compose(t, "en", f, annex)
	read := squashed(strings.ReplaceAll(regexp.MustCompile(`(?m)^Reference: 2026-ERA-0007 \d+/\d+$`).ReplaceAllString(readBack(t, pdf(t, doc)), ""), "\u00a0", " "))
	if want := squashed(inPDF(doc)); read != want {
		t.Errorf("the PDF differs from the text (-text +PDF):\n%s", cmp.Diff(want, read))
	}
}

func TestPDFTakesWhatUsersSupplyLiterally(t *testing.T) {
	const attempt = "{{place}} [[end]] 1. – %PDF (a\\) endobj BT /F1 ET EMC"
	f := englishFields()
	f.SenderName, f.ControllerName, f.ObjectionReasons = attempt, attempt, attempt
	read := readBack(t, pdf(t, compose(t, "en", f, items(1))))
	if got := strings.Count(squashed(read), squashed(attempt)); got < 4 {
		t.Errorf("%q is %d times in the PDF:\n%s", attempt, got, read)
	}
}
