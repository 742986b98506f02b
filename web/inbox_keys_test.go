package web

import (
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	cdpinput "github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"breakwater/connector/sandbox"
	"breakwater/desk"
	"breakwater/internal/needs"
	"breakwater/internal/say"
	"breakwater/publish"
	"breakwater/reply"
)

// typist is somebody at a browser who has a keyboard and nothing else.
type typist struct {
	t   *testing.T
	tab context.Context
}

// press strikes keys one after the other, as a keyboard does: a key that a page takes for itself writes no letter.
func (p *typist) press(keys ...string) {
	p.t.Helper()
	for _, k := range keys {
		if err := chromedp.Do(p.tab, strike(k, chromedp.ModifierNone)); err != nil {
			p.t.Fatalf("press %q: %v", k, err)
		}
	}
}

func (p *typist) ctrlEnter() {
	p.t.Helper()
	if err := chromedp.Do(p.tab, strike(kb.Enter, chromedp.ModifierCtrl)); err != nil {
		p.t.Fatal(err)
	}
}

// inFront has the browser take the tab for the one that people look at: a page shows its focus only then.
func inFront() chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
		return err
	})
}

// strike sends keys down with their letters and up again. chromedp's own sends the letter by itself, whatever became of the key.
func strike(keys string, held chromedp.Modifier) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		for _, r := range keys {
			letter := ""
			for _, e := range kb.Encode(r) {
				if e.Type == kb.KeyChar {
					letter = e.Text
				}
			}
			for _, e := range kb.Encode(r) {
				if e.Type == kb.KeyChar {
					continue
				}
				if e.Type != kb.KeyUp && letter != "" {
					e.Type, e.Text = cdpinput.DispatchKeyEventTypeKeyDown, letter
				}
				e.Modifiers |= int64(held)
				if _, err := cdp.Call(ctx, t, cdpinput.DispatchKeyEvent, *e); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// until waits for something to be so in the page.
func (p *typist) until(what, js string) {
	p.t.Helper()
	var err error
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); {
		var is bool
		if is, err = chromedp.Run(p.tab, chromedp.Evaluate[bool](js)); is {
			return
		}
	}
	now, _ := chromedp.Run(p.tab, chromedp.Evaluate[string](`location.pathname + location.search + " at " + document.activeElement?.outerHTML?.slice(0, 200) + " " + document.activeElement?.value + " outline " + getComputedStyle(document.activeElement).outline + " " + JSON.stringify(document.activeElement.getBoundingClientRect()) + document.hasFocus() + " saying " + document.querySelector("#aloud")?.textContent + " / " + document.querySelector("#notice")?.textContent + " / " + [...document.querySelectorAll("[role=alert]")].map((e) => e.innerText).join(" ")`))
	p.t.Fatalf("waited for %s: %v\n%s", what, err, now)
}

// at waits for the focus to be at an element, and for it to be seen there.
func (p *typist) at(what, selector string) {
	p.t.Helper()
	p.until("the focus at "+what, fmt.Sprintf(`document.documentElement.classList.contains("js") && !!document.activeElement?.matches(%q)`, selector))
	p.until("the focus to be seen at "+what, `(() => { const s = getComputedStyle(document.activeElement), r = document.activeElement.getBoundingClientRect();
		return s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2 && r.bottom > 0 && r.top < innerHeight; })()`)
}

// hears waits for what a screen reader is told.
func (p *typist) hears(words string) {
	p.t.Helper()
	p.until("to hear "+words, fmt.Sprintf(`document.querySelector("#aloud")?.textContent.includes(%q) === true`, words))
}

// tabTo goes forth by Tab until the focus is at an element.
func (p *typist) tabTo(selector string) {
	p.t.Helper()
	for range 60 {
		p.press(kb.Tab)
		if is, err := chromedp.Run(p.tab, chromedp.Evaluate[bool](fmt.Sprintf(`!!document.activeElement?.matches(%q)`, selector))); err == nil && is {
			p.at(selector, selector)
			return
		}
	}
	p.t.Fatalf("Tab does not lead to %s", selector)
}

// typist is the lead, who has signed in by keyboard and sees the radar.
func (h *house) typist() (p *typist, complaints *watcher) {
	h.t.Helper()
	tab := needs.Chromium(h.t)
	complaints = watch(tab)
	p = &typist{h.t, tab}
	if err := chromedp.Do(tab, inFront(), chromedp.EmulateViewport(1440, 900), chromedp.Navigate(h.url+"/")); err != nil {
		h.t.Fatal(err)
	}
	p.until("the door", `!!document.querySelector("#email")`)
	p.tabTo("#email")
	p.press("lead@example.org", kb.Tab, secretWords, kb.Enter)
	p.until("the radar", `!!document.querySelector("#radar") && document.documentElement.classList.contains("js")`)
	return p, complaints
}

// speaks has answers go out by the real outbox, into the sandbox, after delay.
func (h *house) speaks(delay time.Duration) {
	h.t.Helper()
	net := sandbox.New()
	h.c.Outbox = publish.New(h.db, func(context.Context, desk.Channel) (publish.Mouth, error) { return net.Mouth(), nil }, slog.New(slog.DiscardHandler))
	h.c.Outbox.Timing.Tick = 20 * time.Millisecond
	h.c.Queue.Answers, h.c.Queue.Delay = h.c.Outbox, delay
	ended := make(chan error, 1)
	go func() { ended <- h.c.Outbox.Run(h.t.Context()) }()
	h.t.Cleanup(func() {
		if err := <-ended; err != nil {
			h.t.Error(err)
		}
	})
}

// as is a context in which somebody of a role acts.
func (h *house) as(role desk.Role) context.Context {
	return desk.WithActor(h.t.Context(), desk.Actor{Who: fmt.Sprint("user:", h.ids[role]), UserID: h.ids[role], Name: "Kim " + role.String(), Role: role})
}

// answered waits until the network has the answer in a conversation.
func (h *house) answered(id int64) {
	h.talkIs(id, func(c *desk.Conversation) bool { return c.State == desk.ConversationAnswered })
}

// talkIs waits for something to be so of a conversation.
func (h *house) talkIs(id int64, so func(*desk.Conversation) bool) {
	h.t.Helper()
	var c desk.Conversation
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		var err error
		c, err = h.db.Conversation(h.t.Context(), id)
		if h.must(err); so(&c) {
			return
		}
	}
	h.t.Fatalf("the conversation stays %+v", c)
}

