@rem gdsim from this checkout, by the script that makes its environment.
@where /q py || goto python
@py "%~dp0..\packaging\bootstrap.py" run %*
@exit /b
:python
@python "%~dp0..\packaging\bootstrap.py" run %*
