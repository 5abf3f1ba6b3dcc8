#!/bin/bash
# Checks the container files as far as that goes without an engine. Closes with "N passed, N failed"; exits 1 when one failed.
# Needs the compose client (`docker compose` or `docker-compose`) and Node (a server for the health check to ask).
set -uo pipefail
cd "$(dirname "$0")/../.."

dockerfile=deploy/docker/Dockerfile
passed=0
failed=0

main() {
  load_compose || exit 1
  local target variable
  check "docker-compose.yml is valid" test -n "$composition"
  for service in gateway users products orders users-database products-database orders-database; do
    check "docker-compose.yml has the service $service" section "$service"
  done
  for target in gateway users products orders; do
    check "$target: built from a stage of the Dockerfile" built_from_its_stage "$target"
    check "$target: runs as a user without rights" has_instruction "$target" 'USER [1-9][0-9]*:[1-9][0-9]*'
    check "$target: has a health check" has_instruction "$target" 'HEALTHCHECK .*CMD'
    check "$target: starts its own binary" starts_own_binary "$target"
    check "$target: cannot write to its image" setting "$target" 'read_only: true'
    check "$target: has no capabilities" setting "$target" '- ALL'
    check "$target: waits until what it needs is healthy" waits_for_health "$target"
  done
  for service in users products orders; do
    check "$service-database: says when it is healthy" setting "$service-database" 'pg_isready'
    check "$service-database: keeps its data in a volume" keeps_data "$service"
    check "$service-database: is reached by $service alone" test "$(grep -c "^      $service-data: " <<<"$composition")" = 2
    check "$service: is told nothing that it has no option for" settings_are_options "$service"
    check "$service: is told where the other services are" addresses_are_set "$service"
    check "$service: is routed to by the gateway's graph" graph_routes_to "$service"
  done
  check "every COPY takes what is there and is sent" copied_paths_exist
  check "the toolchain is the workspace's" grep -q "^FROM rust:$(workspace_rust_version)-" "$dockerfile"
  check "every mounted file is there" mounted_files_exist
  check "every setting is in env.example, with its default" settings_are_documented
  check "the builder is not sent what it does not need" ignored .git target '**/node_modules' data .env
  check "the health check says yes to status 200" health_is 200 0
  check "the health check says no to status 503" health_is 503 1
  check "the health check says no to a closed port" health_is closed 1
  echo "$passed passed, $failed failed"
  [[ $failed == 0 ]]
}

check() {
  local name="$1"
  shift
  if "$@" >/dev/null; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "failed: $name" >&2
  fi
}

# The normal form of docker-compose.yml, in which each setting has a line of its own.
load_compose() {
  local client
  if docker compose version >/dev/null 2>&1; then
    client="docker compose"
  elif command -v docker-compose >/dev/null; then
    client="docker-compose"
  else
    echo "no compose client: install one (\`apt-get install docker-compose\`)" >&2
    return 1
  fi
  # An empty environment: what is checked are the defaults.
  local nothing
  nothing="$(mktemp)"
  composition="$(env -i PATH="$PATH" HOME="$HOME" $client --env-file "$nothing" config)"
  rm "$nothing"
}

# The lines of one service in the normal form.
section() {
  awk -v name="  $1:" '/^[a-z]/ { top = $0 } top == "services:" && /^  [a-z]/ { inside = ($0 == name) } inside && top == "services:"' <<<"$composition" | grep .
}

setting() { section "$1" | grep -qF -- "$2"; }

built_from_its_stage() {
  setting "$1" "target: $1" && setting "$1" "dockerfile: $dockerfile" && grep -q "^FROM runtime AS $1\$" "$dockerfile"
}

# The instructions of a target: those of the stage that all share, and its own.
has_instruction() {
  awk -v target="$1" '/^FROM/ { inside = ($NF == target || $NF == "runtime") } inside' "$dockerfile" | grep -qE "^$2"
}

starts_own_binary() {
  local binary="$1"
  [[ "$1" == gateway ]] && binary=weft
  has_instruction "$1" "COPY --from=builder /out/$binary /usr/local/bin/$binary\$" && has_instruction "$1" "ENTRYPOINT \[\"$binary\"\]"
}

