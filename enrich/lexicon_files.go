package enrich

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"breakwater/desk"
	"breakwater/internal/outline"
	"breakwater/internal/sheet"
)

// CueFormats are the forms in which lists are read and written.
var CueFormats = []string{"csv", "yaml", "json"}

// cueRow is a line of a list as files hold it. Three kinds of row: an expression of one's own; with State "program off" an
// expression of the program that does not count; the same without Expression a whole type that is not told.
type cueRow struct {
	Type       string `yaml:"type" json:"type"`
	Expression string `yaml:"expression,omitempty" json:"expression,omitempty"`
	Language   string `yaml:"language,omitempty" json:"language,omitempty"`
	Strength   string `yaml:"strength,omitempty" json:"strength,omitempty"` // strong or supporting; empty: supporting
	State      string `yaml:"state,omitempty" json:"state,omitempty"`       // on, off, program off; empty: on
}

// Columns of a CSV list.
var cueColumns = []string{"type", "expression", "language", "strength", "state"}

const programOff = "program off"

func rowsOf(l desk.CueList) (rows []cueRow) {
	for _, c := range l.Cues {
		r := cueRow{Type: c.Type, Expression: c.Text, Language: c.Lang, Strength: "supporting", State: "on"}
		if c.Strong {
			r.Strength = "strong"
		}
		if c.Off {
			r.State = "off"
		}
		rows = append(rows, r)
	}
	for _, typ := range l.Off {
		rows = append(rows, cueRow{Type: typ, State: programOff})
	}
	for _, q := range l.Quiet {
		rows = append(rows, cueRow{Type: q.Type, Expression: q.Text, Language: q.Lang, State: programOff})
	}
	return rows
}

// WriteCues writes a list in one of CueFormats.
func WriteCues(w io.Writer, l desk.CueList, format string) error {
	rows := rowsOf(l)
	switch format {
	case "yaml":
		return yaml.NewEncoder(w).Encode(map[string][]cueRow{"cues": rows})
	case "json":
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		e.SetEscapeHTML(false)
		return e.Encode(map[string][]cueRow{"cues": rows})
	}
	c := sheet.NewWriter(w)
	c.Row(cueColumns...)
	for _, r := range rows {
		c.Row(r.Type, r.Expression, r.Language, r.Strength, r.State)
	}
	return c.Flush()
}

// maxCueFile bounds a list in a file.
const maxCueFile = 2 << 20

// ReadCues reads a list that WriteCues or a person wrote; the format is told from what it looks like. Brand and version are left
// to the caller. Errors: *desk.Invalid, with the line where there are lines.
func ReadCues(r io.Reader) (l desk.CueList, err error) {
	data, err := io.ReadAll(io.LimitReader(r, maxCueFile+1))
	if err != nil {
		return l, err
	}
	if len(data) > maxCueFile {
		return l, desk.Wrong("file", "The file is too long.")
	}
	rows, err := cueRows(bytes.TrimPrefix(data, []byte("\ufeff")))
	if err != nil {
		return l, err
	}
	var errs []error
	for i, row := range rows {
		if reason := row.into(&l); !reason.IsZero() {
			errs = append(errs, &desk.Invalid{Field: "file", Reason: desk.Say("Row {n}: {reason}", "n", i+1, "reason", reason)})
		}
	}
	return l, errors.Join(errs...)
}

// Import is a brand's list as it would be with a file: replaced by it, or (add) with what it adds. Save keeps it. Errors: those of
// ReadCues; desk.ErrNotFound; desk.ErrForbidden below lead.
func (l *Lexicon) Import(ctx context.Context, brandID int64, file io.Reader, add bool) (desk.CueList, error) {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return desk.CueList{}, err
	}
	now, err := l.List(ctx, brandID)
	if err != nil {
		return now, err
	}
	read, err := ReadCues(file)
	if err != nil {
		return now, err
	}
	if add {
		read.Cues, read.Off, read.Quiet = slices.Concat(now.Cues, read.Cues), slices.Concat(now.Off, read.Off), slices.Concat(now.Quiet, read.Quiet)
	}
	now.Cues, now.Off, now.Quiet = read.Cues, read.Off, read.Quiet
	return tidyCues(now), nil
}

