package course_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gabarit/engine"
	"gabarit/engine/matter"
	"gabarit/ui/course"
)

// aBook has one entry of the user's and two of a directory, one of which may answer for a case.
func aBook() *course.Entries {
	own := matter.Controller{ID: "1", Name: "Zeta Press", Domains: []string{"zeta.example"}, Origin: matter.OriginOwn}
	archive := matter.Controller{Slug: "archive", Name: "Archive Ltd", Email: "privacy@archive.example", Origin: matter.OriginImported}
	bureau := matter.Controller{Slug: "bureau", Name: "Bureau de l’Image", Runs: []string{"photos.example"}, Origin: matter.OriginImported}
	e := course.NewEntries()
	e.Set([]matter.Controller{own, archive, bureau}, []matter.Candidate{{Controller: bureau, Why: "it runs the site", Warnings: []string{"check it"}}})
	return e
}

func names(e *course.Entries) (out []string) {
	for _, r := range e.Rows() {
		out = append(out, r.Name)
	}
	return out
}

func TestWhoMayAnswerComesFirstOnceAndIsNotChosen(t *testing.T) {
	e := aBook()
	if got := names(e); !cmp.Equal(got, []string{"Bureau de l’Image", "Zeta Press", "Archive Ltd"}) {
		t.Errorf("entries %v", got)
	}
	if r := e.Rows()[0]; r.Why == "" || len(r.Warnings) != 1 {
		t.Errorf("why it is proposed is lost: %+v", r)
	}
	if _, ok := e.Current(); ok {
		t.Error("an entry was chosen by the program")
	}
}

func TestTheBookIsSearchedByNameDomainAndAddress(t *testing.T) {
	for _, x := range []struct {
		text string
		want []string
	}{
		{"", []string{"Bureau de l’Image", "Zeta Press", "Archive Ltd"}},
		{"zeta.example", []string{"Zeta Press"}},
		{"PRIVACY@", []string{"Archive Ltd"}},
		{"photos.example", []string{"Bureau de l’Image"}},
		{"image bureau", []string{"Bureau de l’Image"}},
		{"image zeta", nil},
	} {
		e := aBook()
		e.Filter(x.text)
		if got := names(e); !cmp.Equal(got, x.want) {
			t.Errorf("%q finds %v, want %v", x.text, got, x.want)
		}
	}
}

func TestTheChosenEntryStaysChosenWhileItIsShown(t *testing.T) {
	e := aBook()
	e.Select(2)
	e.Filter("archive")
	if r, ok := e.Current(); !ok || r.Name != "Archive Ltd" || e.Selected() != 0 {
		t.Errorf("chosen: %+v at %d", r, e.Selected())
	}
	e.Filter("zeta")
	if _, ok := e.Current(); ok {
		t.Error("an entry that is not shown is chosen, or another one took its place")
	}
	e.Select(7)
	if e.Selected() != -1 {
		t.Error("an entry that is not there was chosen")
	}
}

func TestAnEntryThatWasStoredIsChosenOnceItIsRead(t *testing.T) {
	e := aBook()
	e.Select(0)
	stored := matter.Controller{ID: "2", Name: "New Ltd", Origin: matter.OriginOwn}
	e.Prefer(stored)
	e.Set([]matter.Controller{{ID: "1", Name: "Zeta Press", Origin: matter.OriginOwn}, stored}, nil)
	if r, ok := e.Current(); !ok || r.ID != "2" {
		t.Errorf("chosen: %+v", r)
	}
}

func TestTheCountryOfAnotherControllerIsNotTakenOver(t *testing.T) {
	was := matter.Addressee{Name: "Zeta Press", Country: "FR", Zone: "Europe/Paris"}
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.Local)
	to := course.Addressed(was, matter.Controller{Name: "Archive Ltd", Address: "1 Street\nTown", Email: "privacy@archive.example", Source: "dir.zip", At: at})
	want := matter.Addressee{Name: "Archive Ltd", Address: "1 Street\nTown", Email: "privacy@archive.example", Source: "dir.zip", SourceAt: matter.DayOf(at, time.Local)}
	if diff := cmp.Diff(want, to); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if to = course.Addressed(was, matter.Controller{Name: "Zeta Press"}); to.Country != "FR" || to.Zone != "Europe/Paris" {
		t.Errorf("the country of the same controller is lost: %+v", to)
	}
}

func TestAnEntryOfTheDirectoryBecomesTheUsersOwnAndItsSourceTellsTheTruth(t *testing.T) {
	c := matter.Controller{ID: "9", Slug: "archive", Name: "Archive Ltd", Email: "old@archive.example", Domains: []string{"archive.example"}, Origin: matter.OriginImported, Source: "dir.zip", Quality: "verified"}
	same := course.NewEntryForm(c)
	same.Biometric = true
	if got := same.Controller(); got.ID != "" || got.Slug != "archive" || got.Source != "dir.zip" || !got.Biometric || got.Quality != "verified" {
		t.Errorf("stored %+v", got)
	}
	changed := course.NewEntryForm(c)
	changed.Email, changed.Domains = " new@archive.example ", "archive.example\n cdn.archive.example"
	if got := changed.Controller(); got.Email != "new@archive.example" || got.Source != "" || len(got.Domains) != 2 {
		t.Errorf("an address typed by hand is said to be the directory's: %+v", got)
	}
	changed.Source = "its legal notice"
	if got := changed.Controller(); got.Source != "its legal notice" {
		t.Errorf("source %q", got.Source)
	}
	own := course.NewEntryForm(matter.Controller{ID: "9", Name: "Mine", Source: "letter", Origin: matter.OriginOwn})
	own.Address = "2 Street"
	if got := own.Controller(); got.ID != "9" || got.Source != "letter" {
		t.Errorf("stored %+v", got)
	}
}

func TestFindsAreLookedUpByTheirPagesAndPictures(t *testing.T) {
	pages, images := course.Places([]engine.CaseItem{{Source: engine.Provenance{PageURL: "https://a.example/p", URL: "https://cdn.example/i.jpg"}}, {}})
	if !cmp.Equal(pages, []string{"https://a.example/p", ""}) || !cmp.Equal(images, []string{"https://cdn.example/i.jpg", ""}) {
		t.Errorf("%v %v", pages, images)
	}
}
