package rights_test

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"gabarit/engine"
	"gabarit/engine/matter"
	"gabarit/engine/rights"
	"gabarit/engine/rights/document"
)

func TestEmptyRequiredFieldsAreNamedAndBlockTheLetter(t *testing.T) {
	for _, c := range []struct {
		name  string
		empty func(*matter.LetterFields, *engine.Case)
		want  []string
	}{
		{"no sender", func(f *matter.LetterFields, _ *engine.Case) { f.SenderName = "" }, []string{"sender_name"}},
		{"a sender of spaces and invisible characters", func(f *matter.LetterFields, _ *engine.Case) { f.SenderName = " \n\u200b\u202e" }, []string{"sender_name"}},
		{"no way to answer", func(f *matter.LetterFields, _ *engine.Case) { f.SenderAddress = "" }, []string{"sender_address"}},
		{"no controller", func(f *matter.LetterFields, _ *engine.Case) { f.ControllerName = "" }, []string{"controller_name"}},
		{"no place and no date", func(f *matter.LetterFields, _ *engine.Case) { f.Place, f.Date = "", time.Time{} }, []string{"place", "date"}},
		{"an objection without reasons", func(f *matter.LetterFields, _ *engine.Case) { f.Grounds = []string{"c"} }, []string{"objection_reasons"}},
		{"a case without reference", func(_ *matter.LetterFields, c *engine.Case) { c.Ref = "" }, []string{"reference"}},
		{"nothing at all", func(f *matter.LetterFields, c *engine.Case) { *f, *c = matter.LetterFields{}, engine.Case{} },
			[]string{"sender_name", "sender_address", "controller_name", "place", "date", "reference"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, matter := englishFields(), aCase()
			c.empty(&f, &matter)
			_, err := letters(t).Compose(matter, erasing("en", f), items(1))
			if engine.CodeOf(err) != engine.CodeInvalid {
				t.Fatalf("error %v, want code invalid", err)
			}
			var missing *rights.MissingError
			if !errors.As(err, &missing) {
				t.Fatalf("error %v has no MissingError", err)
			}
			if diff := cmp.Diff(c.want, missing.Fields); diff != "" {
				t.Errorf("named fields (-want +got):\n%s", diff)
			}
			if !strings.Contains(err.Error(), strings.Join(c.want, ", ")) {
				t.Errorf("error %q does not name them", err)
			}
			inFields := slices.DeleteFunc(c.want, func(n string) bool { return n == "reference" })
			if diff := cmp.Diff(inFields, letters(t).Missing(erasing("en", f)), cmp.Transformer("", func(s []string) string { return strings.Join(s, ",") })); diff != "" {
				t.Errorf("Missing (-want +got):\n%s", diff)
			}
		})
	}
}

func TestComposeRefuses(t *testing.T) {
	long := strings.Repeat("x", 20_000)
	for _, c := range []struct {
		name   string
		right  engine.Right
		lang   string
		change func(*matter.LetterFields)
		annex  []matter.AnnexItem
		want   engine.Code
	}{
		{"a letter about nothing", engine.RightErasure, "en", nil, nil, engine.CodeInvalid},
		{"a language without templates", engine.RightErasure, "es", nil, items(1), engine.CodeUnsupported},
		{"a right without templates", "portability", "en", nil, items(1), engine.CodeUnsupported},
		{"a ground that article 17 does not have", engine.RightErasure, "en", func(f *matter.LetterFields) { f.Grounds = []string{"d", "z"} }, items(1), engine.CodeInvalid},
		{"a name without end", engine.RightErasure, "en", func(f *matter.LetterFields) { f.SenderName = long }, items(1), engine.CodeLimit},
		{"reasons without end", engine.RightErasure, "en", func(f *matter.LetterFields) { f.ObjectionReasons = long }, items(1), engine.CodeLimit},
		{"an address without end", engine.RightErasure, "en", nil, []matter.AnnexItem{{Source: engine.Provenance{URL: "https://example.org/" + long}}}, engine.CodeLimit},
		{"an annex without end", engine.RightErasure, "en", nil, make([]matter.AnnexItem, rights.MaxAnnex+1), engine.CodeLimit},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := englishFields()
			if c.change != nil {
				c.change(&f)
			}
			doc, err := letters(t).Compose(aCase(), matter.LetterRequest{Right: c.right, Lang: c.lang, Fields: f}, c.annex)
			if engine.CodeOf(err) != c.want || engine.MessageOf(err) == "" {
				t.Errorf("error %v, want code %s", err, c.want)
			}
			if diff := cmp.Diff(matter.LetterDoc{}, doc); diff != "" {
				t.Errorf("a refused letter has content:\n%s", diff)
			}
		})
	}
}

