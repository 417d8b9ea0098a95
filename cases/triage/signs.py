"""Signs in the words that are no red flag by themselves but weigh in the judgement: slugs that rules ask for."""

from __future__ import annotations

import re

from cases.triage.red_flags import happens
from cases.triage.text import clauses

SAID = {
    "withdrawal": r"戒断|撤药|停药反应|手抖|发抖|颤抖|坐立不安|心慌|出冷汗|冒冷汗|shaking|withdrawal",
    "sleepless": r"(?:失眠|睡不着|无法入睡|整夜|彻夜|几天没睡|不能睡)|sleepless|can'?t sleep",
    "severe_pain": (
        r"剧痛|剧烈疼|疼痛难忍|痛不欲生|疼得(?:.{0,4})(?:受不了|睡不着|打滚|要命|厉害)|"
        r"痛得(?:.{0,4})(?:受不了|睡不着|打滚|要命|厉害)|疼死|痛死|日夜(?:剧)?痛|生不如死|煎熬|"
        r"severe pain|unbearable"
    ),
    "worsening": r"加重|恶化|严重|越来越|病情(?:反复|发作|不稳)|发作|复发|反弹|失控|指标(?:.{0,3})(?:高|升)|worse",
    "fever": r"发烧|发热|高烧|高热|低烧|(?:38|39|40|41)(?:\.\d)?(?:度|℃|°)|fever",
    "high_pressure": (
        r"血压(?:.{0,8})(?:1[89]\d|2\d\d)|高压(?:.{0,4})(?:1[89]\d|2\d\d)|血压(?:.{0,4})(?:飙|很高|太高|"
        r"升高|控制不住)"
    ),
    "high_sugar": r"血糖(?:.{0,8})(?:1[5-9]|[2-3]\d)(?!\d)|血糖(?:.{0,4})(?:飙|很高|太高|升高|控制不住|不稳)",
    "surgery": r"手术|清宫|开刀|术后|取石|换药|拆线|surgery",
    "chemotherapy_due": (
        r"(?:化疗|放疗|免疫治疗|打靶|疗程|输液治疗)(?:.{0,12})(?:去|到|时间|延误|耽误|推迟|中断|没做|"
        r"预约|住院|做)|(?:去|做|需要?|继续|预约)(?:.{0,8})(?:化疗|放疗)|急需化疗|"
        r"chemo(?:therapy)? (?:appointment|session)"
    ),
    "dialysis_due": (
        r"(?:去|做|要|需要?)(?:.{0,6})(?:血透|透析|腹透)|(?:血透|透析)(?:.{0,8})(?:接送|车|医院|无法|"
        r"没法|不了)|to dialysis"
    ),
    "hospital": (
        r"就医|看病|住院|急诊|医院(?:就诊|看|检查|复诊|治疗)|送医|去(?:.{0,6})医院|到(?:.{0,6})医院|门诊|"
        r"复诊|产检|转院|hospital|clinic"
    ),
    "discharge": r"出院|出舱|回家|返乡|回老家|离沪|返回|回到|go(?:ing)? home|leave (?:the city|shanghai)",
    "appointment_today": (
        r"(?:今天|今日|今晚|现在就|马上|立刻|立即)(?:.{0,10})(?:去|到|送|看|手术|化疗|透析|住院|就医|"
        r"急诊)|\b(?:today|now|tonight)\b"
    ),
    "appointment_tomorrow": (
        r"(?:明天|明日|明早|明晨)(?:.{0,12})(?:去|到|送|看|手术|化疗|透析|住院|就医|产检|预约|飞)|"
        r"tomorrow"
    ),
    "cannot_cook": (
        r"没(?:有)?(?:牙|锅|煤气|厨房|燃气|电)|不会(?:做饭|烧饭|煮)|不能(?:做饭|烧饭|煮)|做不了饭|"
        r"没法(?:做饭|烧饭|煮)|吃不动|嚼不动|no teeth|can'?t cook"
    ),
    "fall": r"摔(?:了|倒|跤|伤|断)|跌(?:倒|了)|骨折|骨裂|fell|fracture",
    "feeding_allergy": (
        r"(?:牛奶|乳|蛋白|奶粉|水解)(?:蛋白)?(?:.{0,3})(?:过敏|不耐)|过敏(?:.{0,6})(?:奶|宝宝)|水解|"
        r"氨基酸奶粉|milk allerg|allergic to (?:cow'?s )?milk|lactose"
    ),
    "no_substitute": (
        r"只(?:能)?(?:喝|吃|用)|不能(?:换|替代|代替)|无(?:法|可)替代|没有替代|只认|换(?:别的|其他|"
        r"了)(?:.{0,4})(?:过敏|不行|不喝|拉)|only (?:takes|drinks)|no substitute"
    ),
    "hungry": (
        r"饿(?!了么)|没(?:有)?(?:吃的|东西吃|饭吃|粮食?|米|菜)(?:了|吃|啦)?|断粮|断炊|弹尽粮绝|吃不上|"
        r"揭不开锅|快没吃|starving|hungry|no food"
    ),
    "infected": r"阳性|确诊|阳了|密接|抗原(?:.{0,3})(?:阳|两条|双杠)|核酸异常|新冠|covid|positive",
    "pet": r"猫|狗(?!急)|宠物|犬|兔子|仓鼠|鹦鹉|cats?\b|dogs?\b|pets?\b",
    "children": r"孩子|小孩|宝宝|婴儿|幼儿|儿童|女儿(?:\d|才)|儿子(?:\d|才)|child|kids?\b|baby",
    "elderly": (
        r"老人|老年|奶奶|爷爷|外婆|外公|阿婆|阿公|老太|老伯|父母|爸妈|母亲|父亲|高龄|长者|elderly|"
        r"grand(?:ma|pa|mother|father)"
    ),
}
PATTERNS = {slug: re.compile(pattern) for slug, pattern in SAID.items()}
AS_SAID = {"hypothetical_counts": True, "keep_negation_of": re.compile(r"没|无|不|断")}


def read(text: str) -> dict[str, str]:
    """Slug to the words that say so, from normal text; negated words and other people's stories do not count."""
    found: dict[str, str] = {}
    for piece in clauses(text):
        for slug, pattern in PATTERNS.items():
            match = None if slug in found else pattern.search(piece.words)
            if match and happens(piece, match.start(), match.end(), AS_SAID):
                found[slug] = match.group()
    return found
