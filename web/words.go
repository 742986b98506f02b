package web

import (
	"breakwater/assess"
	"breakwater/desk"
	"breakwater/enrich"
	"breakwater/people"
	"breakwater/plan"
	"breakwater/publish"
)

// words are the names that people read for the values that the desk keeps, by group.
var words = map[string]map[string]desk.Text{
	"centrestage": {
		desk.CentreDark: desk.Say("Prepared"), desk.CentreLive: desk.Say("Public"), desk.CentreWithdrawn: desk.Say("Taken down"),
	},
	"stands": {
		"": desk.Say("As before"), "aware": desk.Say("We are aware"), "finding": desk.Say("Finding out"), "acting": desk.Say("Acting"), "fixed": desk.Say("Fixed"),
		"following": desk.Say("Following up"),
	},
	"notify": {
		desk.NotifyNobody: desk.Say("To nobody"), desk.NotifyCrisis: desk.Say("To those of this crisis"), desk.NotifyBrand: desk.Say("To all of the brand"),
	},
	"subscriber": {
		desk.SubscriberAsked: desk.Say("Asked, not confirmed"), desk.SubscriberLive: desk.Say("Gets updates"), desk.SubscriberLeft: desk.Say("Left"),
		desk.SubscriberBounced: desk.Say("Mail comes back"),
	},
	"mailing": {
		desk.MailingSending: desk.Say("On its way"), desk.MailingHeld: desk.Say("Stopped by a hold"), desk.MailingDone: desk.Say("Done"), desk.MailingStopped: desk.Say("Stopped by a person"),
		desk.MailingTrouble: desk.Say("The mail server refuses us"), desk.MailingOvertaken: desk.Say("Its words changed midway"),
	},
	"delivery": {
		desk.DeliveryDue: desk.Say("Still to go"), desk.DeliveryLater: desk.Say("Put off by the mail server"), desk.DeliveryTrying: desk.Say("Being handed over"),
		desk.DeliverySent: desk.Say("The mail server has it"), desk.DeliveryBack: desk.Say("Came back"), desk.DeliveryRefused: desk.Say("Refused by the mail server"),
		desk.DeliveryUnknown: desk.Say("Not known"), desk.DeliveryLetBe: desk.Say("Not known, left at that"), desk.DeliveryLeft: desk.Say("Left before it went"),
	},
	"briefing": {
		desk.BriefingDraft: desk.Say("Draft"), desk.BriefingSent: desk.Say("Sent"), desk.BriefingEnded: desk.Say("Over"),
	},
	"tie": {
		desk.TieSession: desk.Say("Session"), desk.TieToken: desk.Say("API token"), desk.TieFactors: desk.Say("Password, second factors, PIN"), desk.TieWay: desk.Say("Way to reach them"),
		desk.TieGrants: desk.Say("Rights"), desk.TieContact: desk.Say("Contact"), desk.TieLayer: desk.Say("On call"), desk.TieOverride: desk.Say("Takes over on call"),
		desk.TieStep: desk.Say("Is called"), desk.TieRole: desk.Say("Role of the plan"), desk.TieDeputy: desk.Say("Stands in for a role of the plan"), desk.TieSignature: desk.Say("Signature"),
		desk.TieTask: desk.Say("Task"), desk.TieLead: desk.Say("Leads the room"), desk.TiePromise: desk.Say("Promise"), desk.TieExchange: desk.Say("Conversations"), desk.TieRule: desk.Say("Gets work by a rule of the inbox"),
	},
	"sharenet": {
		"linkedin": own("LinkedIn"), "bluesky": own("Bluesky"), "mastodon": own("Mastodon"), "x": own("X"), "facebook": own("Facebook"), "threads": own("Threads"),
		"whatsapp": own("WhatsApp"), "telegram": own("Telegram"), "other": desk.Say("Elsewhere, by hand"),
	},
	"contactkind": {
		desk.ContactStaff: desk.Say("Staff"), "agency": desk.Say("Agency"), "lawyer": desk.Say("Lawyer"), "insurer": desk.Say("Insurer"), "press": desk.Say("Press"),
		"authority": desk.Say("Authority"), "supplier": desk.Say("Supplier"), "partner": desk.Say("Partner"), "other": desk.Say("Other"),
	},
	"contactstate": {
		desk.ContactStale: desk.Say("Not checked for too long"), desk.ContactUnreachable: desk.Say("Cannot be reached"), desk.ContactPending: desk.Say("A correction waits"),
	},
	"contactfield": {
		"name": desk.Say("Name"), "department": desk.Say("Department"), "title": desk.Say("Function"), "firm": desk.Say("Organisation"), "lang": desk.Say("Language"),
		"zone": desk.Say("Time zone"), "hours": desk.Say("When"), "notes": desk.Say("Notes"), "kind": desk.Say("Kind"), "ways": desk.Say("How to reach"),
		"roles": desk.Say("Roles of the plan"), "uid": desk.Say("Id of the address book"),
	},
	"sheetrow": {
		people.RowNew: desk.Say("New"), people.RowChanged: desk.Say("Changed"), people.RowSame: desk.Say("The same"),
	},
	"reach": {
		desk.ReachPhone: desk.Say("Phone"), desk.ReachMobile: desk.Say("Mobile"), desk.ReachEmail: desk.Say("E-mail"), desk.ReachMessenger: desk.Say("Messenger"),
	},
	"role": {
		"viewer": desk.Say("Viewer"), "responder": desk.Say("Responder"), "lead": desk.Say("Lead"), "admin": desk.Say("Admin"),
	},
	"right": {
		"see": desk.Say("Read what the desk knows"), "listen": desk.Say("Choose what is listened for, decide alerts"), "reply": desk.Say("Work in rooms and answer people"),
		"draft": desk.Say("Write what we will say"), "approve": desk.Say("Sign statements and plans"), "publish": desk.Say("Let posts out, move them, take them back"),
		"hold": desk.Say("Press STOP"), "release": desk.Say("End a hold and let go what was held"), "administer": desk.Say("Manage people, tokens, channels and settings"),
	},
	"rolehelp": {
		"viewer":    desk.Say("Sees everything, changes nothing."),
		"responder": desk.Say("Acknowledges and decides alerts, writes notes, corrects mood."),
		"lead":      desk.Say("Also opens and closes rooms, changes monitors and sources."),
		"admin":     desk.Say("Also manages people, ways of alerting and brands."),
	},
	"weekday": {
		"0": desk.Say("Sunday"), "1": desk.Say("Monday"), "2": desk.Say("Tuesday"), "3": desk.Say("Wednesday"), "4": desk.Say("Thursday"), "5": desk.Say("Friday"), "6": desk.Say("Saturday"),
	},
	"via": {
		desk.ViaMention: desk.Say("A mention of others"), desk.ViaReply: desk.Say("A reply to our post"), desk.ViaNamed: desk.Say("A post that names our account"),
		desk.ViaDirect: desk.Say("A private message"), desk.ViaMail: desk.Say("A mail"), desk.ViaForm: desk.Say("The public form"),
	},
	"inboxview": {
		"waiting": desk.Say("Waiting longest"), "mine": desk.Say("Mine"), "unassigned": desk.Say("Unassigned"), "danger": desk.Say("Danger"), "voices": desk.Say("Key voices"),
		"signing": desk.Say("Waiting for approval"), "handed": desk.Say("With customer service"), "snoozed": desk.Say("Put off"), "done": desk.Say("Done"), "all": desk.Say("Everything"),
	},
	"talk": {
		desk.ConversationWaiting: desk.Say("Waits for us"), desk.ConversationSigning: desk.Say("Waits for a signature"), desk.ConversationSending: desk.Say("Answer on its way"), desk.ConversationHanded: desk.Say("With customer service"),
		desk.ConversationAnswered: desk.Say("Answered"), desk.ConversationSnoozed: desk.Say("Put off"), desk.ConversationLeft: desk.Say("Left without an answer"), desk.ConversationDone: desk.Say("Done"),
	},
	"ticket": {
		desk.TicketSending: desk.Say("On its way to customer service"), desk.TicketSent: desk.Say("Customer service has it"), desk.TicketUnknown: desk.Say("Perhaps with customer service"),
		desk.TicketFailed: desk.Say("Customer service does not have it"), desk.TicketWithdrawn: desk.Say("Taken back: nothing left the house"), desk.TicketRehearsed: desk.Say("Rehearsed: nothing left the house"),
	},
	"tone": {
		"praise": desk.Say("Praise"), "question": desk.Say("A question"), "unhappy": desk.Say("Unhappy with us"), "misguided": desk.Say("Believes what is wrong"),
		"rage": desk.Say("Rage"), "troll": desk.Say("Wants a quarrel"),
	},
	"mood": {
		"negative": desk.Say("Negative"), "neutral": desk.Say("Neutral"), "positive": desk.Say("Positive"),
	},
	"engine": {
		desk.EngineClassifier: desk.Say("Text-classification server"), desk.EngineChat: desk.Say("Chat endpoint in the manner of OpenAI"),
	},
	"kind": {
		desk.KindPost: desk.Say("Post"), desk.KindReply: desk.Say("Reply"), desk.KindRepost: desk.Say("Repost"),
		desk.KindArticle: desk.Say("Article"), desk.KindComment: desk.Say("Comment"),
	},
	"monitor": {
		"brand": desk.Say("Brand"), "product": desk.Say("Product"), "people": desk.Say("People"),
		"competitor": desk.Say("Competitor"), "campaign": desk.Say("Campaign"), "hashtag": desk.Say("Hashtag"),
	},
	"post": {
		desk.PostWaiting: desk.Say("Waits for its time"), desk.PostHeld: desk.Say("Held"), desk.PostClaimed: desk.Say("Going out"), desk.PostUnknown: desk.Say("Perhaps out"),
		desk.PostSent: desk.Say("Out"), desk.PostVerified: desk.Say("Out, read back"), desk.PostFailed: desk.Say("Did not go out"), desk.PostDropped: desk.Say("Dropped"),
		desk.PostWithdrawn: desk.Say("Deleted there"), desk.PostReplaced: desk.Say("Changed in place"),
	},
	"cell": {
		publish.CellNone: desk.Say("Not there"), publish.CellCurrent: desk.Say("Current"), publish.CellOld: desk.Say("Old"), publish.CellMissing: desk.Say("Gone"),
		publish.CellDiffers: desk.Say("Differs"), publish.CellComing: desk.Say("On its way"), publish.CellHeld: desk.Say("Held"), publish.CellUnknown: desk.Say("Perhaps out"),
		publish.CellFailed: desk.Say("Did not go out"), publish.CellOver: desk.Say("Over"), publish.CellUnread: desk.Say("Not read back"),
	},
	"outlet": {
		desk.OutletConfirmed: desk.Say("Confirmed: it holds"), desk.OutletWaiting: desk.Say("Told, no answer yet"), desk.OutletUnknown: desk.Say("Not known: stop it by hand"),
	},
	"decide": {
		desk.DecideRelease: desk.Say("Goes out at its time"), desk.DecideNow: desk.Say("Goes out when the hold ends"),
	},
	"taken": {
		desk.TakenDraft: desk.Say("A draft was made of it"), desk.TakenDrop: desk.Say("Dropped"),
	},
	"turn": {
		desk.EveryDay: desk.Say("A day"), desk.EveryWeek: desk.Say("A week"), desk.EveryHours: desk.Say("Hours"),
	},
	"holidays": {
		desk.HolidayAny: desk.Say("As any other day"), desk.HolidayRest: desk.Say("Rests on holidays"), desk.HolidayOnly: desk.Say("Only on holidays"),
	},
	"stage": {
		desk.StageAlert: desk.Say("An alert waits"), desk.StageRoom: desk.Say("A crisis was declared"), desk.StageClock: desk.Say("A promise or signature is late"), desk.StageRehearsal: desk.Say("Rehearsal"),
	},
	"escalation": {
		desk.EscalationRunning: desk.Say("People are being called"), desk.EscalationTaken: desk.Say("Taken up"), desk.EscalationSpent: desk.Say("Nobody answered"),
		desk.EscalationOver: desk.Say("Over"), desk.EscalationMuted: desk.Say("Muted"),
	},
	"letter": {
		desk.LetterDue: desk.Say("On its way"), desk.LetterSent: desk.Say("Delivered"), desk.LetterFailed: desk.Say("Not delivered"), desk.LetterVain: desk.Say("Not needed any more"),
	},
	"how": {
		"console": desk.Say("in the console"), "link": desk.Say("by a link"), "slack": desk.Say("in Slack"), "telegram": desk.Say("in Telegram"), "phone": desk.Say("on the phone"), "api": desk.Say("by a program"),
	},
	"occasion": {
		"campaign": desk.Say("Campaign"), "launch": desk.Say("Launch"), "holiday": desk.Say("Holiday"), "match": desk.Say("Match day"), "other": desk.Say("Other"),
	},
	"sensitive": {
		"religion": desk.Say("religion"), "politics": desk.Say("politics"), "sex": desk.Say("sex"), "violence": desk.Say("violence"), "tragedy": desk.Say("tragedy"),
	},
	"scenario": {
		"external": desk.Say("External"), "internal": desk.Say("Internal"), "product": desk.Say("Product"), "service": desk.Say("Service"),
		"employee": desk.Say("Employee"), "security": desk.Say("Security"), "misinformation": desk.Say("Misinformation"), "policy": desk.Say("Policy"),
	},
	"statement": {
		"ordinary": desk.Say("Ordinary post"), "holding": desk.Say("Holding statement"), "statement": desk.Say("Statement"), "apology": desk.Say("Apology"),
		"correction": desk.Say("Correction"), "update": desk.Say("Update"), "faq": desk.Say("Question and answer"), "reply": desk.Say("Answer"),
	},
	"ready": {
		"plan": desk.Say("The plan"), "roles": desk.Say("Roles and people"), "deputies": desk.Say("Deputies"), "contacts": desk.Say("Ways of alerting"),
		"channels": desk.Say("Channels"), "drill": desk.Say("Rehearsal"), "policies": desk.Say("Policies"), "meetings": desk.Say("Crisis committee"),
		"library": desk.Say("Message library"), "book": desk.Say("Contacts"), "sources": desk.Say("Sources"), "team": desk.Say("Colleagues"),
		"rehearsal": desk.Say("Self-test"), "heartbeat": desk.Say("The desk itself"),
	},
	"part": {
		desk.PartStore: desk.Say("Storage"), desk.PartWriter: desk.Say("Hearing"), desk.PartDetectors: desk.Say("Detectors"), desk.PartTimers: desk.Say("Escalations"),
		desk.PartMessages: desk.Say("Messages"),
	},
	"readydo": {
		"sources": desk.Say("Connect a source"), "team": desk.Say("Add colleagues"), "plan": desk.Say("Put names into the plan"),
		"contacts": desk.Say("Choose how alerts reach you"), "channels": desk.Say("Add a channel"),
	},
	"readyhelp": {
		"sources":  desk.Say("Feeds of news sites and Google Alerts, Mastodon, Bluesky, a webhook from any program, or a file: two minutes each."),
		"team":     desk.Say("Name and address are enough. One other person is enough to begin with: somebody has to stand in for you."),
		"plan":     desk.Say("A whole plan comes with the program, in your language: levels, tasks, scenarios, messages. Only the names are missing."),
		"contacts": desk.Say("By mail, chat, text message or telephone, so that somebody hears of it at night, too."),
		"channels": desk.Say("Mastodon, Bluesky, WordPress, a list of mail addresses, a webhook, or a checklist for the phone line and the shop door."),
	},
	"readystate": {
		plan.Good: desk.Say("well"), plan.Soon: desk.Say("soon"), plan.Bad: desk.Say("to mend"),
	},
	"policy": {
		"social": desk.Say("Social media"), "copyright": desk.Say("Copyright"), "privacy": desk.Say("Privacy"), "confidentiality": desk.Say("Confidentiality"),
		"voice": desk.Say("Brand voice"), "accounts": desk.Say("Personal accounts"), "other": desk.Say("Other"),
	},
	"repeat": {
		"": desk.Say("once"), "week": desk.Say("every week"), "fortnight": desk.Say("every two weeks"), "month": desk.Say("every month"),
		"quarter": desk.Say("every three months"), "year": desk.Say("every year"),
	},
	"difference": {
		"added": desk.Say("added"), "removed": desk.Say("taken away"), "changed": desk.Say("changed"),
	},
	"because": {
		desk.BecauseCampaign: desk.Say("Our own campaign"), desk.BecauseJoke: desk.Say("A joke"), desk.BecauseNotUs: desk.Say("Not about us"),
		desk.BecauseKnown: desk.Say("Known already"), desk.BecauseSmall: desk.Say("Too small to matter"), desk.BecauseOther: desk.Say("Something else"),
	},
	"voice": {
		"": desk.Say("Everybody"), desk.VoiceMedia: desk.Say("Media"), desk.VoiceInfluencer: desk.Say("Influencer"), desk.VoiceCustomer: desk.Say("Customer"),
		desk.VoiceEmployee: desk.Say("Employee"), desk.VoiceBot: desk.Say("Perhaps automated"), desk.VoiceUnknown: desk.Say("Unknown"),
	},
	"sensitivity": {
		"low": desk.Say("Low: only the unmistakable"), "balanced": desk.Say("Balanced"), "high": desk.Say("High: rather one too many"),
	},
	"measure": {
		"mentions": desk.Say("Mentions"), "negative": desk.Say("Negative mentions"), "negative_share": desk.Say("Negative share"),
		"reach": desk.Say("Followers of one author"), "people": desk.Say("Different people"),
	},
	"health": {
		desk.HealthNew: desk.Say("Not tried yet"), desk.HealthOK: desk.Say("Listening"), desk.HealthLimited: desk.Say("Slowed down by the network"),
		desk.HealthFailing: desk.Say("Cannot be reached"), desk.HealthDenied: desk.Say("Credentials refused"),
		desk.HealthBroken: desk.Say("Cannot be read"), desk.HealthSilent: desk.Say("Unusually silent"), desk.HealthPaused: desk.Say("Paused"),
	},
	"alert": {
		desk.AlertOpen: desk.Say("Nobody looked yet"), desk.AlertSeen: desk.Say("Acknowledged"),
		desk.AlertDecided: desk.Say("Decided"), desk.AlertEnded: desk.Say("Over"),
	},
	"decision": {
		desk.DecisionRoutine: desk.Say("Routine"), desk.DecisionWatch: desk.Say("Watch"),
		desk.DecisionCrisis: desk.Say("Crisis"), desk.DecisionNotUseful: desk.Say("Not useful"),
	},
	"incident": {
		desk.IncidentOpen: desk.Say("Open"), desk.IncidentWatched: desk.Say("Under watch"), desk.IncidentClosed: desk.Say("Closed"),
	},
	"phase": {
		"rising": desk.Say("Rising"), "peaking": desk.Say("At its peak"), "falling": desk.Say("Falling"), "steady": desk.Say("Steady"),
	},
	"cue":     enrich.CueTitles(),
	"cuehelp": enrich.CueHelps(),
	"detector": {
		"surge": desk.Say("Surge"), "mood": desk.Say("Mood"), "voice": desk.Say("Far-reaching voice"),
		"threshold": desk.Say("Your own rule"), "cue": desk.Say("Crisis cue"), "silence": desk.Say("Silent source"), "publishing": desk.Say("Our own posts"),
		"topic": desk.Say("Topic"),
	},
	"span": {
		"2h": desk.Say("2 hours"), "6h": desk.Say("6 hours"), "24h": desk.Say("24 hours"), "7d": desk.Say("7 days"), "28d": desk.Say("4 weeks"),
	},
	"removal": {
		desk.RemovalPending: desk.Say("Not decided"), desk.RemovalKeep: desk.Say("It stays"), desk.RemovalAmend: desk.Say("It stays, corrected"), desk.RemovalDelete: desk.Say("Deleted, and said so"),
	},
	"saidstate": {
		desk.StatementDraft: desk.Say("Draft"), desk.StatementReview: desk.Say("Waits for signatures"), desk.StatementApproved: desk.Say("Approved"),
		desk.StatementPublished: desk.Say("Published"), desk.StatementCorrected: desk.Say("Corrected"), desk.StatementWithdrawn: desk.Say("Withdrawn"),
	},
	"signedhow": {
		desk.SignedConsole: desk.Say("signed here"), desk.SignedLink: desk.Say("signed by link and PIN"), desk.SignedToken: desk.Say("signed by a program with their PIN"),
		desk.SignedGlass: desk.Say("without this signature, by two people"),
	},
	"theme": {
		"": desk.Say("As the device"), "light": desk.Say("Light"), "dark": desk.Say("Dark"),
	},
}

