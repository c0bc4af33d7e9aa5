package web

func Candidates(set string) (out []string) {
	for _, c := range candidates(set) {
		out = append(out, c.url)
	}
	return out
}

func SystemNetwork() Network { return systemNetwork{} }

func VersionOf(s string) (etag, modified string) {
	v := versionOf(s)
	return v.ETag, v.Modified
}
