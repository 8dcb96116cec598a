"""Sharing a refund: never more than a tender gave, together exactly the refund."""

from hypothesis import given
from hypothesis import strategies as st

from marketplace.orders.rules.refunds import Source, share_refund

SOURCES = st.lists(
    st.tuples(st.sampled_from(["voucher", "card", "cod"]), st.integers(0, 10**7)), min_size=1, max_size=5
)
ORDERS = st.sampled_from(["pro_rata", "voucher_first", "voucher_last"])


@given(told=SOURCES, amount=st.integers(0, 10**7), order=ORDERS, unit=st.sampled_from([1, 5, 100]))
def test_shares_add_to_the_refund_and_stay_within_their_tenders(
    told: list[tuple[str, int]], amount: int, order: str, unit: int
) -> None:
    sources = [Source(place, *each) for place, each in enumerate(told)]

    shares = share_refund(amount, sources, order=order, unit=unit)

    assert sum(shares.values()) == min(amount, sum(each.refundable for each in sources))
    assert all(0 < part <= sources[place].refundable for place, part in shares.items())


@given(told=SOURCES, parts=st.lists(st.integers(1, 10**6), max_size=6), order=ORDERS)
def test_however_often_it_is_refunded_nothing_is_left_over(
    told: list[tuple[str, int]], parts: list[int], order: str
) -> None:
    left = {place: each[1] for place, each in enumerate(told)}

    for amount in [*parts, sum(left.values())]:
        sources = [Source(place, told[place][0], rest) for place, rest in left.items()]
        for place, part in share_refund(amount, sources, order=order, unit=100).items():
            left[place] -= part

    assert all(rest == 0 for rest in left.values())


def test_three_thirds_give_a_voucher_back_what_it_paid_in_whole_forints() -> None:
    voucher, cash, given = 5000_00, 14050_00, []

    for _ in range(3):
        shares = share_refund(
            6350_00, [Source(1, "voucher", voucher), Source(2, "cod", cash)], order="pro_rata", unit=100
        )
        voucher, cash = voucher - shares[1], cash - shares[2]
        given.append(shares[1])

    assert sum(given) == 5000_00
    assert all(part % 100 == 0 for part in given)


def test_vouchers_first_and_last() -> None:
    sources = [Source(1, "card", 300), Source(2, "voucher", 500)]

    assert share_refund(600, sources, order="voucher_first", unit=1) == {1: 100, 2: 500}
    assert share_refund(600, sources, order="voucher_last", unit=1) == {1: 300, 2: 300}
