#!/usr/bin/env bash
# Installs what the page's tests need and a fresh machine lacks; does nothing where it is there.
set -euo pipefail
if command -v chromium >/dev/null && fc-list 2>/dev/null | grep -qi 'noto.*cjk'; then exit 0; fi
if ! command -v apt-get >/dev/null; then
  echo "no apt-get: the page's tests are skipped unless chromium is installed" >&2; exit 0
fi
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }
as_root apt-get update -qq
as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
  chromium fontconfig fonts-noto-core fonts-noto-cjk >/dev/null
