package web

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"breakwater/desk"
	"breakwater/incident"
	"breakwater/reply"
)

// shop is customer service that takes everything.
type shop struct{}

func (shop) Take(context.Context, desk.TicketLetter) (desk.TicketReceipt, error) {
	return desk.TicketReceipt{Ref: "S-1"}, nil
}

// What the first story of the keyboard leaves out, each to its effect: going on in private, the room, a claim, several at once, handing
// over, leaving, signing, and a sitting in which everybody who asked about a claim is answered, one by one.
func TestInboxActsByKeyboard(t *testing.T) {
	h := open(t).furnish()
	h.speaks(0)
	h.c.Queue.URL, h.c.Queue.Services = h.url, []string{"helpdesk"}
	h.c.Queue.Open = func(context.Context, desk.Channel) (reply.Counter, error) { return shop{}, nil }
	talks := h.wrote("My kettle burns.", "Is there glass in it?", "Where is the shop?", "I want my money back.", "You are a bunch of clowns.", "Does it work on gas?")
	claim := h.readied(talks)
	p, complaints := h.typist()
	to := func(path string) {
		t.Helper()
		if err := chromedp.Do(p.tab, chromedp.Navigate(h.url+path)); err != nil {
			t.Fatal(err)
		}
		p.until("the page", `document.documentElement.classList.contains("js")`)
	}
	openTalk := func(i int) {
		t.Helper()
		to(fmt.Sprintf("/inbox/%d?view=all", talks[i].ID))
		p.at("the head of the conversation", "#talk-title")
	}

	openTalk(0)
	p.press("p")
	p.until("the address in the answer", fmt.Sprintf(`document.querySelector("#reply").value.includes("/tell/1?c=") && !!document.querySelector("#linked") && location.pathname.startsWith("/inbox/%d")`, talks[0].ID))

	openTalk(1)
	p.does("Saved.", func() { p.press("u") })
	h.talkIs(talks[1].ID, func(c *desk.Conversation) bool { return c.IncidentID == h.room.ID })
	p.press("c")
	p.at("the claims", "#claim-of")
	p.does("Saved.", func() { p.press(kb.Enter) })
	h.talkIs(talks[1].ID, func(c *desk.Conversation) bool { return len(c.Claims) == 1 && c.Claims[0] == claim })

	openTalk(2)
	p.tabTo("#hand > summary")
	p.press(kb.Enter)
	p.tabTo("#hand-why")
	p.press("Tell them the way.")
	p.tabTo("button[value=hand]")
	p.does("Handed over to customer service.", func() { p.press(kb.Enter) })
	h.talkIs(talks[2].ID, func(c *desk.Conversation) bool { return c.State == desk.ConversationHanded && c.Ticket != nil })

	openTalk(4)
	p.tabTo("details:has(#leave-why) > summary")
	p.press(kb.Enter)
	p.tabTo("#leave-why")
	p.does("Left without an answer.", func() { p.press("Nothing to answer.", kb.Enter) })
	h.talkIs(talks[4].ID, func(c *desk.Conversation) bool {
		return c.State == desk.ConversationLeft && c.Why == "Nothing to answer."
	})

	openTalk(5)
	p.tabTo("#tosign details > summary")
	p.press(kb.Enter)
	p.tabTo("#back-why")
	p.does("Sent back.", func() { p.press("Friendlier.", kb.Enter) })
	h.asks(talks[5].ID)

	openTalk(5)
	p.tabTo("#sign-text")
	p.press(" Write again if not.")
	p.does("Signed.", p.ctrlEnter)
	h.answered(talks[5].ID)

	p.several(h, talks[0].ID, talks[3].ID, talks[5].ID, to)
	p.sitting(h, claim, to)
	for _, said := range complaints.take() {
		t.Errorf("the browser says %s", said)
	}
}

// readied has what the story needs: an open form, customer service, a claim that two readers asked about, an answer that waits for a
// signature, and nobody in the room of the crisis yet, but in that of something smaller. It gives the claim.
func (h *house) readied(talks []reply.Talk) (claim int64) {
	h.t.Helper()
	ctx, say := h.t.Context(), desk.Say("x")
	act := desk.ActOf(ctx, "test", "")
	policy, err := h.db.ReplyPolicy(ctx, 1)
	h.must(err)
	_, err = h.db.ChangeReplyPolicy(ctx, policy.ID, act, func(p *desk.ReplyPolicy, out *desk.Out) error {
		policy.ID, policy.Version = p.ID, p.Version
		*p = policy
		p.Form, p.Juniors, out.Say = true, desk.IDs{h.ids[desk.Responder]}, say
		return nil
	})
	h.must(err)
	_, err = h.db.ChangeChannel(ctx, 0, act, func(c *desk.Channel, out *desk.Out) error {
		c.BrandID, c.Kind, c.Name, c.Lang, out.Say = 1, "helpdesk", "The shop", "en", say
		return nil
	})
	h.must(err)
	small, err := h.c.Rooms.Open(h.as(desk.Lead), incident.Opening{BrandID: 1, Title: "A queue at the shop", Level: desk.Watch})
	h.must(err)
	for _, one := range talks {
		_, err := h.db.ChangeConversation(ctx, one.ID, act, func(c *desk.Conversation, out *desk.Out) error {
			c.IncidentID, out.Say = small.ID, say
			return nil
		})
		h.must(err)
	}
	c, err := h.db.ChangeClaim(ctx, 0, act, func(c *desk.Claim, out *desk.Out) error {
		c.BrandID, c.IncidentID, c.Text, c.Lang, out.Say = 1, h.room.ID, "There is glass in the milk.", "en", say
		return nil
	})
	h.must(err)
	batch := desk.Batch{SourceID: h.source.ID}
	for _, who := range []string{"eva", "dan"} {
		m := desk.Mention{Ref: desk.Ref{Network: desk.Sandbox, NativeID: "claim-" + who}, SourceID: h.source.ID, Kind: desk.KindPost, Text: "There is glass in it, says " + who, Lang: "en",
			Author: desk.Author{NativeID: who, Handle: who}, Published: time.Now().UTC().Add(-time.Hour)}
		m.Fold = m.Key().Fold()
		batch.Mentions = append(batch.Mentions, m)
	}
	_, err = h.db.Append(ctx, []desk.Batch{batch})
	h.must(err)
	var ids []int64
	for _, m := range batch.Mentions {
		kept, err := h.db.MentionByRef(ctx, m.Ref)
		h.must(err)
		ids = append(ids, kept.ID)
	}
	h.must(h.db.LinkClaim(ctx, c.ID, ids, true, false, act, desk.Out{Say: say, IncidentID: h.room.ID}))
	h.asks(talks[len(talks)-1].ID)
	return c.ID
}

