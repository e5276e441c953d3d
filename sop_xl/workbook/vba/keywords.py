"""Words that VBA keeps for itself, in lower case."""

# [MS-VBAL] 3.3.5.2, reserved identifiers
_STATEMENTS = """
    call case close const declare defbool defbyte defcur defdate defdbl defint deflng deflnglng
    deflngptr defobj defsng defstr defvar dim do else elseif end endif enum erase event exit for
    friend function get global gosub goto if implements input let lock loop lset next on open option
    print private public put raiseevent redim rem resume return rset seek select set static stop sub
    type unlock wend while with write
"""
_MARKERS = """
    any as byref byval case each else in new optional paramarray preserve shared spc tab then to
    until withevents write
"""
_OPERATORS = "addressof and eqv imp is like mod new not or typeof xor"
_FUNCTIONS = """
    abs array cbool cbyte ccur cdate cdbl cdec cint circle clng clnglng clngptr csng cstr cvar cverr
    date debug doevents fix inputb int lbound len lenb me pset scale sgn string ubound
"""
_TYPES = "boolean byte currency date double integer long longlong longptr single string variant"
_VALUES = "true false nothing empty null"
_KEPT_FOR_LATER = "attribute cdecl decimal defdec lineinput"

RESERVED = frozenset(
    " ".join(
        (_STATEMENTS, _MARKERS, _OPERATORS, _FUNCTIONS, _TYPES, _VALUES, _KEPT_FOR_LATER)
    ).split()
)
"""Names that nothing can have."""

_IN_PLACES = """
    access alias append base binary compare error explicit lib line local name object output
    property random read step text
"""
CONTEXTUAL = frozenset(_IN_PLACES.split())
"""Words of certain statements: VBA takes some of them as names, LibreOffice takes fewer."""
