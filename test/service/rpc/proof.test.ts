import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { Proofs } from '../../../service/src/rpc/proof.js';

const nonceOf = (number: number) => number.toString(16).padStart(64, '0');
const proofOf = (token: string, nonce: string) =>
  createHmac('sha256', token).update(`simmer client ${nonce}`).digest('hex');

function callers(noncesMax: number, publish: (token: string) => Promise<void> = async () => {}) {
  const proofs = new Proofs(publish, noncesMax);
  const call = (number: number, token = proofs.token) =>
    proofs.answer(nonceOf(number), proofOf(token, nonceOf(number)));
  return { proofs, call };
}

describe('a proof is good for one call', () => {
  test('a fresh nonce is answered with the proof of the service, and refused the second time', () => {
    const { proofs, call } = callers(8);
    const own = createHmac('sha256', proofs.token)
      .update(`simmer service ${nonceOf(1)}`)
      .digest('hex');
    expect(call(1)).toBe(own);
    expect(() => call(1)).toThrow('used before');
    call(2);
    expect(() => call(1)).toThrow('used before');
  });

  test('a wrong proof is remembered by nobody: it neither fills the memory nor spends a nonce', () => {
    const { proofs, call } = callers(2);
    for (let number = 0; number < 100; number += 1) expect(() => call(number, 'another')).toThrow('missing or wrong');
    expect(proofs.nonceCount).toBe(0);
    call(1);
  });

  test('however many calls there are, memory is bounded and nothing is ever good twice', async () => {
    const published: string[] = [];
    const { proofs, call } = callers(4, async (token) => void published.push(token));
    const used: [number, string][] = [];
    for (let number = 0; number < 50; number += 1) {
      try {
        call(number);
        used.push([number, proofs.token]);
      } catch (thrown) {
        expect(String(thrown)).toContain('being replaced');
        await proofs.renew();
      }
      expect(proofs.nonceCount).toBeLessThanOrEqual(4);
    }
    expect(used).toHaveLength(40);
    expect(published.length).toBeGreaterThan(8);
    expect(proofs.token).toBe(published.at(-1));
    for (const [number, token] of used) expect(() => call(number, token)).toThrow();
  });

  test('a token that cannot be made known stays, admits nobody new, and is tried again', async () => {
    let full = true;
    const { proofs, call } = callers(1, async () => {
      if (full) throw new Error('ENOSPC');
    });
    const { token } = proofs;
    call(1);
    expect(() => call(2)).toThrow('being replaced');
    await expect(proofs.renew()).rejects.toThrow('ENOSPC');
    expect(proofs.token).toBe(token);
    expect(() => call(1)).toThrow('used before');
    full = false;
    await proofs.renew();
    expect(proofs.token).not.toBe(token);
    call(2);
  });
});
