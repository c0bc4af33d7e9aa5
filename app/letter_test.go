package app_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gabarit/app"
	"gabarit/engine"
	"gabarit/engine/matter"
)

// openCase makes one case about the red face of an album.
func openCase(t *testing.T, a *app.App) engine.Case {
	t.Helper()
	dir := album(t)
	collect(t, a, dir)
	m := search(t, a, filepath.Join(dir, "red.png")).Probes[0].Matches[0]
	items, err := a.CaseItems(t.Context(), []engine.FaceID{m.Face}, clock())
	must(t, err)
	cases, err := a.OpenCases(t.Context(), items)
	must(t, err)
	if len(cases) != 1 || cases[0].Ref == "" || cases[0].Site != "" {
		t.Fatalf("cases: %+v", cases)
	}
	return cases[0]
}

func letter(c engine.Case, dir string) matter.LetterRequest {
	return matter.LetterRequest{Case: c.ID, Right: engine.RightErasure, Lang: "en", Formats: []string{"pdf", "txt"}, Dir: dir,
		Fields: matter.LetterFields{SenderName: "Ada Example", SenderAddress: "ada@example.org", ControllerName: "Photo Site",
			Place: "Lyon", Date: clock(), Site: true, Thumbnails: true}}
}

func TestALetterIsWrittenBesideOlderOnes(t *testing.T) {
	a := openApp(t, &drawn{})
	c := openCase(t, a)
	dir := t.TempDir()
	first, err := a.ExportLetter(t.Context(), letter(c, dir))
	must(t, err)
	ref := matter.LetterRef(c.Ref, engine.RightErasure)
	base := ref + "-erasure-local"
	want := []string{filepath.Join(dir, base+".pdf"), filepath.Join(dir, base+".txt")}
	if !slices.Equal(first, want) {
		t.Fatalf("wrote %v, want %v", first, want)
	}
	pdf, err := os.ReadFile(first[0])
	must(t, err)
	if !bytes.HasPrefix(pdf, []byte("%PDF-")) {
		t.Error("the PDF is none")
	}
	txt, err := os.ReadFile(first[1])
	must(t, err)
	if !strings.Contains(string(txt), "Ada Example") || !strings.Contains(string(txt), ref) {
		t.Errorf("the text lacks sender or reference:\n%s", txt)
	}
	must(t, os.Remove(first[0])) // the number must fit both files
	second, err := a.ExportLetter(t.Context(), letter(c, dir))
	must(t, err)
	if want := filepath.Join(dir, base+"-2.pdf"); second[0] != want {
		t.Errorf("wrote %v, want %s", second, want)
	}
	if again, err := os.ReadFile(first[1]); err != nil || !bytes.Equal(again, txt) {
		t.Errorf("the first letter changed: %v", err)
	}
	entries, err := os.ReadDir(dir)
	must(t, err)
	for _, e := range entries {
		info, err := e.Info()
		must(t, err)
		if info.Mode().Perm() != 0o600 || info.Size() == 0 {
			t.Errorf("%s: mode %v, %d bytes", e.Name(), info.Mode(), info.Size())
		}
	}
	if len(entries) != 3 {
		t.Errorf("%d files in the folder, want 3", len(entries))
	}
	c, err = a.Case(t.Context(), c.ID)
	must(t, err)
	if c.State != engine.CaseExported || len(c.Letters) != 2 || c.Letters[0].Lang != "en" || !slices.Equal(c.Letters[0].Formats, []string{"pdf", "txt"}) {
		t.Errorf("case: %+v", c)
	}
}

