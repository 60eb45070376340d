#!/usr/bin/env bash
# Prints every figure of docs/benchmarks.md. Hours on two cores; each part runs alone as well.
set -euo pipefail
data=${1:-../shared/data}
bash bench/quality.sh "$data"
bash bench/query_translation.sh "$data"
.venv/bin/python bench/encoder.py
.venv/bin/python bench/index.py --data "$data"
.venv/bin/python bench/search.py --data "$data"
