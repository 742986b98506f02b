package incident

import (
	"context"
	"time"

	"breakwater/desk"
)

// Room is what everybody looks at during an incident.
type Room struct {
	Incident desk.Incident `json:"incident"`
	From     time.Time     `json:"from"` // of all that follows: some hours before it began
	To       time.Time     `json:"to"`
	Step     int           `json:"step"`   // minutes of a point
	Volume   []desk.Point  `json:"volume"` // by network
	Band     []desk.Band   `json:"band"`   // what is usual; empty while too little is known

	Hour     int     `json:"hour"`              // mentions in the last hour
	Expected float64 `json:"expected"`          // usual for it; 0 not known
	Total    int     `json:"total"`             // mentions since it began
	Doubling int     `json:"doubling,omitzero"` // minutes in which the volume doubles; negative: halves; 0 steady
	Phase    string  `json:"phase"`             // rising, peaking, falling, steady
	Negative float64 `json:"negative"`          // share since it began, 0 … 1
	People   int     `json:"people"`            // distinct since it began
	Reach    int64   `json:"reach"`             // followers of all authors, added up, since it began

	Networks []desk.Share   `json:"networks"`
	Moods    []desk.Share   `json:"moods"`
	Words    []desk.Share   `json:"words"`  // rising most
	Voices   []desk.Voice   `json:"voices"` // people
	Media    []desk.Voice   `json:"media"`  // newspapers, stations and the like
	Mentions []desk.Mention `json:"mentions"`
	Gaps     []desk.Gap     `json:"gaps"`
	Missing  []string       `json:"missing,omitempty"` // parts that could not be read in time
}

// Room gathers what the room shows. A part that cannot be read in time is left out and named in Missing.
func (r *Register) Room(ctx context.Context, id int64) (Room, error) { return Room{}, nil }
