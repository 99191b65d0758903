#!/bin/sh
# Double-click on UOS, Kylin and other Linux desktops: deals with the workbooks in this folder; with
# files as arguments, with those.
#
#   reportgen.sh [--do check|build|merge] [FILE…]
#                             check: says what is wrong, writes no report; build (the default): writes
#                             the reports too; merge: puts the workbooks of the folder together
#                             a folder "forms" beside this file holds the office's own forms
#   reportgen.sh --install    put icons on the desktop that run this file and take dropped files
#
# Looks for: .venv and python beside this file, an installed reportgen, python3 that has it.
# Installed for everybody under /opt/apps, it works in a folder of the user's own, 年度报告 among the documents.
# REPORTGEN_NO_PAUSE=1 leaves without waiting for a key; REPORTGEN_NO_OPEN=1 opens nothing.
set -u

self=$(readlink -f -- "$0") || exit 3
here=$(dirname -- "$self")
export PYTHONUTF8=1 PYTHONDONTWRITEBYTECODE=1

# Forms and templates of office IT's own, beside this file; the folder as it comes holds none.
for own in "$here"/forms/*.toml "$here"/forms/*.docx; do
    if [ -e "$own" ]; then export REPORTGEN_FORMS="${REPORTGEN_FORMS:-$here/forms}"; fi
done

# user_folder NAME 中文名 English: a folder of the user's own, by what the desktop calls it.
user_folder() {
    found=$(xdg-user-dir "$1" 2>/dev/null) || found=
    if [ -z "$found" ] || [ ! -d "$found" ] || [ "$found" = "${HOME%/}" ]; then
        if [ -d "$HOME/$2" ]; then found=$HOME/$2; else found=$HOME/$3; fi
    fi
    printf '%s\n' "$found"
}

install_icons() {
    desktop=$(user_folder DESKTOP 桌面 Desktop)
    mkdir -p -- "$desktop" || return 4
    # Escapes of the Desktop Entry Specification: of an argument in quotes, then of a string, then
    # the percent sign of a field code.
    path=$(printf '%s' "$self" | sed -e 's/["`$\\]/\\&/g' -e 's/\\/\\\\/g' -e 's/%/%%/g')
    for entry in "$here"/entries/*.desktop; do
        icon=$desktop/$(sed -n 's/^Name\[zh_CN\]=//p' "$entry").desktop
        REPORTGEN_PATH=$path awk '{
            at = index($0, "@SELF@")
            if (at) $0 = substr($0, 1, at - 1) ENVIRON["REPORTGEN_PATH"] substr($0, at + 6)
            print
        }' "$entry" > "$icon" || return 4
        chmod 755 -- "$icon"
        # Desktops of the GNOME family start only icons marked as trusted.
        gio set "$icon" metadata::trusted true 2>/dev/null
        printf '已在桌面放好图标：%s\n' "$icon"
    done
    printf '双击图标处理“%s”里的工作簿，也可以把工作簿拖到图标上。\n' "$(work_folder)"
}

# Where workbooks are looked for when no file was dropped.
work_folder() {
    case $here in
        /opt/apps/*) printf '%s/年度报告\n' "$(user_folder DOCUMENTS 文档 Documents)" ;;
        *) printf '%s\n' "$here" ;;
    esac
}

pause() {
    if [ -z "${REPORTGEN_NO_PAUSE:-}" ] && [ -t 0 ]; then
        printf '\n按回车键关闭窗口。'
        read -r _ || :
    fi
}

has_reportgen() { [ -x "$1" ] && "$1" -c 'import reportgen' 2>/dev/null; }

run() {
    # -I: what the user's environment says about other Pythons has nothing to say here.
    for python in "$here/.venv/bin/python" "$here/python/bin/python3"; do
        if has_reportgen "$python"; then
            "$python" -I -B -X utf8 -m reportgen office "$@"
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

# Work in the folder; of the user's own, made where it is missing.
run_in_folder() {
    if [ -z "${HOME:-}" ] && [ "$here" != "${here#/opt/apps/}" ]; then
        printf '没有找到您的个人文件夹（HOME 没有设置），请把工作簿拖到图标上。\n' >&2
        return 3
    fi
    folder=$(work_folder)
    if [ "$folder" != "$here" ]; then
        mkdir -p -- "$folder" || return 4
        printf '工作簿请放在这个文件夹：%s\n' "$folder"
    fi
    run "$@" --folder "$folder"
}

if [ "${1:-}" = --install ]; then
    install_icons
    exit
fi
do=build
if [ "${1:-}" = --do ] && [ $# -ge 2 ]; then
    do=$2
    shift 2
fi
if [ $# -eq 0 ]; then run_in_folder --do "$do"; else run --do "$do" --folder "$here" "$@"; fi
code=$?
pause
exit $code
