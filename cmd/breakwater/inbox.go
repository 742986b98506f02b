package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"breakwater/desk"
)

type inboxCmd struct {
	List     inboxListCmd     `cmd:"" help:"List who wrote, the longest waiting first."`
	Count    inboxCountCmd    `cmd:"" help:"How many people wait for an answer."`
	Show     inboxShowCmd     `cmd:"" help:"Show a conversation with its messages."`
	Assign   inboxAssignCmd   `cmd:"" help:"Give a conversation to somebody, or to nobody."`
	Label    inboxLabelCmd    `cmd:"" help:"Set labels on a conversation, or take them off."`
	Snooze   inboxSnoozeCmd   `cmd:"" help:"Put a conversation off."`
	Note     inboxNoteCmd     `cmd:"" help:"Note something in a conversation, for us alone."`
	Copied   inboxCopiedCmd   `cmd:"" help:"List the answers that were close to what somebody else was answered."`
	Check    inboxCheckCmd    `cmd:"" help:"Read an answer as they will, without sending it."`
	Answer   inboxAnswerCmd   `cmd:"" help:"Answer somebody. It can be undone for ten seconds."`
	Sign     inboxSignCmd     `cmd:"" help:"Sign an answer that waits for it, as it is or in other words; asks for your PIN."`
	Back     inboxBackCmd     `cmd:"" help:"Send an answer that waits for a signature back, for a reason; asks for your PIN."`
	Undo     inboxUndoCmd     `cmd:"" help:"Take an answer back that is not out."`
	HandOver inboxHandOverCmd `cmd:"" help:"Hand a conversation over to customer service. Whoever wrote counts as waiting until somebody answered."`
	Served   inboxServedCmd   `cmd:"" help:"Say that customer service answered."`
	Leave    inboxLeaveCmd    `cmd:"" help:"Leave somebody without an answer, for a reason."`
	Done     inboxDoneCmd     `cmd:"" help:"End a conversation in which nobody waits."`
	Reopen   inboxReopenCmd   `cmd:"" help:"Take a conversation up again."`
	Erase    inboxEraseCmd    `cmd:"" help:"Erase all that somebody wrote to the brand alone, at their wish. It cannot be undone."`
}

// listedTalk is a conversation of a list, as the API gives it.
type listedTalk struct {
	desk.Conversation
	Text string `json:"text"`
	Ours bool   `json:"ours"`
}

func talkName(a *desk.Author) string { return or(a.Name, or(a.Handle, "(removed)")) }

type inboxListCmd struct {
	View  string `help:"waiting, mine, unassigned, danger, voices, signing, handed, snoozed, done or all." enum:"waiting,mine,unassigned,danger,voices,signing,handed,snoozed,done,all" default:"waiting"`
	Brand int64  `help:"Only of this brand." placeholder:"ID"`
	Label string `help:"Only with this label."`
	Text  string `help:"Only with these words, or of somebody with this name."`
	Limit int    `help:"How many at most; 0 is all." default:"50"`
}

// Run lists conversations.
func (x *inboxListCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	q := query("view", x.View, "brand", id(x.Brand), "label", x.Label, "q", x.Text)
	return table(c, "/conversations", q, x.Limit, "ID SINCE DUE STATE NETWORK WHO FOR WORDS", func(t listedTalk) []string {
		due := when(t.Due)
		if t.Late(time.Now()) {
			due += " late"
		}
		state := t.State
		if t.Danger {
			state += " danger"
		}
		return []string{id(t.ID), when(t.Since), due, state, t.Network, cut(talkName(&t.Person), 30), cut(t.Assignee, 20), cut(t.Text, 60)}
	})
}

type inboxCountCmd struct {
	Brand int64 `help:"Only of this brand." placeholder:"ID"`
}

// Run counts those who wait.
func (x *inboxCountCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	path := "/conversations/counts"
	if x.Brand != 0 {
		path += "?brand=" + id(x.Brand)
	}
	return show(c, http.MethodGet, path, nil, func(w io.Writer, n desk.ConversationCounts) {
		fmt.Fprintf(w, "%d people wait for an answer, %d of them beyond their time", n.Waiting, n.Late)
		if !n.Oldest.IsZero() {
			fmt.Fprintf(w, ", the longest since %s", when(n.Oldest))
		}
		fmt.Fprintf(w, "\nmine %d, unassigned %d, danger %d, to be signed %d, put off %d, with customer service %d\n", n.Mine, n.Unassigned, n.Danger, n.Signing, n.Snoozed, n.Handed)
	})
}

