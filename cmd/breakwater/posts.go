package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"breakwater/desk"
)

type postCmd struct {
	List     postListCmd     `cmd:"" help:"List posts, newest first."`
	Show     postShowCmd     `cmd:"" help:"Show a post and what became of it."`
	Matrix   postMatrixCmd   `cmd:"" help:"What is live where."`
	Schedule postScheduleCmd `cmd:"" help:"Make the posts of an approved statement."`
	Decide   postDecideCmd   `cmd:"" help:"Decide about a held post: release, now, drop or edit."`
	Move     postMoveCmd     `cmd:"" help:"Give a post another time."`
	Drop     postDropCmd     `cmd:"" help:"Drop a post that has not gone out."`
	Retry    postRetryCmd    `cmd:"" help:"Try a post again that failed."`
	Settle   postSettleCmd   `cmd:"" help:"Say whether a post went out of which the desk cannot know."`
	Withdraw postWithdrawCmd `cmd:"" help:"Delete a post at its network."`
}

type postListCmd struct {
	Brand     int64    `help:"Only of this brand." placeholder:"ID"`
	Channel   int64    `help:"Only in this channel." placeholder:"ID"`
	Statement int64    `help:"Only of this statement." placeholder:"ID"`
	Hold      int64    `help:"Only those that this hold holds." placeholder:"ID"`
	State     []string `help:"Only in these states: waiting, held, claimed, unknown, sent, verified, failed, dropped, withdrawn, replaced."`
	Limit     int      `help:"How many at most; 0 is all." default:"50"`
}

// Run lists posts.
func (p *postListCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	q := query("brand", id(p.Brand), "channel", id(p.Channel), "statement", id(p.Statement), "hold", id(p.Hold), "state", strings.Join(p.State, ","))
	return table(c, "/posts", q, p.Limit, "ID DUE STATE CHANNEL STATEMENT COPY TEXT", func(x desk.Post) []string {
		return []string{id(x.ID), when(x.Due), x.State, id(x.ChannelID), id(x.StatementID), x.Copy, cut(x.Text, 60)}
	})
}

func tellPost(w io.Writer, p desk.Post) {
	fmt.Fprintf(w, "post %d of statement %d in channel %d: %s, due %s\n  %s\n", p.ID, p.StatementID, p.ChannelID, p.State, when(p.Due), cut(p.Text, 200))
	for _, t := range []desk.Text{p.Problem, p.HeldWhy} {
		if !t.IsZero() {
			fmt.Fprintf(w, "  %s\n", t.English())
		}
	}
	if p.Link != "" {
		fmt.Fprintf(w, "  %s\n", p.Link)
	}
	if p.Decided != "" {
		fmt.Fprintf(w, "  decided by %s: %s\n", p.DecidedBy, p.Decided)
	}
}

// post asks for something with one post and shows what it is then.
func post(ctx context.Context, r *remote, s streams, n int64, method, path string, in any) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return show(c, method, "/posts/"+id(n)+path, in, tellPost)
}

type postShowCmd struct {
	ID int64 `arg:"" help:"Which post."`
}

// Run shows a post.
func (p *postShowCmd) Run(ctx context.Context, r *remote, s streams) error {
	return post(ctx, r, s, p.ID, http.MethodGet, "", nil)
}

type postMatrixCmd struct {
	Brand    int64 `help:"Only of this brand." placeholder:"ID"`
	Incident int64 `help:"Only statements of this incident." placeholder:"ID"`
}

// Run shows what is live where.
func (p *postMatrixCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	type matrix struct {
		Channels []desk.Channel
		Rows     []struct {
			Statement desk.Statement
			Cells     []struct{ State string }
		}
	}
	var raw json.RawMessage
	if err := c.call(http.MethodGet, "/matrix", query("brand", id(p.Brand), "incident", id(p.Incident)), nil, &raw); err != nil {
		return err
	}
	if c.JSON {
		return c.line(raw)
	}
	var m matrix
	if err := json.Unmarshal(raw, &m); err != nil {
		return fmt.Errorf("read the answer of %s: %w", c.Server, err)
	}
	for _, row := range m.Rows {
		fmt.Fprintln(calm{c.Out}, cut(row.Statement.Title, 80))
		for i, cell := range row.Cells {
			fmt.Fprintf(calm{c.Out}, "  %-30s %s\n", cut(m.Channels[i].Name, 30), or(cell.State, "-"))
		}
	}
	return nil
}

type postScheduleCmd struct {
	Statement int64     `arg:"" help:"Which statement."`
	Due       time.Time `help:"When it goes out; without it at once." placeholder:"2026-11-27T09:00:00Z"`
}

// Run schedules a statement.
func (p *postScheduleCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	in := map[string]any{}
	if !p.Due.IsZero() {
		in["due"] = p.Due.UTC()
	}
	return show(c, http.MethodPost, "/statements/"+id(p.Statement)+"/posts", in, func(w io.Writer, x struct{ Items []desk.Post }) {
		for _, one := range x.Items {
			tellPost(w, one)
		}
	})
}

type postDecideCmd struct {
	ID       int64     `arg:"" help:"Which post."`
	Decision string    `arg:"" enum:"release,now,drop,edit" help:"release, now, drop or edit."`
	Due      time.Time `help:"For release: another time." placeholder:"2026-11-27T09:00:00Z"`
	Why      string    `help:"Why, in a few words."`
}

// Run decides about a held post.
func (p *postDecideCmd) Run(ctx context.Context, r *remote, s streams) error {
	in := map[string]any{"decision": p.Decision, "why": p.Why}
	if !p.Due.IsZero() {
		in["due"] = p.Due.UTC()
	}
	return post(ctx, r, s, p.ID, http.MethodPost, "/decide", in)
}

type postMoveCmd struct {
	ID  int64     `arg:"" help:"Which post."`
	Due time.Time `arg:"" help:"When, such as 2026-11-27T09:00:00Z."`
}

// Run moves a post.
func (p *postMoveCmd) Run(ctx context.Context, r *remote, s streams) error {
	return post(ctx, r, s, p.ID, http.MethodPost, "/move", map[string]any{"due": p.Due.UTC()})
}

type postDropCmd struct {
	ID  int64  `arg:"" help:"Which post."`
	Why string `help:"Why, in a few words."`
}

// Run drops a post.
func (p *postDropCmd) Run(ctx context.Context, r *remote, s streams) error {
	return post(ctx, r, s, p.ID, http.MethodPost, "/drop", map[string]any{"why": p.Why})
}

type postRetryCmd struct {
	ID int64 `arg:"" help:"Which post."`
}

// Run tries a post again.
func (p *postRetryCmd) Run(ctx context.Context, r *remote, s streams) error {
	return post(ctx, r, s, p.ID, http.MethodPost, "/retry", nil)
}

type postSettleCmd struct {
	ID    int64  `arg:"" help:"Which post."`
	There bool   `help:"It went out; without this it did not, and may be sent again."`
	Link  string `help:"Its address."`
}

// Run says whether a post went out.
func (p *postSettleCmd) Run(ctx context.Context, r *remote, s streams) error {
	return post(ctx, r, s, p.ID, http.MethodPost, "/settle", map[string]any{"there": p.There, "link": p.Link})
}

type postWithdrawCmd struct {
	ID  int64  `arg:"" help:"Which post."`
	Why string `help:"Why, in a few words." required:""`
}

// Run deletes a post at its network.
func (p *postWithdrawCmd) Run(ctx context.Context, r *remote, s streams) error {
	return post(ctx, r, s, p.ID, http.MethodPost, "/withdraw", map[string]any{"why": p.Why})
}
