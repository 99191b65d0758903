@echo off
rem Double-click: deals with the workbooks in this folder; or drop workbooks on this file.
rem ASCII and CRLF only: what the user reads is printed by reportgen itself, so no code page can
rem spoil it.  The three launchers of the bundle are this file with another DO:
rem   check   says what is wrong and writes no report
rem   build   writes the reports beside the workbooks
rem   merge   puts the workbooks of the folder together
rem Looks for: python\python.exe beside this file, an installed reportgen.exe, py, python.
rem REPORTGEN_NO_PAUSE=1 leaves without waiting for a key; REPORTGEN_NO_OPEN=1 opens nothing.
setlocal EnableExtensions DisableDelayedExpansion
set "DO=build"
set "PYTHONUTF8=1"
set "PYTHONDONTWRITEBYTECODE=1"
set "CODE=3"

rem Forms and templates of office IT's own, beside this file; the folder as it comes holds none.
if defined REPORTGEN_FORMS goto python
if exist "%~dp0forms\*.toml" set "REPORTGEN_FORMS=%~dp0forms"
if exist "%~dp0forms\*.docx" set "REPORTGEN_FORMS=%~dp0forms"

:python
rem No "set" with outer quotes here: the path itself must stay quoted when RUN is expanded.
set RUN="%~dp0python\python.exe" -B -X utf8 -m reportgen
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

rem Python is missing in the unpacked bundle: its own text says so, in GBK as the console has it.
if not exist "%~dp0python\not-found.txt" goto alone
type "%~dp0python\not-found.txt"
goto end

:alone
rem This file stands alone, most often started inside the zip without unpacking it.  A page says so
rem in Chinese, its characters written as numbers.
set "PAGE=%TEMP%\reportgen-help.html"
>"%PAGE%" echo ^<!doctype html^>^<meta charset="utf-8"^>^<title^>reportgen^</title^>
>>"%PAGE%" echo ^<p^>^&#27809;^&#26377;^&#25214;^&#21040;^&#31243;^&#24207;^&#12290;
>>"%PAGE%" echo ^&#22810;^&#21322;^&#26159;^&#21387;^&#32553;^&#21253;^&#36824;^&#27809;^&#26377;^&#35299;^&#21387;^&#65292;
>>"%PAGE%" echo ^&#25110;^&#32773;^&#21482;^&#25335;^&#20986;^&#20102;^&#36825;^&#19968;^&#20010;^&#25991;^&#20214;^&#12290;
>>"%PAGE%" echo ^<p^>^&#35831;^&#22312;^&#21387;^&#32553;^&#21253;^&#19978;^&#28857;^&#21491;^&#38190;^&#65292;
>>"%PAGE%" echo ^&#36873;^&#8220;^&#20840;^&#37096;^&#35299;^&#21387;^&#32553;^&#8221;^&#65292;
>>"%PAGE%" echo ^&#21040;^&#35299;^&#21387;^&#20986;^&#26469;^&#30340;^&#25991;^&#20214;^&#22841;^&#37324;^&#20877;^&#21452;^&#20987;^&#12290;
>>"%PAGE%" echo ^<p^>^&#24050;^&#32463;^&#35299;^&#21387;^&#30340;^&#65292;^&#35831;^&#25214;^&#25216;^&#26415;^&#20154;^&#21592;^&#65306;
>>"%PAGE%" echo python ^&#25991;^&#20214;^&#22841;^&#24212;^&#24403;^&#22312;^&#36825;^&#20010;^&#25991;^&#20214;^&#26049;^&#36793;^&#12290;
echo reportgen was not found. See "%PAGE%"
if not defined REPORTGEN_NO_OPEN start "" "%PAGE%"
goto end

:run
rem The dot keeps the last backslash from escaping the quote.
%RUN% office --do %DO% --folder "%~dp0." %*
set "CODE=%ERRORLEVEL%"

:end
echo.
if not defined REPORTGEN_NO_PAUSE pause
exit /b %CODE%
