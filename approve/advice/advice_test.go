package advice

import (
	"slices"
	"strings"
	"testing"

	"breakwater/desk"
)

// bad are sentences that somebody might write at night, by language and by what is wrong with them.
var bad = map[string]map[string]string{
	"en": {
		"sorry_if": "We are sorry if anyone was offended by the film.", "passive": "Mistakes were made in our kitchen.", "no_comment": "We have no comment at this time.",
		"blame": "The customer failed to close the valve.", "excuse": "The delay was beyond our control.", "small": "This is an isolated incident.", "guess": "It was probably the milk.",
		"self": "We are only a family firm.", "stock": "We take this very seriously.", "boast": "Our world-class dairy tests every jar.", "jargon": "We will leverage our learnings.", "soon": "You hear from us soon.",
		"mixed": "We are sorry for the pain. The reports are false.",
	},
	"sv": {
		"sorry_if": "Vi ber om ursäkt om någon tog illa vid sig.", "passive": "Misstag har begåtts i köket.", "no_comment": "Vi kan inte kommentera saken.",
		"blame": "Det var kundens eget fel.", "excuse": "Förseningen låg utanför vår kontroll.", "small": "Det rör sig om enstaka fall.", "guess": "Det var troligen mjölken.",
		"self": "Vi är bara ett litet mejeri.", "stock": "Vi ser allvarligt på det inträffade.", "boast": "Vårt mejeri är världsledande.", "jargon": "Våra intressenter är informerade.", "soon": "Vi återkommer inom kort.",
		"mixed": "Vi ber om ursäkt. Uppgifterna stämmer inte.",
	},
	"pl": {
		"sorry_if": "Przepraszamy, jeśli ktoś poczuł się urażony.", "passive": "Popełniono błędy w kuchni.", "no_comment": "Bez komentarza.",
		"blame": "To był błąd użytkownika.", "excuse": "Opóźnienie wynikło z przyczyn od nas niezależnych.", "small": "To odosobniony przypadek.", "guess": "To prawdopodobnie mleko.",
		"self": "Jesteśmy tylko małą firmą.", "stock": "Traktujemy to bardzo poważnie.", "boast": "Jesteśmy liderem rynku.", "jargon": "Poinformowaliśmy interesariuszy.", "soon": "Odezwiemy się wkrótce.",
		"mixed": "Przepraszamy. Te doniesienia są bezpodstawne.",
	},
	"id": {
		"sorry_if": "Kami mohon maaf jika ada yang tersinggung.", "passive": "Telah terjadi kesalahan di dapur.", "no_comment": "Kami tidak dapat berkomentar.",
		"blame": "Ini ulah oknum karyawan.", "excuse": "Keterlambatan ini di luar kendali kami.", "small": "Ini hanya segelintir kasus.", "guess": "Sepertinya susunya.",
		"self": "Kami hanya usaha kecil.", "stock": "Keamanan pangan adalah prioritas utama kami.", "boast": "Pabrik kami berkelas dunia dan teraman.", "jargon": "Kami melakukan mitigasi.", "soon": "Kami kabari secepatnya.",
		"mixed": "Kami minta maaf. Kabar itu tidak benar.",
	},
	"he": {
		"sorry_if": "אנחנו מתנצלים אם מישהו נפגע.", "passive": "נעשו טעויות במטבח.", "no_comment": "בשלב זה אין תגובה.",
		"blame": "זה קרה באשמת הלקוח.", "excuse": "העיכוב נגרם מסיבות שהן מחוץ לשליטתנו.", "small": "מדובר במקרה בודד.", "guess": "כנראה החלב התקלקל.",
		"self": "אנחנו רק עסק קטן.", "stock": "אנו מטפלים בנושא במלוא הרצינות.", "boast": "המחלבה שלנו היא הבטוחה ביותר.", "jargon": "עדכנו את בעלי עניין.", "soon": "נחזור אליכם בהקדם.",
		"mixed": "אנחנו מצטערים. הדיווחים חסרי בסיס.",
	},
	"zh-Hant": {
		"sorry_if": "如有冒犯，敬請見諒。", "passive": "廚房作業疏失。", "no_comment": "對此無可奉告。", "blame": "這是個別員工的問題。", "excuse": "延誤屬於不可抗力。", "small": "這只是單一個案。", "guess": "大概是牛奶的問題。",
		"self": "我們只是小公司。", "stock": "公司對此高度重視。", "boast": "我們是世界級的乳品廠。", "jargon": "我們已通知利害關係人。", "soon": "我們會儘快說明。", "mixed": "我們道歉。這些報導並非事實。",
	},
	"zh-Hans": {
		"sorry_if": "如有冒犯，敬请谅解。", "passive": "厨房工作疏忽。", "no_comment": "对此无可奉告。", "blame": "这是临时工的问题。", "excuse": "延误属于不可抗力。", "small": "这只是个别现象。", "guess": "大概是牛奶的问题。",
		"self": "我们只是小公司。", "stock": "公司对此高度重视。", "boast": "我们是世界级的乳品厂。", "jargon": "我们将形成闭环。", "soon": "我们会尽快说明。", "mixed": "我们道歉。这些报道并非事实。",
	},
}

