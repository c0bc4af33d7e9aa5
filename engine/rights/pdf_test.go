package rights_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gabarit/engine"
	"gabarit/engine/rights"
)

func pdf(t testing.TB, doc engine.LetterDoc) []byte {
	t.Helper()
	data, err := rights.PDF(doc)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// poppler runs one of the tools of poppler-utils on a PDF and returns what it prints.
func poppler(t *testing.T, data []byte, tool string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(tool); err != nil {
		t.Skipf("%s (poppler-utils) is not installed: the PDF is not read back", tool)
	}
	file := filepath.Join(t.TempDir(), "letter.pdf")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	var stderr bytes.Buffer
	cmd := exec.Command(tool, append(args, file, "-")[:len(args)+1+b2i(tool == "pdftotext")]...)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil || stderr.Len() > 0 {
		t.Fatalf("%s: %v: %s", tool, err, stderr.String())
	}
	return string(out)
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// squashed is text without white space, in which line ends make no difference.
func squashed(s string) string { return strings.Join(strings.Fields(s), "") }

// letter pairs of the tests below: both languages, few and many items, with pictures.
func pairs(t testing.TB) map[string]engine.LetterDoc {
	withFaces := func(n int) []engine.AnnexItem {
		annex := items(n)
		for i := range annex {
			if i%4 != 3 {
				annex[i].Thumbnail = drawnFace(t, 160, 160+20*(i%3))
			}
		}
		return annex
	}
	english := englishFields()
	english.Thumbnails = true
	return map[string]engine.LetterDoc{
		"en-3":  compose(t, "en", english, withFaces(3)),
		"en-40": compose(t, "en", englishFields(), items(40)),
		"fr-3":  compose(t, "fr", frenchFields(), withFaces(3)),
		"fr-40": compose(t, "fr", frenchFields(), withFaces(40)),
	}
}

// inColumns is the plain text without what columns make needless: the rule, points behind numbers, colons behind labels.
func inColumns(doc engine.LetterDoc) string {
	letter, annex, _ := strings.Cut(rights.Text(doc), strings.Repeat("-", 76))
	annex = regexp.MustCompile(`(?m)^ +(\d+)\. `).ReplaceAllString(annex, "${1} ")
	for _, label := range doc.Columns {
		annex = regexp.MustCompile(`(?m)^([ \d]+)`+regexp.QuoteMeta(label)+`\x{a0}?:`).ReplaceAllString(annex, "${1}"+label)
	}
	return letter + annex
}

func TestPDFHoldsWhatTheTextHolds(t *testing.T) {
	for name, doc := range pairs(t) {
		t.Run(name, func(t *testing.T) {
			read := poppler(t, pdf(t, doc), "pdftotext", "-raw", "-enc", "UTF-8", "-nopgbrk")
			reference := strings.ReplaceAll(doc.Reference, "\u00a0", " ")
			read = regexp.MustCompile(`(?m)^`+regexp.QuoteMeta(reference)+` \d+/\d+$`).ReplaceAllString(strings.ReplaceAll(read, "\u00a0", " "), "")
			if got, want := squashed(read), squashed(inColumns(doc)); got != want {
				t.Errorf("the PDF differs from the text (-text +PDF):\n%s", cmp.Diff(want, got))
			}
		})
	}
}
