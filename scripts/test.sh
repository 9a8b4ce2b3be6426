#!/bin/sh
# Runs every gate and test; arguments go to vitest. The last line reads `N passed, N failed`.
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd) && cd "$root" || exit 1
. scripts/prepare.sh

install_packages
require_redis
require_browser
build_client

cleanup # exec skips the EXIT trap
exec "$node" scripts/test.ts "$@"
