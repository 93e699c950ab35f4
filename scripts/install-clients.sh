#!/usr/bin/env bash
# Installs the clients that Debian does not package, for the end-to-end tests, and prints their folders: put them on PATH.
# versitygw, an S3 server, is among them: its version and checksums are in clients/versitygw (its own module, because its
# dependencies must not change those of the clients).
# crane, cosign, helm, oras and regctl are built with Go; their versions, and the checksums of all their modules, are in
# clients/go.mod and go.sum. `stele-python` runs Python with oras and python-dxf (clients/requirements.txt). The first run
# takes minutes, later runs no time.
set -euo pipefail
cd "$(dirname "$0")/clients"
cache="${XDG_CACHE_HOME:-$HOME/.cache}/stele-clients"

# Prints the folder of this name in the cache. Fills it by a function, which gets its path, unless an earlier run has.
provide() {
  local name="$1" fill="$2"
  local folder="$cache/$name"
  if [ ! -d "$folder" ]; then
    # Filled under another name that is changed at the end, so that an incomplete folder is never found.
    mkdir -p "$cache"
    unfinished="$(mktemp --directory "$folder.XXXXXX")"
    trap 'rm -rf "$unfinished"' EXIT
    "$fill" "$unfinished" >&2
    chmod 755 "$unfinished"
    # Fails when another run was faster, which is fine.
    mv --no-target-directory "$unfinished" "$folder" 2>/dev/null || [ -d "$folder" ]
  fi
  echo "$folder"
}

build_go() {
  command -v go >/dev/null || { echo 'crane, cosign, helm, oras and regctl are built with Go: install Go first.' >&2; exit 1; }
  GOBIN="$1" CGO_ENABLED=0 go install -mod=readonly -trimpath -ldflags='-s -w' tool
}

build_s3_server() {
  (cd versitygw && build_go "$1")
}

install_python() {
  python3 -m pip --version >/dev/null || { echo 'oras and python-dxf are installed with pip: install it first.' >&2; exit 1; }
  python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore \
    --require-hashes --requirement requirements.txt --target "$1/packages"
  cat >"$1/stele-python" <<'SCRIPT'
#!/bin/sh
PYTHONPATH="$(dirname "$0")/packages" exec python3 "$@"
SCRIPT
  chmod 755 "$1/stele-python"
}

version() {
  cat "$@" | sha256sum | cut --characters=1-16
}

go="$(provide "$(version go.mod go.sum)" build_go)"
s3="$(provide "versitygw-$(version versitygw/go.mod versitygw/go.sum)" build_s3_server)"
python="$(provide "python-$(version requirements.txt)" install_python)"
echo "$go:$s3:$python"