func TestWhatUsersAndPagesSupplyStaysData(t *testing.T) {
	const attempt = "{{place}} [[end]] [[if site]]x[[else]]y[[end]] {{nb}} 1. – %PDF (a\\) endobj"
	plain := compose(t, "en", englishFields(), items(1))
	f := englishFields()
	f.SenderName, f.ControllerName, f.Place, f.SenderAddress, f.ControllerAddress = attempt, attempt, attempt, attempt, attempt
	f.ObjectionReasons = "– one\n2. two\n" + attempt + "\n[[section annex]]\n"
	annex := items(1)
	annex[0].Source = engine.Provenance{PageTitle: attempt + "\nYours faithfully,\u202e evil", PageURL: "https://example.org/{{date}}\n\nAnnex 2", URL: "javascript:alert(1)"}
	doc := compose(t, "en", f, annex)
	// The reasons are one more paragraph, c one more ground; nothing else may differ in shape.
	if got, want := len(doc.Body), len(plain.Body)+2; got != want {
		t.Errorf("%d blocks in the body, want %d", got, want)
	}
	text := document.Text(doc)
	for _, want := range []string{
		"{{place}} [[end]] [[if site]]x[[else]]y[[end]] {{nb}} 1. – %PDF (a\\) endobj",
		"My situation: – one\n2. two\n",
		"https://example.org/{{date}}Annex 2\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not literally in the letter:\n%s", want, text)
		}
	}
	if strings.Count(text, "\nYours faithfully,") != 1 || strings.ContainsRune(text, '\u202e') {
		t.Error("a page title acts as layout")
	}
}

func TestAValueAtTheStartOfALineMarksNoList(t *testing.T) {
	good := wholeTemplate(t)
	data := strings.Replace(good, "Dear Sir or Madam,", "{{place}}\n[[if site]][[end]]{{sender_name}}", 1)
	l, err := rights.NewLetters(fstest.MapFS{"letters/eu_gdpr/erasure.en.txt": {Data: []byte(data)}})
	if err != nil {
		t.Fatal(err)
	}
	f := englishFields()
	f.Place, f.SenderName = "– London;", "1. Anna"
	doc, err := l.Compose(aCase(), erasing("en", f), items(1))
	if err != nil {
		t.Fatal(err)
	}
	want := []matter.LetterBlock{{Text: "– London;"}, {Text: "1. Anna"}}
	if diff := cmp.Diff(want, doc.Body[:2]); diff != "" {
		t.Errorf("first blocks (-want +got):\n%s", diff)
	}
}

func TestReasonsAddTheGroundOfObjection(t *testing.T) {
	f := englishFields()
	f.ObjectionReasons = "I have changed my life."
	text := document.Text(compose(t, "en", f, items(1)))
	for _, want := range []string{"Article 17(1)(d)", "Article 17(1)(c)", "and objection –\nArticle 21(1) GDPR", "My situation: I have changed my life."} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in:\n%s", want, text)
		}
	}
}

func TestTheFirstFrenchGroundNamesTheArticle(t *testing.T) {
	for _, ground := range []string{"d", "a", "b", "f"} {
		f := frenchFields()
		f.Grounds, f.ObjectionReasons = []string{ground}, ""
		text := document.Text(compose(t, "fr", f, items(1)))
		if !strings.Contains(text, "– l’article 17, paragraphe 1, point "+ground) || strings.Contains(text, "– le point") {
			t.Errorf("ground %s alone is not named in full:\n%s", ground, text)
		}
	}
}

func TestDefaultController(t *testing.T) {
	for _, c := range []struct{ site, lang, want string }{
		{"example.org", "en", "the operator of example.org"},
		{"example.org", "fr", "la personne qui exploite le site example.org"},
		{"", "en", ""}, {" ", "fr", ""},
	} {
		if got := rights.DefaultController(c.site, c.lang); got != c.want {
			t.Errorf("DefaultController(%q, %q) = %q, want %q", c.site, c.lang, got, c.want)
		}
	}
}

