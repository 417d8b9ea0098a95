"""What a message is: a need, an offer, a complaint, a question about permits, or not clear."""

from __future__ import annotations

import re

KINDS = ("need", "offer", "complaint", "permit", "unclear")

OFFER = re.compile(
    r"(?:我|我家|我们|家里|本人|手里|手头|手上)(?:这里|这边|这|家里|还|现在|正好|刚好|也|可以|"
    r"能)*有[^,。;!?]{0,24}(?:可以?(?:给|送|分享|提供|转让|匀|捐)|需要的|谁需要|有需要|想送|多余|"
    r"用不(?:上|到|完)|捐|赠|转让|分享)|"
    r"(?:可以?|能|愿意?|免费|无偿)(?:免费|无偿)?(?:提供|赠送|赠予|捐赠?|分享|送给|帮忙(?:送|跑腿|"
    r"配药)|匀)|多余(?:的)?|多出来|捐物|(?:有)?需要的(?:人|朋友|可以|请|联系|邻居|老人|私信|加)|谁需要|"
    r"有需要(?:的|者|可|请)|寻(?:找)?需要的|捐赠|捐献|捐给|转赠|义务|"
    r"(?:提供|承接)[^,。]{0,12}(?:服务|接送|疏导|咨询|货源|渠道|蔬菜|物资)|我是(?:[^,。]{0,8})志愿者|"
    r"(?<!没)有(?:大量|一批|货|车可|通行证的?车)|保供(?:单位|企业|蔬菜)?(?:[^,。]{0,6})(?:联系|对接|供应)|"
    r"寻找对接|找对接|(?:富余|剩余|用不完)[^,。]{0,12}(?:可|送|给)|"
    r"i have [^.]{0,60}(?:to give|to spare|to share|spare)|(?:can|happy to) (?:give|donate|share|offer)"
)
ASKS = re.compile(
    r"急需|需要(?!的)|求(?:助|购|药|救|帮|好心|大家|各位|志愿)|"
    r"想(?:买|要|求|问|配)|缺(?:少|乏|药)?|断(?:药|粮|供)|买不到|配不到|没有?(?:药|吃|米|菜|奶粉)|"
    r"帮(?:忙|帮|我|买|配|代)|救(?:命|救|助)|能不能|能否|谁(?:能|有)|哪里(?:能|可以|有)|怎么办|"
    r"please|need|help|want"
)
COMPLAINT = re.compile(
    r"投诉|举报|曝光|不作为|乱作为|不管不问|没人管|无人管|推诿|踢皮球|敷衍|态度(?:恶劣|差|不好)|哄抬|"
    r"涨价|坑人|贪污|克扣|倒卖|私吞|不公平|凭什么|强烈(?:要求|谴责)|要求(?:给个)?说法|(?:居委|街道|"
    r"物业|小区|政府)[^,。]{0,12}(?:不管|不理|不发|无作为|没作为|敷衍|推|失职|混乱)|"
    r"(?:消杀|垃圾)[^,。]{0,8}(?:没人|无人|不到位|成山|没有?做)|管理混乱|complain"
)
REFERRED = re.compile(
    r"(?:消杀|解封|封控政策|核酸(?:结果|检测)?(?:没|未|不)|健康码|随申码|红码|黄码|弹窗|"
    r"上门(?:做)?核酸|阳性(?:[^,。]{0,10})(?:转运|转移|未转|没转|拉走)|转(?:运|移)(?:[^,。]{0,6})阳)"
)
PERMIT = re.compile(
    r"通行证|出门证|出入证|离沪证明|放行|复工(?:证|证明)?|(?:车辆|开车|自驾|私家车)[^,。]{0,12}(?:证|"
    r"许可|手续|允许)|(?:办|开|申请)[^,。]{0,6}(?:证明|通行)|permits?\b|pass\b"
)
# Asking for a way to treatment or home is a need, whoever else is blamed in the same breath.
TREATMENT = re.compile(
    r"医院(?!.{0,4}态度)|透析|化疗|手术|产检|看病|就医|复诊|住院|病人|接送|用车|顺风车|搭车|找车|"
    r"求车|疫苗|回不了|救治|重症|高烧"
)
EXPLICIT = re.compile(r"投诉|举报|曝光|complain")
OWN_TROUBLE = re.compile(
    r"(?:我|本人|家里|家中|父|母|爸|妈|老人|奶奶|爷爷|外婆|外公|孩子|宝宝|老婆|老公|妻子|丈夫|室友)[^。;!?]{0,16}"
    r"(?:阳|发烧|高烧|病|饿|没吃|没药|断|独居|高龄|残疾|残障|方舱|隔离|困)|同住"
)
URGENT = re.compile(r"极紧急|很?紧急|十万火急|人命关天|加急|急急+|救命|urgent|emergency")
WORDS = re.compile(r"[\u4e00-\u9fffa-z]")
ONLY_CRIES = re.compile(
    r"(?:极?紧急|十万火急|加急|急|救命|求助|求救|帮帮忙|帮帮我|帮助|帮忙|请|大家|所有|一切|都|是|很|"
    r"非常|真的|特别|啊|呀|了|的|我|你们|快|来|在吗|在么|有人吗|你好|您好|everything|is|urgent|help|"
    r"please|hello|hi|me|[\s,。!?;:~.、\-*#0-9])+$"
)


def of(text: str, *, has_items: bool, has_flags: bool, category: str = "", in_trouble: bool = False) -> tuple[str, str]:
    """(kind, the words that say so). A message that asks for something of ours is a need, whatever else it complains of.

    `in_trouble`: something was read that only somebody in need says (a sign of illness, supplies that end).
    """
    if has_flags:
        return "need", ""
    if not WORDS.search(text) or (ONLY_CRIES.match(text) and not has_items):
        return "unclear", ""
    offer = OFFER.search(text)
    if offer and not _asks_besides(text, offer):
        return "offer", offer.group()
    asks_for_ours = has_items and category not in ("", "transport")
    permit = PERMIT.search(text)
    if permit and not asks_for_ours and not TREATMENT.search(text):
        return "permit", permit.group()
    complaint = COMPLAINT.search(text) or (REFERRED.search(text) if not has_items else None)
    if (
        complaint
        and not asks_for_ours
        and not TREATMENT.search(text)
        and (EXPLICIT.search(text) or not OWN_TROUBLE.search(text))
    ):
        return "complaint", complaint.group()
    if has_items or category or in_trouble or ASKS.search(text) or TREATMENT.search(text):
        return "need", ""
    return "unclear", ""


def _asks_besides(text: str, offer: re.Match[str]) -> bool:
    rest = text[: offer.start()] + " " + text[offer.end() :]
    return bool(ASKS.search(rest)) and not re.search(
        r"可以?(?:免费|无偿)?(?:提供|赠|捐|分享|送给)|捐赠|无偿提供|免费提供|spare|donate|to give", text
    )


def stated_urgency(text: str) -> str:
    """How urgent the words call themselves: "extreme", "urgent", "fairly", "none" or nothing said. Weak evidence: most do."""
    if re.search(r"极紧急|十万火急|救命|人命关天|非常紧急|特别紧急|万分紧急|急急急|extremely urgent|emergency", text):
        return "extreme"
    if re.search(r"较急|比较急|fairly urgent", text):
        return "fairly"
    if re.search(r"不(?:是很|太|着|算)?急(?!需)|慢慢来|有空再|not urgent|no hurry", text):
        return "none"
    return "urgent" if re.search(r"紧急|急需|急求|加急|很急|着急|急用|urgent|asap", text) else ""
