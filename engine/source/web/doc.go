// Package web collects the pages and images of named sites, politely. It is the only package that opens a network
// connection, and a source (engine.Source) like folders and manifests: what can't be offered is an item with an error.
// It decides what may be asked for; what an image shows, and whether it is one, is decided by others.
//
// # Where rules are kept
//
// Every request of pages, images, checks and rules themselves goes through one function, client.get, which holds the
// rules; nothing above it can leave one out, and no option switches one off. The crawl above it is driven by
// github.com/gocolly/colly: it builds the requests for pages, reads their HTML and resolves addresses. Its own robots.txt (it
// ignores unknown lines by failing, has no rule for errors, no cache), delays, redirects, cookies and size limits (it cuts what is too long
// without a word, before it inflates it) are not used, and none of its variables of the environment (COLLY_...) counts; one of them would serve pages from a
// folder. Pages whose HTML it could not read it passes over, so that is asked of it separately. What the rules say is in engine/source/web/rules, as pure functions.
//
// # What is asked for
//
//   - Hosts: those that the collection's scope names (rules.ParseScope), on ports 80 and 443, or the port the scope names. Never an address of this
//     machine or of a private network, see Addresses.
//   - robots.txt by RFC 9309: a group that names Gabarit, else "*"; the longest rule wins, and Allow where two are equal. No answer, an error of the server (5xx) or
//     more than 5 redirects: nothing is asked for. There is none (4xx): everything may be. 500 KiB are read; it is asked for again after 24 hours,
//     after one where it could not be had. Crawl-delay is kept; where it is more than ten minutes, the host is left alone.
//   - /.well-known/tdmrep.json (TDM Reservation Protocol): the first location that matches decides. What is reserved is not asked for. A file that
//     can't be understood reserves everything.
//   - Social networks (facebook.com, instagram.com, ...) only where their robots.txt allows it in so many words: by a group that names
//     Gabarit, or by an Allow that matches. That nothing forbids it is not enough there.
//
// # What is done with an answer
//
//   - X-Robots-Tag and <meta name="robots"> (or "gabarit"): noindex, noai and none: nothing of the page or image is kept. noimageindex
//     and noimageai: no image of the page. nofollow, also of a link: not followed. A date in unavailable_after that is past counts as noindex.
//   - TDM-Reservation as header or meta: nothing is kept. The strictest of all that is said counts, so a 0 lifts nothing.
//   - 401, 403 and redirects to a log-in: the site is closed there. Nothing is ever sent but GET: no form, log-in, cookie or referrer.
//   - 429 and 503: the host's delay is doubled, and the request is made again after Retry-After, or after 30, 60 and 120 seconds. Then, or if more
//     than ten minutes are asked for, the host is left alone for the rest of this pass; so it is after 5 failures in a row.
//
// # How fast
//
// One request at a time to a host name, each on a connection of its own. Between the end of one and the start of the next lies the longest of Limits.Delay, Crawl-delay and what
// 429 led to.
//
// # Addresses
//
// A host name is resolved once for each connection; if any of its addresses is one of this machine, of a private or link-local network, of a
// provider's own (100.64.0.0/10), reserved, or holds such an IPv4 address (mapped, NAT64, 6to4), the host is refused. The address that was checked is the one that is
// dialled, and it is checked again there, so a name that changes its mind gains nothing. Redirects go the same way.
//
// Behind a proxy (HTTP_PROXY, HTTPS_PROXY, NO_PROXY) it is the proxy that resolves the name. The name is then resolved here too, and refused if
// it leads to such an address; where it can't be resolved here, the proxy must refuse. The proxy itself may be on this machine.
//
// # What is offered
//
// Pages are walked breadth first from the addresses named, links in the order of the page; so the order is always the same. Images are those that package page finds, of each picture the largest form, and links to image files. Each is an item "URL on PAGE" with the page's title and the image's caption,
// alternative text or title. Its bytes are asked for when the item is opened, so that what was erased before is not asked for at all; the
// entity tag and date of its answer are its version (Item.Since), so that in the next run only what has changed is sent. An image that many
// pages show is sent once, as long as it lies among the last 32 MiB.
//
// Left out without mention: SVG drawings, images that say they are at most 32 pixels wide or high, what style sheets show, links to files that are neither
// page nor image, links that are no http or https. Everything else that is not collected is a failed item with its reason: pages and images that a rule refuses; hosts
// outside of the scope, once each, the first 500 of them; images inside the page's own text (data:); videos, once for each page; what a limit leaves out. Of refused addresses of one host
// the first 500 are listed, then their number.
//
// # Interruption
//
// Each page visited becomes one record in State. When the walk begins again before it was finished, pages are taken from their records, without a
// request, in the same order, and it goes on where they end. When it was finished, a new walk asks for each page with the entity tag and date it had. A record holds
// addresses and titles: whoever erases a photo must drop the records of the pages that showed it (PageKey).
//
// # Limits
//
// Those of Limits can be set; the others stand in limits.go, each with its value: 5 redirects, 64 KiB of headers, 2,000 links and 2,000 images a page, and so on. An address has at most
// 2,000 bytes. No answer is read without a limit on its bytes, its bytes when unpacked, and its time; one that is beyond them fails alone.
//
// # Archive
//
// With Options.Archive, what was kept is also written as WARC 1.1, gzip per record; an image that was erased before (Options.Barred) is not. These files are outside of the vault: an erasure does not reach them.
package web
