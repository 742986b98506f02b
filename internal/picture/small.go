package picture

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	_ "image/gif" // decoded by image.Decode
	"image/jpeg"
	"image/png"
)

// maxSmall bounds the pixels that Small unpacks: 128 MB at most.
const maxSmall = 32 << 20

// maxSamples is how many points of a row or column make one point of the small picture: more would not be seen.
const maxSamples = 6

// Small makes a still picture that fits into a square of so many pixels, from one that Clean took in, turned as it is to be seen. With
// transparent parts, or when that is smaller, it is a PNG, else a JPEG. A picture that fits already, a type that is not decoded here (WebP,
// films) and a picture of more than 32 million pixels give ErrType.
func Small(b []byte, side int) (Picture, error) {
	c, kind, err := image.DecodeConfig(bytes.NewReader(b))
	switch {
	case errors.Is(err, image.ErrFormat), err == nil && (c.Width*c.Height > maxSmall || max(c.Width, c.Height) <= side):
		return Picture{}, ErrType
	case err != nil:
		return Picture{}, damaged(err.Error())
	}
	full, _, err := image.Decode(bytes.NewReader(b))
	if err != nil {
		return Picture{}, damaged(err.Error())
	}
	turned := 1
	if kind == "jpeg" {
		turned = orientation(b)
	}
	small := shrink(full, side, turned)
	return encode(small, kind == "jpeg")
}

// encode writes a picture in the smaller of the types that can hold it.
func encode(m *image.NRGBA, photo bool) (p Picture, err error) {
	p = Picture{Width: m.Rect.Dx(), Height: m.Rect.Dy()}
	var lossless, lossy bytes.Buffer
	if !photo {
		if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&lossless, m); err != nil {
			return p, err
		}
		p.Type, p.Body = "image/png", lossless.Bytes()
	}
	if !m.Opaque() {
		return p, nil
	}
	if err := jpeg.Encode(&lossy, m, &jpeg.Options{Quality: 82}); err != nil {
		return p, err
	}
	if photo || lossy.Len() < lossless.Len()/2 { // a JPEG of drawn letters is blurred: it has to be worth it
		p.Type, p.Body = "image/jpeg", lossy.Bytes()
	}
	return p, nil
}

// shrink scales a picture down to fit into a square, and turns it as Exif's orientation says.
func shrink(full image.Image, side, turned int) *image.NRGBA {
	from := full.Bounds()
	w, h := from.Dx(), from.Dy()
	if turned >= 5 { // on its side
		w, h = h, w
	}
	scale := float64(max(w, h)) / float64(side)
	out := image.NewNRGBA(image.Rect(0, 0, max(1, int(float64(w)/scale+0.5)), max(1, int(float64(h)/scale+0.5))))
	samples := min(maxSamples, int(scale)+1)
	for y := range out.Rect.Dy() {
		for x := range out.Rect.Dx() {
			var r, g, b, a, n uint64
			for i := range samples * samples {
				u := int((float64(x) + (float64(i%samples)+0.5)/float64(samples)) * float64(w) / float64(out.Rect.Dx()))
				v := int((float64(y) + (float64(i/samples)+0.5)/float64(samples)) * float64(h) / float64(out.Rect.Dy()))
				sx, sy := source(min(u, w-1), min(v, h-1), w, h, turned)
				pr, pg, pb, pa := full.At(from.Min.X+sx, from.Min.Y+sy).RGBA()
				r, g, b, a, n = r+uint64(pr), g+uint64(pg), b+uint64(pb), a+uint64(pa), n+1
			}
			out.Set(x, y, color.RGBA64{uint16(r / n), uint16(g / n), uint16(b / n), uint16(a / n)})
		}
	}
	return out
}

// source is where the point of a turned picture, w by h, lies in the one that was decoded (Exif 2.32, 4.6.4 A, Orientation).
func source(x, y, w, h, turned int) (int, int) {
	switch turned {
	case 2:
		return w - 1 - x, y
	case 3:
		return w - 1 - x, h - 1 - y
	case 4:
		return x, h - 1 - y
	case 5:
		return y, x
	case 6:
		return y, w - 1 - x
	case 7:
		return h - 1 - y, w - 1 - x
	case 8:
		return h - 1 - y, x
	}
	return x, y
}
