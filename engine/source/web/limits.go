package web

import "time"

// The limits of a walk that can't be set; see Limits for those that can. What is beyond them is a failed item that says so, or counted in one.
const (
	// Pages.
	maxLinks    = 2000
	maxPictures = 2000
	maxInline   = 4096    // bytes of a data: URL above which it is worth a word
	maxQueries  = 200     // pages that differ only in their query
	maxRepeated = 3       // times one segment may stand in a path
	maxListed   = 500     // refused addresses of one host, and hosts outside of the scope, that are listed one by one
	maxSeen     = 500_000 // addresses remembered; links to others may count twice

	// Answers.
	maxHeaderBytes = 64 << 10
	maxHops        = 5                // redirects
	maxDialled     = 4                // addresses of a name that are tried
	dialTimeout    = 15 * time.Second // one address

	// Hosts in trouble.
	maxTries    = 4                // of one request that is answered 429 or 503
	firstWait   = 30 * time.Second // after the first such answer without Retry-After; doubled each time
	maxWait     = 10 * time.Minute // a host that asks for more is left alone
	maxDelay    = time.Minute      // the delay is not doubled beyond
	maxCrawl    = 10 * time.Minute // Crawl-delay that is kept; a host that asks for more is left alone
	maxFailures = 5                // in a row

	// Images kept in memory, so that many pages can show one and it is sent once; errors are kept too.
	maxRecentBytes = 32 << 20
	maxRecent      = 10_000

	maxArchive = 1 << 30 // bytes of a WARC file at which another is begun
)
