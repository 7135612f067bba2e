/** The log of one conversation on the screen: each event once, in order, at the end unless the reader scrolled up. */
import { dayOf } from './dates.js';
import { $, h } from './dom.js';
import { dayLine, eventElement, outgoingElement, redact } from './message.js';
import { pane } from './text.js';

const NEAR = 80; // px from the end that still count as being there
const JOIN = 5 * 60_000; // messages of one sender within this time stand together

export class Log {
  #outcomes;
  #first = 0;
  #last = 0;
  #stuck = true; // the reader is at the end and stays there, also when the frame changes its size
  #quiet = 0;
  #read = 0; // the citizen has read up to here

  /** @param {Record<string, string>} outcomes labels by code @param {() => void} [reached] the reader came to the end */
  constructor(outcomes, reached = () => {}) {
    this.#outcomes = outcomes;
    $('log').addEventListener('scroll', () => {
      const before = this.#stuck;
      this.#stuck = this.#atEnd();
      if (this.#stuck) this.#jump(false);
      if (this.#stuck && !before) reached();
    });
    new ResizeObserver(() => this.#stuck && this.toEnd()).observe($('log'));
    $('jump').addEventListener('click', () => this.toEnd());
  }

  /** Number of the last event that is shown (or skipped, having nothing to show). */
  get last() {
    return this.#last;
  }

  /** Number of the first event that is shown. */
  get first() {
    return this.#first;
  }

  /** Start with these events. */
  begin(events, last) {
    $('log').setAttribute('aria-live', 'off'); // history isn't read aloud
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(() => $('log').removeAttribute('aria-live'), 1000);
    this.clear();
    this.#first = events[0]?.seq ?? 1;
    for (const event of events) this.#append(event);
    this.#last = Math.max(this.#last, last);
    this.toEnd();
  }

  /** Nothing of the conversation stays on the page. */
  clear() {
    $('events').replaceChildren();
    this.#last = 0;
    this.#read = 0;
  }

  /** Whether the reader is at the end, and so has seen the newest. */
  get atEnd() {
    return this.#stuck;
  }

  /** The citizen has read up to this event: said under the newest of our messages that it is true for. */
  read(seq) {
    this.#read = Math.max(this.#read, seq);
    const ours = [...$('events').querySelectorAll('.message.agent:not(.outgoing)')];
    const newest = ours.filter((node) => Number(node.dataset.seq) <= this.#read).at(-1);
    for (const mark of $('events').querySelectorAll('.read')) if (mark.parentElement !== newest) mark.remove();
    if (!newest || newest.querySelector('.read')) return;
    newest.append(h('p', { class: 'delivery read', 'data-testid': 'read', 'aria-live': 'off' }, pane.read));
    this.settle();
  }

  /** Bring an event into view and point it out. @returns {boolean} whether it is on the screen */
  reveal(seq) {
    const node = $('events').querySelector(`[data-seq="${seq}"]`);
    if (!node) return false;
    for (const old of $('events').querySelectorAll('.found')) old.classList.remove('found');
    node.classList.add('found');
    node.tabIndex = -1;
    node.scrollIntoView({ block: 'center' });
    node.focus({ preventScroll: true });
    return true;
  }

  /** Something at the end got another size: whoever was there stays there. */
  settle() {
    if (this.#stuck) this.toEnd();
  }

  /** A live event. @returns {boolean} whether it is new */
  add(event) {
    if (event.seq <= this.#last) return false;
    const stay = !this.#stuck;
    this.#append(event);
    if (!stay) this.toEnd();
    else if (['message', 'note'].includes(event.type)) this.#jump(true);
    return true;
  }

  /** Events before the first one; what the reader looks at stays where it is. */
  prepend(events) {
    const frame = $('log');
    const height = frame.scrollHeight;
    const rest = [...$('events').children];
    $('events').replaceChildren();
    const last = this.#last;
    for (const event of events) this.#append(event);
    this.#last = last;
    this.#first = events[0]?.seq ?? this.#first;
    if (rest[0]?.dataset.day === this.#day()) rest.shift();
    $('events').append(...rest);
    frame.scrollTop += frame.scrollHeight - height;
  }

  /** Our own messages that are not in the log yet. */
  outgoing(items, actions) {
    const stay = !this.#stuck;
    const focused = document.activeElement?.closest?.('.outgoing')?.dataset.cid;
    for (const node of $('events').querySelectorAll('.outgoing')) node.remove();
    $('events').append(...items.map((item) => outgoingElement(item, {
      again: actions.again,
      edit: () => actions.edit(item),
      discard: () => actions.discard(item.cid),
    })));
    if (focused) ($('events').querySelector(`[data-cid="${focused}"] button`) ?? $('text')).focus();
    if (!stay) this.toEnd();
  }

  toEnd() {
    this.#stuck = true;
    $('log').scrollTop = $('log').scrollHeight;
    this.#jump(false);
  }

  #append(event) {
    this.#last = event.seq;
    if (event.type === 'redact') return this.#redact(event.target);
    const before = [...$('events').querySelectorAll(':scope > :not(.outgoing)')].at(-1);
    const node = eventElement(event, this.#outcomes, joins(before, event));
    if (!node) return undefined;
    const place = $('events').querySelector('.outgoing');
    const insert = (item) => $('events').insertBefore(item, place);
    if (event.at && dayOf(event.at) !== this.#day()) insert(dayLine(event.at));
    node.dataset.seq = event.seq;
    if (event.at) Object.assign(node.dataset, { at: event.at, name: event.from?.name ?? '' });
    if (event.type === 'handover' && event.state === 'queued') this.#dropPositions(before);
    insert(node);
    if (node.matches('.message.agent')) this.read(this.#read);
    return undefined;
  }

  /** Only the newest of a run of positions in the queue is worth a line. */
  #dropPositions(before) {
    if (before?.dataset.state === 'queued') before.remove();
  }

  #day() {
    return [...$('events').querySelectorAll('.day')].at(-1)?.dataset.day;
  }

  #redact(target) {
    const node = $('events').querySelector(`[data-id="${CSS.escape(target)}"]`);
    if (node) redact(node);
  }

  #atEnd() {
    const { scrollHeight, scrollTop, clientHeight } = $('log');
    return scrollHeight - scrollTop - clientHeight < NEAR;
  }

  #jump(shown) {
    $('jump').hidden = !shown;
  }
}

function joins(before, event) {
  return event.type === 'message' && before?.dataset.from === event.from.role && before.dataset.name === (event.from.name ?? '')
    && Date.parse(event.at) - Date.parse(before.dataset.at) < JOIN;
}
