package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"breakwater/desk"
)

// talk is a client of a server that answers as told.
func talk(t *testing.T, answer http.HandlerFunc) (*client, *bytes.Buffer) {
	t.Helper()
	srv := httptest.NewServer(answer)
	t.Cleanup(srv.Close)
	var out bytes.Buffer
	c, err := dial(t.Context(), &remote{Server: srv.URL + "/", Token: "bw_X"}, streams{Out: &out, Err: &out})
	if err != nil {
		t.Fatal(err)
	}
	return c, &out
}

func TestProblemsAreToldWhole(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		status int
		body   string
		want   []string
	}{
		{"field", 422, `{"title":"That cannot be done like this.","code":"invalid","errors":[{"field":"query","message":"Close the bracket.","at":4}]}`, []string{"That cannot be done", "query: Close the bracket.", "at character 5"}},
		{"no token", 401, `{"title":"Sign in again.","detail":"Send a valid token.","code":"sign_in"}`, []string{"Send a valid token.", "BREAKWATER_TOKEN"}},
		{"ours", 500, `{"title":"Something went wrong on our side.","code":"internal","reference":"AB12"}`, []string{"Reference: AB12"}},
		{"another server", 404, `<html>nothing</html>`, []string{"404", "Is it a Breakwater desk?"}},
	}
	for _, tt := range tests {
		c, _ := talk(t, func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Authorization") != "Bearer bw_X" || !strings.HasPrefix(r.URL.Path, "/api/v1/") {
				t.Errorf("%s: asked for %s with %q", tt.name, r.URL.Path, r.Header.Get("Authorization"))
			}
			w.WriteHeader(tt.status)
			fmt.Fprint(w, tt.body)
		})
		err := c.call(http.MethodGet, "/me", nil, nil, nil)
		for _, want := range tt.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v, want %q in it", tt.name, err, want)
			}
		}
	}
}

func TestListsAreReadPageByPage(t *testing.T) {
	t.Parallel()
	const all = 450
	pages := 0
	c, _ := talk(t, func(w http.ResponseWriter, r *http.Request) {
		pages++
		from, _ := strconv.Atoi(r.FormValue("cursor"))
		limit, _ := strconv.Atoi(r.FormValue("limit"))
		page := map[string]any{"next": ""}
		var items []desk.Brand
		for i := from; i < min(from+limit, all); i++ {
			items = append(items, desk.Brand{ID: int64(i + 1)})
		}
		page["items"] = items
		if from+limit < all {
			page["next"] = strconv.Itoa(from + limit)
		}
		if err := json.NewEncoder(w).Encode(page); err != nil {
			t.Error(err)
		}
	})
	for _, tt := range []struct{ most, want, pages int }{{0, 450, 3}, {50, 50, 1}, {250, 250, 2}, {1000, 450, 3}} {
		got := 0
		pages = 0
		err := list(c, "/brands", url.Values{}, tt.most, func(_ json.RawMessage, b desk.Brand) error {
			got++
			if b.ID != int64(got) {
				t.Fatalf("item %d is %d", got, b.ID)
			}
			return nil
		})
		if err != nil || got != tt.want || pages != tt.pages {
			t.Errorf("at most %d: %d items in %d pages, %v; want %d in %d", tt.most, got, pages, err, tt.want, tt.pages)
		}
	}
}

func TestStrangersDoNotMoveTheCursor(t *testing.T) {
	t.Parallel()
	c, out := talk(t, func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, `{"items":[{"id":"1","name":"a\u001b[2J\tb\nc\u202egnp.exe\u009b31m"}],"next":""}`)
	})
	err := table(c, "/brands", nil, 0, "ID NAME", func(b desk.Brand) []string { return []string{id(b.ID), b.Name} })
	if err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(out.String(), "\x1b\u202e\u009b") || strings.Count(out.String(), "\n") != 2 {
		t.Errorf("a table of what strangers wrote is %q", out)
	}
}

func TestWrongServers(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "desk.example.org", "ftp://desk.example.org", "http://", "://"} {
		if _, err := dial(t.Context(), &remote{Server: s}, streams{}); err == nil {
			t.Errorf("--server %q was taken", s)
		}
	}
}
