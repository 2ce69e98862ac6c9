"""The nouns: frozen, typed, unit-carrying, without behaviour.

Every stage takes records and returns records. A quantity's name ends in its unit, or its
text carries it ("5 lx mEDI"); what is missing is None, never zero.
"""
