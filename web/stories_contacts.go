package web

import (
	"time"

	"breakwater/desk"
	"breakwater/people"
)

func contactStories() []story {
	return []story{
		{"contacts/contacts", "empty", func(t teller) page {
			return &contactsPage{Frame: t.frame(desk.Lead), Kinds: named("contactkind", desk.ContactKinds...), ContactState: named("contactstate", desk.ContactStates...)}
		}},
		{"contacts/contacts", "many", func(t teller) page {
			p := &contactsPage{Frame: t.frame(desk.Admin), Kinds: named("contactkind", desk.ContactKinds...), ContactState: named("contactstate", desk.ContactStates...), Days: 90,
				Counts: desk.ContactCounts{All: 412, Stale: 7, Unreachable: 2, Pending: 1}, Departments: []choice{{"Quality", own("Quality")}, {long(), own(long())}}, Pager: pagerView{Next: "/contacts?page=2"}}
			for i := range 8 {
				one := t.contact(i)
				one.Kind = desk.ContactKinds[i%len(desk.ContactKinds)]
				p.Contacts = append(p.Contacts, newContactView(one))
			}
			p.Contacts[1].Name, p.Contacts[1].Department, p.Contacts[1].Pending = long(), long(), &desk.Proposal{By: "<b>"}
			p.Contacts[2].Ways, p.Contacts[2].Call, p.Contacts[2].Write = nil, nil, nil
			p.Contacts[3].Problem, p.Contacts[3].Group = "The last message to their mail address was refused.", true
			return p
		}},
		{"contacts/contacts", "nothing", func(t teller) page {
			return &contactsPage{Frame: t.frame(desk.Responder), Words: "<i>", Kinds: named("contactkind", desk.ContactKinds...), ContactState: named("contactstate", desk.ContactStates...)}
		}},
		{"contacts/contact", "one", func(t teller) page {
			p := &contactPage{Frame: t.frame(desk.Lead), Contact: t.contact(0), Account: t.person(0), Deputies: []contactView{newContactView(t.contact(1))}}
			p.Contact.Checked, p.Contact.How = storyNow().Add(-20*24*time.Hour), desk.CheckedLink
			return p
		}},
		{"contacts/contact", "stale", func(t teller) page {
			p := &contactPage{Frame: t.frame(desk.Responder), Contact: t.contact(1), Stale: true}
			p.Contact.Notes, p.Contact.Asks, p.Contact.Asked, p.Contact.Problem = long()+"\n<script>", 2, storyNow(), "The last message to their mail address was refused."
			p.Contact.Ways = append(p.Contact.Ways, desk.ContactWay{Kind: desk.ReachMessenger, Value: "signal: +46 70 123", Note: long()})
			return p
		}},
		{"contacts/contact", "pending", func(t teller) page {
			p := &contactPage{Frame: t.frame(desk.Lead), Contact: t.contact(2)}
			p.Contact.Pending, p.Contact.Ways = &desk.Proposal{By: t.person(1), At: storyNow(), Ways: t.contact(1).Ways, Hours: "9–17"}, nil
			return p
		}},
		{"contacts/edit", "new", func(t teller) page {
			p := newContactForm(desk.Contact{Kind: desk.ContactStaff}, t.plan().Roles, t.users())
			p.Frame, p.Scope = t.frame(desk.Lead), []choice{{"0", desk.Say("All brands")}}
			return p
		}},
		{"contacts/edit", "wrong", func(t teller) page {
			one := t.contact(0)
			one.Roles = []string{long()}
			p := newContactForm(one, t.plan().Roles, t.users())
			p.Frame, p.Deputies, p.DepartmentsUsed = t.frame(desk.Lead), long(), []string{"Quality"}
			p.Problems = []*desk.Invalid{desk.Wrong("ways", "“{value}” is no phone number. Write it with the country, like +46 70 123 45 67.", "value", "call me"), desk.Wrong("zone", "Choose a time zone such as Europe/Stockholm.")}
			return p
		}},
		{"contacts/edit", "propose", func(t teller) page {
			p := newContactForm(t.contact(1), nil, nil)
			p.Frame = t.frame(desk.Responder)
			return p
		}},
		{"contacts/import", "empty", func(t teller) page {
			p := newBookPage(desk.ContactStaff, nil, "")
			p.Frame = t.frame(desk.Lead)
			p.Problems = []*desk.Invalid{desk.Wrong("file", "There is no contact in this file.")}
			return p
		}},
		{"contacts/import", "preview", func(t teller) page {
			p := newBookPage("press", &people.Sheet{New: 2, Changed: 1, Same: 8, Bad: 1, Rows: []people.BookRow{{Line: 2, Name: t.person(0), What: people.RowNew}, {Line: 3, Name: long(), What: people.RowNew},
				{Line: 4, ID: 7, Name: t.person(1), What: people.RowChanged, Fields: []string{"ways", "title"}},
				{Line: 5, Name: "<b>", What: people.RowBad, Problem: desk.Say("Choose one of the kinds.")}}}, "name\n</textarea><script>")
			p.Frame = t.frame(desk.Lead)
			return p
		}},
		{"contacts/import", "done", func(t teller) page {
			p := newBookPage("press", &people.Sheet{New: 2, Kept: true}, "")
			p.Frame = t.frame(desk.Lead)
			return p
		}},
		{"contacts/reach", "asked", func(t teller) page {
			one := t.contact(0)
			return newReachPage(people.Own{Name: one.Name, Ways: one.Ways, Hours: "9–17"}, "x")
		}},
		{"contacts/reach", "wrong", func(t teller) page {
			p := newReachPage(people.Own{Name: long(), Ways: []desk.ContactWay{{Kind: desk.ReachPhone, Value: "call me"}}}, "x")
			p.Problems = []*desk.Invalid{desk.Wrong("ways", "“{value}” is no phone number. Write it with the country, like +46 70 123 45 67.", "value", "call me")}
			return p
		}},
		{"contacts/reach", "thanks", func(t teller) page {
			p := newReachPage(people.Own{Name: t.person(0), Ways: t.contact(0).Ways}, "x")
			p.Thanks = true
			return p
		}},
		{"contacts/reach", "spent", func(t teller) page {
			p := newReachPage(people.Own{}, "x")
			p.Spent = true
			return p
		}},
	}
}

// contact is somebody of the book.
func (t teller) contact(i int) desk.Contact {
	return desk.Contact{ID: int64(i + 1), BrandID: 1, Kind: desk.ContactStaff, Name: t.person(i), Department: t.pick("איכות", "品管部", "Quality"), Title: t.pick("ראש הצוות", "主任", "Head of quality"),
		UserID: int64(i), Roles: []string{"Legal counsel"}, Lang: t.speak.Tag(), Zone: "Europe/Stockholm", Hours: "9–17", Added: storyNow().Add(-100 * 24 * time.Hour), Version: 1,
		Ways: []desk.ContactWay{{Kind: desk.ReachMobile, Value: "+46 70 123 45 6" + itoa(int64(i))}, {Kind: desk.ReachEmail, Value: "person" + itoa(int64(i)) + "@acme.example", Note: t.pick("בלילה", "夜間", "at night")}}}
}
