package main

import (
	"context"
	"fmt"
	"io"
	"net/http"

	"breakwater/desk"
)

type voiceCmd struct {
	List  voiceListCmd  `cmd:"" help:"List who leads the conversation, by reach or by how often others repeat them."`
	Crowd voiceCrowdCmd `cmd:"" help:"Count how many people speak, and how many in their own words."`
	Set   voiceSetCmd   `cmd:"" help:"Say what kind of voice the author of a mention is to a brand."`
}

// heard is what voices and crowds are asked about.
type heard struct {
	Brand int64  `help:"Of this brand." placeholder:"ID"`
	From  string `help:"From this time on; without it the last hour." placeholder:"TIME"`
	To    string `help:"Until this time." placeholder:"TIME"`
}

type voiceListCmd struct {
	heard
	Incident int64  `help:"Of this incident, since it began." placeholder:"ID"`
	Rank     string `help:"By reach, or by amplification: how often others repost or copy them in that time." enum:"reach,amplification" default:"reach"`
	Kind     string `help:"Only of this kind: media, influencer, customer, employee, bot, unknown; everybody is people and media; without it people." enum:",media,influencer,customer,employee,bot,unknown,everybody" default:""`
	Limit    int    `help:"How many at most, up to 100." default:"20"`
}

// Run lists voices.
func (v *voiceListCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	q := query("brand", id(v.Brand), "from", v.From, "to", v.To, "incident", id(v.Incident), "rank", v.Rank, "kind", v.Kind)
	return table(c, "/radar/voices", q, min(max(v.Limit, 1), 100), "MENTION WHO KIND FOLLOWERS MENTIONS REPEATED WHY", voiceRow)
}

func voiceRow(v desk.Voice) []string {
	why := ""
	for _, t := range v.Why {
		why += t.English() + " "
	}
	if v.SetBy != "" {
		why = "so says " + v.SetBy
	}
	return []string{id(v.First), v.Author.Handle, v.Kind, fmt.Sprint(v.Author.Followers), fmt.Sprint(v.Mentions), fmt.Sprint(v.Amplified), cut(why, 100)}
}

type voiceCrowdCmd struct{ heard }

// Run counts a crowd.
func (v *voiceCrowdCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	path := "/radar/crowd"
	if q := query("brand", id(v.Brand), "from", v.From, "to", v.To); len(q) > 0 {
		path += "?" + q.Encode()
	}
	return show(c, http.MethodGet, path, nil, func(w io.Writer, d desk.Crowd) {
		fmt.Fprintf(w, "%d posts, %d people, %d in their own words, %d texts posted by several, %d copies, %d reposts\n", d.Posts, d.People, d.Own, d.Groups, d.Copies, d.Reposts)
		for _, g := range d.Copied {
			fmt.Fprintf(w, "%d people: %s\n", g.People, clean([]string{cut(g.Text, 100)})[0])
		}
	})
}

type voiceSetCmd struct {
	Mention int64  `arg:"" help:"A mention of the author."`
	Kind    string `arg:"" help:"media, influencer, customer, employee, bot or unknown; none lets the desk decide." enum:"media,influencer,customer,employee,bot,unknown,none"`
	Brand   int64  `help:"To this brand." default:"1" placeholder:"ID"`
}

// Run sets a kind.
func (v *voiceSetCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	kind, say := v.Kind, "kept: "+v.Kind
	if kind == "none" {
		kind, say = "", "left to the desk"
	}
	return c.done(http.MethodPut, "/brands/"+id(v.Brand)+"/voices/"+id(v.Mention), map[string]string{"kind": kind}, say)
}
