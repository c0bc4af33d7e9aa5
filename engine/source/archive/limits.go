package archive

// The limits of an archive. Each is met by a failed item, or an error of who opens an image, that says so; what was found before stays.
const (
	// Records.
	maxHeader   = 64 << 10 // bytes of a record's header, and of an HTTP header inside
	maxBlank    = 64 << 10 // bytes of empty lines between two records
	maxDamages  = 1_000    // places at which reading had to begin anew
	maxTries    = 20_000   // places behind them that look like the start of a record and are none
	maxFailures = 50_000   // things that can't be offered and are listed one by one
	seekInstead = 1 << 20  // bytes of a record that are skipped rather than read

	// Bytes unpacked of an archive, all its files and pages together: maxRatio for each byte read, beyond the first freeUnpack.
	maxRatio   = 200
	freeUnpack = 1 << 30

	// Bodies.
	maxWindow  = 64 << 20 // bytes that a zstd stream may ask for as its window
	maxCodings = 2        // content codings of one body that are undone
	maxRest    = 64 << 20 // bytes behind an image in its record that are read to check its digest
	sniffed    = 3072     // bytes that decide whether something of no telling type is a picture

	// What is kept of an archive in memory. Images beyond those of pages are offered without a page.
	maxImages    = 2_000_000
	maxPages     = 500_000
	maxShown     = 4_000_000 // images that pages refer to
	maxText      = 128 << 20 // bytes of addresses, titles and captions
	maxRedirects = 8         // addresses between a page's and an image's
	maxIdle      = 4         // readers of shared gzip members, each with an open file

	// ZIP files.
	maxDirectory = 8 << 20    // bytes read for the list of what a file holds: some 100,000 names
	maxEntries   = 200_000    // files that it may claim to hold
	maxListing   = 16 << 20   // bytes of datapackage.json
	maxLine      = 4 << 20    // bytes of a line of an index or a list of pages; longer ones are passed over
	maxLines     = 20_000_000 // lines of one of these, and records that they name in all
	maxRDF       = 64 << 10   // bytes of the note beside a page in a MAFF file
	maxSaved     = 1_000      // pages of a MAFF file
)
