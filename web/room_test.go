package web

import (
	"testing"

	"breakwater/desk"
)

// The open room is on every page, however many others were opened and closed since.
func TestTheOpenRoomIsFoundBehindClosedOnes(t *testing.T) {
	t.Parallel()
	h := open(t).furnish()
	duty := h.signedIn(desk.Lead)
	var first int64
	for i := range 60 {
		state := desk.IncidentClosed
		if i == 0 {
			state = desk.IncidentOpen
		}
		one, err := h.db.ChangeIncident(t.Context(), 0, desk.Act{Who: "desk", Do: "incident.open"}, func(x *desk.Incident, out *desk.Out) error {
			x.BrandID, x.Title, x.State, x.Level, out.Say = h.anyBrand(), "Kettles", state, desk.Severe, desk.Say("x")
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			first = one.ID
		}
	}
	_, _, page := duty.get("/statements")
	if len(page.All(`a[href="/statements/new?incident=`+itoa(first)+`"]`)) != 1 {
		t.Error("the open room is lost behind those that are over")
	}
}
