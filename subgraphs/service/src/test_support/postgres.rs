//! One PostgreSQL server for a test process: the one that `WEFT_TEST_POSTGRES_URL` names, or one that is started in a temporary
//! folder and ends with the process. A small shell keeps it: it waits on a pipe that closes when the process is gone, however it went.

use std::{
    env, fs,
    io::{BufRead, BufReader},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    process::{ChildStdin, Command, Stdio},
    sync::OnceLock,
};

/// Why there is no server; the message says how to get one.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
pub struct PostgresUnavailable(String);

const INSTALL: &str = "install PostgreSQL (Debian: `apt-get install postgresql`, macOS: `brew install postgresql`), or name a running \
    server with a superuser's URL in `WEFT_TEST_POSTGRES_URL`";

/// Makes a cluster, runs it until standard input ends, removes it. `$1` is the folder of the programs.
const KEEPER: &str = r#"
set -e
folder=$(mktemp -d -t weft-postgres.XXXXXX)
server=
finish() { [ -n "$server" ] && kill -INT "$server" 2>/dev/null && wait "$server" || true; rm -rf "$folder"; }
trap finish EXIT
trap 'exit 1' INT TERM HUP
"$1/initdb" -D "$folder/data" -U weft --auth=trust --encoding=UTF8 --locale=C --no-sync >"$folder/log" 2>&1 || { cat "$folder/log" >&2; exit 1; }
"$1/postgres" -D "$folder/data" -k "$folder" -c listen_addresses= -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=300 >"$folder/log" 2>&1 </dev/null &
server=$!
waited=0
until grep -q "^ready" "$folder/data/postmaster.pid" 2>/dev/null; do
  waited=$((waited + 1))
  if [ "$waited" -gt 600 ] || ! kill -0 "$server" 2>/dev/null; then cat "$folder/log" >&2; exit 1; fi
  sleep 0.1
done
echo "$folder"
read -r _ || true
"#;

struct Server {
    url: String,
    /// Open as long as this process lives.
    _pipe: Option<ChildStdin>,
}

/// The URL of a superuser at a server for tests.
///
/// # Errors
/// When no server is named and none can be started.
pub fn postgres_server() -> Result<&'static str, PostgresUnavailable> {
    static SERVER: OnceLock<Result<Server, PostgresUnavailable>> = OnceLock::new();
    match SERVER.get_or_init(named_or_started) {
        Ok(server) => Ok(&server.url),
        Err(error) => Err(error.clone()),
    }
}

fn named_or_started() -> Result<Server, PostgresUnavailable> {
    match env::var("WEFT_TEST_POSTGRES_URL") {
        Ok(url) if !url.is_empty() => Ok(Server { url, _pipe: None }),
        _ => start(),
    }
}

fn start() -> Result<Server, PostgresUnavailable> {
    let failed = |what: &str| {
        PostgresUnavailable(format!(
            "no PostgreSQL server could be started for the tests: {what}; {INSTALL}"
        ))
    };
    let programs = programs()
        .ok_or_else(|| failed("`initdb` is neither on the path nor where systems put it"))?;
    let mut keeper = keeper(&programs)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| failed(&format!("cannot run a shell: {error}")))?;
    let mut folder = String::new();
    if let Some(output) = keeper.stdout.take() {
        BufReader::new(output)
            .read_line(&mut folder)
            .map_err(|error| failed(&error.to_string()))?;
    }
    let folder = folder.trim();
    if folder.is_empty() {
        return Err(failed("the server did not start, its log is above"));
    }
    let url = format!(
        "postgres://weft@localhost/postgres?host={}",
        folder.replace('/', "%2F")
    );
    Ok(Server {
        url,
        _pipe: keeper.stdin.take(),
    })
}

/// The keeper as this user, or as `postgres` when this user is root, which PostgreSQL refuses.
fn keeper(programs: &Path) -> Command {
    let is_root = fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0);
    let mut command = if is_root {
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--", "sh"]);
        command
    } else {
        Command::new("sh")
    };
    command
        .args(["-c", KEEPER, "keeper"])
        .arg(programs)
        .current_dir("/");
    command
}

/// The folder of `initdb` and `postgres`: on the path, else the newest version of a Debian or Homebrew installation.
fn programs() -> Option<PathBuf> {
    let on_path = env::var_os("PATH")
        .into_iter()
        .flat_map(|path| env::split_paths(&path).collect::<Vec<_>>());
    let mut installed = Vec::new();
    for (parent, suffix) in [
        ("/usr/lib/postgresql", "bin"),
        ("/opt/homebrew/opt", "bin"),
        ("/usr/local/opt", "bin"),
    ] {
        let folders = fs::read_dir(parent)
            .into_iter()
            .flatten()
            .filter_map(Result::ok);
        installed.extend(folders.map(|folder| folder.path().join(suffix)));
    }
    installed.sort();
    on_path
        .chain(installed.into_iter().rev())
        .find(|folder| folder.join("initdb").is_file() && folder.join("postgres").is_file())
}
