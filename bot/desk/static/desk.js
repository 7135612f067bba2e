/** The desk: brings the three columns, the stream of lists and the bar together. */
import { Alerts } from './alerts.js';
import { get, post } from './api.js';
import { outcomes, setupClosing } from './closing.js';
import { Conversation } from './conversation.js';
import { $, h, say } from './dom.js';
import { Lists } from './lists.js';
import { Stream } from './stream.js';
import { text } from './text.js';

const { limit, longWait } = document.body.dataset;
const HASH = '#gesprek=';
const columns = document.querySelector('main');
const links = { lists: false, conversation: true };

const lists = new Lists({ open: (conv) => navigate(conv), claim: (conv) => conversation.claim(conv) }, Number(longWait));
const conversation = new Conversation({
  notice,
  taken: (conv) => navigate(conv, { silent: true }),
  now: () => lists.now(),
  link: (live) => link('conversation', live),
}, { limit: Number(limit), outcomes: outcomes() });
const alerts = new Alerts(notice);
setupClosing((outcome, note) => conversation.finish(outcome, note), () => say($('news'), text.closed));

/** The address says which conversation is open, so that reloading and "back" do what one expects. */
function navigate(conv, { silent = false } = {}) {
  clearNotice();
  const hash = conv ? `${HASH}${conv}` : '';
  if (location.hash !== hash) history.pushState(null, '', hash || location.pathname);
  if (!silent) show(conv);
  else {
    lists.select(conv);
    columns.dataset.view = 'conversation';
  }
}

/** The conversation that the address names, or ''. */
function addressed() {
  return location.hash.startsWith(HASH) ? location.hash.slice(HASH.length) : '';
}

function show(conv, options) {
  lists.select(conv);
  columns.dataset.view = conv ? 'conversation' : 'lists';
  toggleContext(false);
  if (conv) conversation.open(conv, options);
  else conversation.close();
}

function notice(words, more) {
  const close = h('button', { type: 'button', class: 'quiet small', onclick: clearNotice }, text.dismiss);
  $('notice').replaceChildren(h('span', {}, words), more ?? close);
  $('notice').hidden = false;
}

function clearNotice() {
  $('notice').hidden = true;
  $('notice').replaceChildren();
}

function link(name, live) {
  const before = links.lists && links.conversation;
  links[name] = live;
  const all = links.lists && links.conversation;
  $('connection').dataset.state = all ? 'live' : 'lost';
  say($('connection'), all ? text.live : text.lost);
  if (all && !before) conversation.reachable();
}

function received(event) {
  if (event.type === 'ping') post('/api/presence').catch(() => {}); // the next ping brings another chance
  if (event.type === 'signed_out') signedOut();
  if (event.type !== 'lists') return;
  lists.set(event);
  alerts.look(event);
  if (event.status && document.activeElement !== $('status')) $('status').value = event.status;
  if (event.trouble) {
    $('connection').dataset.state = 'lost';
    say($('connection'), text.trouble);
  } else link('lists', true);
}

function signedOut() {
  stream.stop();
  conversation.drop();
  link('lists', false);
  say($('connection'), text.signedOut);
  notice(text.signedOut, h('a', { href: '/desk/login', class: 'button' }, text.signIn));
}

const stream = new Stream(() => '/api/events', {
  event: received,
  live: () => link('lists', true),
  lost: () => link('lists', false),
  refused: (problem) => (problem.status === 401 ? signedOut() : notice(problem.title)),
});

function toggleContext(open) {
  $('about').setAttribute('aria-expanded', String(open));
  columns.classList.toggle('about-open', open);
}

$('status').addEventListener('change', async () => {
  try {
    await post('/api/presence', { status: $('status').value });
  } catch (error) {
    notice(error.title);
    $('status').value = lists.view.status ?? 'available';
  }
});

$('logout').addEventListener('click', async () => {
  const { mine: { length: mine } } = await get('/api/lists').catch(() => lists.view); // what is shown may be a moment old
  if (!mine) return void leave();
  say($('leaving-words'), text.leaving(mine));
  return $('leaving').showModal();
});
$('leaving-cancel').addEventListener('click', () => $('leaving').close());
$('leaving-confirm').addEventListener('click', () => leave());

async function leave() {
  $('leaving').close();
  try {
    await post('/logout');
    removeEventListener('beforeunload', warn);
    location.assign('/desk/login');
  } catch (error) {
    if (error.status === 401) location.assign('/desk/login');
    else notice(error.title);
  }
}

for (const link of document.querySelectorAll('.skip')) {
  link.addEventListener('click', (event) => {
    event.preventDefault(); // the address is for the conversation
    $(link.hash.slice(1)).focus();
  });
}

$('about').addEventListener('click', () => toggleContext($('about').getAttribute('aria-expanded') !== 'true'));
$('back').addEventListener('click', () => {
  const conv = conversation.conv;
  navigate('');
  (document.querySelector(`[data-conv="${CSS.escape(conv)}"]`) ?? $('lists')).focus();
});

function warn(event) {
  if (conversation.unsaved) event.preventDefault();
}

function wake() {
  stream.wake();
  conversation.wake();
}

addEventListener('beforeunload', warn);
addEventListener('online', wake);
addEventListener('offline', () => {
  stream.drop();
  conversation.drop();
});
document.addEventListener('visibilitychange', () => document.hidden || wake());
addEventListener('popstate', () => show(addressed()));

stream.run();
if (addressed()) show(addressed(), { focus: false });
