package reply_test

import (
	"strings"
	"testing"

	"breakwater/desk"
)

// What a mail repeats stands under it, and nobody is found, told or called by it.
func TestWhatAMailRepeatsIsKeptAndCountsForNothing(t *testing.T) {
	t.Parallel()
	b := open(t, 0)
	b.policy(t, func(p *desk.ReplyPolicy) {
		p.Rules = []desk.ReplyRule{{If: desk.Condition{Words: []string{"explosion"}}, Label: "fire", Danger: true}}
	})
	c := b.wrote(t, "eva@home.example", func(in *desk.Incoming) {
		in.Via, in.Network, in.Quoted = desk.ViaMail, "email", "On Monday Aurora wrote:\n> There was no explosion."
	})
	if c.Danger || len(c.Labels) > 0 {
		t.Errorf("what Aurora wrote is taken for theirs: %+v", c)
	}
	for text, want := range map[string]int{"explosion": 0, "kettle": 1} {
		rows, err := b.List(as(t, ana), desk.ConversationFilter{BrandID: b.brand, Text: text})
		if err != nil || len(rows) != want || want > 0 && strings.Contains(rows[0].Text, "explosion") {
			t.Errorf("%s finds %+v, %v", text, rows, err)
		}
	}
	one, err := b.One(as(t, ana), c.ID, 0)
	if err != nil || one.Messages[0].Quoted == "" || strings.Contains(one.Messages[0].Text, "explosion") {
		t.Errorf("the conversation has %+v, %v", one.Messages, err)
	}
}
