package assess

import "breakwater/desk"

// Names are the words that people read for the values of an assessment, by group.
var Names = map[string]map[string]desk.Text{
	"fact": {
		desk.FactUnconfirmed: desk.Say("Being checked"), desk.FactConfirmed: desk.Say("Confirmed"), desk.FactWithdrawn: desk.Say("Withdrawn"),
	},
	"question": {
		"danger": desk.Say("Is anybody in danger, or could be?"), "true": desk.Say("Is what is said true?"), "cause": desk.Say("What does it come from?"),
		"knew": desk.Say("Did we know of the risk, or break a rule?"), "before": desk.Say("Did the like happen to us before?"),
		"standing": desk.Say("How were we thought of before?"),
	},
	"answer": {
		"": desk.Say("Not known yet"), desk.Yes: desk.Say("Yes"), desk.No: desk.Say("No"), desk.Partly: desk.Say("In part"),
		desk.CauseNature: desk.Say("Nature: weather, a disaster"), desk.CauseAttack: desk.Say("Somebody from outside: violence, tampering, a break-in"),
		desk.CauseChallenge: desk.Say("Nothing happened: people say that we act wrongly"), desk.CauseTechnical: desk.Say("A machine or product failed"),
		desk.CauseHuman: desk.Say("A mistake by somebody of ours"), desk.CauseKnowing: desk.Say("Somebody of ours knew that it was wrong"),
		desk.StandingGood: desk.Say("Well"), desk.StandingMixed: desk.Say("So-so"), desk.StandingBad: desk.Say("Badly"),
	},
	"cluster": {
		"": desk.Say("Open: too little is known"), Victim: desk.Say("Victim: people hold us hardly responsible"),
		Accidental: desk.Say("Accident: people hold us a little responsible"), Preventable: desk.Say("Preventable: people hold us responsible"),
	},
	"strategy": {
		Inform: desk.Say("Inform and show care"), Deny: desk.Say("Deny, with proof"), Diminish: desk.Say("Explain how it came about"),
		Rebuild: desk.Say("Apologise and make amends"), Bolster: desk.Say("Remind of good, and thank"),
	},
	"category": {
		"": desk.Say("Not known yet"), "external": desk.Say("Outside event"), "internal": desk.Say("Management and company"), "product": desk.Say("Product"), "service": desk.Say("Service"),
		"employee": desk.Say("Staff"), "security": desk.Say("Security and data"), "misinformation": desk.Say("Misinformation"), "policy": desk.Say("Conduct and policy"),
	},
	"side": {"": desk.Say("Not known yet"), "external": desk.Say("From outside"), "internal": desk.Say("From within")},
	"group": {
		"customers": desk.Say("Customers"), "staff": desk.Say("Staff"), "families": desk.Say("Families"), "partners": desk.Say("Partners"), "shops": desk.Say("Shops"),
		"neighbours": desk.Say("Neighbours"), "authorities": desk.Say("Authorities"), "investors": desk.Say("Investors"), "media": desk.Say("Media"), "public": desk.Say("The public"),
	},
	"sign": {
		"scale": desk.Say("Scale"), "growth": desk.Say("Growth"), "spread": desk.Say("Spread"), "tone": desk.Say("Tone"), "reach": desk.Say("Reach"),
		"media": desk.Say("Media"), "truth": desk.Say("Truth"),
	},
	"verdict": {
		desk.ClaimChecking: desk.Say("Being checked"), desk.ClaimTrue: desk.Say("True"), desk.ClaimFalse: desk.Say("False"),
		desk.ClaimMisleading: desk.Say("Misleading"), desk.ClaimUnproven: desk.Say("Unproven"),
	},
	"length": {Executive: desk.Say("For those who decide"), Tactical: desk.Say("For the team")},
	"format": {"md": desk.Say("Markdown"), "html": desk.Say("Page to print"), "pdf": desk.Say("PDF")},
	"phase": {
		desk.Rising: desk.Say("Rising"), desk.Peaking: desk.Say("At its peak"), desk.Falling: desk.Say("Falling"), desk.Steady: desk.Say("Steady"),
	},
}

func name(group, value string) desk.Text {
	if t, ok := Names[group][value]; ok {
		return t
	}
	return desk.Text{Say: value}
}
