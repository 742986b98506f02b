package picture

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"strings"
)

// pngKept are the chunks that a picture needs or that change how it looks; text, times, Exif and everything private go.
const pngKept = " IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP cICP sBIT bKGD hIST pHYs acTL fcTL fdAT "

// maxProfile bounds a packed colour profile: a good one has a few kilobytes, a bomb unpacks to gigabytes.
const maxProfile = 64 << 10

func cleanPNG(b []byte, pixels int) ([]byte, error) {
	out := append(make([]byte, 0, len(b)), b[:8]...)
	frames := 0
	for i := 8; ; {
		if i+12 > len(b) {
			return nil, damaged("a PNG without its end")
		}
		size := int64(binary.BigEndian.Uint32(b[i:]))
		if size > int64(len(b)-i-12) {
			return nil, damaged("a part of a PNG is cut")
		}
		end := i + 12 + int(size)
		name := string(b[i+4 : i+8])
		if crc32.ChecksumIEEE(b[i+4:end-4]) != binary.BigEndian.Uint32(b[end-4:]) {
			return nil, damaged("a checksum of a PNG is wrong")
		}
		if name == "fcTL" {
			if frames++; frames > maxFrames || frames*pixels > maxMoving {
				return nil, ErrLarge
			}
		}
		if strings.Contains(pngKept, " "+name+" ") && (name != "iCCP" || size <= maxProfile) {
			out = append(out, b[i:end]...)
		}
		if name == "IEND" {
			return out, nil
		}
		i = end
	}
}

// cleanGIF keeps frames and how often they repeat; comments, text and other extensions go.
func cleanGIF(b []byte, pixels int) ([]byte, error) {
	const head = 13
	if len(b) < head {
		return nil, damaged("a GIF without its end")
	}
	i := head + table(b[10])
	if i > len(b) {
		return nil, damaged("a GIF without its end")
	}
	out := append(make([]byte, 0, len(b)), b[:i]...)
	for frames := 0; i < len(b); {
		from := i
		switch b[i] {
		case 0x3B:
			return append(out, 0x3B), nil
		case 0x2C:
			if i+10 > len(b) {
				return nil, damaged("a frame of a GIF is cut")
			}
			i += 10 + table(b[i+9]) + 1 // its size, its colours, the width of its codes
			if frames++; frames > maxFrames || frames*pixels > maxMoving {
				return nil, ErrLarge
			}
		case 0x21:
			i += 2
		default:
			return nil, damaged("a GIF with an unknown part")
		}
		end, ok := blocks(b, i)
		if !ok {
			return nil, damaged("a part of a GIF is cut")
		}
		if b[from] == 0x2C || b[from+1] == 0xF9 || b[from+1] == 0xFF && (bytes.HasPrefix(b[i:], []byte("\x0bNETSCAPE2.0")) || bytes.HasPrefix(b[i:], []byte("\x0bANIMEXTS1.0"))) {
			out = append(out, b[from:end]...)
		}
		i = end
	}
	return nil, damaged("a GIF without its end")
}

// table is how many bytes the colours take that a packed field announces.
func table(packed byte) int {
	if packed&0x80 == 0 {
		return 0
	}
	return 3 << (packed&7 + 1)
}

// blocks is behind the sub-blocks that begin at i.
func blocks(b []byte, i int) (int, bool) {
	for i < len(b) {
		n := int(b[i])
		i += 1 + n
		if n == 0 {
			return i, true
		}
	}
	return 0, false
}

