/** The icons of the app that the widget doesn't have. */
import { icon } from '../widget/dom.js';

const PATHS = {
  back: ['M19 12H5', 'm11 6-6 6 6 6'],
  plus: ['M12 5v14', 'M5 12h14'],
  bin: ['M4 7h16', 'M9 7V4h6v3', 'M6 7l1 13h10l1-13', 'M10 11v5', 'M14 11v5'],
  gear: ['M4 7h9', 'M17 7h3', 'M4 17h3', 'M11 17h9', 'M15 4.5v5', 'M9 14.5v5'],
};

export const glyph = (name) => icon(name, PATHS[name]);
