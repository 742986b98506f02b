package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"breakwater/desk"
)

type ssoCmd struct {
	Show   ssoShowCmd   `cmd:"" help:"Show how people come in by an OpenID provider."`
	Save   ssoSaveCmd   `cmd:"" help:"Change it. What is not given stays as it is."`
	Test   ssoTestCmd   `cmd:"" help:"Ask the provider to describe itself."`
	Glass  ssoGlassCmd  `cmd:"" help:"Make an account a break-glass account, or with --off an ordinary one."`
	Unlink ssoUnlinkCmd `cmd:"" help:"Untie an account from the provider; its sessions end."`
}

// ssoNow is the settings as the API shows them.
type ssoNow struct {
	desk.SSO
	Back string `json:"redirect_uri"`
}

func (n ssoNow) write(w io.Writer) {
	if n.Version == 0 {
		fmt.Fprintln(w, "there is no single sign-on; tell the provider this address to return to: "+n.Back)
		return
	}
	state := "off"
	switch {
	case n.On && n.Only:
		state = "on, for everybody but break-glass accounts"
	case n.On:
		state = "on"
	}
	fmt.Fprintf(w, "%s as client %s: %s\n  returns to %s\n", n.Issuer, n.Client, state, n.Back)
	fmt.Fprintf(w, "  accounts with the same address are linked: %t; new ones are made: %t, as %s\n", n.Link, n.Create, n.Role)
	for _, r := range n.Rules {
		where := "everywhere"
		if r.BrandID != 0 {
			where = "in brand " + id(r.BrandID)
		}
		fmt.Fprintf(w, "  group %s: %s %s\n", r.Group, r.Role, where)
	}
}

type ssoShowCmd struct{}

// Run shows the settings.
func (ssoShowCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return show(c, http.MethodGet, "/sso", nil, func(w io.Writer, n ssoNow) { n.write(w) })
}

type ssoSaveCmd struct {
	On      *bool    `help:"Offer it on the sign-in page." negatable:""`
	Only    *bool    `help:"Passwords and passkeys let in break-glass accounts alone." negatable:""`
	Issuer  string   `help:"Address of the provider, as it names itself." placeholder:"URL"`
	Client  string   `help:"Client id."`
	Secret  string   `help:"Client secret." env:"BREAKWATER_SSO_SECRET"`
	Scopes  string   `help:"Asked for beside openid."`
	Label   string   `help:"Words on the button."`
	Private *bool    `help:"The provider is ours and may be within a private network." negatable:""`
	Vouches *bool    `help:"Its addresses count as verified although it does not say so." negatable:""`
	Domains *string  `help:"Only mail addresses of these domains." placeholder:"LIST"`
	Link    *bool    `help:"Who has an account with the same verified address becomes that person, once." negatable:""`
	Create  *bool    `help:"Who has none gets one." negatable:""`
	Role    string   `help:"Of accounts that are made." enum:",viewer,responder,lead" default:""`
	Claim   string   `help:"Claim that lists groups."`
	Group   []string `help:"What a group may do, once for each: GROUP=ROLE, or GROUP=ROLE@BRAND-ID. They replace all." sep:"none" placeholder:"RULE"`
	Proofs  *string  `help:"Values of acr or amr that count as a second factor." placeholder:"LIST"`
}

// body is the settings as they are with what is given.
func (x *ssoSaveCmd) body(c *client) (map[string]any, error) {
	var was ssoNow
	if err := c.call(http.MethodGet, "/sso", nil, nil, &was); err != nil {
		return nil, err
	}
	raw, err := json.Marshal(was.SSO)
	if err != nil {
		return nil, err
	}
	in := make(map[string]any)
	if err := json.Unmarshal(raw, &in); err != nil {
		return nil, err
	}
	delete(in, "id")
	for name, value := range map[string]string{"issuer": x.Issuer, "client_id": x.Client, "client_secret": x.Secret, "scopes": x.Scopes, "label": x.Label, "role": x.Role, "groups_claim": x.Claim} {
		if value != "" {
			in[name] = value
		}
	}
	for name, value := range map[string]*bool{"on": x.On, "only": x.Only, "private": x.Private, "vouches": x.Vouches, "link": x.Link, "create": x.Create} {
		if value != nil {
			in[name] = *value
		}
	}
	for name, value := range map[string]*string{"domains": x.Domains, "proofs": x.Proofs} {
		if value != nil {
			in[name] = *value
		}
	}
	if len(x.Group) > 0 {
		if in["groups"], err = groupRules(x.Group); err != nil {
			return nil, err
		}
	}
	return in, nil
}

// groupRules reads GROUP=ROLE and GROUP=ROLE@BRAND. A group may have = and @ in its name.
func groupRules(lines []string) (rules []map[string]any, err error) {
	for _, line := range lines {
		i := strings.LastIndex(line, "=")
		if i <= 0 {
			return nil, misuse("write a group as GROUP=ROLE or GROUP=ROLE@BRAND-ID, not %q", line)
		}
		role, brand, scoped := strings.Cut(line[i+1:], "@")
		rule := map[string]any{"group": line[:i], "role": role}
		if scoped {
			if _, err := strconv.ParseInt(brand, 10, 64); err != nil {
				return nil, misuse("%q is no brand's number", brand)
			}
			rule["brand_id"] = brand
		}
		rules = append(rules, rule)
	}
	return rules, nil
}

// Run changes the settings.
func (x *ssoSaveCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	in, err := x.body(c)
	if err != nil {
		return err
	}
	return show(c, http.MethodPut, "/sso", in, func(w io.Writer, n ssoNow) { n.write(w) })
}

type ssoTestCmd struct{}

// Run tries the provider as it is saved.
func (ssoTestCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	in, err := new(ssoSaveCmd).body(c)
	if err != nil {
		return err
	}
	return show(c, http.MethodPost, "/sso/test", in, func(w io.Writer, t struct{ Found desk.Text }) { fmt.Fprintln(w, t.Found.English()) })
}

type ssoGlassCmd struct {
	ID  int64 `arg:"" help:"Which person."`
	Off bool  `help:"Make it an ordinary account again."`
}

// Run makes an account a break-glass account.
func (x *ssoGlassCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	said := "it is a break-glass account now"
	if x.Off {
		said = "it is an ordinary account now"
	}
	return c.done(http.MethodPost, "/users/"+id(x.ID)+"/glass", map[string]bool{"on": !x.Off}, said)
}

type ssoUnlinkCmd struct {
	ID int64 `arg:"" help:"Which person."`
}

// Run unties an account.
func (x *ssoUnlinkCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return c.done(http.MethodPost, "/users/"+id(x.ID)+"/unlink", nil, "untied; its sessions ended")
}
