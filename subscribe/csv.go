package subscribe

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"breakwater/desk"
)

// MaxList bounds a list, in bytes: some million addresses.
const MaxList = 48 << 20

// Import is a list of addresses from elsewhere.
type Import struct {
	BrandID  int64
	CentreID int64  // what they get: a page, or WholeBrand
	Lang     string // of lines that name none
	Consent  string // how and when these people agreed; kept with each of them
}

// TakenIn is what became of a list.
type TakenIn struct {
	Added int   `json:"added"`
	Known int   `json:"known"` // here already, or left before: they stay as they are
	Wrong int   `json:"wrong"` // lines that hold no address
	Lines []int `json:"lines"` // the first of these, counted from 1
}

const (
	// perImport is how many addresses are added in one transaction.
	perImport = 1000
	// maxConsent bounds what is said of the consent, in bytes.
	maxConsent = 500
	// wrongShown is how many wrong lines are named.
	wrongShown = 20
)

// Import takes in a list: an address on each line, after a comma its language; columns named address (or email) and lang are found by
// their names. The list is read as it comes, so a million lines need no memory. *desk.Invalid; for admins, who answer for the consent.
func (d *Desk) Import(ctx context.Context, in Import, r io.Reader) (done TakenIn, err error) {
	if err := desk.Need(ctx, desk.Admin); err != nil {
		return done, err
	}
	if in.Consent = strings.TrimSpace(in.Consent); in.Consent == "" || len(in.Consent) > maxConsent {
		return done, desk.Wrong("consent", "Say in a sentence how and when these people agreed to be written to.")
	}
	act := desk.ActOf(ctx, "subscribers.import", in.Consent)
	say := desk.Say("{name} begins to take in a list of subscribers.", "name", act.Name)
	rows := reader{csv: csv.NewReader(r), address: 0, lang: 1}
	rows.csv.FieldsPerRecord, rows.csv.LazyQuotes, rows.csv.ReuseRecord, rows.csv.TrimLeadingSpace = -1, true, true, true
	for {
		batch, more, err := rows.next(d, in, &done)
		if err != nil {
			return done, err
		}
		out := desk.Out{Say: say}
		if !more {
			out.Say = desk.Text{}
		}
		if len(batch) > 0 {
			added, known, err := d.store.AddSubscribers(ctx, batch, act, out)
			if done.Added, done.Known = done.Added+added, done.Known+known; err != nil {
				return done, err
			}
			say = desk.Text{} // said once
		}
		if !more {
			return done, d.store.NoteSubscribers(ctx, in.BrandID, act, desk.Out{Say: desk.Say("{name} took in a list of subscribers. New: {added}.", "name", act.Name, "added", done.Added), Detail: done})
		}
	}
}

// reader reads a list.
type reader struct {
	csv           *csv.Reader
	address, lang int
	line          int
}

// next reads up to perImport subscribers.
func (r *reader) next(d *Desk, in Import, done *TakenIn) (batch []desk.Subscriber, more bool, err error) {
	now := time.Now().UTC()
	for len(batch) < perImport {
		fields, err := r.csv.Read()
		if errors.Is(err, io.EOF) {
			return batch, false, nil
		}
		var broken *csv.ParseError
		if err != nil && !errors.As(err, &broken) {
			return nil, false, fmt.Errorf("read the list: %w", err)
		}
		if r.line++; r.line == 1 && r.heads(fields) {
			continue
		}
		s, ok := r.subscriber(fields, in.Lang)
		if err != nil || !ok {
			if done.Wrong++; len(done.Lines) < wrongShown {
				done.Lines = append(done.Lines, r.line)
			}
			continue
		}
		s.BrandID, s.Mailbox, s.State, s.Origin = in.BrandID, d.mailbox(in.BrandID, s.Address), desk.SubscriberLive, in.Consent
		s.Made, s.Confirmed, s.Centres = now, now, desk.IDs{in.CentreID}
		batch = append(batch, s)
	}
	return batch, true, nil
}

// heads reads the names of columns, if the first line holds some.
func (r *reader) heads(fields []string) bool {
	find := func(names ...string) int {
		return slices.IndexFunc(fields, func(f string) bool {
			return slices.Contains(names, strings.ToLower(strings.Trim(f, "\ufeff \t")))
		})
	}
	at := find("address", "email", "e-mail", "mail")
	if at < 0 {
		return false
	}
	r.address, r.lang = at, find("lang", "language")
	return true
}

func (r *reader) subscriber(fields []string, lang string) (s desk.Subscriber, ok bool) {
	if r.address >= len(fields) {
		return s, false
	}
	address, err := tidyAddress(strings.Trim(fields[r.address], "\ufeff"))
	if err != nil {
		return s, false
	}
	s.Address, s.Lang = address, lang
	if r.lang >= 0 && r.lang < len(fields) && len(fields[r.lang]) <= 20 && fields[r.lang] != "" {
		s.Lang = strings.TrimSpace(fields[r.lang])
	}
	return s, true
}

// Export writes a brand's subscribers as a list: address, language, state, since when, and how they agreed. For admins; the journal says
// who took it.
func (d *Desk) Export(ctx context.Context, brandID int64, w io.Writer) (n int, err error) {
	if err := desk.Need(ctx, desk.Admin); err != nil {
		return 0, err
	}
	act := desk.ActOf(ctx, "subscribers.export", "")
	if err := d.store.NoteSubscribers(ctx, brandID, act, desk.Out{Say: desk.Say("{name} takes out the list of subscribers.", "name", act.Name)}); err != nil {
		return 0, err
	}
	out := csv.NewWriter(w)
	if err := out.Write([]string{"address", "lang", "state", "since", "consent"}); err != nil {
		return 0, err
	}
	for after := int64(0); ; {
		all, err := d.store.Subscribers(ctx, brandID, "", after, perImport)
		if err != nil {
			return n, err
		}
		for _, s := range all {
			after = s.ID
			if s.Address == "" {
				continue
			}
			since := ""
			if !s.Confirmed.IsZero() {
				since = s.Confirmed.Format(time.RFC3339)
			}
			if err := out.Write([]string{harmless(s.Address), s.Lang, s.State, since, harmless(s.Origin)}); err != nil {
				return n, err
			}
			n++
		}
		if len(all) < perImport {
			out.Flush()
			return n, out.Error()
		}
	}
}

// harmless is a field that no spreadsheet takes for a formula.
func harmless(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}
