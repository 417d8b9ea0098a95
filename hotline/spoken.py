"""What the line says on the telephone, in the caller's language. Kept beside each other so that neither is forgotten."""

from __future__ import annotations

CHINESE, ENGLISH = "zh-hans", "en"
VOICE_LANGUAGE = {CHINESE: "zh-CN", ENGLISH: "en-US"}

WORDS: dict[str, dict[str, str]] = {
    "emergency": {
        CHINESE: "如有生命危险，请立即挂机拨打120。",
        ENGLISH: "If a life is in danger, hang up now and dial 1 2 0.",
    },
    "menu_entry": {CHINESE: "{subject}请按{key}。", ENGLISH: "For {subject}, press {key}."},
    "menu_existing": {CHINESE: "查询已登记的求助请按4。", ENGLISH: "About a request you have made, press 4."},
    "menu_language": {CHINESE: "For English, press 9.", ENGLISH: "普通话请按9。"},
    "menu_dialect": {CHINESE: "讲上海话请按8。", ENGLISH: "For Shanghainese, press 8."},
    "dialect": {
        CHINESE: "好的，会优先安排讲上海话的客服。",
        ENGLISH: "We look for somebody who speaks Shanghainese.",
    },
    "menu_emergency": {CHINESE: "情况危急请按0。", ENGLISH: "In an emergency, press 0."},
    "dial_120": {
        CHINESE: "请立即挂机，拨打120。如果打不通120，请不要挂机，我们优先接听您的电话。",
        ENGLISH: "Hang up now and dial 1 2 0. If you cannot reach 1 2 0, stay on the line: you come before everybody.",
    },
    "known": {
        CHINESE: "{status}关于这件事请按1，新的求助请按2。",
        ENGLISH: "{status} About this, press 1. For something new, press 2.",
    },
    "existing": {CHINESE: "{status}需要人工服务请按1。", ENGLISH: "{status} To speak to somebody, press 1."},
    "worker": {
        CHINESE: "接通收货人请按1，找热线请按2。",
        ENGLISH: "To speak with the receiver, press 1. For the hotline, press 2.",
    },
    "worker_connected": {CHINESE: "正在接通收货人，请稍候。", ENGLISH: "Connecting you with the receiver."},
    "worker_not_reached": {CHINESE: "没有接通。", ENGLISH: "Nobody answers."},
    "nothing_open": {
        CHINESE: "这个号码下没有未完成的求助，正在为您转接人工。",
        ENGLISH: "There is no open request under this number. We connect you to somebody.",
    },
    "not_a_key": {CHINESE: "没有这个选项。", ENGLISH: "That key has no meaning here."},
    "to_agent": {CHINESE: "正在为您转接，请不要挂机。", ENGLISH: "We are connecting you, please stay on the line."},
    "first_in_line": {CHINESE: "您排在第一位。", ENGLISH: "You are first in the queue."},
    "position": {CHINESE: "您前面还有{ahead}位。", ENGLISH: "{ahead} callers are before you."},
    "estimate": {CHINESE: "预计等待约{minutes}分钟。", ENGLISH: "The wait is about {minutes} minutes."},
    "nobody_on_duty": {CHINESE: "现在没有客服在线。", ENGLISH: "Nobody is on duty at this moment."},
    "keep_place": {
        CHINESE: "如需我们回电并保留您的位置，请按1。",
        ENGLISH: "To be called back and keep your place, press 1.",
    },
    "callback_taken": {
        CHINESE: "好的，我们会按您现在的位置给您回电。再见。",
        ENGLISH: "Thank you. We will call you back, your place is kept. Goodbye.",
    },
    "withheld_callback": {
        CHINESE: "您的号码没有显示，我们无法回电，请继续等待。",
        ENGLISH: "Your number is withheld, so we cannot call you back. Please stay on the line.",
    },
    "trouble": {
        CHINESE: "系统遇到问题，您的来电已记录，我们会尽快回电。",
        ENGLISH: "Something went wrong here. Your call is noted and we will call you back.",
    },
    "voicemail_closed": {
        CHINESE: "现在不是服务时间。请在提示音后留言，按井号键结束；也可以直接挂机，我们上班后会给您回电。",
        ENGLISH: "We are closed now. Leave a message after the tone and press pound, or hang up: we will call you back.",
    },
    "voicemail_nobody": {
        CHINESE: "现在没有客服在线。请在提示音后留言，按井号键结束；也可以直接挂机，我们会尽快给您回电。",
        ENGLISH: "Nobody is on duty now. Leave a message after the tone and press pound, or hang up: we will call you back.",
    },
    "voicemail_full": {
        CHINESE: "现在等候的来电很多。请在提示音后留言，按井号键结束；也可以直接挂机，我们会尽快给您回电。",
        ENGLISH: "Very many are waiting. Leave a message after the tone and press pound, or hang up: we will call you back.",
    },
    "voicemail_taken": {
        CHINESE: "您的留言已收到，我们会给您回电。再见。",
        ENGLISH: "We have your message and will call you back. Goodbye.",
    },
    "voicemail_empty": {
        CHINESE: "没有听到留言，我们会给您回电。再见。",
        ENGLISH: "We heard no message. We will call you back. Goodbye.",
    },
    "blocked": {
        CHINESE: "您的号码暂时不能接入热线。如有生命危险，请立即拨打120。再见。",
        ENGLISH: "Your number cannot reach this line for now. If a life is in danger, dial 1 2 0. Goodbye.",
    },
    "line_test": {CHINESE: "线路测试。", ENGLISH: "This is a test of the line."},
    "recorded": {CHINESE: "本次通话将被录音。", ENGLISH: "This call is recorded."},
    "agent_whisper": {CHINESE: "来电接入。", ENGLISH: "A caller."},
    "colleague_asks": {CHINESE: "同事找您商量一个来电。", ENGLISH: "A colleague asks you about a call."},
    "passed_on": {
        CHINESE: "正在为您转给同事，请不要挂机。",
        ENGLISH: "We pass you on to a colleague, please stay on the line.",
    },
    "calling_out": {CHINESE: "正在接通。", ENGLISH: "Calling."},
    "browser_phone_works": {
        CHINESE: "您的电脑电话可以使用。",
        ENGLISH: "Your browser phone works.",
    },
    "this_is_us": {CHINESE: "您好，这里是{line}。", ENGLISH: "Hello, this is {line}."},
}


def say(what: str, language: str, /, **words: object) -> str:
    """The sentence in the caller's language, Chinese when there is no other."""
    spoken = WORDS[what]
    return spoken.get(language, spoken[CHINESE]).format(**words)
