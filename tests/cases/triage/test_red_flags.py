"""Red flags in their common writings, and not fooled by negation, the past, fear or somebody else's story."""

import pytest

from cases.triage import household, red_flags
from cases.triage.text import normal


def flags(words: str) -> list[str]:
    said = normal(words)
    return [flag.slug for flag in red_flags.find(said, circumstances=household.read(said).circumstances)]


@pytest.mark.parametrize(
    ("words", "slug"),
    [
        ("胸口疼得厉害", "chest_pain"),
        ("喘不上气来", "breathing"),
        ("呼吸困难，嘴唇发紫", "breathing"),
        ("老人昏过去了", "unconscious"),
        ("叫不醒", "unconscious"),
        ("一直抽搐", "seizure"),
        ("癫痫大发作", "seizure"),
        ("突然嘴歪了说话不清", "stroke"),
        ("半边身子动不了", "stroke"),
        ("大出血", "bleeding"),
        ("鼻血止不住", "bleeding"),
        ("吐血了", "blood_inside"),
        ("大便发黑", "blood_inside"),
        ("不想活了", "suicide"),
        ("刚满月的宝宝发烧38.5度", "infant_fever"),
        ("怀孕30周，出血了", "pregnancy"),
        ("孕妇，没有胎动了", "pregnancy"),
        ("孕妇38周，肚子一阵一阵疼，十分钟一次", "pregnancy"),
        ("已经三天没透析了", "dialysis_missed"),
        ("五天没做血透", "dialysis_missed"),
        ("血糖30，人昏昏沉沉叫不醒", "sugar"),
        ("化疗后第三天发烧", "chemo_fever"),
        ("过敏，喉咙肿得喘不过气", "allergy"),
        ("制氧机坏了，氧气快没了", "oxygen"),
        ("两天没吃东西了", "no_food"),
        ("饿了三天", "no_food"),
        ("he has chest pain", "chest_pain"),
        ("我爸没有呼吸了", "lifeless"),
        ("没呼吸了快来人", "lifeless"),
        ("没有心跳和呼吸", "lifeless"),
        ("宝宝呼吸停了几秒", "lifeless"),
        ("摸不到脉搏", "lifeless"),
        ("爷爷断气了", "lifeless"),
        ("外公快不行了", "lifeless"),
        ("my dad is not breathing", "lifeless"),
        ("叫他没反应", "unconscious"),
        ("老人没有知觉了", "unconscious"),
        ("外婆嘴唇发紫", "breathing"),
        ("孩子喝了消毒液", "poison_or_choking"),
        ("吃了一瓶安眠药", "poison_or_choking"),
        ("鱼刺卡住喉咙", "poison_or_choking"),
        ("煤气中毒了", "poison_or_choking"),
    ],
)
def test_is_heard(words: str, slug: str) -> None:
    assert slug in flags(words)


@pytest.mark.parametrize(
    "words",
    [
        "没有胸痛",
        "没有呼吸机了",
        "没有呼吸道疾病",
        "没有心跳加速",
        "还有呼吸，还有心跳",
        "听说有人没有呼吸了",
        "去年他没有呼吸过，抢救过来了",
        "煤气罐没气了",
        "奶奶家没气了，做不了饭",
        "居委会的人没有反应",
        "叫了外卖没反应",
        "没有意识到药快吃完",
        "想买84消毒液",
        "饿得快死了",
        "不发烧，没有呼吸困难",
        "没有抽搐、昏迷、大出血",
        "没有发烧、咳嗽、胸痛",
        "宝宝两个月，没有发烧",
        "宝宝两个月，不发烧",
        "怀孕30周，没有出血",
        "昨天抽搐过现在好了",
        "去年心梗发作过",
        "听说隔壁小区有人跳楼",
        "新闻里说有孕妇大出血",
        "不吃药会抽搐",
        "怕他昏迷",
        "三天没吃药了",
        "每周透析三次",
        "癫痫药",
        "一个月没吃到肉，发烧药也要一盒",
    ],
)
def test_is_not_fooled(words: str) -> None:
    assert flags(words) == []


@pytest.mark.parametrize("words", ["没药了胸痛", "没人管，呼吸困难", "呼吸困难没有药", "不得不说，胸痛得厉害"])
def test_another_thing_missing_is_no_negation(words: str) -> None:
    assert flags(words)


def test_a_fear_of_suicide_counts_all_the_same() -> None:
    assert flags("怕她自杀") == ["suicide"]


def test_says_what_to_say_what_to_ask_and_which_key() -> None:
    flag = red_flags.find("不想活了", circumstances=set())[0]
    assert flag.key == "crisis"
    assert flag.say_zh
    assert flag.ask_en
    assert flag.words == "不想活"
