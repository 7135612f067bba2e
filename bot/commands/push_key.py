"""`balie push-key`: a new key pair for web push."""

from rich.console import Console

from bot.push.vapid import VapidKey, new_private
from bot.settings import env_name


def run(console: Console) -> None:
    """Print both halves; nothing is kept here."""
    private = new_private()
    console.print("The private key, for the environment of every edge. Keep it secret, and keep it:")
    console.print(f"{env_name('push_vapid_key')}={private}", soft_wrap=True, highlight=False)
    console.print("The public key, that browsers subscribe with. Balie tells it by itself:")
    console.print(VapidKey(private).public, soft_wrap=True, highlight=False)
