#!/bin/sh
# Serves Floorcast from a checkout; arguments go to server/main.ts. With --replay first, plays a recording on the boards.
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd) && cd "$root" || exit 1
. scripts/prepare.sh

install_packages
[ -n "${REDIS_URL:-}" ] || require_redis
build_client

cleanup # exec skips the EXIT trap
if [ "${1:-}" = --replay ]; then
  shift
  exec "$node" scripts/replay.ts "$@"
fi
# A small young generation: with the default one, V8 lets thousands of connecting screens grow the process by half again.
exec "$node" --max-semi-space-size=16 server/main.ts "$@"
