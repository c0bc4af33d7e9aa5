package page

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"net/url"
	"path"
	"strconv"
	"strings"
	"unicode"

	"gabarit/engine"
)

// Address gives a web address in the one form in which addresses are compared: http or https, host in lower case, no default
// port, no fragment, no user name, never an empty path. "" for what is no such address or is longer than MaxAddress.
func Address(s string) string {
	return Resolve(nil, s)
}

// Resolve is Address for a reference of a page at base; base may be nil.
func Resolve(base *url.URL, ref string) string {
	u := parsed(ref)
	if u == nil {
		return ""
	}
	if base != nil {
		u = base.ResolveReference(u)
	}
	u.Scheme = strings.ToLower(u.Scheme)
	if (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" || u.Opaque != "" {
		return ""
	}
	u.User, u.Fragment, u.RawFragment, u.ForceQuery = nil, "", "", false
	u.Host = strings.ToLower(u.Host)
	if port := u.Port(); (u.Scheme == "http" && port == "80") || (u.Scheme == "https" && port == "443") || port == "" {
		u.Host = strings.TrimSuffix(u.Host, ":"+port)
	}
	if u.Path == "" {
		u.Path, u.RawPath = "/", ""
	}
	u.RawQuery = encoded(u.RawQuery)
	u.RawPath = encoded(u.EscapedPath()) // the same path, as %2f and %2F are
	out := u.String()
	if len(out) > MaxAddress {
		return ""
	}
	return out
}

// parsed reads a reference as browsers do; nil where that can't be.
func parsed(ref string) *url.URL {
	ref = strings.TrimSpace(ref)
	if ref == "" || len(ref) > MaxAddress {
		return nil
	}
	ref = strings.NewReplacer("\t", "", "\n", "", "\r", "").Replace(ref)
	if strings.ContainsFunc(ref, unicode.IsControl) {
		return nil
	}
	u, err := url.Parse(strings.ReplaceAll(ref, " ", "%20"))
	if err != nil {
		return nil
	}
	return u
}

// encoded writes what may not stand in an address as %HH, as browsers ask for it, and all of these in capitals.
func encoded(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '%' && i+2 < len(s):
			b.WriteString("%" + strings.ToUpper(s[i+1:i+3]))
			i += 2
		case c <= ' ' || c >= 0x7f || strings.IndexByte("\"<>", c) >= 0:
			fmt.Fprintf(&b, "%%%02X", c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// Line puts a text of a page on one line, at most engine.MaxTitle characters long, without control characters.
func Line(texts ...string) string {
	for _, s := range texts {
		if len(s) > 8*engine.MaxTitle { // what is cut away is not looked at
			s = strings.ToValidUTF8(s[:8*engine.MaxTitle], "")
		}
		if s = engine.Caption(engine.MaxTitle, strings.Join(strings.Fields(s), " ")); s != "" {
			return s
		}
	}
	return ""
}

// candidate is one address of a srcset, with its width ("800w") or density ("2x", 1 if it tells none).
type candidate struct {
	ref  string
	size float64
}

// candidates gives the addresses of a srcset: "a.jpg 1x, b.jpg 2x". A comma inside of an address is part of it, as the HTML
// standard has it: candidates are separated by a comma before or after white space.
func candidates(srcset string) []candidate {
	var out []candidate
	for len(out) < maxCandidates {
		srcset = strings.TrimLeft(srcset, ", \t\r\n\f")
		if srcset == "" {
			break
		}
		end := strings.IndexAny(srcset, " \t\r\n\f")
		if end < 0 {
			end = len(srcset)
		}
		ref := srcset[:end]
		srcset = srcset[end:]
		bare := strings.TrimRight(ref, ",")
		c := candidate{bare, 1}
		if len(bare) == len(ref) { // a description may follow
			var word string
			word, srcset, _ = strings.Cut(srcset, ",")
			if n, err := strconv.ParseFloat(strings.TrimRight(strings.TrimSpace(word), "wx"), 64); err == nil && n > 0 {
				c.size = n
			}
		}
		out = append(out, c)
	}
	return out
}

// inStyle gives the addresses that a style attribute takes pictures from: url(a.jpg).
func inStyle(style string) []string {
	var out []string
	for len(out) < maxCandidates {
		_, ref, rest, ok := nextURL(style)
		if !ok {
			break
		}
		style = rest
		out = append(out, strings.TrimSpace(ref))
	}
	return out
}

// isData tells a reference that holds the image itself.
func isData(ref string) bool {
	return len(ref) >= 5 && strings.EqualFold(ref[:5], "data:")
}

// decodeData gives the bytes and the MIME type of a data: address; ok is false where it is malformed.
func decodeData(ref string) (data []byte, mime string, ok bool) {
	if !isData(ref) {
		return nil, "", false
	}
	head, body, ok := strings.Cut(ref[len("data:"):], ",")
	if !ok {
		return nil, "", false
	}
	mime, _, _ = strings.Cut(head, ";")
	mime = strings.ToLower(strings.TrimSpace(mime))
	text := []byte(body)
	if strings.IndexByte(body, '%') >= 0 {
		plain, err := url.PathUnescape(body)
		if err != nil {
			return nil, mime, false
		}
		text = []byte(plain)
	}
	if !strings.HasSuffix(strings.ToLower(strings.TrimSpace(head)), ";base64") {
		return text, mime, true
	}
	text = bytes.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '=' {
			return -1
		}
		return r
	}, text)
	out := make([]byte, base64.RawStdEncoding.DecodedLen(len(text)))
	n, err := base64.RawStdEncoding.Decode(out, text)
	return out[:n], mime, err == nil
}

// namesImage tells addresses whose path ends like that of a picture: links to them are taken for links to the full picture.
func namesImage(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	switch strings.ToLower(path.Ext(u.Path)) {
	case ".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".gif", ".heic", ".heif", ".avif", ".tif", ".tiff", ".bmp":
		return true
	}
	return false
}
