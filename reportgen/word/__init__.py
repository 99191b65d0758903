"""Word: a Report and a Word template → .docx, proved by reading it back.

Light to import: lxml is needed only when a template is prepared for the first time, jinja2 only for more than names.
"""
