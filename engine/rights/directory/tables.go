package directory

// cdnOwner gives the record whose service keeps its pictures under a domain; "" for any other domain.
func cdnOwner(domain string) string {
	return map[string]string{
		"fbcdn.net":             "facebook",
		"cdninstagram.com":      "instagram",
		"twimg.com":             "twitter",
		"pinimg.com":            "pinterest",
		"staticflickr.com":      "smugmug",
		"ytimg.com":             "google",
		"ggpht.com":             "google",
		"googleusercontent.com": "google",
		"gstatic.com":           "google",
		"redditmedia.com":       "reddit",
		"redd.it":               "reddit",
		"licdn.com":             "linkedin",
		"tiktokcdn.com":         "tiktok",
		"userapi.com":           "vk",
		"wikimedia.org":         "wikimedia-foundation",
	}[domain]
}

// serviceOwner gives the record of who runs a service that records name without its domain; "" for any other domain.
func serviceOwner(domain string) string {
	return map[string]string{"youtube.com": "google", "youtu.be": "google", "blogger.com": "google", "x.com": "twitter", "t.co": "twitter"}[domain]
}

// mailProviders are domains whose addresses anybody can have, or that answer for many.
func mailProviders() []string {
	return []string{"gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "yahoo.com", "yahoo.de", "yahoo.fr", "icloud.com", "me.com", "aol.com",
		"gmx.de", "gmx.net", "gmx.at", "web.de", "t-online.de", "freenet.de", "posteo.de", "mailbox.org", "proton.me", "protonmail.com",
		"orange.fr", "wanadoo.fr", "free.fr", "laposte.net", "sfr.fr", "bluewin.ch", "libero.it"}
}

// registers are domains that many records name as a source.
func registers() []string {
	return []string{"github.com", "archive.org", "archive.is", "archive.ph", "opencorporates.com", "handelsregister.de", "northdata.com", "northdata.de", "wikipedia.org",
		"service.gov.uk", "europa.eu", "bundesanzeiger.de", "unternehmensregister.de"}
}
