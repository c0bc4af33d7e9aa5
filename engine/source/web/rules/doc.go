// Package rules holds what a collection from the web must keep to, as pure functions: what a site's owner says (robots.txt by RFC 9309, X-Robots-Tag and
// meta robots, TDM reservation), which hosts a scope names, which addresses are of the public internet, and whether a contact is one. It makes no
// request and reads no clock; engine/source/web, its only user, does. Everything it reads is hostile: parsers never fail and are linear in what they read; what
// can't be understood forbids rather than allows where somebody seems to have meant to forbid.
package rules