// inboxOne is one conversation of a command.
type inboxOne struct {
	ID int64 `arg:"" help:"Which conversation."`
}

type inboxShowCmd struct{ inboxOne }

// Run shows a conversation.
func (x *inboxShowCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	type thread struct {
		desk.Conversation
		Messages []desk.Message `json:"messages"`
		Hash     string         `json:"hash"`
	}
	return show(c, http.MethodGet, "/conversations/"+id(x.ID), nil, func(w io.Writer, t thread) {
		tellTalk(w, t.Conversation)
		if t.Hash != "" {
			fmt.Fprintf(w, "an answer waits for a signature, hash %s\n", t.Hash)
		}
		for _, m := range t.Messages {
			from := map[string]string{desk.MessageOut: "we", desk.MessageNote: "note"}[m.Kind]
			text := m.Text
			if !m.Deleted.IsZero() {
				text = "(deleted there)"
			}
			fmt.Fprintf(w, "\n%s %s\n", when(m.At), strings.TrimSpace(from+" "+talkName(&m.Author)))
			if m.Written != "" {
				fmt.Fprintf(w, "(changed by %s)\n", m.Changer)
			}
			for line := range strings.Lines(text) {
				fmt.Fprintf(w, "  %s\n", strings.TrimRight(line, "\r\n"))
			}
		}
	})
}

// tellTalk says how a conversation is.
func tellTalk(w io.Writer, t desk.Conversation) {
	fmt.Fprintf(w, "conversation %d with %s by %s: %s", t.ID, talkName(&t.Person), t.Network, t.State)
	if !t.Since.IsZero() {
		fmt.Fprintf(w, ", waits since %s", when(t.Since))
	}
	if t.Assignee != "" {
		fmt.Fprintf(w, ", %s looks after it", t.Assignee)
	}
	if len(t.Labels) > 0 {
		fmt.Fprintf(w, " [%s]", strings.Join(t.Labels, ", "))
	}
	fmt.Fprintln(w)
	if k := t.Ticket; k != nil {
		fmt.Fprintf(w, "customer service (%s): %s %s\n", k.To, k.State, k.Ref)
	}
	if !t.Problem.IsZero() {
		fmt.Fprintln(w, t.Problem.English())
	}
}

// act does one thing to a conversation and says how it is then.
func (x *inboxOne) act(ctx context.Context, r *remote, s streams, do string, in any) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return show(c, http.MethodPost, "/conversations/"+id(x.ID)+"/"+do, in, tellTalk)
}

type inboxAssignCmd struct {
	inboxOne
	To int64 `help:"The person; without it nobody has the conversation." placeholder:"ID"`
}

// Run gives a conversation to somebody.
func (x *inboxAssignCmd) Run(ctx context.Context, r *remote, s streams) error {
	in := map[string]any{}
	if x.To != 0 {
		in["user_id"] = id(x.To)
	}
	return x.act(ctx, r, s, "assign", in)
}

type inboxLabelCmd struct {
	inboxOne
	Add    []string `help:"Labels to set, separated by commas."`
	Remove []string `help:"Labels to take off."`
}

// Run changes labels.
func (x *inboxLabelCmd) Run(ctx context.Context, r *remote, s streams) error {
	if len(x.Add)+len(x.Remove) == 0 {
		return misuse("say which labels: --add or --remove")
	}
	in := map[string]any{}
	for name, labels := range map[string][]string{"add": x.Add, "remove": x.Remove} {
		if len(labels) > 0 {
			in[name] = labels
		}
	}
	return x.act(ctx, r, s, "labels", in)
}

type inboxSnoozeCmd struct {
	inboxOne
	For time.Duration `help:"For how long, like 4h." default:"1h"`
}

// Run puts a conversation off.
func (x *inboxSnoozeCmd) Run(ctx context.Context, r *remote, s streams) error {
	return x.act(ctx, r, s, "snooze", map[string]any{"until": time.Now().Add(x.For).UTC()})
}

type inboxNoteCmd struct {
	inboxOne
	Text string `arg:"" help:"What to note."`
}

// Run notes something.
func (x *inboxNoteCmd) Run(ctx context.Context, r *remote, s streams) error {
	return x.act(ctx, r, s, "note", map[string]any{"text": x.Text})
}

