package web

import (
	"time"

	"breakwater/desk"
	"breakwater/subscribe"
)

func subscriberStories() []story {
	return []story{
		{"subscribers/subscribers", "empty", func(t teller) page {
			p := &subscribersPage{Frame: t.frame(desk.Admin), Pages: []choice{{"0", desk.Say("Every update of the brand")}}, Langs: langChoices()[1:]}
			p.count(desk.SubscriberCount{})
			return p
		}},
		{"subscribers/subscribers", "many", func(t teller) page { return t.subscribers(desk.Admin) }},
		{"subscribers/subscribers", "viewer", func(t teller) page {
			p := t.subscribers(desk.Viewer)
			p.Subscribers, p.Pager, p.Taken = nil, pagerView{}, nil
			return p
		}},
		{"subscribers/subscribers", "wrong", func(t teller) page {
			p := t.subscribers(desk.Admin)
			p.Taken, p.Asked, p.Subscribers = nil, "nobody@example.org", nil
			p.Server.Problem = desk.Say("The mail server {host} refuses our sign-in. Check user name and password.", "host", "imap.example.org")
			p.Problems = []*desk.Invalid{desk.Wrong("consent", "Say in a sentence how and when these people agreed to be written to.")}
			return p
		}},
		{"subscribers/settings", "new", func(t teller) page {
			return &lettersPage{Frame: t.frame(desk.Admin), Spec: lettersSpec(), Inputs: specInputs(lettersSpec(), nil, func(string) desk.Text { return desk.Text{} })}
		}},
		{"subscribers/settings", "set", func(t teller) page {
			set := desk.Settings{"from": "Aurora <news@aurora.example>", "host": "smtp.aurora.example", "bounces": "bounces@aurora.example", "imap_host": "imap.aurora.example"}
			p := &lettersPage{Frame: t.frame(desk.Admin), Spec: lettersSpec(), Saved: true, Works: true, Server: desk.Carrier{ID: 1, Settings: set, CarrierState: desk.CarrierState{State: desk.HealthOK, Good: storyNow(), Returned: 1204}}}
			p.Problems = []*desk.Invalid{desk.Wrong("from", "Enter one mail address, like ana@example.org.")}
			p.Inputs = specInputs(p.Spec, set, p.Wrong)
			return p
		}},
		{"subscribers/settings", "broken", func(t teller) page {
			set := desk.Settings{"imap_host": "imap.aurora.example"}
			return &lettersPage{Frame: t.frame(desk.Admin), Spec: lettersSpec(), Saved: true, Failed: desk.Say("The mail server {host} cannot be reached. We keep trying.", "host", long()),
				Server: desk.Carrier{ID: 1, Settings: set, CarrierState: desk.CarrierState{State: desk.HealthFailing, Problem: desk.Say("The mail server {host} cannot be reached. We keep trying.", "host", "x")}}, Inputs: specInputs(lettersSpec(), set, func(string) desk.Text { return desk.Text{} })}
		}},
		{"subscribers/mailing", "sending", func(t teller) page {
			p := mailingPageOf(t.mailing(desk.MailingSending), desk.DeliveryUnknown, true)
			p.Frame, p.Pager = t.frame(desk.Lead), pagerView{Next: "/mailings/3?after=9"}
			p.Letters = []desk.Delivery{{SubscriberID: 1, Address: "ana@example.org", Tries: 1}, {SubscriberID: 2, Address: "a" + long() + "@example.org", Tries: 2, Code: 250}, {SubscriberID: 3}}
			return p
		}},
		{"subscribers/mailing", "held", func(t teller) page {
			p := mailingPageOf(t.mailing(desk.MailingHeld), "", false)
			p.Frame = t.frame(desk.Viewer)
			return p
		}},
		{"subscribers/mailing", "trouble", func(t teller) page {
			m := t.mailing(desk.MailingTrouble)
			m.Texts[0].Title, m.Corrects = long(), 2
			m.Problem = desk.Say("The mail server takes no letters from our sender (code {code}).", "code", 550)
			p := mailingPageOf(m, desk.DeliveryRefused, true)
			p.Frame = t.frame(desk.Lead)
			p.Letters = []desk.Delivery{{SubscriberID: 1, Address: "ana@example.org", Tries: 1, Code: 550}}
			return p
		}},
		{"subscribers/mailing", "overtaken", func(t teller) page {
			m := t.mailing(desk.MailingOvertaken)
			m.Ended, m.Corrects, m.Withdraws = m.Made.Add(time.Minute), 2, true
			p := mailingPageOf(m, "", true)
			p.Frame = t.frame(desk.Lead)
			return p
		}},
		{"subscribers/mailing", "done", func(t teller) page {
			m := t.mailing(desk.MailingDone)
			m.Ended, m.Count = m.Made.Add(4*time.Minute), desk.MailingCount{desk.DeliverySent: 49_871}
			p := mailingPageOf(m, "", true)
			p.Frame = t.frame(desk.Lead)
			return p
		}},
	}
}

