package directory

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"

	"gabarit/engine/matter"
)

// Weights of the ways that lead from an address to a controller.
const (
	weightHost   = 110 // its own web address is on the very host
	weightOwn    = 105 // the user said that the domain is theirs
	weightWeb    = 100 // or on another host of the domain
	weightRuns   = 80
	weightImage  = 70 // it keeps the picture, not the page
	weightEmail  = 50
	weightSource = 20
)

// What leads to a candidate; keys of translations.
const (
	whyHost   = "its own website"
	whyOwn    = "a domain that you entered"
	whyWeb    = "its website, on another host of the domain"
	whyRuns   = "a service that it is said to run"
	whyCDN    = "where pictures of its service are kept"
	whyImage  = "the site that the picture itself is on"
	whyEmail  = "the domain of its e-mail address"
	whySource = "a page that the directory names as a source"
)

// Query asks who answers for a page. Addresses or bare domains; the page's own comes first, the pictures' last.
type Query struct {
	Pages   []string
	Images  []string
	Country string // of the user, ISO 3166-1: sorts, and hides nothing
}

// Match lists who may answer for the addresses of a query: each controller once, with the weightiest reason. The order is by weight, then audience (the user's
// country, then all, then others), then quality, then name; it is no choice.
func Match(all []matter.Controller, q Query) []matter.Candidate {
	lone := loneSources(all)
	best := map[int]matter.Candidate{}
	take := func(i, weight int, why string) {
		if have, ok := best[i]; !ok || have.Weight < weight {
			best[i] = matter.Candidate{Controller: all[i], Weight: weight, Why: why, Warnings: warnings(all[i])}
		}
	}
	pages := hosts(q.Pages)
	for _, host := range pages {
		for i, c := range all {
			if weight, why := pageLeads(c, host, lone); weight > 0 {
				take(i, weight, why)
			}
		}
	}
	for _, host := range hosts(q.Images) {
		key := Domain(host)
		if slices.ContainsFunc(pages, func(p string) bool { return Domain(p) == key }) {
			continue
		}
		for i, c := range all {
			if slug := cdnOwner(key); slug != "" && c.Slug == slug {
				take(i, weightImage, whyCDN)
			} else if weight, why := leads(c, host, key, lone); weight > 0 && len(pages) == 0 {
				take(i, weight, why)
			} else if weight > 0 {
				take(i, min(weight, weightImage), whyImage)
			}
		}
	}
	out := make([]matter.Candidate, 0, len(best))
	for _, c := range best {
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b matter.Candidate) int { return compare(a, b, q.Country) })
	return out
}

// hosts lists the hosts of addresses that have a registrable domain, each once.
func hosts(addresses []string) []string {
	var out []string
	for _, a := range addresses {
		if h := Host(a); h != "" && Domain(h) != "" && !slices.Contains(out, h) {
			out = append(out, h)
		}
	}
	return out
}

// pageLeads is leads for the address of a page; that of a picture may have been given for one.
func pageLeads(c matter.Controller, host string, lone map[string]string) (int, string) {
	key := Domain(host)
	if weight, why := leads(c, host, key, lone); weight > 0 {
		return weight, why
	}
	if slug := cdnOwner(key); slug != "" && c.Slug == slug {
		return weightImage, whyCDN
	}
	return 0, ""
}

// leads tells how an address leads to a controller; 0: it does not.
func leads(c matter.Controller, host, key string, lone map[string]string) (int, string) {
	web := Host(c.Web)
	switch {
	case web != "" && strings.TrimPrefix(web, "www.") == strings.TrimPrefix(host, "www."):
		return weightHost, whyHost
	case slices.ContainsFunc(c.Domains, func(d string) bool { return Domain(Host(d)) == key }):
		return weightOwn, whyOwn
	case web != "" && Domain(web) == key:
		return weightWeb, whyWeb
	case c.Slug != "" && serviceOwner(key) == c.Slug,
		slices.ContainsFunc(c.Runs, func(s string) bool { return slices.Contains(domainsIn(s), key) }):
		return weightRuns, whyRuns
	case key == emailDomain(c.Email):
		return weightEmail, whyEmail
	case lone[key] == c.Slug && c.Slug != "":
		return weightSource, whySource
	}
	return 0, ""
}

