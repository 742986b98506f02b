package detect

import "strings"

// littleWords hold sentences together and say nothing by themselves. They rise by accident, whenever a language is spoken more
// than before. Our own list; a word too few here shows as a dull word in an alert, no more.
var littleWords = makeLittle(`
en: the an and or but if of to in on at by for from with about as into over after is are was were be been being am do does did
    has have had will would can could should may might must not no nor so than then that this these those there here it its it's
    he she they them his her their our your my me we us you who whom what when where why how all any some just very too also
    only more most out up down off i'm don't i've
he: של את על עם לא כן זה זו זאת הוא היא הם הן אני אתה את אתם אנחנו מה מי איך למה כי אם גם רק כל יש אין היה הייתה היו להיות
    או אבל עוד כבר אל מן בין לי לך לו לה לנו להם שלי שלו שלה שלנו שלכם כמו אז פה שם
pl: w we z ze na do od po za o u i a ale lub albo oraz że to ten ta te tego tej tym jest są był była było były być nie tak jak
    co kto gdy gdzie czy się mnie mi mu jej ich nas wam dla przez przy już tylko też bo by aby więc jeszcze może
id: yang dan di ke dari untuk dengan pada adalah ini itu ada tidak tak ga gak nggak juga saya aku kamu dia kami kita mereka
    atau tapi karena kalau jika sudah udah belum akan bisa lagi saja aja sih ya nya oleh dalam seperti
sv: och att det i på är som en ett den de för med till av om inte har jag du han hon vi ni man var så men eller från vid kan
    ska skulle här där nu när vad vem hur också bara efter över än sig sin sitt min mitt din er ert hade blev blir
zh: 的是 是的 不是 我們 我们 你們 你们 他們 他们 這個 这个 那個 那个 什麼 什么 沒有 没有 一個 一个 可以 因為 因为 所以 就是 還是 还是
`)

func makeLittle(list string) map[string]struct{} {
	words := make(map[string]struct{})
	for _, w := range strings.Fields(list) {
		if !strings.HasSuffix(w, ":") {
			words[w] = struct{}{}
		}
	}
	return words
}
