#!/usr/bin/env bash
# Builds crane, cosign, helm, oras and regctl, which Debian does not package, for the end-to-end tests, and prints their
# folder: put it on PATH. Their versions, and the checksums of all their modules, are in clients/go.mod and go.sum. Needs
# Go; the first run takes minutes, later runs no time.
set -euo pipefail
cd "$(dirname "$0")/clients"

folder="${XDG_CACHE_HOME:-$HOME/.cache}/stele-clients/$(cat go.mod go.sum | sha256sum | cut --characters=1-16)"
if [ ! -d "$folder" ]; then
  command -v go >/dev/null || { echo 'crane, cosign, helm, oras and regctl are built with Go: install Go first.' >&2; exit 1; }
  # Built in another folder that is renamed at the end, so that an incomplete build is never found.
  unfinished="$(mkdir -p "${folder%/*}" && mktemp --directory "$folder.XXXXXX")"
  trap 'rm -rf "$unfinished"' EXIT
  GOBIN="$unfinished" CGO_ENABLED=0 go install -mod=readonly -trimpath -ldflags='-s -w' tool >&2
  chmod 755 "$unfinished"
  # Fails when another run was faster, which is fine.
  mv --no-target-directory "$unfinished" "$folder" 2>/dev/null || [ -d "$folder" ]
fi
echo "$folder"
