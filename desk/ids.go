package desk

import (
	"encoding/json"
	"fmt"
	"strconv"
)

// IDs are identifiers that stay exact in JSON: strings there, because ids of mentions are larger than what JavaScript counts in.
type IDs []int64

// MarshalJSON writes strings.
func (ids IDs) MarshalJSON() ([]byte, error) {
	b := make([]byte, 0, 2+22*len(ids))
	b = append(b, '[')
	for i, id := range ids {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '"')
		b = strconv.AppendInt(b, id, 10)
		b = append(b, '"')
	}
	return append(b, ']'), nil
}

// UnmarshalJSON reads strings, and plain numbers too.
func (ids *IDs) UnmarshalJSON(b []byte) error {
	var list []json.RawMessage
	if err := json.Unmarshal(b, &list); err != nil {
		return err
	}
	*ids = make(IDs, 0, len(list))
	for _, raw := range list {
		s := string(raw)
		if unquoted, err := strconv.Unquote(s); err == nil {
			s = unquoted
		}
		id, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			return fmt.Errorf("id %q: not a whole number", s)
		}
		*ids = append(*ids, id)
	}
	return nil
}
