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
    "fever": r"发烧|发热|高烧|高热|低烧|寒战|打寒颤|(?:38|39|40|41)(?:\.\d)?(?:度|℃|°)|fever",
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
    "discharge": (
        r"出院|出舱|回家|返乡|回老家|离沪|返回|回到|机场|火车站|高铁站|航班|飞机票?|go(?:ing)? home|"
        r"leave (?:the city|shanghai)"
    ),
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
        r"饿(?!了么)|没(?:有)?(?:吃的|东西吃|饭吃|食物|粮食?|米)(?:了|吃|啦)?|没(?:什么|有什么|啥)吃|"
        r"断粮|断炊|弹尽粮绝|吃不上|"
        r"揭不开锅|快没吃|starving|hungry|no (?:food|rice)"
    ),
    "infected": r"阳性|确诊|阳了|密接|抗原(?:.{0,3})(?:阳|两条|双杠)|核酸异常|新冠|covid|positive",
    "life_in_danger": (
        r"猝死|(?:肝|心|肾|呼吸|多器官|脏器)(?:功能)?衰竭|生命垂危|垂危|危在旦夕|命在旦夕|病危|快不行了|"
        r"血红蛋白[^,。]{0,6}[1-5]\d(?!\d)|dying"
    ),
    "cancer": r"癌|肿瘤|白血病|淋巴瘤|骨髓瘤|cancer|tumou?r",
    "serious": r"心衰|骨折|重症|败血症|肠梗阻|脑出血|脑梗|腹水|胸水|肺炎|溃烂|出血|失明|引流|stroke",
    "not_admitted": (
        r"收治|不收|拒收|拒绝|不接(?:收|诊)|没有?床位|没床位|救治|抢救|救命|住不了|住院治疗|被出院|"
        r"无法治疗|得不到治疗|尽快(?:接受)?治疗"
    ),
    "high_fever": r"(?:39|40|41)(?:\.\d)?多?\s*(?:度|℃|°)|高烧|高热|烧不退",
    "type_1": r"1型糖尿病|i型糖尿病|一型糖尿病|type 1",
    "vaccination": r"疫苗|儿保|体检|打针卡|vaccin",
    "mental_illness": r"抑郁|双相|躁郁|焦虑症|精神分裂|精神病|失眠|狂躁|强迫症|depress|bipolar|schizo",
    "heart_illness": r"心脏病|冠心病|房颤|心梗|支架|搭桥|早搏|心律|心衰|heart (?:disease|condition|failure)",
    "epilepsy": r"癫痫|epilep",
    "transplanted": r"移植|排异|红斑狼疮|transplant|lupus",
    "asthma": r"哮喘|慢阻肺|肺气肿|asthma|copd",
    "treatment_delayed": (
        r"(?:化疗|放疗|手术|治疗|透析|血透|疗程|复查|换药|靶向)[^,。;]{0,14}(?:延误|耽误|推迟|中断|超过|"
        r"过期|拖|无法|没法|去不了|做不了|停|不能)|"
        r"(?:延误|耽误|推迟|中断|错过|无法(?:进行)?)[^,。;]{0,6}(?:化疗|放疗|手术|治疗|透析|血透)"
    ),
    "acute": (
        r"阑尾|肠梗阻|胆囊炎|胰腺炎|结石|绞痛|尿潴留|尿不出|排不出尿|肚子(?:很|好|特别|剧|一直)?(?:痛|"
        r"疼)|腹痛|腹部(?:疼|痛|剧痛)|尿血|血尿|便血|appendic"
    ),
    "cannot_eat": (
        r"(?:无法|不能|难以|没法)(?:正常)?(?:进食|吞咽|吃东西|吃饭)|进食困难|吞咽困难|吃不下|"
        r"吃什么吐什么|都吐|呕吐不止|一直吐|上吐下泻|脱水"
    ),
    "sight": r"失明|看不见|视网膜|眼底出血|眼睛出血|视力(?:急剧|突然|严重)?下降",
    "wound": r"伤口|引流|感染|化脓|溃烂|裂开|缝合|烫伤|烧伤|骨折|骨裂|粉碎",
    "no_answer": (
        r"联系不上|敲门(?:不应|没人应|不开)|没动静|打不通(?!.{0,4}(?:居委|热线|医院))|失联|没(?:有)?人应|"
        r"不接电话|no answer"
    ),
    "swollen": r"水肿|浮肿|肿得|swollen",
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
    said = {slug: pattern for slug, pattern in PATTERNS.items() if pattern.search(text)}
    for piece in clauses(text) if said else ():
        for slug, pattern in said.items():
            match = None if slug in found else pattern.search(piece.words)
            if match and happens(piece, match.start(), match.end(), AS_SAID):
                found[slug] = match.group()
    return found
