/** The desk: brings the columns, the other parts, the stream of lists and the bar together. */
import { Alerts } from './alerts.js';
import { get, onSignedOut, post } from './api.js';
import { AuditView } from './audit.js';
import { outcomes } from './closing.js';
import { Conversation } from './conversation.js';
import { $, h, say } from './dom.js';
import { Heartbeat } from './heartbeat.js';
import { Library } from './library.js';
import { forgetAll } from './kept.js';
import { Lists } from './lists.js';
import { PresenceBar } from './presence.js';
import { Search } from './search.js';
import { ServiceView } from './service.js';
import { Stream } from './stream.js';
import { TALK, Tabs, has } from './tabs.js';
import { Tasks } from './tasks.js';
import { TeamView } from './team.js';
import { board, text } from './text.js';
import { openTransfer } from './transfer.js';

const { agentId, limit, longWait, most } = document.body.dataset;
const columns = $('talk');
const links = { lists: false, conversation: true };
const talks = has('agent', 'team_lead');
let out = false; // signed out: that notice stays
const elsewhere = 'BroadcastChannel' in window ? new BroadcastChannel('balie-desk') : null;

const lists = new Lists({ open: (conv) => navigate(conv), claim: (conv) => conversation.claim(conv) }, Number(longWait));
const search = new Search({ open: (conv) => navigate(conv), mark: (row) => lists.mark(row), find: (conv) => lists.find(conv), now: () => lists.now(), longWait: Number(longWait) });
const conversation = new Conversation({
  notice,
  taken: (conv) => {
    alerts.own(conv);
    navigate(conv, { silent: true });
  },
  now: () => lists.now(),
  link: (live) => link('conversation', live),
  others,
}, { limit: Number(limit), outcomes: outcomes(), keys: keys() });
const presence = new PresenceBar(notice, Number(most));
const alerts = new Alerts(notice);
const tasks = new Tasks({ open: (conv) => navigate(conv), count: (open) => tabs.count('tasks', open, board.taskCount(open)) }, agentId);
const team = new TeamView({
  lists: () => lists.view, now: () => lists.now(), open: (conv) => navigate(conv),
  move: (conv) => openTransfer({ conv, mode: 'team', team: lists.find(conv)?.agent ? null : lists.find(conv)?.team }, others(conv)),
});
const tabs = new Tabs({ tasks, overview: team, answers: new Library(), service: new ServiceView(), audit: new AuditView() }, () => (conversation.conv ? TALK + conversation.conv : ''));

/** Single keys of these parts; shortcuts.js listens, the help dialog tells. */
function keys() {
  const parts = Object.fromEntries([1, 2, 3, 4, 5, 6].map((number) => [String(number), () => tabs.go(tabs.parts[number - 1]?.id)]));
  return {
    ...parts,
    f: () => talks && (tabs.go('talk'), columns.dataset.view === 'conversation' && narrow() && navigate(''), search.focus()),
    l: () => talks && (tabs.go('talk'), lists.focus()),
  };
}

/** The colleagues who can get this conversation, and I. */
function others(conv) {
  const { colleagues, mine, status, limit: places } = lists.view;
  const own = conv === conversation.conv && conversation.mode === 'mine'; // the lists may be a moment old
  const owner = own ? agentId : lists.find(conv)?.agent?.id;
  const me = { id: agentId, name: board.team.you, status, busy_with: mine.length, limit: places };
  return [...(has('agent', 'team_lead') && status ? [me] : []), ...colleagues].filter(({ id }) => id !== owner);
}

const narrow = () => !$('lists').checkVisibility();
/** The conversation that is on the screen of somebody who works here now, or ''. */
const reading = () => (tabs.now === 'talk' && document.hasFocus() ? conversation.conv : '');

/** The address says what is open, so that reloading and "back" do what one expects. */
function navigate(conv, { silent = false } = {}) {
  clearNotice();
  const hash = conv ? `${TALK}${conv}` : '';
  if (location.hash !== hash) history.pushState(null, '', hash || location.pathname);
  tabs.follow();
  if (!silent) show(conv);
  else {
    lists.select(conv);
    columns.dataset.view = 'conversation';
  }
}

/** The conversation that the address names, or ''. */
function addressed() {
  return location.hash.startsWith(TALK) ? location.hash.slice(TALK.length) : '';
}

/** Goes where the address says. */
function follow(options) {
  tabs.follow();
  if (talks && tabs.now === 'talk') show(addressed(), options);
}

