"""What goes wrong outside the plan: a locked file, a full disk, a database that is away."""


class SopError(Exception):
    """A problem of the machine, told so that a planner knows what to do next.

    Args:
        message: What happened, one sentence.
        remedy: What to do about it, one sentence; empty when there is nothing to do.
    """

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message, remedy)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".rstrip()
