/** The widget's panel as a page of the app: beside the list, and on a phone over it. */
export const sheet = new CSSStyleSheet();

sheet.replaceSync(`
.panel { inset: 0 0 0 auto; width: calc(100% - clamp(260px, 36%, 400px)); height: 100dvh; border-radius: 0; box-shadow: none; animation: none }
.top { padding: max(6px, env(safe-area-inset-top)) 8px 6px; min-height: 60px }
.avatar { width: 36px; height: 36px }
h2 { overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
.composer, .end { padding-bottom: max(8px, env(safe-area-inset-bottom)) }
.log { padding-inline: max(16px, calc((100% - 46em) / 2)) }
.app-bar { display: grid; gap: 6px; padding: 10px 16px; border-top: 1px solid var(--line); background: var(--own);
  font-size: .9375em; line-height: 1.4 }
.app-bar .row { display: flex; align-items: flex-start; gap: 4px; margin-right: -8px }
.app-bar .row p { flex: 1; padding-top: 4px }
:host([data-ended]) :is(.composer, .queue, [data-testid=balie-person], [data-testid=balie-download], [data-testid=balie-print]) { display: none !important }
@media (max-width: 599.98px), (max-height: 459.98px) { .panel { inset: 0; width: 100%; height: var(--seen, 100dvh) } }`);
