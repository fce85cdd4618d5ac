import { join } from 'node:path';
import { drawCurves } from './curves.js';
import { drawFollowing } from './following-picture.js';
import { readFigures } from './measured.js';
import { drawSpectrogramSheet } from './spectrogram-sheet.js';

export interface PicturesOptions {
  readonly model: string;
  readonly modelRateHz: number;
  /** Holds figures.json and takes/; the pictures are put beside them. */
  readonly folder: string;
  readonly datasetFolder: string;
}

/** The names of the pictures, as they are drawn and as a model's card shows them. */
export const pictureNames = ['curves.png', 'following.png', 'spectrograms.png'] as const;

/** Draws all pictures of the figures. */
export function drawPictures({ model, modelRateHz, folder, datasetFolder }: PicturesOptions): void {
  const found = readFigures(join(folder, 'figures.json'));
  const [curves, following, spectrograms] = pictureNames;
  drawCurves(found, model, join(folder, curves));
  drawFollowing(found, model, join(folder, following));
  const takesFolder = join(folder, 'takes');
  drawSpectrogramSheet({ model, modelRateHz, datasetFolder, takesFolder, output: join(folder, spectrograms) });
}
