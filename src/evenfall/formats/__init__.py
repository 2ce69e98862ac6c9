"""Pure: text in, a record out, or an error that says what, where, what was expected, the mend."""
