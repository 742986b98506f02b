package journal

import (
	"context"
	"strconv"

	"breakwater/desk"
)

// Eyes tell what somebody who has some brands only may know of.
type Eyes interface {
	SeesEntry(ctx context.Context, e desk.Entry) (bool, error)
	SeesIncident(ctx context.Context, id int64) (bool, error)
	SeesMonitors(ctx context.Context, ids []int64) ([]int64, error)
}

// Seen is an event as the acting person may know of it; ok is false for one that they must not. Of other brands nobody learns anything,
// not even that something happened there.
func Seen(ctx context.Context, eyes Eyes, e Event) (seen Event, ok bool, err error) {
	if _, all := desk.ActorOf(ctx).Brands(); all {
		return e, true, nil
	}
	switch e.Kind {
	case EventEntry:
		ok, err = eyes.SeesEntry(ctx, e.Entry)
	case EventRoom:
		ok, err = eyes.SeesIncident(ctx, e.Room)
	case EventTick:
		e.Monitors, err = eyes.SeesMonitors(ctx, e.Monitors)
		ok = len(e.Monitors) > 0
	case EventReload:
		ok = true
	}
	return e, ok && err == nil, err
}

// About reports whether an event is about what somebody themselves may do: who follows is to be looked at anew then.
func About(e Event, who desk.Actor) bool {
	return e.Kind == EventEntry && who.UserID != 0 && e.Entry.On == "user:"+strconv.FormatInt(who.UserID, 10)
}
