package web

import (
	"context"
	"net/http"
	"time"

	"breakwater/desk"
	"breakwater/internal/say"
)

// Frame is what stands around every page. Each page's struct embeds it.
type Frame struct {
	Lang, Dir string
	Theme     string // light, dark or empty: as the device
	Languages []say.Language
	Area      string // of the rail: "radar"
	Here      string // path and query of this page
	Who       desk.Actor
	SignedIn  bool
	Brand     desk.Brand
	Brands    []desk.Brand
	Zone      *time.Location          // of the brand
	Waiting   int                     // live alerts
	Inbox     desk.ConversationCounts // of the brand: who waits for an answer
	Talk      int64                   // the conversation whose page this is
	InRoom    int64                   // the room whose page this is
	OpenRoom  *desk.Incident          // the open room of the highest level
	Deaf      []desk.Source           // those that cannot be trusted to hear everything
	Holds     []desk.Hold             // that hold now
	Held      int                     // posts of the brand that are held
	Guide     *guideView              // leads through a desk's first steps; nil: not asked for
	Find      string                  // in the search box
	Done      desk.Text               // what the last form did
	Problems  []*desk.Invalid         // what was wrong with it
}

func (f *Frame) frame() *Frame { return f }

// Drill reports whether the room that is open is a rehearsal.
func (f *Frame) Drill() bool { return f.OpenRoom != nil && f.OpenRoom.DrillID != 0 }

// May reports whether the person has at least the role: viewer, responder, lead, admin.
func (f *Frame) May(role string) bool {
	r, err := desk.ParseRole(role)
	return err == nil && f.Who.Role >= r
}

// Wrong is the sentence about a form's field, empty when the field is right.
func (f *Frame) Wrong(field string) desk.Text {
	for _, p := range f.Problems {
		if p.Field == field {
			return p.Reason
		}
	}
	return desk.Text{}
}

// Nav is one entry of the rail and of the bottom bar.
type Nav struct {
	Area, Path, Icon string
	Name             desk.Text
	Count            int
	Level            int // of the room, -1 elsewhere
	Bar              bool
}

// NavGroup are entries of the rail that belong together. The first group has no name: it is what a storm is worked from.
type NavGroup struct {
	Name    desk.Text
	Entries []Nav
}

// Rail are the entries of the rail, in groups.
func (f *Frame) Rail() []NavGroup {
	room := Nav{"room", "/incidents", "room", desk.Say("Room"), 0, -1, true}
	if f.OpenRoom != nil {
		room.Path, room.Level = "/incidents/"+itoa(f.OpenRoom.ID), int(f.OpenRoom.Level)
	}
	return []NavGroup{
		{desk.Text{}, []Nav{
			{"radar", "/", "radar", desk.Say("Radar"), 0, -1, true},
			room,
			{"alerts", "/alerts", "alerts", desk.Say("Alerts"), f.Waiting, -1, true},
			{"inbox", "/inbox", "inbox", desk.Say("Inbox"), f.Inbox.Waiting, -1, true},
			{"mentions", "/mentions", "mentions", desk.Say("Mentions"), 0, -1, false},
		}},
		{desk.Say("What we say"), []Nav{
			{"statements", "/statements", "note", desk.Say("Statements"), 0, -1, false},
			{"centre", "/centre", "globe", desk.Say("Crisis centre"), 0, -1, false},
			{"calendar", "/calendar", "calendar", desk.Say("Calendar"), 0, -1, false},
			{"channels", "/channels", "out", desk.Say("Channels"), 0, -1, false},
		}},
		{desk.Say("What we hear"), []Nav{
			{"monitors", "/monitors", "monitors", desk.Say("Monitors"), 0, -1, false},
			{"sources", "/sources", "sources", desk.Say("Sources"), len(f.Deaf), -1, false},
		}},
		{desk.Say("Being ready"), []Nav{
			{"plans", "/plans", "plan", desk.Say("Plan"), 0, -1, false},
			{"checks", "/checks", "checks", desk.Say("Checks"), 0, -1, false},
			{"occasions", "/occasions", "flag", desk.Say("Occasions"), 0, -1, false},
			{"oncall", "/oncall", "clock", desk.Say("On call"), 0, -1, false},
			{"contacts", "/contacts", "phone", desk.Say("Contacts"), 0, -1, false},
		}},
		{desk.Say("The desk"), []Nav{
			{"people", "/people", "people", desk.Say("People"), 0, -1, false},
			{"journal", "/journal", "journal", desk.Say("Journal"), 0, -1, false},
			{"help", "/help", "help", desk.Say("Help"), 0, -1, false},
		}},
	}
}

