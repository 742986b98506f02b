package needs

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// WordPressSite is a real WordPress of a test's own, with its database.
type WordPressSite struct {
	URL      string // http://127.0.0.1:4711
	User     string // may do everything
	Password string // an application password
	Author   string // may publish, but not write every HTML
	AuthorPW string

	folder string
}

// wordpressConfig is the site's wp-config.php: its folder, twice, and its address, twice.
const wordpressConfig = `<?php
define('DB_NAME', 'wordpress'); define('DB_USER', 'root'); define('DB_PASSWORD', '');
define('DB_HOST', 'localhost:%[1]s/db.sock'); define('DB_CHARSET', 'utf8mb4'); define('DB_COLLATE', '');
define('WP_HOME', '%[2]s'); define('WP_SITEURL', '%[2]s');
define('WP_ENVIRONMENT_TYPE', 'local'); define('WP_HTTP_BLOCK_EXTERNAL', true); define('DISABLE_WP_CRON', true);
define('AUTOMATIC_UPDATER_DISABLED', true); define('WP_DEFAULT_THEME', 'bare'); define('FS_METHOD', 'direct'); define('WP_DEBUG', false);
foreach (['AUTH_KEY','SECURE_AUTH_KEY','LOGGED_IN_KEY','NONCE_KEY','AUTH_SALT','SECURE_AUTH_SALT','LOGGED_IN_SALT','NONCE_SALT'] as $k) define($k, 'a test needs no secret');
$table_prefix = 'wp_';
define('ABSPATH', '%[1]s/site/');
require_once ABSPATH . 'wp-settings.php';
`

// wordpressSetup installs the site and prints the application passwords of its admin and of an author.
const wordpressSetup = `<?php
define('WP_INSTALLING', true);
$_SERVER['HTTP_HOST'] = '127.0.0.1'; $_SERVER['SERVER_PROTOCOL'] = 'HTTP/1.1';
require '%[1]s/site/wp-load.php';
require ABSPATH . 'wp-admin/includes/upgrade.php';
ob_start();
wp_install('Harbour', 'desk', 'desk@example.org', true, '', 'not used');
wp_insert_user(['user_login' => 'author', 'user_pass' => 'not used', 'user_email' => 'author@example.org', 'role' => 'author']);
ob_end_clean();
foreach (['desk', 'author'] as $name) {
	[$password] = WP_Application_Passwords::create_new_application_password(get_user_by('login', $name)->ID, ['name' => 'breakwater']);
	echo $password, "\n";
}
`

// wordpressTheme shows posts with what WordPress itself makes of them; Debian packs the themes apart.
const wordpressTheme = `<?php add_theme_support('post-thumbnails'); while (have_posts()) { the_post(); the_post_thumbnail(); ?><h1><?php the_title(); ?></h1><?php the_content(); } ?>`

// WordPress starts a WordPress on PHP's own server, with a MariaDB that nobody else can reach, and stops both with the test. It
// takes some ten seconds.
func WordPress(t testing.TB) *WordPressSite {
	t.Helper()
	php := Program(t, "PHP", "php")
	mariadb := Program(t, "MariaDB", "mariadbd", "/usr/sbin/mariadbd")
	install := Program(t, "MariaDB", "mariadb-install-db")
	const source = "/usr/share/wordpress"
	if _, err := os.Stat(source + "/wp-load.php"); err != nil {
		Missing(t, "WordPress", "it is not in "+source+" (make install-test-servers)")
	}
	folder, err := os.MkdirTemp("", "bw-wp-") // a socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	s := &WordPressSite{User: "desk", Author: "author", folder: folder}
	if out, err := exec.Command("cp", "-rL", source, folder+"/site").CombinedOutput(); err != nil { // PHP finds a file's folder behind its links
		t.Fatalf("copy WordPress: %v: %s", err, out)
	}
	s.database(t, install, mariadb)
	s.serve(t, php)
	return s
}

