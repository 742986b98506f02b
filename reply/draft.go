package reply

import (
	"context"
	"time"
	"unicode/utf8"

	"breakwater/desk"
)

// maxDraft is in characters; far more than any answer has.
const maxDraft = 20_000

// Write keeps what the acting person is writing to somebody. Who types first owns the draft for two minutes after their last key: *Busy
// for others, unless they take it over. For responders.
func (q *Queue) Write(ctx context.Context, id int64, text string, takeOver bool) (desk.Draft, error) {
	if err := desk.Need(ctx, desk.Responder); err != nil {
		return desk.Draft{}, err
	}
	if utf8.RuneCountInString(text) > maxDraft {
		return desk.Draft{}, desk.Wrong("text", "This is too long.")
	}
	a, now := desk.ActorOf(ctx), time.Now().UTC()
	mine, d, err := q.Store.KeepDraft(ctx, desk.Draft{ConversationID: id, UserID: a.Writer(), Name: a.Name, Text: text, At: now, Until: now.Add(desk.DraftFor)}, takeOver)
	if err == nil && !mine {
		err = &Busy{d}
	}
	return d, err
}

// Unwrite forgets what the acting person was writing. For responders.
func (q *Queue) Unwrite(ctx context.Context, id int64) error {
	if err := desk.Need(ctx, desk.Responder); err != nil {
		return err
	}
	return q.Store.DropDraft(ctx, id, desk.ActorOf(ctx).Writer())
}
