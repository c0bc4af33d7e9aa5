package app_test

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"path/filepath"
	"testing"
	"time"

	"gabarit/app"
	"gabarit/engine"
	"gabarit/engine/matter"
	"gabarit/engine/source/web"
)

// cutOff is a network that is not there, and tells who asked for it.
type cutOff struct{ asked func(what string) }

var errCutOff = errors.New("no network")

func (c cutOff) LookupNetIP(_ context.Context, host string) ([]netip.Addr, error) {
	c.asked("a name: " + host)
	return nil, errCutOff
}

func (c cutOff) Dial(_ context.Context, to netip.AddrPort) (net.Conn, error) {
	c.asked("an address: " + to.String())
	return nil, errCutOff
}

// Only engine/source/web may open a connection (engine/arch_test.go); here is shown that nothing but a site named by the user makes it try.
func TestA12WithoutANetworkEverythingWorksButSites(t *testing.T) {
	asked := 0
	a := app.New(app.Config{VaultDir: filepath.Join(t.TempDir(), "vault"), ModelsDir: t.TempDir(), Detector: &drawn{}, Now: clock,
		Web: web.Options{Network: cutOff{func(string) { asked++ }}, Clock: newFairSite(t)}})
	t.Cleanup(func() { must(t, a.Close()) })
	must(t, a.CreateVault(t.Context(), ""))
	_, err := a.AddCollection(t.Context(), people())
	must(t, err)
	c := openCase(t, a) // collects, searches, opens a case of what is found
	req := letter(c, t.TempDir())
	req.Formats = []string{"pdf", "docx", "odt", "eml", "txt"}
	files, err := a.ExportLetter(t.Context(), req)
	if must(t, err); len(files) != len(req.Formats) {
		t.Errorf("letters: %v", files)
	}
	_, err = a.RecordEvent(t.Context(), c.ID, matter.Event{Kind: matter.EventSent, Right: req.Right, Day: matter.DayOf(clock(), time.UTC), Channel: matter.ChannelPost}, nil)
	must(t, err)
	dir := t.TempDir()
	if n, err := a.WriteCalendar(t.Context(), nil, filepath.Join(dir, "dates.ics"), "en"); err != nil || n == 0 {
		t.Errorf("%d dates: %v", n, err)
	}
	_, err = a.ExportCases(t.Context(), "json", filepath.Join(dir, "cases.json"))
	must(t, err)
	_, err = a.FindControllers(t.Context(), []string{"https://photos.example.org/a"}, nil, "FR")
	must(t, err)
	grouped(t, a, engine.GroupQuery{})
	if report, err := a.VerifyAudit(t.Context(), ""); err != nil || !report.Intact() {
		t.Errorf("the log: %+v %v", report, err)
	}
	if asked != 0 {
		t.Errorf("the network was asked for %d times", asked)
	}

	site := people()
	site.Name, site.Scope = "site", fair
	_, err = a.AddCollection(t.Context(), site)
	must(t, err)
	report, err := a.Collect(t.Context(), engine.CollectRequest{Collection: "site", Sources: []string{"http://" + fair + "/"}, Web: engine.WebOptions{Contact: "archive@city-archive.org"}}, nil)
	if asked == 0 || err == nil && report.Counts.Failed == 0 {
		t.Errorf("a site: asked %d times, %+v, %v", asked, report, err)
	}
}
