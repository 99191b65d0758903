@echo off
rem Double-click: checks the workbooks in this folder and writes their reports beside them.
rem Or drop workbooks on this file.  ASCII and CRLF only: what the user reads is printed by
rem reportgen itself, so no code page can spoil it.
rem Looks for: python\python.exe beside this file, an installed reportgen.exe, py, python.
rem REPORTGEN_NO_PAUSE=1 leaves without waiting for a key.
setlocal EnableExtensions DisableDelayedExpansion
set "PYTHONUTF8=1"
set "PYTHONDONTWRITEBYTECODE=1"
set "CODE=3"

rem No "set" with outer quotes here: the path itself must stay quoted when RUN is expanded.
set RUN="%~dp0python\python.exe" -X utf8 -m reportgen
if exist "%~dp0python\python.exe" goto run

set "FOUND="
for %%I in (reportgen.exe) do set "FOUND=%%~$PATH:I"
set RUN="%FOUND%"
if defined FOUND goto run

set RUN=py -3 -X utf8 -m reportgen
py -3 -c "import reportgen" >nul 2>nul
if not errorlevel 1 goto run

set RUN=python -X utf8 -m reportgen
python -c "import reportgen" >nul 2>nul
if not errorlevel 1 goto run

echo reportgen was not found on this computer.
echo Please ask your IT staff to put the "python" folder of the portable package
echo beside this file, or to install reportgen. See docs\manual.zh.md.
goto end

:run
rem The dot keeps the last backslash from escaping the quote.
%RUN% office --folder "%~dp0." %*
set "CODE=%ERRORLEVEL%"

:end
echo.
if not defined REPORTGEN_NO_PAUSE pause
exit /b %CODE%
