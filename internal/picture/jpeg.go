package picture

import (
	"bytes"
	"encoding/binary"
)

// cleanJPEG keeps what decoding needs: tables, frames, scans, the JFIF header, the colour profile and Adobe's colour transform. Of
// Exif only the orientation stays, written anew, or the picture would lie on its side.
func cleanJPEG(b []byte) ([]byte, error) {
	out := append(make([]byte, 0, len(b)), 0xFF, 0xD8)
	turned := orientation(b)
	if turned > 1 {
		out = append(out, exif(turned)...)
	}
	for i := 2; ; {
		for i < len(b) && b[i] == 0xFF && i+1 < len(b) && b[i+1] == 0xFF {
			i++ // fill bytes
		}
		if i+2 > len(b) || b[i] != 0xFF {
			return nil, damaged("a JPEG without its end")
		}
		marker := b[i+1]
		if marker == 0xD9 {
			return append(out, 0xFF, 0xD9), nil // what hangs behind it is no picture
		}
		if marker == 0x01 || marker >= 0xD0 && marker <= 0xD7 {
			i += 2
			continue
		}
		if i+4 > len(b) {
			return nil, damaged("a JPEG without its end")
		}
		size := int(binary.BigEndian.Uint16(b[i+2:]))
		if size < 2 || i+2+size > len(b) {
			return nil, damaged("a part of a JPEG is cut")
		}
		segment := b[i : i+2+size]
		if keepsSegment(marker, segment[4:]) {
			out = append(out, segment...)
		}
		i += 2 + size
		if marker == 0xDA {
			end := scanEnd(b, i)
			out = append(out, b[i:end]...)
			i = end
		}
	}
}

func keepsSegment(marker byte, body []byte) bool {
	switch {
	case marker == 0xE0:
		return bytes.HasPrefix(body, []byte("JFIF\x00"))
	case marker == 0xE2:
		return bytes.HasPrefix(body, []byte("ICC_PROFILE\x00"))
	case marker == 0xEE:
		return bytes.HasPrefix(body, []byte("Adobe"))
	}
	return marker >= 0xC0 && marker <= 0xDF // frames, tables, scans; not the other APPn, comments, extensions
}

// scanEnd is where the coded data that begins at i ends: at the next marker that is no restart.
func scanEnd(b []byte, i int) int {
	for {
		n := bytes.IndexByte(b[i:], 0xFF)
		if n < 0 || i+n+1 >= len(b) {
			return len(b)
		}
		i += n
		if next := b[i+1]; next != 0 && (next < 0xD0 || next > 0xD7) && next != 0xFF {
			return i
		}
		i++
		if b[i] == 0 {
			i++
		}
	}
}

// orientation is the Exif tag 0x0112 of a JPEG, 1 … 8; 1 where there is none.
func orientation(b []byte) int {
	for i := 2; i+4 <= len(b) && b[i] == 0xFF; {
		size := int(binary.BigEndian.Uint16(b[i+2:]))
		if b[i+1] == 0xDA || size < 2 || i+2+size > len(b) {
			return 1
		}
		if body, ok := bytes.CutPrefix(b[i+4:i+2+size], []byte("Exif\x00\x00")); ok && b[i+1] == 0xE1 {
			return turn(body)
		}
		i += 2 + size
	}
	return 1
}

func turn(tiff []byte) int {
	if len(tiff) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.LittleEndian
	if tiff[0] == 'M' {
		order = binary.BigEndian
	}
	at := int64(order.Uint32(tiff[4:]))
	if at < 8 || at+2 > int64(len(tiff)) {
		return 1
	}
	n := int64(order.Uint16(tiff[at:]))
	for e := at + 2; n > 0 && e+12 <= int64(len(tiff)); n, e = n-1, e+12 {
		if order.Uint16(tiff[e:]) == 0x0112 {
			if o := int(order.Uint16(tiff[e+8:])); o >= 1 && o <= 8 {
				return o
			}
			return 1
		}
	}
	return 1
}

// exif is a segment that says nothing but the orientation.
func exif(o int) []byte {
	return append([]byte("\xff\xe1\x00\x22Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00"), byte(o), 0, 0, 0, 0, 0, 0)
}
