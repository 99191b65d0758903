#!/bin/sh
# Double-click on UOS, Kylin and other Linux desktops: checks the workbooks in this folder and writes
# their reports beside them; with files as arguments, those.
#
#   reportgen.sh [FILE…]      check and build; a folder "forms" beside this file holds the office's own forms
#   reportgen.sh --install    put an icon on the desktop that runs this file and takes dropped files
#
# Looks for: .venv and python beside this file, an installed reportgen, python3 that has it.
# REPORTGEN_NO_PAUSE=1 leaves without waiting for a key.
set -u

self=$(readlink -f -- "$0") || exit 3
here=$(dirname -- "$self")
export PYTHONUTF8=1 PYTHONDONTWRITEBYTECODE=1

install_icon() {
    desktop=$(xdg-user-dir DESKTOP 2>/dev/null) || desktop=
    if [ -z "$desktop" ] || [ ! -d "$desktop" ]; then
        if [ -d "$HOME/桌面" ]; then desktop=$HOME/桌面; else desktop=$HOME/Desktop; fi
    fi
    icon=$desktop/年度报告检查生成.desktop
    # Escapes of the Desktop Entry Specification: of an argument in quotes, then of a string, then
    # the percent sign of a field code.
    path=$(printf '%s' "$self" | sed -e 's/["`$\\]/\\&/g' -e 's/\\/\\\\/g' -e 's/%/%%/g')
    mkdir -p -- "$desktop" || return 4
    REPORTGEN_PATH=$path awk '{
        at = index($0, "@SELF@")
        if (at) $0 = substr($0, 1, at - 1) ENVIRON["REPORTGEN_PATH"] substr($0, at + 6)
        print
    }' "$here/reportgen.desktop" > "$icon" || return 4
    chmod 755 -- "$icon"
    # Desktops of the GNOME family start only icons marked as trusted.
    gio set "$icon" metadata::trusted true 2>/dev/null
    printf '已在桌面放好图标：%s\n' "$icon"
    printf '双击图标处理“%s”里的工作簿，也可以把工作簿拖到图标上。\n' "$here"
}

pause() {
    if [ -z "${REPORTGEN_NO_PAUSE:-}" ] && [ -t 0 ]; then
        printf '\n按回车键关闭窗口。'
        read -r _ || :
    fi
}

has_reportgen() { [ -x "$1" ] && "$1" -c 'import reportgen' 2>/dev/null; }

run() {
    for python in "$here/.venv/bin/python" "$here/python/bin/python3"; do
        if has_reportgen "$python"; then
            "$python" -m reportgen office "$@"
            return
        fi
    done
    if command -v reportgen >/dev/null 2>&1; then
        reportgen office "$@"
        return
    fi
    python=$(command -v python3) || python=
    if has_reportgen "$python"; then
        "$python" -m reportgen office "$@"
        return
    fi
    printf '这台电脑上没有找到 reportgen。请技术人员按使用说明安装，再双击。\n' >&2
    return 3
}

if [ "${1:-}" = --install ]; then
    install_icon
    exit
fi
run --folder "$here" "$@"
code=$?
pause
exit $code
