package alert

import (
	"encoding/json"
	"fmt"
	"time"

	"breakwater/desk"
)

// parcel is the payload of a message's job.
type parcel struct {
	Alert int64      `json:"alert"`
	Way   int64      `json:"way"`
	Level desk.Level `json:"level"`
	Since time.Time  `json:"since"`          // when it was due first
	Note  string     `json:"note,omitempty"` // "over": it ended; "again:2": it began again for the second time; empty: it reached Level
}

// JobKind is the kind of the jobs that send messages about alerts.
const JobKind = "alert.send"

// over is the note of a message that says the end.
const over = "over"

// messages are the jobs that tell everybody who wants to hear of an alert of this brand and level.
func messages(a desk.Alert, ways []desk.Way, now time.Time) []desk.Job {
	return errands(a, ways, now, "")
}

// errands are messages with a note, to the same people.
func errands(a desk.Alert, ways []desk.Way, now time.Time, note string) []desk.Job {
	var jobs []desk.Job
	for _, w := range ways {
		if w.UserID != 0 { // a person's own: they are called by the escalation
			continue
		}
		if w.Paused || a.Level < w.MinLevel || w.BrandID != 0 && w.BrandID != a.BrandID {
			continue
		}
		payload, err := json.Marshal(parcel{Alert: a.ID, Way: w.ID, Level: a.Level, Since: now, Note: note})
		if err != nil {
			continue // numbers and a time: it cannot fail
		}
		jobs = append(jobs, desk.Job{Kind: JobKind, Key: key(a.ID, w.ID, a.Level, note), Payload: string(payload), Due: now})
	}
	return jobs
}

// key names one message: the same alert at the same level goes one way once, and so does its end.
func key(alert, way int64, level desk.Level, note string) string {
	if note != "" {
		return fmt.Sprintf("alert:%d/way:%d/%s", alert, way, note)
	}
	return fmt.Sprintf("alert:%d/way:%d/level:%d", alert, way, level)
}