// wrote has people of the sandbox write to the brand, the first of them first.
func (h *house) wrote(texts ...string) (all []reply.Talk) {
	h.t.Helper()
	ctx := h.t.Context()
	_, err := h.db.ChangeChannel(ctx, 0, desk.ActOf(ctx, "channel.save", ""), func(c *desk.Channel, out *desk.Out) error {
		c.BrandID, c.Kind, c.Name, c.Account, c.Lang, out.Say = 1, "sandbox", "Practice", "@acme", "en", desk.Say("x")
		return nil
	})
	h.must(err)
	for i, text := range texts {
		who := fmt.Sprintf("writer%d", i)
		h.must(h.db.Receive(ctx, []desk.Incoming{{BrandID: 1, Message: desk.Message{Ref: desk.Ref{Network: desk.Sandbox, NativeID: who}, Via: desk.ViaNamed, At: time.Now().UTC(),
			Text: text, Lang: "en", Author: desk.Author{NativeID: who, Handle: who, Name: fmt.Sprint("Writer ", i)}}}}))
	}
	f, err := reply.Narrow(desk.ConversationFilter{BrandID: 1}, "waiting", 0)
	h.must(err)
	all, err = h.c.Queue.List(desk.WithActor(ctx, desk.Actor{Who: "test", Role: desk.Admin}), f)
	h.must(err)
	if len(all) != len(texts) {
		h.t.Fatalf("%d people wait, want %d", len(all), len(texts))
	}
	return all
}

