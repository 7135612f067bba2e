/**
 * Colours, type and shape: NL Design System tokens of the page, or fall-back values that meet WCAG AA. Tokens are used
 * in pairs, background with text; in the dark only the pair of the main button is taken from the theme.
 */
export const theme = new CSSStyleSheet();

theme.replaceSync(`
:host {
  all: initial; color-scheme: light dark; line-height: 1.5;
  font-family: var(--utrecht-document-font-family,
    -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Liberation Sans", Arial, sans-serif);
  --accent: var(--utrecht-button-primary-action-background-color, #17508f);
  --on-accent: var(--utrecht-button-primary-action-color, #fff);
  --accent-hover: var(--utrecht-button-primary-action-hover-background-color,
    color-mix(in srgb, var(--accent) 86%, #000));
  --on-accent-hover: var(--utrecht-button-primary-action-hover-color, var(--on-accent));
  --surface: var(--utrecht-document-background-color, #fff);
  --text: var(--utrecht-document-color, #1b1f24);
  --link: var(--utrecht-link-color, #17508f);
  --focus: var(--utrecht-focus-outline-color, #111);
  --error: var(--utrecht-form-field-error-message-color, #a8201a);
  --field: var(--utrecht-textbox-background-color, #fff);
  --field-text: var(--utrecht-textbox-color, #1b1f24);
  --field-line: var(--utrecht-textbox-border-color, #767f8a);
  --mark: var(--accent);
  --raised: color-mix(in srgb, var(--text) 5%, var(--surface));
  --own: color-mix(in srgb, var(--accent) 13%, var(--surface));
  --muted: color-mix(in srgb, var(--text) 72%, var(--surface));
  --line: color-mix(in srgb, var(--text) 14%, var(--surface));
  --warm: #fff4d6; --warm-text: #3d2f00; --warm-line: #8a6d1a;
  --radius: var(--utrecht-button-border-radius, 10px);
  --shadow: 0 4px 12px #0002, 0 16px 48px #0003;
}
@media (prefers-color-scheme: dark) {
  :host {
    --surface: #15191e; --text: #e8ebee; --link: #8fbcff; --focus: #fff; --error: #ffb4ab; --field: #1d2329;
    --field-text: #e8ebee; --field-line: #8a94a0; --raised: #232930;
    --own: color-mix(in srgb, var(--accent) 42%, var(--surface));
    --mark: color-mix(in srgb, var(--accent) 55%, #fff);
    --warm: #3a300f; --warm-text: #fbe9b4; --warm-line: #c9a63c;
    --shadow: 0 4px 12px #0006, 0 16px 48px #0008, 0 0 0 1px var(--line);
  }
}
@media (forced-colors: active) {
  :host { --line: CanvasText; --field-line: CanvasText; --focus: Highlight; --muted: CanvasText }
}`);

/** How the panel looks: type in em (the reader's own font size), targets at least 44px. */
export const sheet = new CSSStyleSheet();

