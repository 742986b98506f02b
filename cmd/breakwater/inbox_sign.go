package main

import (
	"context"
	"net/http"
)

// inboxSigning is what signing an answer and sending it back have in common.
type inboxSigning struct {
	inboxOne
	Hash string `arg:"" help:"Of the words that you read, as show gives it."`
	PIN  string `name:"pin" env:"BREAKWATER_PIN" help:"Your PIN; without it you are asked."`
}

// post asks for something that needs the person's PIN.
func (v *inboxSigning) post(ctx context.Context, r *remote, s streams, do string, in map[string]any) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	in["hash"] = v.Hash
	if in["pin"], err = askPIN(v.PIN, s); err != nil {
		return err
	}
	return show(c, http.MethodPost, "/conversations/"+id(v.ID)+"/"+do, in, tellTalk)
}

type inboxSignCmd struct {
	inboxSigning
	Text    string   `help:"Sign it in these words instead. They count as yours."`
	Despite []string `help:"Sign them past these warnings, which you saw: copied, deaf, argues, belittles, explains. That you did is remembered." placeholder:"CHECK"`
}

// Run signs an answer.
func (x *inboxSignCmd) Run(ctx context.Context, r *remote, s streams) error {
	in := map[string]any{}
	if x.Text != "" {
		in["text"] = x.Text
	}
	if len(x.Despite) > 0 {
		in["despite"] = x.Despite
	}
	return x.post(ctx, r, s, "sign", in)
}

type inboxBackCmd struct {
	inboxSigning
	Why string `help:"What has to change." required:""`
}

// Run sends an answer back.
func (x *inboxBackCmd) Run(ctx context.Context, r *remote, s streams) error {
	return x.post(ctx, r, s, "send-back", map[string]any{"why": x.Why})
}
