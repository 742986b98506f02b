package app

import (
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"breakwater/desk"
)

// service is one that carries messages, as strict as the real one in what it takes; calls are what it was sent.
type service struct {
	*httptest.Server
	mu      sync.Mutex
	calls   []call
	updates []string // of Telegram, not fetched yet
	wait    chan struct{}
}

type call struct{ path, body string }

func newService(t *testing.T) *service {
	t.Helper()
	s := &service{wait: make(chan struct{}, 100)}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if strings.HasSuffix(r.URL.Path, "/getUpdates") {
			s.give(w, r, body)
			return
		}
		s.mu.Lock()
		s.calls = append(s.calls, call{r.URL.Path, string(body)})
		s.mu.Unlock()
		switch {
		case strings.Contains(r.URL.Path, "/Accounts/"):
			w.WriteHeader(http.StatusCreated)
			_, _ = io.WriteString(w, `{"sid":"CA1"}`)
		case strings.HasPrefix(r.URL.Path, "/bot"):
			_, _ = io.WriteString(w, `{"ok":true,"result":{"message_id":42}}`)
		default:
			_, _ = io.WriteString(w, "ok")
		}
	}))
	t.Cleanup(s.Close)
	return s
}

// give is getUpdates: what has a smaller number than the offset is forgotten.
func (s *service) give(w http.ResponseWriter, r *http.Request, body []byte) {
	var asked struct {
		Offset  int64
		Timeout int
		Allowed []string `json:"allowed_updates"`
	}
	if json.Unmarshal(body, &asked) != nil || len(asked.Allowed) != 1 {
		http.Error(w, `{"ok":false,"error_code":400}`, http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	var left []string
	for i, u := range s.updates {
		if int64(i+1) >= asked.Offset {
			left = append(left, u)
		}
	}
	s.mu.Unlock()
	if len(left) == 0 {
		select { // a long question
		case <-r.Context().Done():
		case <-s.wait:
		case <-time.After(time.Second):
		}
	}
	_, _ = io.WriteString(w, `{"ok":true,"result":[`+strings.Join(left, ",")+`]}`)
}

// sent waits for a call whose path ends and whose body has these words, after the first skip calls.
func (s *service) sent(t *testing.T, path, words string) string {
	t.Helper()
	var got string
	until(t, "a call of "+path+" with "+words, func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, c := range s.calls {
			if strings.HasSuffix(c.path, path) && strings.Contains(c.body, words) {
				got = c.body
				return true
			}
		}
		return false
	})
	return got
}

func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(60 * time.Second); !ok(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited a minute for %s", what)
		}
	}
}

// shift is a desk at night: Ana leads, and reads messages in apps.
type shift struct {
	*testing.T
	s      *stages
	front  *httptest.Server
	out    *service
	ana    desk.User
	ctx    context.Context
	brands int
}

const twilioAccount, slackSecret, botToken = "AC0123456789abcdef0123456789abcdef", "8f742231b10e8888abcd99yyyzzz85a5", "12345:secret"

func newShift(t *testing.T) *shift {
	t.Helper()
	front := httptest.NewUnstartedServer(nil)
	c := Config{Data: t.TempDir(), Log: slog.New(slog.DiscardHandler), AllowPrivate: []string{"127.0.0.0/8"}, PublicURL: "http://" + front.Listener.Addr().String()}
	s, err := open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	h, _, err := s.front(c)
	if err != nil {
		t.Fatal(err)
	}
	front.Config.Handler = h
	front.Start()
	ctx, stop := context.WithCancel(t.Context())
	group, ctx := errgroup.WithContext(ctx)
	for _, loop := range []func(context.Context) error{s.escalator.Run, s.postman.Run, s.askAround} {
		group.Go(func() error { return loop(ctx) })
	}
	t.Cleanup(func() {
		stop()
		front.Close()
		_ = group.Wait() // it ends with ctx
		if err := s.close(); err != nil {
			t.Error(err)
		}
	})
	n := &shift{T: t, s: s, front: front, out: newService(t), ctx: ctx}
	n.ana, err = s.db.ChangeUser(ctx, 0, n.act(), func(u *desk.User, out *desk.Out) error {
		u.Name, u.Email, u.Role, out.Say = "Ana", "ana@example.org", desk.Lead, desk.Say("made")
		return nil
	})
	n.must(err)
	_, err = s.db.ChangeReach(ctx, n.ana.ID, n.act(), func(r *desk.Reach, out *desk.Out) error {
		r.Cap, r.Through, out.Say = desk.Uncapped, desk.Normal, desk.Say("made")
		return nil
	})
	n.must(err)
	return n
}