function show(conv, options) {
  lists.select(conv);
  columns.dataset.view = conv ? 'conversation' : 'lists';
  toggleContext(false);
  if (conv && conv === conversation.conv && ['waiting', 'mine', 'team'].includes(conversation.mode)) return; // it is open and live
  if (conv) conversation.open(conv, options);
  else conversation.close();
}

function notice(words, more) {
  if (out) return;
  const close = h('button', { type: 'button', class: 'quiet small', onclick: clearNotice }, text.dismiss);
  $('notice').replaceChildren(h('span', {}, words), more ?? close);
  $('notice').hidden = false;
}

function clearNotice() {
  if (out) return;
  $('notice').hidden = true;
  $('notice').replaceChildren();
}

function link(name, live) {
  if (out) return; // that is what there is to say, whatever breaks because of it
  const before = links.lists && links.conversation;
  links[name] = live;
  if (name === 'lists') lists.live = live;
  const all = links.lists && links.conversation;
  $('connection').dataset.state = all ? 'live' : 'lost';
  say($('connection'), all ? text.live : text.lost);
  if (all && !before) conversation.reachable();
}

function received(event) {
  if (event.type === 'ping') presence.alive();
  if (event.type === 'signed_out') signedOut(event.title);
  if (event.type !== 'lists') return;
  lists.set(event);
  presence.set(event);
  conversation.look(lists.view);
  search.changed();
  tasks.changed(event.tasks);
  team.changed();
  const { waiting, due } = alerts.look(lists.view, reading());
  tabs.count('talk', waiting + due, board.talkCount(waiting, due));
  if (event.trouble) {
    $('connection').dataset.state = 'lost';
    say($('connection'), text.trouble);
  } else link('lists', true);
}

/** Whatever is shown stays to be read, such as an answer half written; nothing works until one is back. */
function signedOut(why = text.signedOut) {
  stream.stop();
  conversation.drop();
  link('lists', false);
  say($('connection'), text.signedOut);
  notice(why, h('a', { href: '/desk/login', class: 'button' }, text.signIn));
  out = true;
}

const hooks = { live: () => link('lists', true), lost: () => link('lists', false) };
const stream = talks ? new Stream(() => '/api/events', {
  ...hooks,
  event: received,
  refused: (problem) => (problem.status === 401 ? signedOut() : notice(problem.title)),
}) : new Heartbeat({ ...hooks, gone: () => signedOut() });

function toggleContext(open) {
  columns.style.setProperty('--head', `${$('title').closest('.head').offsetHeight}px`); // it hangs below the heading, whose buttons stay in reach
  $('about').setAttribute('aria-expanded', String(open));
  columns.classList.toggle('about-open', open);
}

$('logout').addEventListener('click', async () => {
  const { mine: { length: mine } } = talks ? await get('/api/lists').catch(() => lists.view) : { mine: [] }; // what is shown may be a moment old
  if (!mine) return void leave();
  say($('leaving-words'), text.leaving(mine));
  return $('leaving').showModal();
});
$('leaving-cancel').addEventListener('click', () => $('leaving').close());
$('leaving-confirm').addEventListener('click', () => leave());

async function leave() {
  $('leaving').close();
  try {
    const answer = await post('/logout');
    gone(answer?.location);
  } catch (error) {
    if (error.status === 401) gone();
    else notice(error.title);
  }
}

function gone(where) {
  forgetAll();
  removeEventListener('beforeunload', warn);
  elsewhere?.postMessage('signed out');
  location.assign(where ?? '/desk/login');
}

for (const skip of document.querySelectorAll('.skip')) {
  skip.addEventListener('click', (event) => {
    event.preventDefault(); // the address is for the conversation
    if (talks) tabs.go('talk');
    $(skip.hash.slice(1)).focus();
  });
}

$('about').addEventListener('click', () => toggleContext($('about').getAttribute('aria-expanded') !== 'true'));
$('back').addEventListener('click', () => {
  const { conv } = conversation;
  navigate('');
  (document.querySelector(`.row[data-conv="${CSS.escape(conv)}"]`) ?? $('lists')).focus();
});

function warn(event) {
  if (conversation.unsaved) event.preventDefault();
}

function wake() {
  stream.wake();
  conversation.wake();
}

if (elsewhere) elsewhere.onmessage = () => signedOut(board.signedOutElsewhere);
onSignedOut(signedOut);
addEventListener('beforeunload', warn);
addEventListener('online', wake);
addEventListener('offline', () => {
  stream.drop();
  conversation.drop();
});
document.addEventListener('visibilitychange', () => document.hidden || wake());
addEventListener('popstate', () => follow());

$('presence-tools').hidden = !talks;
follow({ focus: false });
stream.run();
