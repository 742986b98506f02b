package main

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"breakwater/desk"
)

type inboxCopiedCmd struct {
	Brand    int64 `help:"Only of this brand." placeholder:"ID"`
	Incident int64 `help:"Only those given in this incident." placeholder:"ID"`
	Limit    int   `help:"How many at most; 0 is all." default:"50"`
}

// copiedAnswer is one of them as the API tells it.
type copiedAnswer struct {
	ConversationID int64     `json:"conversation_id,string"`
	At             time.Time `json:"at"`
	By             string    `json:"by"`
	Text           string    `json:"text"`
	Alike          float64   `json:"alike"`
}

// Run lists copied answers, under how many of all they are.
func (x *inboxCopiedCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	q := query("brand", id(x.Brand), "incident", id(x.Incident))
	if !c.JSON {
		var n desk.AnswerCounts
		if err := c.call(http.MethodGet, "/conversations/answers", q, nil, &n); err != nil {
			return err
		}
		fmt.Fprintf(c.Out, "%d of %d answers were copied (%.0f %%)\n", n.Copied, n.Answers, n.Share()*100)
	}
	return table(c, "/conversations/copied", q, x.Limit, "CONVERSATION AT BY ALIKE WORDS", func(a copiedAnswer) []string {
		return []string{id(a.ConversationID), when(a.At), cut(a.By, 20), fmt.Sprintf("%.0f %%", a.Alike*100), cut(a.Text, 60)}
	})
}
