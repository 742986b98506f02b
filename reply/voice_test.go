package reply

import (
	"slices"
	"strings"
	"testing"

	"breakwater/desk"
)

// asked is what somebody wrote, in each language.
var asked = map[string]string{
	"en":      "My kettle smells burnt and the hotline never answers. Is it safe to use?",
	"he":      "הקומקום שלי מסריח משרוף ובמוקד לא עונים. זה בטוח לשימוש?",
	"pl":      "Mój czajnik śmierdzi spalenizną, a infolinia nie odbiera. Czy można go używać?",
	"id":      "Ketel saya berbau hangus dan layanan telepon tidak pernah menjawab. Apakah aman dipakai?",
	"zh-Hant": "我的水壺有燒焦味，客服電話一直打不通，請問還能安全使用嗎？",
	"sv":      "Min vattenkokare luktar bränt och ingen svarar i telefonen. Är den säker att använda?",
}

// A good answer raises nothing, in any language: it takes up what they said, says what is so and what is done, and by when.
func TestGoodAnswersPass(t *testing.T) {
	t.Parallel()
	for lang, all := range map[string][]string{
		"en": {
			"Please unplug the kettle that smells burnt, and do not use it. We send you a new one today.",
			"That smell is worrying, and I am sorry nobody picked up. Unplug it, please; I call you before 17:00.",
			"You are right: the hotline was down since noon. It works again, and I will ring you about your kettle.",
			"You should have heard from us about the kettle by now, and you did not. I am on it.",
			"Sorry about the kettle. Clearly, you need an answer today: write me your number and I call you.",
			"You should get the new kettle on Monday; the burnt one can go to any shop.",
			"I understand. Obviously a burnt kettle is not what you bought. A new one is on its way.",
		},
		"he": {
			"נתקי בבקשה את הקומקום ואל תשתמשי בו. אנחנו שולחים לך חדש היום.",
			"ריח שרוף הוא סימן לעצור. צר לי שבמוקד לא ענו, אתקשר אלייך עד 17:00.",
			"היית צריכה לקבל תשובה מזמן. נתקי את הקומקום, ברור שריח כזה מטריד.",
			"זה לא בטוח כרגע, אז עדיף לא להשתמש בקומקום. חדש יישלח אליך מחר כי המלאי מגיע בבוקר.",
		},
		"pl": {
			"Proszę odłączyć czajnik i go nie używać. Dziś wysyłamy nowy.",
			"Oczywiście, że wymienimy czajnik. Proszę go nie włączać.",
			"Ma Pan rację, infolinia nie działała od południa. Oddzwonię w sprawie czajnika przed 17:00.",
			"Zapach spalenizny to znak, żeby przestać. Nowy czajnik wyjdzie dziś, bo magazyn czynny do 20.",
		},
		"id": {
			"Tolong cabut ketel itu dan jangan dipakai. Hari ini kami kirim yang baru.",
			"Anda benar, telepon kami mati sejak siang. Saya menelepon Anda soal ketel sebelum pukul 17.00.",
			"Anda seharusnya sudah menerima jawaban soal ketel itu. Saya urus sekarang.",
			"Bau hangus berarti berhenti dulu. Ketel baru dikirim hari ini karena gudang buka sampai malam.",
		},
		"zh-Hant": {
			"請先拔掉水壺插頭，不要再使用。我們今天就寄一個新的給您。",
			"客服電話從中午起故障，很抱歉讓您打不通。下午五點前我會打給您。",
			"您應該明天就會收到新的水壺，舊的請先不要用。",
			"有燒焦味就請停用。新的水壺今天寄出，因為倉庫今天有開。",
		},
		"sv": {
			"Dra ur vattenkokaren och använd den inte. Vi skickar en ny i dag.",
			"Du har rätt, telefonen har legat nere sedan lunch. Jag ringer dig om vattenkokaren före 17.",
			"Du borde ha fått svar om vattenkokaren för länge sedan. Jag tar hand om det nu.",
			"Luktar den bränt så använd den inte. En ny går i väg i dag eftersom lagret har öppet.",
		},
	} {
		for _, text := range all {
			if found := Hear(Spoken{Lang: lang, Text: text, Theirs: asked[lang], Near: 0.3}); len(found) > 0 {
				t.Errorf("%s: %q raises %s: %s", lang, text, found[0].Check, found[0].Say.English())
			}
		}
	}
}

