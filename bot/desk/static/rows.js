/** One conversation as a row: the same form in the lists and in what a search finds. */
import { duration, durationWords, shortMoment } from './dates.js';
import { h, say, unseen } from './dom.js';
import { board, text } from './text.js';

/** Whether the citizen waits for an answer of this agent. @param {object} row with `group`, see `makeRow` */
export const due = (row) => row.group === 'mine' && row.last?.role === 'citizen' && !row.pending;

/**
 * @param {object} row with `group` waiting, mine, team or closed
 * @param {((conv: string) => void)|null} open null: this person may not read it, so it is no button
 */
export function makeRow(row, open) {
  const attributes = { class: 'row', 'data-testid': 'row', 'data-conv': row.conv, 'data-reference': row.reference };
  if (open) Object.assign(attributes, { type: 'button', onclick: () => open(row.conv) });
  return h('li', {}, h(open ? 'button' : 'div', attributes,
    h('span', { class: 'top' },
      h('span', { class: 'named' }, h('span', { class: 'mark urgent', hidden: true }, board.lists.urgent), ' ', h('span', { class: 'topic' })),
      row.group === 'closed' ? h('time', { class: 'when' }) : h('span', { class: 'when' }, h('span', { class: 'clock', 'aria-hidden': 'true' }), unseen(''))),
    h('span', { class: 'detail' }),
    h('span', { class: 'foot' }, h('span', { class: 'marks' }), h('span', { class: 'tags' }), ' ', h('span', { class: 'reference' }, row.reference))));
}

/** @param {Element} node made by makeRow @param {object} row @param {string} query words to mark in an excerpt */
export function fillRow(node, row, query = '') {
  const face = node.firstElementChild;
  node.dataset.since = row.since;
  node.dataset.group = row.group;
  say(face.querySelector('.topic'), row.topic);
  face.classList.toggle('due', due(row));
  const urgent = Boolean(row.priority) && row.group !== 'closed';
  face.classList.toggle('urgent', urgent);
  face.querySelector('.mark.urgent').hidden = !urgent;
  marks(face.querySelector('.marks'), row);
  detail(face.querySelector('.detail'), row, query);
  showTags(face.querySelector('.tags'), tags(row).filter(Boolean));
  if (row.group === 'closed') {
    const at = new Date(row.since * 1000);
    face.querySelector('time').dateTime = at.toISOString();
    say(face.querySelector('time'), shortMoment(at));
  }
}

/** What can't wait for a second look, in words. */
function marks(node, row) {
  const { pending, here, group } = row;
  const found = [
    row.fresh && ['fresh', board.lists.fresh],
    due(row) && ['due', text.answerDue],
    pending && ['pending', board.lists.pending[pending.act] ?? board.lists.pending.close],
    here === false && group !== 'closed' && ['away', board.lists.away],
  ].filter(Boolean);
  const words = found.map(([, each]) => each).join('|');
  if (node.dataset.words === words) return;
  node.dataset.words = words;
  node.replaceChildren(...found.flatMap(([kind, each]) => [h('span', { class: `mark ${kind}` }, each), ' ']));
}

function detail(node, { group, last, summary, excerpt }, query) {
  if (excerpt) return node.replaceChildren(...highlighted(excerpt, query));
  return say(node, last?.text && last.role !== 'bot' && group !== 'waiting' ? `${text.last[last.role] ?? text.last.agent}: ${last.text}` : summary || board.lists.noSummary);
}

/** A number or a name breaks between tags, not inside one. */
function showTags(node, all) {
  if (node.textContent === all.join(' · ')) return;
  node.replaceChildren(...all.flatMap((tag, index) => [index > 0 && ' · ', h('span', { class: 'whole' }, tag)]).filter(Boolean));
}

function tags({ group, team, channel, reason, zaaknummer, outcome, agent, where }) {
  const name = typeof agent === 'string' ? agent : agent?.name;
  return {
    waiting: [where, team?.name, unusual(channel), unusual(reason), zaaknummer],
    mine: [where, team?.name, unusual(channel), zaaknummer],
    team: [name ?? where, team?.name, unusual(channel)],
    closed: [where, outcome, name],
  }[group];
}

/** Most come by the website and asked for a person: only what differs is worth a line. The context tells all. */
export const unusual = (label) => !board.lists.usual.includes(label) && label;

/** Pieces of `words` with every word of `query` in a <mark>. */
export function highlighted(words, query) {
  const wanted = query.trim().split(/\s+/).filter((word) => word.length > 1).map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  if (!wanted.length) return [words];
  return words.split(new RegExp(`(${wanted.join('|')})`, 'giu')).filter(Boolean)
    .map((piece, index, all) => (new RegExp(`^(?:${wanted.join('|')})$`, 'iu').test(piece) && all.length ? h('mark', {}, piece) : piece));
}

/** Brings the clock of a row up to date. `longWait`: seconds after which a wait is long. */
export function tickRow(node, now, longWait) {
  const clock = node.querySelector('.clock');
  if (!clock) return;
  const seconds = now - Number(node.dataset.since);
  const waits = node.dataset.group === 'waiting';
  const late = waits && seconds > longWait;
  say(clock, duration(seconds));
  node.firstElementChild.classList.toggle('late', late);
  const words = waits ? text.waits(durationWords(seconds)) : durationWords(seconds);
  say(node.querySelector('.when .unseen'), late ? `${words}, ${text.long}` : words);
}