// cleanWebP drops Exif, XMP and unknown chunks, and what hangs behind the file that the header announces.
func cleanWebP(b []byte) (out []byte, w, h int, err error) {
	if len(b) < 20 {
		return nil, 0, 0, damaged("a WebP without its end")
	}
	total := int64(binary.LittleEndian.Uint32(b[4:])) + 8
	if total > int64(len(b)) || total < 20 {
		return nil, 0, 0, damaged("a WebP without its end")
	}
	b = b[:total]
	out = append(make([]byte, 0, len(b)), b[:12]...)
	frames := 0
	for i := 12; i+8 <= len(b); {
		name, size := string(b[i:i+4]), int64(binary.LittleEndian.Uint32(b[i+4:]))
		end := int64(i) + 8 + size + size&1
		if int64(i)+8+size > total {
			return nil, 0, 0, damaged("a part of a WebP is cut")
		}
		end = min(end, total)
		body := b[i+8 : int64(i)+8+size]
		if strings.Contains(" VP8  VP8L VP8X ANIM ANMF ALPH ICCP ", " "+name+" ") {
			at := len(out)
			out = append(out, b[i:end]...)
			if cw, ch := webpSize(name, body); w == 0 {
				w, h = cw, ch
			}
			if name == "VP8X" && len(body) > 0 {
				out[at+8] &^= 0x0C // it announces Exif and XMP
			}
		}
		if name == "ANMF" {
			frames++
		}
		i = int(end)
	}
	binary.LittleEndian.PutUint32(out[4:], uint32(len(out)-8))
	if err := sized(w, h); err != nil {
		return nil, 0, 0, err
	}
	if frames > maxFrames || frames*w*h > maxMoving {
		return nil, 0, 0, ErrLarge
	}
	return out, w, h, nil
}

// webpSize is what a chunk says about the size of the picture.
func webpSize(name string, b []byte) (w, h int) {
	switch {
	case name == "VP8X" && len(b) >= 10:
		return 1 + (int(b[4]) | int(b[5])<<8 | int(b[6])<<16), 1 + (int(b[7]) | int(b[8])<<8 | int(b[9])<<16)
	case name == "VP8 " && len(b) >= 10 && b[3] == 0x9d && b[4] == 0x01 && b[5] == 0x2a:
		return int(binary.LittleEndian.Uint16(b[6:])) & 0x3FFF, int(binary.LittleEndian.Uint16(b[8:])) & 0x3FFF
	case name == "VP8L" && len(b) >= 5 && b[0] == 0x2f:
		bits := binary.LittleEndian.Uint32(b[1:])
		return 1 + int(bits&0x3FFF), 1 + int(bits>>14&0x3FFF)
	}
	return 0, 0
}

// isFilm reports whether the brand of an ISO file is that of a film, and not of a HEIC picture.
func isFilm(b []byte) bool {
	if len(b) < 12 {
		return false
	}
	switch string(b[8:12]) {
	case "isom", "iso2", "iso4", "iso5", "iso6", "mp41", "mp42", "avc1", "M4V ", "MSNV", "dash":
		return true
	}
	return false
}

// cleanMP4 blanks the boxes that hold place, device and author: they become free space of the same size, so that every offset in
// the film stays right.
func cleanMP4(b []byte) ([]byte, error) {
	out := bytes.Clone(b)
	n, err := blank(out, 0)
	if err != nil {
		return nil, err
	}
	return out[:n], nil
}

// maxDepth is how deep boxes that matter lie in each other.
const maxDepth = 8

// blank walks the boxes of b and returns where the last whole one ends.
func blank(b []byte, depth int) (end int, err error) {
	if depth > maxDepth {
		return 0, damaged("a film with boxes in boxes")
	}
	for end+8 <= len(b) {
		size, head := int64(binary.BigEndian.Uint32(b[end:])), 8
		name := string(b[end+4 : end+8])
		switch {
		case size == 1 && end+16 <= len(b):
			size, head = int64(binary.BigEndian.Uint64(b[end+8:])), 16
		case size == 0:
			size = int64(len(b) - end)
		}
		if size < int64(head) || size > int64(len(b)-end) {
			return 0, damaged("a part of a film is cut")
		}
		body := b[end+head : end+int(size)]
		switch name {
		case "moov", "trak", "mdia", "moof", "traf":
			if _, err := blank(body, depth+1); err != nil {
				return 0, err
			}
		case "udta", "meta", "uuid":
			copy(b[end+4:], "free")
			clear(body)
		case "free", "skip":
			clear(body)
		}
		end += int(size)
	}
	if depth == 0 && end < len(b) {
		return end, nil // a rest too small for a box is no film
	}
	return end, nil
}
