import type { Condition, Labels } from '../core/condition.js';
import { Failure, printable } from '../core/failure.js';

/** What a command line says of a condition: names, and how far to the other pair. */
export interface WishedCondition {
  readonly artist?: string;
  readonly genre?: string;
  readonly otherArtist?: string;
  readonly otherGenre?: string;
  readonly blend?: number;
}

/**
 * The condition that is asked for; what is not said is the model's first. Undefined: nothing was said, and the model has no labels.
 * @throws Failure `usage` that names what there is, for a name that is not there or a model without labels
 */
export function conditionWished(wished: WishedCondition, labels: Labels, model: string): Condition | undefined {
  const said = [wished.artist, wished.genre, wished.otherArtist, wished.otherGenre, wished.blend];
  if (labels.artists.length === 0) {
    if (said.every((value) => value === undefined)) return undefined;
    throw new Failure('usage', `${model} has no artists and genres: leave out --artist, --genre and --blend.`);
  }
  const { blend = 0 } = wished;
  if (blend > 0 && wished.otherArtist === undefined && wished.otherGenre === undefined) {
    throw new Failure('usage', '--blend needs --other-artist or --other-genre, to say where it leads.');
  }
  const artist = placeOf('artist', wished.artist, labels.artists, 0);
  const genre = placeOf('genre', wished.genre, labels.genres, 0);
  return {
    artist,
    genre,
    otherArtist: placeOf('artist', wished.otherArtist, labels.artists, artist),
    otherGenre: placeOf('genre', wished.otherGenre, labels.genres, genre),
    blend,
  };
}

function placeOf(what: string, name: string | undefined, names: readonly string[], otherwise: number): number {
  if (name === undefined) return otherwise;
  const place = names.findIndex((known) => known.toLowerCase() === name.trim().toLowerCase());
  if (place >= 0) return place;
  throw new Failure('usage', `There is no ${what} "${printable(name, 64)}"; there are ${names.join(', ')}.`);
}
