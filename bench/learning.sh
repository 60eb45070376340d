#!/usr/bin/env bash
# What an adapter changes, dense retrieval alone: the body as it came, then the adapter compared with it by
# paired tests, on the public dev sets and on held-out IKEA descriptions. Vectors are cached.
#   bench/learning.sh ADAPTER [DATA] [OUT]       ADAPTER: a folder, or "shipped"
set -euo pipefail
adapter=$1 data=${2:-../shared/data} out=${3:-runs/learning}
dragoman=${DRAGOMAN:-.venv/bin/dragoman}
mkdir -p "$out"
.venv/bin/python bench/ikea.py "$data/ikea/catalogue.jsonl.gz" "$out/ikea"
rank() {  # name, queries' folder, corpus, further options
  name=$1 queries=$2 corpus=$3
  shift 3
  for which in none "$adapter"; do
    label=$(basename "$which") against=()
    [ "$which" = none ] || against=(--against "$out/$name-none")
    mkdir -p "$out/$name-$label"
    echo "## $name, adapter $label"
    "$dragoman" --adapter "$which" eval retrieval "$queries"/queries.*.jsonl --corpus "$corpus" \
      --qrels "$queries/qrels.tsv" --method dense --run "$out/$name-$label" "${against[@]}" "$@" \
      | tee "$out/$name-$label.txt"
  done
}
rank psearch "$data/psearch" "$data/psearch/corpus.jsonl.gz"
rank xepqa "$data/xepqa" "$data/xepqa/corpus.jsonl.gz"
.venv/bin/python bench/own_candidates.py "$data" "$out/candidates.tsv"
rank xepqa-own "$data/xepqa" "$data/xepqa/corpus.jsonl.gz" --candidates "$out/candidates.tsv"
rank query_category "$data/query_category/dev" "$data/query_category/corpus.jsonl.gz"
rank ikea "$out/ikea" "$out/ikea/corpus.jsonl"
