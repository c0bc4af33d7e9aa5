package document

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/emersion/go-message"
	"golang.org/x/text/unicode/norm"

	"gabarit/engine"
	"gabarit/engine/matter"
)

// MaxMailto is the longest mailto: link in characters: many mail programs cut longer ones.
const MaxMailto = 2000

// EML renders a letter as the draft of an e-mail (RFC 5322, MIME): the plain text as its body, the PDF and the letter's own files attached. It has no
// Date and no Message-ID, which belong to the program that sends it, and "X-Unsent: 1", by which mail programs open it for editing. Errors: as of PDF.
func EML(doc matter.LetterDoc) ([]byte, error) {
	const op = "document.EML"
	pdf, err := PDF(doc)
	if err != nil {
		return nil, err
	}
	files := append([]matter.LetterFile{{Name: fileName(doc.Title) + ".pdf", Type: "application/pdf", Data: pdf}}, doc.Files...)
	var h message.Header
	// The boundary follows from the content, so that the same letter gives the same bytes.
	h.SetContentType("multipart/mixed", map[string]string{"boundary": fmt.Sprintf("gabarit-%.16x", sha256.Sum256(pdf))})
	h.SetText("Subject", doc.MailHead)
	if doc.To != "" {
		h.Set("To", doc.To)
	}
	if doc.From != "" {
		h.Set("From", doc.From)
	}
	h.Set("X-Unsent", "1")
	h.Set("MIME-Version", "1.0")
	var out bytes.Buffer
	if err := writeMail(&out, h, doc, files); err != nil {
		return nil, engine.E(engine.CodeInternal, op, "the e-mail could not be made", err)
	}
	return out.Bytes(), nil
}

func writeMail(out io.Writer, h message.Header, doc matter.LetterDoc, files []matter.LetterFile) error {
	w, err := message.CreateWriter(out, h)
	if err != nil {
		return err
	}
	var text message.Header
	text.SetContentType("text/plain", map[string]string{"charset": "utf-8"})
	text.Set("Content-Transfer-Encoding", "quoted-printable")
	text.Set("Content-Language", doc.Lang)
	if err := addBody(w, text, []byte(strings.ReplaceAll(Text(doc), "\n", "\r\n"))); err != nil {
		return err
	}
	for _, f := range files {
		var h message.Header
		h.SetContentType(f.Type, map[string]string{"name": f.Name})
		h.SetContentDisposition("attachment", map[string]string{"filename": f.Name})
		h.Set("Content-Transfer-Encoding", "base64")
		if err := addBody(w, h, f.Data); err != nil {
			return err
		}
	}
	return w.Close()
}

func addBody(w *message.Writer, h message.Header, data []byte) error {
	p, err := w.CreatePart(h)
	if err != nil {
		return err
	}
	if _, err := p.Write(data); err != nil {
		return err
	}
	return p.Close()
}

// fileName makes a name that every file system and mail program takes; letters lose their accents.
func fileName(title string) string {
	name := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '.':
			return r
		case r == ' ', r == '\u00a0', r == '–', r == '’', r == '\'':
			return '-'
		}
		return -1
	}, norm.NFD.String(title))
	for strings.Contains(name, "--") {
		name = strings.ReplaceAll(name, "--", "-")
	}
	if name = strings.Trim(name, "-."); name == "" {
		return "letter"
	}
	return name
}

// Mailto gives the letter as a link that opens it in a mail program (RFC 6068), without attachments. ok is false where the link would
// be longer than MaxMailto.
func Mailto(doc matter.LetterDoc) (link string, ok bool) {
	escape := func(s string) string { // as RFC 6068 asks: spaces as %20, line ends as %0D%0A
		return strings.ReplaceAll(url.QueryEscape(strings.ReplaceAll(s, "\n", "\r\n")), "+", "%20")
	}
	link = "mailto:" + strings.ReplaceAll(url.PathEscape(doc.To), "%40", "@") + "?subject=" + escape(doc.MailHead) + "&body=" + escape(Text(doc))
	return link, len(link) <= MaxMailto
}