// compare sorts candidates.
func compare(a, b matter.Candidate, country string) int {
	if a.Weight != b.Weight {
		return b.Weight - a.Weight
	}
	if x, y := audience(a.Controller, country), audience(b.Controller, country); x != y {
		return x - y
	}
	if x, y := quality(a.Controller), quality(b.Controller); x != y {
		return x - y
	}
	return strings.Compare(strings.ToLower(a.Controller.Name)+"\x00"+a.Controller.Slug+a.Controller.ID, strings.ToLower(b.Controller.Name)+"\x00"+b.Controller.Slug+b.Controller.ID)
}

func audience(c matter.Controller, country string) int {
	switch {
	case country != "" && slices.Contains(c.Audience, strings.ToLower(country)):
		return 0
	case slices.Contains(c.Audience, "all"), c.Origin == matter.OriginOwn:
		return 1
	}
	return 2
}

func quality(c matter.Controller) int {
	if c.Origin == matter.OriginOwn {
		return -1
	}
	grades := []string{"tested", "verified", "imported", "scraped"}
	if i := slices.Index(grades, c.Quality); i >= 0 {
		return i
	}
	return len(grades)
}

// warnings tells what is to be checked before writing to a controller.
func warnings(c matter.Controller) []string {
	var out []string
	if c.Origin == matter.OriginImported {
		out = append(out, "Check the address before you send anything: it is from a directory.")
	}
	if c.Quality == "scraped" {
		out = append(out, "This entry was gathered by a program and checked by nobody.")
	}
	if c.NeedsID {
		out = append(out, "They are said to ask for an identity document. Send one only if reasons are given, and cover what is not needed.")
	}
	if c.Medium == "webform" || c.Email == "" && c.Webform != "" {
		out = append(out, "They ask to be written to by a form on their site.")
	}
	return out
}

// loneSources maps domains that one record alone names as a source to its slug. Archives, code hosts and registers say nothing.
func loneSources(all []matter.Controller) map[string]string {
	out := map[string]string{}
	for _, c := range all {
		for _, s := range c.Sources {
			key := Domain(Host(s))
			if key == "" || slices.Contains(registers(), key) {
				continue
			}
			if have, ok := out[key]; ok && have != c.Slug {
				out[key] = ""
			} else {
				out[key] = c.Slug
			}
		}
	}
	return out
}

// emailDomain is the domain of an e-mail address, "" where it says nothing of who reads it.
func emailDomain(email string) string {
	_, host, ok := strings.Cut(email, "@")
	key := Domain(Host(host))
	if !ok || slices.Contains(mailProviders(), key) {
		return ""
	}
	return key
}

var domainForm = regexp.MustCompile(`\b(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,24}\b`)

// domainsIn finds the domains in free text, by the form of the word and the public suffix list.
func domainsIn(text string) []string {
	var out []string
	for _, word := range domainForm.FindAllString(strings.ToLower(text), -1) {
		suffix, icann := publicsuffix.PublicSuffix(word)
		if icann && suffix != word {
			out = append(out, Domain(word))
		}
	}
	return out
}

// Host gives the host of an address or a bare domain: lower case, international names in their ASCII form, without port; "" where there is
// none. A misspelt scheme does no harm.
func Host(address string) string {
	s := strings.TrimSpace(address)
	if _, rest, ok := strings.Cut(s, "://"); ok {
		s = "//" + rest
	} else if !strings.HasPrefix(s, "//") {
		s = "//" + s
	}
	u, err := url.Parse(s)
	if err != nil {
		return ""
	}
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	ascii, err := idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false)).ToASCII(host)
	if err != nil || strings.ContainsAny(ascii, " /@:") {
		return ""
	}
	return ascii
}

// Domain gives the registrable domain of a host by the public suffix list; "" for an address by number or a suffix alone.
func Domain(host string) string {
	domain, err := publicsuffix.EffectiveTLDPlusOne(host)
	if err != nil {
		return ""
	}
	if last := host[strings.LastIndexByte(host, '.')+1:]; strings.Trim(last, "0123456789") == "" {
		return "" // an address by number
	}
	return domain
}
