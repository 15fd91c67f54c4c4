"""The wire: what a client and a hub say to each other, and nothing of how.

Pure: imports only msgspec and the standard library's data types. `messages` is the specification, read from top to
bottom; `codes` and `limits` are its two tables; `codec` turns bytes into Structs and back; `schema` derives the JSON
Schema. Every layer may import this package; it imports none of them.
"""