func (n *shift) act() desk.Act { return desk.Act{Who: "desk", Do: "test"} }

func (n *shift) must(err error) {
	n.Helper()
	if err != nil {
		n.Fatal(err)
	}
}

// way gives Ana a way.
func (n *shift) way(kind string, set desk.Settings) desk.Way {
	n.Helper()
	w, err := n.s.db.ChangeWay(n.ctx, 0, n.act(), func(w *desk.Way, out *desk.Out) error {
		w.Name, w.Kind, w.UserID, w.Settings, w.Lang, out.Say = kind, kind, n.ana.ID, set, "en", desk.Say("made")
		return nil
	})
	n.must(err)
	return w
}

// alert opens an alert, and gives the escalation about it.
func (n *shift) alert(what string) (e desk.Escalation) {
	n.Helper()
	n.brands++
	b, err := n.s.db.ChangeBrand(n.ctx, 0, n.act(), func(b *desk.Brand, out *desk.Out) error {
		b.Name, b.Zone, out.Say = fmt.Sprint("Brand ", n.brands), "UTC", desk.Say("made")
		return nil
	})
	n.must(err)
	n.must(n.s.router.Raise(n.ctx, b.ID, what, desk.Say(what)))
	until(n.T, "an escalation", func() bool {
		all, err := n.s.db.Escalations(n.ctx, b.ID, "", desk.Paging{Limit: 1})
		n.must(err)
		if len(all) == 1 {
			e = all[0]
		}
		return len(all) == 1
	})
	return e
}

// taken waits until an escalation was taken up, and says how and by whom.
func (n *shift) taken(e desk.Escalation, how string) {
	n.Helper()
	until(n.T, "somebody to take it up", func() bool {
		now, err := n.s.db.Escalation(n.ctx, e.ID)
		n.must(err)
		return now.State == desk.EscalationTaken
	})
	now, err := n.s.db.Escalation(n.ctx, e.ID)
	n.must(err)
	if len(now.Acks) != 1 || now.Acks[0].UserID != n.ana.ID || now.Acks[0].How != how {
		n.Errorf("taken by %+v, want once by Ana by %s", now.Acks, how)
	}
}

func (n *shift) refused(times int) {
	n.Helper()
	all, err := n.s.db.Journal(n.ctx, desk.EntryFilter{Do: "answer.refuse"})
	n.must(err)
	if len(all) != times {
		n.Errorf("%d refusals in the journal, want %d", len(all), times)
	}
}

