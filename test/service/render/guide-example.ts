import { noEmphasis } from '../../../service/src/core/emphasis.js';
import { Clock } from '../../../service/src/core/units.js';
import { GuideTrack } from '../../../service/src/render/guide-track.js';

export const clock = new Clock(48_000, 16_000);
export const levelDbfs = -15;
export const sine = (count: number, amplitude: number) =>
  Float32Array.from({ length: count }, (_, frame) => amplitude * Math.sin((2 * Math.PI * 440 * frame) / 48_000));
export const open = (startFrame = 0) => new GuideTrack(clock, startFrame, levelDbfs, noEmphasis);
