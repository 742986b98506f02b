package approve

import (
	"context"
	"strings"
	"time"

	"breakwater/desk"
)

// Removals is what sheets about our own posts need of storage.
type Removals interface {
	Removals(ctx context.Context, brandID int64, p desk.Paging) ([]desk.Removal, error)
	Removal(ctx context.Context, id int64) (desk.Removal, error)
	ChangeRemoval(ctx context.Context, id int64, act desk.Act, change func(*desk.Removal, *desk.Out) error) (desk.Removal, error)
	Post(ctx context.Context, id int64) (desk.Post, error)
	Channel(ctx context.Context, id int64) (desk.Channel, error)
	Mention(ctx context.Context, id int64) (desk.Mention, error)
	MentionByRef(ctx context.Context, r desk.Ref) (desk.Mention, error)
	Mentions(ctx context.Context, f desk.Filter) (desk.Page, error)
}

// Removals lists the sheets of a brand, newest first.
func (g *Gate) Removals(ctx context.Context, brandID int64, p desk.Paging) ([]desk.Removal, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return nil, err
	}
	all, err := g.store.Removals(ctx, brandID, p)
	for i := range all {
		if err = g.settle(ctx, &all[i]); err != nil {
			return nil, err
		}
	}
	return all, err
}

// Weigh begins a sheet about a post of ours: one that went out from here (PostID), one that was heard (MentionID), or any other by
// its words. For responders.
func (g *Gate) Weigh(ctx context.Context, r desk.Removal) (desk.Removal, error) {
	if err := desk.Need(ctx, desk.Responder); err != nil {
		return r, err
	}
	if err := g.describe(ctx, &r); err != nil {
		return r, err
	}
	if r.Text = strings.TrimSpace(r.Text); r.Text == "" {
		return r, desk.Wrong("text", "Copy the words of the post here, before anybody deletes it.")
	}
	if _, err := g.store.Brand(ctx, r.BrandID); err != nil {
		return r, err
	}
	spread, err := g.spread(ctx, r)
	if err != nil {
		return r, err
	}
	act := g.act(ctx, "removal.begin", "")
	return g.store.ChangeRemoval(ctx, 0, act, func(n *desk.Removal, out *desk.Out) error {
		id := n.ID
		*n = r
		n.ID, n.Version, n.Opened, n.By, n.State, n.Spread = id, 0, act.At, act.Name, desk.RemovalPending, spread
		out.IncidentID = n.IncidentID
		out.Say = desk.Say("{name} asks whether a post of ours stays.", "name", act.Name)
		return nil
	})
}

// describe fills in what is known of the post.
func (g *Gate) describe(ctx context.Context, r *desk.Removal) error {
	if r.PostID != 0 {
		p, err := g.store.Post(ctx, r.PostID)
		if err != nil {
			return err
		}
		c, err := g.store.Channel(ctx, p.ChannelID)
		if err != nil {
			return err
		}
		r.BrandID, r.Text, r.Link, r.Network = p.BrandID, p.Text, p.Link, c.Kind
		if r.IncidentID == 0 {
			r.IncidentID = p.IncidentID
		}
		if m, err := g.store.MentionByRef(ctx, desk.Ref{Network: c.Kind, NativeID: p.NativeID}); err == nil {
			r.MentionID = m.ID
		}
		return nil
	}
	if r.MentionID == 0 {
		return nil
	}
	m, err := g.store.Mention(ctx, r.MentionID)
	if err == nil {
		r.Text, r.Link, r.Network = m.Text, m.URL, m.Network
	}
	return err
}

// One sheet, with how far the post has spread by now as long as nothing is decided. desk.ErrNotFound.
func (g *Gate) Removal(ctx context.Context, id int64) (desk.Removal, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return desk.Removal{}, err
	}
	r, err := g.store.Removal(ctx, id)
	if err != nil {
		return r, err
	}
	if r.State == desk.RemovalPending {
		r.Spread, err = g.spread(ctx, r)
		return r, err
	}
	return r, g.settle(ctx, &r)
}

