"""Installed plugins run in processes of their own: the host never imports them.

`portrait` is what the host knows of a product or programme, `wire` how columns travel, `worker` the child process,
`process` its end in the host with limits of time and memory, `replay` a product whose answers arrive as columns, `host`
the workers of one catalogue with their breakers.
"""
