package reply

import (
	"breakwater/desk"
)

// Advise says what practice would do about a conversation, in the order that matters: danger, truth, harm, and tone only then. After the
// reply triage of the United States Air Force, in the order that its critics asked for.
func Advise(c *desk.Conversation) (all []desk.Text) {
	t := c.Triage
	switch {
	case t.Danger == "yes":
		return []desk.Text{
			desk.Say("Somebody may be hurt: say what to do to be safe, before anything else, and bring it to the room."),
			desk.Say("Offer a way to reach a person at once."),
		}
	case c.Danger && t.Danger == "":
		all = append(all, desk.Say("Their words sound like danger. Find out first whether somebody may be hurt."))
	}
	switch t.True {
	case "":
		all = append(all, desk.Say("Find out whether it is true before you answer about it."))
	case "yes":
		all = append(all, desk.Say("It is true: say so, say what you do about it, and by when."))
	case "no":
		all = append(all, desk.Say("It is not true: put the facts right with what shows them, once and kindly."))
	}
	if t.Harmed == "yes" {
		all = append(all, desk.Say("They were harmed: be sorry for that, make it good, and go on in private."))
	}
	switch t.Tone {
	case "praise":
		all = append(all, desk.Say("Thank them, or let it stand."))
	case "misguided":
		all = append(all, desk.Say("They believe it: show them, without proving them wrong."))
	case "unhappy":
		all = append(all, desk.Say("Make it right with them; do not win the argument."))
	case "rage", "troll": // after all that: somebody may be angry and right
		all = append(all, desk.Say("Answer once with the facts when others read along, or leave it and watch."))
	}
	return all
}