// fill puts into the frame what every page shows.
func (c *Console) fill(r *http.Request, f *Frame) error {
	v := visitOf(r)
	speak := v.speak
	f.Lang, f.Dir, f.Theme, f.Languages = speak.Tag(), speak.Dir(), v.theme, say.Languages()
	f.Here, f.Who, f.SignedIn = r.URL.RequestURI(), v.actor, v.signedIn
	f.Zone = time.UTC
	if !v.signedIn {
		return nil
	}
	f.Done = done[r.URL.Query().Get("done")]
	f.Brand, f.Brands, f.Zone = v.brand, v.brands, zone(v.brand)
	return c.abnormal(r, f)
}

// openRoom is the brand's open room of the highest level; nil when none is. A page looks once.
func (c *Console) openRoom(r *http.Request) (*desk.Incident, error) {
	v := visitOf(r)
	if v.looked {
		return v.room, nil
	}
	rooms, err := c.Rooms.Running(r.Context(), v.brand.ID)
	if err != nil {
		return nil, err
	}
	for i := range rooms {
		if v.room == nil || rooms[i].Level > v.room.Level {
			v.room = &rooms[i]
		}
	}
	v.looked = true
	return v.room, nil
}

// abnormal finds what the banners and the rail must show: live alerts, the open room, sources that do not hear.
func (c *Console) abnormal(r *http.Request, f *Frame) error {
	ctx := r.Context()
	live, err := c.Alerts.List(ctx, desk.AlertFilter{BrandID: f.Brand.ID, Live: true, Paging: desk.Paging{Limit: 200}})
	if err != nil {
		return err
	}
	f.Waiting = len(live)
	if f.Inbox == (desk.ConversationCounts{}) { // the inbox has counted already
		if f.Inbox, err = c.Queue.Counts(ctx, f.Brand.ID); err != nil {
			return err
		}
	}
	if f.OpenRoom, err = c.openRoom(r); err != nil {
		return err
	}
	if err := c.stopped(ctx, f); err != nil {
		return err
	}
	if f.Guide, err = c.guide(ctx, r, f.Brand.ID); err != nil {
		return err
	}
	sources, err := c.Sources.List(ctx)
	if err != nil {
		return err
	}
	for _, s := range sources {
		if !s.Paused && !s.Health.Well() && (s.BrandID == 0 || s.BrandID == f.Brand.ID) {
			f.Deaf = append(f.Deaf, s)
		}
	}
	return nil
}

// stopped finds the live holds that concern the brand, and how many posts they hold.
func (c *Console) stopped(ctx context.Context, f *Frame) error {
	live, err := c.Outbox.Holds(ctx, true, desk.Paging{})
	if err != nil || len(live) == 0 {
		return err
	}
	for _, h := range live {
		if h.BrandID == 0 || h.BrandID == f.Brand.ID {
			f.Holds = append(f.Holds, h)
		}
	}
	counts, err := c.Outbox.Counts(ctx, f.Brand.ID)
	f.Held = counts[desk.PostHeld]
	return err
}

// StopReasons are what people choose from when they press STOP: nobody should have to write then.
func (f *Frame) StopReasons() []desk.Text {
	return []desk.Text{
		desk.Say("A crisis begins"), desk.Say("A post of ours is wrong"), desk.Say("Something terrible is in the news"), desk.Say("An account may be in other hands"),
	}
}

