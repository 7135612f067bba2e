/**
 * Loaded when a page asks for it (data-invite): a small invitation beside the launcher after so many seconds that the page is in
 * view. Shown at most once per visit and once a day; never takes the focus; gone with Escape, its button, or once the chat opens.
 */
import { text } from './more.js';

const DAY = 86_400_000; // ms
const SOONEST = 1; // s

const sheet = new CSSStyleSheet();
sheet.replaceSync(`
.invitation { position: fixed; right: var(--balie-right, 20px); bottom: 88px; left: var(--balie-left, auto); z-index: 2147483000;
  display: grid; grid-template-columns: 1fr auto; gap: 4px; max-width: min(320px, calc(100vw - 40px)); box-sizing: border-box;
  padding: 4px 4px 16px 16px; line-height: 1.5;
  color: var(--utrecht-document-color, #1b1f24); background: var(--utrecht-document-background-color, #fff);
  border: 1px solid #767f8a; border-radius: 18px; box-shadow: 0 2px 6px #0003, 0 8px 24px #0003 }
.invitation p { margin: 8px 0 0; overflow-wrap: anywhere }
.invitation button { position: static; min-width: 44px; min-height: 44px; padding: 0 12px; justify-content: center;
  border: 1px solid transparent; border-radius: 12px; box-shadow: none; color: inherit; background: none; transform: none }
.invitation button:not(:last-child) { font-size: 1.5em }
.invitation button:last-child { justify-self: start; padding: 0 20px; border-radius: 22px;
  color: var(--utrecht-button-primary-action-color, #fff);
  background: var(--utrecht-button-primary-action-background-color, #17508f) }
.invitation button:not(:last-child):hover { background: #8883; box-shadow: none }
@media print { .invitation { display: none } }
@media (prefers-color-scheme: dark) { .invitation { color: #e8ebee; background: #15191e } }`);

/** Waits until the page has been in view for so many seconds. */
function seen(seconds) {
  return new Promise((resolve) => {
    const tick = setInterval(() => {
      if (document.hidden || --seconds > 0) return;
      clearInterval(tick);
      resolve();
    }, 1_000);
  });
}

/**
 * Whether this visit had its invitation, or needs none: there is a conversation. From now on it had. Where nothing can be kept
 * nobody is invited: it would happen on every page.
 */
function had(gemeente) {
  const [once, conversation] = [`balie:${gemeente}:invited`, `balie:${gemeente}:conversation`];
  try {
    const last = Number(localStorage.getItem(once));
    const before = sessionStorage.getItem(once) || Math.abs(Date.now() - last) < DAY || localStorage.getItem(conversation);
    sessionStorage.setItem(once, 1);
    if (!before) localStorage.setItem(once, Date.now());
    return before;
  } catch {
    return true;
  }
}

/** @param {HTMLElement} chat <balie-chat>; options: those of its tag */
export async function invite(chat, { gemeente, invite: seconds, inviteText = text.invitation }) {
  const make = (tag, properties) => Object.assign(document.createElement(tag), properties);
  const stay = new AbortController();
  const words = make('div', { ariaLive: 'polite' }); // there before its words are: then they are announced
  const button = (name, properties) => {
    const node = make('button', { type: 'button', ...properties });
    node.dataset.testid = `balie-invitation-${name}`;
    return node;
  };
  const box = make('div', { className: 'invitation' });
  const gone = () => {
    const focused = box.contains(chat.shadowRoot.activeElement);
    stay.abort();
    box.remove();
    if (focused) chat.shadowRoot.querySelector('button').focus(); // the launcher: the button that was pressed is gone
  };
  document.addEventListener('balie:open', gone, { signal: stay.signal });
  await seen(Number(seconds) || SOONEST);
  if (stay.signal.aborted || chat.opened || had(gemeente)) return;
  box.dataset.testid = 'balie-invitation';
  box.append(words,
    button('close', { textContent: '×', ariaLabel: text.hideInvitation, title: text.hideInvitation, onclick: gone }),
    button('accept', { textContent: text.accept, onclick: () => chat.open() }));
  document.addEventListener('keydown', ({ key }) => key === 'Escape' && gone(), { signal: stay.signal });
  chat.shadowRoot.adoptedStyleSheets.push(sheet);
  chat.shadowRoot.append(box);
  setTimeout(() => words.append(make('p', { textContent: inviteText })), 100);
}
