package needs

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver that makes the databases
)

// Postgres gives the address of a fresh, empty PostgreSQL database, which is dropped with the test. The server is the one that
// BREAKWATER_TEST_POSTGRES names, else one that is started once per test binary from the system's packages and ends with it.
func Postgres(t testing.TB) string {
	t.Helper()
	server := os.Getenv("BREAKWATER_TEST_POSTGRES")
	if server == "" {
		s, err := ownPostgres()
		if err != nil {
			Missing(t, "PostgreSQL", err.Error())
		}
		server = s.dsn
	}
	db, err := sql.Open("pgx", server)
	if err != nil {
		t.Fatal(err)
	}
	name := "test_" + strings.ToLower(rand.Text())
	if _, err := db.ExecContext(t.Context(), "CREATE DATABASE "+name); err != nil {
		db.Close()
		t.Fatalf("make a database: %v", err)
	}
	t.Cleanup(func() {
		defer db.Close()
		if _, err := db.ExecContext(context.Background(), "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Errorf("drop the database: %v", err)
		}
	})
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}

// postgresServer is a running server.
type postgresServer struct {
	dsn  string
	life io.Closer // the pipe that it lives as long as; held here, because the collector closes what nobody holds
}

// ownPostgres starts the server of this test binary.
var ownPostgres = sync.OnceValues(func() (s postgresServer, err error) {
	bin, err := postgresBin()
	if err != nil {
		return s, err
	}
	dir, err := os.MkdirTemp("", "breakwater-postgres-")
	if err != nil {
		return s, err
	}
	who, err := notRoot(dir)
	if err != nil {
		return s, err
	}
	initdb := exec.Command(filepath.Join(bin, "initdb"), "-D", dir+"/data", "-U", "postgres", "-A", "trust", "-E", "UTF8",
		"--locale=C", "--no-sync")
	initdb.Dir, initdb.SysProcAttr = dir, who
	if out, err := initdb.CombinedOutput(); err != nil {
		return s, fmt.Errorf("initdb: %w: %s", err, out)
	}
	port, err := unusedPort()
	if err != nil {
		return s, err
	}
	if s.life, err = servePostgres(dir, who, filepath.Join(bin, "postgres"), port); err != nil {
		return s, err
	}
	s.dsn = fmt.Sprintf("postgres://postgres@127.0.0.1:%d/postgres?sslmode=disable", port)
	return s, postgresAnswers(s.dsn, dir)
})

// postgresBin finds the newest server's programs.
func postgresBin() (string, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	best, version := "", -1
	for _, p := range found {
		if v, err := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(p)))); err == nil && v > version {
			best, version = filepath.Dir(p), v
		}
	}
	if best != "" {
		return best, nil
	}
	p, err := exec.LookPath("initdb")
	if err != nil {
		return "", fmt.Errorf("no server in /usr/lib/postgresql and no initdb in the path (make install-test-servers)")
	}
	return filepath.Dir(p), nil
}

// notRoot says as whom the server runs: it refuses to be root, so then it is the package's own account.
func notRoot(dir string) (*syscall.SysProcAttr, error) {
	attr := &syscall.SysProcAttr{Setpgid: true} // an interrupt of the terminal is for the tests; the server ends after them
	if os.Geteuid() != 0 {
		return attr, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, fmt.Errorf("running as root, and there is no account postgres: %w", err)
	}
	uid, _ := strconv.Atoi(u.Uid)
	gid, _ := strconv.Atoi(u.Gid)
	attr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return attr, os.Chown(dir, uid, gid)
}

// servePostgres starts the server under a shell that outlives this process by as long as it takes to stop the server and remove its
// files: its standard input is a pipe from us, which the system closes however we end.
func servePostgres(dir string, who *syscall.SysProcAttr, postgres string, port int) (io.Closer, error) {
	const script = `"$@" >"$0/log" 2>&1 & p=$!; cat; kill -INT $p; wait $p; rm -rf "$0"`
	cmd := exec.Command("/bin/sh", "-c", script, dir, postgres, "-D", dir+"/data", "-p", strconv.Itoa(port), "-k", dir,
		"-h", "127.0.0.1", "-c", "fsync=off", "-c", "full_page_writes=off", "-c", "max_connections=400", "-c", "shared_buffers=128MB")
	cmd.Dir, cmd.SysProcAttr = dir, who
	life, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	return life, cmd.Start()
}

func unusedPort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// postgresAnswers waits until the server does.
func postgresAnswers(dsn, dir string) error {
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		return err
	}
	defer db.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for {
		if err = db.PingContext(ctx); err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			log, _ := os.ReadFile(dir + "/log")
			return fmt.Errorf("the server does not answer: %w: %s", err, log)
		case <-time.After(50 * time.Millisecond):
		}
	}
}