// zone is the brand's time zone, UTC when it names none that is known.
func zone(b desk.Brand) *time.Location {
	if z, err := time.LoadLocation(b.Zone); err == nil {
		return z
	}
	return time.UTC
}

// done are the words for what a form did, by the name in the address that it leads to.
var done = map[string]desk.Text{
	"saved":          desk.Say("Saved."),
	"left":           desk.Say("They can do nothing here any more."),
	"erased":         desk.Say("Erased. What they wrote to this brand alone is gone."),
	"forgotten":      desk.Say("Deleted. Nothing about them is left."),
	"goeson":         desk.Say("It goes on."),
	"letbe":          desk.Say("Left at that."),
	"mailingstopped": desk.Say("Stopped. Nothing more of it goes out."),
	"answered":       desk.Say("Your answer is on its way."),
	"undone":         desk.Say("Taken back. Nothing went out."),
	"snoozed":        desk.Say("Put off."),
	"unanswered":     desk.Say("Left without an answer."),
	"handed":         desk.Say("Handed over to customer service."),
	"sitting":        desk.Say("Everybody of the claim is here. Answer them one by one."),
	"keys":           desk.Say("The key is being changed. You may leave this page."),
	"proved":         desk.Say("That is you. Now press the button again."),
	"told":           desk.Say("On its way to them. Below you see who has read it."),
	"reminded":       desk.Say("Those who have not read it are reminded."),
	"reachright":     desk.Say("Noted: they can be reached this way."),
	"reachasked":     desk.Say("The question is on its way to them."),
	"held":           desk.Say("Nothing goes out any more."),
	"holdend":        desk.Say("The hold has ended."),
	"settled":        desk.Say("Noted. The post goes on from here."),
	"moved":          desk.Say("Moved."),
	"dropped":        desk.Say("Dropped."),
	"deleted":        desk.Say("Deleted."),
	"uploaded":       desk.Say("Added. Pages need to be signed with it."),
	"paused":         desk.Say("Paused."),
	"resumed":        desk.Say("Listening again."),
	"kept":           desk.Say("Kept as evidence. It stays when it is deleted at its network."),
	"shaken":         desk.Say("Saved. Each text that rests on it has a step “Correct” in the room now."),
	"seen":           desk.Say("Acknowledged. The others see that you have it."),
	"decided":        desk.Say("Decision recorded."),
	"muted":          desk.Say("Muted."),
	"noted":          desk.Say("Noted."),
	"published":      desk.Say("Published. New incidents run by it."),
	"level":          desk.Say("Level changed."),
	"closed":         desk.Say("Room closed."),
	"reopened":       desk.Say("Room opened again."),
	"remarking":      desk.Say("Stored mentions are being marked anew in the background."),
	"corrected":      desk.Say("Mood corrected. The desk will not change it back."),
	"uncorrected":    desk.Say("Taken back. The desk reads as if it had never been said."),
	"allowed":        desk.Say("Allowed. What the desk is unsure of is sent from now on."),
	"stopped":        desk.Say("Nothing is sent any more."),
	"speaking":       desk.Say("Speaking again."),
	"ticked":         desk.Say("Ticked. It counts as published."),
	"rehearsed":      desk.Say("Everybody is being called. The answers appear here."),
	"sent":           desk.Say("A test message is on its way."),
	"signedout":      desk.Say("Session ended."),
	"revoked":        desk.Say("Token revoked."),
	"submitted":      desk.Say("Sent to be signed. Those who are asked get a message."),
	"signed":         desk.Say("Signed."),
	"changed":        desk.Say("Changed, and kept. Somebody else who wrote none of it has to sign it too."),
	"sentback":       desk.Say("Sent back. The author reads your reason."),
	"letout":         desk.Say("On its way to the channels."),
	"pushing":        desk.Say("The copy is being brought up to date."),
	"takendown":      desk.Say("The page is taken down. Its address says so."),
	"withdrawn":      desk.Say("Withdrawn. Nothing more of it goes out."),
	"promised":       desk.Say("The clock of the promise runs."),
	"ready":          desk.Say("The desk is set up. What it needs before it can act stands below, in order."),
}
