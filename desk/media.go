package desk

import "strings"

// Media is a picture, film or file that goes out with a post, or that evidence was kept of. Its bytes lie in the store under
// their hash, once however often they are used.
type Media struct {
	Hash   string `json:"hash"` // SHA-256 of the bytes, hex
	Type   string `json:"type"` // MIME type, as the bytes say and not as somebody named it
	Name   string `json:"name"` // of the file, as it came
	Size   int64  `json:"size"` // bytes
	Width  int    `json:"width,omitempty"`
	Height int    `json:"height,omitempty"` // pixels
	Alt    string `json:"alt"`              // what it shows, for those who do not see it
}

// IsImage reports whether the media is a picture.
func (m *Media) IsImage() bool { return strings.HasPrefix(m.Type, "image/") }
