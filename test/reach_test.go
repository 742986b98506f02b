package test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"breakwater/desk"
	"breakwater/internal/needs"
)

// reached is a desk that writes to real mailboxes.
type reached struct {
	*served
	t     *testing.T
	mail  *needs.Mailboxes
	ana   *http.Client // signed in
	brand desk.Brand
}

// newReached starts a desk whose mail goes by a real mail server, with a team's address and two people.
func newReached(t *testing.T) *reached {
	t.Helper()
	r := &reached{served: newDesk(t), t: t, mail: needs.IMAP(t)}
	add := exec.Command(program(t), "user", "add", "ben@example.org", "--data", r.data, "--name", "Ben", "--role", "responder")
	add.Stdin = strings.NewReader(r.password + "\n")
	if out, err := add.CombinedOutput(); err != nil {
		t.Fatalf("user add: %v\n%s", err, out)
	}
	r.ana = r.client(t)
	host, port, err := net.SplitHostPort(r.mail.Addr)
	if err != nil {
		t.Fatal(err)
	}
	r.brand = send[desk.Brand](t, r.ana, r.at("/brands"), map[string]any{"name": "Aurora", "zone": "Europe/Warsaw"})
	send[desk.Way](t, r.ana, r.at("/ways"), map[string]any{"name": "Team", "kind": "email", "settings": desk.Settings{
		"to": "team@aurora.example", "from": "Breakwater <desk@aurora.example>", "host": host, "port": port, "security": "none"}})
	every := map[string]any{"zone": "UTC", "through": int(desk.Issue), "cap": desk.Uncapped} // a story has no time for pauses between messages
	if code, answer := ask(t, r.ana, http.MethodPut, r.at("/me/reach"), every); code != http.StatusOK {
		t.Fatalf("%d %s", code, answer)
	}
	return r
}

func (r *reached) at(path string, a ...any) string {
	return r.url + "/api/v1" + fmt.Sprintf(path, a...)
}

// find waits for a mail to somebody whose subject has the words, and gives its text.
func (r *reached) find(t *testing.T, to, words string) (text string) {
	t.Helper()
	var had []string
	for n := 1; ; n++ {
		had = had[:0]
		for _, l := range r.mail.Read(t, to, n) {
			subject, err := new(mime.WordDecoder).DecodeHeader(l.Header.Get("Subject"))
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(subject, words) {
				return l.Text(t)
			}
			had = append(had, subject)
		}
		n = len(had)
		t.Logf("%s has %q and waits for %q", to, had, words)
	}
}

// press follows a link as a stranger's browser does; it signs in nowhere.
func press(t *testing.T, address string, form url.Values) string {
	t.Helper()
	res, err := http.Get(address)
	if form != nil {
		res, err = http.PostForm(address, form)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	page, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s %v\n%s", address, res.Status, err, page)
	}
	return string(page)
}

func linkIn(t *testing.T, text, path string) string {
	t.Helper()
	link := regexp.MustCompile(`http://\S+` + path + `\S+`).FindString(text)
	if link == "" {
		t.Fatalf("no link to %s in:\n%s", path, text)
	}
	return link
}

// escalation waits until the escalation about something is in a state.
func (r *reached) escalation(t *testing.T, about, state string) (one desk.Escalation) {
	t.Helper()
	waitFor(t, about+" to be "+state, func() bool {
		for _, e := range read[struct{ Items []desk.Escalation }](t, r.ana, r.at("/escalations")).Items {
			if e.About == about && e.State == state {
				one = e
				return true
			}
		}
		return false
	})
	return one
}

