package records_test

import (
	"testing"

	"gabarit/engine"
	"gabarit/storage/records"
)

func FuzzDecode(f *testing.F) {
	templates, err := records.EncodeTemplates(records.TemplatesHead{Collection: "c", Hosts: []string{"a.example", "b.example"}}, []records.FaceTemplate{{Number: 1}})
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range [][]byte{nil, {1}, {2}, templates, templates[:len(templates)-1], []byte("\x01{}"), []byte("\x01\"x\""), []byte("\x01\x01\x00\x00\x00{"),
		[]byte("\x01{\"sha256\":\"AAAA\",\"faces\":[{}],\"items\":[{}],\"retain_ns\":1e99}"), []byte("\x01\xff\xff\xff\xff{}"),
		[]byte("\x01{\"tree\":{\"size\":3,\"hashes\":[\"AAAA\"]},\"last\":\"00\"}"), []byte("\x01{\"at\":\"2026-11-23T00:00:00Z\",\"text\":\"gabarit/x\\n1\\n\"}")} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, plain []byte) {
		for _, err := range records.DecodeAll(plain) {
			if code := engine.CodeOf(err); err != nil && code != engine.CodeCorrupt && code != engine.CodeUnsupported {
				t.Errorf("%v has code %s", err, code)
			}
		}
	})
}
