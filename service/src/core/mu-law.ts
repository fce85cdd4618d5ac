/** The quantizer of docs/models.md: mu-law (the curve of ITU-T G.711 with mu = 255) over 256 bins. */
export const binCount = 256;
/** The bin of silence. */
export const silentBin = 128;

/** Amplitude of every bin: sgn(v)·(256^|v| − 1)/255 with v = 2b/255 − 1, rounded to float32. Within ±1. */
export const binAmplitudes: Float32Array = Float32Array.from({ length: binCount }, (_, bin) => {
  const companded = (2 * bin) / 255 - 1;
  return (Math.sign(companded) * (256 ** Math.abs(companded) - 1)) / 255;
});

/** The bin of an amplitude; beyond ±1 it is clipped, and what is not a number is silence. */
export function binOfAmplitude(amplitude: number): number {
  if (Number.isNaN(amplitude)) return silentBin;
  const clipped = Math.min(1, Math.max(-1, amplitude));
  const companded = (Math.sign(clipped) * Math.log(1 + 255 * Math.abs(clipped))) / Math.log(256);
  return Math.floor(((companded + 1) / 2) * 255 + 0.5);
}
