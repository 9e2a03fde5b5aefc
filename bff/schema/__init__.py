"""The landing page: types and fields that say what, never how."""

from bff.schema.page import page

__all__ = ["page"]
