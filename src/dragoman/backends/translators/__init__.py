"""Translators: our phrase tables, networks and others' folders on CTranslate2, and any by HTTP."""
