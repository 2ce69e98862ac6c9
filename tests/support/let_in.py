"""A guardian's screen, let in over the hub's own machine: what its browser sends."""

from evenfall.app.web.guarded import COOKIES
from evenfall.app.web.serve import HubServer


def guardians_cookie(server: HubServer, member: str = "mara") -> dict[str, str]:
    """The header that makes a request a guardian's."""
    _, code = server.gatekeeper.invite("member", member=member, by=None)
    _, token = server.gatekeeper.claim(code, origin="here", label="a screen", knocker="test")
    return {"cookie": f"{COOKIES['here']}={token}"}