waits_for_health() {
  local conditions
  conditions="$(section "$1" | grep 'condition: ')" && ! grep -qv 'service_healthy' <<<"$conditions"
}

keeps_data() {
  setting "$1-database" "$1-data" && setting "$1-database" /var/lib/postgresql/data
}

# The environment variables that options in these source folders are read from.
options_in() { grep -rhoE 'env = "[A-Z_]+"' "$@" --include='*.rs' | grep -oE '[A-Z_]+' | sort -u; }

environment_of() { section "$1" | grep -oE '^      [A-Z_]+:' | tr -d ' :' | sort -u; }

settings_are_options() {
  local unknown
  unknown="$(comm -23 <(environment_of "$1") <(options_in "subgraphs/$1" subgraphs/service))"
  [[ -z "$unknown" ]] || { echo "$1 has no option for $unknown" >&2; return 1; }
}

# The defaults of these options are on the same machine, where a container finds nobody.
addresses_are_set() {
  local missing
  missing="$(comm -23 <(options_in "subgraphs/$1" | grep '_URL$') <(environment_of "$1"))"
  [[ -z "$missing" ]] || { echo "docker-compose.yml does not say $missing to $1" >&2; return 1; }
}

graph_routes_to() {
  grep -q "routing_url: http://$1:$(port_of "$1")/graphql\$" deploy/docker/supergraph.yaml &&
    grep -q "file: schema/$1.graphql\$" deploy/docker/supergraph.yaml
}

port_of() {
  awk -v target="$1" '/^FROM/ { inside = ($NF == target) } inside && /^EXPOSE/ { print $2 }' "$dockerfile"
}

copied_paths_exist() {
  local path missing=0
  for path in $(sed -nE '/^COPY --from/d; s/^COPY (--[^ ]+ )*//p' "$dockerfile" | sed -E 's/ [^ ]+$//'); do
    [[ -e "$path" ]] || { echo "COPY of $path, which is not there" >&2; missing=1; }
  done
  # What is in the ignored folder deploy/docker is sent by an exception only.
  grep -qxF '!deploy/docker/healthcheck.sh' .dockerignore && [[ $missing == 0 ]]
}

workspace_rust_version() { sed -nE 's/^rust-version = "(.*)"/\1/p' Cargo.toml; }

mounted_files_exist() {
  local path missing=0
  for path in $(sed -nE 's/^ +- (\.\/[^:]+):.*/\1/p' docker-compose.yml); do
    [[ -e "$path" ]] || { echo "$path is mounted, but not there" >&2; missing=1; }
  done
  [[ $missing == 0 ]]
}

settings_are_documented() {
  local setting missing=0
  for setting in $(grep -oE '\$\{[A-Z_]+:-[^}]*\}' docker-compose.yml | sed -E 's/^\$\{([A-Z_]+):-(.*)\}$/\1=\2/' | sort -u); do
    grep -qxF "$setting" deploy/docker/env.example || { echo "$setting is not in deploy/docker/env.example" >&2; missing=1; }
  done
  [[ $missing == 0 ]]
}

ignored() {
  local pattern
  for pattern in "$@"; do grep -qxF "$pattern" .dockerignore || return 1; done
}

# Whether the health check exits as expected when the address answers with a status (or nobody listens).
health_is() {
  node -e '
    const { spawn } = require("node:child_process");
    const server = require("node:http").createServer((request, response) => response.writeHead(request.url === "/health/ready" ? Number(process.argv[1]) : 404).end());
    server.listen(0, "127.0.0.1", async () => {
      const { port } = server.address();
      if (process.argv[1] === "closed") await new Promise((resolve) => server.close(resolve));
      const asked = spawn("deploy/docker/healthcheck.sh", { env: { HEALTH_URL: `http://127.0.0.1:${port}/health/ready` }, stdio: "ignore" });
      asked.on("exit", (code) => process.exit(code === Number(process.argv[2]) ? 0 : 1));
    });
  ' "$1" "$2"
}

main
