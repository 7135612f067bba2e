/** The log on the screen: what is confirmed, in order; then messages on their way; then typing dots. */
import { h } from './dom.js';
import { confirm, markState, messageElement, noticeElement, redact, senderOf } from './message.js';
import { offered, rating, retire, revive } from './parts.js';
import { handoverLine } from './standing.js';
import { dayOf, text } from './text.js';

const TOGETHER = 180_000; // ms: messages of one sender within this time share a heading
const NEAR_END = 80; // px: closer to the end than this is "at the end"

export class LogView {
  #actions;
  #nodes = new Map(); // event id or cid -> element
  #pending = new Map(); // cid -> element, not yet confirmed
  #typist = h('p');
  #dots = h('div', { class: 'dots', 'aria-hidden': 'true', hidden: true }, h('span'), h('span'), h('span'), this.#typist);
  #older;
  #last = {}; // of the last message: {who, at, day}, to know whether the next one joins it
  #anchor = null; // first element of the current turn: stays in view
  #own = {}; // the citizen's newest message in the log: {node, seq}
  #readTo = 0; // number of the last event that the agent has read

  constructor(actions) {
    this.#actions = actions;
    this.#older = h('button', {
      type: 'button', class: 'button quiet', hidden: true, onclick: actions.older, 'data-testid': 'balie-older',
    }, text.older);
    this.element = h('div', {
      class: 'log', role: 'log', 'aria-live': 'polite', 'aria-relevant': 'additions text', 'aria-label': text.log,
      tabindex: '0', 'data-testid': 'balie-log',
    }, this.#older, this.#dots);
    this.#stayAtEnd();
  }

  /** When the log becomes smaller (the field grows, a keyboard comes up), what was at the end stays at the end. */
  #stayAtEnd() {
    let [atEnd, height] = [true, 0];
    this.element.addEventListener('scroll', () => {
      if (this.element.clientHeight === height) atEnd = this.atEnd;
    });
    new ResizeObserver(() => {
      height = this.element.clientHeight;
      if (atEnd) this.toEnd();
    }).observe(this.element);
  }

  /** Ready for another conversation. With `keep` the old lines stay readable above it. */
  reset({ keep = false } = {}) {
    for (const asking of this.element.querySelectorAll('.ask')) retire(asking);
    if (!keep) this.element.replaceChildren(this.#older, this.#dots);
    this.#nodes.clear();
    this.#pending.clear();
    this.#last = {};
    this.#anchor = null;
    this.#own = {};
    this.#readTo = 0;
    this.#older.hidden = true;
  }

  /** A batch at once: silent for screen readers, unless the conversation is new and its first message must be heard. */
  history({ events, more, older, fresh }) {
    if (!fresh) this.element.setAttribute('aria-live', 'off');
    if (older) this.#prepend(events);
    else for (const event of events) this.#place(this.#render(event), event);
    this.#older.hidden = !more;
    if (fresh) this.#anchor = this.#nodes.get(events[0]?.id) ?? null;
    if (fresh) this.#follow(); // also on a small screen the disclosure comes first
    else if (!older) this.toEnd();
    setTimeout(() => this.element.setAttribute('aria-live', 'polite'), 500);
  }

  /** A durable event, live. Returns its element if it put something new there. */
  add(event) {
    const follow = this.atEnd;
    const node = this.#render(event);
    if (!node) return null;
    this.#place(node, event);
    if (event.from?.role !== 'bot' || !event.turn) this.#anchor = node; // no answer to what was asked: a beginning of its own
    this.#anchor ??= node;
    if (follow) this.#follow();
    return node;
  }

  /** How far a message of this browser is; the first time it is put on the screen. */
  outgoing({ item: { message }, state, problem }) {
    const follow = this.atEnd;
    let node = this.#pending.get(message.cid);
    if (!node) {
      if (this.#nodes.has(message.cid)) return;
      node = this.#message({ from: { role: 'citizen' }, text: message.text ?? String(message.value ?? '') });
      this.#pending.set(message.cid, node);
      this.#dots.before(node);
      this.#anchor = node;
      this.toEnd();
    }
    const resend = () => {
      if (state === 'refused') {
        node.remove();
        this.element.focus();
      }
      this.#actions.resend(message, state);
    };
    const retriable = state === 'waiting' || (state === 'refused' && message.type === 'text');
    markState(node, state, { problem, again: retriable ? resend : null });
    if (state === 'refused') this.#refused(message, problem);
    if (follow) this.toEnd();
  }

  #refused({ cid, reply_to: replyTo }, { status }) {
    this.#pending.delete(cid);
    if (status === 422) this.#nodes.get(replyTo)?.querySelectorAll('.ask').forEach(revive);
  }

  /** A line about the conversation itself. */
  line(words, { kind = 'info', button = null } = {}) {
    const node = h('div', { class: 'line', 'data-testid': 'balie-line', 'data-kind': kind }, h('p', {}, words), button);
    this.#beforePending(node);
    this.#last = { day: this.#last.day };
    this.toEnd();
    return node;
  }

  /** That somebody is typing, in words; '' for nobody. */
  typing(words) {
    const follow = this.atEnd;
    this.#typist.textContent = words;
    this.#dots.hidden = !words;
    if (follow && words) this.#follow();
  }

  /** The agent has read up to number `seq`: shown under the citizen's newest message. */
  read(seq) {
    this.#readTo = Math.max(this.#readTo, seq);
    if (this.#own.seq <= this.#readTo) markState(this.#own.node, 'read');
  }

  get atEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.element;
    return scrollHeight - scrollTop - clientHeight < NEAR_END;
  }

  toEnd() {
    this.element.scrollTop = this.element.scrollHeight;
  }

  /** Whether the beginning of this element is on the screen. */
  begins(node) {
    const { scrollTop, clientHeight } = this.element;
    return node.offsetTop < scrollTop + clientHeight - NEAR_END / 2;
  }

  /** To the end, but never past the beginning of the current turn: a long answer is read from its start. */
  #follow() {
    const top = this.#anchor ? this.#anchor.offsetTop - 12 : Infinity;
    this.element.scrollTop = Math.min(this.element.scrollHeight, Math.max(top, 0));
  }

  #beforePending(node) {
    const [first] = this.#pending.values();
    (first ?? this.#dots).before(node);
  }

  /** Puts a rendered event in its place, under a heading for its day. */
  #place(node, event) {
    if (!node) return;
    this.#dayHeading(event, (heading) => this.#beforePending(heading));
    const [first] = this.#pending.values();
    const own = this.#pending.delete(event.cid);
    if (!own || first !== node) this.#beforePending(node);
  }

  #dayHeading({ at }, put) {
    const day = at ? dayOf(at) : this.#last.day;
    if (day !== this.#last.day) put(h('p', { class: 'day' }, day));
    this.#last.day = day;
  }

  #prepend(events) {
    const { scrollHeight, scrollTop } = this.element;
    const [last, oldHeading, mark] = [this.#last, this.element.querySelector('.day'), this.#older.nextSibling];
    this.#last = {};
    for (const event of events) {
      const node = this.#render(event, true);
      if (!node) continue;
      this.#dayHeading(event, (heading) => mark.before(heading));
      mark.before(node);
    }
    if (oldHeading?.textContent === this.#last.day) oldHeading.remove();
    this.#last = last;
    this.element.scrollTop = scrollTop + this.element.scrollHeight - scrollHeight;
  }

  /** The element for an event, or null. `past`: it belongs before what is on the screen. */
  #render(event, past = false) {
    if (event.type === 'message') return this.#received(event, past);
    if (event.type === 'rating') return this.#received({ ...event, text: event.text ?? text.rated(event.value) }, past);
    if (event.type === 'redact' && this.#nodes.has(event.target)) redact(this.#nodes.get(event.target));
    const render = { handover: this.#handover, notice: this.#notice, rating_request: this.#rating }[event.type];
    const node = render?.call(this, event, past) ?? null;
    if (node) this.#last = { day: this.#last.day };
    return node;
  }

  #received(event, past) {
    const own = this.#pending.get(event.cid);
    if (own) confirm(own, event);
    const node = own ?? this.#message(event);
    this.#nodes.set(event.id, node).set(event.cid ?? event.id, node);
    if (event.from.role === 'citizen') this.#answered(event, past);
    if (event.from.role === 'citizen' && !past) this.#own = { node, seq: event.seq };
    else this.#retireOthers(node, past);
    return node;
  }

  #message(event) {
    const who = senderOf(event.from);
    const at = event.at ? new Date(event.at) : this.#last.at;
    const joins = this.#last.who === who && at - this.#last.at < TOGETHER;
    this.#last = { ...this.#last, who, at };
    const respond = (answer) => this.#respond(node, event.id, answer);
    const node = messageElement(event, { server: this.#actions.server, respond, joins });
    return node;
  }

  #respond(node, id, answer) {
    this.#actions.send({ ...answer, reply_to: id });
    node.querySelectorAll('.ask').forEach((asking) => retire(asking, answer.text));
  }

  /** An answer uses up its question: the one it names, or the last one that has that option. */
  #answered({ type, reply_to: replyTo, text: words }, past) {
    const named = this.#nodes.get(replyTo);
    if (named) named.querySelectorAll('.ask').forEach((asking) => retire(asking, words));
    const last = past ? null : [...this.element.querySelectorAll('.ask:not([data-retired])')].at(-1);
    if (last && (offered(last, words) || (type === 'rating' && last.matches('.rating')))) retire(last, words);
  }

  /** Only the newest question can be answered. */
  #retireOthers(node, past) {
    const own = node.querySelectorAll('.ask');
    if (past) own.forEach((asking) => retire(asking));
    else if (own.length) this.element.querySelectorAll('.ask').forEach((asking) => retire(asking));
  }

  /** With an agent there is nothing to choose any more. */
  #handover(event, past) {
    const words = handoverLine(event);
    if (event.agent && !past) this.element.querySelectorAll('.ask').forEach((asking) => retire(asking));
    return words && h('div', {
      class: 'line', 'data-testid': 'balie-line', 'data-kind': 'handover', 'data-state': event.state,
    }, h('p', {}, words));
  }

  /** News between the messages. What it offers to choose makes no other question expire. */
  #notice(event, past) {
    return this.#asking(event, past, (respond) => noticeElement(event, this.#actions.server, respond));
  }

  #rating(event, past) {
    return this.#asking(event, past, (respond) => h('div', { class: 'message system' }, rating(respond)));
  }

  /** What asks something beside the questions of the bot, made by `make(respond)`. */
  #asking({ id }, past, make) {
    const node = make((answer) => this.#respond(node, id, answer));
    if (past) node.querySelectorAll('.ask').forEach((asking) => retire(asking));
    this.#nodes.set(id, node);
    return node;
  }
}
