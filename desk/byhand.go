package desk

import "time"

// What a task by hand asks for.
const (
	ByHandSay    = "say"    // put the words up there
	ByHandChange = "change" // put these words in the place of the ones that are there
	ByHandRemove = "remove" // take them down
)

// ByHand is a task for a person in a place that no program reaches: the announcement of the phone line, an advertisement, the
// sign at the door. It is done when somebody ticks it, with a photo as evidence.
type ByHand struct {
	ID         int64     `json:"id,string"`
	BrandID    int64     `json:"brand_id,string"`
	ChannelID  int64     `json:"channel_id,string"`
	Channel    string    `json:"channel"` // its name when the task was made
	IncidentID int64     `json:"incident_id,string"`
	Key        string    `json:"key"`             // of the post
	Do         string    `json:"do"`              // say, change, remove
	Where      string    `json:"where,omitempty"` // as the channel's settings tell it
	Who        string    `json:"who,omitempty"`   // usually does it
	Lang       string    `json:"lang,omitempty"`
	Title      string    `json:"title,omitempty"`
	Text       string    `json:"text"`
	Media      []Media   `json:"media,omitempty"`
	NeedsPhoto bool      `json:"needs_photo"`
	Made       time.Time `json:"made"`
	DoneAt     time.Time `json:"done_at,omitzero"`
	DoneBy     string    `json:"done_by,omitempty"` // as people read it
	Note       string    `json:"note,omitempty"`
	Photo      Media     `json:"photo,omitzero"`
	Version    int       `json:"version"`
}

// Done reports whether somebody ticked the task.
func (b *ByHand) Done() bool { return !b.DoneAt.IsZero() }

// Name is what makes the task one: there is one for each post and each thing to do with it.
func (b *ByHand) Name() string { return b.Do + " " + b.Key }

// Tick marks the task as done. Its errors are *Invalid, or ErrInvalidTransition when it was done before.
func (b *ByHand) Tick(by, note string, photo Media, at time.Time) error {
	switch {
	case b.Done():
		return ErrInvalidTransition
	case b.NeedsPhoto && b.Do != ByHandRemove && photo.Hash == "":
		return Wrong("photo", "Add a photo that shows the words in their place.")
	case len(note) > 2000:
		return Wrong("note", "This is too long.")
	}
	b.DoneAt, b.DoneBy, b.Note, b.Photo = at, by, note, photo
	return nil
}
