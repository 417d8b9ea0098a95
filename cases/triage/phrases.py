"""Our own phrases to train on: what people say in each category, put together from parts, with the level they stand for.

Nothing here is taken from anybody's message. `make` is the same for the same seed.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from functools import cache

from cases.triage import items

Labelled = dict[str, str | int]

SLOTS: dict[str, list[str]] = {
    "who": "我妈|我爸|我爷爷|我奶奶|外婆|外公|家里老人|父亲|母亲|我老公|我太太|本人|我|邻居阿姨|公公|婆婆|家人|姐姐|我们家|患者|室友".split("|"),
    "elder": "独居老人|老人一个人在家|92岁的奶奶|89岁老父亲|高龄老人|孤寡老人|楼下阿婆|86岁外婆|两位八十多岁的老人|腿脚不便的老人|卧床老人|"
    "瘫痪在床的父亲|老太太一个人住|空巢老人|失能老人|90岁高龄老伯".split("|"),
    "baby": "宝宝|5个月宝宝|新生儿|刚满月的孩子|一岁的女儿|双胞胎|8个月大的婴儿|小宝宝|家里娃|三个月的男宝|2岁孩子|刚出生的婴儿".split("|"),
    "please": "谢谢|求帮忙|请帮帮我们|急急急|麻烦了|万分感谢|求助|拜托了|感激不尽|真的没办法了|求好心人||||||".split("|"),
    "why": "小区封控出不去|居委配不到|网上买不到|药店都不开门|快递进不来|医院停诊|跑腿也叫不到|电话打不通|配送不到|平台下不了单|"
    "社区说没有这个药|一直抢不到|团购不到||||||".split("|"),
    "where": "浦东|闵行|徐汇区|杨浦|宝山|嘉定江桥|松江|静安|普陀|虹口|黄浦|长宁|青浦|奉贤|||||||".split("|"),
    "need": "需要|急需|求购|想配|帮忙买|缺|急求|需要配|求|帮配|想要||".split("|"),
    "n": "一|两|三|四|五|1|2|3|5|6|10".split("|"),
    "unit": "盒|瓶|支|盒|盒".split("|"),
    "left": "还剩两天|只够三天|只剩一天的量|明天就没了|今天最后一片|还能维持一周|快吃完了|即将断药|马上要断药|还有四天|所剩不多".split("|"),
    "out": "已经断药了|断药三天|停药一周了|已断药半个月|药吃完了|断药了|一片都没了|没药了|已经停药五天".split("|"),
    "ill": "高血压|糖尿病|心脏病|抑郁症|双相|焦虑症|失眠|癫痫|甲亢|甲减|红斑狼疮|肾移植|乙肝|肺癌|胃癌|乳腺癌|白血病|帕金森|"
    "哮喘|慢阻肺|脑梗|中风后|痛风|类风湿|强直|青光眼|前列腺|肠癌造口|精神分裂|冠心病|房颤|银屑病|尿毒症|骨质疏松|"
    "老年痴呆|肝硬化|肾病|湿疹|胃病|过敏|鼻炎|咽喉炎|牙疼|结石|颈椎|皮炎".split("|"),
    "bad_ill": "肺癌晚期|胃癌|肝癌|淋巴瘤|白血病|尿毒症|心衰|脑出血|骨折|肠梗阻|肿瘤|乳腺癌|胰腺癌|肺部感染|重症|血液病".split("|"),
    "hospital": "中心医院|肿瘤医院|儿科医院|人民医院|肺科医院|胸科医院|妇幼保健院|中医医院|大医院|定点医院|附近医院|三甲医院".split("|"),
    "treat": "化疗|放疗|手术|复查|看病|住院|透析|血透|拆线|换药|做检查|看急诊|打针|复诊|产检|做CT|挂水|取药|生产|治疗|核磁共振".split("|"),
    "home": "老家|安徽|江苏|南昌|浙江|嘉定的家|浦西家里|四川|河南|苏州|自己家|武汉|兰州|老家安徽|学校|住处|单位宿舍".split("|"),
    "trip": "虹桥火车站|浦东机场|火车站|机场|高铁站|虹桥机场".split("|"),
    "veg": "蔬菜|大米|鸡蛋|面条|牛奶|肉|土豆|青菜|食用油|面包|方便面|水果|饮用水|盐|豆制品|速冻水饺|馒头|饼干|泡面|猪肉|零食|调料|"
    "火腿肠|矿泉水|榨菜|酱油|面粉|主食|绿叶菜|荤菜|杂粮".split("|"),
    "daily": "卫生巾|抽纸|洗衣液|牙膏|垃圾袋|洗发水|卫生纸|消毒液|酒精|口罩|煤气|电池|香烟|猫粮|狗粮|猫砂|纸巾|手套|洗洁精|防护服|被子|毛巾".split("|"),
    "formula": "奶粉|婴儿奶粉|一段奶粉|二段奶粉|3段奶粉|水解奶粉|爱他美|飞鹤奶粉|惠氏启赋|美赞臣|美素佳儿|a2奶粉|雅培|金领冠|羊奶粉".split("|"),
    "diaper": "尿不湿|纸尿裤XL|拉拉裤|尿布|M码纸尿裤|纸尿裤L号|尿不湿S号|XXL尿不湿|湿巾|隔尿垫".split("|"),
    "baby_goods": "辅食|婴儿米粉|奶瓶|护臀膏|新生儿用品|待产包|产妇用品|伊可新|母乳储存袋|吸奶器|婴儿衣服|宝宝面条|果泥".split("|"),
    "elder_goods": "成人纸尿裤|成人尿不湿|护理垫|老人餐|软一点的饭菜|气垫床|防褥疮垫|营养粉|全安素|轮椅|拐杖|助行器|流食".split("|"),
    "people": "一家四口|我们三个人|合租五个人|两个大人一个孩子|十几个工友|一个人|两口子|四个人|我和室友|一家五口".split("|"),
    "days": "三|四|五|两|几|好几|七|半个月十".split("|"),
    "supply_gear": "造口袋|造口底盘|导尿管|尿袋|血糖试纸|胰岛素针头|鼻饲管|引流袋|纱布|PICC维护包|制氧机|氧气|眼药水|退烧药|感冒药|"
    "止咳糖浆|创可贴|中成药|蛋白粉|维生素|体温计|开塞露|白蛋白|药膏|鼻喷雾".split("|"),
}

MEDICINE: list[tuple[str, int]] = [
    ("{drug}", 3),
    ("{drug} {n}{unit}", 3),
    ("{ill}。{drug}", 3),
    ("{need}{drug}{n}{unit}，{please}", 3),
    ("{who}{ill}，{need}{drug}，{why}，{please}", 3),
    ("{ill}药，{drug}、{drug}，各{n}{unit}", 3),
    ("药名：{drug}，规格不限，{need}{n}{unit}，{where}", 3),
    ("{ill}患者，{drug}{left}", 3),
    ("{need}配药，{ill}，{why}", 3),
    ("{who}长期服用{drug}，{left}，{why}", 3),
    ("{need}{supply_gear}，{who}{ill}", 3),
    ("{ill}，{need}{supply_gear}{n}个", 3),
    ("慢性病的药，{why}，{please}", 3),
    ("{elder}，{ill}，{need}{drug}{n}{unit}", 3),
    ("{elder}的药快吃完了，{drug}，{drug}", 3),
    ("{drug}（{ill}），处方药，{why}", 3),
    ("{ill}，{out}，{need}{drug}", 3),
    ("{ill}的药没有了，{please}", 3),
    ("配药。{where}{who}{ill}，医院没货，哪里有{drug}", 3),
    ("{critical}{out}，{please}", 2),
    ("{who}{critical}{left}，{why}", 2),
    ("{ill}，{critical}，{out}，{why}", 2),
    ("{mental}{out}，整夜睡不着，手抖心慌", 2),
    ("抑郁症{out}，出现戒断反应，{need}{mental}", 2),
    ("打胰岛素的，针剂用完了，{please}", 2),
    ("癫痫病人，{out}，怕大发作，{need}{epilepsy}", 2),
    ("肾移植术后抗排异药{left}", 2),
    ("癌症疼痛，止痛药{left}，日夜疼", 2),
    ("孩子高烧40度，{need}退烧药", 2),
    ("宝宝发烧了家里没有退烧药", 2),
    ("血压190降不下来，{need}降压药", 2),
    ("腹透液今晚就用完了，{please}", 1),
    ("{mental}{out}，不想活了", 1),
    ("制氧机坏了，氧气瓶快没了", 1),
    ("胰岛素断了三天，血糖30，人昏昏沉沉叫不醒", 1),
    ("{elder}胸痛，硝酸甘油没了", 1),
    ("维生素，钙片，{n}瓶", 4),
    ("眼药水，润喉片，{please}", 4),
    ("{need}创可贴和感冒药备着", 4),
    ("过敏药，氯雷他定{n}盒", 4),
    ("{ill}的药还够半个月，想提前配", 4),
    ("胃药，{need}达喜{n}盒", 4),
    ("隐形眼镜护理液，孩子近视用的眼药水", 4),
]
INFANT: list[tuple[str, int]] = [
    ("{baby}奶粉没了，{please}", 2),
    ("{baby}断奶粉了，{need}{formula}", 2),
    ("{baby}，{formula}，只够今晚两顿了", 2),
    ("{baby}牛奶蛋白过敏，只能喝水解奶粉，还剩两天", 2),
    ("{formula}明天就没了，不能换别的牌子", 2),
    ("{need}{formula}{n}罐", 3),
    ("{baby}的{formula}快没了，{why}", 3),
    ("{formula} {n}罐 {diaper}{n}包", 3),
    ("{baby}{need}{diaper}，{please}", 3),
    ("{diaper}用完了，{baby}", 3),
    ("{diaper}", 3),
    ("{formula}", 3),
    ("{need}{diaper}{n}包，{where}", 3),
    ("{baby}{need}{baby_goods}", 3),
    ("{baby_goods}，{formula}，{please}", 3),
    ("孕妇快生了，{need}待产包、新生儿用品", 3),
    ("孩子的奶粉和尿不湿快断了，京东不发货", 3),
    ("母乳不够，{need}{formula}", 3),
    ("{baby}打疫苗，社区不给约", 4),
    ("{baby}疫苗过期了怎么办，哪里可以打", 4),
    ("宝宝体检和疫苗", 4),
    ("{baby}还有两罐奶粉，想再备一点", 4),
    ("刚出生二十天的宝宝发烧38.5度", 1),
    ("{baby}没有奶喝了，妈妈没有母乳，一直哭", 1),
]
ELDERLY: list[tuple[str, int]] = [
    ("{elder}，家里没吃的了，{please}", 2),
    ("{elder}，只剩一点米，不会做饭也不会用手机", 2),
    ("{elder}没有牙，面包牛奶只够明天", 2),
    ("{elder}在家摔了一跤，没人照顾", 2),
    ("{elder}两天联系不上，想请人上门看看", 2),
    ("子女都在外地，{elder}，不会团购，快断粮了", 2),
    ("{elder}没人送饭，护工进不来", 2),
    ("{elder}{need}{elder_goods}", 3),
    ("{elder_goods}{n}包，{elder}", 3),
    ("{elder}不会用手机，买不到菜，请帮忙送点吃的", 3),
    ("{elder}，{need}{veg}、{veg}，能不能送上门", 3),
    ("{elder}生活不能自理，{need}照顾", 3),
    ("卧床老人褥疮，{need}气垫床", 3),
    ("成人纸尿裤没了，{elder}", 3),
    ("{elder}不敢下楼做核酸，能不能上门", 4),
    ("请居委关心一下{elder}", 4),
    ("老人手机坏了联系不上子女", 4),
    ("{elder}三天没吃饭了", 1),
    ("{elder}昏倒在家，叫不醒", 1),
]
FOOD: list[tuple[str, int]] = [
    ("没有吃的了，{please}", 2),
    ("家里断粮了，{people}", 2),
    ("{people}，已经没米了，饿着肚子", 2),
    ("饿，没吃的", 2),
    ("弹尽粮绝了，{need}{veg}", 2),
    ("孩子没吃的了，{need}{veg}{veg}", 2),
    ("{people}被封在公司，没有食物没有水", 2),
    ("家里什么吃的都没有了，能填饱肚子就行", 2),
    ("{days}天没吃东西了，快撑不住了", 1),
    ("停水两天了，一口水都没有", 1),
    ("{need}{veg}、{veg}、{veg}", 3),
    ("{veg}，{veg}", 3),
    ("{veg}", 3),
    ("物资，{veg}{veg}", 3),
    ("{need}生活物资，{people}，{where}", 3),
    ("家里只剩面条了，{need}{veg}", 3),
    ("快没吃的了，团购抢不到，{please}", 3),
    ("{people}，食物还够三天，{why}", 3),
    ("买不到菜，{where}，{need}{veg}", 3),
    ("出租屋不能做饭，{need}泡面和面包", 3),
    ("工资没发，买不起菜，{need}{veg}", 3),
    ("刚来上海打工，没钱没吃的，{need}物资", 3),
    ("外地人租房，{people}，没有收到物资，{need}{veg}", 3),
    ("要点{veg}，{please}", 3),
    ("卫生巾用完了，{please}", 3),
    ("{need}{daily}", 4),
    ("{daily}，{daily}", 4),
    ("{daily}没了，{need}{n}包", 4),
    ("猫断粮了，{need}猫粮", 4),
    ("家里狗没吃的了，求狗粮", 4),
    ("{need}酒精和消毒用品", 4),
    ("想吃{veg}，哪里有团购", 4),
    ("煤气用完了，不能烧饭", 3),
    ("求{where}的团购群，{need}{veg}", 4),
]
TRANSPORT: list[tuple[str, int]] = [
    ("{who}{bad_ill}，要去{hospital}{treat}，没有车", 2),
    ("需要车送{who}去{hospital}{treat}，{please}", 3),
    ("{treat}时间到了去不了，{why}", 2),
    ("化疗已经延误两周了，求车去{hospital}", 2),
    ("求医院收治，{who}{bad_ill}，{please}", 2),
    ("{bad_ill}病人需要住院，医院不收", 2),
    ("{bad_ill}，急需手术，联系不到医院", 2),
    ("{hospital}不接收，{who}病情恶化", 2),
    ("今天要去{hospital}{treat}，没有通行证没有车", 2),
    ("引流管要换，{need}去{hospital}", 2),
    ("透析病人没有车去医院，{please}", 2),
    ("确诊后高烧39度，求送医院", 2),
    ("摔断了腿，{need}去医院", 2),
    ("肚子剧痛，怀疑阑尾炎，要去医院", 2),
    ("{who}{treat}，能不能安排车", 3),
    ("孕妇产检，没有车，{please}", 3),
    ("就医用车，{where}到{hospital}", 3),
    ("接送就医，来回，{please}", 3),
    ("{who}{bad_ill}复查，{need}用车", 3),
    ("PICC管要维护，哪里可以做", 3),
    ("{who}是阳性，有基础病，求转到定点医院", 3),
    ("阳性，想早点去方舱", 3),
    ("抗原阳性没人来转运，家里还有老人", 3),
    ("{who}要去{hospital}，120叫不到", 3),
    ("医院看好了，没车回家，滞留在急诊", 3),
    ("出院了回不了家，{please}", 3),
    ("想回{home}，有没有车", 4),
    ("回家", 4),
    ("求顺风车，{where}到{home}", 4),
    ("去{trip}，{need}用车", 4),
    ("人找车，回{home}，两个人", 4),
    ("需要车去{trip}赶飞机", 4),
    ("离沪返乡，{where}出发，{please}", 4),
    ("隔离结束了，没有车回{home}", 4),
    ("出舱后回不了小区，想回{home}", 4),
    ("需要车辆", 3),
    ("五天没透析了，人肿得厉害，求医院收", 1),
    ("胸口疼得厉害，打120要等很久", 1),
    ("孕妇要生了，羊水破了，没有车", 1),
    ("{who}呼吸困难，医院没有床位", 1),
    ("肝衰竭，随时有生命危险，求医院", 1),
    ("怀孕出血肚子痛，要去医院", 1),
    ("大出血，{please}", 1),
    ("血红蛋白只有30，要输血，生命垂危", 1),
]
NONE: list[tuple[str, int]] = [
    ("我家有多的{drug}，需要的联系我", 5),
    ("可以免费提供{veg}，有需要的人私信", 5),
    ("有多余的{formula}可以送给需要的宝宝", 5),
    ("我有车有通行证，可以免费帮忙送药", 5),
    ("免费心理咨询，抑郁的朋友可以找我聊聊", 5),
    ("有大量{veg}，寻找对接", 5),
    ("捐赠{daily}，有需要的小区联系", 5),
    ("可以帮忙配药跑腿，加我", 5),
    ("我们团队能代配{drug}，需要的联系", 5),
    ("有{n}盒{drug}，转给需要的人", 5),
    ("志愿者，可以提供{veg}和物资对接", 5),
    ("居委会不作为，投诉", 5),
    ("物资发放不公平，别的小区都发了第五批了", 5),
    ("举报团购哄抬物价", 5),
    ("楼里有阳性好几天没转运，没人消杀", 5),
    ("小区阳性病人没有转走，居民害怕", 5),
    ("要求消杀，垃圾成山没人管", 5),
    ("阴性被拉去隔离，要说法", 5),
    ("什么时候解封，核酸结果一直不出", 5),
    ("健康码变黄了怎么申诉", 5),
    ("请求上门核酸，全楼多日没做", 5),
    ("被骗了钱，求曝光", 5),
    ("怎么办通行证", 5),
    ("出门证居委不给开，怎么申请", 5),
    ("私家车回老家需要什么通行证", 5),
    ("身份证过期了怎么办", 5),
    ("狗走丢了，帮忙留意", 5),
    ("{n}天没有发物资了，政府不管吗", 5),
    ("没有地方住，求住处", 3),
    ("隔离结束没地方去，酒店都不收", 3),
    ("睡在车里一周了，找酒店", 3),
    ("流落街头，求一个安置点", 3),
    ("电脑坏了，急用笔记本上网课", 4),
    ("需要打印机和纸质文件寄送", 4),
    ("手机坏了，找人修手机", 4),
    ("水管爆了，找维修师傅", 4),
    ("钥匙在公司，帮忙取一下", 4),
    ("帮忙寄一份重要文件", 4),
    ("电脑和书在学校，帮忙送过来", 4),
    ("燃气灶坏了，打不着火", 4),
    ("汽车没电了，求搭电", 4),
    ("员工需要住宿", 4),
    ("要考试，急需一台电脑", 4),
    ("急急急", 2),
    ("求助", 2),
    ("有人吗", 2),
    ("救命", 2),
    ("在吗，请回电话", 2),
    ("极紧急，请联系我", 2),
]
BY_CATEGORY = {
    "medicine": MEDICINE,
    "infant": INFANT,
    "elderly": ELDERLY,
    "food": FOOD,
    "transport": TRANSPORT,
    "": NONE,
}
# How often each is asked for, from what such lines are known to hear.
SHARES = {"medicine": 0.4, "infant": 0.1, "elderly": 0.1, "food": 0.14, "transport": 0.14, "": 0.12}
SLOT = re.compile(r"\{(\w+)\}")


@cache
def _slots() -> dict[str, list[str]]:
    """The written slots and those that the item catalogue fills."""
    by_group: dict[str, list[str]] = {}
    for known in items.names().values():
        by_group.setdefault(known.group, []).append(known.name)
    drugs = [name for group, names in by_group.items() if items.groups()[group].get("prescription") for name in names]
    critical = [n for group in ("insulin", "transplant", "heart", "epilepsy", "cancer") for n in by_group[group]]
    mental = [*by_group["mental_health"], *by_group["controlled_calming"]]
    return SLOTS | {"drug": drugs, "critical": critical, "mental": mental, "epilepsy": by_group["epilepsy"]}


def make(count: int = 6000, seed: int = 1) -> Iterator[Labelled]:
    """`count` labelled phrases: {"text", "category", "level"}."""
    chance = random.Random(seed)
    categories = list(SHARES)
    for _ in range(count):
        category = chance.choices(categories, list(SHARES.values()))[0]
        pattern, level = chance.choice(BY_CATEGORY[category])
        text = _fill(pattern, chance)
        if chance.random() < 0.25:
            text = f"{text}。{_fill('{why}{please}', chance)}"
        if chance.random() < 0.2:
            text = f"{_fill('{where}', chance)} {text}"
        yield {"text": text.strip(" 。，"), "category": category, "level": level}


def _fill(pattern: str, chance: random.Random) -> str:
    filled = SLOT.sub(lambda match: chance.choice(_slots()[match[1]]), pattern)
    return re.sub(r"，(?=，|。|$)", "", filled)