// post sends what a service sends.
func (n *shift) post(path string, form url.Values, header http.Header) (int, string) {
	n.Helper()
	req, err := http.NewRequestWithContext(n.ctx, http.MethodPost, n.front.URL+path, strings.NewReader(form.Encode()))
	n.must(err)
	req.Header = header.Clone()
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := http.DefaultClient.Do(req)
	n.must(err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	n.must(err)
	return res.StatusCode, string(body)
}

func slackSigns(form url.Values, secret string, at time.Time) http.Header {
	stamp := strconv.FormatInt(at.Unix(), 10)
	m := hmac.New(sha256.New, []byte(secret))
	m.Write([]byte("v0:" + stamp + ":" + form.Encode()))
	return http.Header{"X-Slack-Request-Timestamp": {stamp}, "X-Slack-Signature": {"v0=" + hex.EncodeToString(m.Sum(nil))}}
}

// A press of a button in Slack, signed by it, takes the matter up as whoever pressed; nobody else and nothing older does.
func TestAnswersFromSlack(t *testing.T) {
	t.Parallel()
	n := newShift(t)
	w := n.way("slack", desk.Settings{"url": n.out.URL + "/services/T0/B0/x", "secret": slackSecret, "people": "U0ANA ana@example.org\n"})
	e := n.alert("The shop window burns")
	var sent struct {
		Blocks []struct {
			Type     string
			Text     map[string]string
			Elements []struct {
				ID    string `json:"action_id"`
				Value string
			}
		}
	}
	n.must(json.Unmarshal([]byte(n.out.sent(t, "/x", "window burns")), &sent))
	buttons := sent.Blocks[len(sent.Blocks)-1].Elements
	if len(buttons) != 3 || buttons[0].ID != "take" || buttons[1].ID != "mute" {
		t.Fatalf("buttons %+v, want take, mute and open", buttons)
	}
	press := func(user, button string) url.Values {
		p, err := json.Marshal(map[string]any{"type": "block_actions", "user": map[string]string{"id": user, "name": "ana"}, "response_url": n.out.URL + "/actions/1",
			"message": map[string]any{"text": "x", "blocks": sent.Blocks}, "actions": []map[string]string{{"action_id": button, "value": buttons[0].Value, "type": "button"}}})
		n.must(err)
		return url.Values{"payload": {string(p)}}
	}
	path, good := fmt.Sprint("/answers/", w.ID), press("U0ANA", "take")
	for name, header := range map[string]http.Header{
		"unsigned": {}, "another secret": slackSigns(good, "other", time.Now()), "an old one": slackSigns(good, slackSecret, time.Now().Add(-6*time.Minute)),
		"one of the future": slackSigns(good, slackSecret, time.Now().Add(6*time.Minute)),
	} {
		if status, _ := n.post(path, good, header); status != http.StatusUnauthorized {
			t.Errorf("%s = %d, want 401", name, status)
		}
	}
	stranger := press("U0EVE", "take")
	if status, _ := n.post(path, stranger, slackSigns(stranger, slackSecret, time.Now())); status != http.StatusOK {
		t.Errorf("a stranger = %d", status)
	}
	n.out.sent(t, "/actions/1", "not known here")
	n.refused(1)
	for range 2 { // the second is a replay
		began := time.Now()
		if status, body := n.post(path, good, slackSigns(good, slackSecret, time.Now())); status != http.StatusOK || body != "" {
			t.Errorf("the press = %d %q after %s", status, body, time.Since(began))
		}
	}
	n.taken(e, "slack")
	n.out.sent(t, "/actions/1", `"replace_original":true`)
	if now := n.out.sent(t, "/actions/1", "Ana took it up."); !strings.Contains(now, "window burns") || strings.Contains(now, "action_id") {
		t.Errorf("the message became %s", now)
	}
}

// A press in Telegram is fetched where Telegram cannot reach the desk, and shows who took it.
func TestAnswersFromTelegram(t *testing.T) {
	t.Parallel()
	n := newShift(t)
	n.way("telegram", desk.Settings{"url": n.out.URL, "token": botToken, "chat": "77", "answers": "ask"})
	e := n.alert("The shop window burns")
	var sent struct {
		Markup struct {
			Rows [][]struct {
				Data string `json:"callback_data"`
			} `json:"inline_keyboard"`
		} `json:"reply_markup"`
	}
	n.must(json.Unmarshal([]byte(n.out.sent(t, "/sendMessage", "window burns")), &sent))
	data := sent.Markup.Rows[0][0].Data
	if len(data) == 0 || len(data) > 64 {
		t.Fatalf("callback_data %q has %d bytes, Telegram takes 64", data, len(data))
	}
	n.out.sent(t, "/deleteWebhook", "{}")
	pressed := func(number int, from int64) string {
		return fmt.Sprintf(`{"update_id":%d,"callback_query":{"id":"q%d","from":{"id":%d,"first_name":"Ana"},"message":{"message_id":42,"chat":{"id":77,"type":"private"},"text":"The shop window burns"},"data":%q}}`, number, number, from, data)
	}
	n.out.mu.Lock()
	n.out.updates = []string{pressed(1, 66), pressed(2, 77), pressed(3, 77)}
	n.out.mu.Unlock()
	n.taken(e, "telegram")
	n.out.sent(t, "/answerCallbackQuery", "not known here")
	n.out.sent(t, "/answerCallbackQuery", "Ana took it up.")
	n.out.sent(t, "/editMessageText", "Ana took it up.")
	n.refused(1)
}

// Where Telegram reaches the desk it is told where, and must show the secret that it was told.
func TestTelegramCalls(t *testing.T) {
	t.Parallel()
	n := newShift(t)
	w := n.way("telegram", desk.Settings{"url": n.out.URL, "token": botToken, "chat": "77", "answers": "call"})
	var hook struct {
		URL, Secret string
	}
	var named struct {
		Secret string `json:"secret_token"`
		URL    string
	}
	n.must(json.Unmarshal([]byte(n.out.sent(t, "/setWebhook", "secret_token")), &named))
	hook.URL, hook.Secret = named.URL, named.Secret
	if want := fmt.Sprintf("%s/answers/%d", n.front.URL, w.ID); hook.URL != want || len(hook.Secret) < 32 {
		t.Fatalf("told %+v, want %s", hook, want)
	}
	for secret, want := range map[string]int{"": http.StatusUnauthorized, "other": http.StatusUnauthorized, hook.Secret: http.StatusOK} {
		req, err := http.NewRequestWithContext(n.ctx, http.MethodPost, hook.URL, strings.NewReader(`{"update_id":1}`))
		n.must(err)
		req.Header.Set("X-Telegram-Bot-Api-Secret-Token", secret)
		res, err := http.DefaultClient.Do(req)
		n.must(err)
		res.Body.Close()
		if res.StatusCode != want {
			t.Errorf("with the secret %q: %s, want %d", secret, res.Status, want)
		}
	}
}

func twilioSigns(address string, form url.Values) http.Header {
	m := hmac.New(sha1.New, []byte("sesame"))
	m.Write([]byte(address))
	for _, name := range slices.Sorted(maps.Keys(form)) {
		m.Write([]byte(name + form.Get(name)))
	}
	return http.Header{"X-Twilio-Signature": {base64.StdEncoding.EncodeToString(m.Sum(nil))}}
}

// A key of the telephone takes a matter up, and so does a word written back.
func TestAnswersByTelephone(t *testing.T) {
	t.Parallel()
	n := newShift(t)
	line := desk.Settings{"url": n.out.URL, "account": twilioAccount, "token": "sesame", "from": "+48100200300", "to": "+48 123 456 789", "answers": "yes"}
	n.way("voice", line)
	e := n.alert("The shop window burns")
	form, err := url.ParseQuery(n.out.sent(t, "/Calls.json", "window"))
	n.must(err)
	var said struct {
		XMLName xml.Name `xml:"Response"`
		Gather  struct {
			Action string   `xml:"action,attr"`
			Digits int      `xml:"numDigits,attr"`
			Say    []string `xml:"Say"`
		}
	}
	n.must(xml.Unmarshal([]byte(form.Get("Twiml")), &said))
	if said.Gather.Digits != 1 || !strings.Contains(strings.Join(said.Gather.Say, " "), "Press 1") {
		t.Fatalf("the call says %s", form.Get("Twiml"))
	}
	asked, err := url.Parse(said.Gather.Action)
	n.must(err)
	key := url.Values{"AccountSid": {twilioAccount}, "CallSid": {"CA1"}, "Digits": {"1"}, "From": {"+48100200300"}, "To": {"+48123456789"}}
	if status, _ := n.post(asked.RequestURI(), key, http.Header{"X-Twilio-Signature": {"nonsense"}}); status != http.StatusUnauthorized {
		t.Errorf("a wrong signature = %d", status)
	}
	status, answer := n.post(asked.RequestURI(), key, twilioSigns(said.Gather.Action, key))
	if status != http.StatusOK || !strings.Contains(answer, "Ana took it up.") || !strings.Contains(answer, "<Response><Say") {
		t.Errorf("the key = %d %s", status, answer)
	}
	n.taken(e, "voice")

	w := n.way("sms", line)
	e = n.alert("The stock room burns")
	n.out.sent(t, "/Messages.json", "Press+1")
	until(t, "the message to count as sent", func() bool {
		all, err := n.s.db.Letters(n.ctx, n.ana.ID, desk.Paging{Limit: 20})
		n.must(err)
		return slices.ContainsFunc(all, func(l desk.Letter) bool { return l.WayID == w.ID && l.State == desk.LetterSent })
	})
	path := fmt.Sprint("/answers/", w.ID)
	for from, want := range map[string]string{"+48999999999": "not known here", "+48123456789": "Ana took it up."} {
		word := url.Values{"AccountSid": {twilioAccount}, "MessageSid": {"SM" + from}, "Body": {" Take! "}, "From": {from}, "To": {"+48100200300"}}
		status, answer := n.post(path, word, twilioSigns(n.front.URL+path, word))
		if status != http.StatusOK || !strings.Contains(answer, "<Response><Message>") || !strings.Contains(answer, want) {
			t.Errorf("from %s = %d %s", from, status, answer)
		}
	}
	n.taken(e, "sms")
	n.refused(1)
}
