/** Loaded on demand: the conversation as a file or on paper. */
import { h } from './dom.js';
import { text } from './more.js';

/** The page around the chat doesn't go to the printer. `:root` gives it weight against the page's own style. */
const page = new CSSStyleSheet();
page.replaceSync(`
@media print { :root body > :not(balie-chat) { display: none !important } }`);

const paper = new CSSStyleSheet();
paper.replaceSync(`
@media print {
  :host { color-scheme: light; --surface: #fff; --text: #000; --muted: #333; --line: #999; --link: #000; --raised: #fff;
    --own: #fff; --warm: #fff; --warm-text: #000 }
  .panel[open] { all: revert; display: block; position: static; width: auto; height: auto; max-width: none; max-height: none;
    margin: 0; padding: 0; border: 0; overflow: visible; background: #fff; color: #000 }
  .panel > :not(.top, .log), .icon-button, .menu-box, .avatar, .dots, .button, .ask:not(.choices), .chip:not([data-used]),
    .state, .again { display: none !important }
  .log { overflow: visible; display: block; padding: 12px 0 }
  .message, .card, .notice { break-inside: avoid }
  .message.joins .head { position: static; width: auto; height: auto; clip-path: none }
  .bubble { max-width: none; border: 1px solid #999 }
  .citizen { display: block; margin-left: 15%; max-width: none }
  a::after { content: " (" attr(href) ")"; font-size: .8125em }
}`);

/** Gives the citizen the conversation as a file. */
export async function download({ client, say }) {
  const url = URL.createObjectURL(await client.transcript());
  h('a', { href: url, download: text.fileName(new Date().toISOString().slice(0, 10)) }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
  say(text.downloaded);
}

/** Prints the conversation as it stands in the log. Older messages go there first. */
export async function print({ client, root }) {
  while (!root.querySelector('[data-testid=balie-older]').hidden) await client.older();
  const sheets = [[root, paper], [document, page]];
  for (const [place, sheet] of sheets) place.adoptedStyleSheets.push(sheet);
  addEventListener('afterprint', () => {
    for (const [place, sheet] of sheets) place.adoptedStyleSheets = place.adoptedStyleSheets.filter((one) => one !== sheet);
  }, { once: true });
  globalThis.print();
}
