import { describe, expect, test } from 'vitest';
import { silentBin } from '../../../service/src/core/mu-law.js';
import { randomWholes } from '../../support/random.js';
import { open, sine } from './guide-example.js';

describe('the gate of a guide', () => {
  test('its own level opens and closes it, over 8 ms', () => {
    const track = open();
    track.append(0, 4800, undefined);
    track.append(4800, 4800, sine(4800, 0.0009)); // below −60 dBFS
    track.append(9600, 4800, sine(4800, 0.2));
    track.append(14_400, 9600, undefined);
    expect([track.gate(1000), track.bin(1000)]).toEqual([0, silentBin]);
    expect(track.gate(3000)).toBe(0);
    expect(track.gate(4500)).toBe(1);
    expect(track.gate(4800 + 100)).toBe(1); // 32 ms are held
    expect(track.gate(4800 + 512 + 128 + 60)).toBe(0);
    let steepest = 0;
    for (let step = 1; step < 7900; step += 1)
      steepest = Math.max(steepest, Math.abs(track.gate(step) - track.gate(step - 1)));
    expect(steepest).toBeLessThanOrEqual(1 / 128);
    expect(steepest).toBeGreaterThan(0);
  });

  test('noise below −60 dBFS is no guide, though it could be raised to one', () => {
    const random = randomWholes(5);
    const track = open();
    track.append(
      0,
      96_000,
      Float32Array.from({ length: 96_000 }, () => 0.0008 * (random(0, 2000) / 1000 - 1)),
    );
    for (let step = 0; step < 31_900; step += 1) expect(track.gate(step)).toBe(0);
  });

  test('beyond what is delivered, and before it, there is none', () => {
    const track = open(3000);
    track.append(3000, 4800, sine(4800, 0.9));
    expect([track.gate(999), track.gate(2600), track.gate(99_999)]).toEqual([0, 0, 0]);
    expect(track.gate(2590)).toBe(1);
  });
});
