package tongue

// Letters that only some languages have. They decide where the model has not learned the language.
const (
	ukrainian = iota
	serbian
	belarusian
	persian
	urdu
	vietnamese
	romanian
	baltic // Latvian and Lithuanian have letters apart
	lithuanian
	icelandic
	turkish
	ligature
	russian
	ownLetters
)

// mark counts the letters that speak for a language by themselves.
func (x *reading) mark(r rune) {
	switch r {
	case 'і', 'ї', 'є', 'ґ':
		x.own[ukrainian]++
	case 'ђ', 'ј', 'љ', 'њ', 'ћ', 'џ':
		x.own[serbian]++
	case 'ў':
		x.own[belarusian]++
	case 'ы', 'э', 'ё':
		x.own[russian]++
	case 'پ', 'چ', 'ژ', 'گ', 'ی', 'ک':
		x.own[persian]++
	case 'ٹ', 'ڈ', 'ڑ', 'ے', 'ں', 'ھ', 'ہ':
		x.own[urdu]++
	case 'ă', 'ș', 'ț', 'ţ':
		x.own[romanian]++
	case 'ā', 'ē', 'ģ', 'ķ', 'ļ', 'ņ', 'ī':
		x.own[baltic]++
	case 'ė', 'į', 'ų':
		x.own[lithuanian]++
	case 'þ', 'ð':
		x.own[icelandic]++
	case 'װ', 'ױ', 'ײ':
		x.own[ligature]++
	case 'ơ', 'ư', 'đ':
		x.own[vietnamese]++
	default:
		if r >= 0x1EA0 && r < 0x1F00 {
			x.own[vietnamese]++
		}
	}
}
