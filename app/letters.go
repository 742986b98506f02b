package app

import (
	"context"
	"errors"
	"maps"
	"strings"
	"time"

	"breakwater/alert"
	"breakwater/desk"
	"breakwater/internal/say"
)

// errNoMail says that letters to people cannot go out: no way by mail is set up.
var errNoMail = errors.New("no way by mail is set up, so nobody can be written to")

// noMail is the pause until it is looked again whether somebody set one up.
const noMail = time.Minute

// addressee is who a letter goes to.
type addressee struct{ email, lang string }

// post brings letters to people, by mail.
func (s *stages) post(ctx context.Context, to addressee, l desk.Mail) error {
	w, err := s.mailWay(ctx, l.BrandID, to)
	if err != nil {
		return err
	}
	carrier, err := s.carrier(w)
	if err != nil {
		return err
	}
	m, err := s.compose(ctx, w, to, l)
	if err != nil {
		return err
	}
	_, err = carrier.Send(ctx, m)
	return err
}

// postTo brings letters to people who sign in.
func (s *stages) postTo(ctx context.Context, to desk.User, l desk.Mail) error {
	return s.post(ctx, addressee{to.Email, to.Lang}, l)
}

// postToContact brings letters to contacts, whether or not they sign in.
func (s *stages) postToContact(ctx context.Context, to desk.Contact, l desk.Mail) error {
	return s.post(ctx, addressee{to.Email(), to.Lang}, l)
}

// mailWay is the one rule by which mail server a letter to somebody goes: the brand's own, else the one that serves all brands; a
// person's own or, for what is of no brand, that of any is better than silence. Without any it is tried again later.
func (s *stages) mailWay(ctx context.Context, brandID int64, to addressee) (desk.Way, error) {
	ways, err := s.db.Ways(ctx)
	if err != nil {
		return desk.Way{}, err
	}
	best, rank := desk.Way{}, 0
	for _, w := range ways {
		if w.Kind != "email" || w.Paused {
			continue
		}
		if r := serves(w, brandID); r > rank {
			best, rank = w, r
		}
	}
	if rank == 0 {
		return best, &desk.Retry{After: noMail, Err: errNoMail} // somebody may set one up meanwhile
	}
	best.Settings, best.Lang = maps.Clone(best.Settings), to.lang
	best.Settings["to"] = to.email
	return best, nil
}

// serves is how well a way by mail serves a brand; 0: not at all.
func serves(w desk.Way, brandID int64) int {
	switch {
	case w.BrandID != 0 && brandID != 0 && w.BrandID != brandID:
		return 0
	case w.UserID != 0:
		return 1
	case w.BrandID != brandID && w.BrandID != 0:
		return 2
	case w.BrandID != brandID:
		return 3
	}
	return 4
}

// compose puts a letter into the words of its reader. Times are said in the brand's zone.
func (s *stages) compose(ctx context.Context, w desk.Way, to addressee, l desk.Mail) (alert.Message, error) {
	speak, zone := say.For(to.lang, ""), s.zoneOf(ctx, l.BrandID)
	local := func(t desk.Text) string {
		with := make(map[string]any, len(t.With))
		for k, v := range t.With {
			if at, ok := v.(time.Time); ok {
				v = speak.When(at.In(zone)) + " " + at.In(zone).Format("MST")
			}
			with[k] = v
		}
		return speak.Text(desk.Text{Say: t.Say, With: with})
	}
	note := alert.Note{Lang: speak.Tag(), Title: strings.Join(strings.Fields(local(l.Subject)), " "), Link: l.Link, Open: local(l.Button)}
	for _, line := range l.Lines {
		note.Lines = append(note.Lines, local(line))
	}
	text, page, err := note.Words()
	return alert.Message{Key: l.Key, To: w, Subject: note.Title, Text: text, HTML: page, Link: l.Link}, err
}

// zoneOf is the clock that a brand goes by; without one UTC.
func (s *stages) zoneOf(ctx context.Context, brandID int64) *time.Location {
	b, err := s.db.Brand(ctx, brandID)
	if err != nil {
		return time.UTC
	}
	zone, err := time.LoadLocation(b.Zone)
	if err != nil {
		return time.UTC
	}
	return zone
}

// promised starts the clock of the update that a plan asks for, once for an incident.
func (s *stages) promised(ctx context.Context, i desk.Incident, by time.Time) error {
	all, err := s.words.Promised(ctx, i.BrandID, i.ID)
	if err != nil || len(all) > 0 || !by.After(time.Now()) {
		return err
	}
	_, err = s.words.Promise(ctx, desk.Promise{IncidentID: i.ID, Text: speaker{}.Text("en", desk.Say("Next update")), Due: by})
	return err
}
