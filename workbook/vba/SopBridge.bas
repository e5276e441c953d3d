Attribute VB_Name = "SopBridge"
Option Explicit
Option Private Module

'The way of a worksheet function to Python and back. The functions themselves are in SopFunctions.
'
'An answer is what Python computed, or an error of Excel; never a text that SUM would pass over.
'Where Python cannot be asked (on a Mac, not installed) it is #N/A, at once and without a message,
'so that IFERROR(SOP_...(), value) shows the value.

Private Const MODULE_OF_FUNCTIONS As String = "udfs"
Private Const LEFT_ALONE As Long = 1 'minutes

Private mPython As Object 'the running Python; to ask xlwings for it takes many looks at settings
Private mLookAgain As Date 'when to look for a Python that did not start

'The answer of a worksheet function.
'args: array of what stands in its brackets: ranges, values, and what was left out.
Public Function SopAnswer(ByVal functionName As String, ByVal args As Variant) As Variant
    Dim answer As Variant
    Dim failure As String
    SopAnswer = CVErr(xlErrNA)
    On Error GoTo Unanswered
    If IsMac() Then Exit Function
    If HasPieces(args) Then
        SopAnswer = CVErr(xlErrValue)
    ElseIf PythonRuns() Then
        failure = FailureToAsk(functionName, Trimmed(args), answer)
        If failure = "" Then
            SopAnswer = WithErrors(answer)
        ElseIf IsError(ErrorIn(failure)) Then
            SopAnswer = ErrorIn(failure)
        End If
    End If
Unanswered: 'what cannot be asked or understood is #N/A
End Function

'Forgets that Python did not start: somebody may have mended it.
Public Sub SopLookAgain()
    mLookAgain = 0
End Sub

'xlwings has no functions on a Mac.
Private Function IsMac() As Boolean
    IsMac = InStr(Application.OperatingSystem, "Mac") > 0
End Function

'---- Python -------------------------------------------------------------------------------------

'Whether there is a Python to ask; starts it. One that did not start is left alone for a while: a
'workbook has many functions, and each of them would wait for it in vain.
Private Function PythonRuns() As Boolean
    On Error GoTo Failed
    If mPython Is Nothing Then
        If Now < mLookAgain Then Exit Function
        Set mPython = XLPy
    End If
    PythonRuns = True
    Exit Function
Failed:
    LeaveAlone
End Function

Private Sub LeaveAlone()
    Set mPython = Nothing
    mLookAgain = Now + TimeSerial(0, LEFT_ALONE, 0)
End Sub

'Asks Python, and once more with a new one if that of the last time has ended. The answer is in
'answer; what went wrong is returned.
Private Function FailureToAsk(ByVal functionName As String, ByVal args As Variant, _
        ByRef answer As Variant) As String
    FailureToAsk = FailureOf(functionName, args, answer)
    If Not HasEnded(FailureToAsk) Then Exit Function
    Set mPython = Nothing
    If Not PythonRuns() Then Exit Function
    FailureToAsk = FailureOf(functionName, args, answer)
    If HasEnded(FailureToAsk) Then LeaveAlone
End Function

Private Function FailureOf(ByVal functionName As String, ByVal args As Variant, _
        ByRef answer As Variant) As String
    On Error GoTo Failed
    'in brackets: Python gets values, or Excel would wait for changed arguments to come back
    answer = mPython.CallUDF(MODULE_OF_FUNCTIONS, (functionName), (args), ThisWorkbook, _
        Application.Caller)
    Exit Function
Failed:
    FailureOf = Err.Description
    If FailureOf = "" Then FailureOf = "unknown"
End Function

'Whether a failure says that Python has ended: one of Python's own code names its file and line.
Private Function HasEnded(ByVal failure As String) As Boolean
    If failure = "" Then Exit Function
    If Not IsError(ErrorIn(failure)) Then HasEnded = InStr(failure, "File """) = 0
End Function

'---- errors -------------------------------------------------------------------------------------

'The error that a CellError of Python begins with; Empty where there is none. The name of the class
'stands before it in the last line of a traceback, which xlwings shows first.
Private Function ErrorIn(ByVal failure As String) As Variant
    Dim words As Variant
    ErrorIn = Empty 'LibreOffice would answer the error of the last time
    words = Split(failure, "CellError: ")
    words = Split(words(UBound(words)), ":")
    If IsError(AsError(words(0))) Then ErrorIn = AsError(words(0))
End Function

'An answer with real errors in the place of their texts.
Private Function WithErrors(ByVal answer As Variant) As Variant
    Dim row As Long
    Dim column As Long
    Select Case Dimensions(answer)
        Case 0
            answer = AsError(answer)
        Case 1
            For column = LBound(answer) To UBound(answer)
                answer(column) = AsError(answer(column))
            Next column
        Case Else
            For row = LBound(answer, 1) To UBound(answer, 1)
                For column = LBound(answer, 2) To UBound(answer, 2)
                    answer(row, column) = AsError(answer(row, column))
                Next column
            Next row
    End Select
    WithErrors = answer
