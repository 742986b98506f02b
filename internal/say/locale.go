package say

// locale is how a language writes dates, times and large numbers, from CLDR 46's abbreviated forms.
type locale struct {
	tag, name string
	rtl       bool
	day       string // {wd} {d} {mon}
	dayYear   string // {wd} {d} {mon} {y}
	clock     string // {h} {m}
	months    [12]string
	weekdays  [7]string // Sunday first
	compact   []unit    // largest first
	and       string    // between the last two of a list
	comma     string
}

type unit struct {
	at     float64
	suffix string
}

// locales are the languages of the desk, the first is the default.
var locales = []*locale{
	{
		tag: "en", name: "English", day: "{wd} {d} {mon}", dayYear: "{wd} {d} {mon} {y}", clock: "{h}:{m}",
		months:   [12]string{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"},
		weekdays: [7]string{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"},
		compact:  []unit{{1e9, "B"}, {1e6, "M"}, {1e3, "K"}}, and: " and ", comma: ", ",
	},
	{
		tag: "he", name: "עברית", rtl: true, day: "{wd} {d} ב{mon}", dayYear: "{wd} {d} ב{mon} {y}", clock: "{h}:{m}",
		months:   [12]string{"ינו׳", "פבר׳", "מרץ", "אפר׳", "מאי", "יוני", "יולי", "אוג׳", "ספט׳", "אוק׳", "נוב׳", "דצמ׳"},
		weekdays: [7]string{"יום א׳", "יום ב׳", "יום ג׳", "יום ד׳", "יום ה׳", "יום ו׳", "שבת"},
		compact:  []unit{{1e9, "B"}, {1e6, "M"}, {1e3, "K"}}, and: " ו־", comma: ", ",
	},
	{
		tag: "pl", name: "Polski", day: "{wd} {d} {mon}", dayYear: "{wd} {d} {mon} {y}", clock: "{h}:{m}",
		months:   [12]string{"sty", "lut", "mar", "kwi", "maj", "cze", "lip", "sie", "wrz", "paź", "lis", "gru"},
		weekdays: [7]string{"niedz.", "pon.", "wt.", "śr.", "czw.", "pt.", "sob."},
		compact:  []unit{{1e9, "\u00a0mld"}, {1e6, "\u00a0mln"}, {1e3, "\u00a0tys."}}, and: " i ", comma: ", ",
	},
	{
		tag: "id", name: "Bahasa Indonesia", day: "{wd}, {d} {mon}", dayYear: "{wd}, {d} {mon} {y}", clock: "{h}.{m}",
		months:   [12]string{"Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"},
		weekdays: [7]string{"Min", "Sen", "Sel", "Rab", "Kam", "Jum", "Sab"},
		compact:  []unit{{1e9, "\u00a0M"}, {1e6, "\u00a0jt"}, {1e3, "\u00a0rb"}}, and: " dan ", comma: ", ",
	},
	{
		tag: "zh-Hant", name: "繁體中文", day: "{mon}{d}日（{wd}）", dayYear: "{y}年{mon}{d}日（{wd}）", clock: "{h}:{m}",
		months:   [12]string{"1月", "2月", "3月", "4月", "5月", "6月", "7月", "8月", "9月", "10月", "11月", "12月"},
		weekdays: [7]string{"日", "一", "二", "三", "四", "五", "六"},
		compact:  []unit{{1e8, "億"}, {1e4, "萬"}}, and: "和", comma: "、",
	},
	{
		tag: "sv", name: "Svenska", day: "{wd} {d} {mon}", dayYear: "{wd} {d} {mon} {y}", clock: "{h}:{m}",
		months:   [12]string{"jan.", "feb.", "mars", "apr.", "maj", "juni", "juli", "aug.", "sep.", "okt.", "nov.", "dec."},
		weekdays: [7]string{"sön", "mån", "tis", "ons", "tors", "fre", "lör"},
		compact:  []unit{{1e9, "\u00a0md"}, {1e6, "\u00a0mn"}, {1e3, "\u00a0tn"}}, and: " och ", comma: ", ",
	},
}
