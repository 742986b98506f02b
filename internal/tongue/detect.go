package tongue

// Unknown is the answer when a text does not show its language.
const Unknown = "und"

// Detect answers with a language code, Unknown when the text does not show one, and how probable it is that the answer is
// right, 0 … 1. Languages: those of the model, and those whose script or letters say it.
func (m *Model) Detect(text string) (lang string, p float64) {
	x := m.pool.Get().(*scratch)
	defer m.pool.Put(x)
	x.readAll(m.letters, text)
	if x.total() < 2 {
		return Unknown, 0
	}
	switch s := x.script(); s {
	case latin:
		return m.latin(x)
	case hebrew:
		return m.choose(x, Hebrew)
	case han:
		if x.count[kana]*8 > x.count[han] {
			return "ja", 0.97
		}
		return m.choose(x, Han)
	case cyrillic:
		return m.cyrillic(x)
	case arabic:
		return x.arabic()
	default:
		if lang := ofScript[s]; lang != "" {
			return lang, 0.98
		}
	}
	return Unknown, 0
}

// ofScript are the languages that have a script nearly to themselves.
var ofScript = [scripts]string{hangul: "ko", greek: "el", thai: "th", indic: "hi"}

// sureLatin is how probable a language must be for an answer, by the number of letters: one word is a name more often than
// not.
func sureLatin(letters, words int) float64 {
	switch {
	case letters < 6, words == 1 && letters < 12:
		return 0.96
	case letters < 12:
		return 0.35
	}
	return 0.25
}

func (m *Model) latin(x *scratch) (string, float64) {
	n := x.count[latin]
	switch {
	case x.own[vietnamese]*12 > n && x.own[vietnamese] >= 2:
		return "vi", 0.95
	case x.own[romanian]*40 > n && x.own[romanian] >= 2:
		return "ro", 0.9
	case x.own[icelandic]*60 > n && x.own[icelandic] >= 2:
		return "is", 0.9
	case x.own[lithuanian]*50 > n && x.own[lithuanian] >= 2:
		return "lt", 0.9
	case x.own[baltic]*30 > n && x.own[baltic] >= 2:
		return "lv", 0.9
	}
	lang, p := m.choose(x, Latin)
	if p < sureLatin(n, x.latinWords()) {
		return Unknown, p
	}
	return lang, p
}

// latinWords is how many words there are, two at most.
func (x *reading) latinWords() int {
	n := 0
	for _, r := range x.words[1:] {
		if r == 0 {
			if n++; n == 2 {
				break
			}
		}
	}
	return n
}

func (m *Model) cyrillic(x *scratch) (string, float64) {
	switch {
	case x.own[belarusian] > 0:
		return "be", 0.9
	case x.own[ukrainian] > 0 && x.own[russian] <= x.own[ukrainian]:
		return "uk", 0.95
	case x.own[serbian] > 0:
		return "sr", 0.9
	}
	return m.choose(x, Cyrillic)
}

func (x *scratch) arabic() (string, float64) {
	switch {
	case x.own[urdu] > 0:
		return "ur", 0.9
	case x.own[persian] > 0:
		return "fa", 0.85
	}
	return "ar", 0.9
}

// owns is what a script's own characters say for a language beside the model, in its units (logits).
func (m *Model) owns(x *scratch, g Group, lang string, lean float64) float64 {
	switch {
	case g == Hebrew && lang == "yi":
		return 3 * float64(x.own[ligature])
	case g == Cyrillic && lang == "ru":
		return 2 * float64(x.own[russian])
	case g == Han && lang == "zh-Hant":
		return 5*lean + 4*float64(x.count[bopomofo])
	case g == Han && lang == "zh-Hans":
		return -5 * lean
	}
	return 0
}

// lean is how many more characters are Traditional only than Simplified only.
func (m *Model) lean(x *scratch) float64 {
	n := 0
	for _, r := range x.words {
		if r >= hanFrom && r < hanTo {
			n += int(m.han[r-hanFrom])
		}
	}
	return float64(n)
}
