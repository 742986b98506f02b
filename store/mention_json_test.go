package store

import (
	"encoding/json"
	"math"
	"reflect"
	"testing"
	"time"

	"breakwater/desk"
)

// TestAMentionIsKeptWhole fills every field there is, so that a new one that is not written fails.
func TestAMentionIsKeptWhole(t *testing.T) {
	t.Parallel()
	var full desk.Mention
	fill(t, reflect.ValueOf(&full).Elem())
	full.ID, full.Like = 0, 0 // the row has them, or the others like it
	for _, m := range []desk.Mention{
		{}, full,
		{Text: "quotes \" and \\, a\nline, \t tab, \x01, \u2028, </script>, 😀, שלום", Author: desk.Author{Followers: -1}},
		{Sentiment: -1e-9, Confidence: 1e21, Published: time.Date(1995, 1, 1, 0, 0, 0, 1, time.UTC)},
	} {
		text, err := mentionJSON(&m)
		if err != nil {
			t.Fatal(err)
		}
		plain, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		var got, want desk.Mention
		if err := decode(text, &got); err != nil {
			t.Fatalf("%v in %s", err, text)
		}
		if err := json.Unmarshal(plain, &want); err != nil {
			t.Fatal(err)
		}
		if want.Monitors = got.Monitors; len(m.Monitors) > 0 && !reflect.DeepEqual([]int64(got.Monitors), []int64(m.Monitors)) {
			t.Errorf("monitors %v, want %v", got.Monitors, m.Monitors)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("read back as\n%+v, want\n%+v", got, want)
		}
	}
	if _, err := mentionJSON(&desk.Mention{Sentiment: math.NaN()}); err == nil {
		t.Error("what is not a number was written")
	}
}

// fill gives every field a value that is not zero.
func fill(t *testing.T, v reflect.Value) {
	t.Helper()
	switch at, isTime := v.Interface().(time.Time); {
	case isTime && at.IsZero():
		v.Set(reflect.ValueOf(time.Date(2026, 11, 5, 6, 7, 8, 9000, time.UTC)))
		return
	case v.Type() == reflect.TypeFor[desk.Mood]():
		v.Set(reflect.ValueOf(desk.Negative))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(t, v.Field(i))
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range 2 {
			fill(t, v.Index(i))
		}
	case reflect.String:
		v.SetString("a word of " + v.Type().String())
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int8, reflect.Int64:
		v.SetInt(7)
	case reflect.Float64:
		v.SetFloat(0.25)
	default:
		t.Fatalf("a mention has a %s now: fill it here and write it in mentionJSON", v.Type())
	}
}
