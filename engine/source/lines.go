package source

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

const byteOrderMark = "\xEF\xBB\xBF"

// line is one line without its end. Of a line longer than maxRow only long is kept.
type line struct {
	text []byte
	long bool
}

// lines reads lines of bounded length, so that a file without line breaks can't fill the memory.
type lines struct {
	in    *bufio.Reader
	begun bool
	back  []line // given back, next first
}

func newLines(r io.Reader) *lines {
	return &lines{in: bufio.NewReaderSize(r, 64<<10)}
}

// next gives the next line; io.EOF after the last one.
func (l *lines) next() (line, error) {
	if len(l.back) > 0 {
		ln := l.back[0]
		l.back = l.back[1:]
		return ln, nil
	}
	ln, err := l.read()
	if !l.begun {
		l.begun = true
		ln.text = bytes.TrimPrefix(ln.text, []byte(byteOrderMark))
	}
	return ln, err
}

// unread gives lines back, to be read again in the same order.
func (l *lines) unread(ls []line) {
	l.back = append(append([]line(nil), ls...), l.back...)
}

func (l *lines) read() (line, error) {
	var ln line
	for {
		part, err := l.in.ReadSlice('\n')
		if !ln.long && len(ln.text)+len(part) <= maxRow {
			ln.text = append(ln.text, part...)
		} else {
			ln = line{long: true}
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF) && (len(ln.text) > 0 || ln.long):
			err = nil
		}
		ln.text = bytes.TrimSuffix(bytes.TrimSuffix(ln.text, []byte("\n")), []byte("\r"))
		return ln, err
	}
}
