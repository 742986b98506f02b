package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"

	"breakwater/desk"
)

type subscribersCmd struct {
	List     subscribersListCmd     `cmd:"" help:"List subscribers."`
	Count    subscribersCountCmd    `cmd:"" help:"Count subscribers by state."`
	Import   subscribersImportCmd   `cmd:"" help:"Take in a list (CSV) with the proof of consent."`
	Export   subscribersExportCmd   `cmd:"" help:"Write the list as CSV."`
	Remove   subscribersRemoveCmd   `cmd:"" help:"Delete everything about a person."`
	Mailings subscribersMailingsCmd `cmd:"" help:"Updates on their way, with what became of their letters."`
	Unknown  subscribersUnknownCmd  `cmd:"" help:"To whom a letter was being handed over when it broke off."`
	Go       subscribersGoCmd       `cmd:"" help:"Let an update go on that a hold or trouble stopped."`
	Again    subscribersAgainCmd    `cmd:"" help:"Send an update again to whom nobody knows of; some may get it twice."`
	LetBe    subscribersLetBeCmd    `cmd:"" name:"let-be" help:"Leave it at that with whom nobody knows of."`
	Stop     subscribersStopCmd     `cmd:"" help:"Stop an update on its way for good."`
	Server   subscribersServerCmd   `cmd:"" help:"Show how letters go out, set it up, try it."`
}

// whoseList is a brand that may be left out when there is one only.
type whoseList struct {
	Brand int64 `help:"The brand; without it the desk's only one." placeholder:"ID"`
}

// at signs in and gives the path of something of the brand.
func (b whoseList) at(ctx context.Context, r *remote, s streams, what string) (*client, string, error) {
	c, err := dial(ctx, r, s)
	if err != nil {
		return nil, "", err
	}
	brand, err := theBrand(c, b.Brand)
	return c, "/brands/" + id(brand) + "/" + what, err
}

type subscribersListCmd struct {
	whoseList
	State string `help:"Only in this state: asked, live, left, bounced." enum:",asked,live,left,bounced" default:""`
}

// Run lists subscribers, piece by piece.
func (o *subscribersListCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, path, err := o.at(ctx, r, s, "subscribers")
	if err != nil {
		return err
	}
	for after := int64(0); ; {
		var piece struct {
			Items []json.RawMessage `json:"items"`
		}
		if err := c.call(http.MethodGet, path, query("state", o.State, "after", id(after)), nil, &piece); err != nil {
			return err
		}
		for _, raw := range piece.Items {
			var x desk.Subscriber
			if err := json.Unmarshal(raw, &x); err != nil {
				return fmt.Errorf("read the answer of %s: %w", c.Server, err)
			}
			after = x.ID
			if c.JSON {
				err = c.line(raw)
			} else {
				_, err = fmt.Fprintln(c.Out, strings.Join(clean([]string{id(x.ID), x.State, or(x.Address, "-"), x.Lang, when(x.Confirmed), cut(x.Origin, 60)}), "\t"))
			}
			if err != nil {
				return err
			}
		}
		if len(piece.Items) == 0 {
			return nil
		}
	}
}

type subscribersCountCmd struct{ whoseList }

// Run counts subscribers.
func (o *subscribersCountCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, path, err := o.at(ctx, r, s, "subscribers/count")
	if err != nil {
		return err
	}
	return show(c, http.MethodGet, path, nil, func(w io.Writer, x desk.SubscriberCount) {
		for _, state := range desk.SubscriberStates {
			fmt.Fprintf(w, "%-8s %d\n", state, x.States[state])
		}
	})
}

type subscribersImportCmd struct {
	whoseList
	File    string `arg:"" help:"The list; - reads standard input."`
	Consent string `required:"" help:"How and when these people agreed to be written to."`
	Lang    string `help:"Language of lines that name none." default:"en"`
	Page    int64  `help:"The page whose updates they get; without it all of the brand." placeholder:"ID"`
}

// Run takes in a list.
func (o *subscribersImportCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, path, err := o.at(ctx, r, s, "subscribers")
	if err != nil {
		return err
	}
	type done struct{ Added, Known, Wrong int }
	return upload(c, path, query("consent", o.Consent, "lang", o.Lang, "centre", id(o.Page)), "text/csv", o.File, func(w io.Writer, x done) {
		fmt.Fprintf(w, "%d new, %d known already, %d lines without an address\n", x.Added, x.Known, x.Wrong)
	})
}

type subscribersExportCmd struct{ whoseList }

// Run writes the list.
func (o *subscribersExportCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, path, err := o.at(ctx, r, s, "subscribers/csv")
	if err != nil {
		return err
	}
	return download(c, path, nil)
}

type subscribersRemoveCmd struct {
	ID int64 `arg:"" help:"Which subscriber."`
}

// Run deletes everything about a person.
func (o *subscribersRemoveCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return c.done(http.MethodDelete, "/subscribers/"+id(o.ID), nil, "deleted")
}

