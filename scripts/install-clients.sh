#!/usr/bin/env bash
# Installs the clients that Debian does not package, for the end-to-end tests, and prints their folders: put them on PATH.
# versitygw, an S3 server, is among them: its version and checksums are in clients/versitygw (its own module, because its
# dependencies must not change those of the clients).
# stele-log-check, which reads transparency logs with Go's own code, is in clients/log-check; litewitness, which cosigns them,
# is in clients/litewitness.
# crane, cosign, helm, oras and regctl are built with Go; their versions, and the checksums of all their modules, are in
# clients/go.mod and go.sum. `stele-python` runs Python with oras, python-dxf and the official client of ACR's API
# (clients/requirements.txt); `stele-acr` is made of its Go clients (clients/acr), and `stele-go`, `stele-node` and
# `stele-java` run programs with those of Go, npm (clients/acr-npm) and Maven (clients/acr-java). The first run takes
# minutes, later runs no time. With the argument `compile` it compiles what is written in Go, and no more.
set -euo pipefail
# Without it, what fails inside of $(…) would not end it.
shopt -s inherit_errexit
cd "$(dirname "$0")/clients"
cache="${XDG_CACHE_HOME:-$HOME/.cache}/stele-clients"

# Fills the folder of this name in the cache by a function, which gets its path, unless an earlier run has.
provide() (
  folder="$cache/$1" fill="$2"
  # A second run waits, instead of doing the same beside the first.
  exec {lock}>"$folder.lock"
  flock "$lock"
  [ ! -d "$folder" ] || exit 0
  # Filled under another name that is changed at the end, so that an incomplete folder is never found.
  unfinished="$(mktemp --directory "$folder.XXXXXX")"
  trap 'rm -rf "$unfinished"' EXIT
  "$fill" "$unfinished" >&2
  chmod 755 "$unfinished"
  mv --no-target-directory "$unfinished" "$folder"
)

build_go() {
  command -v go >/dev/null || { echo 'crane, cosign, helm, oras and regctl are built with Go: install Go first.' >&2; exit 1; }
  GOBIN="$1" CGO_ENABLED=0 go install -mod=readonly -trimpath -ldflags='-s -w' "${2:-tool}"
}

build_s3_server() {
  (cd versitygw && build_go "$1")
}

# With the sources of what it is made of, so that tests compile other programs without a download.
build_acr_go() {
  mkdir "$1/acr"
  cp acr/* "$1/acr"
  (cd "$1/acr" && go mod vendor && CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o "$1/stele-acr" .)
  write_command "$1/stele-go" 'cp -R "$(dirname "$0")/acr/go.mod" "$(dirname "$0")/acr/go.sum" . && ln -s "$(dirname "$0")/acr/vendor" . && CGO_ENABLED=0 exec go run -trimpath'
}

# Writes a command that runs the rest of its arguments after these.
write_command() {
  printf '#!/bin/sh\n%s "$@"\n' "$2" >"$1"
  chmod 755 "$1"
}

install_npm() {
  cp acr-npm/package.json acr-npm/package-lock.json "$1"
  npm ci --prefix "$1" --ignore-scripts --silent
  write_command "$1/stele-node" 'NODE_PATH="$(dirname "$0")/node_modules" exec node'
}

install_java() {
  command -v mvn >/dev/null || { echo 'The Java client of ACR is installed with Maven: install it first.' >&2; exit 1; }
  mvn --quiet --batch-mode --file acr-java org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies \
    -DincludeScope=runtime -DoutputDirectory="$1/jars"
  local checksums="$PWD/acr-java/jars.sha256"
  (cd "$1/jars" && sha256sum --check --strict --quiet "$checksums" && [ "$(ls | wc -l)" = "$(wc -l <"$checksums")" ])
  write_command "$1/stele-java" 'exec java -cp "$(dirname "$0")/jars/*"'
}

build_log_check() {
  (cd log-check && build_go "$1" .)
}

build_witness() {
  (cd litewitness && build_go "$1")
}

install_python() {
  python3 -m pip --version >/dev/null || { echo 'oras and python-dxf are installed with pip: install it first.' >&2; exit 1; }
  python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore \
    --require-hashes --requirement requirements.txt --target "$1/packages"
  write_command "$1/stele-python" 'PYTHONPATH="$(dirname "$0")/packages" exec python3'
}

version() {
  cat "$@" | sha256sum | cut --characters=1-16
}

go="$(version go.mod go.sum)"
s3="versitygw-$(version versitygw/go.mod versitygw/go.sum)"
log_check="log-check-$(version log-check/go.mod log-check/go.sum log-check/main.go)"
witness="litewitness-$(version litewitness/go.mod litewitness/go.sum)"
python="python-$(version requirements.txt)"
acr_go="acr-sdk-go-$(version acr/*)"
acr_npm="acr-npm-$(version acr-npm/*)"
acr_java="acr-java-$(version acr-java/*)"

# One after another: each takes all cores, and they share packages.
compile() {
  provide "$go" build_go
  provide "$s3" build_s3_server
  provide "$log_check" build_log_check
  provide "$witness" build_witness
  provide "$acr_go" build_acr_go
}

mkdir -p "$cache"
if [ "${1:-}" = compile ]; then
  compile
  exit
fi

# Go compiles while the others mostly wait for their registries.
installations=()
compile & installations+=("$!")
provide "$python" install_python & installations+=("$!")
provide "$acr_npm" install_npm & installations+=("$!")
provide "$acr_java" install_java & installations+=("$!")
failed=0
for installation in "${installations[@]}"; do wait "$installation" || failed=1; done
[ "$failed" = 0 ]

path=''
for name in "$go" "$s3" "$log_check" "$witness" "$python" "$acr_go" "$acr_npm" "$acr_java"; do path+="${path:+:}$cache/$name"; done
echo "$path"
