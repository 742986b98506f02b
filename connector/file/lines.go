package file

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"breakwater/desk"
)

// maxLine is the most bytes of a line, and of a row that spans several: sixteen times the text that is kept of a mention.
const maxLine = 16 * desk.MaxText

// lines reads a file line by line, in UTF-8, and remembers where it is.
type lines struct {
	r     *bufio.Reader
	read  int    // lines read so far
	again []line // lines that are read once more before the next
}

// line is one line without its end.
type line struct {
	n    int // 1-based
	text []byte
	long bool // it was longer than maxLine: text is its beginning
}

// newLines finds out how a file is encoded. A file that is no text at all is a *desk.Invalid.
func newLines(r io.Reader) (*lines, error) {
	b := bufio.NewReaderSize(r, 64<<10)
	head, err := b.Peek(512)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return nil, desk.Wrong("file", "This is a spreadsheet or an archive. Save it as CSV first.")
	case bytes.HasPrefix(head, []byte("\x1f\x8b")):
		return nil, desk.Wrong("file", "This file is compressed. Unpack it first.")
	}
	if e, ok := wide(head); ok {
		decoder := unicode.UTF16(e, unicode.UseBOM).NewDecoder()
		return &lines{r: bufio.NewReaderSize(transform.NewReader(b, decoder), 64<<10)}, nil
	}
	if bytes.HasPrefix(head, []byte("\xef\xbb\xbf")) {
		if _, err := b.Discard(3); err != nil {
			return nil, err
		}
	}
	return &lines{r: b}, nil
}

// wide reports whether a file is in UTF-16, by its mark or because every other byte of its beginning is zero.
func wide(head []byte) (unicode.Endianness, bool) {
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xfe")):
		return unicode.LittleEndian, true
	case bytes.HasPrefix(head, []byte("\xfe\xff")):
		return unicode.BigEndian, true
	}
	zeros := [2]int{}
	for i, c := range head {
		if c == 0 {
			zeros[i%2]++
		}
	}
	switch most := len(head) / 5; {
	case len(head) > 3 && zeros[1] > most && zeros[0] == 0:
		return unicode.LittleEndian, true
	case len(head) > 3 && zeros[0] > most && zeros[1] == 0:
		return unicode.BigEndian, true
	}
	return unicode.LittleEndian, false
}

// next is the next line; io.EOF after the last.
func (l *lines) next() (line, error) {
	if len(l.again) > 0 {
		first := l.again[0]
		l.again = l.again[1:]
		return first, nil
	}
	var out line
	for {
		piece, err := l.r.ReadSlice('\n')
		if room := maxLine - len(out.text); len(piece) > room+2 {
			out.text, out.long = append(out.text, piece[:max(room, 0)]...), true
		} else {
			out.text = append(out.text, piece...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF) && len(out.text) == 0 && !out.long:
			return out, io.EOF
		case err != nil && !errors.Is(err, io.EOF):
			return out, err
		}
		l.read++
		out.n = l.read
		out.text = bytes.TrimSuffix(bytes.TrimSuffix(out.text, []byte("\n")), []byte("\r"))
		return out, nil
	}
}
