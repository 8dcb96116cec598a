"""The bars that show how a sum splits."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from sellers.door.templatetags.look import WIDTH, Part, segments, waterfall_steps

AMOUNTS = st.lists(st.integers(min_value=0, max_value=10**15), max_size=6)


@given(AMOUNTS)
def test_segments_stand_in_order_inside_the_bar_and_never_overlap(amounts: list[int]) -> None:
    drawn = segments(amounts)

    assert all(left.x + left.width <= right.x for left, right in pairwise(drawn))
    assert all(segment.x + segment.width <= WIDTH for segment in drawn)


def test_a_sum_of_nothing_draws_nothing() -> None:
    assert segments([0, 0]) == segments([]) == []


def test_a_waterfall_ends_at_the_sum_of_its_parts() -> None:
    parts = [Part(label="Paid", amount=4513_30), Part(label="Commission", amount=-635_25)]

    *_, total = waterfall_steps(parts, "Left")

    assert (total.label, total.amount, total.is_total) == ("Left", 3878_05, True)
    assert total.width == 3878_05 * WIDTH // 4513_30


@given(st.lists(st.integers(min_value=-(10**12), max_value=10**12), max_size=6))
def test_a_waterfall_stays_inside_the_drawing_also_below_zero(amounts: list[int]) -> None:
    steps = waterfall_steps([Part(label="", amount=amount) for amount in amounts], "Net")

    assert all(step.x >= 0 and step.x + step.width <= WIDTH for step in steps)
