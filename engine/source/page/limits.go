package page

// The limits of pages and of what is saved of them. What is beyond them is not looked at, and an item or Page.Cut says so; what was found before stays.
const (
	// One page.
	MaxPage       = 32 << 20 // bytes of HTML that are read
	maxToken      = 16 << 20 // bytes of one tag with its attributes, or of one script
	maxAttributes = 256      // of one tag
	maxRefs       = 20_000   // references to images
	maxAddresses  = 32 << 20 // bytes of their addresses, as a base may make each of them long
	maxLinks      = 20_000   // links to other pages
	maxMetas      = 1_000    // meta elements of one name
	maxText       = 4 << 10  // bytes of one title or caption
	maxCandidates = 64       // addresses of one srcset or style
	maxNesting    = 32       // figures, pictures and links inside one another; objects of linked data
	maxLinkedData = 1 << 20  // bytes of one block of linked data (JSON-LD): beyond it the block is cut, and so no JSON

	// An MHTML file.
	maxParts  = 20_000
	maxHeader = 64 << 10 // bytes of the header of the message, or of one part
	maxValue  = 1 << 10  // bytes of one value of it, but for addresses
	maxFrames = 64       // pages and frames that are read
	maxShown  = 100_000  // images that they refer to

	// The folder of a saved page's files.
	maxBeside = 100_000 // files and folders looked at
	maxDepth  = 32      // folders inside one another

	sniffed = 3072 // bytes that decide whether a file is a picture
)

// MaxAddress is the longest web address that is kept, in bytes.
const MaxAddress = 4096

// SmallestShown is the size in pixels of what pages show as dots and ornaments: Ref.Small.
const SmallestShown = 32

// MinInline is the size in bytes from which an image inside a page (a data: address) is offered. Smaller ones are the dots and
// blurred previews that pages show until the image is there: too small for a face.
const MinInline = 1024