func cueRows(data []byte) ([]cueRow, error) {
	head := strings.ToLower(strings.TrimSpace(string(data[:min(len(data), 200)])))
	head = strings.Replace(head, `"type"`, "type", 1)
	if strings.HasPrefix(head, "type,") || strings.HasPrefix(head, "type;") || strings.HasPrefix(head, "type\t") {
		return csvRows(data, rune(head[4]))
	}
	var file struct {
		Cues []cueRow `yaml:"cues"`
	}
	d := yaml.NewDecoder(bytes.NewReader(data)) // JSON is YAML
	d.KnownFields(true)
	err := outline.Check(data)
	if err == nil {
		err = d.Decode(&file)
	}
	if err != nil {
		return nil, desk.Wrong("file", "This is no list of cues: begin a CSV file with “type,expression,language,strength,state”, a YAML file with “cues:”. {detail}", "detail", err.Error())
	}
	return file.Cues, nil
}

func csvRows(data []byte, comma rune) ([]cueRow, error) {
	c := csv.NewReader(bytes.NewReader(data))
	c.Comma, c.FieldsPerRecord, c.TrimLeadingSpace = comma, -1, true
	all, err := c.ReadAll()
	if err != nil {
		return nil, desk.Wrong("file", "This is no list of cues: begin a CSV file with “type,expression,language,strength,state”, a YAML file with “cues:”. {detail}", "detail", err.Error())
	}
	at := map[string]int{}
	for i, name := range all[0] {
		name = strings.ToLower(strings.TrimSpace(name))
		if !slices.Contains(cueColumns, name) {
			return nil, desk.Wrong("file", "There is no column “{name}”: use type, expression, language, strength, state.", "name", name)
		}
		at[name] = i
	}
	var rows []cueRow
	for _, record := range all[1:] {
		get := func(name string) string {
			if i, ok := at[name]; ok && i < len(record) {
				return sheet.Disarmed(strings.TrimSpace(record[i]))
			}
			return ""
		}
		rows = append(rows, cueRow{get("type"), get("expression"), get("language"), get("strength"), get("state")})
	}
	return rows, nil
}

// into adds the row to a list and answers what is wrong with it; zero for nothing.
func (r cueRow) into(l *desk.CueList) desk.Text {
	strength, state := strings.ToLower(r.Strength), strings.ToLower(r.State)
	switch {
	case r.Type == "":
		return desk.Say("The type is missing.")
	case !slices.Contains([]string{"", "strong", "supporting"}, strength):
		return desk.Say("The strength is strong or supporting.")
	case !slices.Contains([]string{"", "on", "off", programOff}, state):
		return desk.Say("The state is on, off or program off.")
	case state == programOff && r.Expression == "":
		l.Off = append(l.Off, r.Type)
		return desk.Text{}
	case state == programOff:
		l.Quiet = append(l.Quiet, desk.QuietCue{Type: r.Type, Text: r.Expression, Lang: r.Language})
		return desk.Text{}
	}
	c := desk.OwnCue{Type: r.Type, Text: r.Expression, Lang: r.Language, Strong: strength == "strong", Off: state == "off"}
	if reason := checkCue(c); !reason.IsZero() {
		return reason
	}
	l.Cues = append(l.Cues, c)
	return desk.Text{}
}

// CueFileType is what a browser is told of a list in a format.
func CueFileType(format string) string {
	switch format {
	case "yaml":
		return "application/yaml; charset=utf-8"
	case "json":
		return "application/json"
	}
	return "text/csv; charset=utf-8"
}
