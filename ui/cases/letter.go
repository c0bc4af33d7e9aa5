package cases

import (
	"slices"

	"gabarit/engine"
	"gabarit/engine/matter"
)

// Addressee is whom one or two letters go to: who answers for a site, about its items.
type Addressee struct {
	Site       string // "" for local files
	Items      []engine.CaseItem
	Name       string // of the addressee
	named      bool   // the user changed it
	Address    string
	Email      string
	Web        string
	Source     string // of the address, where one was chosen from those found
	ForDPO     bool
	Biometric  bool
	Candidates []matter.Candidate // who may answer; nobody is chosen but by the user
	Chosen     int                // place in Candidates; -1: none
	Case       engine.CaseID      // once exported
}

// Letter is one letter.
type Letter struct {
	*Addressee
	Right engine.Right
	Edit  matter.LetterEdit // what the user changed of its text
	Files []string          // that were written
	Sent  bool              // handed to the mail program as a link: no file was written
}

// Exported tells whether the letter left the program, as files or as a link.
func (l *Letter) Exported() bool { return len(l.Files) > 0 || l.Sent }

// Found takes who may answer for a site. Nothing is chosen, even if there is only one.
func (to *Addressee) Found(found []matter.Candidate) { to.Candidates, to.Chosen = found, -1 }

// Judge takes what the person says of an item. The items are replaced, not changed: an export or preview that runs has the former ones.
func (to *Addressee) Judge(i int, said engine.Verdict) {
	if i >= 0 && i < len(to.Items) {
		to.Items = slices.Clone(to.Items)
		to.Items[i].Confirmed = said
	}
}

// Confirmed counts the items that enter the letters.
func (to *Addressee) Confirmed() (n int) {
	for _, it := range to.Items {
		if it.Confirmed.Confirms() {
			n++
		}
	}
	return n
}
