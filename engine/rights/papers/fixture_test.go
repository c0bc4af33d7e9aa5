package papers_test

import (
	"strings"
	"testing"
	"time"

	"gabarit/assets"
	"gabarit/engine"
	"gabarit/engine/matter"
	"gabarit/engine/rights/papers"
)

func at(day string) time.Time {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		panic(err)
	}
	return t
}

func say(lang string) papers.Say { return assets.NewPhrases(lang).Text }

func texts() papers.Texts { return papers.NewTexts(assets.FS()) }

// profile is that of a controller outside the Union that has a representative in it.
func profile() matter.Profile {
	return matter.Profile{
		Party:     matter.Party{Name: "Example Archive Inc.", Address: "1 Main Street\nNew York", Email: "privacy@archive.example", Country: "US"},
		DPO:       matter.Party{Name: "Dana Officer", Email: "dpo@archive.example"},
		Territory: matter.TerritoryMonitoring, Reasons: "photos of events in Lyon",
		EU:        matter.Representative{Party: matter.Party{Name: "Rep SARL", Address: "2 rue Exemple, Lyon", Country: "FR"}, Mandated: at("2026-01-05")},
		Authority: matter.Party{Name: "CNIL", Country: "FR"},
		DPIA:      "DPIA-7", DPIAReviewed: at("2026-10-01"),
	}
}

func known() papers.Known {
	k := papers.Known{At: at("2026-11-28"), Software: "gabarit test", Profile: profile(), Model: "dlib-resnet-v1", Passphrase: true,
		Recipients: []matter.Recipient{
			{ID: "r1", Party: matter.Party{Name: "Court clerk", Country: "FR"}, What: "copies of photos", Purpose: "legal claims", Since: at("2026-11-20")},
			{ID: "r2", Party: matter.Party{Name: "Store It", Country: "US"}, Processor: true, What: "sealed backups", Purpose: "safety", Safeguards: "standard clauses 2021/914"},
			{ID: "r3", Party: matter.Party{Name: "Former Client", Country: "DE"}, What: "results", Purpose: "press", Removed: at("2026-05-01")}},
		Orders:       []matter.Order{{ID: "o1", Authority: "CNIL", Reference: "MED-1", Received: at("2026-09-01"), Due: at("2026-11-01"), Ordered: "erase templates", Penalty: 10_000_000, Currency: "EUR"}},
		Totals:       engine.Totals{Photos: 12345, Faces: 23456, Collections: 2},
		Suppressions: engine.SuppressionCounts{URLs: 3, Files: 4},
		Rates:        []papers.Rate{{Distance: 0.45, Share: 2.7e-5, Expected: 0.6}}, RatesFrom: "64,862,472 pairs of different people among 11,411 photos of 5,000 people (Labeled Faces in the Wild), dlib ResNet v1",
		Collections: []engine.CollectionInfo{
			{Collection: engine.Collection{ID: "c1", Name: "Parade", Purpose: "history of the parade", Basis: "legitimate-interests", Condition: "made-public-by-the-person",
				Scope: "press.example", Retain: 180 * 24 * time.Hour}, Photos: 12000, Faces: 23000},
			{Collection: engine.Collection{ID: "c2", Name: "Staff", Purpose: "directory", Basis: "consent", Condition: "explicit-consent", Scope: engine.ScopeLocal, Retain: 30 * 24 * time.Hour}, Photos: 345, Faces: 456}}}
	k.Stats.Add(engine.AuditEntry{At: at("2026-10-02"), Action: engine.ActionSearch, Purpose: "secret purpose of Jane", Counts: map[string]int{"matches": 4}, Returned: []engine.FaceID{"a", "b"}})
	k.Stats.Add(engine.AuditEntry{At: at("2026-11-02"), Action: engine.ActionErased, Counts: map[string]int{"templates": 5}})
	return k
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantInvalid(t *testing.T, err error, part string) {
	t.Helper()
	if engine.CodeOf(err) != engine.CodeInvalid || !strings.Contains(engine.MessageOf(err), part) {
		t.Errorf("error %v, want CodeInvalid with %q", err, part)
	}
}