func found(lang, kind, text string) (names []string) {
	for _, f := range Read(lang, kind, text) {
		names = append(names, strings.TrimPrefix(f.Check, "advice."))
	}
	return names
}

func TestBadIsFound(t *testing.T) {
	t.Parallel()
	for lang, sentences := range bad {
		for rule, text := range sentences {
			if got := found(lang, "ordinary", text); !slices.Contains(got, rule) {
				t.Errorf("%s: %q: found %v, want %s", lang, text, got, rule)
			}
		}
		for _, r := range rules {
			if sentences[r.name] == "" {
				t.Errorf("%s has no example of %s", lang, r.name)
			}
		}
	}
}

// good are holding statements as they should be: nothing is to be said about them.
var good = map[string]string{
	"en":      "To everyone who fell ill after eating our yoghurt: we are sorry. 14 people told us since this morning. We have stopped selling it and are testing the milk. Please throw open jars away. Next update by 17:00.",
	"sv":      "Till er som blev sjuka av vår yoghurt: förlåt. 14 personer har hört av sig sedan i morse. Vi har stoppat försäljningen och testar mjölken. Släng öppnade burkar. Nästa besked senast kl. 17.00.",
	"pl":      "Wszystkich, którzy zachorowali po naszym jogurcie, przepraszamy. Od rana zgłosiło się 14 osób. Wstrzymaliśmy sprzedaż i badamy mleko. Prosimy wyrzucić otwarte słoiki. Kolejne informacje do 17:00.",
	"id":      "Kepada Anda yang sakit setelah makan yoghurt kami: kami minta maaf. Sejak pagi 14 orang menghubungi kami. Penjualan kami hentikan dan susunya kami periksa. Buang stoples yang sudah dibuka. Kabar berikutnya paling lambat pukul 17.00.",
	"he":      "לכל מי שחלה אחרי שאכל יוגורט שלנו: אנחנו מצטערים. מאז הבוקר פנו אלינו 14 בני אדם. עצרנו את המכירה ואנחנו בודקים את החלב. השליכו צנצנות פתוחות. העדכון הבא עד 17:00.",
	"zh-Hant": "對吃了我們優格而不舒服的您，我們道歉。今早起有 14 人與我們聯絡。我們已停售並檢驗牛奶。已開封的請丟棄。下一次更新不晚於 17:00。",
	"zh-Hans": "对吃了我们酸奶而不舒服的您，我们道歉。今早起有 14 人与我们联系。我们已停售并检验牛奶。已开封的请丢弃。下一次更新不晚于 17:00。",
}

func TestGoodIsLeftAlone(t *testing.T) {
	t.Parallel()
	for lang, text := range good {
		if got := found(lang, "holding", text); len(got) > 0 {
			t.Errorf("%s: a good statement is criticised for %v", lang, got)
		}
	}
}

// A holding statement without people or without a time is told so; an ordinary post is not.
func TestWhatIsMissing(t *testing.T) {
	t.Parallel()
	bare := map[string]string{
		"en": "The line stands still. The milk is tested.", "sv": "Linan står stilla. Mjölken testas.", "pl": "Linia stoi. Mleko jest badane.", "id": "Produksi berhenti. Susu diperiksa.",
		"he": "הקו עומד. החלב נבדק.", "zh-Hant": "生產線停止。牛奶檢驗中。", "zh-Hans": "生产线停止。牛奶检验中。",
	}
	for lang, text := range bare {
		if got := found(lang, "holding", text); !slices.Contains(got, "empathy") || !slices.Contains(got, "next") {
			t.Errorf("%s: %q: found %v, want empathy and next", lang, text, got)
		}
		if got := found(lang, "ordinary", text); len(got) > 0 {
			t.Errorf("%s: an ordinary post is told %v", lang, got)
		}
	}
	if got := found("en", "ordinary", strings.Repeat("very ", 40)+"long."); !slices.Contains(got, "long") {
		t.Errorf("a sentence of forty words: %v", got)
	}
}

// Hints point at the words, propose owned ones, and never block; a language that is not known gets none.
func TestHintsPoint(t *testing.T) {
	t.Parallel()
	text := "Hello. We apologize if anyone was offended. Mistakes were made."
	all := Read("en", "ordinary", text)
	if len(all) != 3 || text[all[1].From:all[1].To] != "if anyone was offended" && text[all[0].From:all[0].To] != "apologize if" {
		for _, f := range all {
			t.Logf("%s %q", f.Check, text[f.From:f.To])
		}
	}
	for _, f := range all {
		if f.Weight == desk.FindingBlock || f.Say.IsZero() || f.Fix.IsZero() || f.To <= f.From || f.Put == "" {
			t.Errorf("finding %+v", f)
		}
	}
	if got := Read("tlh", "holding", text); got != nil {
		t.Errorf("Klingon: %v", got)
	}
	for _, good := range []string{"The slightly", "Unsoonly", "mistakenly"} {
		if got := found("en", "ordinary", good); len(got) > 0 {
			t.Errorf("%q: %v", good, got)
		}
	}
}
