"""What a machine can measure of the chat beyond axe: sizes of targets, what doesn't fit, contrast of controls, the focus.

All of it looks into the open shadow roots of <balie-chat>.
"""

from typing import Any

from playwright.async_api import Page

TARGET = 44  # CSS pixels: the size of the house, more than the 24 of WCAG 2.5.8

_TOOLS = """
const chat = document.querySelector('balie-chat');
const panel = chat.shadowRoot.querySelector('balie-panel')?.shadowRoot.querySelector('.panel');
const all = [];
const gather = (root) => root.querySelectorAll('*').forEach((node) => {
  all.push(node);
  if (node.shadowRoot) gather(node.shadowRoot);
});
gather(chat.shadowRoot);
const visible = (node) => node.getClientRects().length > 0 && getComputedStyle(node).visibility === 'visible';
const unseen = (node) => node.closest('.unseen, .hidden, .message.joins .head') || node.closest('svg') !== null;
const named = (node) =>
  `${node.localName} "${(node.getAttribute('aria-label') || node.textContent || node.id).trim().slice(0, 40)}"`;
"""

# A link within a sentence has the size of its letters: the exception "inline" of 2.5.8.
_SMALL = """(least) => {""" + _TOOLS + """
  const inline = (node) => node.localName === 'a' && getComputedStyle(node).display === 'inline'
    && node.parentElement.textContent.trim() !== node.textContent.trim();
  return all.filter((node) => node.matches('button, a[href], input, textarea, select, summary'))
    .filter((node) => visible(node) && !node.closest('[aria-hidden=true]') && !inline(node))
    .map((node) => [node, (node.type === 'radio' ? node.closest('label') : node).getBoundingClientRect()])
    .filter(([, box]) => box.width < least - .1 || box.height < least - .1)
    .map(([node, box]) => `${named(node)} is ${box.width.toFixed(1)} x ${box.height.toFixed(1)}`);
}"""

_OUTSIDE = """() => {""" + _TOOLS + """
  const found = [];
  const {scrollWidth} = document.documentElement;
  if (scrollWidth > innerWidth) found.push(`the page is ${scrollWidth} wide in a window of ${innerWidth}`);
  if (!panel?.open) return found;
  const frame = panel.getBoundingClientRect();
  const log = panel.querySelector('.log');
  const rolls = getComputedStyle(panel).overflowY === 'auto'; // what is below is reached by scrolling down
  if (log.clientHeight < 40) found.push(`the log is ${log.clientHeight} high`);
  if (frame.bottom > innerHeight + 1 || frame.right > innerWidth + 1) found.push('the panel is larger than the window');
  for (const node of panel.querySelectorAll('*')) {
    if (unseen(node) || !visible(node)) continue;
    const box = node.getBoundingClientRect();
    const room = node.closest('.log') ? log.getBoundingClientRect() : frame;
    if (box.width && (box.left < room.left - 1 || box.right > room.right + 1)) found.push(`${named(node)} sticks out`);
    const scrolled = node.closest('.log, .menu') ?? node; // what scrolls by itself may be long, as long as it fits itself
    if (!rolls && scrolled.getBoundingClientRect().bottom > frame.bottom + 1) found.push(`${named(node)} is under the edge`);
    const cut = ['hidden', 'clip'].includes(getComputedStyle(node).overflowX) && node.scrollWidth > node.clientWidth + 1;
    if (cut && node !== panel && node !== log) found.push(`${named(node)} is cut off`);
  }
  return found;
}"""

