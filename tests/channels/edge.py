"""The edge of the product with one channel more: `python -m tests.channels.edge`."""

import asyncio

from bot import edge, logs, settings
from tests.channels import sms

if __name__ == "__main__":
    found = settings.load()
    logs.configure(found.log_level)
    asyncio.run(edge.serve(found, channels=(*edge.CHANNELS, sms.setup)))
