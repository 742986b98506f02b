// Package picture takes in pictures and films that people upload: it tells what they really are by their bytes, how large they
// are before anything is decoded, and leaves out what cameras and editors write beside the picture (place, device, author,
// previews, comments, and whatever hangs behind the end). The picture itself stays bit for bit.
package picture

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
)

// Picture is what was taken in.
type Picture struct {
	Type          string // MIME type
	Width, Height int    // pixels; 0 of a film
	Body          []byte // cleaned
	Removed       int    // bytes that were left out
}

// Errors of Clean.
var (
	// ErrType says that the bytes are none of the types that we take: JPEG, PNG, GIF, WebP, MP4. SVG is a program, not a picture.
	ErrType = errors.New("no picture of a known type")
	// ErrDamaged says that the file breaks off or contradicts itself.
	ErrDamaged = errors.New("the picture is damaged")
	// ErrLarge says that it would unpack to more than any network shows.
	ErrLarge = errors.New("the picture has too many pixels")
)

const (
	maxSide   = 16384    // pixels
	maxPixels = 64 << 20 // of a still: 256 MB when somebody's phone unpacks it
	maxFrames = 1000
	// maxMoving bounds the pixels of all frames of a moving picture.
	maxMoving = 1 << 30
)

// Types are the MIME types that Clean takes.
func Types() []string {
	return []string{"image/jpeg", "image/png", "image/gif", "image/webp", "video/mp4"}
}

// Type tells a type by its first bytes; empty when it is none that we take.
func Type(b []byte) string {
	at := func(i int, s string) bool { return len(b) >= i+len(s) && string(b[i:i+len(s)]) == s }
	switch {
	case at(0, "\xff\xd8\xff"):
		return "image/jpeg"
	case at(0, "\x89PNG\r\n\x1a\n"):
		return "image/png"
	case at(0, "GIF87a"), at(0, "GIF89a"):
		return "image/gif"
	case at(0, "RIFF") && at(8, "WEBP"):
		return "image/webp"
	case at(4, "ftyp") && isFilm(b):
		return "video/mp4"
	}
	return ""
}

// Clean takes a file in. ErrType, ErrDamaged or ErrLarge, wrapped.
func Clean(b []byte) (Picture, error) {
	p := Picture{Type: Type(b)}
	var err error
	switch p.Type {
	case "image/jpeg":
		p.Width, p.Height, err = size(jpeg.DecodeConfig(bytes.NewReader(b)))
		if err == nil {
			p.Body, err = cleanJPEG(b)
		}
	case "image/png":
		p.Width, p.Height, err = size(png.DecodeConfig(bytes.NewReader(b)))
		if err == nil {
			p.Body, err = cleanPNG(b, p.Width*p.Height)
		}
	case "image/gif":
		p.Width, p.Height, err = size(gif.DecodeConfig(bytes.NewReader(b)))
		if err == nil {
			p.Body, err = cleanGIF(b, p.Width*p.Height)
		}
	case "image/webp":
		p.Body, p.Width, p.Height, err = cleanWebP(b)
	case "video/mp4":
		p.Body, err = cleanMP4(b)
	default:
		return p, ErrType
	}
	if err != nil {
		return Picture{}, err
	}
	p.Removed = max(0, len(b)-len(p.Body))
	return p, nil
}

// size is what DecodeConfig found, when it is bearable.
func size(c image.Config, err error) (w, h int, _ error) {
	if err != nil {
		return 0, 0, damaged(err.Error())
	}
	return c.Width, c.Height, sized(c.Width, c.Height)
}

func sized(w, h int) error {
	switch {
	case w <= 0 || h <= 0:
		return fmt.Errorf("%w: no size", ErrDamaged)
	case w > maxSide || h > maxSide || w*h > maxPixels:
		return fmt.Errorf("%w: %d × %d", ErrLarge, w, h)
	}
	return nil
}

func damaged(why string) error { return fmt.Errorf("%w: %s", ErrDamaged, why) }
