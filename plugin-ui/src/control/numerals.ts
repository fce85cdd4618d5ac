/**
 * The page's own numerals, drawn with one stroke on a field of 60 × 100: the big reading looks the same on every
 * machine, and no font has to be shipped.
 */
const strokes: Readonly<Record<string, string>> = {
  '0': 'M8 34a22 24 0 0 1 44 0v32a22 24 0 0 1-44 0z',
  '1': 'M14 26 34 10v80',
  '2': 'M9 32c0-14 9-22 21-22s21 8 21 21c0 9-4 15-10 22L9 90h43',
  '3': 'M10 10h40L29 41c14-1 23 9 23 23 0 16-10 26-24 26-9 0-16-4-20-11',
  '4': 'M40 90V10L6 69h48',
  '5': 'M48 10H15l-3 38c5-5 11-8 18-8 13 0 22 10 22 25s-10 25-23 25c-9 0-16-4-20-10',
  '6': 'M42 10 15 47M8 64a22 24 0 0 1 44 0v2a22 24 0 0 1-44 0zM15 47c-5 6-7 11-7 17',
  '7': 'M8 10h44L24 90',
  '8': 'M12 30a18 20 0 0 1 36 0 18 20 0 0 1-36 0zM8 69a22 21 0 0 1 44 0 22 21 0 0 1-44 0z',
  '9': 'M18 90 45 53M52 36a22 24 0 0 1-44 0v-2a22 24 0 0 1 44 0zM45 53c5-6 7-11 7-17',
  '−': 'M12 52h36',
};

const svgSpace = 'http://www.w3.org/2000/svg';
const advance = 72;
const pointAdvance = 16;

export interface Numerals {
  readonly element: SVGSVGElement;
  show(text: string): void;
}

/** Shows a number; for the eye only, the caller says it in text too. */
export function createNumerals(): Numerals {
  const element = document.createElementNS(svgSpace, 'svg');
  element.setAttribute('aria-hidden', 'true');
  element.setAttribute('class', 'numerals');
  let shown = '';
  return {
    element,
    show(text) {
      if (text === shown) return;
      shown = text;
      let x = 0;
      const glyphs: SVGElement[] = [];
      for (const character of text) {
        if (character === '.') {
          glyphs.push(glyph('circle', { cx: String(x + 1), cy: '88', r: '6.5', class: 'numeral-point' }));
          x += pointAdvance;
          continue;
        }
        const stroke = strokes[character];
        if (stroke !== undefined) glyphs.push(glyph('path', { d: stroke, transform: `translate(${x} 0)` }));
        x += advance;
      }
      element.setAttribute('viewBox', `0 0 ${Math.max(1, x - advance + 60)} 100`);
      element.replaceChildren(...glyphs);
    },
  };
}

function glyph(name: string, attributes: Readonly<Record<string, string>>): SVGElement {
  const element = document.createElementNS(svgSpace, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}
