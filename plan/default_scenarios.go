package plan

import "breakwater/desk"

// defaultScenarios prepare for the eight kinds of crisis. Signs say how to recognise type and size; cues name the types of crisis
// cue that point to it; the advice follows Coombs' situational crisis communication theory: who the public will hold responsible
// decides how much has to be conceded, and people come before reputation.
var defaultScenarios = []desk.Scenario{
	{
		ID: "outside-event", Kind: "external", Name: "An accident, a disaster or a threat around us", Level: desk.Crisis,
		Cues: []string{"violence_threat", "geopolitics"},
		Signs: []string{
			"Police, fire brigade or authorities are named together with our name or one of our places.",
			"People ask whether they or somebody they know are safe.",
			"Pictures from the place spread before we know anything ourselves.",
		},
		Advice: "We are seen as hit ourselves. Tell people what to do to stay safe, show that you care, and leave causes to the authorities. An apology for what is not our fault admits guilt that is not there.",
		Tasks: []desk.PlanTask{
			{ID: "outside-safe", From: desk.Watch, After: 5, Role: CrisisLead, Do: "Find out who of ours and of our guests is there, and whether they are safe."},
			{ID: "outside-authority", From: desk.Issue, After: 15, Role: CommsLead, Do: "Agree with police or authorities who says what. Pass on their words instead of our own guesses."},
			{ID: "outside-families", From: desk.Crisis, After: 30, Role: Staff, Do: "Reach the families of those affected before anybody else names them."},
			{ID: "outside-tone", From: desk.Watch, After: 30, Role: SocialLead, Do: "Look through everything that is scheduled for jokes, advertising and pictures that hurt now."},
		},
		Drafts: []string{"holding-safety", "reply-first", "update", "faq-safe", "staff-note"},
	},
	{
		ID: "misconduct", Kind: "internal", Name: "Misconduct in our own house", Level: desk.Crisis,
		Cues: []string{"leadership_scandal", "fraud_deception"},
		Signs: []string{
			"A leaked document, recording or letter names people of ours.",
			"Former or present colleagues confirm it in public.",
			"Journalists ask for a statement and name a deadline.",
		},
		Advice: "People will hold us responsible. Say what we look into, who does it independently, and what follows from it. Denying or playing down what then turns out true costs more than the deed.",
		Tasks: []desk.PlanTask{
			{ID: "conduct-keep", From: desk.Issue, After: 15, Role: Legal, Do: "Secure documents, mail and messages. Nobody deletes anything."},
			{ID: "conduct-inquiry", From: desk.Issue, After: 60, Role: Executive, Do: "Name somebody independent who finds out what happened, and by when."},
			{ID: "conduct-affected", From: desk.Watch, After: 60, Role: Staff, Do: "Speak with those who were wronged before we speak about them."},
			{ID: "conduct-person", From: desk.Crisis, After: 90, Role: Executive, Do: "Decide whether the person accused steps aside until it is cleared up."},
		},
		Drafts: []string{"holding-conduct", "reply-first", "apology", "update", "staff-note"},
	},
	{
		ID: "product-harm", Kind: "product", Name: "A product fails or harms somebody", Level: desk.Crisis,
		Cues: []string{"safety_injury", "food_illness"},
		Signs: []string{
			"Somebody says that they were hurt or ill, with a picture or a batch number.",
			"Several people who do not know each other report the same fault.",
			"A doctor, a shop or a food or safety authority is named.",
		},
		Advice: "Tell people first how to stay safe: what to stop using, what to look for, where to go. When it comes from our own mistake, apologise, make good and say what changes; excuses make it worse.",
		Tasks: []desk.PlanTask{
			{ID: "product-warn", From: desk.Watch, After: 15, Role: CommsLead, Do: "Say which product and batch it is about, how to recognise it, and what to do with it now."},
			{ID: "product-cases", From: desk.Watch, After: 20, Role: Care, Do: "Call everybody who reports harm. Write down name, batch, place and what happened."},
			{ID: "product-halt", From: desk.Crisis, After: 30, Role: Executive, Do: "Decide whether selling and delivery stop until it is known."},
			{ID: "product-test", From: desk.Issue, After: 60, Role: CrisisLead, Do: "Have samples of the batch tested, and name the day on which the result comes."},
			{ID: "product-authority", From: desk.Issue, After: 60, Role: Legal, Do: "Report to the authority in charge when people may be harmed. The time limit often runs from today."},
			{ID: "product-shops", From: desk.Crisis, After: 60, Role: Care, Do: "Tell shops and partners what to take off the shelf and what to say to customers."},
		},
		Drafts: []string{"holding-safety", "recall", "reply-first", "apology", "faq-affected", "faq-do", "faq-refund", "update"},
	},
	{
		ID: "service-failure", Kind: "service", Name: "A service is down, or people were treated badly", Level: desk.Issue,
		Cues: []string{"outage", "service_rage"},
		Signs: []string{
			"Many ask at once whether it is down for others too.",
			"One case with a name, a picture and a receipt is shared by strangers.",
			"Waiting times for an answer grow, and people say so in public.",
		},
		Advice: "Say at once that we know, and when the next word comes, also when nothing is new. For one person treated badly: find them, apologise to them first, then say in public what was put right.",
		Tasks: []desk.PlanTask{
			{ID: "service-extent", From: desk.Watch, After: 10, Role: CommsLead, Do: "Ask those who run the service: what does not work, for whom, since when, until when?"},
			{ID: "service-page", From: desk.Watch, After: 15, Role: SocialLead, Do: "Put one sentence on the page where people look first, with the time of the next update."},
			{ID: "service-person", From: desk.Watch, After: 30, Role: Care, Do: "Call the person whose case is shared. Ask what would put it right for them."},
			{ID: "service-amends", From: desk.Issue, After: 90, Role: Executive, Do: "Decide what those affected get back, without their having to ask."},
		},
		Drafts: []string{"holding-outage", "reply-first", "reply-private", "update", "resolved", "faq-refund"},
	},
	{
		ID: "employee", Kind: "employee", Name: "Somebody of ours says or does something in public", Level: desk.Issue,
		Cues: []string{"discrimination", "labour"},
		Signs: []string{
			"A video or a post shows somebody of ours, or our uniform, sign or account.",
			"People demand a name or a dismissal.",
			"Colleagues complain in public about how they are treated.",
		},
		Advice: "Say what we stand for and that we look into it; name nobody. The person is one of ours, and may be in danger too: pass on no private detail. When it was our own account, delete, say so, and apologise in our own words.",
		Tasks: []desk.PlanTask{
			{ID: "employee-true", From: desk.Watch, After: 15, Role: Staff, Do: "Find out whether it is one of ours, whether it is real, and when it was recorded."},
			{ID: "employee-account", From: desk.Watch, After: 10, Role: SocialLead, Do: "When it came from our account: keep a copy, then decide with the sheet whether to delete or keep it, and change the passwords."},
			{ID: "employee-shield", From: desk.Watch, After: 30, Role: Staff, Do: "Protect the person from threats: accounts, address, way home."},
			{ID: "employee-hurt", From: desk.Issue, After: 60, Role: CommsLead, Do: "Speak with those who were insulted or harmed, in private, before the public statement."},
		},
		Drafts: []string{"holding-conduct", "reply-first", "apology", "staff-note"},
	},
	{
		ID: "security", Kind: "security", Name: "Personal data or accounts are in the wrong hands", Level: desk.Crisis,
		Cues: []string{"data_breach"},
		Signs: []string{
			"Somebody offers or shows data of our customers.",
			"People get messages in our name that are not ours.",
			"An account of ours says things that we did not write.",
		},
		Advice: "Say what is known to be affected and what is not, what people should do now (password, bank, false messages), and where to ask. Do not say that no data was taken before it is certain.",
		Tasks: []desk.PlanTask{
			{ID: "security-close", From: desk.Watch, After: 10, Role: SocialLead, Do: "Take back our accounts: end all sessions, change passwords, check who has access."},
			{ID: "security-extent", From: desk.Watch, After: 30, Role: CrisisLead, Do: "Find out which data, of how many people, since when, and whether it still goes on."},
			{ID: "security-authority", From: desk.Issue, After: 120, Role: Legal, Do: "Check the duty to notify: under European law the data protection authority within 72 hours, those affected without delay."},
			{ID: "security-people", From: desk.Crisis, After: 180, Role: Care, Do: "Write to everybody affected what happened to their data and what to do now."},
		},
		Drafts: []string{"holding-data", "reply-first", "faq-affected", "faq-do", "update", "staff-note"},
	},
	{
		ID: "false-claim", Kind: "misinformation", Name: "Something false is going round", Level: desk.Issue,
		Cues: []string{"misinformation"},
		Signs: []string{
			"The same words or picture are posted by many accounts within minutes.",
			"A picture or recording is old, from elsewhere, or made up.",
			"People ask us or journalists whether it is true.",
		},
		Advice: "Ask first whether it is true after all. If not: say what is true before what is false, show the evidence, and say it where the claim spreads. Do not repeat its words in a headline, and do not thank or regret: that sounds as if it were so.",
		Tasks: []desk.PlanTask{
			{ID: "false-check", From: desk.Watch, After: 15, Role: CommsLead, Do: "Check it as if it were true: who could know, which document, which picture?"},
			{ID: "false-proof", From: desk.Watch, After: 30, Role: CommsLead, Do: "Gather evidence that a stranger can check: document, date, third party."},
			{ID: "false-reach", From: desk.Watch, After: 20, Role: SocialLead, Do: "Look how far it has spread. What few have seen, we answer to those few, and do not carry further."},
			{ID: "false-report", From: desk.Issue, After: 45, Role: SocialLead, Do: "Report fakes and false accounts to the networks, and tell fact-checkers what we know."},
		},
		Drafts: []string{"correction", "reply-false", "update"},
	},
	{
		ID: "decision", Kind: "policy", Name: "A decision of ours is attacked", Level: desk.Issue,
		Cues: []string{"boycott", "environment_animals", "legal_regulatory"},
		Signs: []string{
			"A hashtag or a petition calls for a boycott.",
			"An association, a politician or an authority criticises us by name.",
			"Long-time customers say that they leave because of it.",
		},
		Advice: "This may still be a challenge and no crisis. Choose one answer and keep to it: refuse and give reasons, refute with evidence, reform what is criticised, or admit it. Half a denial and half an apology convinces nobody.",
		Tasks: []desk.PlanTask{
			{ID: "decision-demand", From: desk.Watch, After: 20, Role: CommsLead, Do: "Write down in one sentence what the critics want, and what of it is right."},
			{ID: "decision-choose", From: desk.Issue, After: 60, Role: Executive, Do: "Choose the answer: stay with it, explain it, change it, or take it back."},
			{ID: "decision-talk", From: desk.Issue, After: 120, Role: Spokesperson, Do: "Call those who lead the criticism, and offer a conversation."},
			{ID: "decision-staff", From: desk.Watch, After: 60, Role: Staff, Do: "Give those who meet customers three sentences that they can say."},
		},
		Drafts: []string{"holding", "reply-first", "position", "faq-why", "update"},
	},
}

