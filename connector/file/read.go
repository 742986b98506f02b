package file

import (
	"bytes"
	"errors"
	"io"
	"iter"
	"strings"
	"time"
	"unicode/utf8"

	"breakwater/connector"
	"breakwater/desk"
)

const (
	// page is the most rows of a batch.
	page = 500
	// oldNews is the age from which something imported no longer says that something happens now.
	oldNews = time.Hour
	// sample is how many bytes of a bad row are shown.
	sample = 200
)

// reader is a file being read.
type reader struct {
	lines   *lines
	table   *table // nil: lines of JSON
	mapping connector.Mapping
	record  connector.Record
	column  func(part string) int
	width   int // columns
	source  int64
}

// Read gives the mentions of a file in batches; the last is Done. Rows that cannot be read are the batch's Rejects. An error ends
// the reading: a *desk.Invalid when the whole file is of no use.
func Read(r io.Reader, opt Options) iter.Seq2[desk.Batch, error] {
	return func(yield func(desk.Batch, error) bool) {
		f, err := open(r, opt)
		if err != nil {
			yield(desk.Batch{}, err)
			return
		}
		for {
			b, err := f.batch()
			if !yield(b, err) || err != nil || b.Done {
				return
			}
		}
	}
}

// open reads the beginning of a file: how it is written, and where what is.
func open(r io.Reader, opt Options) (*reader, error) {
	if opt.Network == "" {
		opt.Network = "file"
	}
	mapping, err := connector.ParseMapping(opt.Mapping)
	if err != nil {
		return nil, err
	}
	f := &reader{mapping: mapping, source: opt.SourceID}
	f.record = connector.Record{Network: opt.Network, Zone: opt.Zone, Now: time.Now()}
	if f.lines, err = newLines(r); err != nil {
		return nil, err
	}
	first, err := f.first()
	if err != nil {
		return nil, err
	}
	switch bytes.TrimSpace(first.text)[0] {
	case '{':
		f.lines.again = []line{first}
		return f, nil
	case '[':
		return nil, desk.Wrong("file", "This is one large JSON list. Write one record in each line instead (NDJSON).")
	}
	return f, f.header(first)
}

// first is the first line that is not empty.
func (f *reader) first() (line, error) {
	for {
		l, err := f.lines.next()
		switch {
		case errors.Is(err, io.EOF):
			return l, desk.Wrong("file", "The file is empty.")
		case err != nil:
			return l, err
		}
		if len(bytes.TrimSpace(l.text)) > 0 {
			return l, nil
		}
	}
}

// header finds the columns of a table.
func (f *reader) header(first line) error {
	f.table = &table{lines: f.lines}
	if c, ok := separator(first.text); ok {
		next, err := f.first()
		if err != nil {
			return err
		}
		f.table.comma, first = c, next
	} else {
		f.table.comma = sniff(first.text)
	}
	f.lines.again = []line{first}
	names, _, bad, err := f.table.next()
	if err != nil {
		return err
	}
	if bad != nil {
		return desk.Wrong("file", "The first line cannot be read. It should name the columns.")
	}
	f.column, f.width = f.mapping.Column(names), len(names)
	for part, say := range map[string]string{
		"text":      "No column with the text was found among: {columns}. Say in the mapping which it is, like: text = Column",
		"published": "No column with the time was found among: {columns}. Say in the mapping which it is, like: published = Column",
	} {
		if f.column(part) < 0 && (part != "text" || f.column("title") < 0) {
			return desk.Wrong("mapping", say, "columns", clip(strings.Join(names, ", "), 500))
		}
	}
	return nil
}

// batch reads up to page rows.
func (f *reader) batch() (desk.Batch, error) {
	b := desk.Batch{SourceID: f.source, OwnOnly: true}
	for range page {
		err := f.row(&b)
		if errors.Is(err, io.EOF) {
			b.Done, b.Durable = true, true // who sent it may throw the file away now; this makes the batches before durable too
			break
		}
		if err != nil {
			return b, err
		}
	}
	return b, nil
}

// row reads one row into the batch.
func (f *reader) row(b *desk.Batch) error {
	find, raw, n, bad, err := f.next()
	switch {
	case err != nil || find == nil && bad == nil:
		return err
	case bad == nil:
		bad = f.add(b, find)
	}
	if bad != nil {
		b.Rejects = append(b.Rejects, desk.Reject{Line: n, Reason: bad.Reason, Sample: clip(raw, sample)})
	}
	return nil
}

// next reads one row of either format. An empty one has neither find nor bad.
func (f *reader) next() (find func(string) any, raw string, n int, bad *desk.Invalid, err error) {
	if f.table == nil {
		return f.object()
	}
	fields, first, bad, err := f.table.next()
	n = first.n
	if err != nil || bad != nil {
		return nil, clip(string(first.text[:min(len(first.text), sample)]), sample), n, bad, err
	}
	raw = strings.Join(fields, string(f.table.comma))
	switch {
	case strings.Trim(raw, string(f.table.comma)+" \t") == "":
		return nil, "", n, nil, nil
	case !utf8.ValidString(raw):
		return nil, raw, n, desk.Wrong("row", "The text is not in UTF-8. Save the file in that encoding."), nil
	case len(fields) > f.width && strings.TrimSpace(strings.Join(fields[f.width:], "")) != "":
		return nil, raw, n, desk.Wrong("row", "The row has {n} fields, but there are {columns} columns.", "n", len(fields), "columns", f.width), nil
	}
	return func(part string) any {
		if i := f.column(part); i >= 0 && i < len(fields) && fields[i] != "" {
			return fields[i]
		}
		return nil
	}, raw, n, nil, nil
}

// object reads one line of JSON.
func (f *reader) object() (find func(string) any, raw string, n int, bad *desk.Invalid, err error) {
	l, err := f.lines.next()
	if err != nil {
		return nil, "", 0, nil, err
	}
	text := bytes.TrimSpace(l.text)
	raw = string(text[:min(len(text), sample)])
	switch {
	case l.long:
		return nil, raw, l.n, tooLong(), nil
	case len(text) == 0:
		return nil, "", l.n, nil, nil
	case !utf8.Valid(text):
		return nil, raw, l.n, desk.Wrong("row", "The text is not in UTF-8. Save the file in that encoding."), nil
	}
	v, wrong := connector.DecodeJSON(text)
	if errors.As(wrong, &bad) {
		return nil, raw, l.n, bad, nil
	}
	if _, ok := v.(map[string]any); !ok {
		return nil, raw, l.n, desk.Wrong("row", "A mention is a JSON object."), nil
	}
	return f.mapping.Find(v), raw, l.n, nil, nil
}

// add reads a mention.
func (f *reader) add(b *desk.Batch, find func(string) any) *desk.Invalid {
	m, bad := f.record.Mention(find)
	switch {
	case bad != nil:
		return bad
	case !m.Deleted.IsZero():
		b.Gone = append(b.Gone, m.Ref)
		return nil
	case m.Published.IsZero():
		return desk.Wrong("published", "There is no time.")
	}
	m.SourceID = f.source
	m.Late = f.record.Now.Sub(m.Published) > oldNews
	b.Mentions = append(b.Mentions, m)
	return nil
}

// clip is the beginning of s, whole characters only.
func clip(s string, most int) string {
	if len(s) > most {
		s = s[:most]
	}
	return strings.ToValidUTF8(s, "")
}