// storm lets a brand be talked about a lot, all at once.
func (r *reached) storm(word string) {
	r.t.Helper()
	send[desk.Monitor](r.t, r.ana, r.at("/monitors"), map[string]any{"brand_id": fmt.Sprint(r.brand.ID), "kind": "brand", "name": word, "query": word, "sensitivity": "balanced",
		"rules": []desk.Rule{{Measure: "mentions", Over: 15, AtLeast: 100, Level: desk.Issue}}})
	src := send[desk.Source](r.t, r.ana, r.at("/sources"), map[string]any{"kind": "webhook", "name": word, "settings": map[string]string{}})
	signer, err := standardwebhooks.NewWebhook(src.Settings["secret"])
	if err != nil {
		r.t.Fatal(err)
	}
	var all []map[string]any
	for i := range 400 {
		all = append(all, map[string]any{"id": fmt.Sprint(word, i), "network": "mastodon", "text": fmt.Sprintf("The %s kettle of number %d burnt down my kitchen, never again %x", word, i, i*7919),
			"author": map[string]any{"handle": fmt.Sprint("p", i)}, "published": time.Now().Add(-time.Duration(i) * time.Second / 4).UTC().Format(time.RFC3339Nano)})
	}
	body, err := json.Marshal(all)
	if err != nil {
		r.t.Fatal(err)
	}
	now := time.Now()
	signature, err := signer.Sign("s", now, body)
	if err != nil {
		r.t.Fatal(err)
	}
	req, err := http.NewRequest(http.MethodPost, fmt.Sprintf("%s/in/%d", r.url, src.ID), bytes.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header = http.Header{"Content-Type": {"application/json"}, "Webhook-Id": {"s"}, "Webhook-Timestamp": {fmt.Sprint(now.Unix())}, "Webhook-Signature": {signature}}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusAccepted {
		r.t.Fatalf("the storm was answered with %s", res.Status)
	}
}

// TestMessagesAreAnswered has a desk call people by real mail and lets them answer from their mailboxes: what they press does what it
// says, and looking at a link does nothing.
func TestMessagesAreAnswered(t *testing.T) {
	t.Parallel()
	r := newReached(t)

	r.storm("Aurora")
	mail := r.find(t, "team@aurora.example", "Aurora")
	alert := read[struct{ Items []desk.Alert }](t, r.ana, r.at("/alerts")).Items[0]
	about := fmt.Sprintf("alert:%d", alert.ID)
	link := linkIn(t, mail, "/call/")
	if page := press(t, link, nil); !strings.Contains(page, `value="take"`) {
		t.Errorf("the link shows no button:\n%s", page)
	}
	r.escalation(t, about, desk.EscalationRunning)
	t.Run("mute from the message", func(t *testing.T) {
		if page := press(t, link, nil); strings.Contains(page, `value="mute"`) {
			t.Errorf("whoever reads the team's mail may mute:\n%s", page)
		}
		link := linkIn(t, r.find(t, r.email, "Aurora"), "/call/")
		press(t, link, url.Values{"do": {"mute"}, "for": {"1"}, "why": {"We know of it"}})
		r.escalation(t, about, desk.EscalationMuted)
		if a := read[desk.Alert](t, r.ana, r.at("/alerts/%d", alert.ID)); !a.MutedUntil.After(time.Now()) {
			t.Errorf("the alert is muted until %s", a.MutedUntil)
		}
		if page := press(t, link, url.Values{"do": {"take"}}); !strings.Contains(page, "Muted.") {
			t.Errorf("the link is spent, and shows:\n%s", page)
		}
	})

	i := send[desk.Incident](t, r.ana, r.at("/incidents"), map[string]any{"brand_id": fmt.Sprint(r.brand.ID), "title": "Kettles burn", "level": int(desk.Crisis)})
	mail = r.find(t, r.email, "Kettles burn")
	about = fmt.Sprintf("incident:%d", i.ID)
	t.Run("acknowledge from the message", func(t *testing.T) {
		link := linkIn(t, mail, "/call/")
		press(t, link, nil)
		if e := r.escalation(t, about, desk.EscalationRunning); len(e.Acks) != 0 {
			t.Errorf("looking at the link acknowledged: %+v", e.Acks)
		}
		press(t, link, url.Values{"do": {"take"}})
		if e := r.escalation(t, about, desk.EscalationTaken); len(e.Acks) != 1 || e.Acks[0].Name != "Ana" || e.Acks[0].How != "link" || !e.Due.IsZero() {
			t.Errorf("acknowledged by %+v, the next step is due %s", e.Acks, e.Due)
		}
		press(t, link, url.Values{"do": {"take"}})
		if e := r.escalation(t, about, desk.EscalationTaken); len(e.Acks) != 1 {
			t.Errorf("the second press counts: %+v", e.Acks)
		}
	})
	t.Run("open the room from the message", func(t *testing.T) {
		room := linkIn(t, mail, "/incidents/")
		res, err := r.ana.Get(room)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		if page, _ := io.ReadAll(res.Body); res.StatusCode != http.StatusOK || !strings.Contains(string(page), "Kettles burn") {
			t.Errorf("the room's link answers %s", res.Status)
		}
	})

	t.Run("a promise is late", func(t *testing.T) {
		p := send[desk.Promise](t, r.ana, r.at("/promises"), map[string]any{"incident_id": fmt.Sprint(i.ID), "text": "Next word on kettles", "due": time.Now().Add(4 * time.Second).UTC().Format(time.RFC3339)})
		mail := r.find(t, r.email, "Next word on kettles")
		press(t, linkIn(t, mail, "/call/"), url.Values{"do": {"take"}})
		r.escalation(t, fmt.Sprintf("promise:%d", p.ID), desk.EscalationTaken)
	})

	t.Run("is this still your address", func(t *testing.T) {
		c := send[desk.Contact](t, r.ana, r.at("/contacts"), map[string]any{"name": "Cara", "department": "Shop", "ways": []map[string]any{{"kind": "email", "value": "cara@aurora.example"}}})
		if code, answer := ask(t, r.ana, http.MethodPost, r.at("/contacts/%d/ask", c.ID), nil); code >= 300 {
			t.Fatalf("%d %s", code, answer)
		}
		link := linkIn(t, r.find(t, "cara@aurora.example", "Is this still how we reach you?"), "/reach/")
		press(t, link, nil)
		if c = read[desk.Contact](t, r.ana, r.at("/contacts/%d", c.ID)); !c.Checked.IsZero() {
			t.Error("looking at the link confirmed it")
		}
		press(t, link, url.Values{"right": {"1"}})
		if c = read[desk.Contact](t, r.ana, r.at("/contacts/%d", c.ID)); c.Checked.IsZero() {
			t.Error("what she said is not kept")
		}
	})

	t.Run("staff read a briefing", func(t *testing.T) {
		b := send[desk.Briefing](t, r.ana, r.at("/briefings"), map[string]any{"incident_id": fmt.Sprint(i.ID), "texts": []desk.BriefingText{{Lang: "en", Title: "Kettles",
			Happened: "Some burnt.", Doing: "We call them back.", MaySay: "We call them back.", MayNot: "Guess.", Questions: "press@aurora.example"}}})
		send[desk.Briefing](t, r.ana, r.at("/briefings/%d/publish", b.ID), map[string]any{"version": b.Version})
		link := linkIn(t, r.find(t, "cara@aurora.example", "For our own people"), "/staff/")
		press(t, link, nil)
		has := func() bool {
			for _, one := range read[struct{ Items []desk.Reader }](t, r.ana, r.at("/briefings/%d/readers", b.ID)).Items {
				if !one.Read.IsZero() {
					return true
				}
			}
			return false
		}
		if has() {
			t.Error("looking at the page confirmed it")
		}
		press(t, link+"/read", url.Values{"edition": {"1"}})
		if !has() {
			t.Error("her receipt is not kept")
		}
	})
}
