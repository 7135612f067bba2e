/** What of the pane is shown: the heading, what may be done, and what state it is in. */
import { duration, timeOf } from './dates.js';
import { $, say } from './dom.js';
import { drafts } from './drafts.js';
import { unusual } from './rows.js';
import { pane, text } from './text.js';

/** Button -> what the server must allow for it. */
const ACTS = { claim: 'claim', book: 'book', pass: 'transfer', assign: 'assign', finish: 'close' };

/** The frame for a conversation in this mode; without one only the heading. @returns {boolean} whether there is one to show */
export function showFrame(mode, title) {
  const shown = ['waiting', 'mine', 'team', 'closed'].includes(mode);
  $('conversation').dataset.mode = mode;
  say($('title'), title);
  for (const id of ['subtitle', 'state', 'here']) say($(id), '');
  $('welcome').hidden = shown;
  $('log-frame').hidden = !shown;
  for (const id of [...Object.keys(ACTS), 'jot', 'composer']) $(id).hidden = true;
  return shown;
}

/** What this agent may do with it now; what is pending leaves only the way back. */
export function showActs({ mode, may, pending, agent }) {
  for (const [id, act] of Object.entries(ACTS)) $(id).hidden = Boolean(pending) || !may.includes(act);
  const words = pending ? pane.mode.pending[pending.act] : mode === 'team' ? pane.mode.team(agent) : pane.mode[mode];
  say($('state'), words ?? '');
}

/** What may be written, and so what the composer offers. @param {boolean} noting a note was asked for where there is nothing else to write */
export function mayWrite({ conv, may, pending }, noting) {
  const reply = !pending && may.includes('say');
  return { reply, note: !pending && may.includes('note') && (reply || noting || drafts.get(conv, 'note') !== '') };
}

/** @param {number} now seconds since 1970 */
export function showSubtitle({ mode, channel, queued_at: since, agent, team, reference }, now) {
  const waiting = mode === 'waiting' && since && text.waits(duration(now - since));
  const who = ['closed', 'team'].includes(mode) && agent;
  say($('subtitle'), [reference, team?.name, unusual(channel), waiting, who].filter(Boolean).join(' · '));
}

/** Whether the citizen's page is open. Channels that don't tell say nothing. */
export function showHere({ mode, here }) {
  const known = mode === 'mine' && here && typeof here.open === 'boolean';
  $('here').dataset.open = known ? String(here.open) : '';
  $('here').title = known && !here.open ? pane.here.kept : '';
  if (!known) return say($('here'), '');
  if (here.open) return say($('here'), pane.here.open);
  return say($('here'), here.seen ? pane.here.gone(timeOf(here.seen * 1000)) : pane.here.away);
}
