package picture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"
)

func drawing(w, h int) *image.Paletted {
	p := image.NewPaletted(image.Rect(0, 0, w, h), color.Palette{color.White, color.Black, color.RGBA{200, 30, 30, 255}})
	for i := range p.Pix {
		p.Pix[i] = uint8(i % 3)
	}
	return p
}

func encoded(t *testing.T, kind string) []byte {
	t.Helper()
	var b bytes.Buffer
	var err error
	switch kind {
	case "jpeg":
		err = jpeg.Encode(&b, drawing(40, 30), nil)
	case "png":
		err = png.Encode(&b, drawing(40, 30))
	case "gif":
		err = gif.EncodeAll(&b, &gif.GIF{Image: []*image.Paletted{drawing(40, 30), drawing(40, 30)}, Delay: []int{5, 5}})
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// secret is what must not be found in what goes out.
const secret = "GPS 52.2297 21.0122 Ana's phone"

func segment(marker byte, body string) []byte {
	return append([]byte{0xFF, marker, byte((len(body) + 2) >> 8), byte(len(body) + 2)}, body...)
}

func chunk(name, body string) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	b = append(b, name+body...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

func box(name, body string) []byte {
	return append(binary.BigEndian.AppendUint32(nil, uint32(8+len(body))), name+body...)
}

func riff(chunks ...[]byte) []byte {
	body := append([]byte("WEBP"), bytes.Join(chunks, nil)...)
	return append(append([]byte("RIFF"), binary.LittleEndian.AppendUint32(nil, uint32(len(body)))...), body...)
}

func wchunk(name, body string) []byte {
	b := append([]byte(name), binary.LittleEndian.AppendUint32(nil, uint32(len(body)))...)
	b = append(b, body...)
	if len(body)%2 == 1 {
		b = append(b, 0)
	}
	return b
}

func TestCleanTakesOutWhatIsNotThePicture(t *testing.T) {
	t.Parallel()
	j, p, g := encoded(t, "jpeg"), encoded(t, "png"), encoded(t, "gif")
	turned := "Exif\x00\x00II\x2a\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00\x06\x00\x00\x00\x00\x00\x00\x00" + secret
	dirtyJPEG := bytes.Join([][]byte{j[:2], segment(0xE1, turned), segment(0xE1, "http://ns.adobe.com/xap/1.0/\x00"+secret), segment(0xED, secret), segment(0xFE, secret), segment(0xE2, "MPF\x00"+secret), j[2:], []byte("<script>" + secret)}, nil)
	dirtyPNG := bytes.Join([][]byte{p[:33], chunk("tEXt", "Comment\x00"+secret), chunk("eXIf", secret), chunk("prVt", secret), p[33:], []byte(secret)}, nil)
	end := len(g) - 1
	dirtyGIF := bytes.Join([][]byte{g[:end], []byte("\x21\xfe" + string(rune(len(secret))) + secret + "\x00"), []byte("\x21\xff\x0bXMP DataXMP" + string(rune(len(secret))) + secret + "\x00"), g[end:], []byte(secret)}, nil)
	vp8x := "\x0c\x00\x00\x00\x27\x00\x00\x1d\x00\x00"
	webp := append(riff(wchunk("VP8X", vp8x), wchunk("VP8L", "\x2f\x27\x40\x07\x00 "), wchunk("EXIF", secret), wchunk("XMP ", secret)), secret...)
	film := bytes.Join([][]byte{box("ftyp", "isom\x00\x00\x02\x00isom"), box("moov", string(box("mvhd", "0000"))+string(box("udta", secret))+string(box("trak", string(box("meta", secret))))), box("mdat", "frames"), box("uuid", secret)}, nil)
	for name, tc := range map[string]struct {
		dirty []byte
		typ   string
		w, h  int
	}{
		"jpeg": {dirtyJPEG, "image/jpeg", 40, 30}, "png": {dirtyPNG, "image/png", 40, 30}, "gif": {dirtyGIF, "image/gif", 40, 30},
		"webp": {webp, "image/webp", 40, 30}, "film": {film, "video/mp4", 0, 0},
	} {
		got, err := Clean(tc.dirty)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if bytes.Contains(got.Body, []byte(secret)) || got.Type != tc.typ || got.Width != tc.w || got.Height != tc.h {
			t.Errorf("%s: got %s, %d × %d, secret left: %t", name, got.Type, got.Width, got.Height, bytes.Contains(got.Body, []byte(secret)))
		}
		again, err := Clean(got.Body)
		if err != nil || !bytes.Equal(again.Body, got.Body) {
			t.Errorf("%s: cleaning twice is not cleaning once (%v)", name, err)
		}
	}
	clean, _ := Clean(dirtyJPEG)
	if o := orientation(clean.Body); o != 6 {
		t.Errorf("orientation is %d, want 6: the picture would lie on its side", o)
	}
	for name, b := range map[string][]byte{"jpeg": j, "png": p, "gif": g} {
		got, err := Clean(b)
		if err != nil {
			t.Fatal(err)
		}
		a, _, err1 := image.Decode(bytes.NewReader(b))
		c, _, err2 := image.Decode(bytes.NewReader(got.Body))
		if err1 != nil || err2 != nil || a.At(7, 9) != c.At(7, 9) || a.Bounds() != c.Bounds() {
			t.Errorf("%s looks different afterwards: %v, %v", name, err1, err2)
		}
	}
	if m, err := gif.DecodeAll(bytes.NewReader(mustClean(t, dirtyGIF))); err != nil || len(m.Image) != 2 || m.LoopCount != 0 {
		t.Errorf("the GIF does not move any more: %v", err)
	}
}

func mustClean(t *testing.T, b []byte) []byte {
	t.Helper()
	p, err := Clean(b)
	if err != nil {
		t.Fatal(err)
	}
	return p.Body
}

func TestCleanRefuses(t *testing.T) {
	t.Parallel()
	bomb := encoded(t, "png")
	bomb = bytes.Clone(bomb)
	binary.BigEndian.PutUint32(bomb[16:], 60000)
	binary.BigEndian.PutUint32(bomb[20:], 60000)
	binary.BigEndian.PutUint32(bomb[29:], crc32.ChecksumIEEE(bomb[12:29]))
	j := encoded(t, "jpeg")
	for name, tc := range map[string]struct {
		b    []byte
		want error
	}{
		"nothing": {nil, ErrType}, "text": {[]byte("hello"), ErrType},
		"svg":  {[]byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`), ErrType},
		"html": {[]byte("<html>"), ErrType}, "pdf": {[]byte("%PDF-1.7"), ErrType}, "heic": {box("ftyp", "heic\x00\x00\x00\x00mif1"), ErrType},
		"bomb": {bomb, ErrLarge}, "cut jpeg": {j[:len(j)-20], ErrDamaged}, "cut png": {encoded(t, "png")[:60], ErrDamaged}, "cut gif": {encoded(t, "gif")[:60], ErrDamaged},
		"webp bomb":    {riff(wchunk("VP8X", "\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff")), ErrLarge},
		"film in film": {append(box("ftyp", "isom\x00\x00\x02\x00"), nested(20)...), ErrDamaged}, "lying film": {append(box("ftyp", "isom\x00\x00\x02\x00"), 0x7f, 0xff, 0xff, 0xff, 'm', 'o', 'o', 'v'), ErrDamaged},
		"polyglot": {[]byte("\xff\xd8\xff\xe0<script>alert(1)</script>"), ErrDamaged},
	} {
		if _, err := Clean(tc.b); !errors.Is(err, tc.want) {
			t.Errorf("%s: got %v, want %v", name, err, tc.want)
		}
	}
}

func nested(n int) []byte {
	var b []byte
	for range n {
		b = box("moov", string(b))
	}
	return b
}

func FuzzClean(f *testing.F) {
	t := &testing.T{}
	for _, kind := range []string{"jpeg", "png", "gif"} {
		f.Add(encoded(t, kind))
	}
	f.Add(riff(wchunk("VP8L", "\x2f\x27\x40\x07\x00 ")))
	f.Add(append(box("ftyp", "isom\x00\x00\x02\x00"), box("moov", string(box("udta", strings.Repeat("x", 40))))...))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := Clean(b)
		if err != nil {
			return
		}
		if len(p.Body) > len(b)+40 || Type(p.Body) != p.Type {
			t.Fatalf("%d bytes became %d of %s", len(b), len(p.Body), Type(p.Body))
		}
		if again, err := Clean(p.Body); err != nil || !bytes.Equal(again.Body, p.Body) {
			t.Fatalf("cleaning twice is not cleaning once: %v", err)
		}
	})
}
