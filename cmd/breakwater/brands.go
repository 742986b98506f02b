package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"breakwater/desk"
)

type brandCmd struct {
	List brandListCmd `cmd:"" help:"List brands."`
	Save brandSaveCmd `cmd:"" help:"Add a brand, or change one."`
}

type brandListCmd struct{}

// Run lists brands.
func (brandListCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return table(c, "/brands", nil, 0, "ID NAME ZONE DAYS ACCOUNTS", func(x desk.Brand) []string {
		return []string{id(x.ID), x.Name, x.Zone, strconv.Itoa(x.Retention), strings.Join(x.Accounts, ",")}
	})
}

type brandSaveCmd struct {
	ID        int64    `help:"Which brand to change; 0 adds one." placeholder:"ID"`
	Name      string   `help:"Name."`
	Zone      string   `help:"Time zone, such as Europe/Warsaw."`
	Retention *int     `help:"Days that mentions are kept; 0 for ever." placeholder:"DAYS"`
	Account   []string `help:"Our own accounts, as network:handle." placeholder:"NETWORK:HANDLE"`
}

// Run adds or changes a brand. What is not given stays as it is.
func (b *brandSaveCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	was, method, path := desk.Brand{}, http.MethodPost, "/brands"
	if b.ID != 0 {
		method, path = http.MethodPut, "/brands/"+id(b.ID)
		if err := c.call(http.MethodGet, path, nil, nil, &was); err != nil {
			return err
		}
	} else if b.Name == "" {
		return misuse("a new brand needs --name")
	}
	if b.Retention != nil {
		was.Retention = *b.Retention
	}
	if b.Account != nil {
		was.Accounts = b.Account
	}
	in := map[string]any{"name": or(b.Name, was.Name), "zone": or(b.Zone, was.Zone), "retention": was.Retention, "accounts": was.Accounts}
	if was.Accounts == nil {
		in["accounts"] = []string{}
	}
	return show(c, method, path, in, func(w io.Writer, x desk.Brand) { fmt.Fprintf(w, "brand %d: %s (%s)\n", x.ID, x.Name, x.Zone) })
}
