package app

import (
	"context"
	"errors"
	"strings"
	"time"

	"breakwater/access"
	"breakwater/alert"
	"breakwater/approve"
	"breakwater/desk"
	"breakwater/internal/say"
	"breakwater/people"
	"breakwater/staff"
)

// errNoMail says that letters to people cannot go out: no way by mail is set up.
var errNoMail = errors.New("no way by mail is set up, so nobody can be written to")

// noMail is the pause until it is looked again whether somebody set one up.
const noMail = time.Minute

// addressee is who a letter goes to.
type addressee struct{ email, lang string }

// write brings letters to people who sign in.
func (s *stages) write(send func(desk.Way) (alert.Sender, error)) func(context.Context, desk.User, approve.Letter) error {
	return func(ctx context.Context, to desk.User, l approve.Letter) error {
		return s.mail(ctx, send, addressee{to.Email, to.Lang}, l)
	}
}

// writeToAdmin brings letters about the doors of the desk to admins.
func (s *stages) writeToAdmin(send func(desk.Way) (alert.Sender, error)) func(context.Context, desk.User, access.Letter) error {
	return func(ctx context.Context, to desk.User, l access.Letter) error {
		return s.mail(ctx, send, addressee{to.Email, to.Lang}, approve.Letter(l))
	}
}

// writeToContact brings letters to contacts, whether or not they sign in.
func (s *stages) writeToContact(send func(desk.Way) (alert.Sender, error)) func(context.Context, desk.Contact, people.Letter) error {
	return func(ctx context.Context, to desk.Contact, l people.Letter) error {
		return s.mail(ctx, send, addressee{to.Email(), to.Lang}, approve.Letter(l))
	}
}

// writeToStaff brings letters to our own people.
func (s *stages) writeToStaff(send func(desk.Way) (alert.Sender, error)) func(context.Context, desk.Contact, staff.Letter) error {
	return func(ctx context.Context, to desk.Contact, l staff.Letter) error {
		return s.mail(ctx, send, addressee{to.Email(), to.Lang}, approve.Letter(l))
	}
}

// mail brings a letter to an address: by the mail server of the first way by mail that serves the brand.
func (s *stages) mail(ctx context.Context, send func(desk.Way) (alert.Sender, error), to addressee, l approve.Letter) error {
	ways, err := s.db.Ways(ctx)
	if err != nil {
		return err
	}
	for _, w := range ways {
		if w.Kind != "email" || w.Paused || w.BrandID != 0 && l.BrandID != 0 && w.BrandID != l.BrandID {
			continue
		}
		own := make(desk.Settings, len(w.Settings))
		for k, v := range w.Settings {
			own[k] = v
		}
		own["to"] = to.email
		w.Settings = own
		carrier, err := send(w)
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
	return &desk.Retry{After: noMail, Err: errNoMail} // somebody may set one up meanwhile
}

// compose puts a letter into the words of its reader. Times are said in the brand's zone.
func (s *stages) compose(ctx context.Context, w desk.Way, to addressee, l approve.Letter) (alert.Message, error) {
	speak, zone := say.For(to.lang, ""), time.UTC
	if b, err := s.db.Brand(ctx, l.BrandID); err == nil {
		if z, err := time.LoadLocation(b.Zone); err == nil {
			zone = z
		}
	}
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

// promised starts the clock of the update that a plan asks for, once for an incident.
func (s *stages) promised(ctx context.Context, i desk.Incident, by time.Time) error {
	all, err := s.words.Promised(ctx, i.BrandID, i.ID)
	if err != nil || len(all) > 0 || !by.After(time.Now()) {
		return err
	}
	_, err = s.words.Promise(ctx, desk.Promise{IncidentID: i.ID, Text: speaker{}.Text("en", desk.Say("Next update")), Due: by})
	return err
}
