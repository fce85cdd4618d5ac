/** The colours of the pictures. Temperature has one language everywhere: blue is cold, orange is hot. */
export type Rgb = readonly [red: number, green: number, blue: number];

export const paper = '#0f1319';
export const panel = '#141a22';
export const rule = '#232c38';
export const ink = '#e8edf3';
export const quiet = '#8b98a8';
/** What the host said, wherever it is drawn. */
export const host = '#f4f7fb';

type Stop = readonly [at: number, colour: Rgb];

const temperatureStops: readonly Stop[] = [
  [0.6, [43, 108, 246]],
  [0.75, [70, 168, 240]],
  [0.88, [150, 205, 214]],
  [0.98, [250, 206, 132]],
  [1.08, [255, 130, 52]],
  [1.25, [236, 62, 36]],
];

const levelStops: readonly Stop[] = [
  [0, [20, 26, 34]],
  [0.2, [26, 36, 74]],
  [0.42, [72, 45, 122]],
  [0.62, [176, 56, 106]],
  [0.8, [240, 122, 58]],
  [0.93, [253, 206, 110]],
  [1, [255, 250, 225]],
];

export const colourOfTemperature = (temperature: number): Rgb => along(temperatureStops, temperature);

/** `share` is 0 at the bottom of the decibel scale and 1 at its top. */
export const colourOfLevel = (share: number): Rgb => along(levelStops, share);

export const css = ([red, green, blue]: Rgb, opacity = 1): string => `rgba(${red}, ${green}, ${blue}, ${opacity})`;

function along(stops: readonly Stop[], at: number): Rgb {
  const above = stops.findIndex(([place]) => place >= at);
  const next = above < 0 ? stops.at(-1) : stops[above];
  const last = above <= 0 ? next : stops[above - 1];
  if (next === undefined || last === undefined || next === last) return (next ?? last)?.[1] ?? [0, 0, 0];
  const share = (at - last[0]) / (next[0] - last[0]);
  const mix = (channel: 0 | 1 | 2) => Math.round(last[1][channel] + (next[1][channel] - last[1][channel]) * share);
  return [mix(0), mix(1), mix(2)];
}