func lettersSpec() desk.Spec {
	return subscribe.Spec([]desk.Field{{Name: "from", Label: "From", Required: true}, {Name: "host", Label: "Mail server", Required: true}}, []desk.Field{{Name: "imap_host", Label: "Mailbox of returned mail (IMAP)"}})
}

// subscribers is a brand with fifty thousand of them.
func (t teller) subscribers(role desk.Role) *subscribersPage {
	now := storyNow()
	p := &subscribersPage{Frame: t.frame(role), Ready: true, Taken: &subscribe.TakenIn{Added: 48_211, Known: 1204, Wrong: 3, Lines: []int{7, 81, 40_112}}, Pager: pagerView{Next: "/subscribers?before=1"},
		Pages: []choice{{"0", desk.Say("Every update of the brand")}, {"7", own(long())}}, Langs: langChoices()[1:]}
	p.count(desk.SubscriberCount{States: map[string]int{desk.SubscriberAsked: 12, desk.SubscriberLive: 49_871, desk.SubscriberLeft: 804, desk.SubscriberBounced: 311}, Days: []desk.DayCount{{Came: 2110, Left: 95}}})
	for _, m := range []subscribe.SentMailing{t.mailing(desk.MailingSending), t.mailing(desk.MailingHeld), t.mailing(desk.MailingDone)} {
		p.Mailings = append(p.Mailings, newMailingView(m))
	}
	p.Mailings[1].Title, p.Mailings[1].Corrects = long(), 2
	p.Subscribers = []desk.Subscriber{
		{ID: 5, Address: "ana@example.org", Lang: "he", State: desk.SubscriberLive, Centres: desk.IDs{desk.WholeBrand}, Origin: "form", Confirmed: now.Add(-time.Hour)},
		{ID: 4, Address: "a" + long() + "@example.org", Lang: "en", State: desk.SubscriberLive, Centres: desk.IDs{7, 8}, Origin: long(), Confirmed: now, Bounces: 2},
		{ID: 3, State: desk.SubscriberLeft, Origin: "form"},
		{ID: 2, Address: "<b>@example.org", State: desk.SubscriberBounced, Origin: "<i>", Bounces: 1},
	}
	return p
}

// mailing is an update on its way.
func (t teller) mailing(state string) subscribe.SentMailing {
	return subscribe.SentMailing{Mailing: desk.Mailing{ID: 3, BrandID: 1, CentreID: 7, StatementID: 5, Notify: desk.NotifyCrisis, State: state, Made: storyNow().Add(-9 * time.Minute),
		Texts: []desk.MailingText{{Lang: "en", Title: t.pick("הקומקומים מוחזרים", "水壺召回", "Kettles recalled")}}},
		Count: desk.MailingCount{desk.DeliveryDue: 37_012, desk.DeliveryLater: 204, desk.DeliveryTrying: 3, desk.DeliverySent: 12_480, desk.DeliveryBack: 17, desk.DeliveryRefused: 61, desk.DeliveryUnknown: 3, desk.DeliveryLeft: 91}}
}
