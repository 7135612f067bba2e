/** The fixed elements of the panel: title bar, log, status, field. */
import { h, icon, uid } from './dom.js';
import { text } from './text.js';

/**
 * @param {string} title
 * @param {{log: Element, menu: Element, status: Element[], composer: Element}} inside
 * @param {{close: Function, escape: Function, toEnd: Function, startNew: Function}} actions
 */
export function buildFrame(title, { log, menu, status, composer }, { close, escape, toEnd, startNew }) {
  const button = (testid, attributes, ...children) =>
    h('button', { type: 'button', 'data-testid': `balie-${testid}`, ...attributes }, ...children);
  const heading = h('h2', { id: uid('title'), tabindex: '-1', 'data-testid': 'balie-heading' }, title);
  const companion = h('p', { class: 'companion', 'data-testid': 'balie-companion' }, text.robot);
  const newer = button('newer', { class: 'button newer', hidden: true, onclick: toEnd }, text.newer, icon('down'));
  const end = h('div', { class: 'end', hidden: true },
    button('start-new', { class: 'button primary', onclick: startNew }, text.startNew));
  const top = h('div', { class: 'top' },
    h('div', { class: 'avatar' }, icon('robot'), icon('person')),
    h('div', { class: 'titles' }, heading, companion), menu,
    button('close', { class: 'icon-button', 'aria-label': text.close, title: text.close, onclick: close },
      icon('close')));
  const dialog = h('dialog', { class: 'panel', 'aria-labelledby': heading.id, 'data-testid': 'balie-panel' },
    top, log, h('div', { class: 'newer-box' }, newer), ...status, end, composer);
  listen(dialog, escape);
  /** An ended conversation has no field and no menu, only a way to start anew. */
  const setEnded = (ended) => {
    end.hidden = !ended;
    for (const element of [composer, menu]) element.hidden = ended;
  };
  return { dialog, heading, companion, newer, setEnded };
}

function listen(dialog, escape) {
  const leave = (event) => {
    event.preventDefault();
    escape();
  };
  dialog.addEventListener('keydown', (event) => event.key === 'Escape' && !event.isComposing && leave(event));
  dialog.addEventListener('cancel', leave); // Android's back gesture
  globalThis.visualViewport?.addEventListener('resize', () => // the keyboard on the screen takes room
    dialog.style.setProperty('--seen', `${visualViewport.height}px`));
}

/** Gives the citizen a file. */
export function save(blob, name) {
  const url = URL.createObjectURL(blob);
  h('a', { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
