#!/usr/bin/env bash
# Retrieval quality per language on the public dev sets: BM25, dense, hybrid and the whole search, each
# hybrid and full run compared with dense by paired tests. Vectors are cached, so a second run takes minutes.
#   bench/quality.sh [DATA] [OUT]
set -euo pipefail
data=${1:-../shared/data} out=${2:-runs/quality}
for set in psearch xepqa query_category; do
  folder=$data/$set queries=$data/$set
  [ "$set" = query_category ] && queries=$folder/dev
  for method in bm25 dense hybrid full; do
    against=()
    case $method in hybrid|full) against=(--against "$out/$set-dense") ;; esac
    mkdir -p "$out/$set-$method"
    echo "## $set $method"
    .venv/bin/dragoman eval retrieval "$queries"/queries.*.jsonl --corpus "$folder/corpus.jsonl.gz" \
      --qrels "$queries/qrels.tsv" --lang en --method "$method" --run "$out/$set-$method" "${against[@]}" \
      | tee "$out/$set-$method.txt"
  done
done
