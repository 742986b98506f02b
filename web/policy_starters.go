package web

import (
	"slices"
	"strings"

	"breakwater/desk"
	"breakwater/internal/say"
)

// starter is a policy to begin with: one subject, short enough that people read it.
type starter struct {
	kind string // of desk.PolicyKinds
	name desk.Text
	text []desk.Text // paragraphs
}

// words are the starter's paragraphs in a language.
func (s *starter) words(speak *say.Printer) string {
	var all []string
	for _, t := range s.text {
		all = append(all, speak.Text(t))
	}
	return strings.Join(all, "\n\n")
}

// starters cover what a policy for staff needs (PLN-4), one document for each subject, so that each has its owner and its editions.
var starters = []starter{
	{"social", desk.Say("Social media policy"), []desk.Text{
		desk.Say("Who speaks for us. Only people with that task publish in our name. If a journalist asks you, pass the question on to communications."),
		desk.Say("Mistakes and crises. If you made a mistake, tell communications at once: it is no shame. In a crisis nobody posts about it without being asked."),
		desk.Say("Before you post for us. Read it once as somebody who is angry with us, check account, link and picture, and let a second person look at what touches religion, politics or tragedy."),
	}},
	{"accounts", desk.Say("Personal accounts"), []desk.Text{
		desk.Say("Your own accounts. What you say there is yours. If you speak about our field, say that you work here and that it is your own opinion."),
		desk.Say("Keep them apart. Do not use your own account for our work, nor ours for yourself, and never be signed in to both in one browser. Leave answers to complaints to those whose task it is."),
	}},
	{"confidentiality", desk.Say("Confidentiality"), []desk.Text{
		desk.Say("Confidentiality. What is not public stays inside: figures, plans, customers, colleagues, screenshots of internal systems."),
		desk.Say("When you are unsure, it is confidential. Ask communications before you tell it, also in a private message and in closed groups: what is written can be passed on."),
	}},
	{"privacy", desk.Say("Privacy"), []desk.Text{
		desk.Say("Privacy. Publish no picture, name or detail of somebody who has not agreed. Never answer about a customer's case in public."),
		desk.Say("Somebody who asks to be removed is removed the same day. Children are never shown without the written word of their parents. Report a leak of personal data at once: the law counts hours."),
	}},
	{"copyright", desk.Say("Copyright"), []desk.Text{
		desk.Say("Copyright. Use only texts, pictures and music that we own or have a licence for, and name the source."),
		desk.Say("What is found on the web is not free. Keep the licence with the file. A post of somebody else may be shared with the network's own button; to copy it takes their permission."),
	}},
	{"voice", desk.Say("Brand voice"), []desk.Text{
		desk.Say("Tone. Be friendly, plain and honest. Attack nobody, and do not argue at night. What you would not say to a person's face, do not write."),
		desk.Say("When we were wrong we say so, without “if” and without “but”, and say what we do about it. We do not joke about what hurts others, and we join no hashtag before reading what people post under it."),
	}},
}

// startersBeside are those of subjects that no policy covers yet.
func startersBeside(have []policyRow) (all []choice) {
	for _, s := range starters {
		if !slices.ContainsFunc(have, func(p policyRow) bool { return p.Kind == s.kind && !p.Retired }) {
			all = append(all, choice{s.kind, s.name})
		}
	}
	return all
}
