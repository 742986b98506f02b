package desk

import "slices"

// Aim is a variant with a channel that it is for.
type Aim struct {
	Variant Variant
	Channel Channel
}

// Aims finds which variant speaks in which of the channels: the channel's own, or one of its kind where it has none of its own, or one of
// no kind where there is none of those; of several, those in the channel's language where there are any. What is checked before
// publishing and what is published are the same for that.
func (s *Statement) Aims(channels []Channel) (all []Aim) {
	for _, c := range channels {
		for _, v := range s.speaks(&c) {
			all = append(all, Aim{v, c})
		}
	}
	return all
}

// speaks are the variants that a channel speaks.
func (s *Statement) speaks(c *Channel) (fit []Variant) {
	for _, is := range []func(v *Variant) bool{
		func(v *Variant) bool { return v.ChannelID == c.ID },
		func(v *Variant) bool { return v.ChannelID == 0 && v.Kind == c.Kind },
		// What is said in quiet times for all channels has no business on the page that people look at in a crisis.
		func(v *Variant) bool {
			return v.ChannelID == 0 && v.Kind == "" && (c.Kind != CentreKind || s.Kind != "ordinary")
		},
	} {
		for i := range s.Variants {
			if is(&s.Variants[i]) {
				fit = append(fit, s.Variants[i])
			}
		}
		if len(fit) > 0 {
			break
		}
	}
	spoken := slices.DeleteFunc(slices.Clone(fit), func(v Variant) bool { return v.Lang != c.Lang })
	if c.Lang != "" && len(spoken) > 0 {
		return spoken
	}
	return fit
}
