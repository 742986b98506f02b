package api

import "breakwater/desk"

// rights are what each operation needs, beside the least role in the tables of the areas: the rows of the permission table.
// Operations for everyone have none.
var rights = invert(map[desk.Right][]string{
	desk.MaySee: {
		"subscriber-count", "letters-server", "mailing-list",
		"centre-list", "centre-read", "copy-kinds", "copy-list", "copy-read", "centre-preview", "centre-export", "centre-troubles",
		"reply-policy-read", "conversation-answers", "conversation-copied", "conversation-counts", "conversation-history", "conversation-list", "conversation-read",
		"briefing-list", "briefing-read", "briefing-readers", "briefing-shares", "rumour-list",
		"advice-read", "alert-list", "alert-read", "brand-list", "brand-read", "brief-file", "brief-read", "by-hand-list", "by-hand-photo",
		"by-hand-read", "channel-kinds", "channel-list", "channel-read", "claim-list", "claim-read", "claim-review", "claim-reviews",
		"claim-similar", "contact-export", "contact-list", "contact-read", "contact-rules-read", "correction-lesson", "correction-list",
		"correction-undo", "cue-file", "cue-progress", "cue-read", "cue-types", "escalation-letters", "escalation-list",
		"escalation-policies", "escalation-policy-read", "escalation-read", "event-stream", "evidence-file", "evidence-list",
		"evidence-read", "fact-list", "fact-read", "guard-read", "heartbeat-read", "hold-list", "hold-read", "hold-triage", "incident-list", "incident-read",
		"incident-room", "incident-timeline", "journal-key", "journal-list", "journal-verify", "me-password", "me-reach", "me-reach-save",
		"me-read", "me-save", "media-add", "media-read", "meeting-add", "meeting-delete", "meeting-feed", "meeting-list", "meeting-save",
		"mention-correct", "mention-cue", "mention-list", "mention-read", "monitor-list", "monitor-preview", "monitor-progress",
		"monitor-read", "monitor-replay", "monitor-try", "occasion-list", "occasion-read", "plan-compare", "plan-current", "plan-export",
		"plan-list", "plan-read", "plan-schema", "plan-suggest", "policy-confirm", "policy-list", "policy-read", "policy-readers",
		"post-list", "post-matrix", "post-read", "preflight-hashtag", "preflight-words", "promise-list", "radar-breakdown", "radar-crowd",
		"radar-media", "radar-numbers", "radar-series", "radar-sources", "radar-voices", "radar-words", "readiness-read", "rehearsal-last",
		"removal-list", "removal-read", "schedule-fairness", "schedule-list", "schedule-read", "schedule-shifts", "source-gaps",
		"source-kinds", "source-list", "source-opml", "source-read", "statement-list", "statement-read", "statement-versions",
		"topic-list", "topic-read", "user-read", "way-kinds", "way-list", "way-read",
		"press-read", "press-file", "centre-press-read", "centre-press-file",
	},
	desk.MayListen: {
		"alert-decide", "alert-end", "alert-mute", "alert-see", "brand-save", "cue-import", "cue-preview", "cue-remark", "cue-save",
		"monitor-add", "monitor-delete", "monitor-refill", "monitor-save", "monitor-unteach", "occasion-add", "occasion-delete",
		"occasion-import", "occasion-save", "source-add", "source-delete", "source-import", "source-opml-add", "source-pause",
		"source-resume", "source-save", "source-test", "voice-kind", "way-test",
	},
	desk.MayReply: {
		"conversation-answer", "conversation-hand-over", "conversation-served", "conversation-assign", "conversation-check", "conversation-claim", "conversation-done", "conversation-erase",
		"conversation-draft", "conversation-label", "conversation-leave", "claim-sitting", "conversation-note", "conversation-private", "reply-policy-save", "conversation-raise", "conversation-reopen",
		"conversation-snooze", "conversation-triage", "conversation-undo",
		"appraisal-save", "by-hand-tick", "claim-add", "claim-link", "claim-save", "contact-add", "contact-ask", "contact-confirm",
		"contact-decide", "contact-delete", "contact-import", "contact-save", "escalation-policy-add", "escalation-policy-delete",
		"escalation-policy-save", "escalation-take", "evidence-bundle", "evidence-discard", "evidence-keep", "evidence-until", "fact-add",
		"fact-save", "incident-close", "incident-describe", "incident-give", "incident-lead", "incident-level", "incident-note",
		"incident-open", "incident-reopen", "incident-step", "rehearsal-start", "schedule-add", "schedule-delete", "schedule-override",
		"schedule-save", "schedule-withdraw",
	},
	desk.MayDraft: {
		"press-save", "press-add", "press-remove", "centre-press-save", "centre-press-add", "centre-press-remove",
		"centre-add", "centre-ask", "centre-save",
		"briefing-add", "briefing-save",
		"guard-save", "plan-discard", "plan-draft", "plan-import", "plan-save", "policy-add", "policy-save", "preflight-check",
		"preflight-count", "promise-end", "promise-make", "removal-begin", "statement-begin", "statement-correct", "statement-second", "statement-submit",
		"statement-write",
	},
	desk.MayApprove: {
		"conversation-back", "conversation-sign",
		"plan-publish", "removal-decide", "statement-glass", "statement-reviewed", "statement-sign",
	},
	desk.MayPublish: {
		"centre-delete", "centre-publish", "centre-withdraw", "copy-pause", "copy-push", "copy-resume", "copy-test",
		"subscriber-read", "subscriber-forget",
		"mailing-go", "mailing-again", "mailing-letbe", "mailing-unknown",
		"briefing-end", "briefing-publish", "briefing-remind", "rumour-answer",
		"channel-check", "channel-pause", "channel-resume", "post-drop", "post-edit", "post-move", "post-retry", "post-schedule",
		"post-settle", "post-withdraw", "statement-publish", "statement-withdraw",
	},
	desk.MayHold: {
		"hold-press", "mailing-stop", "hold-rehearse",
	},
	desk.MayRelease: {
		"briefing-release",
		"hold-end", "hold-taken", "post-decide",
	},
	desk.MayAdminister: {
		"brand-add", "channel-add", "channel-delete", "channel-save", "channel-test", "contact-rules-save", "copy-add", "copy-delete", "copy-save", "copy-trust", "engine-allow", "engine-read",
		"engine-save", "engine-stop", "engine-test", "heartbeat-save", "journal-bundle", "keys-read", "keys-rotate", "letters-server-save", "letters-server-try", "subscriber-export", "subscriber-import", "sso-read", "sso-save", "sso-test", "token-add", "token-list", "token-revoke", "user-glass", "user-leave", "user-leaving", "user-unlink", "user-add", "user-list",
		"user-password", "user-save", "way-add", "way-delete", "way-save",
	},
})

// invert makes a table by operation of one by right.
func invert(by map[desk.Right][]string) map[string]desk.Right {
	rows := make(map[string]desk.Right)
	for right, ids := range by {
		for _, id := range ids {
			rows[id] = right
		}
	}
	return rows
}
