package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"time"

	"golang.org/x/term"

	"breakwater/desk"
)

type statementCmd struct {
	List     statementListCmd     `cmd:"" help:"List statements, newest first."`
	Show     statementShowCmd     `cmd:"" help:"Show a statement with its words and signatures."`
	Begin    statementBeginCmd    `cmd:"" help:"Begin a statement."`
	Write    statementWriteCmd    `cmd:"" help:"Change the words from a file of JSON, as show --json gives them under words."`
	Submit   statementSubmitCmd   `cmd:"" help:"Send a draft to be signed."`
	Second   statementSecondCmd   `cmd:"" help:"Ask for a second opinion on an approved statement; what was signed stays signed."`
	Sign     statementSignCmd     `cmd:"" help:"Sign exactly the words of a hash; asks for your PIN."`
	Back     statementBackCmd     `cmd:"" help:"Send a statement back, for a reason; asks for your PIN."`
	Glass    statementGlassCmd    `cmd:"" help:"Take one of the two steps past the signatures that are missing; asks for your PIN."`
	Reviewed statementReviewedCmd `cmd:"" help:"Say what you found about words that went out without all signatures."`
	Versions statementVersionsCmd `cmd:"" help:"List what a statement said in each version."`
	Correct  statementCorrectCmd  `cmd:"" help:"Begin the correction of a published statement."`
	Publish  statementPublishCmd  `cmd:"" help:"Publish an approved statement."`
	Withdraw statementWithdrawCmd `cmd:"" help:"Withdraw a statement: nothing more of it goes out."`
}

// statementOut is a statement as the API answers it.
type statementOut struct {
	desk.Statement
	Words string `json:"hash"`
}

type statementListCmd struct {
	Brand    int64  `help:"Only of this brand." placeholder:"ID"`
	Incident int64  `help:"Only of this incident." placeholder:"ID"`
	State    string `help:"Only in this state: draft, review, approved, published, corrected or withdrawn."`
	Limit    int    `help:"How many at most; 0 is all." default:"50"`
}

// Run lists statements.
func (l *statementListCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return table(c, "/statements", query("brand", id(l.Brand), "incident", id(l.Incident), "state", l.State), l.Limit, "ID STATE KIND LEVEL SIGNED TITLE", func(x desk.Statement) []string {
		signed := 0
		for _, n := range x.Needs {
			if n.Verdict == desk.Approved {
				signed++
			}
		}
		return []string{id(x.ID), x.State, x.Kind, x.Level.String(), fmt.Sprintf("%d/%d", signed, len(x.Needs)), cut(x.Title, 80)}
	})
}

func tellStatement(w io.Writer, x statementOut) {
	fmt.Fprintf(w, "statement %d: %s\n  %s, %s, level %d (%s)\n  hash %s\n", x.ID, clean([]string{x.Title})[0], x.Kind, x.State, x.Level, x.Level, x.Words)
	for _, m := range x.Messages {
		fmt.Fprintf(w, "  - %s\n", clean([]string{m.Text})[0])
	}
	for _, v := range x.Variants {
		where := v.Kind
		if v.ChannelID != 0 {
			where = "channel " + id(v.ChannelID)
		}
		fmt.Fprintf(w, "  [%s] %s %s: %s\n", v.ID, where, v.Lang, clean([]string{v.Text})[0])
	}
	for _, n := range x.Needs {
		state := "missing"
		switch {
		case n.Verdict != "":
			state = n.Verdict + " by " + n.ByName + ", " + when(n.At)
		case n.Asked != "":
			state = "asked: " + n.Asked
		}
		fmt.Fprintf(w, "  signature of %s: %s\n", n.Role, state)
	}
}

type statementShowCmd struct {
	ID int64 `arg:"" help:"Which statement."`
}

// Run shows a statement.
func (x *statementShowCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return show(c, http.MethodGet, "/statements/"+id(x.ID), nil, tellStatement)
}

type statementBeginCmd struct {
	Title    string   `arg:"" help:"Its name, for the desk."`
	Text     string   `help:"The words of a first variant." required:""`
	To       string   `help:"Kind of channel of the first variant." default:"mastodon"`
	Lang     string   `help:"Language of the first variant." default:"en"`
	Kind     string   `help:"ordinary, holding, statement, apology, correction, update, faq or reply." default:"holding"`
	Messages []string `name:"message" sep:"none" help:"A key message; may be given several times."`
	Incident int64    `help:"The incident that it belongs to." placeholder:"ID"`
	Brand    int64    `help:"The brand; without it the desk's only one." placeholder:"ID"`
	Level    int      `help:"0 normal … 4 severe: whose signatures it needs; without it that of the incident."`
}

// Run begins a statement.
func (x *statementBeginCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	if x.Brand == 0 && x.Incident == 0 {
		if x.Brand, err = onlyBrand(c); err != nil {
			return err
		}
	}
	w := desk.Words{Title: x.Title, Kind: x.Kind, Level: desk.Level(x.Level), Messages: []desk.KeyMessage{}, Variants: []desk.Variant{{ID: "v1", Kind: x.To, Lang: x.Lang, Text: x.Text}}}
	for _, m := range x.Messages {
		w.Messages = append(w.Messages, desk.KeyMessage{Text: m})
	}
	in := map[string]any{"brand_id": id(x.Brand), "incident_id": id(x.Incident), "words": w}
	return show(c, http.MethodPost, "/statements", in, tellStatement)
}

type statementWriteCmd struct {
	ID   int64  `arg:"" help:"Which statement."`
	File string `arg:"" help:"The words as JSON; - reads standard input."`
}

