package link

import (
	"slices"
	"strings"
	"testing"
)

func TestLinks(t *testing.T) {
	t.Parallel()
	key := []byte(strings.Repeat("k", 32))
	m := New(key, "a")
	name := m.Name(7, -1, 1<<60)
	if got, ok := m.Read(name, 3); !ok || !slices.Equal(got, []int64{7, -1, 1 << 60}) {
		t.Fatalf("Read(%q) = %v, %v", name, got, ok)
	}
	swapped := func(i int) string {
		b := []byte(name)
		b[i] = map[bool]byte{true: 'A', false: 'B'}[b[i] != 'A']
		return string(b)
	}
	for _, bad := range []string{"", "x", name + "A", name[1:], name + "=", strings.Repeat("A", 300), "../../etc"} {
		if _, ok := m.Read(bad, 3); ok {
			t.Errorf("%q opens", bad)
		}
	}
	for i := range name {
		if _, ok := m.Read(swapped(i), 3); ok {
			t.Errorf("opens with character %d changed", i)
		}
	}
	for what, other := range map[string]Maker{"another purpose": New(key, "b"), "another key": New([]byte(strings.Repeat("x", 32)), "a")} {
		if _, ok := other.Read(name, 3); ok {
			t.Errorf("opens with %s", what)
		}
	}
	if _, ok := m.Read(name, 2); ok {
		t.Error("opens with fewer values")
	}
}

func FuzzRead(f *testing.F) {
	m := New([]byte(strings.Repeat("k", 32)), "a")
	f.Add(m.Name(1, 2))
	f.Fuzz(func(t *testing.T, name string) {
		if values, ok := m.Read(name, 2); ok && m.Name(values...) != name {
			t.Errorf("%q is not %v", name, values)
		}
	})
}
