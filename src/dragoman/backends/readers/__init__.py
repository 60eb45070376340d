"""Readers: the trained heads on ONNX Runtime."""