type inboxCheckCmd struct {
	inboxOne
	Text string `arg:"" help:"The answer."`
}

// Run reads an answer without sending it.
func (x *inboxCheckCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	type findings struct{ Items []desk.Finding }
	return show(c, http.MethodPost, "/conversations/"+id(x.ID)+"/check", map[string]any{"text": x.Text}, func(w io.Writer, f findings) {
		if len(f.Items) == 0 {
			fmt.Fprintln(w, "nothing to say against it")
		}
		for _, one := range f.Items {
			fmt.Fprintf(w, "%s: %s %s\n", one.Check, one.Say.English(), one.Fix.English())
		}
	})
}

type inboxAnswerCmd struct {
	inboxOne
	Text    string   `arg:"" help:"The answer."`
	Channel int64    `help:"The account that answers; without it the first that can." placeholder:"ID"`
	Subject string   `help:"Of a mail; without it that of theirs."`
	Facts   []int64  `help:"Facts of the ledger that it rests on." placeholder:"ID"`
	Private bool     `help:"To them alone, where the network can."`
	Despite []string `help:"Send it past these warnings, which you saw: account, copied, deaf, argues, belittles, explains. That it was is remembered." placeholder:"CHECK"`
	Seen    int64    `help:"The newest that you saw, the higher of last and edit: nothing is sent when the conversation went on since. Without it the newest there is." placeholder:"ID"`
}

// Run answers somebody. Without --seen it answers what is the newest when it asks, so that what comes in meanwhile is not answered unread.
func (x *inboxAnswerCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	if x.Seen == 0 {
		var now desk.Conversation
		if err := c.call(http.MethodGet, "/conversations/"+id(x.ID), nil, nil, &now); err != nil {
			return err
		}
		x.Seen = now.Seen()
	}
	in := map[string]any{"text": x.Text, "seen": id(x.Seen), "private": x.Private}
	if x.Channel != 0 {
		in["channel_id"] = id(x.Channel)
	}
	if x.Subject != "" {
		in["subject"] = x.Subject
	}
	if len(x.Facts) > 0 {
		facts := make([]string, len(x.Facts))
		for i, f := range x.Facts {
			facts[i] = id(f)
		}
		in["facts"] = facts
	}
	if len(x.Despite) > 0 {
		in["despite"] = x.Despite
	}
	return show(c, http.MethodPost, "/conversations/"+id(x.ID)+"/answer", in, tellTalk)
}

type inboxUndoCmd struct{ inboxOne }

// Run takes an answer back.
func (x *inboxUndoCmd) Run(ctx context.Context, r *remote, s streams) error {
	return x.act(ctx, r, s, "undo", nil)
}

type inboxHandOverCmd struct {
	inboxOne
	Why string `help:"What they should do." required:""`
	To  int64  `help:"The channel of customer service; without it the first." placeholder:"ID"`
}

// Run hands a conversation over.
func (x *inboxHandOverCmd) Run(ctx context.Context, r *remote, s streams) error {
	in := map[string]any{"why": x.Why}
	if x.To != 0 {
		in["channel_id"] = id(x.To)
	}
	return x.act(ctx, r, s, "hand-over", in)
}

type inboxServedCmd struct{ inboxOne }

// Run notes that customer service answered.
func (x *inboxServedCmd) Run(ctx context.Context, r *remote, s streams) error {
	return x.act(ctx, r, s, "served", nil)
}

type inboxLeaveCmd struct {
	inboxOne
	Why string `help:"Why." required:""`
}

// Run leaves somebody without an answer.
func (x *inboxLeaveCmd) Run(ctx context.Context, r *remote, s streams) error {
	return x.act(ctx, r, s, "leave", map[string]any{"why": x.Why})
}

type inboxDoneCmd struct{ inboxOne }

// Run ends a conversation.
func (x *inboxDoneCmd) Run(ctx context.Context, r *remote, s streams) error {
	return x.act(ctx, r, s, "done", nil)
}

type inboxReopenCmd struct{ inboxOne }

// Run takes a conversation up again.
func (x *inboxReopenCmd) Run(ctx context.Context, r *remote, s streams) error {
	return x.act(ctx, r, s, "reopen", nil)
}

type inboxEraseCmd struct{ inboxOne }

// Run erases what the person of a private conversation wrote to the brand alone.
func (x *inboxEraseCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return c.done(http.MethodDelete, "/conversations/"+id(x.ID)+"/person", nil, "erased")
}
