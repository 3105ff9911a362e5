from ecsdash.bench.figures import Figure, percentile


def test_the_goal_of_a_figure_without_a_bound_applies_to_its_value() -> None:
    assert Figure("memory", 400, "MiB", goal=500).met
    assert not Figure("calls", 90, "calls/s", goal=100, at="least").met


def test_the_goal_of_a_figure_with_a_bound_applies_to_the_ratio() -> None:
    slow = Figure("sweep", 120, "s", goal=1.15, bound=100)
    assert slow.ratio == 1.2
    assert not slow.met
    assert "goal <= 1.15 x: MISSED" in slow.line()


def test_a_figure_without_a_goal_is_neither_met_nor_missed() -> None:
    assert Figure("processor", 1.4, "cores").met is None


def test_a_percentile_is_one_of_the_values() -> None:
    assert percentile([4, 1, 3, 2], 0.5) == 3
    assert percentile([4, 1, 3, 2], 0.95) == 4
    assert percentile([], 0.5) == 0
