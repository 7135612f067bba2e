/** Loaded when the page says what it is about: in a conversation that goes on, that can be asked about with one press. */
import { h, iconButton } from './dom.js';
import { text } from './more.js';

const sheet = new CSSStyleSheet();
sheet.replaceSync(`
.about { display: flex; align-items: center; gap: 4px; padding: 8px 6px 8px 12px; border-top: 1px solid var(--line) }
.about ~ .composer { padding-top: 0; border-top: 0 }
.about .chip { min-width: 0; overflow-wrap: anywhere }
:host(:not([data-talking-to=bot])) .about, .about:has(~ .composer[hidden]) { display: none }`);

let shown = null;

/** With the hands of extras.js; once per topic in a visit. `fresh`: a new conversation, whose first message says so itself. */
export async function offer({ options: { gemeente, server, topic }, composer: { element: composer }, ask, focus }, fresh) {
  const key = `balie:${gemeente}:topic`;
  shown?.remove();
  if (sessionStorage.getItem(key) === topic) return;
  const remember = () => sessionStorage.setItem(key, topic);
  if (fresh) return void remember();
  const address = `${server.replace(/\/$/, '')}/v1/gemeenten/${encodeURIComponent(gemeente)}/topics/${encodeURIComponent(topic)}`;
  const answer = await fetch(address, { credentials: 'omit', referrerPolicy: 'no-referrer' });
  if (!answer.ok) return; // no such topic: the page may be wrong
  const { title } = await answer.json();
  const done = (act) => () => {
    remember();
    bar.remove();
    act();
    focus(); // the button that was pressed is gone
  };
  const bar = h('div', { class: 'about', 'data-testid': 'balie-about' },
    h('button', {
      type: 'button', class: 'chip', 'data-testid': 'balie-ask-about', onclick: done(() => ask(title)),
    }, text.about(title)),
    iconButton('hide-about', text.hideAbout, 'close', done(() => {})));
  const root = composer.getRootNode();
  if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets.push(sheet);
  shown?.remove();
  shown = bar;
  composer.before(bar);
}
