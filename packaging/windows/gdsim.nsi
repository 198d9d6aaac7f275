; The set-up for Windows: per user, without administrator; `setup.exe /S` asks and shows nothing,
; `/S /D=C:\folder` chooses the folder (last, without quotes). build_windows.py gives the defines.
Target amd64-unicode
!include MUI2.nsh
!define CLASSES "Software\Classes"
!define ENTRY "Software\Microsoft\Windows\CurrentVersion\Uninstall\gdsim"

Name "gdsim"
OutFile "${OUT}"
RequestExecutionLevel user
InstallDir "$LOCALAPPDATA\Programs\gdsim"
InstallDirRegKey HKCU "Software\gdsim" "Folder"
SetCompressor /SOLID lzma
SetCompressorDictSize 64
ManifestDPIAware true
VIProductVersion "${VERSION}.0"
VIAddVersionKey ProductName "gdsim"
VIAddVersionKey ProductVersion "${VERSION}"
VIAddVersionKey FileVersion "${VERSION}"
VIAddVersionKey FileDescription "gdsim ${VERSION} set-up"
VIAddVersionKey LegalCopyright "the gdsim developers, MIT licence"

!define MUI_ICON "${TREE}/gdsim.ico"
!define MUI_UNICON "${TREE}/gdsim.ico"
!define MUI_FINISHPAGE_RUN "$INSTDIR\pythonw.exe"
!define MUI_FINISHPAGE_RUN_PARAMETERS "-m gdsim"
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "SimpChinese"

!macro TellShell
  ; SHCNE_ASSOCCHANGED: icons and associations are to be read anew.
  System::Call 'shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)'
!macroend


Section
  ; An older version goes first, so that nothing of it stays.
  IfFileExists "$INSTDIR\uninstall.exe" 0 +2
    ExecWait '"$INSTDIR\uninstall.exe" /S _?=$INSTDIR'
  SetOutPath "$INSTDIR"
  SetOverwrite on
  File /r "${TREE}/*"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  CreateShortcut "$SMPROGRAMS\gdsim.lnk" "$INSTDIR\pythonw.exe" "-m gdsim" "$INSTDIR\gdsim.ico"
  WriteRegStr HKCU "Software\gdsim" "Folder" "$INSTDIR"
  WriteRegStr HKCU "${CLASSES}\.gdsim" "" "gdsim.experiment"
  WriteRegStr HKCU "${CLASSES}\gdsim.experiment" "" "gdsim experiment"
  WriteRegStr HKCU "${CLASSES}\gdsim.experiment\DefaultIcon" "" "$INSTDIR\gdsim.ico"
  WriteRegStr HKCU "${CLASSES}\gdsim.experiment\shell\open\command" "" '"$INSTDIR\pythonw.exe" -m gdsim "%1"'
  WriteRegStr HKCU "${ENTRY}" "DisplayName" "gdsim"
  WriteRegStr HKCU "${ENTRY}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${ENTRY}" "DisplayIcon" "$INSTDIR\gdsim.ico"
  WriteRegStr HKCU "${ENTRY}" "Publisher" "the gdsim developers"
  WriteRegStr HKCU "${ENTRY}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${ENTRY}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${ENTRY}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${ENTRY}" "EstimatedSize" ${KIB}
  WriteRegDWORD HKCU "${ENTRY}" "NoModify" 1
  WriteRegDWORD HKCU "${ENTRY}" "NoRepair" 1
  !insertmacro TellShell
SectionEnd

Section Uninstall
  ; Each file by its name: what the user has put into the folder stays.
  !include "${REMOVED}"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  Delete "$SMPROGRAMS\gdsim.lnk"
  ReadRegStr $0 HKCU "${CLASSES}\.gdsim" ""
  StrCmp $0 "gdsim.experiment" 0 +2
    DeleteRegKey HKCU "${CLASSES}\.gdsim"
  DeleteRegKey HKCU "${CLASSES}\gdsim.experiment"
  DeleteRegKey HKCU "${ENTRY}"
  DeleteRegKey HKCU "Software\gdsim"
  !insertmacro TellShell
SectionEnd
