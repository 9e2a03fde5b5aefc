"""Asserts outside of test modules say what they saw, too."""

import pytest

pytest.register_assert_rewrite("tests.faults.survived")
