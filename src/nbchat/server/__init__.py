"""The hosts of a hub, and what they share: who somebody is, the HTTP routes, the page, where data and keys are.

`assemble` puts store, bus and runner together and is the only module that names stores and buses. `identity` has the
rules of who is who, `handlers`, `api`, `sockets`, `polling` and `pages` the routes; `extension` (inside Jupyter),
`standalone` (`nbchat serve`) and `local` (inside a kernel) are the three hosts, and say only what differs between them.
"""
