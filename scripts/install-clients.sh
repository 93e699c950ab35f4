#!/usr/bin/env bash
# Builds crane, cosign, helm, oras and regctl, of which Debian has no package, for the end-to-end tests, and prints the
# folder they are in: put it on PATH. Their versions, and the checksums of all they are made of, are in clients/go.mod
# and go.sum. Needs Go; takes minutes the first time and nothing afterwards.
set -euo pipefail
cd "$(dirname "$0")/clients"

folder="${XDG_CACHE_HOME:-$HOME/.cache}/stele-clients/$(cat go.mod go.sum | sha256sum | cut --characters=1-16)"
if [ ! -d "$folder" ]; then
  command -v go >/dev/null || { echo 'crane, cosign, helm, oras and regctl are built with Go: install Go first.' >&2; exit 1; }
  # Beside it, and named once all are there: what is half built is never found.
  unfinished="$(mkdir -p "${folder%/*}" && mktemp --directory "$folder.XXXXXX")"
  trap 'rm -rf "$unfinished"' EXIT
  GOBIN="$unfinished" CGO_ENABLED=0 go install -mod=readonly -trimpath -ldflags='-s -w' tool >&2
  chmod 755 "$unfinished"
  # Fails when another run was faster, which is as good.
  mv --no-target-directory "$unfinished" "$folder" 2>/dev/null || [ -d "$folder" ]
fi
echo "$folder"
