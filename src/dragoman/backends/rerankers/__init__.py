"""Rerankers: the trained one on ONNX Runtime, and any by HTTP."""