// Each warning is raised in each language by what deserves it.
func TestWarnings(t *testing.T) {
	t.Parallel()
	for check, by := range map[string]map[string]string{
		"argues": {
			"en": "Actually, you are wrong: the kettle is fine.", "he": "אתה טועה, הקומקום תקין.", "pl": "Nie ma Pan racji, czajnik jest sprawny.",
			"id": "Anda salah, ketel itu baik-baik saja.", "zh-Hant": "您誤會了，水壺沒有問題。", "sv": "Du har fel, vattenkokaren är hel.",
		},
		"belittles": {
			"en": "We are the worst. Unplug the kettle.", "he": "אנחנו גרועים. נתקי את הקומקום.", "pl": "Jesteśmy beznadziejni. Proszę odłączyć czajnik.",
			"id": "Kami sangat buruk. Cabut ketel itu.", "zh-Hant": "我們很糟糕。請拔掉水壺插頭。", "sv": "Vi är värdelösa. Dra ur vattenkokaren.",
		},
		"canned": {
			"en": "We apologise for any inconvenience with the kettle.", "he": "אנו מתנצלים על אי הנוחות עם הקומקום.", "pl": "Przepraszamy za wszelkie niedogodności z czajnikiem.",
			"id": "Mohon maaf atas ketidaknyamanan soal ketel.", "zh-Hant": "水壺一事造成您的不便，敬請見諒。", "sv": "Vi beklagar eventuella besvär med vattenkokaren.",
		},
		"deaf": {
			"en": "We work on improving every day.", "he": "אנו עובדים כל יום כדי להשתפר.", "pl": "Codziennie pracujemy nad jakością.",
			"id": "Kami bekerja setiap hari untuk lebih baik.", "zh-Hant": "本公司每天都在努力改善品質。", "sv": "Vi jobbar varje dag på att bli bättre.",
		},
		"explains": {
			"en":      "The kettle was made in March because demand rose, due to the cold, since stores were empty, and as a result of that a part was changed.",
			"he":      "הקומקום יוצר במרץ בגלל הביקוש, עקב הקור, מכיוון שהמדפים ריקים, בשל כך הוחלף חלק.",
			"pl":      "Czajnik powstał w marcu, ponieważ rósł popyt, z powodu zimna, gdyż półki były puste, wskutek czego zmieniono część.",
			"id":      "Ketel dibuat bulan Maret karena permintaan naik, akibat cuaca dingin, sebab rak kosong, dan karena itu satu bagian diganti.",
			"zh-Hant": "因為三月需求增加，由於天冷，因為貨架空了，所以水壺換了零件。",
			"sv":      "Vattenkokaren gjordes i mars eftersom efterfrågan steg, på grund av kylan, därför att hyllorna var tomma, till följd av det byttes en del.",
		},
	} {
		for lang, text := range by {
			found := Hear(Spoken{Lang: lang, Text: text, Theirs: asked[lang]})
			if !slices.ContainsFunc(found, func(f desk.Finding) bool { return f.Check == check }) {
				t.Errorf("%s: %q does not raise %q, but %+v", lang, text, check, found)
			}
		}
	}
	near := Hear(Spoken{Lang: "en", Text: "Unplug the kettle.", Theirs: "kettle", Near: 0.83, Of: desk.Message{Text: "Unplug the kettle, Eva."}})
	if len(near) != 1 || near[0].Check != "copied" || !strings.Contains(near[0].Say.English(), "83 %") {
		t.Errorf("a copied answer raises %+v", near)
	}
}

// Copies are found though they greet somebody else and link elsewhere; answers about the same matter in other words are none.
func TestLikeness(t *testing.T) {
	t.Parallel()
	for lang, row := range map[string][3]string{
		"en":      {"@eva Please unplug the kettle at once. A new one is on its way to you.", "Please unplug the kettle at once, Tom! A new one is on its way to you. https://x.example", "A burnt smell means stop: leave it off, we are sending another today."},
		"he":      {"נתקי את הקומקום מיד. קומקום חדש בדרך אלייך.", "דנה, נתקי את הקומקום מיד. קומקום חדש בדרך אלייך!", "ריח שרוף הוא סימן לעצור, ומחר יגיע אחר במקומו."},
		"pl":      {"Proszę od razu odłączyć czajnik. Nowy jest już w drodze.", "Pani Ewo, proszę od razu odłączyć czajnik. Nowy jest już w drodze!", "Zapach spalenizny to znak, żeby przestać; jutro dostarczymy inny."},
		"id":      {"Tolong segera cabut ketel itu. Ketel baru sedang dikirim.", "Eva, tolong segera cabut ketel itu. Ketel baru sedang dikirim!", "Bau hangus berarti berhenti memakai; besok penggantinya tiba."},
		"zh-Hant": {"請立刻拔掉水壺插頭，新的水壺已經寄出。", "王小姐，請立刻拔掉水壺插頭，新的水壺已經寄出！", "有燒焦味就停用，明天會有另一個送到您家。"},
		"sv":      {"Dra ur vattenkokaren genast. En ny är på väg till dig.", "Eva, dra ur vattenkokaren genast! En ny är på väg till dig.", "Bränd lukt betyder stopp; i morgon kommer en annan hem till er."},
	} {
		if l := alike(pieces(row[0]), pieces(row[1])); l < desk.CopiedFrom {
			t.Errorf("%s: the copy is only %.2f like it", lang, l)
		}
		if l := alike(pieces(row[0]), pieces(row[2])); l > desk.CopiedFrom/2 {
			t.Errorf("%s: other words are %.2f like it", lang, l)
		}
	}
	if alike(pieces(""), pieces("")) != 0 || alike(pieces("a"), pieces("a")) > 1 {
		t.Error("nothing is like nothing")
	}
}
