package rights

import (
	"net"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"

	"gabarit/engine"
)

// BySite groups items into one draft case for each site, sites in alphabetical order, items in the given order; a
// find given twice is taken once, but one face found on several pages is several finds. The site is the
// registrable domain of the page's address, else of the image's; items without a web address come last, under the
// site "". The cases have no ID or reference yet.
func BySite(items []engine.CaseItem) []engine.Case {
	groups := make(map[string][]engine.CaseItem)
	seen := make(map[engine.FaceID][]engine.Provenance)
	for _, it := range items {
		if it.Face != "" && slices.ContainsFunc(seen[it.Face], it.Source.SameFind) {
			continue
		}
		seen[it.Face] = append(seen[it.Face], it.Source)
		site := siteOf(it.Source)
		groups[site] = append(groups[site], it)
	}
	cases := make([]engine.Case, 0, len(groups))
	for site, group := range groups {
		cases = append(cases, engine.Case{Site: site, Items: group, State: engine.CaseDraft})
	}
	slices.SortFunc(cases, func(a, b engine.Case) int {
		if (a.Site == "") != (b.Site == "") {
			return strings.Compare(b.Site, a.Site)
		}
		return strings.Compare(a.Site, b.Site)
	})
	return cases
}

func siteOf(p engine.Provenance) string {
	if site := registrable(p.PageURL); site != "" {
		return site
	}
	return registrable(p.URL)
}

// registrable gives the domain that somebody registered, by the public suffix list: "example.co.uk" of
// "https://www.example.co.uk/x", "name.github.io" of a site hosted there. Addresses by number and names without a
// suffix stay as they are. "" if the address is not of the web.
func registrable(address string) string {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || !strings.EqualFold(u.Scheme, "http") && !strings.EqualFold(u.Scheme, "https") {
		return ""
	}
	host, err := hostASCII(u.Hostname())
	if err != nil || host == "" {
		return ""
	}
	if net.ParseIP(host) != nil {
		return host
	}
	if domain, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil {
		return domain
	}
	return host
}

// hostASCII gives a host in lower case, with international names in their ASCII form and no final dot.
func hostASCII(host string) (string, error) {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	if net.ParseIP(host) != nil {
		return host, nil
	}
	return idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false)).ToASCII(host)
}
