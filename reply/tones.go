package reply

// tone is what an answer in one language should not sound like. All in small letters.
type tone struct {
	argues    []string // contradicts the person
	belittles []string // makes the brand small
	canned    []string // everybody has read it a thousand times
	because   []string // begins a reason
	usual     []string // long words that tell nothing of what somebody wrote about
}

var tones = map[string]tone{
	"en": {
		argues:    []string{"you are wrong", "you're wrong", "that is not true", "that's not true", "actually,", "as we already said", "as already stated", "you should have read", "you should have known", "you should have checked", "you should have called", "you should have asked", "you should have contacted", "you failed to", "you misunderstood", "calm down", "to be fair", "with all due respect", "clearly you are", "clearly, you are", "clearly you did", "you obviously", "obviously you", "obviously, you"},
		belittles: []string{"we are terrible", "we're terrible", "we are the worst", "we failed miserably", "there is no excuse for us", "we are ashamed of ourselves", "we are so stupid", "we can't do anything right", "unforgivable of us"},
		canned:    []string{"we apologize for any inconvenience", "we apologise for any inconvenience", "your feedback is important to us", "we take this very seriously", "we value your feedback", "thank you for reaching out", "please be assured", "we regret any inconvenience", "your call is important"},
		because:   []string{" because ", " due to ", " since ", " as a result of ", " owing to ", " the reason "},
		usual:     []string{"about", "after", "again", "because", "before", "being", "could", "every", "please", "really", "should", "still", "their", "there", "these", "thing", "think", "those", "thanks", "would", "where", "which", "while", "years"},
	},
	"sv": {
		argues:    []string{"du har fel", "det stämmer inte", "det är inte sant", "faktiskt så", "som vi redan sagt", "du borde ha läst", "du borde ha vetat", "du borde ha ringt", "du borde ha kontaktat", "du har missförstått", "lugna ner dig", "med all respekt", "uppenbarligen har du", "du har uppenbarligen"},
		belittles: []string{"vi är värdelösa", "vi är usla", "vi är sämst", "vi skäms över oss själva", "oförlåtligt av oss", "vi kan ingenting"},
		canned:    []string{"vi beklagar eventuella besvär", "vi beklagar olägenheten", "din feedback är viktig för oss", "vi tar detta på största allvar", "dina synpunkter är viktiga för oss", "tack för att du hör av dig"},
		because:   []string{" eftersom ", " på grund av ", " därför att ", " till följd av ", " anledningen "},
		usual:     []string{"efter", "också", "bara", "eller", "finns", "varför", "skulle", "måste", "detta", "denna", "kommer", "nu", "mycket", "gärna", "vilken", "vilket"},
	},
	"pl": {
		argues:    []string{"nie masz racji", "nie ma pan racji", "nie mają państwo racji", "nie ma pani racji", "to nieprawda", "jak już pisaliśmy", "powinieneś był przeczytać", "powinnaś była przeczytać", "powinien pan był", "powinna pani była", "trzeba było przeczytać", "trzeba było zadzwonić", "źle zrozumiałeś", "źle zrozumiałaś", "proszę się uspokoić", "z całym szacunkiem", "oczywiście, że pan nie", "oczywiście, że pani nie"},
		belittles: []string{"jesteśmy beznadziejni", "jesteśmy najgorsi", "wstydzimy się za siebie", "niewybaczalne z naszej strony", "nic nie potrafimy"},
		canned:    []string{"przepraszamy za wszelkie niedogodności", "przepraszamy za utrudnienia", "twoja opinia jest dla nas ważna", "państwa opinia jest dla nas ważna", "traktujemy to bardzo poważnie", "dziękujemy za kontakt"},
		because:   []string{" ponieważ ", " bo ", " z powodu ", " gdyż ", " wskutek ", " dlatego, że "},
		usual:     []string{"proszę", "dlaczego", "jeszcze", "bardzo", "tylko", "przez", "kiedy", "gdzie", "który", "która", "które", "można", "będzie", "teraz", "wszystko"},
	},
	"id": {
		argues:    []string{"anda salah", "kamu salah", "itu tidak benar", "sebenarnya,", "seperti sudah kami katakan", "anda seharusnya membaca", "anda seharusnya tahu", "anda seharusnya menghubungi", "seharusnya anda membaca", "anda salah paham", "tolong tenang", "dengan segala hormat", "jelas sekali anda"},
		belittles: []string{"kami sangat buruk", "kami yang terburuk", "kami malu pada diri sendiri", "kami tidak becus", "tak termaafkan"},
		canned:    []string{"mohon maaf atas ketidaknyamanan", "kami mohon maaf atas ketidaknyamanannya", "masukan anda penting bagi kami", "kami menanggapi hal ini dengan serius", "terima kasih telah menghubungi kami"},
		because:   []string{" karena ", " disebabkan ", " sebab ", " akibat ", " alasannya "},
		usual:     []string{"adalah", "dengan", "untuk", "tidak", "sudah", "belum", "kenapa", "mengapa", "bagaimana", "tolong", "sangat", "seperti", "masih", "kalau"},
	},
	"he": {
		argues:    []string{"אתה טועה", "את טועה", "אתם טועים", "זה לא נכון", "כבר אמרנו", "היית צריך לקרוא", "היית צריכה לקרוא", "היית צריך לדעת", "היית צריכה לדעת", "היית צריך לפנות", "היית צריכה לפנות", "לא הבנת", "תירגע", "תירגעי", "עם כל הכבוד", "ברור שאתה", "ברור שאת", "ברור שלא הבנת"},
		belittles: []string{"אנחנו גרועים", "אנחנו הכי גרועים", "אנחנו מתביישים בעצמנו", "בלתי נסלח מצידנו", "אנחנו לא יודעים לעשות כלום"},
		canned:    []string{"אנו מתנצלים על אי הנוחות", "מתנצלים על אי הנוחות", "דעתך חשובה לנו", "הפידבק שלך חשוב לנו", "אנו מתייחסים לכך ברצינות", "תודה שפנית אלינו"},
		because:   []string{" כי ", " מכיוון ", " בגלל ", " עקב ", " בשל ", " הסיבה "},
		usual:     []string{"אנחנו", "אתם", "למה", "איפה", "בבקשה", "עכשיו", "מאוד", "אבל", "האם", "יותר", "שלכם", "שלי"},
	},
	"zh": {
		argues:    []string{"你錯了", "您錯了", "你错了", "您错了", "這不是真的", "这不是真的", "其實你", "其实你", "我們已經說過", "我们已经说过", "你應該先", "您應該先", "你早該", "您早該", "你应该先", "您应该先", "您應該知道", "你應該知道", "你誤會了", "您誤會了", "請冷靜", "请冷静", "恕我直言"},
		belittles: []string{"我們很糟糕", "我们很糟糕", "我們最差", "我們一無是處", "我們無地自容", "不可原諒"},
		canned:    []string{"造成您的不便", "造成不便", "深表歉意，敬請見諒", "敬請見諒", "敬请见谅", "您的意見對我們非常重要", "您的意见对我们非常重要", "我們高度重視", "我们高度重视", "感謝您的來信"},
		because:   []string{"因為", "因为", "由於", "由于", "原因是"},
	},
}
