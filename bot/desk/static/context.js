/** The right column: what an agent must know of a conversation at a glance. Everything that was said is a way back to it. */
import { duration, moment, when } from './dates.js';
import { $, h, say, unseen } from './dom.js';
import { pane, text } from './text.js';

const TESTIDS = { topic: 'context-topic', summary: 'context-summary', zaaknummer: 'context-zaak', reference: 'context-reference', waits: 'context-waits' };
const words = pane.context;
let shown = '';

/** @param {string|Node|null|undefined|false} value */
const fact = (name, value) => value && [
  h('dt', {}, words[name] ?? text.facts[name]), h('dd', { 'data-testid': TESTIDS[name], 'data-fact': name }, value)];
const part = (name, ...children) => children.length > 0 && h('section', { class: 'part', 'aria-labelledby': `part-${name}`, 'data-testid': `context-${name}` },
  h('h3', { id: `part-${name}` }, words[name]), h('ul', {}, ...children));

/**
 * @param {object|null} meta what `GET /desk/api/conv/{c}` says; null: no conversation
 * @param {(seq: number) => void} [jump] to something that was said
 */
export function showContext(meta, jump) {
  const now = JSON.stringify(meta && [meta.mode, meta.agent, meta.team, meta.priority, meta.queued_at, meta.context]);
  if (now === shown) return; // the reader's place and focus stay
  shown = now;
  const focused = $('context').contains(document.activeElement) && document.activeElement.dataset.seq;
  $('context-empty').hidden = Boolean(meta);
  for (const id of ['facts', 'details']) $(id).hidden = !meta;
  $('facts').replaceChildren(...(meta ? facts(meta) : []));
  $('details').replaceChildren(...(meta ? details(meta) : []));
  $('parts').replaceChildren(...(meta ? parts(meta.context, jump) : []));
  if (focused) $('parts').querySelector(`[data-seq="${focused}"]`)?.focus();
}

/** How long the citizen has waited, when it waits. */
export function tickContext(seconds) {
  const node = $('details').querySelector('[data-fact=waits]');
  if (node) say(node, duration(seconds));
}

/** What it is about. */
function facts({ context, priority }) {
  const number = !context.zaken?.length && context.zaaknummer;
  return [
    fact('topic', context.topic),
    fact('priority', priority && h('strong', { class: 'urgent' }, words.crisis)),
    fact('summary', context.summary || text.noSummary),
    fact('reason', context.reason),
    fact('zaaknummer', number && h('span', { class: 'number' }, number)),
    ...(context.form ?? []).map(([name, value]) => [h('dt', {}, name), h('dd', { 'data-testid': 'context-form' }, value)]),
  ].flat().filter(Boolean);
}

/** How and since when. */
function details(meta) {
  const waits = meta.mode === 'waiting' && meta.queued_at;
  return [
    fact('reference', meta.reference && copyable(meta.reference)),
    fact('team', meta.team?.name),
    fact('waits', waits && '…'),
    fact(waits ? 'waiting' : 'queued', meta.queued_at && when(meta.queued_at * 1000)),
    fact('channel', meta.channel),
    fact('locale', text.languages[meta.locale] ?? meta.locale),
    fact('started', meta.started && when(meta.started)),
    fact('agent', meta.mode !== 'mine' && meta.agent),
  ].flat().filter(Boolean);
}

function parts({ asked = [], unsure = [], zaken = [], appointments = [], earlier = [] }, jump) {
  const back = ({ seq, said }, detail) => h('li', {}, h('button', { type: 'button', class: 'said', 'data-seq': seq, title: words.jump, onclick: () => jump(seq) },
    h('span', { class: 'words' }, said), detail && h('span', { class: 'detail' }, detail)));
  return [
    part('asked', ...asked.map((one) => back(one, one.topic))),
    part('unsure', ...unsure.map((one) => back(one, text.unsure[one.outcome]))),
    part('zaken', ...zaken.map(({ identificatie, zaaktype, status }) => h('li', { class: 'card' },
      h('strong', { class: 'number' }, identificatie), zaaktype && h('span', {}, zaaktype), h('span', { class: 'detail' }, status)))),
    part('appointments', ...appointments.map(({ reference, start, location }) => h('li', { class: 'card' },
      h('strong', {}, start ? moment(start) : reference), location && h('span', {}, location), start && h('span', { class: 'detail' }, reference)))),
    part('earlier', ...earlier.map(({ at, agent, outcome }) => h('li', {}, [at && when(at), agent, outcome].filter(Boolean).join(' · ')))),
  ].filter(Boolean);
}

function copyable(reference) {
  return h('span', { class: 'copyable' }, h('span', { class: 'number' }, reference),
    h('button', { type: 'button', class: 'quiet small', id: 'copy', onclick: () => copy(reference) }, words.copy, unseen(` ${words.reference.toLowerCase()} ${reference}`)));
}

/** The reference to the clipboard; said where it happened. */
async function copy(reference) {
  try {
    await navigator.clipboard.writeText(reference);
  } catch {
    return say($('aside'), words.notCopied);
  }
  say($('aside'), words.copied);
  $('copy').firstChild.textContent = words.copied;
  setTimeout(() => { if ($('copy')) $('copy').firstChild.textContent = words.copy; }, 2000);
  return undefined;
}