// sentMailing is an update with what became of its letters, as the desk answers it.
type sentMailing struct {
	desk.Mailing
	Count desk.MailingCount `json:"count"`
}

type subscribersMailingsCmd struct {
	Brand int64 `help:"Only of this brand." placeholder:"ID"`
	Most  int   `help:"How many." default:"50"`
}

// Run lists updates on their way.
func (o *subscribersMailingsCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return table(c, "/mailings", query("brand", id(o.Brand)), o.Most, "ID STATE MADE LETTERS LEFT SENT BACK REFUSED UNKNOWN TITLE", func(x sentMailing) []string {
		n := func(state string) string { return fmt.Sprint(x.Count[state]) }
		return []string{id(x.ID), x.State, when(x.Made), fmt.Sprint(x.Count.All()), fmt.Sprint(x.Count.Left()), n(desk.DeliverySent), n(desk.DeliveryBack), n(desk.DeliveryRefused), n(desk.DeliveryUnknown), cut(x.In("").Title, 60)}
	})
}

type ofMailing struct {
	ID int64 `arg:"" help:"Which update."`
}

func (o ofMailing) do(ctx context.Context, r *remote, s streams, what string) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return show(c, http.MethodPost, "/mailings/"+id(o.ID)+"/"+what, nil, func(w io.Writer, x desk.Mailing) { fmt.Fprintf(w, "%d: %s\n", x.ID, x.State) })
}

type subscribersGoCmd struct{ ofMailing }

// Run lets an update go on.
func (o *subscribersGoCmd) Run(ctx context.Context, r *remote, s streams) error {
	return o.do(ctx, r, s, "go")
}

type subscribersStopCmd struct{ ofMailing }

// Run stops an update.
func (o *subscribersStopCmd) Run(ctx context.Context, r *remote, s streams) error {
	return o.do(ctx, r, s, "stop")
}

type subscribersUnknownCmd struct{ ofMailing }

// Run names whom nobody knows of: the first two hundred, far more than there ever should be.
func (o *subscribersUnknownCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return table(c, "/mailings/"+id(o.ID)+"/unknown", nil, 0, "SUBSCRIBER ADDRESS TRIES", func(x desk.Delivery) []string {
		return []string{id(x.SubscriberID), or(x.Address, "-"), fmt.Sprint(x.Tries)}
	})
}

type decideMailing struct {
	ofMailing
	To []int64 `help:"Only to these subscribers; without it all of whom nobody knows." placeholder:"ID"`
}

func (o decideMailing) decide(ctx context.Context, r *remote, s streams, what string) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return show(c, http.MethodPost, "/mailings/"+id(o.ID)+"/"+what, map[string]any{"to": desk.IDs(o.To)}, func(w io.Writer, x desk.Mailing) { fmt.Fprintf(w, "%d: %s\n", x.ID, x.State) })
}

type subscribersAgainCmd struct{ decideMailing }

// Run has letters sent again of which nobody knows.
func (o *subscribersAgainCmd) Run(ctx context.Context, r *remote, s streams) error {
	return o.decide(ctx, r, s, "again")
}

type subscribersLetBeCmd struct{ decideMailing }

// Run leaves them at that.
func (o *subscribersLetBeCmd) Run(ctx context.Context, r *remote, s streams) error {
	return o.decide(ctx, r, s, "letbe")
}

type subscribersServerCmd struct {
	whoseList
	Set map[string]string `help:"Settings to change, like host=mail.example.org; the others stay." placeholder:"NAME=VALUE"`
	Try bool              `help:"Sign in to the mail server and to the mailbox of returned mail."`
}

// Run shows how letters go out, after changing it.
func (o *subscribersServerCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, path, err := o.at(ctx, r, s, "letters")
	if err != nil {
		return err
	}
	var now desk.Carrier
	if err := c.call(http.MethodGet, path, nil, nil, &now); err != nil {
		return err
	}
	if len(o.Set) > 0 {
		if now.Settings == nil {
			now.Settings = desk.Settings{}
		}
		for name, value := range o.Set {
			now.Settings[name] = value
		}
		if err := c.call(http.MethodPut, path, nil, map[string]any{"settings": now.Settings}, nil); err != nil {
			return err
		}
	}
	if o.Try {
		return c.done(http.MethodPost, path+"/try", nil, "it works; nothing was sent")
	}
	return show(c, http.MethodGet, path, nil, func(w io.Writer, x desk.Carrier) {
		for _, name := range []string{"from", "host", "port", "security", "user", "bounces", "imap_host", "imap_user", "connections"} {
			if v := x.Settings[name]; v != "" {
				fmt.Fprintf(w, "%-12s %s\n", name, v)
			}
		}
		if x.State != "" {
			fmt.Fprintf(w, "returned mail: %s, last read %s, %d of our letters came back\n", x.State, when(x.Good), x.Returned)
		}
	})
}
