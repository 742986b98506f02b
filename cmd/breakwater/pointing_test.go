package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// The mark stands in the column of the character, also behind characters two columns wide or none.
func TestPointing(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]string{
		"cafe AND )":        "         ^",
		"星巴克 AND )":         "           ^",
		"cafe\u0301 AND )":  "         ^",
		"cafe\tAND 👩‍👩‍👧 )": "            ^",
	} {
		at := len([]rune(query)) - 1
		wrong := &problem{}
		if err := json.Unmarshal(fmt.Appendf(nil, `{"errors":[{"field":"query","at":%d}]}`, at), wrong); err != nil {
			t.Fatal(err)
		}
		var out strings.Builder
		_ = pointing(&out, wrong, query)
		if _, got, _ := strings.Cut(out.String(), "\n"); got != "  "+want+"\n" {
			t.Errorf("%q:\n%s", query, out.String())
		}
	}
}
