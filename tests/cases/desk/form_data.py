"""What a browser posts from the intake form."""

from typing import Any


def filled(**fields: Any) -> dict[str, Any]:
    """A form about insulin for somebody who lives alone; `fields` win, by the names of the form with - as __."""
    data = {
        "for_whom": "caller",
        "caller-name": "王秀英",
        "caller-number": "13812345678",
        "words": "我妈妈76岁独居，胰岛素只剩两天",
        "category": "medicine",
        "need-0-id": "",
        "need-0-item": "门冬胰岛素",
        "need-0-specification": "3ml",
        "need-0-quantity": "2",
        "need-0-unit": "支",
        "need-0-left_until": "",
        "address-community_name": "杏林新村",
        "address-building": "3",
        "address-room": "502",
        "household": ["lives_alone", "insulin"],
    }
    return data | {name.replace("__", "-"): value for name, value in fields.items()}
