"""Rules name only what there is, say what to do, and promtool agrees."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from bff.errors import SectionState
from bff.page_timeline import Verdict
from ops.prometheus.scaled import scaled
from tests.ops.promql import grouped_by, selected
from tests.ops.rules import OPS, RULES, TEXT, rules

ALL = rules()
RECORDED = {name for kind, name, _, _ in ALL if kind == "record"}
ALERTS = [(name, rest) for kind, name, _, rest in ALL if kind == "alert"]
KNOWN: dict[str, set[str]] = {"verdict": {*Verdict}, "state": {*SectionState}}
each_rule = pytest.mark.parametrize(
    ("name", "expression"),
    [(name, expression) for _, name, expression, _ in ALL],
    ids=[f"{number} {one[1]}" for number, one in enumerate(ALL)],
)


def promtool(*words: str, where: Path = RULES.parent) -> None:
    found = shutil.which("promtool")
    if found is None:
        pytest.skip("needs promtool (Debian: prometheus)")
    done = subprocess.run([found, *words], cwd=where, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_all_rules_were_read() -> None:
    assert len(ALL) == TEXT.count("- record: ") + TEXT.count("- alert: ") > 30


@each_rule
def test_a_rule_names_what_is_counted_or_recorded(name: str, expression: str) -> None:
    for one in selected(expression):
        assert one.metric is not None or one.name in RECORDED, f"{name} names {one.name}"


@each_rule
def test_a_rule_uses_labels_that_its_metrics_have(name: str, expression: str) -> None:
    found = [one for one in selected(expression) if one.metric is not None]
    for one in found:
        assert set(one.only) <= one.labels, f"{name}: {one.name} has no {set(one.only) - one.labels}"
    for label in grouped_by(expression):
        assert all(label in one.labels for one in found), f"{name} groups by {label}"


@each_rule
def test_a_rule_selects_values_that_there_are(name: str, expression: str) -> None:
    for one in selected(expression):
        for label, value in one.only.items():
            if label in KNOWN:
                assert set(value.split("|")) <= KNOWN[label], f"{name}: {label} is never {value}"
            if label == "le":
                assert one.metric is not None
                assert value in map(repr, one.metric.buckets), f"{name}: {one.name} has no bucket {value}"


@pytest.mark.parametrize(("name", "rest"), ALERTS, ids=[f"{number} {one[0]}" for number, one in enumerate(ALERTS)])
def test_an_alert_says_what_is_next_and_where_more_of_it_is(name: str, rest: str) -> None:
    assert re.search(r"^ +labels: \{ severity: (page|ticket) \}$", rest, re.MULTILINE)
    assert re.search(r"^ +summary: \S", rest, re.MULTILINE)
    assert re.search(r"^ +description: \S", rest, re.MULTILINE)
    [anchor] = re.findall(r"^ +runbook_url: docs/metrics\.md#(\S+)$", rest, re.MULTILINE)
    headings = re.findall(r"^### (\S+)$", (OPS.parent / "docs" / "metrics.md").read_text(), re.MULTILINE)
    assert anchor in [heading.lower() for heading in headings]
    assert anchor == name.lower()


def test_each_alert_is_tested() -> None:
    tests = (OPS / "prometheus" / "bff.rules.test.yml").read_text()
    assert {name for name, _ in ALERTS} <= set(re.findall(r'alertname="(\w+)", alertstate="firing"', tests))


def test_promtool_finds_the_rules_sound() -> None:
    promtool("check", "rules", RULES.name)


def test_alerts_fire_for_their_trouble_and_not_before() -> None:
    promtool("test", "rules", "bff.rules.test.yml")


def test_scaled_rules_have_every_window_shorter_and_say_so(tmp_path: Path) -> None:
    text = scaled(TEXT, 60)
    assert text.startswith("# Every window and `for` of bff.rules.yml divided by 60")
    assert not re.search(r"\[\d+(s|m|h|d)\]|^ +for: \d+(s|m|h|d)$", text, re.MULTILINE)
    assert "bff_pages_total[72h]" not in text
    assert "bff_pages_total[4320000ms]" in text
    assert "for: 5000ms" in text
    assert "record: bff:page_errors:ratio_rate1h" in text
    (tmp_path / "scaled.yml").write_text(text)
    promtool("check", "rules", "scaled.yml", where=tmp_path)
