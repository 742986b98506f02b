// Package matrix brings alerts into a room of Matrix.
package matrix

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"html"
	"net/http"
	"net/url"
	"strings"
	"time"

	"breakwater/alert"
	"breakwater/connector"
	"breakwater/desk"
	"breakwater/internal/fetch"
)

// Kind is Matrix.
var Kind = connector.Kind{Sender: newSender, Spec: desk.Spec{
	Kind:  "matrix",
	Title: "Matrix",
	Help:  "Sends alerts into a room of Matrix, as an account of yours. Encrypted rooms are not supported.",
	Fields: []desk.Field{
		{Name: "url", Label: "Homeserver", Kind: "url", Required: true, Help: "Its address, like https://matrix.example.org."},
		{Name: "room", Label: "Room", Required: true, Help: "Its internal id, which begins with an exclamation mark, or an address like #press:example.org. The account must have joined the room."},
		{Name: "token", Label: "Access token", Kind: "secret", Required: true},
	},
}}

// maxText keeps an event below the 65,536 bytes that it may have (spec.matrix.org, v1.18), with its text twice.
const maxText = 16_000 // bytes, as they are written into JSON; as HTML, < and & take five

type sender struct {
	base, room string
	token      desk.Secret
	fetch      *fetch.Client
}

func newSender(set desk.Settings, env connector.Env) (alert.Sender, error) {
	base, err := connector.Address(set, "url")
	if err != nil {
		return nil, err
	}
	token, err := connector.Needed(set, "token")
	if err != nil {
		return nil, err
	}
	room := strings.TrimSpace(set["room"])
	if !strings.HasPrefix(room, "!") && (!strings.HasPrefix(room, "#") || !strings.Contains(room, ":")) {
		return nil, desk.Wrong("room", "Enter the room's internal id, which begins with an exclamation mark, or an address of it, like #press:example.org.")
	}
	return &sender{base: strings.TrimRight(base, "/"), room: room, token: desk.Secret(token), fetch: env.Fetch}, nil
}

type event struct {
	Type      string   `json:"msgtype"`
	Body      string   `json:"body"`
	Format    string   `json:"format"`
	Formatted string   `json:"formatted_body"`
	Mentions  struct{} `json:"m.mentions"` // of nobody
}

// Send puts the message into the room. The transaction's id comes from the message's key, so that a second try is no second
// message. The receipt is the event's id.
func (s *sender) Send(ctx context.Context, m alert.Message) (string, error) {
	text := connector.Cut(m.Text, maxText, connector.JSON)
	e := event{Type: "m.text", Body: m.Subject + "\n\n" + text + "\n" + m.Link, Format: "org.matrix.custom.html",
		Formatted: "<strong>" + html.EscapeString(m.Subject) + "</strong><br><br>" + strings.ReplaceAll(html.EscapeString(strings.TrimSpace(text)), "\n", "<br>") +
			`<br><br><a href="` + html.EscapeString(m.Link) + `">` + html.EscapeString(m.Open) + "</a>"}
	body, err := json.Marshal(e)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(m.Key))
	room, err := s.inside(ctx)
	if err != nil {
		return "", failure(err)
	}
	address := s.base + "/_matrix/client/v3/rooms/" + url.PathEscape(room) + "/send/m.room.message/" + hex.EncodeToString(sum[:16])
	var is struct {
		ID string `json:"event_id"`
	}
	_, err = s.fetch.JSON(ctx, fetch.Request{Method: http.MethodPut, URL: address, Body: body,
		Header: http.Header{"Content-Type": {"application/json"}, "Authorization": {"Bearer " + s.token.Reveal()}}}, &is)
	return is.ID, failure(err)
}

// inside is the room's internal id. An address of a room may lead to another one from day to day, so the server is asked each time.
func (s *sender) inside(ctx context.Context) (string, error) {
	if strings.HasPrefix(s.room, "!") {
		return s.room, nil
	}
	var is struct {
		ID string `json:"room_id"`
	}
	_, err := s.fetch.GetJSON(ctx, s.base+"/_matrix/client/v3/directory/room/"+url.PathEscape(s.room), http.Header{"Authorization": {"Bearer " + s.token.Reveal()}}, &is)
	return is.ID, err
}

// failure reads how long the server asks us to wait where it does so in the body only, as servers before v1.10 do.
func failure(err error) error {
	var s *fetch.Status
	if errors.As(err, &s) && s.Limited() && s.After == 0 {
		var limit struct {
			After int64 `json:"retry_after_ms"`
		}
		if json.Unmarshal(s.Body, &limit) == nil {
			s.After = time.Duration(limit.After) * time.Millisecond
		}
	}
	return connector.Failure(err)
}
