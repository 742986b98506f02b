package main

import "github.com/alecthomas/kong"

// cli is the whole command line; each command is a struct with a Run method in the file of its subject.
type cli struct {
	Remote  remote           `embed:""`
	Version kong.VersionFlag `help:"Print the version."`

	Serve serveCmd `cmd:"" help:"Run a desk."`
	Demo  demoCmd  `cmd:"" help:"Run a desk with a brand, a history and a crisis that unfolds by itself."`

	Import      importCmd      `cmd:"" help:"Take in mentions from CSV or NDJSON files."`
	Brand       brandCmd       `cmd:"" help:"What the desk protects."`
	Monitor     monitorCmd     `cmd:"" help:"What to listen for."`
	Cue         cueCmd         `cmd:"" help:"Words that point to a crisis: a brand's own, and what single mentions are about."`
	Statement   statementCmd   `cmd:"" help:"What we say: drafts, signatures, corrections."`
	Promise     promiseCmd     `cmd:"" help:"When we said that the next word comes."`
	Removal     removalCmd     `cmd:"" help:"Whether an offending post of ours stays."`
	Guard       guardCmd       `cmd:"" help:"What a brand adds to the checks before publishing."`
	Occasion    occasionCmd    `cmd:"" help:"What is known beforehand to bring mentions: campaigns, launches, holidays."`
	Oncall      oncallCmd      `cmd:"" help:"Who is on call, who is called one after another, and what became of it."`
	Selftest    selftestCmd    `cmd:"" help:"Call everybody by every way, and tell who was reached and how fast."`
	Plan        planCmd        `cmd:"" help:"The crisis communication plan: editions, files, comparison."`
	Readiness   readinessCmd   `cmd:"" help:"How ready the team is, and what would be missed tonight."`
	Contacts    contactsCmd    `cmd:"" help:"Who can be reached in a crisis, and how."`
	Briefing    briefingCmd    `cmd:"" help:"What our own people are told, who read it, and what they ask."`
	Centre      centreCmd      `cmd:"" help:"The public crisis centre: prepare, preview, publish, take down, export."`
	Subscribers subscribersCmd `cmd:"" help:"Who gets the updates of the crisis centre by e-mail, and what became of each."`
	Policy      policyCmd      `cmd:"" help:"What staff confirm to have read."`
	Meeting     meetingCmd     `cmd:"" help:"When the crisis committee meets."`
	Inbox       inboxCmd       `cmd:"" help:"Who wrote to us: read, answer, hand over, and how many people wait."`
	Mention     mentionCmd     `cmd:"" help:"Search what was heard."`
	Topics      topicsCmd      `cmd:"" help:"What is talked about: topics that were found by themselves."`
	Voice       voiceCmd       `cmd:"" help:"Who speaks: in their own words or others', and what kind of voice they are."`
	Correction  correctionCmd  `cmd:"" help:"What people said about moods, and what it taught."`
	Engine      engineCmd      `cmd:"" help:"An engine outside that reads what the desk is unsure of."`
	Radar       radarCmd       `cmd:"" help:"The figures of the last hour, against what is usual."`
	Events      eventsCmd      `cmd:"" help:"Follow what happens, as the desk sends it."`
	Alert       alertCmd       `cmd:"" help:"Read, acknowledge and decide alerts."`
	Incident    incidentCmd    `cmd:"" help:"Open, follow and close incidents."`
	Fact        factCmd        `cmd:"" help:"What is known in an incident: confirmed, being checked, withdrawn."`
	Claim       claimCmd       `cmd:"" help:"What is asserted in public about an incident, its verdict, and what to say instead."`
	Advice      adviceCmd      `cmd:"" help:"How to answer an incident, and which level the signs ask for."`
	Evidence    evidenceCmd    `cmd:"" help:"Posts kept as evidence."`
	Brief       briefCmd       `cmd:"" help:"Write a situation brief."`
	Channel     channelCmd     `cmd:"" help:"Where we speak: accounts, blogs, lists of addresses, checklists."`
	Source      sourceCmd      `cmd:"" help:"Where mentions come from."`
	Drill       drillCmd       `cmd:"" help:"Crises to rehearse."`
	Media       mediaCmd       `cmd:"" help:"Pictures and films for posts."`
	Export      exportCmd      `cmd:"" help:"Write mentions as NDJSON."`
	Hold        holdCmd        `cmd:"" help:"Stop everything that is about to go out."`
	Post        postCmd        `cmd:"" help:"What goes out, is out or is held; what is live where."`
	Journal     journalCmd     `cmd:"" help:"Who did what, and whether the record is intact."`
	Token       tokenCmd       `cmd:"" help:"Keys to the API."`
	Person      personCmd      `cmd:"" help:"Who works here: list them, see what hangs on somebody, let them go."`
	Keys        keysCmd        `cmd:"" help:"The key that seals secrets in the database."`
	SSO         ssoCmd         `cmd:"" name:"sso" help:"Single sign-on: how people come in by an OpenID provider."`
	Backup      backupCmd      `cmd:"" help:"Copy database and key while the desk runs."`
	Restore     restoreCmd     `cmd:"" help:"Put a backup into a data folder."`
	Check       checkCmd       `cmd:"" help:"Read a text as a network will, or verify a data folder and its journal."`
	User        userCmd        `cmd:"" help:"Accounts, directly in a data folder: for who is locked out."`
	Storybook   storybookCmd   `cmd:"" help:"Show every page in the states that hurt, without a desk behind it."`
	Ver         versionCmd     `cmd:"" name:"version" help:"Print the version, also of the desk that --server names."`
}

// remote says which desk a command speaks to.
type remote struct {
	Server string `help:"Address of the desk." env:"BREAKWATER_SERVER" default:"http://127.0.0.1:8080" placeholder:"URL"`
	Token  string `help:"Token for the desk's API." env:"BREAKWATER_TOKEN" placeholder:"TOKEN"`
	JSON   bool   `name:"json" help:"Print JSON instead of a table."`
}
