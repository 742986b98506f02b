package store

import (
	"context"
	"fmt"
	"unicode/utf8"

	"breakwater/desk"
	"breakwater/internal/terms"
)

// Crowd tells of the mentions that a asks for how many people speak, how many of them in their own words, and which texts are
// copied and spread.
func (db *DB) Crowd(ctx context.Context, a desk.Ask) (desk.Crowd, error) {
	w, repeats, err := db.answersWhere(ctx, &a)
	if err != nil {
		return desk.Crowd{}, err
	}
	var said []desk.Said
	met := map[int64]bool{} // mentions, where they may come twice
	err = db.numbers(ctx, func(row []int64) {
		one := desk.Said{ID: row[0], Author: row[1], Fold: row[2], Repost: row[3] == asRepost, First: row[3] == asFirst}
		if repeats {
			if met[one.ID] {
				return
			}
			met[one.ID] = true
		}
		said = append(said, one)
	}, "SELECT mention_id, author, fold, copied FROM answers"+w.String(), w.args...)
	if err != nil {
		return desk.Crowd{}, fmt.Errorf("count a crowd: %w", err)
	}
	c := desk.CrowdOf(said)
	ofFold := map[int64][]int64{}
	shown := map[int64]bool{}
	for _, list := range [][]desk.Group{c.Copied, c.Spread} {
		for _, g := range list {
			shown[g.Fold] = true
		}
	}
	for _, s := range said { // in the order of time within a fold
		if shown[s.Fold] {
			ofFold[s.Fold] = append(ofFold[s.Fold], s.ID)
		}
	}
	for _, list := range [][]desk.Group{c.Copied, c.Spread} {
		for i := range list {
			if err := db.describe(ctx, &list[i], ofFold[list[i].Fold]); err != nil {
				return c, err
			}
		}
	}
	return c, nil
}

const (
	groupText = 280 // bytes of a group's text that are shown
	compared  = 40  // copies that are held against the first, letter for letter
)

// describe looks up what a group says, who said it first, and when.
func (db *DB) describe(ctx context.Context, g *desk.Group, ids []int64) error {
	g.From, g.To = idTime(ids[0]), idTime(ids[len(ids)-1])
	look := ids[:min(len(ids), compared)]
	all := map[int64]desk.Mention{g.Mention: {}}
	err := selectIn(db.reader(ctx), "SELECT "+mentionColumns+" FROM mentions m WHERE m.deleted = 0 AND m.id IN (@)", append([]int64{g.Mention}, look...), func(s scanner) error {
		m, err := scanMention(s)
		all[m.ID] = m
		return err
	})
	first := all[g.Mention]
	g.Text, g.Lang, g.Author, g.Network = beginning(first.Text), first.Lang, first.Author, first.Network
	same, others := 0, 0
	var x, y []rune
	x = terms.Letters(x, first.Text)
	for _, id := range look {
		m, ok := all[id]
		if !ok || id == g.Mention || copied(&m) == asRepost {
			continue
		}
		others++
		if y = terms.Letters(y[:0], m.Text); string(y) == string(x) {
			same++
		}
	}
	if others > 0 {
		g.Exact = float64(same) / float64(others)
	}
	return err
}

// beginning is the first groupText bytes of a text, whole characters.
func beginning(s string) string {
	if len(s) <= groupText {
		return s
	}
	n := groupText
	for !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "…"
}