// message is a message of the default library without its texts.
type message struct{ id, kind, name string }

// defaultMessages are the library's messages in the order in which they are shown.
var defaultMessages = []message{
	{"holding", "holding", "Holding statement"},
	{"holding-safety", "holding", "Holding statement: people may be in danger"},
	{"holding-outage", "holding", "Holding statement: a service is down"},
	{"holding-data", "holding", "Holding statement: data or accounts"},
	{"holding-conduct", "holding", "Holding statement: conduct of our people"},
	{"recall", "statement", "Recall: stop using the product"},
	{"position", "statement", "Statement on a decision of ours"},
	{"apology", "apology", "Apology"},
	{"correction", "correction", "Correction of a false claim"},
	{"correction-ours", "correction", "Correction of a mistake of ours"},
	{"update", "update", "Update at the promised time"},
	{"resolved", "update", "It is over"},
	{"staff-note", "update", "Note to our own people"},
	{"reply-first", "reply", "First answer where it started"},
	{"reply-private", "reply", "Please write to us in private"},
	{"reply-false", "reply", "Answer to a false claim"},
	{"faq-safe", "faq", "Question: am I safe?"},
	{"faq-affected", "faq", "Question: am I affected?"},
	{"faq-do", "faq", "Question: what should I do now?"},
	{"faq-refund", "faq", "Question: do I get my money back?"},
	{"faq-why", "faq", "Question: why did you decide so?"},
}

// names are the messages' names, for the catalogue.
func (m message) title() desk.Text { return desk.Say(m.name) }
