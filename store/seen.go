package store

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"breakwater/desk"
)

// placers find the brand of a thing by its word in the journal; branded is false for what belongs to no brand at all.
var placers = map[string]func(context.Context, *DB, int64) (brandID int64, branded bool, err error){
	alerts.word: placed(alerts), appraisals.word: placed(appraisals), brands.word: placed(brands), briefings.word: placed(briefings), rumours.word: placed(rumours),
	byHand.word: placed(byHand), conversations.word: placed(conversations), channels.word: placed(channels), claims.word: placed(claims), contacts.word: placed(contacts), cueLists.word: placed(cueLists),
	escalations.word: placed(escalations), facts.word: placed(facts), guards.word: placed(guards), holds.word: placed(holds), incidents.word: placed(incidents),
	exhibits.word: placed(exhibits), monitors.word: placed(monitors), occasions.word: placed(occasions), schedules.word: placed(schedules),
	escalationPolicies.word: placed(escalationPolicies), plans.word: placed(plans), policies.word: placed(policies), meetings.word: placed(meetings), posts.word: placed(posts),
	promises.word: placed(promises), removals.word: placed(removals), sources.word: placed(sources), statements.word: placed(statements), ways.word: placed(ways),
}

func placed[T any](n *noun[T]) func(context.Context, *DB, int64) (int64, bool, error) {
	return func(ctx context.Context, db *DB, id int64) (int64, bool, error) {
		if !n.branded() {
			return 0, false, nil
		}
		everything := desk.WithActor(ctx, desk.Actor{Who: "desk", Role: desk.Admin}) // who asks is compared with what is found
		a := db.reader(everything)
		v, _, err := load(a, db, n, id)
		if err != nil {
			return 0, true, err
		}
		brandID, _, err := n.place(a, &v)
		return brandID, true, err
	}
}

// SeesEntry reports whether the acting person may know of a journal entry as it happens: what they did themselves, what is in a room
// of theirs, and what was done to a thing that they may look at. Of what is gone already, and of what belongs to no brand, they learn
// nothing, unless they see every brand.
func (db *DB) SeesEntry(ctx context.Context, e desk.Entry) (bool, error) {
	actor := desk.ActorOf(ctx)
	if _, all := actor.Brands(); all || e.Who == actor.Who {
		return true, nil
	}
	if e.IncidentID != 0 {
		return db.SeesIncident(ctx, e.IncidentID)
	}
	word, number, _ := strings.Cut(e.On, ":")
	number, _, _ = strings.Cut(number, "/")
	id, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return false, nil //nolint:nilerr // a thing that has no number is none that belongs to a brand
	}
	if word == "mention" {
		m, err := db.Mention(ctx, id)
		return err == nil && db.seesMention(ctx, &m) == nil, gone(err)
	}
	place, known := placers[word]
	if !known {
		return false, nil
	}
	brandID, branded, err := place(ctx, db, id)
	if err != nil || !branded {
		return false, gone(err)
	}
	return brandID == 0 || actor.Sees(brandID), nil
}

// SeesIncident reports whether the acting person may know of a room.
func (db *DB) SeesIncident(ctx context.Context, id int64) (bool, error) {
	_, err := db.Incident(ctx, id)
	return err == nil, gone(err)
}

// SeesMonitors are those of the monitors that the acting person may know of.
func (db *DB) SeesMonitors(ctx context.Context, ids []int64) (seen []int64, err error) {
	actor := desk.ActorOf(ctx)
	if _, all := actor.Brands(); all {
		return ids, nil
	}
	for _, id := range ids {
		brandID, err := db.brandOf(db.reader(ctx), id)
		if err != nil {
			return nil, err
		}
		if brandID != 0 && actor.Sees(brandID) {
			seen = append(seen, id)
		}
	}
	return seen, nil
}

// gone is an error, unless it says that something is not there.
func gone(err error) error {
	if errors.Is(err, desk.ErrNotFound) {
		return nil
	}
	return err
}
