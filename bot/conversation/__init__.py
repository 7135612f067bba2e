"""The conversation: a log that everybody appends to and reads from, a mailbox of turns, and one owner. The only home of Redis.

An event's number is its place in the log. A citizen's message waits in the inbox of its conversation until a brain has
committed its answer; the stream `turns` says which conversations have something waiting. All steps that change more than one
thing are Lua scripts (`scripts/`), so they happen whole or not at all, on the embedded server and on a real one alike.
"""
