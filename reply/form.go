package reply

import (
	"context"
	"crypto/rand"
	"net/mail"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"breakwater/desk"
)

// Told is what somebody wrote into the public form.
type Told struct {
	BrandID int64
	Name    string
	Mail    string // where we answer
	Text    string
	Lang    string
	Link    string // of a conversation that asked them to go on in private: what PrivateLink made; empty: none
}

const maxTold = 5000

// Tell takes what somebody wrote into the public form: it is a private conversation, answered by mail. A link joins them to the
// private conversation of the same mail address alone. Anybody may; who lets them in limits how often. *desk.Invalid for what is missing, desk.ErrNotFound when the brand has no open form.
func (q *Queue) Tell(ctx context.Context, in Told) error {
	p, err := q.form(ctx, in.BrandID)
	if err != nil {
		return err
	}
	in.Text = strings.TrimSpace(strings.ReplaceAll(in.Text, "\r\n", "\n"))
	in.Name = strings.Join(strings.Fields(in.Name), " ")
	a, err := mail.ParseAddress(strings.TrimSpace(in.Mail))
	switch {
	case in.Text == "" || utf8.RuneCountInString(in.Text) > maxTold:
		return desk.Wrong("text", "Write a text of at most {n} characters.", "n", maxTold)
	case err != nil || len(a.Address) > 200:
		return desk.Wrong("mail", "Enter one mail address, like ana@example.org.")
	case utf8.RuneCountInString(in.Name) > 200:
		return desk.Wrong("name", "This is too long.")
	}
	address := strings.ToLower(a.Address)
	one := desk.Incoming{BrandID: p.BrandID, Private: true, Message: desk.Message{
		Ref: desk.Ref{Network: "form", NativeID: strings.ToLower(rand.Text())}, Via: desk.ViaForm, At: time.Now().UTC(), Lang: in.Lang, Text: in.Text,
		Author: desk.Author{NativeID: address, Handle: address, Name: in.Name, Followers: -1},
	}}
	one.OfID, one.Key = readLink(in.Link)
	return q.Store.Receive(ctx, []desk.Incoming{one})
}

// Form is the brand whose public form is open, with its policy. desk.ErrNotFound. For everybody.
func (q *Queue) Form(ctx context.Context, brandID int64) (desk.Brand, desk.ReplyPolicy, error) {
	p, err := q.form(ctx, brandID)
	if err != nil {
		return desk.Brand{}, p, err
	}
	b, err := q.Store.Brand(ctx, brandID)
	return b, p, err
}

func (q *Queue) form(ctx context.Context, brandID int64) (desk.ReplyPolicy, error) {
	b, err := q.Store.Brand(ctx, brandID)
	if err != nil {
		return desk.ReplyPolicy{}, err
	}
	p, err := q.Store.ReplyPolicy(ctx, b.ID)
	if err == nil && !p.Form {
		err = desk.ErrNotFound
	}
	return p, err
}

// PrivateLink is the address at which the person of a conversation goes on in private: the public form, which then knows what it is about.
// It stands in a public answer, so it proves nothing about who opens it: see Tell.
// For responders.
func (q *Queue) PrivateLink(ctx context.Context, id int64) (string, error) {
	if err := desk.Need(ctx, desk.Responder); err != nil {
		return "", err
	}
	c, err := q.Store.Conversation(ctx, id)
	if err != nil {
		return "", err
	}
	if _, err := q.form(ctx, c.BrandID); err != nil {
		return "", desk.Wrong("private", "The public form is closed. Open it in the settings of the inbox first.")
	}
	return q.URL + "/tell/" + strconv.FormatInt(c.BrandID, 10) + "?c=" + strconv.FormatInt(c.ID, 36) + "-" + c.Key, nil
}

// readLink takes the part of a private link apart that names its conversation.
func readLink(s string) (id int64, key string) {
	first, key, ok := strings.Cut(s, "-")
	id, err := strconv.ParseInt(first, 36, 64)
	if !ok || err != nil {
		return 0, ""
	}
	return id, key
}