# WCAG 1.4.3 and 1.4.11: words, and what tells a field, a choice or a button without words apart. axe looks at words as well, but
# leaves those undecided that are short, or in something that scrolls. What can't be used any more is excepted.
_FAINT = """(least) => {""" + _TOOLS + """
  const pen = Object.assign(document.createElement('canvas'), {width: 1, height: 1}).getContext('2d', {willReadFrequently: true});
  const rgba = (color) => {
    pen.clearRect(0, 0, 1, 1);
    pen.fillStyle = color;
    pen.fillRect(0, 0, 1, 1);
    return [...pen.getImageData(0, 0, 1, 1).data];
  };
  const light = (color) => rgba(color).slice(0, 3).map((part) => part / 255)
    .map((part) => (part <= .04045 ? part / 12.92 : ((part + .055) / 1.055) ** 2.4))
    .reduce((sum, part, index) => sum + part * [.2126, .7152, .0722][index], 0);
  const contrast = (one, other) => {
    const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
    return (high + .05) / (low + .05);
  };
  const behind = (node) => {
    for (let at = node; at; at = at.parentElement ?? at.getRootNode().host) {
      const color = getComputedStyle(at).backgroundColor;
      if (rgba(color)[3] === 255) return color;
    }
    return '#fff';
  };
  const found = [];
  const judge = (node, what, ratio, wanted = least) => {
    if (ratio < wanted) found.push(`${what} of ${named(node)}: ${ratio.toFixed(2)}`);
  };
  for (const node of all.filter(visible)) {
    const style = getComputedStyle(node);
    if (node.closest('[data-retired], [aria-disabled=true], :disabled')) continue;
    const worded = [...node.childNodes].some((child) => child.nodeType === Node.TEXT_NODE && child.data.trim());
    if (worded && !unseen(node)) {
      const size = parseFloat(style.fontSize);
      const large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
      judge(node, 'words', contrast(style.color, behind(node)), large ? 3 : 4.5);
    }
    if (node.matches('textarea, input:not([type=radio]), .radios label')) {
      const around = behind(node.parentElement);
      judge(node, 'edge', Math.max(contrast(style.borderTopColor, around), contrast(behind(node), around)));
    }
    if (node.matches('button:has(> svg)')) judge(node, 'icon', contrast(style.color, behind(node)));
  }
  return found;
}"""

# WCAG 1.4.12: what a reader may set; and what moves although the reader asked for less motion.
_SPACED = """() => {""" + _TOOLS + """
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
    p { margin-bottom: 2em !important }`);
  for (const root of [chat.shadowRoot, ...all.map((node) => node.shadowRoot).filter(Boolean)]) {
    if (!root.spaced) root.adoptedStyleSheets.push(sheet);
    root.spaced = true;
  }
}"""

_MOVING = """() => {""" + _TOOLS + """
  return all.flatMap((node) => node.getAnimations()).filter(({playState}) => playState === 'running')
    .map(({effect}) => `${named(effect.target)} moves`);
}"""

FOCUS = """() => {
  let node = document.activeElement;
  while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
  if (!node || node === document.body) return null;
  const box = node.getBoundingClientRect();
  const style = getComputedStyle(node.matches('input[type=radio]') ? node.closest('label') : node);
  const field = node.labels?.[0]?.textContent;
  const theirs = node.getRootNode() === document; // of the page around the chat
  const middle = [Math.min(Math.max(box.left + box.width / 2, 0), innerWidth - 1),
    Math.min(Math.max(box.top + Math.min(box.height / 2, 30), 0), innerHeight - 1)];
  const inside = box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth;
  const top = node.getRootNode().elementFromPoint(...middle);
  return {
    tag: node.localName, type: node.type ?? '', name: (node.getAttribute('aria-label') || field || node.textContent).trim(),
    hook: node.dataset?.testid ?? '', ring: theirs || (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2),
    inside, covered: inside && !(top && (node.contains(top) || top.contains(node))),
    where: [Math.round(box.left), Math.round(box.top)],
  };
}"""


async def small_targets(page: Page) -> list[str]:
    """Everything to press or fill in that is smaller than TARGET."""
    return list(await page.evaluate(_SMALL, TARGET))


async def outside(page: Page) -> list[str]:
    """What is lost at this size: sticks out, is cut off, scrolls sideways."""
    return list(await page.evaluate(_OUTSIDE))


async def space(page: Page) -> None:
    """Lines, letters and words further apart, as a reader may want them."""
    await page.evaluate(_SPACED)


async def moving(page: Page) -> list[str]:
    """What moves: nothing, for who asked for reduced motion."""
    return list(await page.evaluate(_MOVING))


async def faint(page: Page) -> list[str]:
    """Words with less than 4.5:1 (large ones 3:1), and controls with less than 3:1, against what is around them."""
    return list(await page.evaluate(_FAINT, 3))


async def focused(page: Page) -> dict[str, Any] | None:
    """The element that has the focus, through all shadow roots; None when nothing has."""
    return await page.evaluate(FOCUS)  # type: ignore[no-any-return]
