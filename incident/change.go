package incident

import (
	"context"
	"strconv"
	"strings"
	"unicode/utf8"

	"breakwater/desk"
)

// maxNote is the longest note in characters.
const maxNote = 5000

// Note writes a note on the timeline: the note is the entry's Why. For responders.
func (r *Register) Note(ctx context.Context, id int64, note string) (desk.Entry, error) {
	if err := desk.Need(ctx, desk.Responder); err != nil {
		return desk.Entry{}, err
	}
	note = strings.TrimSpace(note)
	if note == "" || utf8.RuneCountInString(note) > maxNote {
		return desk.Entry{}, desk.Wrong("note", "Write a note of at most {n} characters.", "n", maxNote)
	}
	if _, err := r.store.Incident(ctx, id); err != nil {
		return desk.Entry{}, err
	}
	act := desk.ActOf(ctx, "incident.note", note)
	out := desk.Out{Say: desk.Say("{name} wrote a note.", "name", act.Name), IncidentID: id}
	return r.store.Record(ctx, act, "incident:"+strconv.FormatInt(id, 10), out)
}

// Describe changes title and what is known. A version other than the stored one is desk.ErrConflict, so that two who write at
// once do not overwrite each other; 0 is not checked. For responders.
func (r *Register) Describe(ctx context.Context, id int64, version int, title, known string) (desk.Incident, error) {
	title, err := titled(title)
	if err != nil {
		return desk.Incident{}, err
	}
	return r.change(ctx, id, desk.Responder, "incident.describe", "", func(i *desk.Incident, act desk.Act) (desk.Text, error) {
		if version != 0 && version != i.Version {
			return desk.Text{}, desk.ErrConflict
		}
		i.Title, i.Known = title, strings.TrimSpace(known)
		return desk.Say("{name} changed what is known.", "name", act.Name), nil
	})
}

// SetLevel changes the response level; it needs a reason. For leads.
func (r *Register) SetLevel(ctx context.Context, id int64, l desk.Level, why string) (desk.Incident, error) {
	return r.change(ctx, id, desk.Lead, "incident.level", why, func(i *desk.Incident, act desk.Act) (desk.Text, error) {
		was := i.Level
		if err := i.SetLevel(l, strings.TrimSpace(why)); err != nil {
			return desk.Text{}, err
		}
		_, err := r.plan(ctx, i, act.At) // jobs come with the opening alone
		return desk.Say("{name} changed the level from {was} to {level}.", "name", act.Name, "was", int(was), "level", int(l)), err
	})
}

// Tick marks a step of the plan as done, or as open again when it was done. For responders.
func (r *Register) Tick(ctx context.Context, id int64, step string) (desk.Incident, error) {
	return r.change(ctx, id, desk.Responder, "incident.step", "", func(i *desk.Incident, act desk.Act) (desk.Text, error) {
		s, err := i.Tick(step, act.Name, act.At)
		if s.Done() {
			return desk.Say("{name} did: {step}", "name", act.Name, "step", s.Do), err
		}
		return desk.Say("{name} opened again: {step}", "name", act.Name, "step", s.Do), err
	})
}

// Give hands an open step to a person, whatever the plan says; the zero User leaves it to nobody. For responders.
func (r *Register) Give(ctx context.Context, id int64, step string, to desk.User) (desk.Incident, error) {
	return r.change(ctx, id, desk.Responder, "incident.give", "", func(i *desk.Incident, act desk.Act) (desk.Text, error) {
		s, err := i.Give(step, to)
		if to.ID == 0 {
			return desk.Say("{name} took the owner off: {step}", "name", act.Name, "step", s.Do), err
		}
		return desk.Say("{name} gave to {owner}: {step}", "name", act.Name, "owner", to.Name, "step", s.Do), err
	})
}

// Assign says who leads, by name; "" is nobody. For responders.
func (r *Register) Assign(ctx context.Context, id int64, lead string) (desk.Incident, error) {
	lead = strings.Join(strings.Fields(lead), " ")
	return r.change(ctx, id, desk.Responder, "incident.assign", "", func(i *desk.Incident, act desk.Act) (desk.Text, error) {
		i.Lead = lead
		if lead == "" {
			return desk.Say("{name} gave up the lead: nobody leads at the moment.", "name", act.Name), nil
		}
		return desk.Say("{lead} leads now.", "lead", lead), nil
	})
}

// Close ends an incident; how it ended must be said. For leads.
func (r *Register) Close(ctx context.Context, id int64, outcome string) (desk.Incident, error) {
	return r.change(ctx, id, desk.Lead, "incident.close", outcome, func(i *desk.Incident, act desk.Act) (desk.Text, error) {
		return desk.Say("{name} closed the incident.", "name", act.Name), i.Close(strings.TrimSpace(outcome), act.At)
	})
}

// Reopen takes a closed incident up again, for a reason. For leads.
func (r *Register) Reopen(ctx context.Context, id int64, why string) (desk.Incident, error) {
	return r.change(ctx, id, desk.Lead, "incident.reopen", why, func(i *desk.Incident, act desk.Act) (desk.Text, error) {
		return desk.Say("{name} opened the incident again.", "name", act.Name), i.Reopen(strings.TrimSpace(why))
	})
}

// change lets do change an incident for somebody with the role that it takes; do gives the timeline's sentence.
func (r *Register) change(ctx context.Context, id int64, least desk.Role, what, why string, do func(*desk.Incident, desk.Act) (desk.Text, error)) (desk.Incident, error) {
	if err := desk.Need(ctx, least); err != nil {
		return desk.Incident{}, err
	}
	act := desk.ActOf(ctx, what, why)
	return r.store.ChangeIncident(ctx, id, act, func(i *desk.Incident, out *desk.Out) (err error) {
		out.IncidentID = i.ID
		out.Say, err = do(i, act)
		return err
	})
}
