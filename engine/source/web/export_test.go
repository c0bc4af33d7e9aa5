package web

import (
	"net/url"
	"time"
)

func Extract(text []byte, address *url.URL, contentType string, now time.Time) (Page, error) {
	return extract(text, address, contentType, now)
}

func SystemNetwork() Network { return systemNetwork{} }

func VersionOf(s string) (etag, modified string) {
	v := versionOf(s)
	return v.ETag, v.Modified
}
