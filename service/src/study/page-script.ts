/**
 * What runs in a study's page: plain JavaScript, since the page is one file that is opened from a disk, with no network. `STUDY` is
 * its data (study-page.ts).
 */
export const pageScript = String.raw`
'use strict';
const study = JSON.parse(document.getElementById('study').textContent);
const byId = (id) => document.getElementById(id);
const make = (tag, attributes, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
};
const bytesOf = (base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
const audio = byId('audio');
let playing = -1;
const sourceOf = (take) => (take.sound === null ? encodeURI(take.file) : 'data:audio/flac;base64,' + take.sound);

function stop() {
  audio.pause();
  playing = -1;
  refresh();
}
function play(index, from) {
  const take = study.takes[index];
  if (playing !== index) audio.src = sourceOf(take);
  playing = index;
  const begin = () => {
    if (from !== undefined) audio.currentTime = from * study.seconds;
    audio.play().catch(() => say('This browser cannot play ' + take.file + '.'));
  };
  if (audio.readyState > 0 && from !== undefined) begin();
  else if (from === undefined) audio.play().catch(() => say('This browser cannot play ' + take.file + '.'));
  else audio.addEventListener('loadedmetadata', begin, { once: true });
  refresh();
}
const toggle = (index) => (playing === index && !audio.paused ? stop() : play(index));
function say(words) { byId('said').textContent = words; }
audio.addEventListener('ended', stop);

const heat = (value) => {
  const t = value / 255;
  return [255 * Math.min(1, Math.max(0, 2.4 * t - 0.5)), 255 * Math.min(1, Math.max(0, 1.9 * t - 0.8)), 255 * Math.max(0, Math.min(0.55, 1.6 * t) - Math.max(0, 0.9 * (t - 0.6)))];
};
function paint(canvas, { bands, columns, base64 }) {
  canvas.width = columns;
  canvas.height = bands;
  const points = bytesOf(base64);
  const context = canvas.getContext('2d');
  const image = context.createImageData(columns, bands);
  for (let band = 0; band < bands; band += 1) {
    for (let column = 0; column < columns; column += 1) {
      const at = 4 * ((bands - 1 - band) * columns + column);
      image.data.set([...heat(points[band * columns + column]), 255], at);
    }
  }
  context.putImageData(image, 0, 0);
}
const nameOf = (take) => [take.pair, 'T ' + take.temperature, 'item ' + take.item, study.seeds.length > 1 ? 'seed ' + take.seed : ''].filter(Boolean).join(', ');
const shown = (take) => 'entropy ' + take.measures.entropyMean.toFixed(2) + ' · novelty ' + take.measures.novelty.toFixed(2) + ' · repetition ' + take.measures.repetition.toFixed(2) + ' · ' + take.measures.rmsDbfs.toFixed(0) + ' dB';
const cards = study.takes.map((take, index) => {
  if (take.failure !== null) return make('div', { class: 'card failed' }, make('b', {}, nameOf(take)), make('p', {}, take.failure));
  const canvas = make('canvas', { 'aria-hidden': 'true' });
  paint(canvas, take.picture);
  const head = make('span', { class: 'head' });
  const button = make('button', { class: 'player', type: 'button', 'aria-label': 'Play ' + nameOf(take) }, canvas, head);
  button.addEventListener('click', (event) => {
    const box = button.getBoundingClientRect();
    if (event.detail === 0 || playing !== index) toggle(index);
    else play(index, Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)));
  });
  button.addEventListener('dblclick', stop);
  const file = make('a', { href: encodeURI(take.file), download: '' }, 'WAV');
  const card = make('div', { class: 'card', 'data-index': index }, make('div', { class: 'title' }, make('span', {}, nameOf(take)), file), button, make('p', { class: 'facts' }, shown(take)));
  return card;
});
function refresh() {
  cards.forEach((card, index) => card.classList.toggle('playing', index === playing));
}
setInterval(() => {
  if (playing < 0) return;
  const head = cards[playing].querySelector('.head');
  if (head) head.style.left = (100 * audio.currentTime) / study.seconds + '%';
}, 60);

function grid() {
  const out = [];
  const groups = [...new Set(study.takes.map((take) => take.model + '\n' + take.pair))];
  for (const group of groups) {
    const [model, pair] = group.split('\n');
    const table = make('table', {});
    const head = make('tr', {}, make('th', { scope: 'col' }, 'item'), ...study.temperatures.map((value) => make('th', { scope: 'col' }, 'T ' + value)));
    table.append(make('caption', {}, [model, pair].filter(Boolean).join(' · ')), make('thead', {}, head));
    const body = make('tbody', {});
    for (const seed of study.seeds) {
      for (let item = 0; item < study.items; item += 1) {
        const row = make('tr', {}, make('th', { scope: 'row' }, study.seeds.length > 1 ? seed + '/' + item : String(item)));
        for (const temperature of study.temperatures) {
          const index = study.takes.findIndex((take) => take.model === model && take.pair === pair && take.seed === seed && take.item === item && take.temperature === temperature);
          row.append(make('td', {}, index < 0 ? '' : cards[index]));
        }
        body.append(row);
      }
    }
    table.append(body);
    out.push(make('div', { class: 'wide' }, table));
  }
  return out;
}
function sorted(key) {
  const order = study.takes.map((_, index) => index).filter((index) => study.takes[index].failure === null);
  order.sort((a, b) => study.takes[b].measures[key] - study.takes[a].measures[key]);
  return [make('div', { class: 'list' }, ...order.map((index) => cards[index]))];
}
const sort = byId('sort');
for (const [key, title] of Object.entries(study.measures)) sort.append(make('option', { value: key }, title));
const arrange = () => byId('takes').replaceChildren(...(sort.value === '' ? grid() : sorted(sort.value)));
sort.addEventListener('change', arrange);
arrange();

// Blind: which of the two is louder, hotter or newer is not said before the vote.
const store = 'simmer-study-' + study.digest;
let votes = [];
try { votes = JSON.parse(localStorage.getItem(store) || '[]'); } catch { votes = []; }
const able = study.takes.map((_, index) => index).filter((index) => study.takes[index].failure === null);
let duel = [];
function draw() {
  stop();
  if (able.length < 2) return say('At least two takes are needed to compare.');
  const first = able[Math.floor(Math.random() * able.length)];
  const others = able.filter((index) => index !== first && study.takes[index].temperature !== study.takes[first].temperature);
  const from = others.length > 0 ? others : able.filter((index) => index !== first);
  duel = [first, from[Math.floor(Math.random() * from.length)]];
  byId('reveal').textContent = '';
  for (const id of ['better-a', 'better-b', 'equal']) byId(id).disabled = false;
  document.body.classList.add('blind');
}
function vote(choice) {
  if (duel.length !== 2) return;
  const [a, b] = duel.map((index) => study.takes[index]);
  votes.push({ a: a.file, b: b.file, choice, at: new Date().toISOString() });
  try { localStorage.setItem(store, JSON.stringify(votes)); } catch { say('This browser cannot keep votes. Save them before you close the page.'); }
  byId('reveal').textContent = 'A was ' + nameOf(a) + '; B was ' + nameOf(b) + '.';
  for (const id of ['better-a', 'better-b', 'equal']) byId(id).disabled = true;
  document.body.classList.remove('blind');
  duel = [];
  tally();
}
function tally() {
  const wins = new Map(study.temperatures.map((value) => [value, [0, 0]]));
  const of = (file) => study.takes.find((take) => take.file === file);
  for (const { a, b, choice } of votes) {
    for (const [file, mine] of [[a, 'a'], [b, 'b']]) {
      const count = wins.get(of(file)?.temperature);
      if (!count) continue;
      count[1] += 1;
      if (choice === mine) count[0] += 1;
    }
  }
  const rows = [...wins].map(([value, [won, heard]]) => make('tr', {}, make('th', { scope: 'row' }, 'T ' + value), make('td', {}, won + ' of ' + heard)));
  byId('tally').replaceChildren(...rows);
  byId('votes').textContent = votes.length + (votes.length === 1 ? ' vote' : ' votes');
}
byId('next').addEventListener('click', draw);
byId('play-a').addEventListener('click', () => (duel.length === 2 ? play(duel[0], 0) : say('Draw a pair first.')));
byId('play-b').addEventListener('click', () => (duel.length === 2 ? play(duel[1], 0) : say('Draw a pair first.')));
byId('better-a').addEventListener('click', () => vote('a'));
byId('better-b').addEventListener('click', () => vote('b'));
byId('equal').addEventListener('click', () => vote('equal'));
byId('save').addEventListener('click', () => {
  const link = make('a', { href: URL.createObjectURL(new Blob([JSON.stringify({ study: study.digest, votes }, null, 1)], { type: 'application/json' })), download: 'votes.json' });
  link.click();
});
byId('forget').addEventListener('click', () => {
  if (!confirm('Forget all votes of this study?')) return;
  votes = [];
  try { localStorage.removeItem(store); } catch { /* There was nothing. */ }
  tally();
});
document.addEventListener('keydown', (event) => {
  if (event.target.closest('select, input, a, button') && event.key === ' ') return;
  const keys = { Escape: stop, n: draw, a: () => byId('play-a').click(), b: () => byId('play-b').click(), 1: () => byId('better-a').click(), 2: () => byId('better-b').click(), 0: () => byId('equal').click() };
  if (event.metaKey || event.ctrlKey || event.altKey || !keys[event.key]) return;
  keys[event.key]();
});
for (const id of ['better-a', 'better-b', 'equal']) byId(id).disabled = true;
tally();
`;
