package engine_test

import (
	"strings"
	"testing"

	"gabarit/engine"
)

func TestScopesThatNameSomethingAreTaken(t *testing.T) {
	for _, scope := range []string{
		engine.ScopeLocal, "Local", "one folder", "my photos", "example.org", "EXAMPLE.org.", "*.example.org", "*.example.co.uk",
		"example.org, www.example.net", "example.org; images.example.org", "https://www.example.org/gallery?page=2", "http://192.168.0.7/",
		"the-web.org",
		"photos of example.org's anniversary page", "web archive of example.org", "web and print archive of the museum",
		"the web pages of our school", "social media of our club", "anywhere on example.org", "everywhere in our archive",
		"photos and videos of the summer fair 2024", "all pictures of Anna Example on example.org", "CCTV of our own shop",
		"images, pages and texts of example.org", "network drive N:", "phone camera roll",
		"le dossier de la fête", "photos de la page du lycée", "l’album en ligne du club", "le site de la mairie", "photos du site example.fr",
		"réseaux sociaux de l'association", "Le Monde", "partout sur example.org", "photos de famille", "日本の写真",
		strings.Repeat("é", engine.MaxScope),
	} {
		if err := engine.CheckScope(scope); err != nil {
			t.Errorf("%q: %v", scope, err)
		}
	}
}

func TestScopesOfAnywhereAreRefused(t *testing.T) {
	for _, scope := range []string{
		"*", "*.*", "**", "*.com", "*.fr", ".com", "all .com domains", "*.co.uk", "https://*", "http://", "https://www.", "www.*", "*.com, example.org",
		"web", "the web", "The Web.", "the whole web", "all of the web", "web-wide", "internet", "the entire Internet!", "world wide web", "world-wide web", "online",
		"anywhere", "Anywhere on the web", "anywhere on the   internet", "anything anywhere", "everything", "everything online", "\"everywhere\"",
		"any website", "any web site", "all websites", "every site there is", "all sites of the web", "public web pages", "publicly accessible websites",
		"photos from the web", "all photos on the internet", "images of people on the web", "any face I can find online", "whatever is found online",
		"faces of everyone on social media", "social networks", "all social media profiles", "search engines", "CCTV footage", "surveillance cameras",
		"example.org, the web", "the web, example.org", "example.org; anywhere", "example.org and the rest of the internet", "example.org and anywhere else online",
		"local, online", "example.org or any other website", "photos of Anna Example anywhere on the web", "Anna's face, anywhere",
		"partout", "n'importe où", "n’importe où sur internet", "tout le web", "le web", "la Toile", "sur Internet", "l'internet entier", "tous les sites",
		"tous les sites web", "n'importe quel site", "photos trouvées en ligne", "les photos de n’importe qui", "visages sur les réseaux sociaux", "re\u0301seaux sociaux",
		"photos publiques du web", "example.fr et tout le reste du web", "example.fr, partout", "moteurs de recherche", "vidéosurveillance",
	} {
		err := engine.CheckScope(scope)
		if engine.CodeOf(err) != engine.CodeInvalid || !strings.Contains(engine.MessageOf(err), "untargeted") {
			t.Errorf("%q: %v", scope, err)
		}
	}
}

func TestScopesThatSayNothingAreRefused(t *testing.T) {
	for scope, want := range map[string]string{
		"":                                     "a collection needs a source scope",
		" \t ":                                 "a collection needs a source scope",
		"photos":                               "the source scope names no source",
		"all the photos":                       "the source scope names no source",
		"des visages":                          "the source scope names no source",
		"?":                                    "the source scope names no source",
		", ; .":                                "the source scope names no source",
		"photos, pictures":                     "the source scope names no source",
		"example.org\nother":                   "the source scope is too long or holds control characters",
		"example.org\x00":                      "the source scope is too long or holds control characters",
		"example.org\x1b[31m":                  "the source scope is too long or holds control characters",
		"inter\u200bnet":                       "the source scope is too long or holds control characters",
		"gro.elpmaxe\u202e":                    "the source scope is too long or holds control characters",
		"example.org\u2028next":                "the source scope is too long or holds control characters",
		strings.Repeat("é", engine.MaxScope+1): "the source scope is too long or holds control characters",
	} {
		if err := engine.CheckScope(scope); engine.CodeOf(err) != engine.CodeInvalid || engine.MessageOf(err) != want {
			t.Errorf("%.40q: %v, want %q", scope, err, want)
		}
	}
}

func TestEachBasisAndConditionHasItsSentence(t *testing.T) {
	seen := map[string]bool{}
	for name, grounds := range map[string][]engine.Ground{"basis": engine.Bases(), "condition": engine.ConditionGrounds()} {
		for _, g := range grounds {
			if g.Key == "" || !strings.Contains(g.Article, "(") || !strings.HasSuffix(g.Sentence, ".") || seen[g.Article] {
				t.Errorf("%s %+v", name, g)
			}
			seen[g.Article] = true
		}
	}
	if len(engine.LegalBases()) != 6 || len(engine.Conditions()) != 10 {
		t.Errorf("%d bases and %d conditions, the GDPR has 6 and 10", len(engine.LegalBases()), len(engine.Conditions()))
	}
	for _, basis := range engine.LegalBases() {
		implied := engine.ImpliedCondition(basis)
		c := engine.Collection{Name: "n", Purpose: "p", Basis: basis, Condition: implied, Scope: engine.ScopeLocal, Retain: engine.DefaultRetain}
		if err := c.Validate(); (err == nil) != (implied != "") {
			t.Errorf("basis %s implies %q: %v", basis, implied, err)
		}
	}
}
