"""Translators: our model on CTranslate2, others' folders, and any by HTTP."""