// Run changes the words.
func (x *statementWriteCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	in := s.In
	if x.File != "-" {
		f, err := os.Open(x.File)
		if err != nil {
			return err
		}
		defer f.Close()
		in = f
	}
	var w desk.Words
	if err := json.NewDecoder(io.LimitReader(in, 4<<20)).Decode(&w); err != nil {
		return misuse("the words cannot be read as JSON: %v", err)
	}
	return show(c, http.MethodPut, "/statements/"+id(x.ID), map[string]any{"words": w}, tellStatement)
}

type statementSubmitCmd struct {
	ID int64 `arg:"" help:"Which statement."`
}

// Run sends a draft to be signed.
func (x *statementSubmitCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return show(c, http.MethodPost, "/statements/"+id(x.ID)+"/submit", map[string]any{}, tellStatement)
}

type statementSecondCmd struct {
	ID int64 `arg:"" help:"Which statement."`
}

// Run asks for a second opinion.
func (x *statementSecondCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return show(c, http.MethodPost, "/statements/"+id(x.ID)+"/second", nil, tellStatement)
}

// signing is what signing and sending back have in common.
type signing struct {
	ID   int64  `arg:"" help:"Which statement."`
	Hash string `arg:"" help:"Of the words that you read, as show gives it."`
	PIN  string `name:"pin" env:"BREAKWATER_PIN" help:"Your PIN; without it you are asked."`
}

func (v *signing) send(ctx context.Context, r *remote, s streams, what, why string) error {
	return v.post(ctx, r, s, "/sign", map[string]any{"verdict": what, "hash": v.Hash, "why": why})
}

// post asks for something that needs the person's PIN.
func (v *signing) post(ctx context.Context, r *remote, s streams, path string, in map[string]any) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	if in["pin"], err = askPIN(v.PIN, s); err != nil {
		return err
	}
	return show(c, http.MethodPost, "/statements/"+id(v.ID)+path, in, tellStatement)
}

// askPIN is the person's PIN, which they are asked for unless it is given.
func askPIN(given string, s streams) (string, error) {
	if given != "" {
		return given, nil
	}
	fmt.Fprint(s.Err, "PIN: ")
	b, err := term.ReadPassword(int(os.Stdin.Fd()))
	fmt.Fprintln(s.Err)
	if err != nil {
		return "", misuse("give your PIN by BREAKWATER_PIN where nobody can be asked")
	}
	return string(b), nil
}

type statementSignCmd struct{ signing }

// Run signs a statement.
func (x *statementSignCmd) Run(ctx context.Context, r *remote, s streams) error {
	return x.send(ctx, r, s, desk.Approved, "")
}

type statementBackCmd struct {
	signing
	Why string `help:"What has to change." required:""`
}

// Run sends a statement back.
func (x *statementBackCmd) Run(ctx context.Context, r *remote, s streams) error {
	return x.send(ctx, r, s, desk.SentBack, x.Why)
}

type statementGlassCmd struct {
	signing
	Why string `help:"Why it cannot wait; of the first step."`
}

// Run takes a step past the signatures that are missing.
func (x *statementGlassCmd) Run(ctx context.Context, r *remote, s streams) error {
	return x.post(ctx, r, s, "/glass", map[string]any{"hash": x.Hash, "why": x.Why})
}

type statementReviewedCmd struct {
	ID      int64  `arg:"" help:"Which statement."`
	Finding string `arg:"" help:"What you found: was it right?"`
}

// Run notes what somebody found who looked at it afterwards.
func (x *statementReviewedCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return show(c, http.MethodPost, "/statements/"+id(x.ID)+"/reviewed", map[string]any{"why": x.Finding}, tellStatement)
}

type statementVersionsCmd struct {
	ID    int64 `arg:"" help:"Which statement."`
	Limit int   `help:"How many at most; 0 is all." default:"50"`
}

// Run lists a statement's versions.
func (x *statementVersionsCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return table(c, "/statements/"+id(x.ID)+"/versions", query(), x.Limit, "VERSION AT BY WORDS", func(v desk.StatementVersion) []string {
		first := ""
		if len(v.Words.Variants) > 0 {
			first = v.Words.Variants[0].Text
		}
		return []string{strconv.Itoa(v.Number), when(v.At), v.Name, cut(first, 80)}
	})
}

type statementCorrectCmd struct {
	ID int64 `arg:"" help:"Which statement."`
}

// Run begins a correction: a draft with the same words.
func (x *statementCorrectCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return show(c, http.MethodPost, "/statements/"+id(x.ID)+"/correct", nil, tellStatement)
}

type statementPublishCmd struct {
	ID int64     `arg:"" help:"Which statement."`
	At time.Time `help:"When; without it now." placeholder:"2026-11-27T09:00:00Z"`
}

// Run publishes a statement.
func (x *statementPublishCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	in := map[string]any{}
	if !x.At.IsZero() {
		in["due"] = x.At.UTC()
	}
	return show(c, http.MethodPost, "/statements/"+id(x.ID)+"/publish", in, tellStatement)
}

type statementWithdrawCmd struct {
	ID   int64  `arg:"" help:"Which statement."`
	Why  string `help:"Why." required:""`
	Live bool   `help:"Also delete what is live, where the network can."`
}

// Run withdraws a statement.
func (x *statementWithdrawCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return show(c, http.MethodPost, "/statements/"+id(x.ID)+"/withdraw", map[string]any{"why": x.Why, "live": x.Live}, tellStatement)
}
