import { createHash } from 'node:crypto';
import { limits } from '../core/limits.js';
import type { SegmentKey } from '../take/segment.js';

/**
 * Who holds what, on disk: a file for each owner.
 *
 *     "SMHD" · u16 version · u16 bytes of the owner's name · the name in UTF-8 · keys, 32 bytes each · SHA-256 of all that
 */
const magic = Buffer.from('SMHD', 'latin1');
const version = 1;
const headerBytes = 8;
const keyBytes = 32;
const sumBytes = 32;
const ownerBytesMax = 4 * limits.storeOwnerCharactersMax;

export const holdFileBytesMax = headerBytes + ownerBytesMax + limits.storeHeldKeysMax * keyBytes + sumBytes;

/** Names come from hosts and from wires: none becomes part of a path. */
export function holdFileName(owner: string): string {
  return `${createHash('sha256').update(owner).digest('hex')}.held`;
}

export function isHoldFileName(name: string): boolean {
  return /^[0-9a-f]{64}\.held$/.test(name);
}

export function encodeHold(owner: string, keys: ReadonlySet<SegmentKey>): Uint8Array {
  const name = Buffer.from(owner, 'utf8');
  const header = Buffer.alloc(headerBytes);
  magic.copy(header);
  header.writeUInt16LE(version, 4);
  header.writeUInt16LE(name.length, 6);
  const body = Buffer.concat([header, name, Buffer.from([...keys].join(''), 'hex')]);
  return Buffer.concat([body, createHash('sha256').update(body).digest()]);
}

/** What `encodeHold` was given, from the file of that name; undefined for anything else. Never throws. */
export function decodeHold(
  fileName: string,
  bytes: Uint8Array,
): { readonly owner: string; readonly keys: ReadonlySet<SegmentKey> } | undefined {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const end = view.length - sumBytes;
  if (end < headerBytes || view.length > holdFileBytesMax) return undefined;
  const body = view.subarray(0, end);
  if (!createHash('sha256').update(body).digest().equals(view.subarray(end))) return undefined;
  if (!body.subarray(0, 4).equals(magic) || body.readUInt16LE(4) !== version) return undefined;
  const keysAt = headerBytes + body.readUInt16LE(6);
  if (keysAt > end || (end - keysAt) % keyBytes !== 0) return undefined;
  const owner = body.toString('utf8', headerBytes, keysAt);
  if (holdFileName(owner) !== fileName) return undefined;
  const keys = new Set<SegmentKey>();
  for (let at = keysAt; at < end; at += keyBytes) keys.add(body.toString('hex', at, at + keyBytes));
  return { owner, keys };
}
