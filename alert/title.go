package alert

import "breakwater/desk"

// title names a situation by what its strongest signal is.
func title(detector, name string) desk.Text {
	switch detector {
	case "surge":
		return desk.Say("Many more mentions than usual: {monitor}", "monitor", name)
	case "mood":
		return desk.Say("The mood is turning: {monitor}", "monitor", name)
	case "voice":
		return desk.Say("A far-reaching voice complains: {monitor}", "monitor", name)
	case "cue":
		return desk.Say("A serious accusation: {monitor}", "monitor", name)
	case "topic":
		return desk.Say("Many speak of one thing at once: {monitor}", "monitor", name)
	case ownDoing:
		return desk.Say("Something that we publish needs you")
	case "silence":
		return desk.Say("We hear nothing from {source}", "source", name)
	}
	return desk.Say("Above your own threshold: {monitor}", "monitor", name)
}

// retitled names an alert anew by what is strongest now, about the same thing as before.
func retitled(was desk.Text, detector string) desk.Text {
	for _, key := range []string{"monitor", "source"} {
		if name, ok := was.With[key].(string); ok {
			return title(detector, name)
		}
	}
	return was
}
