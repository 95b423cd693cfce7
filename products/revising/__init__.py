"""Revisions that a product team drafts, has approved and publishes on top of an installed product, without code.

`content` is what a revision says, `history` how it becomes approved, `lines` when it is in force, `form` what may be
written, `words` how two of them differ, `files` how one travels. All are values; storage and clocks stand elsewhere.
"""