// database starts MariaDB on a socket in the folder.
func (s *WordPressSite) database(t testing.TB, install, mariadb string) {
	t.Helper()
	as := []string{}
	if os.Geteuid() == 0 {
		as = []string{"--user=root"} // its folder is ours
	}
	args := append([]string{"--no-defaults"}, as...)
	if out, err := exec.Command(install, append(args, "--datadir="+s.folder+"/data", "--auth-root-authentication-method=normal", "--skip-test-db")...).CombinedOutput(); err != nil {
		t.Fatalf("make a database: %v: %s", err, out)
	}
	first := s.folder + "/first.sql"
	if err := os.WriteFile(first, []byte("CREATE DATABASE IF NOT EXISTS wordpress;\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.start(t, "mariadb", exec.Command(mariadb, append(args, "--datadir="+s.folder+"/data", "--socket="+s.folder+"/db.sock", "--pid-file="+s.folder+"/db.pid",
		"--skip-networking", "--init-file="+first, "--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=32M", "--performance-schema=OFF")...))
	s.until(t, "MariaDB to answer", func() error {
		_, err := os.Stat(s.folder + "/db.sock")
		return err
	})
}

// serve installs the site and starts PHP's server.
func (s *WordPressSite) serve(t testing.TB, php string) {
	t.Helper()
	port := freePort(t)
	s.URL = fmt.Sprintf("http://127.0.0.1:%d", port)
	if err := os.MkdirAll(s.folder+"/site/wp-content/themes/bare", 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"site/wp-content/themes/bare/style.css": "/*\nTheme Name: Bare\n*/\n", "site/wp-content/themes/bare/index.php": wordpressTheme,
		"site/wp-config.php": fmt.Sprintf(wordpressConfig, s.folder, s.URL), "setup.php": fmt.Sprintf(wordpressSetup, s.folder),
	} {
		if err := os.WriteFile(filepath.Join(s.folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var said []byte
	s.until(t, "WordPress to be set up", func() (err error) { // the database may need a moment for its first words
		cmd := exec.Command(php, "-d", "memory_limit=256M", "-d", "error_reporting=0", s.folder+"/setup.php")
		var errs bytes.Buffer
		cmd.Stderr = &errs
		if said, err = cmd.Output(); err != nil || len(strings.Fields(string(said))) != 2 {
			return fmt.Errorf("%w: %s %s", errors.Join(err, errors.New("no passwords")), said, errs.Bytes())
		}
		return nil
	})
	passwords := strings.Fields(string(said))
	s.Password, s.AuthorPW = passwords[0], passwords[1]
	cmd := exec.Command(php, "-d", "memory_limit=256M", "-d", "error_reporting=0", "-d", "opcache.enable_cli=1", "-S", s.URL[len("http://"):], "-t", s.folder+"/site")
	s.start(t, "php", cmd)
	s.until(t, "WordPress to answer", func() error { return ask(context.Background(), s.URL+"/?rest_route=/") })
}

// start runs a program until the test ends, with what it forked.
func (s *WordPressSite) start(t testing.TB, name string, cmd *exec.Cmd) {
	t.Helper()
	log, err := os.Create(filepath.Join(s.folder, name+".log"))
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // what it wrote is thrown away
		_ = cmd.Wait()
		_ = log.Close()
	})
}

func (s *WordPressSite) until(t testing.TB, what string, ok func() error) {
	t.Helper()
	deadline := time.Now().Add(60 * time.Second)
	for {
		err := ok()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("waited 60 s for %s: %v\n%s", what, err, s.logs())
		}
		time.Sleep(50 * time.Millisecond)
	}
}

func (s *WordPressSite) logs() string {
	var b strings.Builder
	for _, name := range []string{"mariadb.log", "php.log"} {
		said, _ := os.ReadFile(filepath.Join(s.folder, name))
		fmt.Fprintf(&b, "%s:\n%s\n", name, said[max(0, len(said)-2000):])
	}
	return b.String()
}

// Page is what the site shows everybody at an address.
func (s *WordPressSite) Page(t testing.TB, address string) string {
	t.Helper()
	res, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