sheet.replaceSync(`
*, ::before, ::after { box-sizing: border-box }
h2, h3, p, ul, ol, dl, dd, fieldset { margin: 0; padding: 0; border: 0; min-width: 0 }
[hidden] { display: none !important }
.unseen, .message.joins .head { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
  white-space: nowrap }
.whole { display: inline-block }
svg { flex: none; width: min(1.5em, 26px); height: min(1.5em, 26px); fill: none; stroke: currentColor; stroke-width: 2;
  stroke-linecap: round; stroke-linejoin: round }
button, input, textarea { font: inherit; color: inherit }
button { cursor: pointer }
a { color: var(--link); text-underline-offset: .18em; overflow-wrap: anywhere }
a svg { width: .9em; height: .9em; margin-left: .25em; vertical-align: -.05em }
:focus-visible, input[type=date]:focus-within { outline: 3px solid var(--focus); outline-offset: 2px; border-radius: 4px }
h2:focus-visible { outline-offset: 0 }

.panel { position: fixed; inset: auto var(--balie-right, 20px) 92px var(--balie-left, auto); z-index: 2147483000;
  display: none; flex-direction: column; width: min(408px, calc(100vw - 40px)); height: min(700px, calc(100dvh - 112px));
  margin: 0; padding: 0; border: 0;
  max-width: none; max-height: none; overflow: hidden auto; border-radius: 18px; background: var(--surface);
  color: var(--text); box-shadow: var(--shadow); animation: rise .2s ease-out }
.panel[open] { display: flex }
.panel::backdrop { background: none }
@keyframes rise { from { opacity: 0; transform: translateY(12px) } }

.top { display: flex; align-items: center; gap: 4px; padding: 10px 8px 10px 16px; border-bottom: 1px solid var(--line) }
.avatar { flex: none; display: grid; place-items: center; width: 40px; height: 40px; margin-right: 8px;
  border-radius: 50%; background: var(--accent); color: var(--on-accent) }
.avatar svg:last-child, :host([data-talking-to=agent]) .avatar svg:first-child { display: none }
:host([data-talking-to=agent]) .avatar svg:last-child { display: block }
.titles { flex: 1; min-width: 0 }
h2 { font-size: 1.0625em; font-weight: 650; line-height: 1.3 }
.companion { font-size: .875em; line-height: 1.35; color: var(--muted); overflow-wrap: anywhere }
.icon-button { flex: none; display: grid; place-items: center; width: 44px; height: 44px; padding: 0;
  border: 1px solid transparent; border-radius: 12px; background: none; color: var(--muted) }
@media (hover: hover) { .icon-button:hover { background: var(--raised); color: var(--text) } }
[data-testid=balie-menu] svg { stroke-width: 3 }
.menu-box { position: relative }
.menu { position: absolute; right: 0; top: 50px; z-index: 2; width: max-content; max-width: min(300px, 80vw);
  padding: 6px; list-style: none; background: var(--surface); border: 1px solid var(--line); border-radius: 14px;
  box-shadow: var(--shadow); max-height: calc(100dvh - 180px); overflow-y: auto }
.menu button { width: 100%; min-height: 44px; padding: 8px 14px; border: 0; border-radius: 9px; background: none;
  text-align: left }
@media (hover: hover) { .menu button:hover { background: var(--raised) } }
:host(:not([data-talking-to=bot])) [data-testid=balie-person] { display: none }
.menu .danger { color: var(--error) }

.log { position: relative; flex: 1; min-height: 6em; overflow: hidden auto; overscroll-behavior: contain; padding: 16px;
  display: flex; flex-direction: column; align-items: flex-start; gap: 6px; scrollbar-width: thin }
.log:focus-visible { outline-offset: -3px; border-radius: 0 }
.day { align-self: center; margin: 2px 0 6px; font-size: .8125em; color: var(--muted) }
.day::first-letter { text-transform: uppercase }
.message { max-width: 100%; margin-top: 10px; animation: rise .18s ease-out }
.message.joins { margin-top: 0 }
.head { display: flex; gap: .5em; margin: 0 4px 3px; font-size: .8125em; color: var(--muted) }
.who { font-weight: 600 }
.bubble { width: fit-content; max-width: min(100%, 34em); padding: 10px 14px; border-radius: 4px 16px 16px;
  background: var(--raised); overflow-wrap: anywhere }
.joins .bubble { border-radius: 16px }
.bubble > * + * { margin-top: .6em }
.bubble > .next, .notice .next { margin-top: .3em }
.bubble :is(ul, ol) { padding-left: 1.25em }
.bubble li + li { margin-top: .25em }
.bubble li::marker { color: var(--muted) }
.agent .bubble { background: none; border: 1px solid var(--line); border-left: 3px solid var(--mark) }
.citizen { align-self: flex-end; max-width: 86%; display: flex; flex-direction: column; align-items: flex-end }
.citizen .bubble { background: var(--own); border-radius: 16px 4px 16px 16px; white-space: pre-wrap }
.citizen.joins .bubble { border-radius: 16px }
.redacted .bubble { background: none; border: 1px dashed var(--line); color: var(--muted); font-style: italic }
.source { margin-bottom: -10px; border-top: 1px solid var(--line); font-size: .875em }
.source a { display: inline-block; min-height: 44px; padding-block: 11px }
.link { margin: 2px 4px 0 }
.link a { min-height: 44px; padding-block: 8px }
.link a:not(.button) { display: inline-block }
.link .button { margin: 6px -4px 0; gap: 0 }
.state { display: flex; flex-wrap: wrap; align-items: center; justify-content: flex-end; gap: 2px 10px;
  margin: 3px 4px 0; font-size: .8125em; color: var(--muted); text-align: right }
[data-state=sending] .state { animation: late 1s step-end }
@keyframes late { from { opacity: 0 } }
[data-state=sent]:has(~ .message) .state, [data-state=read]:has(~ .citizen) .state { display: none }
:is([data-state=waiting], [data-state=refused]) .state { color: var(--error) }
[data-state=refused] .bubble { border: 1px solid var(--error) }
.again { min-height: 44px; padding: 0 6px; border: 0; background: none; color: var(--link); font-weight: 600;
  text-decoration: underline; text-underline-offset: .18em }

.line { align-self: stretch; display: flex; flex-direction: column; align-items: center; margin: 8px 0 4px;
  padding: 0 8px; font-size: .875em; color: var(--muted); text-align: center; text-wrap: balance }
.line[data-kind=handover] { padding: 10px 14px; border-radius: 12px; background: var(--own); color: var(--text) }
.notice { align-self: stretch; display: flex; gap: 10px; margin: 10px 0 4px; padding: 12px 14px; border-radius: 12px;
  background: var(--warm); color: var(--warm-text); border: 1px solid var(--warm-line) }
.dots { display: flex; align-items: center; gap: 5px; margin-top: 8px; padding: 14px 16px; border-radius: 16px;
  background: var(--raised) }
.dots span { width: 7px; height: 7px; border-radius: 50%; background: var(--muted); animation: blink 1.2s infinite }
.dots span:nth-child(2) { animation-delay: .15s }
.dots span:nth-child(3) { animation-delay: .3s }
@keyframes blink { 0%, 60%, 100% { opacity: .35 } 30% { opacity: 1 } }
.dots p { margin-block: -6px; font-size: .875em; color: var(--muted) }
.newer-box { position: relative; height: 0; z-index: 1; display: flex; justify-content: center; align-items: flex-end }
.newer { margin-bottom: 10px; border-radius: 22px; box-shadow: var(--shadow) }
.status { display: flex; flex-wrap: wrap; align-items: center; padding: 0 16px; background: var(--warm);
  color: var(--warm-text); font-size: .875em }
.status:not(:empty) { padding-block: 8px }
.status[data-state=live] { background: var(--own); color: var(--text) }
.status .again { color: inherit }

.button { display: inline-flex; align-items: center; justify-content: center; gap: 8px; min-height: 44px;
  padding: 8px 16px; border: 1px solid var(--field-line); border-radius: var(--radius); background: var(--surface);
  color: var(--text); font-weight: 600; line-height: 1.3; text-decoration: none }
.button svg { width: 1.25em; height: 1.25em; margin: 0 }
@media (hover: hover) { .button:hover { background: var(--raised) } }
.button.primary { background: var(--accent); border-color: transparent; color: var(--on-accent) }
@media (hover: hover) { .button.primary:hover { background: var(--accent-hover); color: var(--on-accent-hover) } }
.button.danger { border-color: var(--error); color: var(--error) }
.button.quiet { align-self: center; border-color: var(--line); font-size: .875em }

.ask { margin-top: 8px; max-width: 34em }
.choices { display: flex; flex-wrap: wrap; gap: 8px }
.chip { min-height: 44px; padding: 8px 16px; border: 1px solid var(--field-line); border-radius: 22px;
  background: var(--surface); color: var(--link); font-weight: 550; line-height: 1.3; text-align: left }
@media (hover: hover) { .chip:hover { background: var(--own) } }
form.ask, .card { width: 328px; max-width: 100%; padding: 14px; border: 1px solid var(--line); border-radius: 16px }
form.ask > * + *, .field > * + *, fieldset > * + * { margin-top: 8px }
.field + .field { margin-top: 14px }
legend { padding: 0 }
label, legend { font-weight: 600; line-height: 1.35 }
.hint, .ends { font-size: .875em; color: var(--muted); line-height: 1.4 }
.ends { display: flex; justify-content: space-between }
.error { color: var(--error); font-size: .9375em; font-weight: 600; line-height: 1.4 }
.ask input:not([type=radio]) { display: block; width: 100%; min-height: 46px; padding: 8px 12px;
  border: 1px solid var(--field-line); border-radius: var(--radius); background: var(--field);
  color: var(--field-text) }
.ask input[aria-invalid=true] { border: 2px solid var(--error) }
.ask .primary { width: 100% }
.radios { display: grid; grid-template-columns: repeat(auto-fill, minmax(4em, 1fr)); gap: 8px 7px }
.rating .radios { grid-template-columns: repeat(5, 1fr) }
.radios label { position: relative; display: grid; place-items: center; min-height: 44px;
  border: 1px solid var(--field-line); border-radius: var(--radius); font-weight: 500; cursor: pointer }
@media (hover: hover) { .radios label:hover { background: var(--raised) } }
.radios input { position: absolute; inset: 0; margin: 0; opacity: 0; cursor: pointer }
.radios label:has(:checked) { border-color: var(--accent); background: var(--accent); color: var(--on-accent);
  font-weight: 650 }
.radios label:has(:focus-visible) { outline: 3px solid var(--focus); outline-offset: 2px }
[data-retired] .chip, [data-retired] .button, :has(> form[data-retired]) > .link .button, [data-retired] .radios label,
[data-retired] input { cursor: default; color: var(--muted); background: none; border-color: var(--line);
  font-weight: 500 }
[data-retired] .chip[data-used], [data-retired] label:has(:checked) { border-color: var(--accent);
  background: var(--own); color: var(--text) }
form[data-retired] :is(.button:not(:focus), .hint, .ends, .error), form[data-retired]:is(.date, .form):not(:focus-within) {
  display: none }

.card { margin-top: 8px; container-type: inline-size }
.card-title { display: flex; align-items: center; gap: 8px; font-size: .875em; font-weight: 600; color: var(--muted) }
.card-title::first-letter { text-transform: uppercase }
.card-title svg { width: 1.25em; height: 1.25em }
.card-main { margin-top: 6px; font-size: 1.125em; font-weight: 650; line-height: 1.35; overflow-wrap: anywhere }
.card dl { display: grid; grid-template-columns: fit-content(36%) 1fr; gap: 6px 12px; align-items: baseline;
  margin-top: 12px }
.card dt { font-size: .8125em; color: var(--muted) }
.card dd { overflow-wrap: anywhere }
.card ul { padding-left: 1.1em }
.card dd:has(ul) { grid-column: 1 / -1; margin-top: -4px }
@container (max-width: 15em) { .card dl { display: block } .card dt { margin-top: 8px } }
.card .button { width: 100%; margin-top: 14px }
.steps { display: flex; gap: 4px; margin-top: 12px }
.steps span { flex: 1; height: 6px; border-radius: 3px; background: var(--line) }
.steps .done { background: var(--mark) }
.step { margin-top: 4px; font-size: .875em; color: var(--muted) }

.composer, .end { padding: 10px 12px 8px; border-top: 1px solid var(--line) }
.field-row { display: flex; align-items: flex-end; gap: 8px }
textarea { flex: 1; min-width: 0; min-height: 48px; max-height: min(9.5em, 30dvh); padding: 11px 16px; resize: none;
  field-sizing: content; border: 1px solid var(--field-line); border-radius: 24px; background: var(--field);
  color: var(--field-text); line-height: 1.5 }
textarea::placeholder { color: var(--muted); opacity: 1 }
textarea:focus-visible { outline-width: 2px; outline-offset: -1px; border-radius: 24px }
.send { flex: none; display: grid; place-items: center; width: 48px; height: 48px; padding: 0;
  border: 1px solid transparent; border-radius: 50%; background: var(--accent); color: var(--on-accent) }
@media (hover: hover) { .send:hover { background: var(--accent-hover); color: var(--on-accent-hover) } }
.send:focus-visible { border-radius: 50% }
.composer .hint { margin: 6px 4px 0; font-size: .8125em }
.note:not(:empty) { margin: 0 4px 6px; font-size: .875em; color: var(--muted) }
.note.error { color: var(--error) }
[data-off] :is(textarea, .send) { background: var(--raised); color: var(--muted); cursor: default }
.end { display: grid; padding-bottom: 14px }

@media (max-width: 599.98px), (max-height: 459.98px) {
  .panel { inset: 0; width: 100%; height: var(--seen, 100dvh); border-radius: 0; box-shadow: none }
}
@media (max-height: 459.98px) {
  .top { padding-block: 2px } .avatar, .composer .hint { display: none } .composer { padding-block: 6px }
  .menu { top: 46px; max-height: calc(100dvh - 56px) } .log { min-height: 3.5em }
}
@media (forced-colors: active) {
  .panel, .bubble, .dots, .avatar, .send, .line[data-kind=handover], .steps span { border: 1px solid CanvasText }
  .radios label:has(:checked), .steps .done { background: Highlight; color: HighlightText; forced-color-adjust: none }
  [data-retired] :is(.chip, input, label) { color: GrayText }
}
@media print { .panel[open] { display: none } }
@media (prefers-reduced-motion: reduce) {
  *, ::before, ::after { animation: none !important; transition: none !important }
}`);
