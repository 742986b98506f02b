package alert

import (
	"testing"

	"breakwater/desk"
)

func TestWhatTheDeskDoesIsNoPartOfWhatOthersSay(t *testing.T) {
	t.Parallel()
	a, b := desk.Signal{Detector: ownDoing}, desk.Signal{Detector: "surge", MonitorID: 1}
	if kin(a, b) != apart || kin(b, a) != apart || kin(a, a) != apart {
		t.Error("a surge joins an alert about our own posts")
	}
}
