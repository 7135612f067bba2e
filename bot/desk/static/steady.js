/** Changes a column without moving what is under the pointer or has the focus: a click never lands on another row. */
import { h } from './dom.js';
import { board } from './text.js';

const THINGS = 'li, button, summary, header, input, p';

export class Steady {
  #column;
  #pointer = null;
  #above = h('div', { class: 'spacer' });
  #below = h('div', { class: 'spacer' });
  #room = { above: 0, below: 0 };
  #owed = 0; // what we scrolled for the pointer's sake, to give back when it leaves

  /** @param {HTMLElement} column what scrolls, or what lies in a page that does */
  constructor(column) {
    this.#column = column;
    column.prepend(this.#above);
    column.append(this.#below);
    column.addEventListener('pointermove', ({ pointerType, clientX: x, clientY: y }) => {
      if (pointerType !== 'touch') this.#pointer = { x, y };
    });
    column.addEventListener('pointerleave', () => this.#relax());
    column.addEventListener('wheel', () => { this.#owed = 0; }, { passive: true });
  }

  /** @param {() => void} act changes the column */
  change(act) {
    const anchor = this.#anchor();
    if (!anchor) return act();
    const { top, height } = anchor.getBoundingClientRect();
    const list = anchor.matches('li') ? anchor.parentElement : null;
    const index = list && [...list.children].indexOf(anchor);
    act();
    const still = anchor.isConnected ? anchor : list?.isConnected && this.#ghost(anchor, list, index, height);
    if (still) this.#shift(still.getBoundingClientRect().top - top);
    return undefined;
  }

  #anchor() {
    const focused = this.#column.contains(document.activeElement) && document.activeElement;
    const there = this.#pointer && document.elementFromPoint(this.#pointer.x, this.#pointer.y);
    const thing = (this.#column.contains(there) ? there : focused || this.#first())?.closest(THINGS);
    return thing && this.#column.contains(thing) ? thing.closest('li') ?? thing : null;
  }

  /** Who scrolled down and looks, without a pointer or the focus here, keeps the first row that shows. */
  #first() {
    const { scrollTop } = this.#scroller;
    const { top } = this.#column.getBoundingClientRect();
    return scrollTop > 0 ? [...this.#column.querySelectorAll('li')].find((row) => row.getBoundingClientRect().top >= Math.max(0, top)) : null;
  }

  get #scroller() {
    return /auto|scroll/.test(getComputedStyle(this.#column).overflowY) ? this.#column : document.scrollingElement;
  }

  /** The row under the pointer left the list: its place stays, empty, until the pointer goes. */
  #ghost(row, list, index, height) {
    if (!this.#pointer) return null;
    const ghost = row.matches('.ghost') ? row : h('li', { class: 'ghost' }, board.lists.gone);
    ghost.style.height = `${height}px`;
    list.insertBefore(ghost, list.children[index] ?? null);
    return ghost;
  }

  #shift(distance) {
    let rest = distance;
    if (rest > 0) rest -= this.#make('above', -Math.min(rest, this.#room.above));
    if (Math.abs(rest) < 1) return;
    rest -= this.#scroll(rest);
    if (rest <= -1) this.#make('above', -rest);
    if (rest >= 1) {
      this.#make('below', rest);
      this.#scroll(rest);
    }
  }

  /** Scrolls by `distance` as far as there is room; returns how far it went. */
  #scroll(distance) {
    const scroller = this.#scroller;
    const before = scroller.scrollTop;
    scroller.scrollTop = before + distance;
    this.#owed += scroller.scrollTop - before;
    return scroller.scrollTop - before;
  }

  /** More (or less) empty room at one end; returns by how much the content moved up. */
  #make(end, more) {
    this.#room[end] += more;
    (end === 'above' ? this.#above : this.#below).style.height = `${this.#room[end]}px`;
    return -more;
  }

  #relax() {
    this.#pointer = null;
    for (const end of ['above', 'below']) this.#make(end, -this.#room[end]);
    for (const ghost of this.#column.querySelectorAll('.ghost')) ghost.remove();
    const owed = this.#owed;
    this.#owed = 0;
    if (owed) this.#scroll(-owed);
    this.#owed = 0;
  }
}
