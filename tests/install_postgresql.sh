#!/usr/bin/env bash
# Installs the PostgreSQL server that the journal's tests start for themselves; does nothing where it is there.
set -euo pipefail
shopt -s nullglob
found=(/usr/lib/postgresql/*/bin/initdb)
if [ ${#found[@]} -gt 0 ] || command -v initdb >/dev/null; then exit 0; fi
if ! command -v apt-get >/dev/null; then
  echo "no apt-get: the tests of the PostgreSQL journal are skipped unless initdb is installed" >&2; exit 0
fi
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }
as_root apt-get update -qq
# The package would make and start a cluster of its own, which nobody needs here.
as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql-common >/dev/null
as_root mkdir -p /etc/postgresql-common/createcluster.d
echo "create_main_cluster = false" | as_root tee /etc/postgresql-common/createcluster.d/none.conf >/dev/null
as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql >/dev/null
