package source

// The limits of folders, manifests and files beside photos. Each is met by a failed item that says so; the run goes on with what is behind it. Those of
// archives and pages stand in their packages.
const (
	// Folders.
	maxListed  = 1_000_000 // files and folders in one folder
	maxFolders = 100       // folders inside one another

	// Manifests.
	maxRow      = 1 << 20   // bytes of a row
	maxRowLines = 100       // line breaks that a row may hold inside quotes; it bounds what one unclosed quote costs
	maxRows     = 1_000_000 // rows that are read
	maxAddress  = 4096      // bytes of a path or web address
	maxTitle    = 2000      // characters of a title

	// Files beside photos.
	maxSidecar  = 16 << 20 // bytes: those of yt-dlp list every format there is
	maxXMP      = 1 << 20
	maxXMPDepth = 64 // elements inside one another

	headSize = 64 << 10 // bytes of a file that decide what it is
)
