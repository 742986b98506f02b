package main

import (
	"context"
	"fmt"
	"io"
	"net/http"

	"breakwater/desk"
)

type removalCmd struct {
	List   removalListCmd   `cmd:"" help:"List the sheets about offending posts of ours."`
	Weigh  removalWeighCmd  `cmd:"" help:"Begin a sheet: does a post of ours stay?"`
	Show   removalShowCmd   `cmd:"" help:"Show a sheet, with how far the post has gone by now."`
	Decide removalDecideCmd `cmd:"" help:"Decide: keep, amend or delete. A post that went out from here is deleted at its network."`
}

type removalListCmd struct {
	Brand int64 `help:"Only of this brand." placeholder:"ID"`
	Limit int   `help:"How many at most; 0 is all." default:"50"`
}

// Run lists sheets.
func (x *removalListCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return table(c, "/removals", query("brand", id(x.Brand)), x.Limit, "ID OPENED STATE DONE TEXT", func(one desk.Removal) []string {
		return []string{id(one.ID), when(one.Opened), one.State, one.Done, cut(one.Text, 60)}
	})
}

func tellRemoval(w io.Writer, x desk.Removal) {
	fmt.Fprintf(w, "sheet %d: %s\n  %s\n", x.ID, x.State, cut(x.Text, 200))
	fmt.Fprintf(w, "  %d likes, %d reposts, %d replies, %d copies, %d by media, reach %d\n", x.Spread.Likes, x.Spread.Reposts, x.Spread.Replies, x.Spread.Copies, x.Spread.Media, x.Spread.Reach)
	if x.Spread.Kept() {
		fmt.Fprintln(w, "  its words live on elsewhere, whatever is done: deleting alone looks like hiding")
	}
	if x.State != desk.RemovalPending {
		fmt.Fprintf(w, "  decided by %s at %s: %s\n", x.DecidedBy, when(x.Decided), x.Why)
	}
	if !x.Problem.IsZero() {
		fmt.Fprintf(w, "  %s\n", x.Problem.English())
	}
}

type removalWeighCmd struct {
	Post     int64  `help:"A post that went out from here." placeholder:"ID"`
	Mention  int64  `help:"The post as it was heard." placeholder:"ID"`
	Text     string `help:"Its words, without --post and --mention."`
	Network  string `help:"Where it is, with --text."`
	Link     string `help:"Its address, with --text."`
	Incident int64  `help:"The incident that it belongs to." placeholder:"ID"`
	Brand    int64  `help:"The brand; without it the desk's only one." placeholder:"ID"`
}

// Run begins a sheet.
func (x *removalWeighCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	if x.Post == 0 && x.Mention == 0 && x.Text == "" {
		return misuse("say which post: --post, --mention or --text")
	}
	if x.Brand == 0 && x.Post == 0 {
		if x.Brand, err = onlyBrand(c); err != nil {
			return err
		}
	}
	in := map[string]any{"brand_id": id(x.Brand), "incident_id": id(x.Incident), "post_id": id(x.Post), "mention_id": id(x.Mention), "network": x.Network, "link": x.Link, "text": x.Text}
	return show(c, http.MethodPost, "/removals", in, tellRemoval)
}

type removalShowCmd struct {
	ID int64 `arg:"" help:"Which sheet."`
}

// Run shows a sheet.
func (x *removalShowCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return show(c, http.MethodGet, "/removals/"+id(x.ID), nil, tellRemoval)
}

type removalDecideCmd struct {
	ID     int64  `arg:"" help:"Which sheet."`
	Choice string `arg:"" enum:"keep,amend,delete" help:"keep, amend or delete."`
	Why    string `help:"Why." required:""`
}

// Run decides whether a post of ours stays.
func (x *removalDecideCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return show(c, http.MethodPost, "/removals/"+id(x.ID)+"/decide", map[string]any{"choice": x.Choice, "why": x.Why}, tellRemoval)
}
