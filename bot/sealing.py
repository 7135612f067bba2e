"""Keys to seal something with, made from the installation's secret."""

import base64
import hashlib

from cryptography.fernet import Fernet


def fernet(purpose: bytes) -> Fernet:
    """For one purpose. `purpose` holds the secret: with another secret, or for another purpose, nothing opens."""
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(purpose).digest()))
