import pytest
from django.db.models import Q

from ecsdash.web.tables import filters

COLUMNS = {"status": "status", "cluster": "cluster__name"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("web", [("", "web")]),
        ("web status:RUNNING", [("", "web"), ("status", "RUNNING")]),
        ('cluster:"shop eu"', [("cluster", "shop eu")]),
        ('"two words"', [("", "two words")]),
        ("arn:aws:ecs:x", [("", "arn:aws:ecs:x")]),
        ("status:", [("", "status:")]),
        ("nul\0byte", [("", "nulbyte")]),
        ("", []),
    ],
)
def test_a_filter_is_split_into_words(text: str, found: list[tuple[str, str]]) -> None:
    assert list(filters.words(text, COLUMNS)) == found


def test_all_words_must_match_and_any_value_of_a_column_may() -> None:
    condition = filters.condition("web status:RUNNING,PENDING", COLUMNS, ["name", "arn"])
    assert str(condition) == (
        "(AND: (OR: ('name__icontains', 'web'), ('arn__icontains', 'web')), "
        "(OR: ('status__icontains', 'RUNNING'), ('status__icontains', 'PENDING')))"
    )


def test_a_word_chooses_among_few_values_by_what_is_shown() -> None:
    few = {"cluster": filters.Few("cluster_id", lambda: {"shop": 1, "Shop-eu": 2, "bank": 3})}
    found = [filters.condition(f"cluster:{word}", COLUMNS, [], few=few) for word in ("SHOP", "eu,ba", "x", '""')]
    assert found == [Q(cluster_id__in=[1, 2]), Q(cluster_id__in=[2, 3]), Q(cluster_id__in=[]), Q()]


@pytest.mark.parametrize(
    ("text", "objection"),
    [
        ("web " * 50, ""),
        ("web " * 51, "The filter has 51 words, at most 50 are allowed. Shorten it."),
        ("status:" + "A," * 60, "The filter has 61 words, at most 50 are allowed. Shorten it."),
        ("x" * 1001, "The filter has 1,001 characters, at most 1,000 are allowed. Shorten it."),
    ],
)
def test_a_filter_that_is_too_long_is_refused(text: str, objection: str) -> None:
    assert filters.objection(text, COLUMNS) == objection
