package source

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"

	"gabarit/engine"
)

// csvRecords cuts a CSV file into records before encoding/csv sees them, because that reader takes an unclosed quote
// to the end of the file into memory, and everything up to there into one row. Here such a row fails alone: the
// lines behind it are read as rows of their own.
type csvRecords struct {
	lines *lines
	comma byte
	no    int // of the last record, from 1, empty ones counted as spreadsheets do
	buf   *bufio.Reader
}

func newCSVRecords(r io.Reader) *csvRecords {
	return &csvRecords{lines: newLines(r), comma: ',', buf: bufio.NewReader(nil)}
}

// next gives the cells of the next record. A record that can't be used is an engine.Error; io.EOF ends the file, any
// other error is one of reading.
func (c *csvRecords) next() ([]string, error) {
	record, err := c.record()
	if err != nil {
		return nil, err
	}
	if len(bytes.TrimSpace(record)) == 0 {
		return nil, nil
	}
	return c.cells(record, c.comma)
}

// record joins the lines of one record.
func (c *csvRecords) record() ([]byte, error) {
	first, err := c.lines.next()
	if err != nil {
		return nil, err
	}
	c.no++
	if first.long {
		return nil, tooLong()
	}
	record := first.text
	var more []line
	for quoted := openQuote(first.text, c.comma, false); quoted; {
		ln, err := c.lines.next()
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		if err == nil {
			more = append(more, ln)
		}
		if err != nil || ln.long || len(record)+len(ln.text) >= maxRow || len(more) > maxRowLines {
			c.lines.unread(more)
			return nil, engine.E(engine.CodeInvalid, "source.Manifest", "a quote in the row is not closed", nil)
		}
		record = append(append(record, '\n'), ln.text...)
		quoted = openQuote(ln.text, c.comma, true)
	}
	return record, nil
}

// cells parses one record.
func (c *csvRecords) cells(record []byte, comma byte) ([]string, error) {
	c.buf.Reset(bytes.NewReader(record))
	r := csv.NewReader(c.buf)
	r.Comma = rune(comma)
	r.FieldsPerRecord = -1
	r.LazyQuotes = true // a title may hold a bare quote
	cells, err := r.Read()
	if err == nil && r.InputOffset() != int64(len(record)) {
		err = errors.New("text is left over")
	}
	if err != nil {
		return nil, engine.E(engine.CodeInvalid, "source.Manifest", "the row is not proper CSV", err)
	}
	return cells, nil
}

// openQuote tells whether a quoted cell is open at the end of a line, given whether one was open at its start. It
// follows encoding/csv with LazyQuotes: a quote opens a cell only at its start, and closes it only before a
// separator or the line's end.
func openQuote(text []byte, comma byte, quoted bool) bool {
	start := !quoted // at the start of a cell
	for i := 0; i < len(text); i++ {
		ch := text[i]
		switch {
		case quoted && ch == '"' && i+1 < len(text) && text[i+1] == '"':
			i++
		case quoted && ch == '"' && (i+1 == len(text) || text[i+1] == comma):
			quoted, start = false, false
		case quoted:
		case start && ch == '"':
			quoted, start = true, false
		default:
			start = ch == comma
		}
	}
	return quoted
}

func tooLong() error {
	return engine.E(engine.CodeLimit, "source.Manifest", "the row is longer than the limit", nil)
}

// columnNames are the known columns, in the order of columns' fields.
const columnNames = "file url page_url page_title image_title captured_at lat lon"

// header maps each cell of a row to the index of its known column, or -1.
type header []int

// readHeader finds the separator and the columns, and leaves the records at the first row. Errors: CodeInvalid,
// CodeLimit, CodeUnsupported, or one of reading.
func readHeader(c *csvRecords) (header, error) {
	const op = "source.Manifest"
	names, err := c.record()
	if err == nil && len(names) == 5 && strings.EqualFold(string(names[:4]), "sep=") {
		if c.comma = names[4]; !strings.ContainsRune(separators, rune(c.comma)) {
			return nil, engine.E(engine.CodeUnsupported, op, "the manifest's separator is not a comma, semicolon or tab", nil)
		}
		names, err = c.record()
	} else {
		c.comma = separator(names)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	var h header
	if len(bytes.TrimSpace(names)) > 0 {
		cells, err := c.cells(names, c.comma)
		if err != nil {
			return nil, err
		}
		if h, err = columnsOf(cells); err != nil {
			return nil, err
		}
	}
	if h == nil {
		return nil, engine.E(engine.CodeInvalid, op, `the manifest's first line must name its columns, among them "file"`, nil)
	}
	return h, nil
}

// separators are what may stand between cells.
const separators = ",;\t"

// separator is the candidate that stands most often in the first line.
func separator(names []byte) byte {
	best := byte(',')
	for _, c := range []byte(separators) {
		if bytes.Count(names, []byte{c}) > bytes.Count(names, []byte{best}) {
			best = c
		}
	}
	return best
}

// columnsOf gives nil if there is no column "file".
func columnsOf(cells []string) (header, error) {
	known := strings.Fields(columnNames)
	h := make(header, len(cells))
	seen := make([]bool, len(known))
	for i, cell := range cells {
		h[i] = -1
		for k, name := range known {
			if !strings.EqualFold(strings.TrimSpace(cell), name) {
				continue
			}
			if seen[k] {
				return nil, engine.E(engine.CodeInvalid, "source.Manifest", "the manifest names a column twice", nil)
			}
			h[i], seen[k] = k, true
		}
	}
	if !seen[0] {
		return nil, nil
	}
	return h, nil
}

// columns brings the cells of a row into the order of columnNames.
func (h header) columns(cells []string) (columns, error) {
	var out columns
	for i, cell := range cells {
		switch {
		case i >= len(h) && strings.TrimSpace(cell) != "":
			return out, engine.E(engine.CodeInvalid, "source.Manifest", "the row has more cells than the first line names", nil)
		case i < len(h) && h[i] >= 0:
			out[h[i]] = cell
		}
	}
	return out, nil
}
