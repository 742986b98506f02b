package reply

import (
	"context"
	"time"

	"breakwater/desk"
)

// Copied is an answer that people got and that was close to what somebody else was answered before (REP-2).
type Copied struct {
	PostID         int64     `json:"post_id,string"`
	ConversationID int64     `json:"conversation_id,string"`
	IncidentID     int64     `json:"incident_id,string"` // in which it was given; 0 none
	At             time.Time `json:"at"`
	By             string    `json:"by"` // who let it out
	Channel        int64     `json:"channel_id,string"`
	Text           string    `json:"text"`
	Lang           string    `json:"lang,omitempty"`
	Alike          float64   `json:"alike"`             // how close it was to the closest one before, 0 … 1
	Despite        []string  `json:"despite,omitempty"` // warnings that it was sent past
}

// Past names the warnings that it was sent past, as people read them; zero for none.
func (c *Copied) Past() desk.Text { return PastWarnings(c.Despite) }

// Answered counts the answers that people got, and how many of them were copied. For viewers.
func (q *Queue) Answered(ctx context.Context, f desk.AnswerFilter) (desk.AnswerCounts, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return desk.AnswerCounts{}, err
	}
	return q.Store.CountAnswers(ctx, f)
}

// Copied lists the copied answers that people got, newest first. For viewers.
func (q *Queue) Copied(ctx context.Context, f desk.AnswerFilter) ([]Copied, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return nil, err
	}
	posts, err := q.Store.CopiedAnswers(ctx, f)
	all := make([]Copied, len(posts))
	for i, p := range posts {
		all[i] = Copied{PostID: p.ID, ConversationID: p.Answer.ConversationID, IncidentID: p.Answer.IncidentID, At: p.Sent, By: p.By, Channel: p.ChannelID,
			Text: p.Text, Lang: p.Lang, Alike: p.Answer.Alike, Despite: p.Answer.Despite}
	}
	return all, err
}
