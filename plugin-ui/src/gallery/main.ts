import '../style/tokens.css';
import './gallery.css';
import { el } from '../ui/dom.js';
import { createComparison } from './comparison.js';
import type { Gallery } from './data.js';
import { createExhibit } from './exhibit.js';

const introduction =
  'Every sound here was drawn value by value from a neural network. The lane is the temperature. When it is cold, ' +
  'the model repeats what it is sure of; when it is hot, it wanders. Click in a picture to play from there.';

const data = JSON.parse(document.getElementById('gallery-data')?.textContent ?? '{}') as Gallery;
const parts = [
  ...data.exhibits.map(createExhibit),
  ...data.comparisons.map((comparison) => createComparison(comparison, data.exhibits)),
];
const page = document.getElementById('page');
page?.replaceChildren(
  el('header', {}, el('h1', {}, 'Simmer'), el('p', { class: 'story' }, introduction)),
  ...parts.map(({ element }) => element),
);

// A playhead follows its audio, which has no event for its position: it is read at every frame.
const draw = () => {
  for (const part of parts) part.show();
  requestAnimationFrame(draw);
};
draw();
