package needs

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// nginxConf runs one process in a folder of its own. What it is given is its folder, its port, and the test's own directives.
const nginxConf = `
daemon off;
master_process off;
pid %[1]s/nginx.pid;
error_log %[1]s/error.log warn;
events { worker_connections 256; }
http {
	access_log %[1]s/access.log combined;
	client_body_temp_path %[1]s/body;
	proxy_temp_path %[1]s/proxy;
	fastcgi_temp_path %[1]s/fastcgi;
	uwsgi_temp_path %[1]s/uwsgi;
	scgi_temp_path %[1]s/scgi;
	types { application/rss+xml rss; application/atom+xml atom; application/feed+json json; text/html html; }
	limit_req_zone $server_name zone=one:64k rate=1r/m;
	server {
		listen 127.0.0.1:%[2]d;
		server_name _;
		root %[1]s/www;
		%[3]s
	}
}
`

// Nginx starts a real nginx on 127.0.0.1 with directives for its one server block, and stops it with the test. It answers
// with the address, such as http://127.0.0.1:4711, and the folder of the server: www in it is served, access.log in it tells
// what was asked. The zone "one" is there for limit_req: one request a minute.
func Nginx(t testing.TB, server string) (base, folder string) {
	t.Helper()
	program := Program(t, "nginx", "nginx", "/usr/sbin/nginx")
	folder = t.TempDir()
	if err := os.Mkdir(filepath.Join(folder, "www"), 0o755); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		port := freePort(t)
		base = fmt.Sprintf("http://127.0.0.1:%d", port)
		err := runNginx(t, program, folder, fmt.Appendf(nil, nginxConf, folder, port, server), base)
		if err == nil {
			return base, folder
		}
		t.Logf("port %d: %v", port, err) // taken in between, or the test's directives are wrong
	}
	said, _ := os.ReadFile(filepath.Join(folder, "error.log"))
	t.Fatalf("nginx does not start:\n%s", said)
	return "", ""
}

func freePort(t testing.TB) int {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func runNginx(t testing.TB, program, folder string, conf []byte, base string) error {
	name := filepath.Join(folder, "nginx.conf")
	if err := os.WriteFile(name, conf, 0o644); err != nil {
		return err
	}
	ctx, stop := context.WithCancel(context.Background()) // the test's own ends before its clean-up
	cmd := exec.CommandContext(ctx, program, "-p", folder, "-e", filepath.Join(folder, "error.log"), "-c", name)
	if err := cmd.Start(); err != nil {
		stop()
		return err
	}
	var how error // it ended; read after ended is closed
	ended := make(chan struct{})
	go func() { how = cmd.Wait(); close(ended) }()
	t.Cleanup(func() {
		stop()
		<-ended
	})
	for deadline := time.Now().Add(10 * time.Second); ; {
		err := ask(ctx, base)
		if err == nil {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("waited 10 s for an answer: %w", err)
		}
		select {
		case <-ended:
			return fmt.Errorf("ended: %w", how)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// ask reports whether a server answers at base, whatever it says.
func ask(ctx context.Context, base string) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base, nil)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	return res.Body.Close()
}
