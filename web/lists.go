package web

import (
	"net/http"
	"strconv"
)

// pieceOf cuts a list that was asked for with one more than fits, and makes the links to its other pieces.
func pieceOf[T any](r *http.Request, got []T, fit int, id func(T) int64) ([]T, pagerView) {
	var p pagerView
	if r.URL.Query().Get("before") != "" {
		p.First = with(r, "before", "")
	}
	if len(got) > fit {
		got = got[:fit]
		p.Next = with(r, "before", itoa(id(got[fit-1])))
	}
	return got, p
}

// with is the address of this page with one value of its query changed; "" removes it.
func with(r *http.Request, name, value string) string {
	q := r.URL.Query()
	q.Del("done")
	q.Set(name, value)
	if value == "" {
		q.Del(name)
	}
	if len(q) == 0 {
		return r.URL.Path
	}
	return r.URL.Path + "?" + q.Encode()
}

// number reads a number from an address or a form, 0 when it is none.
func number(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// slicePage cuts a list that is whole in memory into pages by ?page=.
func slicePage[T any](r *http.Request, all []T, fit int) ([]T, pagerView) {
	var p pagerView
	n := int(min(max(number(r.URL.Query().Get("page")), 1), int64(len(all)/fit+1)))
	if n > 1 {
		p.First = with(r, "page", "")
	}
	from := min((n-1)*fit, len(all))
	to := min(from+fit, len(all))
	if to < len(all) {
		p.Next = with(r, "page", strconv.Itoa(n+1))
	}
	return all[from:to], p
}
