"""Word: a Report and a Word template → .docx, proved by reading it back.

Light to import: lxml and jinja2 are needed only when a template is prepared for the first time.
"""