// cueTypes are the crisis cues that can be asked for, in the order in which they are shown.
var cueTypes = enrich.CueNames()

// word is the name of a value; a value that nobody named is shown as it is.
func word(group, value string) desk.Text {
	if t, ok := words[group][value]; ok {
		return t
	}
	if t, ok := assess.Names[group][value]; ok {
		return t
	}
	return desk.Text{Say: value}
}

// networkName is how people write a network's name.
func networkName(kind string) string { return desk.NetworkName(kind) }

// languages are named in themselves, as on any list of languages.
var languages = map[string]string{
	"en": "English", "he": "עברית", "pl": "Polski", "id": "Bahasa Indonesia", "zh": "中文", "zh-Hant": "繁體中文", "zh-Hans": "简体中文",
	"sv": "Svenska", "de": "Deutsch", "fr": "Français", "es": "Español", "pt": "Português", "it": "Italiano", "nl": "Nederlands",
	"ar": "العربية", "ru": "Русский", "uk": "Українська", "ja": "日本語", "ko": "한국어", "tr": "Türkçe", "da": "Dansk", "nb": "Norsk",
	"fi": "Suomi", "und": "–", "": "–",
}

func langName(code string) string {
	if n, ok := languages[code]; ok {
		return n
	}
	return code
}

// own is a name that somebody gave: it is shown as it is, in every language.
func own(name string) desk.Text { return desk.Say("{name}", "name", name) }
