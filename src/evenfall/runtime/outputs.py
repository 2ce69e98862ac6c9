"""Several outputs as one: the room's page, its lamp, its speaker, each told the same."""

from collections.abc import Sequence

from evenfall.formats.errors import Fault
from evenfall.ports.outputs import Outputs, OutputUnavailableError


class AllOutputs:
    """Tells every output, and only then says which did not answer.

    Args:
        outputs: whoever is to be told.
    """

    def __init__(self, outputs: Sequence[Outputs]) -> None:
        self.outputs = tuple(outputs)

    def apply(self, output: str, target: float, ramp_s: float, what: str) -> None:
        """Tell everyone; one that fails keeps nobody else from hearing it.

        Raises:
            OutputUnavailableError: with the faults of those that did not answer.
        """
        faults: list[Fault] = []
        for one in self.outputs:
            try:
                one.apply(output, target, ramp_s, what)
            except OutputUnavailableError as error:
                faults += error.faults
        if faults:
            raise OutputUnavailableError(*faults)
