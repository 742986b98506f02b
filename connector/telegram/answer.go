package telegram

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"breakwater/alert"
	"breakwater/connector"
	"breakwater/desk"
)

// update is what Telegram tells a bot; we ask for presses of buttons alone.
type update struct {
	ID       int64 `json:"update_id"`
	Callback *struct {
		ID   string `json:"id"`
		From struct {
			ID    int64  `json:"id"`
			First string `json:"first_name"`
			Last  string `json:"last_name"`
		} `json:"from"`
		Message *struct {
			ID   int64 `json:"message_id"`
			Chat struct {
				ID   int64  `json:"id"`
				Type string `json:"type"`
			} `json:"chat"`
			Text string `json:"text"`
		} `json:"message"`
		Data string `json:"data"`
	} `json:"callback_query"`
}

// back is what is needed to answer a press and to change the message.
type back struct {
	Query   string `json:"query"`
	Chat    int64  `json:"chat"`
	Message int64  `json:"message"`
	Text    string `json:"text"`
}

// answer reads an update. Data is the act's first letter and the token.
func (u update) answer() desk.Answer {
	c := u.Callback
	if c == nil {
		return desk.Answer{}
	}
	a := desk.Answer{From: strconv.FormatInt(c.From.ID, 10), Name: strings.TrimSpace(c.From.First + " " + c.From.Last)}
	b := back{Query: c.ID}
	if c.Message != nil {
		b.Chat, b.Message, b.Text = c.Message.Chat.ID, c.Message.ID, c.Message.Text
		a.Alone = c.Message.Chat.Type == "private" && c.Message.Chat.ID == c.From.ID
	}
	for _, do := range []string{desk.AnswerTake, desk.AnswerMute} {
		if token, ok := strings.CutPrefix(c.Data, do[:1]+":"); ok {
			a.Do, a.Token = do, token
		}
	}
	raw, _ := json.Marshal(b) // strings and numbers
	a.Back = string(raw)
	return a
}

// hookSecret is what Telegram shows us with each update: made of the bot's token, so that nobody has to think one up.
func (s *sender) hookSecret() string {
	m := hmac.New(sha256.New, []byte(s.token.Reveal()))
	m.Write([]byte("breakwater: telegram webhook"))
	return hex.EncodeToString(m.Sum(nil))
}

// Hear reads an update that Telegram brings to the desk, after it showed that it is Telegram.
func (s *sender) Hear(h alert.Heard) (desk.Answer, error) {
	if s.answers != answersCall || !hmac.Equal([]byte(h.Header.Get("X-Telegram-Bot-Api-Secret-Token")), []byte(s.hookSecret())) {
		return desk.Answer{}, fmt.Errorf("telegram: no or another secret: %w", desk.ErrForbidden)
	}
	var u update
	if err := json.Unmarshal(h.Body, &u); err != nil {
		return desk.Answer{}, desk.Wrong("update", "This is needed.")
	}
	return u.answer(), nil
}

// Tell ends the little clock on the button, and writes what became of it under the message; the buttons that act are gone.
func (s *sender) Tell(a desk.Answer, said string) (alert.Reply, func(context.Context) error) {
	return alert.Reply{}, func(ctx context.Context) error {
		b, err := s.toast(ctx, a, said)
		if err != nil || b.Message == 0 || a.Do == "" {
			return err
		}
		return s.call(ctx, "editMessageText", struct {
			Chat    int64   `json:"chat_id"`
			Message int64   `json:"message_id"`
			Text    string  `json:"text"`
			Preview preview `json:"link_preview_options"`
		}{b.Chat, b.Message, connector.Cut(b.Text, maxText-500, connector.UTF16) + "\n\n✓ " + connector.Cut(connector.Unpinged(said), 400, connector.UTF16), preview{true}}, nil)
	}
}

// Whisper says something to who pressed a button alone, and leaves the message as it is.
func (s *sender) Whisper(a desk.Answer, said string) (alert.Reply, func(context.Context) error) {
	return alert.Reply{}, func(ctx context.Context) error {
		_, err := s.toast(ctx, a, said)
		return err
	}
}

// maxToast is what a press may be answered with, in characters.
const maxToast = 200

func (s *sender) toast(ctx context.Context, a desk.Answer, said string) (b back, err error) {
	if err := json.Unmarshal([]byte(a.Back), &b); err != nil || b.Query == "" {
		return b, err
	}
	return b, s.call(ctx, "answerCallbackQuery", struct {
		Query string `json:"callback_query_id"`
		Text  string `json:"text"`
	}{b.Query, connector.Cut(said, maxToast, connector.UTF16)}, nil)
}

// Line names the bot where the desk asks; empty where Telegram calls us, or nobody may answer.
func (s *sender) Line() string {
	if s.answers != answersAsk {
		return ""
	}
	return s.base + " " + s.token.Reveal()
}

// waits is how long Telegram holds a question open when there is nothing to tell, in seconds.
const waits = 10

// Ask asks for what was pressed since the place given.
func (s *sender) Ask(ctx context.Context, after int64) (all []desk.Answer, next int64, err error) {
	var is struct {
		Result []update `json:"result"`
	}
	err = s.call(ctx, "getUpdates", struct {
		Offset  int64    `json:"offset,omitempty"`
		Timeout int      `json:"timeout"`
		Allowed []string `json:"allowed_updates"`
	}{after, waits, []string{"callback_query"}}, &is)
	next = after
	for _, u := range is.Result {
		next = max(next, u.ID+1)
		if u.Callback != nil {
			all = append(all, u.answer())
		}
	}
	return all, next, err
}

// Arrange tells Telegram where to bring presses of buttons: to an address of the desk, or nowhere, where the desk asks itself.
func (s *sender) Arrange(ctx context.Context, address string) error {
	switch s.answers {
	case answersCall:
		return s.call(ctx, "setWebhook", struct {
			URL     string   `json:"url"`
			Secret  string   `json:"secret_token"`
			Allowed []string `json:"allowed_updates"`
		}{address, s.hookSecret(), []string{"callback_query"}}, nil)
	case answersAsk:
		return s.call(ctx, "deleteWebhook", struct{}{}, nil) // both together are not possible
	}
	return nil
}

func (s *sender) call(ctx context.Context, method string, in, out any) error {
	_, err := s.fetch.PostJSON(ctx, s.base+"/bot"+s.token.Reveal()+"/"+method, http.Header{}, in, out)
	if err != nil {
		return failure(err)
	}
	return nil
}
