"""Search the demo shop in a few languages: `make demo` once, or let this script load the shop itself."""

from pathlib import Path

from dragoman import Query, Settings, open_guide

guide = open_guide(Settings(shop="runs/examples/shop"))
print(guide.ingest([Path("data/sample/products.jsonl.gz"), Path("data/sample/sellers.jsonl")]))
for words in ("户外吊床支架", "kopfhörer mit kabel", "غسالة قطع غيار", "아기 안전문"):
    print(words)
    for hit in guide.search(Query(words, market="US", k=3)).hits:
        print("   ", hit.product.id, hit.price, hit.shown.value)
guide.close()
