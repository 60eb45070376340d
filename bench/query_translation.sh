#!/usr/bin/env bash
# What asking a query in the catalogue's language too gains: full search with query_translation off and gated, the same
# index, each language compared by a paired test. Vectors are cached, so a second run takes minutes.
#   bench/query_translation.sh [DATA] [OUT]
set -euo pipefail
data=${1:-../shared/data} out=${2:-runs/query_translation}
for set in psearch xepqa query_category; do
  folder=$data/$set queries=$data/$set
  [ "$set" = query_category ] && queries=$folder/dev
  for mode in off gated; do
    against=()
    [ "$mode" = gated ] && against=(--against "$out/$set-off")
    mkdir -p "$out/$set-$mode"
    echo "## $set $mode"
    DRAGOMAN_QUERY_TRANSLATION=$mode .venv/bin/dragoman eval retrieval "$queries"/queries.*.jsonl \
      --corpus "$folder/corpus.jsonl.gz" --qrels "$queries/qrels.tsv" --lang en --method full \
      --run "$out/$set-$mode" "${against[@]}"
  done
done
