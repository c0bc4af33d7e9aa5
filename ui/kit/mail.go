package kit

import (
	"net/url"
	"path/filepath"

	"gabarit/engine"
)

// FileURL is the address of a file or folder.
func FileURL(path string) *url.URL { return &url.URL{Scheme: "file", Path: filepath.ToSlash(path)} }

// OpenMail hands a mailto: link, or the address of a file with a draft, to the system, which knows the mail program, and says so.
func (e *Env) OpenMail(n *Notice, address, said string) {
	u, err := url.Parse(address)
	if err == nil {
		err = e.OpenURL(u)
	}
	if err != nil {
		n.Error(engine.E(engine.CodeUnavailable, "kit.OpenMail", "no mail program could be opened", err))
		return
	}
	n.Say(said + "\n" + T("Sending it is up to you: the program sends nothing."))
}

// MailLinkWords says that a draft was opened by a link.
func MailLinkWords() string { return T("The draft is in your mail program.") }

// MailFileWords says that a draft was opened from files.
func MailFileWords(files []string) string {
	return T("Draft of an e-mail, with the letter attached as PDF: {{.V}}. If your mail program shows it as a message received, choose “Edit as new”.", Field(Names(files)))
}
