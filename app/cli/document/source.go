package document

import "cmp"

// FoundAt is the one place to name: the page, else the image's address, else the file.
func (s Source) FoundAt() string {
	if s.PageURL != "" && s.PageTitle != "" {
		return s.PageURL + " (" + s.PageTitle + ")"
	}
	return cmp.Or(s.PageURL, s.URL, s.File)
}
