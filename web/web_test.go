package web

import "testing"

func TestPagesParse(t *testing.T) {
	t.Parallel()
	if _, err := newConsole(Stages{}); err != nil {
		t.Fatal(err)
	}
}
