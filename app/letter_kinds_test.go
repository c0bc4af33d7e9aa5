package app_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gabarit/engine"
	"gabarit/engine/matter"
	"gabarit/engine/rights"
)

func TestA04TheLetterOfAccessIsExportedBeforeTheOneOfErasure(t *testing.T) {
	a := openApp(t, &drawn{})
	c := openCase(t, a)
	dir := t.TempDir()
	erasure := letter(c, dir)
	erasure.Fields.AccessFirst = true
	_, err := a.ExportLetter(t.Context(), erasure)
	wantCode(t, err, engine.CodeConflict)
	if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	access := letter(c, dir)
	access.Right, access.Fields.AccessFirst = engine.RightAccess, true
	_, err = a.ExportLetter(t.Context(), access)
	must(t, err)
	erasure.Fields.AccessFirst = false // the case knows it
	paths, err := a.ExportLetter(t.Context(), erasure)
	must(t, err)
	text, err := os.ReadFile(paths[1])
	must(t, err)
	if !strings.Contains(strings.Join(strings.Fields(string(text)), " "), "Please answer that request completely first") {
		t.Errorf("the letter of erasure does not say that access comes first:\n%s", text)
	}
	erasure.AccessAnswered = true
	paths, err = a.ExportLetter(t.Context(), erasure)
	must(t, err)
	if text, err = os.ReadFile(paths[1]); err != nil || strings.Contains(string(text), "asked for access") {
		t.Errorf("access was answered, and still erasure waits: %v\n%s", err, text)
	}
}

func TestA11TheProofOfAParentIsRequiredAndGoesWithTheDraft(t *testing.T) {
	a := openApp(t, &drawn{})
	req := letter(openCase(t, a), t.TempDir())
	req.Formats, req.Fields.Represented, req.Fields.Parent = []string{"eml"}, "Ben Example", true
	_, err := a.ExportLetter(t.Context(), req)
	var missing *rights.MissingError
	if !errors.As(err, &missing) || !slices.Equal(missing.Fields, []string{"authority_proof"}) {
		t.Fatalf("without a proof: %v", err)
	}
	req.Files.Proof = filepath.Join(t.TempDir(), "birth certificate.pdf")
	must(t, os.WriteFile(req.Files.Proof, []byte("%PDF-1.4 proof"), 0o600))
	paths, err := a.ExportLetter(t.Context(), req)
	must(t, err)
	mail, err := os.ReadFile(paths[0])
	must(t, err)
	if !bytes.Contains(mail, []byte("birth certificate.pdf")) {
		t.Error("the proof is not attached")
	}
}

func TestAPortraitLeavesWithoutItsMetadataAndOnlyToAFaceSearch(t *testing.T) {
	a := openApp(t, &drawn{})
	req := letter(openCase(t, a), t.TempDir())
	req.Right, req.Formats = engine.RightAccess, []string{"eml"}
	req.Files.Portrait = filepath.Join(t.TempDir(), "me.png")
	draw(t, req.Files.Portrait, red(), 1)
	_, err := a.ExportLetter(t.Context(), req)
	wantCode(t, err, engine.CodeInvalid)
	req.Fields.Biometric, req.Fields.Site = true, false
	paths, err := a.ExportLetter(t.Context(), req)
	must(t, err)
	mail, err := os.ReadFile(paths[0])
	must(t, err)
	if !bytes.Contains(mail, []byte("portrait.jpg")) || bytes.Contains(mail, []byte("me.png")) {
		t.Error("the portrait is not attached under a name that tells nothing")
	}
}

func TestA02AnItemThatIsNotConfirmedStaysOut(t *testing.T) {
	a := openApp(t, &drawn{})
	c := openCase(t, a)
	var all []int
	for i := range c.Items {
		all = append(all, i+1)
	}
	must(t, a.ConfirmItems(t.Context(), c.ID, all, engine.VerdictUnsure))
	_, err := a.ExportLetter(t.Context(), letter(c, t.TempDir()))
	var missing *rights.MissingError
	if !errors.As(err, &missing) || !slices.Equal(missing.Fields, []string{"items"}) {
		t.Errorf("with unsure items only: %v", err)
	}
	must(t, a.ConfirmItems(t.Context(), c.ID, all[:1], engine.VerdictYes))
	_, err = a.ExportLetter(t.Context(), letter(c, t.TempDir()))
	must(t, err)
	wantCode(t, a.ConfirmItems(t.Context(), c.ID, []int{99}, engine.VerdictYes), engine.CodeNotFound)
	wantCode(t, a.ConfirmItems(t.Context(), c.ID, all, "perhaps"), engine.CodeInvalid)
}

func TestTheUsersContactsOutliveImports(t *testing.T) {
	a := openApp(t, &drawn{})
	file := filepath.Join(t.TempDir(), "dir.json")
	must(t, os.WriteFile(file, []byte(`[{"slug":"one","name":"One","web":"https://shop.example","relevant-countries":["all"],"quality":"verified","sources":[]}]`), 0o600))
	_, err := a.ImportControllers(t.Context(), file)
	must(t, err)
	found, err := a.FindControllers(t.Context(), []string{"https://www.shop.example/x"}, nil, "")
	must(t, err)
	if len(found) != 1 || found[0].Controller.Source != "dir.json" || !found[0].Controller.At.Equal(clock()) {
		t.Fatalf("found %+v", found)
	}
	mine := found[0].Controller
	mine.Email = "dpo@shop.example"
	mine, err = a.SaveController(t.Context(), mine)
	must(t, err)
	report, err := a.ImportControllers(t.Context(), file)
	must(t, err)
	found, err = a.FindControllers(t.Context(), []string{"shop.example"}, nil, "")
	must(t, err)
	if report.Kept != 1 || len(found) != 1 || found[0].Controller.Email != "dpo@shop.example" || found[0].Controller.Origin != matter.OriginOwn {
		t.Errorf("kept %d, found %+v", report.Kept, found)
	}
	for _, want := range []matter.Origin{matter.OriginOwn, matter.OriginImported} { // the user's version stands for the directory's until it is removed
		all, dir, at, err := a.AddressBook(t.Context())
		must(t, err)
		if len(all) != 1 || all[0].Origin != want || dir.Controllers != 1 || !at.Equal(clock()) {
			t.Errorf("address book %+v of %d, want one entry that is %s", all, dir.Controllers, want)
		}
		if want == matter.OriginOwn {
			must(t, a.RemoveController(t.Context(), mine.ID))
		}
	}
	wantCode(t, a.RemoveController(t.Context(), mine.ID), engine.CodeNotFound)
	entries, err := a.Audit(t.Context())
	must(t, err)
	for _, e := range entries {
		if e.Action == engine.ActionContacts && (len(e.Detail) != 1 || e.Purpose != "") {
			t.Errorf("entry %+v", e)
		}
	}
}
