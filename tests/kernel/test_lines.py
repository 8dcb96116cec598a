"""Files are read line by line, and no line is held that is longer than anything meant."""

from io import BytesIO

from marketplace.kernel.lines import split_lines


def test_lines_come_with_their_numbers_and_empty_ones_are_left_out() -> None:
    source = BytesIO(b"\xef\xbb\xbf{1}\r\n\n  {2}  \n{3}")

    assert list(split_lines(source, longest=10)) == [(1, b"{1}"), (3, b"{2}"), (4, b"{3}")]


def test_an_overlong_line_is_told_and_the_rest_go_on() -> None:
    source = BytesIO(b"a" * 100 + b"\nb\n" + b"c" * 11)

    assert list(split_lines(source, longest=10)) == [(1, None), (2, b"b"), (3, None)]


def test_a_line_as_long_as_may_be_is_a_line() -> None:
    assert list(split_lines(BytesIO(b"a" * 9 + b"\n" + b"b" * 10), longest=10)) == [
        (1, b"a" * 9),
        (2, b"b" * 10),
    ]
