Attribute VB_Name = "SopRibbon"
Option Explicit

'The tab "S&OP". Every button hands the action in its tag on to Python. A tag is "<action> <gate>",
'or "<action>" where the button can always be pressed.

Private mRibbon As IRibbonUI 'Nothing after VBA was reset: buttons then keep the state they have

'onLoad of the ribbon: Excel hands it over once, when the workbook opens.
Public Sub SOP_OnLoad(ribbon As IRibbonUI)
    Set mRibbon = ribbon
End Sub

'onAction of every button.
Public Sub SOP_Press(control As IRibbonControl)
    RunAction Split(control.Tag)(0)
    SopRefreshRibbon
End Sub

'getEnabled of the buttons with a gate.
Public Sub SOP_Enabled(control As IRibbonControl, ByRef returnedVal)
    Dim words As Variant
    words = Split(control.Tag)
    returnedVal = True
    If UBound(words) > 0 Then returnedVal = IsOpen(words(1))
End Sub

'Has Excel ask again which buttons can be pressed.
Public Sub SopRefreshRibbon()
    On Error Resume Next 'Excel may have lost the ribbon: opening the workbook again brings it back
    mRibbon.Invalidate
End Sub

'Runs an action in a Python of its own, which tells itself what went well or wrong.
Private Sub RunAction(ByVal action As String)
    Dim code As String
    code = "from sop_xl.excel import ribbon; ribbon.press('" & action & "')"
    On Error GoTo Failed
    SopLookAgain
    If InterpreterIsMissing() Then GoTo Failed
    If RunPython(code) <> -1 Then Exit Sub
Failed:
    SayThatPythonFailed action
End Sub

'Whether the Python of the settings is not there: xlwings says so, but not what to do about it.
Private Function InterpreterIsMissing() As Boolean
    Dim interpreter As String
    interpreter = GetConfig("INTERPRETER_WIN", "")
    If InStr(interpreter, "\") > 0 Then InterpreterIsMissing = Not FileExists(interpreter)
End Function

Private Sub SayThatPythonFailed(ByVal action As String)
    MsgBox "Python did not start, or stopped half way: '" & action & "' was not done." & vbLf _
        & vbLf & "Close this message, open a command prompt and type" & vbLf _
        & vbLf & "    " & DoctorCommand() & vbLf _
        & vbLf & "It says what is wrong and what to do about it. " _
        & "What was typed into this workbook is still in it.", vbExclamation, "S&OP"
End Sub

'With its folder, beside the Python of the settings: a prompt rarely knows the way.
Private Function DoctorCommand() As String
    Dim interpreter As String
    On Error Resume Next 'settings that cannot be read are one of the things that the doctor mends
    interpreter = GetConfig("INTERPRETER_WIN", "")
    DoctorCommand = "sop-xl doctor"
    If InStr(interpreter, "\") = 0 Then Exit Function
    DoctorCommand = Left$(interpreter, InStrRev(interpreter, "\")) & "sop-xl"
    DoctorCommand = Chr(34) & DoctorCommand & Chr(34) & " doctor"
End Function

'Whether a defined name Gate_<gate> of this workbook is TRUE.
Private Function IsOpen(ByVal gate As String) As Boolean
    Dim answer As Variant
    On Error Resume Next 'a gate that cannot be evaluated shuts nothing: the action looks again
    answer = ThisWorkbook.Worksheets(1).Evaluate("Gate_" & gate) 'never of another open workbook
    IsOpen = True
    If VarType(answer) = vbBoolean Then IsOpen = answer
End Function
