package matter

// Authority is one that people can complain to. What is known of it comes from a table that is data, with how sure each address is.
type Authority struct {
	ID          string `json:"id"` // ISO 3166-1, "DE-BE" for a Land
	Country     string `json:"iso"`
	CountryName string `json:"country"` // in English
	Land        string `json:"land"`
	LandName    string `json:"land_name"`
	Name        string `json:"name"`
	Complaint   string `json:"complaint_url"`
	URLKind     string `json:"complaint_url_kind"` // "form/page", or "website only": no page for complaints is known
	Website     string `json:"website"`
	Email       string `json:"email"`
	Language    string `json:"language"` // "": several
	// Confidence: A, a complaint page was seen in a stored copy; A-, a page above it or an older one; B, an address from a directory; C, the website only.
	Confidence   string        `json:"confidence"`
	Note         string        `json:"note"` // what was seen, in English
	PublicBodies bool          `json:"public_bodies"`
	Form         ComplaintForm `json:"form"`
}

// ComplaintForm is what is known of what an authority asks for. What is not known is zero.
type ComplaintForm struct {
	Languages       []string `json:"languages"` // codes; none: not known
	Signed          bool     `json:"signed"`
	Dated           bool     `json:"dated"`
	Address         bool     `json:"address"` // of the person
	NotAnonymous    bool     `json:"not_anonymous"`
	PriorRequest    bool     `json:"prior_request"` // the controller must have been asked first
	Proof           bool     `json:"proof"`         // of that request
	ControllerFirst bool     `json:"controller_first"`
	Online          bool     `json:"online"`
	OwnModel        bool     `json:"own_model"`           // its own form is compulsory
	Qualified       bool     `json:"qualified_signature"` // for what is sent electronically
	IdentityCopy    bool     `json:"identity_copy"`
	ReportOnly      bool     `json:"report_only"`   // who reports is no party
	RefusedTypes    []string `json:"refused_types"` // endings without the dot, and "audio", "video"
	NoLinks         bool     `json:"no_links"`
	MaxFiles        int      `json:"max_files"`
	MaxFileBytes    int      `json:"max_file_bytes"`
	ConfirmDays     int      `json:"confirm_days"`  // an e-mail must be confirmed within so many working days
	WithinMonths    int      `json:"within_months"` // of the last contact with the controller
	By              []string `json:"by"`            // the ways it can be sent
}

// Filing is a complaint that is about to be sent.
type Filing struct {
	Lang         string
	Signed       bool
	Anonymous    bool
	Address      bool // the person's is given
	PriorRequest Day
	Proof        bool // of that request is among the files
	Files        []FilingFile
}

// FilingFile is an annex.
type FilingFile struct {
	Name string
	Size int
}

// Finding is what stands against a complaint as it is, or what is to be known before it is sent.
type Finding struct {
	Stops  bool   // the authority would send it back
	Text   string // English, the key of its translation
	Detail string // the file or language it is about
}
