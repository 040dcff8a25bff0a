"""Tables that ship with gridroom, each with source, licence, claim class and hash."""
