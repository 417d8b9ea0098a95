import pytest

from hotline.segments import size


@pytest.mark.parametrize(
    ("text", "encoding", "segments"),
    [
        ("", "GSM-7", 1),
        ("a" * 160, "GSM-7", 1),
        ("a" * 161, "GSM-7", 2),
        ("a" * 306, "GSM-7", 2),
        ("a" * 307, "GSM-7", 3),
        ("€" * 80, "GSM-7", 1),  # each takes an escape too
        ("€" * 81, "GSM-7", 2),
        ("药" * 70, "UCS-2", 1),
        ("药" * 71, "UCS-2", 2),
        ("药" * 134, "UCS-2", 2),
        ("药" * 135, "UCS-2", 3),
        ("a" * 69 + "药", "UCS-2", 1),
        ("😷" * 35, "UCS-2", 1),  # two units each
        ("😷" * 36, "UCS-2", 2),
    ],
)
def test_a_text_takes_as_many_segments_as_the_standard_says(text: str, encoding: str, segments: int) -> None:
    found = size(text)
    assert (found.encoding, found.segments) == (encoding, segments)


def test_a_character_of_two_units_is_not_cut_in_half() -> None:
    # 67 units a segment: 33 emoji leave one unit unused in each
    assert size("😷" * 67).segments == 3
    assert size("😷" * 66).segments == 2
