/**
 * What a model with labels is asked for: an artist and a genre, perhaps on the way to another such pair. It travels as one whole
 * number, so that it is remembered and compared like a temperature:
 * artist·2^23 + genre·2^18 + other artist·2^13 + other genre·2^8 + blend·128.
 */
export interface Condition {
  /** Places in the model's lists, 0 to 31; beyond a list's end its last is meant. */
  readonly artist: number;
  readonly genre: number;
  readonly otherArtist: number;
  readonly otherGenre: number;
  /** 0: all the first pair, 1: all the other. */
  readonly blend: number;
}

/** How many artists, and how many genres, there can be. */
export const labelsMax = 32;
/** Steps of blend's grid. */
export const blendGrid = 128;
/** The largest packed condition. */
export const conditionMax = 31 * 2 ** 23 + 31 * 2 ** 18 + 31 * 2 ** 13 + 31 * 2 ** 8 + blendGrid;

/** The names that a model knows; both lists are empty where it has no labels. */
export interface Labels {
  readonly artists: readonly string[];
  readonly genres: readonly string[];
}

export const noLabels: Labels = { artists: [], genres: [] };

/** The inputs that make a condition. */
export const conditionInputs = ['artist', 'genre', 'otherArtist', 'otherGenre', 'blend'] as const;

const place = (value: number, count: number) => Math.min(Math.max(0, Math.round(value)), Math.max(0, count - 1));

/** The whole number of a condition, of which nothing is left that does not count: at blend 0 there is no other pair. */
export function packCondition({ artist, genre, otherArtist, otherGenre, blend }: Condition, labels: Labels): number {
  const grid = Math.round(Math.min(1, Math.max(0, blend)) * blendGrid);
  const artists = labels.artists.length;
  const genres = labels.genres.length;
  const first = place(artist, artists) * 2 ** 23 + place(genre, genres) * 2 ** 18;
  if (grid === 0) return first;
  return first + place(otherArtist, artists) * 2 ** 13 + place(otherGenre, genres) * 2 ** 8 + grid;
}

/** The condition that a whole number stands for. */
export function unpackCondition(packed: number): Condition {
  return {
    artist: (packed >>> 23) & 31,
    genre: (packed >>> 18) & 31,
    otherArtist: (packed >>> 13) & 31,
    otherGenre: (packed >>> 8) & 31,
    blend: (packed & 255) / blendGrid,
  };
}
