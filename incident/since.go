package incident

import (
	"context"
	"strconv"
	"strings"
	"unicode/utf8"

	"breakwater/desk"
)

// Decision writes down on the timeline what the room decided: the decision is the entry's Why. For responders.
func (r *Register) Decision(ctx context.Context, id int64, decision string) (desk.Entry, error) {
	if err := desk.Need(ctx, desk.Responder); err != nil {
		return desk.Entry{}, err
	}
	decision = strings.TrimSpace(decision)
	if decision == "" || utf8.RuneCountInString(decision) > maxNote {
		return desk.Entry{}, desk.Wrong("note", "Write a note of at most {n} characters.", "n", maxNote)
	}
	if _, err := r.store.Incident(ctx, id); err != nil {
		return desk.Entry{}, err
	}
	act := desk.ActOf(ctx, "incident.decision", decision)
	out := desk.Out{Say: desk.Say("{name} recorded a decision.", "name", act.Name), IncidentID: id}
	return r.store.Record(ctx, act, on(id), out)
}

func on(id int64) string { return "incident:" + strconv.FormatInt(id, 10) }

// mostSince is how much of what somebody missed is told; who missed more reads the timeline.
const mostSince = 200

// Left notes that the acting person leaves the room: what comes from now on is new to them.
func (r *Register) Left(ctx context.Context, id int64) error {
	user := desk.ActorOf(ctx).UserID
	if user == 0 {
		return nil
	}
	newest, err := r.store.Journal(ctx, desk.EntryFilter{IncidentID: id, Paging: desk.Paging{Limit: 1}})
	if err != nil || len(newest) == 0 {
		return err
	}
	_, err = r.store.Look(ctx, user, on(id), newest[0].Seq)
	return err
}

// Since gives what happened after an entry, newest first; 0 is the last one when the acting person left the room, and it gives
// which that was. Who never was there missed nothing.
func (r *Register) Since(ctx context.Context, id, after int64) (int64, []desk.Entry, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return 0, nil, err
	}
	if after <= 0 {
		var err error
		if after, _, err = r.store.Looked(ctx, desk.ActorOf(ctx).UserID, on(id)); err != nil || after == 0 {
			return 0, nil, err
		}
	}
	all, err := r.store.Journal(ctx, desk.EntryFilter{IncidentID: id, After: after, Paging: desk.Paging{Limit: mostSince}})
	return after, all, err
}
