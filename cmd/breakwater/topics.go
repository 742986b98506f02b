package main

import (
	"context"
	"fmt"
	"strings"

	"breakwater/desk"
)

type topicsCmd struct {
	Brand   int64    `help:"Of this brand." placeholder:"ID"`
	Monitor []string `help:"Of these monitors." placeholder:"ID"`
	Live    bool     `help:"Only those that are still spoken about."`
	Limit   int      `help:"How many at most; 0 is all." default:"50"`
}

// Run lists topics, live ones first, strongest first.
func (t *topicsCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	q := query("brand", id(t.Brand), "monitor", strings.Join(t.Monitor, ","))
	if t.Live {
		q.Set("live", "true")
	}
	return table(c, "/topics", q, t.Limit, "ID SINCE STATE MENTIONS NEGATIVE PEOPLE TOPIC", topicRow)
}

func topicRow(d desk.Topic) []string {
	state := d.Trend
	if !d.Ended.IsZero() {
		state = "over"
	}
	name := d.Name
	if d.Few {
		name += " (few voices)"
	}
	return []string{id(d.ID), when(d.Since), state, fmt.Sprint(d.Count), fmt.Sprint(d.Negative), fmt.Sprint(d.People), cut(name, 80)}
}
