package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"breakwater/desk"
)

type holdCmd struct {
	Press   holdPressCmd   `cmd:"" default:"withargs" help:"Press STOP: nothing of the scope goes out any more. This is what hold does by itself."`
	List    holdListCmd    `cmd:"" help:"List holds."`
	Triage  holdTriageCmd  `cmd:"" help:"List what a hold holds; decide about each with posts decide, move and drop."`
	Taken   holdTakenCmd   `cmd:"" help:"List what a hold took out of other queues; decide about one of it with --channel, --item and --decision."`
	Release holdReleaseCmd `cmd:"" help:"End a hold, after its posts were decided about."`
}

type holdPressCmd struct {
	Brand    int64  `help:"Only posts of this brand." placeholder:"ID"`
	Channel  int64  `help:"Only posts in this channel." placeholder:"ID"`
	Campaign string `help:"Only posts of this campaign." placeholder:"NAME"`
	Why      string `help:"Why, in a few words."`
	DryRun   bool   `name:"dry-run" help:"Rehearse it: show what would be held and which other systems answer, and change nothing."`
}

// Run presses STOP, or rehearses it.
func (h *holdPressCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	in := map[string]any{"campaign": h.Campaign, "why": h.Why}
	if h.Brand != 0 {
		in["brand_id"] = id(h.Brand)
	}
	if h.Channel != 0 {
		in["channel_id"] = id(h.Channel)
	}
	if h.DryRun {
		return show(c, http.MethodPost, "/holds/rehearsal", in, tellRehearsal)
	}
	return show(c, http.MethodPost, "/holds", in, tellHold)
}

// rehearsal is what the API answers a dry run with.
type rehearsal struct {
	Held    int
	Posts   []desk.Post
	Flying  []desk.Flight
	Outlets []desk.Outlet
	Took    time.Duration `json:"took_ns"`
}

func tellRehearsal(w io.Writer, x rehearsal) {
	fmt.Fprintf(w, "rehearsed in %s, nothing was changed\n", x.Took.Round(time.Millisecond))
	fmt.Fprintf(w, "  would hold %d posts, and wait for %d sends under way\n", x.Held, len(x.Flying))
	for _, p := range x.Posts {
		fmt.Fprintf(w, "  post %d, due %s: %s\n", p.ID, when(p.Due), cut(p.Text, 60))
	}
	tellOutlets(w, x.Outlets, "answers", "does not answer: stop it by hand")
}

func tellHold(w io.Writer, h desk.Hold) {
	if !h.Live() {
		fmt.Fprintf(w, "hold %d ended at %s by %s: %s\n", h.ID, when(h.Ended), h.EndedBy, h.Reason)
		return
	}
	fmt.Fprintf(w, "hold %d, pressed at %s by %s: %s\n  %d posts are held\n", h.ID, when(h.At), h.By, h.Why, h.Held)
	for _, f := range h.Flying {
		say := f.State
		if !f.Sure() {
			say = "unknown: perhaps out, the network is being asked; it is not sent again"
		}
		fmt.Fprintf(w, "  was under way in %s: post %d, %s\n", f.Channel, f.PostID, say)
	}
	tellOutlets(w, h.Outlets, "confirmed", "unknown: stop it by hand")
}

func tellOutlets(w io.Writer, all []desk.Outlet, yes, no string) {
	for _, o := range all {
		say := map[string]string{desk.OutletConfirmed: yes, desk.OutletWaiting: "told, no answer yet", desk.OutletUnknown: no}[o.State]
		fmt.Fprintf(w, "  %s: %s", o.Name, say)
		if o.Stopped > 0 {
			fmt.Fprintf(w, " (%d posts in its queue)", o.Stopped)
		}
		fmt.Fprintln(w)
	}
}

type holdListCmd struct {
	Live  bool `help:"Only those that hold now."`
	Limit int  `help:"How many at most; 0 is all." default:"50"`
}

// Run lists holds.
func (h *holdListCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return table(c, "/holds", query("live", strconv.FormatBool(h.Live)), h.Limit, "ID PRESSED BY SCOPE HELD ENDED WHY", func(x desk.Hold) []string {
		return []string{id(x.ID), when(x.At), x.By, holdScope(&x), strconv.Itoa(x.Held), when(x.Ended), cut(x.Why, 60)}
	})
}