// settle looks at what became of a deletion that was asked for.
func (g *Gate) settle(ctx context.Context, r *desk.Removal) error {
	if r.Done != desk.DoneAsked {
		return nil
	}
	p, err := g.store.Post(ctx, r.PostID)
	if err != nil {
		return err
	}
	r.Settle(&p)
	return nil
}

// spread counts, in the mentions that the desk heard, who carries the words of a post of ours on.
func (g *Gate) spread(ctx context.Context, r desk.Removal) (desk.Carried, error) {
	s := desk.Carried{At: time.Now().UTC()}
	if r.MentionID == 0 {
		return s, nil
	}
	ours, err := g.store.Mention(ctx, r.MentionID)
	if err != nil {
		return s, err
	}
	s.Likes, s.Reposts, s.Replies = ours.Engagement.Likes, ours.Engagement.Reposts, ours.Engagement.Replies
	page, err := g.store.Mentions(ctx, desk.Filter{Fold: ours.Fold, Limit: 200})
	for _, m := range page.Mentions {
		if m.ID == ours.ID || m.Own {
			continue
		}
		if m.Kind == desk.KindRepost {
			continue
		}
		s.Copies++
		if m.Author.Media {
			s.Media++
		}
		if m.Kind == desk.KindArticle {
			s.Pages++
		}
		s.Reach += max(m.Author.Followers, 0)
	}
	return s, err
}

// Decide closes a sheet, and asks the network to delete the post when that is the decision and we can. What became of it stands on the
// sheet. For leads.
func (g *Gate) Decide(ctx context.Context, id int64, choice, why string) (desk.Removal, error) {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return desk.Removal{}, err
	}
	now, err := g.Removal(ctx, id)
	if err != nil {
		return now, err
	}
	act := g.act(ctx, "removal.decide", why)
	r, err := g.store.ChangeRemoval(ctx, id, act, func(r *desk.Removal, out *desk.Out) error {
		r.Spread = now.Spread
		out.IncidentID = r.IncidentID
		out.Detail = r.Spread
		switch choice {
		case desk.RemovalKeep:
			out.Say = desk.Say("{name} decided: the post stays.", "name", act.Name)
		case desk.RemovalAmend:
			out.Say = desk.Say("{name} decided: the post stays, and we add to it.", "name", act.Name)
		default:
			out.Say = desk.Say("{name} decided: the post is deleted, and we say so.", "name", act.Name)
		}
		return r.Decide(choice, why, act.Name, act.At)
	})
	if err != nil || choice != desk.RemovalDelete {
		return r, err
	}
	return g.takeDown(ctx, r, why)
}

// takeDown has a post deleted at its network, or says that a person has to. The network is asked when the answer is given, not before: only
// the post tells what became of it.
func (g *Gate) takeDown(ctx context.Context, r desk.Removal, why string) (desk.Removal, error) {
	done, problem := desk.DoneByHand, desk.Text{}
	if r.PostID != 0 && g.Retract != nil {
		done = desk.DoneAsked
		if err := g.Retract(ctx, r.PostID, why); err != nil {
			g.log.Warn("post not deleted", "post", r.PostID, "error", err)
			done, problem = desk.DoneRefused, desk.ProblemOf(err)
			if problem.IsZero() {
				problem = desk.Say("The network did not delete it. Delete it there, and look at the link afterwards.")
			}
		}
	}
	return g.store.ChangeRemoval(ctx, r.ID, g.act(ctx, "removal.done", ""), func(r *desk.Removal, out *desk.Out) error {
		r.Done, r.Problem = done, problem
		out.IncidentID = r.IncidentID
		switch done {
		case desk.DoneAsked:
			out.Say = desk.Say("Its network is asked to delete the post. Copies elsewhere stay.")
		case desk.DoneRefused:
			out.Say = desk.Say("The post could not be deleted from here.")
		default:
			out.Say = desk.Say("A person has to delete the post at its network.")
		}
		return nil
	})
}
