package api

import (
	"slices"
	"testing"
)

func TestPagesJoinToTheWhole(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 2, 3, 4, 199, 200, 201, 399, 400, 401} {
		for _, limit := range []int{1, 2, 3, 199, 200} {
			all := make([]int64, n)
			for i := range all {
				all[i] = int64(n - i)
			}
			if got := walk(t, limit, func(p Paging) Page[int64] { return older(t, all, p) }); !slices.Equal(got, all) {
				t.Errorf("%d items in pages of %d from a stage that pages: %v", n, limit, got)
			}
			got := walk(t, limit, func(p Paging) Page[int64] {
				page, err := whole(p, all)
				if err != nil {
					t.Fatal(err)
				}
				return page
			})
			if !slices.Equal(got, all) {
				t.Errorf("%d items in pages of %d from a whole list: %v", n, limit, got)
			}
		}
	}
}

// older is what a stage does: those below the cursor, newest first, at most as many as asked.
func older(t *testing.T, all []int64, in Paging) Page[int64] {
	t.Helper()
	p, err := in.desk()
	if err != nil {
		t.Fatal(err)
	}
	var found []int64
	for _, id := range all {
		if (p.Before == 0 || id < p.Before) && len(found) < p.Limit {
			found = append(found, id)
		}
	}
	return page(in, found, func(id int64) int64 { return id })
}

func walk(t *testing.T, limit int, ask func(Paging) Page[int64]) []int64 {
	t.Helper()
	got := []int64{}
	for p, turns := (Paging{Limit: limit}), 0; ; turns++ {
		page := ask(p)
		if len(page.Items) > limit || turns > 1000 {
			t.Fatalf("a page of %d items at turn %d, asked for %d", len(page.Items), turns, limit)
		}
		got = append(got, page.Items...)
		if page.Next == "" {
			return got
		}
		p.Cursor = page.Next
	}
}

func TestCursorsThatAreNone(t *testing.T) {
	t.Parallel()
	for _, c := range []string{"x", "-1", "0", "1.5", "99999999999999999999999"} {
		if _, err := (Paging{Cursor: c, Limit: 10}).before(); err == nil {
			t.Errorf("cursor %q was taken", c)
		}
	}
}
