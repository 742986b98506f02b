package main

import (
	"encoding/json"
	"fmt"
	"text/tabwriter"

	"breakwater/app"
)

type drillCmd struct {
	List drillListCmd `cmd:"" help:"List the crises that can be rehearsed; demo --storm NAME plays one."`
}

type drillListCmd struct{}

// Run lists the storms. It asks no desk.
func (*drillListCmd) Run(r *remote, s streams) error {
	if r.JSON {
		return json.NewEncoder(s.Out).Encode(app.Storms())
	}
	w := tabwriter.NewWriter(s.Out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "NAME\tBRAND\tWHAT HAPPENS")
	for _, x := range app.Storms() {
		fmt.Fprintf(w, "%s\t%s\t%s\n", x.Name, x.Brand, x.Title)
	}
	return w.Flush()
}
