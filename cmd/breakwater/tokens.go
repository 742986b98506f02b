package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"breakwater/desk"
)

type tokenCmd struct {
	List   tokenListCmd   `cmd:"" help:"List tokens."`
	Add    tokenAddCmd    `cmd:"" help:"Make a token; it is shown once."`
	Revoke tokenRevokeCmd `cmd:"" help:"End a token at once."`
}

type tokenListCmd struct{}

// Run lists tokens.
func (tokenListCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return table(c, "/tokens", nil, 0, "ID NAME ROLE BRAND ONLY CREATED EXPIRES USED", func(x desk.Token) []string {
		brand, only := "all", make([]string, len(x.Only))
		if x.BrandID != 0 {
			brand = id(x.BrandID)
		}
		for i, r := range x.Only {
			only[i] = string(r)
		}
		return []string{id(x.ID), x.Name, x.Role.String(), brand, strings.Join(only, ","), when(x.Created), when(x.Expires), when(x.Used)}
	})
}

type tokenAddCmd struct {
	Name  string   `arg:"" help:"What it is for."`
	Role  string   `help:"What it may do: viewer, responder, lead, admin." enum:"viewer,responder,lead,admin" default:"viewer"`
	Brand int64    `help:"In this brand only." placeholder:"ID"`
	Only  []string `help:"These rights of the role only: see, listen, reply, draft, approve, publish, hold, release, administer." placeholder:"RIGHT"`
	Days  int      `help:"Days until it expires; 0 never."`
}

// Run makes a token.
func (t *tokenAddCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	in := map[string]any{"name": t.Name, "role": t.Role}
	if t.Brand != 0 {
		in["brand_id"] = id(t.Brand)
	}
	if len(t.Only) > 0 {
		in["only"] = t.Only
	}
	if t.Days > 0 {
		in["expires"] = time.Now().AddDate(0, 0, t.Days).UTC()
	}
	type made struct {
		Token string `json:"token"`
	}
	return show(c, http.MethodPost, "/tokens", in, func(w io.Writer, m made) { fmt.Fprintln(w, m.Token) })
}

type tokenRevokeCmd struct {
	ID int64 `arg:"" help:"Which token."`
}

// Run ends a token.
func (t *tokenRevokeCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return c.done(http.MethodDelete, "/tokens/"+id(t.ID), nil, "revoked")
}
