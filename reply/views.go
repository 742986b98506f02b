package reply

import (
	"strconv"
	"strings"
	"time"

	"breakwater/desk"
)

// Views are the ways to look at the inbox, in their order.
var Views = []string{"waiting", "mine", "unassigned", "danger", "voices", "signing", "handed", "snoozed", "done", "all"}

// Narrow sets a filter to a view of somebody's. Those who wait longest come first where people wait.
func Narrow(f desk.ConversationFilter, view string, userID int64) (desk.ConversationFilter, error) {
	f.Longest = true
	switch view {
	case "", "waiting":
		f.Waits = true
	case "mine":
		if userID == 0 { // a program that is nobody's has none
			userID = -1
		}
		f.AssigneeID, f.States = userID, []string{desk.ConversationWaiting, desk.ConversationSigning, desk.ConversationSending, desk.ConversationHanded}
	case "unassigned":
		f.Unassigned, f.States = true, []string{desk.ConversationWaiting}
	case "danger":
		f.Danger, f.States = true, []string{desk.ConversationWaiting}
	case "voices":
		f.Voice, f.States = true, []string{desk.ConversationWaiting}
	case "signing":
		f.Longest, f.States = false, []string{desk.ConversationSigning}
	case "handed":
		f.States = []string{desk.ConversationHanded}
	case "snoozed":
		f.Longest, f.States = false, []string{desk.ConversationSnoozed}
	case "done":
		f.Longest, f.States = false, []string{desk.ConversationAnswered, desk.ConversationLeft, desk.ConversationDone}
	case "all":
		f.Longest = false
	default:
		return f, desk.Wrong("view", "Choose one of the views.")
	}
	return f, nil
}

// Place is where a list goes on behind a conversation, as addresses carry it.
func Place(c *desk.Conversation, longest bool) string {
	at := c.Touched
	if longest {
		at = c.Since
	}
	return strconv.FormatInt(at.UnixMicro(), 36) + "-" + strconv.FormatInt(c.ID, 36)
}

// ParsePlace reads what Place wrote; empty is the beginning.
func ParsePlace(s string) (p desk.ConversationPlace, err error) {
	if s == "" {
		return p, nil
	}
	at, id, ok := strings.Cut(s, "-")
	us, err1 := strconv.ParseInt(at, 36, 64)
	p.ID, err = strconv.ParseInt(id, 36, 64)
	if !ok || err1 != nil || err != nil || p.ID <= 0 {
		return p, desk.Wrong("cursor", "Pass back what the page before gave as next.")
	}
	p.At = time.UnixMicro(us).UTC()
	return p, nil
}