// The whole inbox by keyboard alone: list, several at once, open, triage, assign, label, note, put off, write, send, take back, send, done.
// The focus is always seen and goes back where it came from; what happened is said aloud; keys are letters while somebody types; they can
// be switched off.
func TestInboxByKeyboard(t *testing.T) {
	h := open(t).furnish()
	h.speaks(time.Minute)
	talks := h.wrote("My kettle burns. What do I do?", "Where is the shop?", "I want my money back.")
	p, complaints := h.typist()
	p.press("g", "i")
	p.until("the inbox", `location.pathname === "/inbox" && !!document.querySelector(".inbox") && document.documentElement.classList.contains("js")`)

	p.press("?")
	p.until("the list of keys", `document.querySelector("#keys").open && document.querySelector("#keys").innerText.includes("take the answer back")`)
	p.press(kb.Escape)
	p.until("the list of keys to close", `!document.querySelector("#keys").open`)
	row := func(i int) string { return fmt.Sprintf(`[data-row][data-id="%d"] [data-open]`, talks[i].ID) }
	p.press("/")
	p.at("the search", "#talk-q")
	p.press("jjx")
	p.until("letters to be letters", `document.querySelector("#talk-q").value === "jjx" && !document.querySelector("#talks :checked[name=id]")`)
	p.press(kb.Escape)
	p.at("the first row", row(0))

	p.press("j", "k", "j")
	p.at("the second row", row(1))
	p.press("x")
	p.hears("Chosen: 1")
	p.press("j", "X")
	p.hears("Chosen: 2")
	p.press("t")
	p.at("the label of many", "#bulk-label")
	p.press("refund", kb.Enter)
	p.hears("Saved.")
	p.at("the row it came from", row(2))
	for i, want := range []int{0, 1, 1} {
		c, err := h.db.Conversation(t.Context(), talks[i].ID)
		if h.must(err); len(c.Labels) != want || c.AssigneeID != 0 {
			t.Errorf("conversation %d has the labels %v, %s looks after it", i, c.Labels, c.Assignee)
		}
	}
	p.press("x", "x", "x", kb.Escape)
	p.hears("Chosen: 0")

	p.press("k", "k", kb.Enter)
	p.at("the head of the conversation", "#talk-title")
	p.press("a")
	p.at("who gets it", "#assign-to")
	p.press("Kim r", kb.Enter)
	p.hears("Saved.")
	p.at("the head again", "#talk-title")
	p.press("m")
	p.until("it to be mine", `document.querySelector("#assign-to").selectedOptions[0].text === "Kim lead"`)
	p.at("the head again", "#talk-title")
	p.press("t")
	p.at("the label", "#label-new")
	p.press("kettle", kb.Enter)
	p.until("the label", `!!document.querySelector("button[name=unlabel][value=kettle]")`)
	p.at("the head again", "#talk-title")
	p.press("n")
	p.at("the note", "#note")
	p.press("Called the shop.")
	p.ctrlEnter()
	p.until("the note", `document.querySelector("#said").innerText.includes("Called the shop.")`)
	p.hears("Noted.")
	p.at("the head again", "#talk-title")
	p.tabTo("[name=danger]")
	p.press(kb.ArrowUp, kb.ArrowUp)
	p.tabTo("#act-triage")
	p.press(kb.Enter)
	p.hears("Saved.")
	p.at("the button again", "#act-triage")
	p.until("the triage", `document.querySelector("#triage [name=danger][value=yes]").checked`)
	p.press("s")
	p.at("how long", "#snooze-for")
	p.press(kb.ArrowDown, kb.Enter)
	p.hears("Put off.")
	p.at("the button again", "#act-triage")
	p.press("e")
	p.hears("They wait for an answer.")
	p.press("c")
	p.hears("This key does nothing here.")

	p.press("j")
	p.at("a row of the list", "[data-row] [data-open]")
	p.press("r")
	p.at("the composer", "#reply")
	answer := "Please unplug the kettle. We jot down: every xtra azure note."
	p.press(answer)
	p.until("letters to be letters", fmt.Sprintf(`document.querySelector("#reply").value === %q`, answer))
	p.ctrlEnter()
	p.hears("Your answer is on its way.")
	p.at("the row it came from", "[data-row] [data-open]")
	p.until("the seconds to undo", `/[0-9]/.test(document.querySelector("#undo [data-left]")?.textContent ?? "")`)
	p.press("z")
	p.hears("Taken back.")
	p.at("the composer", "#reply")
	p.until("the words to be there", fmt.Sprintf(`document.querySelector("#reply").value === %q`, answer))
	p.ctrlEnter()
	p.hears("Your answer is on its way.")
	posts, err := h.db.PostsTo(t.Context(), talks[0].ID)
	h.must(err)
	waits := 0
	var waiting desk.Post
	for _, one := range posts {
		if one.State == desk.PostWaiting {
			waiting = one
			waits++
		}
	}
	if waits != 1 {
		t.Errorf("%d answers are on their way: %+v", waits, posts)
	}
	_, err = h.c.Outbox.Move(h.as(desk.Lead), waiting.ID, time.Now().Add(time.Second/2)) // rather than wait for the minute
	h.must(err)
	h.answered(talks[0].ID)
	p.press(kb.Escape, "e")
	p.hears("Saved.")
	p.until("it to be done", `document.querySelector("#act-done").textContent.includes("Take it up again")`)

	p.press("?")
	p.until("the list of keys", `document.querySelector("#keys").open`)
	p.tabTo("#keys input[data-keys]")
	p.press(" ", kb.Escape)
	p.until("the keys to be off", `!document.querySelector("#keys").open`)
	p.press("r")
	p.until("r to be a letter like others", `document.activeElement.id !== "reply" && !document.querySelector("input[data-keys]").checked`)
	for _, said := range complaints.take() {
		t.Errorf("the browser says %s", said)
	}
}

// The keys are the same in every language: they are places on a keyboard that people learn with their hands.
func TestInboxKeysInEveryLanguage(t *testing.T) {
	h, err := Storybook()
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	tab := needs.Chromium(t)
	if err := chromedp.Do(tab, inFront()); err != nil {
		t.Fatal(err)
	}
	p := &typist{t, tab}
	for _, l := range say.Languages() {
		if err := chromedp.Do(tab, chromedp.EmulateViewport(1440, 900), chromedp.Navigate(s.URL+"/"+l.Tag+"/inbox/inbox/open")); err != nil {
			t.Fatal(err)
		}
		p.until("the head of the conversation", `document.activeElement?.id === "talk-title" && document.documentElement.classList.contains("js")`)
		for key, field := range map[string]string{"r": "#reply", "a": "#assign-to", "t": "#label-new", "c": "#claim-of", "s": "#snooze-for", "n": "#note"} {
			p.press(key)
			p.at(key, field)
			p.press(kb.Escape)
			p.at("the head again", "#talk-title")
		}
		p.press("j", "x", "?")
		p.until("the list of keys", `document.querySelector("#keys").open && document.querySelectorAll("#talks :checked[name=id]").length === 1`)
		if said, err := chromedp.Run(tab, chromedp.Evaluate[string](`document.querySelector("#aloud").textContent`)); err != nil || l.Tag != "en" && strings.Contains(said, "Chosen") {
			t.Errorf("%s says %q, %v", l.Tag, said, err)
		}
	}
}
