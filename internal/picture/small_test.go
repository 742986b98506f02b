package picture

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"testing"
)

// half is a picture whose left half is red and whose right half is blue, or nothing.
func half(w, h int, right color.Color) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	draw.Draw(m, m.Rect, image.NewUniform(color.NRGBA{255, 0, 0, 255}), image.Point{}, draw.Src)
	draw.Draw(m, image.Rect(w/2, 0, w, h), image.NewUniform(right), image.Point{}, draw.Src)
	return m
}

func TestSmall(t *testing.T) {
	t.Parallel()
	blue := color.NRGBA{0, 0, 255, 255}
	var clear, solid, photo bytes.Buffer
	for _, err := range []error{png.Encode(&clear, half(900, 300, color.Transparent)), png.Encode(&solid, half(100, 40, blue)), jpeg.Encode(&photo, half(800, 400, blue), nil)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	lying := append([]byte{0xFF, 0xD8}, exif(6)...) // to be turned by a quarter, clockwise
	lying = append(lying, photo.Bytes()[2:]...)
	for name, tt := range map[string]struct {
		body      []byte
		kind      string
		w, h      int
		red, blue image.Point // where these are
		err       error
	}{
		"drawn":         {clear.Bytes(), "image/png", 300, 100, image.Pt(20, 50), image.Pt(-1, 0), nil},
		"fits":          {body: solid.Bytes(), err: ErrType},
		"photograph":    {photo.Bytes(), "image/jpeg", 300, 150, image.Pt(20, 75), image.Pt(280, 75), nil},
		"lying":         {lying, "image/jpeg", 150, 300, image.Pt(75, 20), image.Pt(75, 280), nil},
		"no picture":    {body: []byte("%PDF-1.7"), err: ErrType},
		"broken off":    {body: photo.Bytes()[:photo.Len()/2], err: ErrDamaged},
		"only its head": {body: clear.Bytes()[:20], err: ErrDamaged},
	} {
		got, err := Small(tt.body, 300)
		if !errors.Is(err, tt.err) || got.Type != tt.kind || got.Width != tt.w || got.Height != tt.h {
			t.Errorf("%s: %s %d × %d, %v; want %s %d × %d, %v", name, got.Type, got.Width, got.Height, err, tt.kind, tt.w, tt.h, tt.err)
			continue
		}
		if err != nil {
			continue
		}
		m, _, err := image.Decode(bytes.NewReader(got.Body))
		if err != nil {
			t.Fatal(err)
		}
		if r, _, b, _ := m.At(tt.red.X, tt.red.Y).RGBA(); r < 0xE000 || b > 0x2000 {
			t.Errorf("%s: no red at %v", name, tt.red)
		}
		if r, _, b, _ := m.At(tt.blue.X, tt.blue.Y).RGBA(); tt.blue.X >= 0 && (b < 0xE000 || r > 0x2000) {
			t.Errorf("%s: no blue at %v", name, tt.blue)
		}
		if _, _, _, a := m.At(299, 50).RGBA(); name == "drawn" && a != 0 {
			t.Errorf("%s: what was clear is not", name)
		}
	}
}