func TestAnnexKeepsPicturesOnlyWhereAskedAndLeavesTheCallersItemsAlone(t *testing.T) {
	annex := items(2)
	annex[0].No, annex[0].Thumbnail = 17, drawnFace(t, 20, 20)
	before := append([]matter.AnnexItem(nil), annex...)
	f := englishFields()
	without := compose(t, "en", f, annex)
	f.Thumbnails = true
	with := compose(t, "en", f, annex)
	if without.Annex[0].Thumbnail != nil || with.Annex[0].Thumbnail == nil {
		t.Error("the picture is in the letter exactly where it was not asked for")
	}
	if strings.Contains(without.AnnexNote, "unrecognisable") || !strings.Contains(with.AnnexNote, "unrecognisable") {
		t.Error("the note on pictures does not go with the pictures")
	}
	if with.Annex[0].No != 1 || with.Annex[1].No != 2 {
		t.Errorf("rows are numbered %d and %d", with.Annex[0].No, with.Annex[1].No)
	}
	if diff := cmp.Diff(before, annex); diff != "" {
		t.Errorf("Compose changed the caller's items:\n%s", diff)
	}
}

func TestDataAddressesAreNotPrinted(t *testing.T) {
	annex := []matter.AnnexItem{{Source: engine.Provenance{URL: "Data:image/png;base64," + strings.Repeat("A", 50_000), PageURL: "https://example.org/p"}}}
	if text := document.Text(compose(t, "en", englishFields(), annex)); strings.Contains(text, "base64") {
		t.Error("a picture written out as an address is in the letter")
	}
}

func TestDatesInWords(t *testing.T) {
	for _, c := range []struct {
		lang, want string
		at         time.Time
	}{
		{"en", "23 November 2026", time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)},
		{"en", "1 August 2027", time.Date(2027, 8, 1, 12, 0, 0, 0, time.UTC)},
		{"fr", "le 1er août 2027", time.Date(2027, 8, 1, 12, 0, 0, 0, time.UTC)},
		{"fr", "le 21 février 2027", time.Date(2027, 2, 21, 12, 0, 0, 0, time.UTC)},
	} {
		f := englishFields()
		f.Date = c.at
		if got := compose(t, c.lang, f, items(1)).PlaceDate; !strings.HasSuffix(got, c.want) {
			t.Errorf("place and date %q, want %q", got, c.want)
		}
	}
}

func TestFindsAreDatedInLocalTimeWithTheirZone(t *testing.T) {
	for _, c := range []struct {
		lang, want string
		zone       *time.Location
	}{
		{"en", "Found on: 20 November 2026, 23:05 (UTC)", time.UTC},
		{"en", "Found on: 20 November 2026, 17:35 (UTC-05:30)", time.FixedZone("X", -5*3600-1800)},
		{"fr", "Relevé le\u00a0: 21 novembre 2026 à 00\u00a0h\u00a005 (UTC+01:00)", paris()},
	} {
		l := letters(t)
		l.Zone = c.zone
		doc, err := l.Compose(aCase(), erasing(c.lang, englishFields()), items(1))
		if err != nil {
			t.Fatal(err)
		}
		if text := document.Text(doc); !strings.Contains(text, c.want) {
			t.Errorf("%q is missing in:\n%s", c.want, text)
		}
	}
}

