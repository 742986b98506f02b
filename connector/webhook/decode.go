package webhook

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"breakwater/connector"
	"breakwater/desk"
)

// oldNews is the age from which what is pushed says no longer that something happens now: a program that catches up.
const oldNews = time.Hour

// delivery is a request whose signature is good.
type delivery struct {
	source desk.Source
	id     string    // of the message, the same when it is sent again
	sent   time.Time // by the sender's clock
	lines  bool      // lines of JSON
}

// decode reads the mentions of a body, some bodies at a time.
func (h *Handler) decode(ctx context.Context, d *delivery, body []byte) (desk.Batch, []reject, error) {
	weight := int64(max(len(body), 1))
	if err := h.room.Acquire(ctx, weight); err != nil {
		return desk.Batch{}, nil, err
	}
	defer h.room.Release(weight)
	return d.decode(body)
}

func (d *delivery) decode(body []byte) (desk.Batch, []reject, error) {
	b := desk.Batch{SourceID: d.source.ID, OwnOnly: true}
	mapping, err := connector.ParseMapping(d.source.Settings["mapping"])
	if err != nil {
		return b, nil, err // it was checked when it was saved
	}
	var bad []reject
	if d.lines {
		bad = d.each(&b, mapping, body)
		if len(b.Mentions)+len(b.Gone)+len(bad) == 0 {
			return b, nil, refuse(http.StatusBadRequest, "There is nothing in the body.")
		}
		return b, bad, tooMany(len(b.Mentions) + len(b.Gone) + len(bad))
	}
	document, err := connector.DecodeJSON(body)
	if err != nil {
		note(&b, 0, err)
		return b, nil, refuse(http.StatusBadRequest, reason(err))
	}
	records := mapping.Records(document)
	if records == nil {
		return b, nil, refuse(http.StatusBadRequest, "There is nothing where the mapping says that the records are.")
	}
	if err := tooMany(len(records)); err != nil {
		return b, nil, err
	}
	for i, record := range records {
		if err := d.add(&b, mapping, i, record); err != nil {
			bad = append(bad, note(&b, i, err))
		}
	}
	return b, bad, nil
}

// each reads a body that has a record in each line.
func (d *delivery) each(b *desk.Batch, m connector.Mapping, body []byte) (bad []reject) {
	for i, line := range bytes.Split(body, []byte{'\n'}) {
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		record, err := connector.DecodeJSON(line)
		if err == nil {
			err = d.add(b, m, i, record)
		}
		if err != nil {
			bad = append(bad, note(b, i, err))
		}
		if len(b.Mentions)+len(b.Gone)+len(bad) > MaxRecords {
			break
		}
	}
	return bad
}

// add reads one record.
func (d *delivery) add(b *desk.Batch, mapping connector.Mapping, index int, record any) error {
	if _, ok := record.(map[string]any); !ok {
		return desk.Wrong("record", "A mention is a JSON object.")
	}
	find := mapping.Find(record)
	now := time.Now()
	m, wrong := connector.Record{Network: d.source.Settings["network"], Now: now}.Mention(find)
	if wrong != nil {
		return wrong
	}
	if !m.Deleted.IsZero() {
		b.Gone = append(b.Gone, m.Ref)
		return nil
	}
	if m.Published.IsZero() {
		m.Published = d.sent
		if find("id") == nil { // one was made without a time, which is too little to tell two mentions apart
			m.NativeID = fmt.Sprintf("%s-%d", connector.MadeID(d.id), index)
		}
	}
	m.SourceID = d.source.ID
	m.Late = now.Sub(m.Published) > oldNews
	b.Mentions = append(b.Mentions, m)
	return nil
}

// note keeps account of a bad record.
func note(b *desk.Batch, index int, err error) reject {
	r := reject{Index: index, Field: "record", Reason: reason(err)}
	var wrong *desk.Invalid
	if errors.As(err, &wrong) {
		r.Field = wrong.Field
		b.Rejects = append(b.Rejects, desk.Reject{Line: index + 1, Reason: wrong.Reason})
	}
	return r
}

// reason is the sentence of an error in English, for the sender's developer.
func reason(err error) string {
	var wrong *desk.Invalid
	if errors.As(err, &wrong) {
		return wrong.Reason.English()
	}
	return "It cannot be read."
}

func tooMany(n int) error {
	if n > MaxRecords {
		return refuse(http.StatusRequestEntityTooLarge, fmt.Sprintf("Send at most %d mentions at once.", MaxRecords))
	}
	return nil
}
