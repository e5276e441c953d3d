"""What our VBA modules meet in a test: stubs of xlwings, of Python and of a button, in VBA.

They run in LibreOffice and in pyOpenVBA's interpreter alike. A sheet named ``Stub`` tells them what
to do and shows what they were asked.
"""

from pathlib import Path

SOURCES = Path(__file__).parents[2] / "workbook"
SHEET = "Stub"

CODE = "A1"
"""The Python code that a button ran."""
RESULT = "A2"
"""What running it answers: -1 is xlwings' sign that Python did not run."""
INTERPRETER = "A3"
"""The interpreter in the settings of xlwings."""
EXISTS = "A4"
"""TRUE: the file of the interpreter is there."""
STARTS = "A5"
"""How often Python was looked for."""
ABSENT = "A6"
"""A text here: no Python starts, and this is why."""
ASKED = "A7"
"""What Python was asked last: module, function and the addresses of the ranges."""
HELPED = "A8"
"""Whether the help of the functions was registered."""

XLWINGS = '''Attribute VB_Name = "xlwings"
Option Explicit

Public Function Stub(ByVal address As String) As Range
    Set Stub = ThisWorkbook.Worksheets("Stub").Range(address)
End Function

Public Function RunPython(PythonCommand As String)
    Stub("A1").Value = PythonCommand
    RunPython = Stub("A2").Value
End Function

Public Function GetConfig(configKey As String, Optional default As String = "") As Variant
    GetConfig = default
    If configKey = "INTERPRETER_WIN" Then GetConfig = CStr(Stub("A3").Value)
End Function

Public Function FileExists(ByVal FileSpec As String) As Boolean
    FileExists = (FileSpec = Stub("A3").Value) And Stub("A4").Value
End Function

Public Function XLPy()
    Stub("A5").Value = Stub("A5").Value + 1
    If Stub("A6").Value <> "" Then Err.Raise 1000, "xlwings", Stub("A6").Value
    Set XLPy = New StubServer
    XLPy.Number = Stub("A5").Value
End Function
'''

SERVER = '''Attribute VB_Name = "StubServer"
Option Explicit

Public Number As Long

'Answers what its first argument wants; a failure is raised with the text behind its name.
Public Function CallUDF(script As Variant, fname As Variant, args As Variant, _
        this_workbook As Variant, caller As Variant) As Variant
    Dim grid(0 To 1, 0 To 1) As Variant
    Dim wanted As String
    Dim at As Long
    Stub("A7").Value = script & " " & fname
    For at = LBound(args) To UBound(args)
        If TypeName(args(at)) = "Range" Then
            Stub("A7").Value = Stub("A7").Value & " " & args(at).Address
        End If
    Next at
    If TypeName(args(0)) = "Range" Then wanted = args(0).Cells(1, 1).Value Else wanted = args(0)
    If Left(wanted, 6) = "raise " Then Err.Raise 1000, "Python", Mid(wanted, 7)
    If wanted = "ended" Or (wanted = "first ended" And Number = 1) Then
        Err.Raise 462, "Python", "The remote server machine does not exist or is unavailable"
    End If
    Select Case wanted
        Case "number"
            CallUDF = 0.25
        Case "row"
            CallUDF = Array(1, "#N/A", 3)
        Case "grid"
            grid(0, 0) = 1
            grid(0, 1) = "#VALUE!"
            grid(1, 0) = "ETS"
            grid(1, 1) = 4
            CallUDF = grid
        Case Else
            CallUDF = wanted
    End Select
End Function
'''

CONTROL = '''Attribute VB_Name = "StubControl"
Option Explicit

Public Tag As String
'''

RIBBON = '''Attribute VB_Name = "StubRibbon"
Option Explicit

Public Count As Long

Public Sub Invalidate()
    Count = Count + 1
End Sub
'''

HELP = '''Attribute VB_Name = "SopHelp"
Option Explicit

Public Sub SopRegisterHelp()
    Stub("A8").Value = True
    Err.Raise 1004, "Excel", "Cannot edit a macro on a hidden workbook"
End Sub
'''

TRIAL = '''Attribute VB_Name = "Trial"
Option Explicit

Private mRibbon As StubRibbon

Private Function Button(ByVal tag As String) As StubControl
    Set Button = New StubControl
    Button.Tag = tag
End Function

Public Sub Press(ByVal tag As String)
    SOP_Press Button(tag)
End Sub

Public Function Enabled(ByVal tag As String) As Variant
    Dim returnedVal As Variant
    SOP_Enabled Button(tag), returnedVal
    Enabled = returnedVal
End Function

Public Sub Loaded()
    Set mRibbon = New StubRibbon
    SOP_OnLoad mRibbon
End Sub

'How often the ribbon was told to ask again.
Public Function Invalidated() As Long
    Invalidated = mRibbon.Count
End Function

Public Function Answer(ByVal wanted As String) As Variant
    Answer = SopAnswer("SOP_WMAPE", Array(wanted))
End Function

'The same with ranges behind what is wanted, named by their addresses on the sheet Data.
Public Function AnswerTo(ByVal wanted As String, ByVal one As String, ByVal other As String)
    AnswerTo = SopAnswer("SOP_WMAPE", Array(wanted, OnData(one), OnData(other)))
End Function

'A range of the sheet Data; of the sheet Stub where the address begins with an exclamation mark.
Private Function OnData(ByVal address As String) As Range
    If Left(address, 1) = "!" Then Set OnData = Stub(Mid(address, 2)): Exit Function
    Set OnData = ThisWorkbook.Worksheets("Data").Range(address)
End Function
'''


def source(name: str) -> str:
    """One of our modules, as it stands in the source tree."""
    return (SOURCES / "vba" / name).read_text("ascii")