func TestALetterThatCanNotBeRecordedIsTakenBack(t *testing.T) {
	a := openApp(t, &drawn{})
	c := openCase(t, a)
	full := engine.E(engine.CodeUnavailable, "test", "the disk is full", nil)
	a.FailingStore(full)
	dir := t.TempDir()
	_, err := a.ExportLetter(t.Context(), letter(c, dir))
	if !errors.Is(err, full) {
		t.Errorf("error: %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestALetterIsRefused(t *testing.T) {
	a := openApp(t, &drawn{})
	c := openCase(t, a)
	for name, x := range map[string]struct {
		change func(*matter.LetterRequest)
		want   engine.Code
		says   string
	}{
		"without required fields": {func(r *matter.LetterRequest) { r.Fields.SenderName, r.Fields.Place = "", "" }, engine.CodeInvalid, "sender_name, place"},
		"in an unknown format":    {func(r *matter.LetterRequest) { r.Formats = []string{"pdf", "wpd"} }, engine.CodeInvalid, "wpd"},
		"in no format":            {func(r *matter.LetterRequest) { r.Formats = nil }, engine.CodeInvalid, ""},
		"in an unknown language":  {func(r *matter.LetterRequest) { r.Lang = "es" }, engine.CodeUnsupported, "es"},
		"for an unknown case":     {func(r *matter.LetterRequest) { r.Case = "nothing" }, engine.CodeNotFound, ""},
		"into a missing folder":   {func(r *matter.LetterRequest) { r.Dir = filepath.Join(r.Dir, "gone") }, engine.CodeNotFound, ""},
	} {
		t.Run(name, func(t *testing.T) {
			req := letter(c, t.TempDir())
			x.change(&req)
			_, err := a.ExportLetter(t.Context(), req)
			wantCode(t, err, x.want)
			if !strings.Contains(err.Error(), x.says) {
				t.Errorf("%v does not say %q", err, x.says)
			}
			if left, _ := filepath.Glob(filepath.Join(req.Dir, "*")); len(left) != 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
	c, err := a.Case(t.Context(), c.ID)
	must(t, err)
	if c.State != engine.CaseDraft || len(c.Letters) != 0 {
		t.Errorf("case: %+v", c)
	}
}

func TestAPreviewWritesNothing(t *testing.T) {
	a := openApp(t, &drawn{})
	c := openCase(t, a)
	before, err := a.Audit(t.Context())
	must(t, err)
	draft, err := a.PreviewLetter(t.Context(), nil, letter(c, ""))
	must(t, err)
	text := draft.Text
	if !strings.Contains(text, "Ada Example") {
		t.Errorf("preview:\n%s", text)
	}
	after, err := a.Audit(t.Context())
	must(t, err)
	if len(after) != len(before) {
		t.Error("a preview is recorded")
	}
}

func TestCaseItemsComeFromTheVaultOnly(t *testing.T) {
	a := openApp(t, &drawn{})
	dir := album(t)
	collect(t, a, dir)
	m := search(t, a, filepath.Join(dir, "red.png")).Probes[0].Matches[0]
	items, err := a.CaseItems(t.Context(), []engine.FaceID{m.Face}, clock())
	must(t, err)
	if len(items) != 2 || items[0].SHA256 != m.SHA256 || items[1].Source.File == items[0].Source.File || !items[1].FoundAt.Equal(clock()) {
		t.Errorf("items: %+v", items)
	}
	for _, id := range []engine.FaceID{"", "nonsense", "nothing-0", engine.NewFaceID(m.Photo, 7)} {
		_, err := a.CaseItems(t.Context(), []engine.FaceID{id}, clock())
		if engine.CodeOf(err) != engine.CodeNotFound {
			t.Errorf("%q: %v", id, err)
		}
	}
	_, err = a.OpenCases(t.Context(), nil)
	wantCode(t, err, engine.CodeInvalid)
}

func TestAPhotoFoundOnTwoSitesIsACaseForEach(t *testing.T) {
	a := openApp(t, &drawn{})
	face := manifestOfTwoSites(t, a)
	items, err := a.CaseItems(t.Context(), []engine.FaceID{face}, clock())
	must(t, err)
	drafts, err := a.DraftCases(t.Context(), items)
	must(t, err)
	cases, err := a.OpenCases(t.Context(), items)
	must(t, err)
	for _, got := range [][]engine.Case{drafts, cases} {
		if len(got) != 2 || got[0].Site != "example.net" || got[1].Site != "example.org" || len(got[0].Items) != 1 {
			t.Errorf("cases: %+v", got)
		}
	}
	if drafts[0].ID != "" || cases[0].Ref == cases[1].Ref {
		t.Errorf("drafts %+v, cases %+v", drafts, cases)
	}
}

// manifestOfTwoSites collects one picture that two sites show and gives its face.
func manifestOfTwoSites(t *testing.T, a *app.App) engine.FaceID {
	t.Helper()
	dir := t.TempDir()
	draw(t, filepath.Join(dir, "a.png"), red(), 1)
	draw(t, filepath.Join(dir, "b.png"), red(), 1)
	rows := "file,page_url\na.png,https://www.example.org/1\nb.png,https://example.net/2\n"
	must(t, os.WriteFile(filepath.Join(dir, "list.csv"), []byte(rows), 0o600))
	collect(t, a, filepath.Join(dir, "list.csv"))
	return search(t, a, filepath.Join(dir, "a.png")).Probes[0].Matches[0].Face
}

func TestALetterCanBePreviewedBeforeACaseExists(t *testing.T) {
	a := openApp(t, &drawn{})
	items, err := a.CaseItems(t.Context(), []engine.FaceID{manifestOfTwoSites(t, a)}, clock())
	must(t, err)
	draft, err := a.PreviewLetter(t.Context(), items[:1], letter(engine.Case{}, ""))
	must(t, err)
	text := draft.Text
	if !strings.Contains(text, "Ada Example") || !strings.Contains(text, "https://www.example.org/1") {
		t.Errorf("preview:\n%s", text)
	}
	_, err = a.PreviewLetter(t.Context(), items, letter(engine.Case{}, ""))
	wantCode(t, err, engine.CodeInvalid)
	_, err = a.DraftCases(t.Context(), nil)
	wantCode(t, err, engine.CodeInvalid)
	cases, err := a.Cases(t.Context())
	must(t, err)
	if len(cases) != 0 {
		t.Errorf("a preview stored %+v", cases)
	}
}

func TestAShortLetterIsALinkForTheMailProgramAndIsRecorded(t *testing.T) {
	a := openApp(t, &drawn{})
	c := openCase(t, a)
	req := letter(c, "")
	req.Formats, req.Fields.ControllerEmail = nil, "dpo@photo.example"
	draft, err := a.PreviewLetter(t.Context(), nil, req)
	must(t, err)
	if draft.To != "dpo@photo.example" || draft.Mail != "" {
		t.Errorf("a letter with a picture of the face is offered as a link: to %q, %q", draft.To, draft.Mail)
	}
	_, err = a.MailLetter(t.Context(), req)
	wantCode(t, err, engine.CodeLimit)
	req.Fields.Thumbnails = false
	_, err = a.MailLetter(t.Context(), req) // too long as the program writes it
	wantCode(t, err, engine.CodeLimit)
	req.Fields.NoItems = true
	req.Edit = matter.LetterEdit{Text: "Please erase my photo & all templates of it."}
	if draft, err = a.PreviewLetter(t.Context(), nil, req); err != nil || draft.Mail == "" {
		t.Fatalf("a short letter is no link: %v", err)
	}
	link, err := a.MailLetter(t.Context(), req)
	must(t, err)
	if !strings.HasPrefix(link, "mailto:dpo@photo.example?subject=") || !strings.Contains(link, "Please%20erase%20my%20photo%20%26%20all") || strings.ContainsAny(link, " \n") {
		t.Errorf("link %q", link)
	}
	c, err = a.Case(t.Context(), c.ID)
	must(t, err)
	if len(c.Letters) != 1 || !slices.Equal(c.Letters[0].Formats, []string{"mailto"}) || c.State != engine.CaseExported {
		t.Errorf("case: %+v", c)
	}
	req.Fields.ControllerEmail = ""
	other := openCaseOf(t, a, c)
	req.Case = other.ID
	_, err = a.MailLetter(t.Context(), req)
	wantCode(t, err, engine.CodeInvalid)
}

func TestALinkThatCanNotBeRecordedIsNotGiven(t *testing.T) {
	a := openApp(t, &drawn{})
	c := openCase(t, a)
	full := engine.E(engine.CodeUnavailable, "test", "the disk is full", nil)
	a.FailingStore(full)
	req := letter(c, "")
	req.Fields.ControllerEmail, req.Fields.Thumbnails, req.Fields.NoItems, req.Edit = "dpo@photo.example", false, true, matter.LetterEdit{Text: "Please erase it."}
	if _, err := a.MailLetter(t.Context(), req); !errors.Is(err, full) {
		t.Errorf("error: %v", err)
	}
}

// openCaseOf makes another case of the finds of one.
func openCaseOf(t *testing.T, a *app.App, c engine.Case) engine.Case {
	t.Helper()
	made, err := a.OpenCases(t.Context(), c.Items)
	must(t, err)
	return made[0]
}