End Function

'A value, or the error that its text names.
Private Function AsError(ByVal value As Variant) As Variant
    AsError = value
    If VarType(value) <> vbString Then Exit Function
    Select Case value
        Case "#N/A"
            AsError = CVErr(xlErrNA)
        Case "#VALUE!"
            AsError = CVErr(xlErrValue)
        Case "#NUM!"
            AsError = CVErr(xlErrNum)
        Case "#DIV/0!"
            AsError = CVErr(xlErrDiv0)
    End Select
End Function

'How many dimensions an array has; none for a single value.
Private Function Dimensions(ByVal values As Variant) As Long
    Dim found As Long
    Dim last As Long
    If Not IsArray(values) Then Exit Function
    On Error GoTo Counted 'VBA tells the number of dimensions only by failing on the next one
    Do
        last = UBound(values, found + 1)
        found = found + 1
    Loop
Counted:
    Dimensions = found
End Function

'---- ranges -------------------------------------------------------------------------------------

Private Function IsRange(ByVal argument As Variant) As Boolean
    IsRange = TypeName(argument) = "Range"
End Function

'Whether a range has several pieces, as (A1:A3,C1:C3): xlwings would read the first one only.
Private Function HasPieces(ByVal args As Variant) As Boolean
    Dim at As Long
    For at = LBound(args) To UBound(args)
        If IsRange(args(at)) Then
            If args(at).Areas.Count > 1 Then HasPieces = True
        End If
    Next at
End Function

'The arguments, with whole columns and rows cut where they hold nothing any more: a million cells
'take seconds to hand over. All of them lose the same number, so that what fitted still fits.
Private Function Trimmed(ByVal args As Variant) As Variant
    Dim at As Long
    Dim spareRows As Long
    Dim spareColumns As Long
    spareRows = Spare(args, True)
    spareColumns = Spare(args, False)
    For at = LBound(args) To UBound(args)
        If ReachesEnd(args(at), True) Then
            Set args(at) = args(at).Resize(args(at).Rows.Count - spareRows)
        End If
        If ReachesEnd(args(at), False) Then
            Set args(at) = args(at).Resize(, args(at).Columns.Count - spareColumns)
        End If
    Next at
    Trimmed = args
End Function

'How many rows (or columns) are empty in all the ranges that go to the end of their sheet.
Private Function Spare(ByVal args As Variant, ByVal downwards As Boolean) As Long
    Dim at As Long
    Dim empties As Long
    Dim isFirst As Boolean
    isFirst = True
    For at = LBound(args) To UBound(args)
        If ReachesEnd(args(at), downwards) Then
            empties = Length(args(at), downwards) - LastFilled(args(at), downwards)
            If isFirst Or empties < Spare Then Spare = empties
            isFirst = False
        End If
    Next at
End Function

'Whether an argument is a range that goes down (or across) to the end of its sheet.
Private Function ReachesEnd(ByVal argument As Variant, ByVal downwards As Boolean) As Boolean
    If Not IsRange(argument) Then Exit Function
    If downwards Then
        ReachesEnd = argument.Row + argument.Rows.Count > argument.Worksheet.Rows.Count
    Else
        ReachesEnd = argument.Column + argument.Columns.Count > argument.Worksheet.Columns.Count
    End If
End Function

Private Function Length(ByVal area As Range, ByVal downwards As Boolean) As Long
    If downwards Then Length = area.Rows.Count Else Length = area.Columns.Count
End Function

'The last row (or column) of a range with something in it, counted from its first; 1 where none has.
Private Function LastFilled(ByVal area As Range, ByVal downwards As Boolean) As Long
    Dim used As Range
    Dim last As Long
    LastFilled = 1
    Set used = Application.Intersect(area, area.Worksheet.UsedRange)
    If used Is Nothing Then Exit Function
    last = LastOf(used.Value, downwards)
    If last = 0 Then Exit Function
    If downwards Then
        LastFilled = last + used.Row - area.Row
    Else
        LastFilled = last + used.Column - area.Column
    End If
End Function

'The last row (or column) of values that is not empty, 0 where all are.
Private Function LastOf(ByVal values As Variant, ByVal downwards As Boolean) As Long
    Dim at As Long
    Dim across As Long
    Dim other As Long
    If Not IsArray(values) Then 'of a single cell
        If IsFilled(values) Then LastOf = 1
        Exit Function
    End If
    If downwards Then other = 2 Else other = 1
    For at = UBound(values, 3 - other) To 1 Step -1
        For across = 1 To UBound(values, other)
            If downwards Then
                If IsFilled(values(at, across)) Then LastOf = at
            Else
                If IsFilled(values(across, at)) Then LastOf = at
            End If
            If LastOf > 0 Then Exit Function
        Next across
    Next at
End Function

'Whether Python will see something in a cell: an error is missing there, as an empty text is.
Private Function IsFilled(ByVal value As Variant) As Boolean
    If IsError(value) Or IsEmpty(value) Then Exit Function
    IsFilled = Len(value) > 0
End Function
