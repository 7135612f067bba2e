/** DOM without HTML strings: safe under Trusted Types, whatever text arrives stays text. */
import { text } from './text.js';

/** An element. Empty attributes and children are left out, functions become listeners. Addresses: `safeUrl` first. */
export function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === 'function') node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? '' : String(value));
  }
  node.append(...children.filter(Boolean));
  return node;
}

const PATHS = {
  close: ['M6 6l12 12', 'M18 6L6 18'],
  menu: ['M5 12h.01', 'M12 12h.01', 'M19 12h.01'],
  send: ['M12 19V5', 'm6 11 6-6 6 6'],
  down: ['M12 5v14', 'm6 13 6 6 6-6'],
  external: ['M14 5h5v5', 'M19 5l-8 8', 'M17 14v4a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1V8a1 1 0 0 1 1-1h4'],
  calendar: ['M5 6h14v14H5z', 'M5 10h14', 'M9 3v4', 'M15 3v4'],
  case: ['M6 3h8l4 4v14H6z', 'M14 3v4h4', 'M9 13h6', 'M9 17h4'],
  info: ['M12 11v6', 'M12 7h.01', 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18'],
  person: ['M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8', 'M5 20a7 7 0 0 1 14 0'],
  robot: ['M5 9h14v10H5z', 'M12 9V5', 'M12 5h.01', 'M9 14h.01', 'M15 14h.01'],
};

/** A decorative icon: always beside words or an accessible name. `paths`: of one that isn't among those above. */
export function icon(name, paths = PATHS[name]) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  for (const d of paths) {
    const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
    path.setAttribute('d', d);
    svg.append(path);
  }
  return svg;
}

/** A button that shows an icon; its name is also what a mouse is told. */
export const iconButton = (testid, label, name, onclick, more) => h('button', {
  type: 'button', class: 'icon-button', 'aria-label': label, title: label, 'data-testid': `balie-${testid}`, onclick, ...more,
}, icon(name));

/** For screen readers only. */
export const unseen = (words) => h('span', { class: 'unseen' }, words);

let counter = 0;
/** An id that is unique within this page, for labels and descriptions. */
export const uid = (prefix) => `balie-${prefix}-${++counter}`;

const LINK = /(?:https?:\/\/|\bwww\.\w)[^\s<>"']+/g; // http is matched to be refused as a whole
const WHOLE = /(\S*\w-\w\S*|€ \d[\d.,]*|\b\d[\d ]{3,}\d\b)/; // a hyphen, an amount, a telephone number: not cut at a line's end
const BULLET = /^\s*[-•*]\s+/;
const NUMBER = /^\s*\d{1,2}[.)]\s+/;

/** The address if it is https, or on the chat's own server; otherwise null. Nothing else becomes a link. */
export function safeUrl(address, server) {
  try {
    const url = new URL(address, server);
    return url.protocol === 'https:' || url.origin === new URL(server).origin ? url : null;
  } catch {
    return null;
  }
}

/** A link that opens beside the conversation, and says so. `opener`: a page of our own that may answer (see login.js). */
export function link(url, label, { opener = false, ...attributes } = {}) {
  const rel = opener ? 'opener' : 'noopener noreferrer';
  return h('a', { href: url.href, target: '_blank', rel, referrerpolicy: 'no-referrer', ...attributes },
    label, unseen(text.newTab), '\u2060', icon('external')); // joined: the icon never stands alone on a line
}

/** Text with its addresses (https://… and www.…) made into links, without the punctuation behind them. */
function linked(line) {
  const nodes = [];
  let from = 0;
  for (const match of line.matchAll(LINK)) {
    const address = match[0].replace(/[.,;:!?)\]]+$/, '');
    const url = safeUrl(address.replace(/^www/, 'https://www'), 'https://invalid.invalid');
    if (!url) continue;
    nodes.push(...whole(line.slice(from, match.index)), link(url, address));
    from = match.index + address.length;
  }
  return [...nodes, ...whole(line.slice(from))];
}

const whole = (words) =>
  words.split(WHOLE).map((piece, index) => (index % 2 ? h('span', { class: 'whole' }, piece) : piece));

const paragraphs = (lines) => lines.map((line, index) => h('p', { class: index > 0 && 'next' }, ...linked(line)));

function list(tag, lines, mark) {
  const items = lines.map((line) => h('li', {}, ...linked(line.replace(mark, ''))));
  return h(tag, { start: tag === 'ol' && parseInt(lines[0], 10) }, ...items);
}

/** Plain text as elements: an empty line ends a paragraph, "- " and "1. " make lists. Markup stays text. */
export function blocks(words) {
  const kindOf = (line) => (BULLET.test(line) ? 'ul' : NUMBER.test(line) ? 'ol' : line.trim() ? 'p' : '');
  const runs = [];
  for (const line of words.split(/\r?\n/)) {
    const kind = kindOf(line);
    if (kind && runs.at(-1)?.kind === kind) runs.at(-1).lines.push(line);
    else runs.push({ kind, lines: [line] });
  }
  return runs.filter((run) => run.kind).flatMap(({ kind, lines }) => {
    if (kind === 'p') return paragraphs(lines);
    return list(kind, lines, kind === 'ul' ? BULLET : NUMBER);
  });
}
