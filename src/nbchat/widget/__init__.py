"""The widget's Python side: `session` is `ChatSession`, `relay` carries frames for pages that cannot reach the hub.

`static/` holds the built front end (js/). Never imports hub, store, bus or server.
"""
