"""The colours of the report: an ember at dusk, the same hues brightened at dawn, never white.

Rule: every text stands at 4.5 : 1 or more on every ground it is set on, every mark at 3 : 1.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Palette:
    """One state of the light. Each colour is `#rrggbb`."""

    ground: str
    card: str
    glow: str
    ink: str
    soft: str
    line: str
    accent: str
    on_accent: str
    night: str
    wake: str
    rem: str
    n1: str
    n2: str
    n3: str
    still: str

    def stage(self, stage: str) -> str:
        """The colour of a stage. REM has a hue of its own; S is drawn as N2 is."""
        named = {"W": self.wake, "R": self.rem, "N1": self.n1, "N2": self.n2, "N3": self.n3}
        return named.get(stage, self.n2)

    @property
    def texts(self) -> tuple[str, ...]:
        """The colours that words are set in."""
        return (self.ink, self.soft, self.accent)

    @property
    def marks(self) -> tuple[str, ...]:
        """The colours that carry meaning in a picture."""
        return (
            *(self.accent, self.night, self.wake, self.rem),
            *(self.n1, self.n2, self.n3, self.still),
        )

    @property
    def grounds(self) -> tuple[str, ...]:
        """Everything that words and marks are set on."""
        return (self.ground, self.card, self.glow)


# The hues follow the house's dusk (#0b0706, #e8cdb0, #e2703a); the rest is this project's choice.
DAWN = Palette(
    ground="#170d09",
    card="#21130d",
    glow="#43200f",
    ink="#f8e5ce",
    soft="#d6b596",
    line="#4a3022",
    accent="#f5985c",
    on_accent="#1d0e07",
    night="#c46f45",
    wake="#f9d8a4",
    rem="#d994cf",
    n1="#f4ae6b",
    n2="#e2834c",
    n3="#c76643",
    still="#a97e63",
)
DUSK = Palette(
    ground="#0b0706",
    card="#120b08",
    glow="#2a1309",
    ink="#e8cdb0",
    soft="#bd9c7d",
    line="#38241a",
    accent="#e2703a",
    on_accent="#0b0706",
    night="#b0562d",
    wake="#e3b577",
    rem="#bd7eb4",
    n1="#d8934f",
    n2="#c86e3b",
    n3="#b0562d",
    still="#90694f",
)


def luminance(colour: str) -> float:
    """Relative luminance, 0 to 1, of a colour `#rrggbb` (WCAG 2.2, "relative luminance").

    Example:
        >>> luminance("#ffffff")
        1.0
    """
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast_ratio(one: str, other: str) -> float:
    """The contrast of two colours, 1 to 21 (WCAG 2.2, "contrast ratio").

    Example:
        >>> round(contrast_ratio("#000000", "#ffffff"), 6)
        21.0
    """
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)
