package api

import (
	"encoding/json"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"breakwater/desk"
)

// ID is an identifier in a request's body: a string there, because some are larger than what JavaScript counts in.
type ID int64

// Schema tells huma what an ID looks like.
func (ID) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Pattern: "^[0-9]{1,19}$", Description: "Id"}
}

// MarshalJSON writes a string.
func (id ID) MarshalJSON() ([]byte, error) { return json.Marshal(strconv.FormatInt(int64(id), 10)) }

// UnmarshalJSON reads a string.
func (id *ID) UnmarshalJSON(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return err
	}
	n, err := strconv.ParseInt(s, 10, 64)
	*id = ID(n)
	return err
}

func ids(list []ID) desk.IDs {
	var out desk.IDs
	for _, id := range list {
		out = append(out, int64(id))
	}
	return out
}
