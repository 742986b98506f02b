package app

import (
	"io"

	"breakwater/plan"
)

// CheckPlan reads a plan's file and answers with what is wrong in it, by line and field.
func CheckPlan(r io.Reader) error {
	_, err := plan.Read(r)
	return err
}

// PlanSchema is the JSON Schema of a plan's file.
func PlanSchema() []byte { return plan.Schema() }
