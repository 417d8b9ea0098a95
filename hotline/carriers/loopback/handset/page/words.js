// Every word on the page, in Chinese and in English. Chinese unless somebody chose otherwise in this browser.

const WORDS = {
  zh: {
    title: "模拟手机",
    lead: "这一页可以是任何居民的手机，也可以是坐席的话机。打开几个标签页，就有几部电话。",
    which: "这是哪部电话？", use: "使用", what: "有来电时", recent: "最近用过", voice: "朗读声音", another: "再开一部",
    habit_manual: "响铃，由我来接", habit_answer: "自动接听", habit_no_answer: "无人接听", habit_busy: "占线",
    habit_unreachable: "无法接通", habit_machine: "语音留言机",
    mobile: "手机", desk: "话机", short: "短号码", with: "与", call_to: "拨给", photo: "附上照片", write: "写短信", send: "发送",
    call: "呼叫", past: "通话记录", withhold: "隐藏我的号码", incoming: "来电", decline: "拒接", answer: "接听", say: "对着电话说……", speak: "说",
    mute: "静音", keys: "键盘", hangup: "挂断", messages: "短信", phone: "电话",
    no_messages: "还没有短信。写下第一条，热线会马上收到。", no_calls: "还没有通话。按绿色按钮呼叫热线。",
    no_hotline: "热线还没有接上这里的号码。", connected: "已连接", lost: "断开，重试中",
    delivered: "已送达", received: "已发出", failed: "未送达", segments: "条",
    ringing: "响铃中", gather: "等待按键", queue: "排队中，第 {position} 位", conference: "会议中", dial: "正在接通", talking: "通话中",
    record: "正在录音，请留言", pause: "请稍候", say_state: "正在播报", play: "正在播放", over: "已结束", nothing: "已接通",
    on_hold: "保持中", alone: "等待对方", hears: "在线：{who}", music_waiting: "等待音乐", music_hold: "保持音乐", tone: "提示音", sound: "录音",
    in_progress: "通话中", completed: "已接通", busy: "占线", "no-answer": "未接", failed_call: "未接通", canceled: "已取消",
    hotline: "热线", trouble: "没有成功：{why}", photo_ready: "照片已附上",
  },
  en: {
    title: "Handset",
    lead: "This page can be any resident's telephone or an agent's desk phone. Each tab you open is one more telephone.",
    which: "Which telephone is this?", use: "Use", what: "When a call comes in", recent: "Used lately", voice: "Read aloud", another: "One more",
    habit_manual: "Rings, I answer", habit_answer: "Answers by itself", habit_no_answer: "Nobody answers", habit_busy: "Busy",
    habit_unreachable: "Cannot be reached", habit_machine: "Answering machine",
    mobile: "mobile", desk: "desk phone", short: "short code", with: "With", call_to: "Call", photo: "Add a photo", write: "Write a text", send: "Send",
    call: "Call", past: "Calls", withhold: "Withhold my number", incoming: "Incoming call", decline: "Decline", answer: "Answer", say: "Say into the phone ...", speak: "Say",
    mute: "Mute", keys: "Keypad", hangup: "Hang up", messages: "Texts", phone: "Phone",
    no_messages: "No texts yet. Write the first, the hotline receives it at once.", no_calls: "No calls yet. The green button calls the hotline.",
    no_hotline: "The hotline has not connected a number here yet.", connected: "connected", lost: "lost, trying again",
    delivered: "delivered", received: "sent", failed: "not delivered", segments: "parts",
    ringing: "ringing", gather: "waits for keys", queue: "waiting, place {position}", conference: "in a conference", dial: "connecting", talking: "talking",
    record: "recording, leave a message", pause: "one moment", say_state: "speaking", play: "playing", over: "ended", nothing: "connected",
    on_hold: "on hold", alone: "waiting for the other side", hears: "On the line: {who}", music_waiting: "waiting music", music_hold: "hold music", tone: "beep", sound: "recording",
    in_progress: "talking", completed: "answered", busy: "busy", "no-answer": "missed", failed_call: "failed", canceled: "cancelled",
    hotline: "Hotline", trouble: "That did not work: {why}", photo_ready: "Photo added",
  },
};

let language = localStorage.getItem("handset-language") || "zh";

export const current = () => language;

export function word(key, values = {}) {
  const text = WORDS[language][key] ?? key;
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

export function switchLanguage() {
  language = language === "zh" ? "en" : "zh";
  localStorage.setItem("handset-language", language);
}

export function writeWords(root) {
  document.documentElement.lang = language === "zh" ? "zh-Hans" : "en";
  for (const one of root.querySelectorAll("[data-t]")) one.textContent = word(one.dataset.t);
  for (const one of root.querySelectorAll("[data-t-hint]")) one.placeholder = word(one.dataset.tHint);
  for (const one of root.querySelectorAll("[data-t-label]")) {
    one.setAttribute("aria-label", word(one.dataset.tLabel));
    one.title = word(one.dataset.tLabel);
  }
}
