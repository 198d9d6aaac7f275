@echo off
rem gdsim for command lines: gdsim run, gdsim --info and the like.
set PYTHONUTF8=1
"%~dp0python.exe" -m gdsim %*
