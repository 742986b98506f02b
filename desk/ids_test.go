package desk_test

import (
	"encoding/json"
	"slices"
	"testing"

	"breakwater/desk"
)

func TestIDsStayExact(t *testing.T) {
	t.Parallel()
	tests := []struct {
		in   string
		want desk.IDs
		out  string
	}{
		{`["1863947561234567168","2"]`, desk.IDs{1863947561234567168, 2}, `["1863947561234567168","2"]`},
		{`[1863947561234567168,2]`, desk.IDs{1863947561234567168, 2}, `["1863947561234567168","2"]`},
		{`[]`, desk.IDs{}, `[]`},
		{`null`, desk.IDs{}, `[]`},
	}
	for _, tt := range tests {
		var got desk.IDs
		if err := json.Unmarshal([]byte(tt.in), &got); err != nil || !slices.Equal(got, tt.want) {
			t.Errorf("reading %s = %v, %v, want %v", tt.in, got, err, tt.want)
		}
		if out, err := json.Marshal(got); err != nil || string(out) != tt.out {
			t.Errorf("writing %v = %s, %v, want %s", got, out, err, tt.out)
		}
	}
	for _, bad := range []string{`["one"]`, `[1.5]`, `{}`, `["1"`} {
		var got desk.IDs
		if err := json.Unmarshal([]byte(bad), &got); err == nil {
			t.Errorf("reading %s = %v, want an error", bad, got)
		}
	}
}
