"""Works LibreOffice for ``macros.py``, in the Python that has LibreOffice's bridge.

Arguments: the command of LibreOffice and an empty folder for its profile. Every line of the input
is a request, ``[verb, argument, ...]`` in JSON, and is answered by a line: ``{"answer": ...}`` or
``{"error": text}``. The end of the input ends LibreOffice.
"""

import importlib.util
import json
import os
import subprocess
import sys
import time
from typing import Any

# other Pythons read this file too, to look for tests in it
uno: Any = importlib.import_module("uno") if importlib.util.find_spec("uno") else None

PATIENCE = 60  # seconds for LibreOffice to start
ALWAYS = 4  # MacroExecutionMode: run macros without asking


class Office:
    """A LibreOffice of our own and the documents it has open."""

    def __init__(self, command: str, profile: str) -> None:
        pipe = f"sop-{os.getpid()}"
        # importing uno sets a variable that would lead LibreOffice astray
        environment = {k: v for k, v in os.environ.items() if k != "URE_BOOTSTRAP"}
        self.process = subprocess.Popen(
            [
                command,
                f"-env:UserInstallation={uno.systemPathToFileUrl(profile)}",
                f"--accept=pipe,name={pipe};urp;",
                *("--headless", "--norestore", "--nologo", "--nodefault"),
            ],
            stdout=subprocess.DEVNULL,
            env=environment,
        )
        self.desktop = self._connected(pipe)
        self.documents: list[Any] = []

    def _connected(self, pipe: str) -> Any:
        local = uno.getComponentContext()
        resolver = local.ServiceManager.createInstanceWithContext(
            "com.sun.star.bridge.UnoUrlResolver", local
        )
        until = time.monotonic() + PATIENCE
        while True:
            try:
                context = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
                break
            except uno.getClass("com.sun.star.connection.NoConnectException"):
                if time.monotonic() > until:
                    raise
                time.sleep(0.1)
        return context.ServiceManager.createInstanceWithContext(
            "com.sun.star.frame.Desktop", context
        )

    def end(self) -> None:
        for document in self.documents:
            document.close(True)
        self.desktop.terminate()
        self.process.wait()

    # ---- requests ----------------------------------------------------------------------------

    def open(self, path: str) -> int:
        """Open a workbook with its macros; gives its number."""
        url = uno.systemPathToFileUrl(path)
        wanted = (_property("Hidden", True), _property("MacroExecutionMode", ALWAYS))
        document = self.desktop.loadComponentFromURL(url, "_blank", 0, wanted)
        if document is None:
            raise RuntimeError(f"LibreOffice did not open {path}")
        self.documents.append(document)
        return len(self.documents) - 1

    def put(self, number: int, sheet: str, cell: str, value: Any) -> None:
        """Type a number, a text or a formula into a cell."""
        target = self._cell(number, sheet, cell)
        if not isinstance(value, str):
            target.Value = value
        elif value.startswith("="):
            target.Formula = value.replace(",", ";")  # what separates arguments in its own language
        else:
            target.String = value

    def calculate(self, number: int) -> None:
        """Calculate every formula, whether it seems to need it or not."""
        self.documents[number].calculateAll()

    def look(self, number: int, sheet: str, cell: str) -> list[Any]:
        """What a cell shows, and the number of its error, 0 for none."""
        target = self._cell(number, sheet, cell)
        return [target.String, target.getError()]

    def run(self, number: int, macro: str, arguments: list[Any]) -> Any:
        """Run a macro, ``Module.Procedure``; LibreOffice does not tell whether it failed."""
        document = self.documents[number]
        (library,) = (name for name in document.BasicLibraries.ElementNames if name != "Standard")
        script = document.getScriptProvider().getScript(
            f"vnd.sun.star.script:{library}.{macro}?language=Basic&location=document"
        )
        return script.invoke(tuple(arguments), (), ())[0]

    def _cell(self, number: int, sheet: str, cell: str) -> Any:
        return self.documents[number].Sheets.getByName(sheet).getCellRangeByName(cell)


def _property(name: str, value: Any) -> Any:
    made = uno.createUnoStruct("com.sun.star.beans.PropertyValue")
    made.Name, made.Value = name, value
    return made


def main(command: str, profile: str) -> None:
    office = Office(command, profile)
    try:
        for line in sys.stdin:
            verb, *arguments = json.loads(line)
            try:
                answer = {"answer": getattr(office, verb)(*arguments)}
            except Exception as error:
                answer = {"error": f"{type(error).__name__}: {error}"}
            print(json.dumps(answer), flush=True)
    finally:
        office.end()


if __name__ == "__main__":
    main(*sys.argv[1:])