// asks has somebody whose answers are signed answer a conversation.
func (h *house) asks(id int64) {
	h.t.Helper()
	_, err := h.c.Queue.Answer(h.as(desk.Responder), id, reply.Answer{Text: "On gas it works, as on any stove."})
	h.must(err)
}

// does strikes keys that lead to another page, and waits for what is said on it.
func (p *typist) does(words string, strike func()) {
	p.t.Helper()
	if _, err := chromedp.Run(p.tab, chromedp.Evaluate[bool](`document.before = true`)); err != nil {
		p.t.Fatal(err)
	}
	strike()
	p.until("to hear "+words, fmt.Sprintf(`!document.before && document.readyState === "complete" && document.querySelector("#aloud")?.textContent.includes(%q) === true`, words))
}

// several does what a key does with the chosen: m, a and s with two who wait, e with one who was answered.
func (p *typist) several(h *house, one, other, done int64, to func(string)) {
	choose := func(ids ...int64) {
		p.t.Helper()
		to("/inbox?view=all")
		for range 8 {
			p.press("j")
			for _, id := range ids {
				if is, err := chromedp.Run(p.tab, chromedp.Evaluate[bool](fmt.Sprintf(`document.activeElement.closest("[data-row]")?.dataset.id === "%d" && !document.activeElement.closest("[data-row]").querySelector("input[name=id]").checked`, id))); err == nil && is {
					p.press("x")
				}
			}
		}
		p.hears(fmt.Sprintf("Chosen: %d", len(ids)))
	}
	both := func(so func(*desk.Conversation) bool) {
		p.t.Helper()
		h.talkIs(one, so)
		h.talkIs(other, so)
	}
	choose(one, other)
	p.does("Saved.", func() { p.press("m") })
	both(func(c *desk.Conversation) bool { return c.AssigneeID == h.ids[desk.Lead] })
	choose(one, other)
	p.press("a")
	p.at("who gets them", "#bulk-user")
	p.does("Saved.", func() { p.press("Kim r", kb.Enter) })
	both(func(c *desk.Conversation) bool { return c.AssigneeID == h.ids[desk.Responder] })
	choose(one, other)
	p.press("s")
	p.at("how long", "#bulk-hours")
	p.does("Saved.", func() { p.press(kb.Enter) })
	both(func(c *desk.Conversation) bool { return c.State == desk.ConversationSnoozed })
	choose(done)
	p.does("Saved.", func() { p.press("e") })
	h.talkIs(done, func(c *desk.Conversation) bool { return c.State == desk.ConversationDone })
}

// sitting answers everybody who asked about a claim, from the claim's page on.
func (p *typist) sitting(h *house, claim int64, to func(string)) {
	to(fmt.Sprintf("/claims/%d", claim))
	p.tabTo(`form[action$="/sitting"] button`)
	p.does("Everybody of the claim is here.", func() { p.press(kb.Enter) })
	f := desk.ConversationFilter{BrandID: 1, ClaimID: claim, Waits: true, Longest: true}
	all, err := h.db.Conversations(h.t.Context(), f)
	if h.must(err); len(all) != 3 { // the two of the sitting, and the one who was linked before
		p.t.Fatalf("%d people are in the sitting", len(all))
	}
	for i, c := range all {
		p.press("j", kb.Enter)
		p.at("the head of the conversation", "#talk-title")
		p.until("the one who waits longest", fmt.Sprintf(`location.pathname === "/inbox/%d"`, c.ID))
		p.press("r")
		p.at("the composer", "#reply")
		p.press([]string{"Eva, no glass was found.", "We tested every bottle, Dan.", "None: the milk is safe, and thank you for asking."}[i])
		p.does("Your answer is on its way.", p.ctrlEnter)
		h.answered(c.ID)
		to(fmt.Sprintf("/inbox?view=waiting&claim=%d", claim))
	}
	p.until("nobody to wait", `document.querySelector("#talklist").innerText.includes("Nobody waits for an answer.")`)
}
