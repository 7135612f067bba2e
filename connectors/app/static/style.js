/** How the app looks around the conversation; colours and type come from the widget's theme. */
export const sheet = new CSSStyleSheet();

sheet.replaceSync(`
*, ::before, ::after { box-sizing: border-box }
:host { display: block; height: 100dvh; background: var(--surface); color: var(--text) }
h1, h2, h3, p, ul, ol { margin: 0; padding: 0; min-width: 0 }
[hidden] { display: none !important }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
svg { flex: none; width: 24px; height: 24px; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round;
  stroke-linejoin: round }
button { font: inherit; color: inherit; cursor: pointer }
a { color: var(--link); text-underline-offset: .18em }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; border-radius: 6px }
h1:focus-visible { outline: 0 }

.app { display: flex; height: 100% }
.side { flex: 1; display: flex; flex-direction: column; min-width: 0; background: var(--surface) }
.stage { display: none }
.brand { display: flex; align-items: center; gap: 12px; min-height: 60px; background: var(--accent); color: var(--on-accent);
  padding: max(6px, env(safe-area-inset-top)) 8px 6px 16px }
.brand p { flex: 1; font-weight: 650; line-height: 1.25; overflow-wrap: anywhere }
.brand :focus-visible { outline-color: var(--on-accent); outline-offset: -4px }
.icon-button { flex: none; display: grid; place-items: center; width: 44px; height: 44px; padding: 0; border: 1px solid transparent;
  border-radius: 12px; background: none; color: inherit }
@media (hover: hover) { .icon-button:hover { background: color-mix(in srgb, currentColor 14%, transparent) } }
main { position: relative; flex: 1; min-height: 0; overflow: hidden auto; overscroll-behavior: contain; padding: 20px 16px 24px }
main > * + * { margin-top: 14px }
.heading { display: flex; align-items: center; gap: 4px; margin-left: -8px }
.heading h1 { padding-left: 8px }
.heading .icon-button + h1 { padding-left: 0 }
h1 { font-size: 1.5em; font-weight: 700; line-height: 1.2; letter-spacing: -.01em }
h2 { font-size: 1.0625em; font-weight: 650; line-height: 1.3 }
.soft { color: var(--muted) }
.tall { display: inline-block; min-height: 44px; padding-block: 10px; font-weight: 600 }
.bar { padding: 10px 16px; background: var(--warm); color: var(--warm-text); font-size: .9375em; line-height: 1.4 }
.bar:empty { display: none }

.talks { list-style: none; margin-inline: -16px; border-block: 1px solid var(--line) }
.talks li { display: flex; align-items: center; padding-right: 8px }
.talks li + li { border-top: 1px solid var(--line) }
.talk { flex: 1; display: grid; grid-template-columns: 1fr auto; gap: 1px 12px; min-width: 0; padding: 12px 8px 12px 16px; color: inherit;
  text-decoration: none }
.talk:focus-visible { outline-offset: -3px }
.talks li:hover, .talks [aria-current] { background: var(--raised) }
li:has([aria-current]) { background: var(--own) !important }
.talks [aria-current] { background: none }
.name { font-size: 1em; font-weight: 600; line-height: 1.35 }
.name, .last { overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
.time, .last { font-size: .875em; color: var(--muted); line-height: 1.5 }
.time { white-space: nowrap }
.last.strong { color: var(--text); font-weight: 600 }
.last.wrong { color: var(--error); font-weight: 600 }
.count { justify-self: end; align-self: center; min-width: 22px; padding: 0 6px; border-radius: 11px; background: var(--accent);
  color: var(--on-accent); font-size: .8125em; font-weight: 650; line-height: 22px; text-align: center }
.new .name { font-weight: 750 }
.talks .icon-button { color: var(--muted) }
@media (hover: hover) { .talks .icon-button:hover { color: var(--error) } }

.empty { padding: 8px 0 4px }
.foot { padding: 12px 16px max(12px, env(safe-area-inset-bottom)); border-top: 1px solid var(--line) }
.button { display: inline-flex; align-items: center; justify-content: center; gap: 8px; min-height: 48px; padding: 10px 18px;
  border: 1px solid var(--field-line); border-radius: var(--radius); background: var(--surface); color: var(--text);
  font-weight: 600; line-height: 1.3; text-decoration: none }
@media (hover: hover) { .button:hover { background: var(--raised) } }
.button.primary { width: 100%; background: var(--accent); border-color: transparent; color: var(--on-accent) }
@media (hover: hover) { .button.primary:hover { background: var(--accent-hover); color: var(--on-accent-hover) } }
.button.danger { border-color: var(--error); color: var(--error) }
.plain { min-height: 44px; padding: 8px 12px; border: 0; border-radius: var(--radius); background: none; color: var(--link);
  font-weight: 600 }
@media (hover: hover) { .plain:hover { background: var(--raised) } }
.tip { display: grid; gap: 10px; padding: 14px 16px; border: 1px solid var(--line); border-radius: 14px; font-size: .9375em }
.tip div, .setting div { display: flex; flex-wrap: wrap; gap: 8px }
.setting { display: grid; gap: 8px; padding-block: 16px; border-top: 1px solid var(--line) }
.setting a { display: inline-flex; align-items: center; min-height: 44px }
.setting a svg { width: .9em; height: .9em; margin-left: .35em }
.setting ul { list-style: none }

@media (min-width: 600px) and (min-height: 460px) {
  .side { flex: 0 0 clamp(260px, 36%, 400px); border-right: 1px solid var(--line) }
  .stage { flex: 1; display: grid; place-items: center; padding: 24px; background: var(--raised); color: var(--muted); text-align: center }
}
@media (forced-colors: active) {
  .brand, .count, .button { border: 1px solid CanvasText }
  li:has([aria-current]) { outline: 2px solid Highlight; outline-offset: -2px }
}
@media (prefers-reduced-motion: no-preference) { .talks li { transition: background .12s } }`);
