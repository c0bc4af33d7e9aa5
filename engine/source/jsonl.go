package source

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"unicode/utf8"

	"gabarit/engine"
)

// jsonRecords reads JSON lines.
type jsonRecords struct {
	lines *lines
	no    int // of the last line, from 1
}

func newJSONRecords(r io.Reader) *jsonRecords {
	return &jsonRecords{lines: newLines(r)}
}

// next gives the columns of the next line, none for an empty line. Errors as for csvRecords.
func (j *jsonRecords) next() (columns, error) {
	ln, err := j.lines.next()
	if err != nil {
		return columns{}, err
	}
	j.no++
	if ln.long {
		return columns{}, tooLong()
	}
	if len(bytes.TrimSpace(ln.text)) == 0 {
		return columns{}, nil
	}
	if !utf8.Valid(ln.text) { // the JSON decoder would put U+FFFD in place
		return columns{}, notUTF8("source.Manifest")
	}
	return parseObject(ln.text)
}

func parseObject(text []byte) (columns, error) {
	const op = "source.Manifest"
	var out columns
	var object map[string]json.RawMessage
	if err := json.Unmarshal(text, &object); err != nil || object == nil {
		return out, engine.E(engine.CodeInvalid, op, "the row is not a JSON object", err)
	}
	for i, name := range strings.Fields(columnNames) {
		value, ok := scalar(object[name])
		if !ok {
			return out, engine.E(engine.CodeInvalid, op, "a value of the row is neither text nor a number", nil)
		}
		out[i] = value
	}
	return out, nil
}

// scalar gives a string or number as text; a missing value and null are "".
func scalar(raw json.RawMessage) (string, bool) {
	if len(raw) == 0 || string(raw) == "null" {
		return "", true
	}
	var s string
	if raw[0] == '"' {
		err := json.Unmarshal(raw, &s)
		return s, err == nil
	}
	var n json.Number
	if err := json.Unmarshal(raw, &n); err != nil {
		return "", false
	}
	return n.String(), true
}
