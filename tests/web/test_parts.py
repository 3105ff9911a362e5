from datetime import UTC, datetime
from typing import Any

import pytest
from django.template import Context, Template

from ecsdash.web.charts import Chart, Line
from ecsdash.web.tone import Tone

HOSTILE = "\"'><script>alert(1)</script>"


def render(source: str, **values: Any) -> str:
    return Template("{% load web web_parts %}" + source).render(Context(values))


@pytest.mark.parametrize("tone", list(Tone))
def test_a_status_is_icon_word_and_colour(tone: Tone) -> None:
    badge = render("{% status value tone %}", value="ROLLBACK_IN_PROGRESS", tone=tone)
    assert f'class="status {tone}"' in badge
    assert f"#{tone.icon}" in badge
    assert "Rollback in progress" in badge


def test_an_unknown_tone_raises_an_error() -> None:
    with pytest.raises(ValueError, match="purple"):
        render("{% status 'ACTIVE' 'purple' %}")


@pytest.mark.parametrize(
    "source",
    [
        "{% status value 'ok' value %}",
        "{% ident value %}",
        "{% progress 1 2 value %}",
        "{% traffic_split shares value %}",
        "{% sparkline numbers value %}",
        "{% facts pairs %}",
        "{% json_block data value %}",
        "{% code_block value value %}",
        "{% diff changes %}",
        "{% error_card error %}",
        "{% checks checks %}",
        "{% empty value value 'box' value value %}",
        "{% icon value value %}",
        "{% chart chart %}",
    ],
)
def test_every_part_escapes_markup(source: str) -> None:
    found = render(
        source,
        value=HOSTILE,
        numbers=[1, 2],
        shares=[(HOSTILE, 1, "ok")],
        pairs=[(HOSTILE, HOSTILE)],
        data={HOSTILE: HOSTILE},
        changes=[(HOSTILE, HOSTILE, HOSTILE)],
        error={"what": HOSTILE, "why": HOSTILE, "how": HOSTILE, "raw": HOSTILE, "statement": {"a": HOSTILE}},
        checks=[{"level": "ok", "title": HOSTILE, "detail": HOSTILE}],
        chart=Chart("cpu", HOSTILE, [0], [Line(HOSTILE, [1])], HOSTILE),
    )
    assert "<script>alert" not in found
    assert "'><" not in found


def test_a_diff_marks_added_removed_and_changed_values() -> None:
    found = render(
        "{% diff changes %}", changes=[("a", 1, 2), ("b", None, 3), {"path": "c", "before": 4, "after": None}]
    )
    assert [kind in found for kind in ('class="changed"', 'class="added"', 'class="removed"')] == [True] * 3
    assert "No changes" in render("{% diff changes %}", changes=[])


def test_zero_is_a_value_in_a_diff() -> None:
    assert 'class="changed"' in render("{% diff changes %}", changes=[("desiredCount", 2, 0)])


def test_a_progress_bar_without_a_total_is_indeterminate() -> None:
    assert "value=" not in render("{% progress 0 0 'Waiting' %}")
    assert 'max="5" value="3"' in render("{% progress 3 5 'Tasks' %}")


def test_a_traffic_split_says_and_draws_the_share_of_each_part() -> None:
    found = render("{% traffic_split shares %}", shares=[("web", 9, "idle"), ("web-alternate", 1, "progress")])
    assert 'aria-label="Traffic: web 90 %, web-alternate 10 %"' in found
    assert '<rect class="progress" x="90.00" width="10.00" height="10"/>' in found
    nothing = render("{% traffic_split shares %}", shares=[("web", 0, "idle")])
    assert "web 0 %" in nothing
    assert 'width="0.00"' in nothing


def test_a_relative_time_has_its_exact_value() -> None:
    found = render("{{ when|ago }}", when=datetime(2020, 1, 1, tzinfo=UTC))
    assert 'datetime="2020-01-01T00:00:00+00:00"' in found
    assert 'title="2020-01-01 00:00:00 UTC"' in found
    assert "never" in render("{{ when|ago }}", when=None)


def test_a_chart_has_its_values_in_a_table() -> None:
    chart = Chart("cpu", "CPU", [0, 60], [Line("web", [12.5, None])], "%")
    found = render("{% chart chart %}", chart=chart)
    assert "1970-01-01 00:01:00 UTC" in found
    assert "12.5" in found
    assert '<script id="cpu-data" type="application/json">' in found


def test_a_sparkline_without_values_is_empty() -> None:
    assert 'points=""' in render("{% sparkline values 'CPU' %}", values=[])
