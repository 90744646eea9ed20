"""People brought in a file: the cards of a fair, an address book, a list; each batch remembers where they came from."""
