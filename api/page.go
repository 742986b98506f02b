package api

import (
	"strconv"

	"breakwater/desk"
)

// Paging is how every list is asked for.
type Paging struct {
	Cursor string `query:"cursor" doc:"next of the page before; empty for the first page" maxLength:"40"`
	Limit  int    `query:"limit" doc:"How many at most" minimum:"1" maximum:"200" default:"50"`
}

// before is the cursor as the stages take it.
func (p Paging) before() (int64, error) {
	if p.Cursor == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(p.Cursor, 10, 64)
	if err != nil || n <= 0 {
		return 0, desk.Wrong("cursor", "Pass back what the page before gave as next.")
	}
	return n, nil
}

// desk is the Paging as the stages take it, asking for one more than fits so that the end of the list is known.
func (p Paging) desk() (desk.Paging, error) {
	before, err := p.before()
	return desk.Paging{Before: before, Limit: min(p.Limit+1, most)}, err
}

// most is the largest page that the stages give.
const most = 200

// Page is a piece of a list.
type Page[T any] struct {
	Items []T    `json:"items" doc:"Newest first, or by name where there is no age"`
	Next  string `json:"next" doc:"cursor of the next page; empty at the end"`
}

// page cuts a list that was asked for with desk() to the limit.
func page[T any](p Paging, items []T, id func(T) int64) Page[T] {
	out := Page[T]{Items: items}
	if out.Items == nil {
		out.Items = []T{}
	}
	switch {
	case len(items) > p.Limit:
		out.Items = items[:p.Limit]
	case len(items) < most || p.Limit < most:
		return out
	}
	out.Next = strconv.FormatInt(id(out.Items[len(out.Items)-1]), 10)
	return out
}

// whole cuts a page out of a list that the stage gives whole; the cursor counts.
func whole[T any](p Paging, items []T) (Page[T], error) {
	start, err := p.before()
	if err != nil {
		return Page[T]{}, err
	}
	from := min(int(start), len(items))
	to := min(from+p.Limit, len(items))
	out := Page[T]{Items: append([]T{}, items[from:to]...)}
	if to < len(items) {
		out.Next = strconv.Itoa(to)
	}
	return out, nil
}
