"""Text against tables: every number in the texts of a report is accounted for (FORMAT.md 6.5).

From text to verdict, one module each: ``numerals`` finds the numbers, ``statements`` the words (``wording``),
topic, year and scope they stand in, ``claims`` (``named``) what each claims of the form (a ``claim``), ``worded`` what words
without a number claim, ``quantities`` and ``percent`` what the form has to say to that, ``lists`` and ``together`` what the
numbers of a list and of a sentence say of each other, ``itemised`` lists of other things, ``judge`` the verdict (``verdicts``).
Which words mean which quantity is form data (``forms/phrases.toml``).
"""

from __future__ import annotations

from .judge import judge_numbers
from .verdicts import JudgedNumber, Verdict

__all__ = ["JudgedNumber", "Verdict", "judge_numbers"]
