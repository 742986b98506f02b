package reply

import (
	"context"
	"errors"

	"breakwater/desk"
)

// sittingMost is how many people a sitting takes up at a time.
const sittingMost = 500

// Sit makes a sitting of a claim: everybody who asked about it or spread it, as people linked their mentions, is in a conversation that is
// about it. It gives how many conversations were taken up, and how many mentions are left for the next sitting, which goes on where this
// one ended. They are then answered one by one. For responders.
func (q *Queue) Sit(ctx context.Context, claimID int64) (taken, left int, err error) {
	if err := desk.Need(ctx, desk.Responder); err != nil {
		return 0, 0, err
	}
	claim, err := q.Store.Claim(ctx, claimID)
	if err != nil {
		return 0, 0, err
	}
	all, err := q.unseated(ctx, claimID)
	if err != nil {
		return 0, 0, err
	}
	most := sittingMost
	if q.Sitting > 0 {
		most = q.Sitting
	}
	var failed []error
	for i, mentionID := range all {
		if taken == most {
			return taken, len(all) - i, nil
		}
		fresh, err := q.seat(ctx, &claim, mentionID)
		if err != nil && ctx.Err() != nil {
			return taken, len(all) - i, err
		}
		if err != nil { // it keeps nobody else from being taken up
			failed = append(failed, err)
		}
		if fresh {
			taken++
		}
	}
	return taken, len(failed), errors.Join(failed...)
}

// unseated are the mentions that make a claim and are in no conversation about it, newest first.
func (q *Queue) unseated(ctx context.Context, claimID int64) ([]int64, error) {
	links, err := q.Store.ClaimLinks(ctx, claimID)
	if err != nil {
		return nil, err
	}
	seated, err := q.Store.Seated(ctx, claimID)
	if err != nil {
		return nil, err
	}
	var all []int64
	for _, l := range links {
		if l.Makes && !seated[l.MentionID] {
			all = append(all, l.MentionID)
		}
	}
	return all, nil
}

// seat brings the author of one mention into the sitting; it is false for who is in it already, and for our own.
func (q *Queue) seat(ctx context.Context, claim *desk.Claim, mentionID int64) (bool, error) {
	m, err := q.Store.Mention(ctx, mentionID)
	if errors.Is(err, desk.ErrNotFound) || err == nil && (m.Own || !m.Deleted.IsZero()) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	id, err := q.Take(ctx, claim.BrandID, m)
	if err != nil || id == 0 {
		return false, err
	}
	c, err := q.Store.Conversation(ctx, id)
	if errors.Is(err, desk.ErrNotFound) || err == nil && c.BrandID != claim.BrandID { // another brand has it in its inbox
		return false, nil
	}
	if err != nil {
		return false, err
	}
	for _, one := range c.Claims {
		if one == claim.ID {
			return false, nil
		}
	}
	_, err = q.Link(ctx, id, claim.ID, true)
	return err == nil, err
}

// Take opens a conversation with the author of a mention, whatever the policy says of it, and gives its id. For responders.
func (q *Queue) Take(ctx context.Context, brandID int64, m desk.Mention) (int64, error) {
	if err := desk.Need(ctx, desk.Responder); err != nil {
		return 0, err
	}
	id, err := q.Store.ConversationOf(ctx, m.Ref)
	if !errors.Is(err, desk.ErrNotFound) {
		return id, err
	}
	one := desk.Incoming{BrandID: brandID, SourceID: m.SourceID, To: m.InReplyTo, Message: desk.Message{
		Ref: m.Ref, Via: desk.ViaNamed, At: desk.Clamp(m.Published, m.Arrived), Author: m.Author, Title: m.Title, Text: m.Text, URL: m.URL, Lang: m.Lang,
		Mood: m.Mood, Cues: m.Cues, MentionID: m.ID, Visibility: m.Visibility,
	}}
	if err := q.Store.Receive(ctx, []desk.Incoming{one}); err != nil {
		return 0, err
	}
	id, err = q.Store.ConversationOf(ctx, m.Ref)
	if errors.Is(err, desk.ErrNotFound) {
		err = nil
	}
	return id, err
}
