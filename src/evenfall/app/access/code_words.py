"""Codes of four words, to be read aloud across a room and typed with a thumb.

Each word is one byte of chance, so four are one code in four thousand million. The words are our
own choice: plain, gentle, and far enough apart that a slip of the tongue or the thumb is no other
word. No word is the beginning of another, so that a code means the same with its spaces gone.
"""

import unicodedata
from hashlib import sha256

WORDS_A_CODE = 4

_WORDS = """
acorn album almond amber anchor apple apron arch armchair artist atlas attic autumn avocado
badger bakery balloon bamboo banana banjo barley barn basil basket bathtub beaver bicycle
blossom boat bonnet bottle brick bridge bubble butter cabin cactus camel candle canvas
caravan cardigan carpet cedar chestnut chimney cinnamon circle clock clover coconut cookie
copper coral cottage cousin cricket crocus crumb cupboard curtain daffodil daisy dance delta
diamond dinner dolphin doorway drawing eagle echo elbow elephant emerald engine envelope
evening explore fabric falcon family feather festival fiddle field finch firefly flag
flamingo flannel forest fountain fox fruit fudge galaxy garden garlic gate gentle giraffe
glacier globe gold granite grass guitar hammock harvest hedgehog helmet hero hill hippo
holiday honey igloo indigo iris island ivory jasmine jigsaw journey juggle juniper kangaroo
kayak kimono kitchen kiwi koala lagoon lamp lantern laughter lavender leaf lemon library
lilac lizard lobster lotus lullaby lunar magnet magpie marble marigold meadow melody mermaid
minnow mirror mitten moss muffin museum mushroom music mustard napkin nature nectar nest
north notebook nutmeg oatmeal ocean octopus olive onion orange orchard owl painter palace
pancake panda papaya paper parrot pelican penguin pickle picnic pigeon pillow pine planet
pocket polar porridge potato pudding pumpkin puppet purple quail rabbit raccoon radish
rainbow ruby sailor salad scarf school scooter seagull season silver sketch sledge smile
snow socks sofa spinach spiral squirrel stable station stone stream summer swing teacup
teapot tennis thimble toffee tortoise train trumpet tulip tunnel twilight umbrella uncle
unicorn vanilla village violet voyage waffle walnut wheat whisker wombat wonder zebra zigzag
"""
WORDS = tuple(_WORDS.split())


def code_of(drawn: bytes) -> str:
    """The code that some bytes of chance stand for, a word each.

    Args:
        drawn: as many bytes as a code has words.

    Example:
        >>> code_of(bytes([0, 1, 254, 255]))
        'acorn-album-zebra-zigzag'
    """
    return "-".join(WORDS[byte] for byte in drawn)


def code_digest(typed: str) -> str:
    """What is kept of a code, and what a typed one is compared by.

    Case, spaces, hyphens, accents and the dots a keyboard adds are forgiven; another word is not.

    Returns:
        SHA-256 of its letters, in hex.

    Example:
        >>> code_digest("Acorn album, ZÉBRA  zigzag.") == code_digest("acorn-album-zebra-zigzag")
        True
    """
    letters = unicodedata.normalize("NFKD", typed).casefold()
    plain = "".join(letter for letter in letters if "a" <= letter <= "z")
    return sha256(plain.encode()).hexdigest()
