"""What the pages are pictured in, in the order of an evening: data for page_pictures.py.

A picture is taken on one screen of a made-up home, after what is done there. An act is a verb and
its words: `go`, `press`, `fill`, `see` and so on are the browser's (ui/dev/page-pictures.mjs);
`kill` and `serve` are the hub's.
"""

from dataclasses import dataclass

Act = tuple[str, ...]
"""A verb and its words."""

FADED: Act = ("wait", "3300")
"""Until what fades has faded: the page takes two or three seconds over every change."""


@dataclass(frozen=True, kw_only=True)
class Screen:
    """A browser in the made-up home, and how it came in.

    Args:
        way: `here` on the hub's own machine, `plain` or `locked`.
        invited: what `evenfall pair` is told; none where nobody let it in.
        label: what it is called.
        locale: the language its browser asks for.
        like: the screen it is another page of, where it is one.
    """

    way: str
    invited: tuple[str, ...] = ()
    label: str = ""
    locale: str = "en-GB"
    like: str = ""


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A state of the pages: its name, what one sees and who sees it, and how to come there.

    Args:
        name: the file's, without its ending. It never changes, so that a rerun replaces it.
        title: a few words.
        says: one sentence.
        screen: whose screen it is on.
        do: what is done before.
        to: a text that is brought into sight, where the page is longer than the screen.
        quick: taken at once, where the state does not last.
    """

    name: str
    title: str
    says: str
    screen: str
    do: tuple[Act, ...] = ()
    to: str = ""
    quick: bool = False


@dataclass(frozen=True, kw_only=True)
class Hour:
    """A start of the hub at a made-up hour, and the pictures taken from there.

    Args:
        section: the heading its pictures stand under; the one before where it is empty.
        home: which made-up home.
        at: the hour.
        speed: how many times as fast its clock runs.
        pictures: in order.
    """

    section: str = ""
    home: str = "harbour"
    at: str
    speed: float = 1.0
    pictures: tuple[Picture, ...]


SCREENS = {
    "mara": Screen(way="locked", invited=("--for", "mara"), label="Mara’s phone"),
    "mara-pt": Screen(way="locked", like="mara", locale="pt-PT"),
    "nest": Screen(way="plain", invited=("--bedside", "nest"), label="Nest tablet"),
    "nest-pt": Screen(way="plain", like="nest", locale="pt-PT"),
    "rui": Screen(way="locked", invited=("--for", "rui"), label="Rui’s laptop"),
    "ilay": Screen(way="locked", invited=("--for", "ilay"), label="Ilay’s tablet"),
    "guest": Screen(way="plain", invited=("--guest",), label="A guest’s phone"),
    "here": Screen(way="here"),
    "nobody": Screen(way="plain"),
}
LET_IN = {
    "new": (),
    "lighthouse": (),
    "harbour": ("mara", "nest"),
    "roles": ("mara", "nest", "rui", "ilay", "guest"),
}
"""Which screens of a home are in before its pictures begin."""

MORE: Act = ("press", "This screen, and more")
"""What *Change tonight* has below its first two."""

RECORDED: tuple[Act, ...] = (
    ("go", "#/voices"),
    ("press", "Noor"),
    ("press", "^Record$"),
    ("wait", "6000"),
    ("press", "That is all"),
    ("press", "Keep it for Noor"),
    ("see", "From now on"),
)
"""How a voice is kept, on a guardian's own screen."""

BEGUN: tuple[Act, ...] = (
    ("go", "#/bedside/nest"),
    ("press", "Begin the story"),
    ("until", ".prompter .now"),
)

MORNING_OF_AN_ADULT = ("press", "What we know")