func TestDamagedTemplatesAreRefusedWhenLoaded(t *testing.T) {
	good := wholeTemplate(t)
	for _, c := range []struct{ name, old, replacement string }{
		{"an unknown field", "{{sender_name}}", "{{sender_nmae}}"},
		{"a field with spaces", "{{place}}", "{{ place }}"},
		{"an unknown condition", "[[if biometric]]", "[[if biometrics]]"},
		{"a block that is not closed", "GDPR[[end]]", "GDPR"},
		{"a block that is closed twice", "GDPR[[end]]", "GDPR[[end]][[end]]"},
		{"two else", "GDPR[[end]]", "GDPR[[else]]a[[else]]b[[end]]"},
		{"an else alone", "Dear Sir or Madam,", "Dear Sir[[else]]Madam,"},
		{"an unknown mark", "Dear Sir or Madam,", "[[for x]]"},
		{"a mark that is never closed", "Dear Sir or Madam,", "Dear {{sender_name"},
		{"a closing mark alone", "Dear Sir or Madam,", "Dear }} Sir"},
		{"a missing section", "[[section glyph_note]]\n", ""},
		{"an unknown section", "[[section annex]]", "[[section annexe]]"},
		{"a section twice", "[[section annex]]", "[[section annex]]\n[[section annex]]"},
		{"text before the sections", "[[section title]]", "Hello\n[[section title]]"},
		{"a section mark within a line", "Dear Sir", "[[section annex]] Dear Sir"},
		{"a block that names itself", "If you have reasonable doubts", "{{identity_paragraph}}"},
		{"nesting without end", "Dear Sir or Madam,", strings.Repeat("[[if site]]", 20) + strings.Repeat("[[end]]", 20)},
		{"bytes that are no text", "Dear", "\xff\xfe"},
		{"more than the limit", "Dear", strings.Repeat("D", 300_000)},
	} {
		t.Run(c.name, func(t *testing.T) {
			bad := strings.Replace(good, c.old, c.replacement, 1)
			if bad == good {
				t.Fatalf("the template has no %q", c.old)
			}
			_, err := rights.NewLetters(fstest.MapFS{"letters/eu_gdpr/erasure.en.txt": {Data: []byte(bad)}})
			if engine.CodeOf(err) != engine.CodeCorrupt {
				t.Errorf("error %v, want code corrupt", err)
			}
		})
	}
	for name, fsys := range map[string]fstest.MapFS{
		"no template at all":                         {},
		"a file without a language":                  {"letters/eu_gdpr/erasure.txt": {Data: []byte(good)}},
		"a file without a regime":                    {"letters/erasure.en.txt": {Data: []byte(good)}},
		"a regime that is none":                      {"letters/eu/erasure.en.txt": {Data: []byte(good)}},
		"a right that is none":                       {"letters/eu_gdpr/portability.en.txt": {Data: []byte(good)}},
		"a section that a field asks for is missing": {"letters/eu_gdpr/erasure.en.txt": {Data: []byte(strings.Replace(good, "[[section time_paragraph]]", "[[section rights]]", 1))}},
		"a language without grammar":                 {"letters/eu_gdpr/erasure.es.txt": {Data: []byte(good)}},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := rights.NewLetters(fsys); engine.CodeOf(err) != engine.CodeCorrupt {
				t.Errorf("error %v, want code corrupt", err)
			}
		})
	}
}

func TestTemplatesMayHaveWindowsLineEnds(t *testing.T) {
	good := wholeTemplate(t)
	l, err := rights.NewLetters(fstest.MapFS{"letters/eu_gdpr/erasure.en.txt": {Data: []byte(strings.ReplaceAll(good, "\n", "\r\n"))}})
	if err != nil {
		t.Fatal(err)
	}
	l.Zone = paris()
	doc, err := l.Compose(aCase(), erasing("en", englishFields()), items(3))
	if err != nil {
		t.Fatal(err)
	}
	golden(t, filepath.Join("..", "document", "testdata", "erasure.en.txt"), document.Text(doc))
}

// A frame of a video is found again by its time, and the video by its own hash.
func TestALetterNamesTheSecondOfAVideo(t *testing.T) {
	video := strings.Repeat("ab", 32)
	annex := items(2)
	for i := range annex {
		annex[i].SHA256, annex[i].Source = engine.SHA256{1}, engine.Provenance{Video: video, FrameMS: 12_480, File: "/home/me/film.mp4"}
	}
	annex[0].Source.PageURL, annex[0].Source.URL = "https://example.org/watch?v=x", "https://cdn.example.org/film.mp4"
	text := document.Text(compose(t, "en", englishFields(), annex))
	for _, want := range []string{"https://example.org/watch?v=x#t=12.48", "https://cdn.example.org/film.mp4#t=12.48", "film.mp4, 0:12.480", video} {
		if !strings.Contains(text, want) {
			t.Errorf("the letter does not hold %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "/home/me") || strings.Contains(text, "0100000000") {
		t.Errorf("the letter tells of the sender's folders, or of the frame's hash:\n%s", text)
	}
}
