"""The rules that conftest.py lays on every test, tried on small suites of their own."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture
def suite(pytester: pytest.Pytester) -> pytest.Pytester:
    """An empty suite under our configuration and our conftest.py."""
    config = (ROOT / "pyproject.toml").read_text()
    pytester.makepyprojecttoml(config.replace('pythonpath = ["."]', f'pythonpath = ["{ROOT}"]'))
    pytester.makeconftest((ROOT / "tests/conftest.py").read_text())
    return pytester


@pytest.mark.parametrize(("ci", "outcome"), [("true", {"failed": 1, "skipped": 1}), ("", {"skipped": 2})])
def test_only_ci_fails_a_test_whose_tool_is_missing(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, ci: str, outcome: dict[str, int]
) -> None:
    monkeypatch.setenv("CI", ci)
    tests = suite.makepyfile("""
        import pytest

        def test_without_its_tool(): pytest.skip("needs a browser")

        def test_for_another_system(): pytest.skip("only on macOS")
    """)
    suite.runpytest_subprocess(tests).assert_outcomes(**outcome)


def test_ci_fails_a_module_whose_tool_is_missing(suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    tests = suite.makepyfile("""
        import pytest

        pytest.skip("needs a browser", allow_module_level=True)
    """)
    result = suite.runpytest_subprocess(tests)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*CI must have what a test needs*a browser*"])


def test_an_error_that_nobody_saw_fails_its_test(suite: pytest.Pytester) -> None:
    tests = suite.makepyfile("""
        import asyncio

        async def fail(): raise ValueError("nobody looks")

        async def test_leaves_a_failed_task_to_the_garbage_collector():
            cycle = [asyncio.create_task(fail())]
            cycle.append(cycle)
            await asyncio.sleep(0)
            await asyncio.sleep(0)

        async def test_is_innocent(): pass
    """)
    result = suite.runpytest_subprocess(tests)
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(["*an error that nobody saw: Task exception was never retrieved*nobody looks*"])


def test_a_single_test_cannot_have_a_clock_of_its_own(suite: pytest.Pytester) -> None:
    tests = suite.makepyfile("""
        import pytest

        @pytest.mark.virtual_time
        async def test_waits(): pass
    """)
    result = suite.runpytest_subprocess(tests)
    result.stderr.fnmatch_lines(["*test_waits is marked virtual_time alone*"])


def test_a_deadlock_under_virtual_time_fails_its_test_and_no_other(suite: pytest.Pytester) -> None:
    tests = suite.makepyfile("""
        import asyncio
        import pytest

        pytestmark = pytest.mark.virtual_time

        async def test_waits_for_nothing(): await asyncio.Event().wait()

        async def test_sleeps(): await asyncio.sleep(3600)
    """)
    result = suite.runpytest_subprocess(tests)
    result.assert_outcomes(failed=1, passed=1)
    result.stdout.fnmatch_lines(["*DeadlockError: no timer is set, so nothing will ever happen: *"])
