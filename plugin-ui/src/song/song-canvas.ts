import type { Rows } from '../geometry/rows.js';
import { el } from '../ui/dom.js';
import type { Workspace } from '../workspace/workspace.js';
import { type DrawingPlace, paintDrawing } from './drawing-layer.js';
import { paintSong } from './painter.js';
import type { SongPicture } from './picture.js';

/** Below this the page is narrow, and every row gets less. */
const compactWidth = 620;

/** Where a song is painted: two layers of one size, the song itself and over it the lane that is drawn on the page. */
export class SongCanvas {
  private readonly song = el('canvas', { class: 'song-paper', 'aria-hidden': 'true' });
  private readonly drawing = el('canvas', { class: 'song-over', 'aria-hidden': 'true' });
  private readonly songContext = this.song.getContext('2d');
  private readonly drawingContext = this.drawing.getContext('2d');
  /** Of the spectrogram's size, to tint it apart from the rest. */
  private readonly scratch = el('canvas').getContext('2d');
  private plotWidth = 0;
  private labelWidth = 46;

  get elements(): readonly HTMLElement[] {
    return [this.song, this.drawing];
  }

  /** Width of the plot, which begins right of the labels. */
  get width(): number {
    return this.plotWidth;
  }

  /** Width of the labels left of the plot. */
  get gutter(): number {
    return this.labelWidth;
  }

  get compact(): boolean {
    return this.plotWidth + this.labelWidth < compactWidth;
  }

  /** Makes both layers as wide as that and as high as the rows; they are empty then. */
  resize(clientWidth: number, rows: Rows): void {
    const scale = window.devicePixelRatio || 1;
    this.labelWidth = clientWidth < compactWidth ? 34 : 46;
    this.plotWidth = Math.max(1, clientWidth - this.labelWidth);
    for (const layer of [this.song, this.drawing]) {
      layer.width = Math.round(clientWidth * scale);
      layer.height = Math.round(rows.height * scale);
    }
    if (this.scratch === null) return;
    this.scratch.canvas.width = Math.round(this.plotWidth * scale);
    this.scratch.canvas.height = Math.round((rows.spectrum?.height ?? 1) * scale);
  }

  paint(picture: SongPicture, workspace: Workspace, place: DrawingPlace): void {
    const { songContext: context, drawingContext: over, scratch, gutter } = this;
    if (context === null || over === null || scratch === null) return;
    const scale = window.devicePixelRatio || 1;
    paintSong({ context, scratch, scale, gutter }, picture);
    over.setTransform(scale, 0, 0, scale, 0, 0);
    over.clearRect(0, 0, this.width + gutter, picture.rows.height);
    over.translate(gutter, 0);
    paintDrawing(over, workspace, place);
  }
}
