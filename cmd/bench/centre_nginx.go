package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
)

// benchNginx is nginx as one who knows it would set it up for this: everything in its caches, nothing logged, files compressed beforehand.
const benchNginx = `
worker_processes auto;
daemon off;
pid %[1]s/nginx.pid;
error_log %[1]s/error.log warn;
events { worker_connections 8192; }
http {
	access_log off;
	sendfile on;
	tcp_nopush on;
	keepalive_requests 100000000;
	open_file_cache max=1000;
	client_body_temp_path %[1]s/body;
	proxy_temp_path %[1]s/proxy;
	fastcgi_temp_path %[1]s/fastcgi;
	uwsgi_temp_path %[1]s/uwsgi;
	scgi_temp_path %[1]s/scgi;
	types { text/html html; application/json json; application/xml xml; }
	gzip_static on;
	server {
		listen %[2]s
		root %[1]s/www;
		add_header Cache-Control "public, max-age=15";
	}
}
`

func (b *centreBench) openNginx(program string) error {
	path, err := exec.LookPath(program)
	if err != nil {
		if path = "/usr/sbin/nginx"; !filepath.IsAbs(program) {
			_, err = os.Stat(path)
		}
		if err != nil {
			return fmt.Errorf("nginx is needed to compare with (test/install/servers.sh installs it): %w", err)
		}
	}
	address, err := freeAddress()
	if err != nil {
		return err
	}
	b.nginx = "http://" + address
	listen := address + ";"
	if b.trust != nil {
		b.nginx = "https://" + address
		listen = fmt.Sprintf("%[1]s ssl; ssl_protocols TLSv1.2 TLSv1.3; ssl_certificate %[2]s.crt; ssl_certificate_key %[2]s.key;", address, filepath.Join(b.dir, benchHost))
	}
	conf := filepath.Join(b.dir, "nginx.conf")
	if err := os.WriteFile(conf, fmt.Appendf(nil, benchNginx, b.dir, listen), 0o644); err != nil {
		return err
	}
	if err := os.Chmod(b.dir, 0o755); err != nil { // its workers are somebody else when root starts it
		return err
	}
	return b.start(b.nginx+"/kettle/", exec.Command(path, "-p", b.dir, "-e", filepath.Join(b.dir, "error.log"), "-c", conf))
}

func freeAddress() (string, error) {
	ln, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer ln.Close()
	return ln.Addr().String(), nil
}
