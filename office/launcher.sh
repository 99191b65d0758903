#!/bin/sh
# Double-click, or give it workbooks: reportgen.sh beside this file does the work.  ASCII only.
# The launchers of the bundle are this file with other words after reportgen.sh.
here=$(dirname -- "$(readlink -f -- "$0")")
if [ -f "$here/reportgen.sh" ]; then exec sh "$here/reportgen.sh" --do build "$@"; fi
# In Chinese: reportgen.sh is not here; unpack the whole archive, then double-click what came out of it.
printf '\346\262\241\346\234\211\346\211\276\345\210\260 reportgen.sh\343\200\202' >&2
printf '\350\257\267\345\205\210\346\212\212\346\225\264\344\270\252\345\216\213\347\274\251\345\214\205\350\247\243\345\216\213\357\274\214' >&2
printf '\345\206\215\345\217\214\345\207\273\350\247\243\345\216\213\345\207\272\346\235\245\347\232\204\346\226\207\344\273\266\343\200\202' >&2
printf '\n' >&2
if [ -z "${REPORTGEN_NO_PAUSE:-}" ] && [ -t 0 ]; then read -r _; fi
exit 3