HOURS: tuple[Hour, ...] = (
    Hour(
        section="Coming in",
        home="new",
        at="18:20",
        pictures=(
            Picture(
                name="set-up-nobody-yet",
                title="A new home",
                says="On the hub’s own machine before anyone has signed in: tonight is there at "
                "once, and a line says where the first four words are.",
                screen="here",
                do=(("go", "#/"),),
            ),
            Picture(
                name="set-up-door",
                title="The door",
                says="A phone nobody let in, at the plain address: it sees one question, four "
                "words, and nothing of the home.",
                screen="nobody",
                do=(("go", "#/"),),
            ),
            Picture(
                name="set-up-door-other-ways",
                title="The door, with a passphrase",
                says="The same phone asks about a passphrase: the plain address says why it takes "
                "none, and where one goes.",
                screen="nobody",
                do=(("press", "I have a passphrase"),),
                to="A passphrase would travel",
            ),
            Picture(
                name="set-up-overheard",
                title="Words that could be overheard",
                says="Words for a guardian’s own screen, given at the plain address: they open "
                "nothing any more, and the page says why and where instead.",
                screen="nobody",
                do=(
                    ("again",),
                    ("invited",),
                    ("choose", "form button.begin"),
                    ("see", "others could read along"),
                ),
            ),
            Picture(
                name="set-up-first-guardian",
                title="The first guardian’s link",
                says="Mara’s phone, by the link with her four words: they are shown, and one tap "
                "lets it in.",
                screen="mara",
                do=(("invited",),),
            ),
            Picture(
                name="set-up-in",
                title="Mara is in",
                says="The same phone after the tap: tonight, for all four.",
                screen="mara",
                do=(("choose", "form button.begin"), ("see", "Change tonight")),
            ),
        ),
    ),
    Hour(
        section="Tonight",
        at="18:20",
        pictures=(
            Picture(
                name="tonight-dusk",
                title="Before wind-down",
                says="A guardian’s Tonight at dusk: what comes next, everyone’s line from "
                "wind-down to waking, and the way to begin.",
                screen="mara",
                do=(("go", "#/"),),
            ),
            Picture(
                name="tonight-why",
                title="Why these times",
                says="The reasons, a tap away: one sentence each, for each of them.",
                screen="mara",
                do=(("press", "Why?"),),
                to="#why",
            ),
            Picture(
                name="this-screen",
                title="This screen",
                says="Under *Change tonight*, on a guardian’s own screen: who it is here, the "
                "night light, the language, and how much light and sound it can give.",
                screen="mara",
                do=(("press", "Change tonight"), MORE),
                to="How much light is this?",
            ),
            Picture(
                name="this-screen-plain",
                title="This screen, at a plain address",
                says="The same on the tablet in the nest, at a plain address, with what that "
                "address can’t do and where the locked one is.",
                screen="nest",
                do=(("go", "#/"), FADED, ("press", "Change tonight"), MORE),
                to="What this address can’t do",
            ),
            Picture(
                name="screens",
                title="Screens that are let in",
                says="A guardian sees every screen that is in, whose it is and how it comes, and "
                "can end it.",
                screen="mara",
                do=(("go", "#/screens"), ("see", "Nest tablet")),
            ),
            Picture(
                name="screens-inviting",
                title="Letting a screen in",
                says="Four words for a guest, and the same as a picture for the phone’s camera; "
                "they open once.",
                screen="mara",
                do=(
                    ("press", "Let a screen in"),
                    ("press", "A guest, until tomorrow"),
                    ("until", ".picture img"),
                ),
            ),
            Picture(
                name="voices",
                title="A voice for the night",
                says="Mara has kept a voice for Noor; a grown-up records, listens and takes away "
                "here, at the locked address.",
                screen="mara",
                do=(("go", "#/voices"), ("see", "Kept now")),
            ),
            Picture(
                name="tonight-pt",
                title="Em português",
                says="The same Tonight, on a phone that asks for Portuguese.",
                screen="mara-pt",
                do=(("go", "#/"),),
            ),
            Picture(
                name="bedside-early",
                title="The bedside before its hour",
                says="The tablet in the nest, before the evening begins: the hour, and that nobody "
                "has to do anything yet.",
                screen="nest",
                do=(("go", "#/bedside/nest"),),
            ),
        ),
    ),
    Hour(
        section="The evening",
        at="19:00",
        pictures=(
            Picture(
                name="tonight-night",
                title="From wind-down on",
                says="Tonight once the first child winds down: true black, and the red channel "
                "only.",
                screen="mara",
                do=(("go", "#/"),),
            ),
            Picture(
                name="tonight-change",
                title="Change tonight",
                says="What a guardian may change for tonight only: the next thing first, and the "
                "rest below it.",
                screen="mara",
                do=(("press", "Change tonight"),),
                to="#change",
            ),
            Picture(
                name="bedside-ritual",
                title="Begin: the ritual",
                says="The tablet in the nest: one large picture for each step, a tap to the next, "
                "nothing to earn.",
                screen="nest",
                do=(("go", "#/bedside/nest"),),
            ),
            Picture(
                name="bedside-ritual-pt",
                title="O ritual",
                says="The same on a tablet that asks for Portuguese.",
                screen="nest-pt",
                do=(("go", "#/bedside/nest"),),
            ),
            Picture(
                name="bedside-story",
                title="The story",
                says="The words for whoever reads aloud, the current line full and the others "
                "dimmer; pause, no more and stop are always there.",
                screen="nest",
                do=(
                    ("press", "Begin the story"),
                    ("until", ".prompter .now"),
                    ("key", "ArrowRight"),
                ),
            ),
            Picture(
                name="tonight-underway",
                title="Tonight, with a story under way",
                says="A guardian’s phone in another room meanwhile.",
                screen="mara",
                do=(("again",), ("go", "#/")),
            ),
            Picture(
                name="bedside-paused",
                title="Pause",
                says="After *Pause*: dark and quiet, until somebody goes on or a quarter of an "
                "hour is over.",
                screen="nest",
                do=(("press", "^Pause$"), ("see", "Paused")),
            ),
            Picture(
                name="bedside-hub-gone",
                title="The hub is gone",
                says="The hub was killed in the middle of the story: its words stay, and the page "
                "says what still works.",
                screen="nest",
                do=(
                    ("press", "^Go on$"),
                    ("until", ".prompter .now"),
                    ("wait", "6000"),
                    ("kill",),
                    ("see", "The story goes on"),
                ),
                quick=True,
            ),
            Picture(
                name="bedside-hub-gone-dark",
                title="… and dark",
                says="Twenty seconds later: what the page was last told is over, and its light "
                "and sound have gone out by themselves.",
                screen="nest",
                do=(("wait", "20000"),),
            ),
            Picture(
                name="tonight-hub-gone",
                title="Tonight without the hub",
                says="A guardian’s phone at the same moment: how it was, and since when.",
                screen="mara",
            ),
            Picture(
                name="bedside-hub-back",
                title="The hub is back",
                says="Started again six minutes later by its clock: the words stay for whoever "
                "reads on, and the house plays nothing more.",
                screen="nest",
                do=(("serve", "19:06"), ("until", "main:not(.story)")),
            ),
        ),
    ),
    Hour(
        at="19:00",
        pictures=(
            Picture(
                name="bedside-told",
                title="No",
                says="After *No more*: the machine’s part has ended, the rest of the evening is "
                "the family’s.",
                screen="nest",
                do=(*BEGUN, ("press", "No more"), ("see", "The rest is yours")),
            ),
        ),
    ),
    Hour(
        at="19:00",
        pictures=(
            Picture(
                name="bedside-stopped",
                title="Stop",
                says="After *Stop*, by its word, three taps, a held finger or Escape: dark and "
                "quiet for the rest of the night.",
                screen="nest",
                do=(*BEGUN, ("press", "^Stop$"), ("see", "It has stopped")),
            ),
        ),
    ),
    Hour(
        section="A dreamscape with a choice in it",
        home="lighthouse",
        at="19:37",
        speed=4.0,
        pictures=(
            Picture(
                name="bedside-doors",
                title="Where would you like to be?",
                says="A story stops at two ways on; whoever listens says one out loud, and a tap "
                "takes it.",
                screen="here",
                do=(
                    ("go", "#/bedside/attic"),
                    ("press", "Begin the story"),
                    ("until", ".prompter .now"),
                    ("read",),
                    ("key", "ArrowRight"),
                    ("hub", "two doors", "attic"),
                    ("read",),
                    ("until", ".ways .door"),
                ),
            ),
            Picture(
                name="bedside-breather",
                title="A breather",
                says="After some minutes in the dreamscape the story comes back to the real room "
                "for a moment.",
                screen="here",
                do=(("press", "^Up"), ("hub", "own room", "attic"), ("until", "p.breath")),
            ),
            Picture(
                name="bedside-quiet",
                title="Quiet",
                says="When the words are over there is the sea, softly, and a light that goes out "
                "with a tap.",
                screen="here",
                do=(("hub", "afterglow", "attic"), ("until", "main.quiet")),
            ),
        ),
    ),
    Hour(
        section="The night",
        at="02:03",
        pictures=(
            Picture(
                name="bedside-asleep",
                title="Asleep",
                says="After lights-out the tablet says where it belongs, goes dark by itself and "
                "lets the screen sleep.",
                screen="nest",
                do=(("go", "#/bedside/nest"),),
            ),
            Picture(
                name="bedside-asleep-night-light",
                title="Asleep, as the night light",
                says="The same hour on a screen the family made its night light: a moon, a dim "
                "edge, and what a touch does.",
                screen="nest",
                do=(
                    ("go", "#/"),
                    ("press", "Change tonight"),
                    MORE,
                    ("press", "agreed night light"),
                    ("go", "#/bedside/nest"),
                ),
            ),
            Picture(
                name="bedside-called",
                title="A touch at two in the morning",
                says="One touch, and a grown-up was called on their own phone; below it the voice "
                "kept for Noor, for when she asks.",
                screen="nest",
                do=(
                    ("again",),
                    ("go", "#/bedside/nest"),
                    ("touch",),
                    ("see", "Someone is coming"),
                ),
            ),
            Picture(
                name="bedside-voice",
                title="A familiar voice",
                says="Noor has asked for it: Mara’s voice plays once, no louder than a whisper.",
                screen="nest",
                do=(("choose", ".voices button"), ("wait", "1500")),
                quick=True,
            ),
            Picture(
                name="tonight-small-hours",
                title="Tonight, at two",
                says="A guardian’s phone in the small hours.",
                screen="mara",
                do=(("go", "#/"),),
            ),
        ),
    ),
    Hour(
        home="lighthouse",
        at="02:03",
        pictures=(
            Picture(
                name="bedside-called-nobody",
                title="Where nobody can be called",
                says="In a home that gave no phone: no one is promised, and a shout works as it "
                "always has.",
                screen="here",
                do=(("go", "#/bedside/nest"), ("touch",), ("see", "Call out loud")),
            ),
        ),
    ),
    Hour(
        section="The morning",
        at="07:20",
        pictures=(
            Picture(
                name="bedside-nearly",
                title="Is it morning yet? Nearly",
                says="From a quarter of an hour before the last of the room wakes, the edge glows, "
                "without a word.",
                screen="nest",
                do=(("go", "#/bedside/nest"),),
            ),
        ),
    ),
    Hour(
        at="07:32",
        pictures=(
            Picture(
                name="bedside-yes",
                title="Is it morning yet? Yes",
                says="From then on the whole edge is lit; who is up can be said with a tap.",
                screen="nest",
                do=(("go", "#/bedside/nest"),),
            ),
            Picture(
                name="morning-felt",
                title="How was it?",
                says="A guardian’s morning: three pictures, one tap, and what was said is noted.",
                screen="mara",
                do=(("go", "#/morning"), ("press", "All right"), ("see", "Noted")),
            ),
            Picture(
                name="morning-dream",
                title="A dream, told and drawn",
                says="It goes into one’s own book, and nobody explains it.",
                screen="mara",
                do=(
                    ("press", "A dream"),
                    (
                        "fill",
                        "The dream, in words",
                        "A heron in the kitchen. It wanted the other chair.",
                    ),
                    ("draw",),
                ),
                to="#dream",
            ),
            Picture(
                name="morning-dream-book",
                title="One’s own dream book",
                says="Mara’s own, on her own screen; it opens for nobody else.",
                screen="mara",
                do=(
                    ("press", "^Keep it$"),
                    ("see", "Kept."),
                    ("press", "My dream book"),
                    ("see", "Take this page out"),
                ),
                to="#book",
            ),
            Picture(
                name="morning-known",
                title="What we know",
                says="What was measured of a simulated night, and how it is known; what was not "
                "is *not measured*.",
                screen="mara",
                do=(("press", "What we know"), ("until", "#known")),
                to="#known",
            ),
            Picture(
                name="morning-known-child",
                title="What we know, of a child",
                says="A guardian looks at Noor’s night, with the minutes of dreamscape used of "
                "those agreed.",
                screen="mara",
                do=(
                    ("press", "Someone else"),
                    ("press", "^Noor$"),
                    ("press", "What we know"),
                    ("until", "#known"),
                ),
                to="#known",
            ),
            Picture(
                name="morning-pt",
                title="A manhã",
                says="The same morning on a phone that asks for Portuguese.",
                screen="mara-pt",
                do=(("go", "#/morning"),),
            ),
        ),
    ),
    Hour(
        section="Tonight, for each",
        home="roles",
        at="19:05",
        pictures=(
            Picture(
                name="tonight-as-guardian",
                title="A guardian",
                says="Every room, a child’s no, and a morning that nothing wakes.",
                screen="mara",
                do=(("go", "#/"), ("press", "Change tonight"), MORE),
                to="#change",
            ),
            Picture(
                name="tonight-as-adult",
                title="An adult who is nobody’s guardian",
                says="Rui, who lives here too and is nobody’s guardian: every room, and a voice of "
                "his own to keep.",
                screen="rui",
                do=(("go", "#/"), ("press", "Change tonight"), MORE),
                to="#change",
            ),
            Picture(
                name="tonight-as-child",
                title="A child",
                says="Ilay, on her own tablet: a no can be said here, and she may see which "
                "screens can read as her.",
                screen="ilay",
                do=(("go", "#/"), ("press", "Change tonight"), MORE),
                to="#change",
            ),
            Picture(
                name="tonight-as-guest",
                title="A guest",
                says="A guest’s phone, in until tomorrow noon: the evening, and nothing that is "
                "private.",
                screen="guest",
                do=(("go", "#/"), ("press", "Change tonight"), MORE),
                to="#change",
            ),
            Picture(
                name="tonight-as-bedside",
                title="A bedside",
                says="The tablet in the nest, nobody’s own: the room it stands in, and no other.",
                screen="nest",
                do=(("go", "#/"), ("press", "Change tonight"), MORE),
                to="#change",
            ),
            Picture(
                name="as-nobody",
                title="Nobody",
                says="A screen that was never let in, evening or morning: the door, whatever it "
                "asks for.",
                screen="nobody",
                do=(("go", "#/morning"),),
            ),
        ),
    ),
    Hour(
        section="Morning, for each",
        home="roles",
        at="07:32",
        pictures=(
            Picture(
                name="morning-as-guardian",
                title="A guardian",
                says="Her own morning, and those of her children and of no other grown-up.",
                screen="mara",
                do=(("go", "#/morning"), ("press", "Someone else")),
                to="#who",
            ),
            Picture(
                name="morning-as-adult",
                title="An adult who is nobody’s guardian",
                says="Rui’s own morning and nobody else’s.",
                screen="rui",
                do=(("go", "#/morning"), MORNING_OF_AN_ADULT),
                to="#known",
            ),
            Picture(
                name="morning-as-child",
                title="A child",
                says="Ilay’s own morning, with the same three pictures and the same right to a "
                "book that opens for nobody else.",
                screen="ilay",
                do=(("go", "#/morning"),),
            ),
            Picture(
                name="morning-as-guest",
                title="A guest",
                says="A guest’s screen keeps nothing of the night and says so.",
                screen="guest",
                do=(("go", "#/morning"),),
            ),
            Picture(
                name="morning-as-bedside",
                title="A bedside",
                says="It asks whose morning it is and how it was, and shows nothing that was "
                "measured.",
                screen="nest",
                do=(("go", "#/morning"),),
            ),
        ),
    ),
)