// holdScope is a hold's scope in a few words.
func holdScope(h *desk.Hold) string {
	var all []string
	switch {
	case h.ChannelID != 0:
		all = append(all, "channel "+id(h.ChannelID))
	case h.BrandID != 0:
		all = append(all, "brand "+id(h.BrandID))
	}
	if h.Campaign != "" {
		all = append(all, "campaign "+h.Campaign)
	}
	if h.Elective() {
		all = append(all, "words "+strings.Join(h.Words, ", "))
	}
	if len(all) == 0 {
		return "everything"
	}
	return strings.Join(all, ", ")
}

type holdReleaseCmd struct {
	ID  int64  `arg:"" optional:"" help:"Which hold; without it the only live one."`
	Why string `help:"Why it ends, in a few words." required:""`
}

// theHold is the hold that was named, or else the only one that is on.
func theHold(c *client, named int64) (int64, error) {
	if named != 0 {
		return named, nil
	}
	var live struct{ Items []desk.Hold }
	if err := c.call(http.MethodGet, "/holds", query("live", "true"), nil, &live); err != nil {
		return 0, err
	}
	if len(live.Items) != 1 {
		return 0, misuse("%d holds are on: say which one you mean (breakwater hold list --live)", len(live.Items))
	}
	return live.Items[0].ID, nil
}

// heldPost is what the API says of a post that a hold holds.
type heldPost struct {
	desk.Post
	Bursts string
	Passed bool
}

type holdTriageCmd struct {
	ID    int64 `arg:"" optional:"" help:"Which hold; without it the only live one."`
	Limit int   `help:"How many at most; 0 is all." default:"50"`
}

// Run lists what a hold holds.
func (h *holdTriageCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	if h.ID, err = theHold(c, h.ID); err != nil {
		return err
	}
	return table(c, "/holds/"+id(h.ID)+"/triage", query(), h.Limit, "ID DUE CHANNEL PASSED BURSTS DECIDED TEXT", func(x heldPost) []string {
		passed := ""
		if x.Passed {
			passed = "passed"
		}
		return []string{id(x.ID), when(x.Due), id(x.ChannelID), passed, x.Bursts, x.Decided, cut(x.Text, 60)}
	})
}

// Run ends a hold.
func (h *holdReleaseCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	if h.ID, err = theHold(c, h.ID); err != nil {
		return err
	}
	return show(c, http.MethodPost, "/holds/"+id(h.ID)+"/end", map[string]any{"why": h.Why}, tellHold)
}

type holdTakenCmd struct {
	ID       int64  `arg:"" optional:"" help:"Which hold; without it the only live one."`
	Channel  int64  `help:"Channel of the post that you decide about." placeholder:"ID"`
	Item     string `help:"Its id in the other queue." placeholder:"ID"`
	Decision string `help:"What becomes of it: draft makes a draft of it here, drop nothing." enum:"draft,drop," default:""`
}

// Run lists what a hold took out of other queues, or decides about one of it.
func (h *holdTakenCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	if h.ID, err = theHold(c, h.ID); err != nil {
		return err
	}
	if h.Decision == "" {
		return show(c, http.MethodGet, "/holds/"+id(h.ID), nil, tellTaken)
	}
	in := map[string]any{"channel_id": id(h.Channel), "item": h.Item, "decision": h.Decision}
	return show(c, http.MethodPost, "/holds/"+id(h.ID)+"/taken", in, tellTaken)
}

func tellTaken(w io.Writer, h desk.Hold) {
	for _, o := range h.Outlets {
		for _, t := range o.Taken {
			say := t.Decided
			switch {
			case t.StatementID != 0:
				say += " " + id(t.StatementID)
			case t.Still:
				say = "still in the queue there"
			case say == "":
				say = "to decide"
			}
			if t.Unsure {
				say += " (left the queue when it was due: perhaps it went out, look)"
			}
			fmt.Fprintf(w, "channel %d, item %s, due %s, %s: %s\n", o.ChannelID, t.ID, when(t.Due), say, cut(t.Text, 60))
		}
	}
}
