package needs

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// S3Server is real storage that speaks S3's protocol, checks signatures, and keeps buckets as folders.
type S3Server struct {
	URL            string
	Access, Secret string
	Folder         string // each bucket is a folder in it
}

// S3 starts such storage on 127.0.0.1 and stops it with the test. It needs what test/install/programs.sh installs.
func S3(t testing.TB) *S3Server {
	t.Helper()
	program := filepath.Join(moduleRoot(t), ".bin", "versitygw")
	if _, err := os.Stat(program); err != nil {
		Missing(t, "storage that speaks S3's protocol", "test/install/programs.sh has not installed it")
	}
	s := &S3Server{Access: "AKIDTEST", Secret: "not-much-of-a-secret", Folder: t.TempDir()}
	for range 5 {
		address := fmt.Sprintf("127.0.0.1:%d", freePort(t))
		s.URL = "http://" + address
		ctx, stop := context.WithCancel(context.Background()) // the test's own ends before its clean-up
		cmd := exec.CommandContext(ctx, program, "--access", s.Access, "--secret", s.Secret, "--port", address, "--quiet", "posix", "--sidecar", t.TempDir(), s.Folder)
		said := &tail{}
		cmd.Stdout, cmd.Stderr = said, said
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan struct{})
		go func() { _ = cmd.Wait(); close(ended) }()
		t.Cleanup(func() { stop(); <-ended })
		for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
			if ask(ctx, s.URL) == nil {
				return s
			}
			select {
			case <-ended:
				deadline = time.Time{}
			default:
			}
		}
		t.Logf("%s: %s", address, said) // the port was taken in between
	}
	t.Fatal("the storage does not start")
	return nil
}
