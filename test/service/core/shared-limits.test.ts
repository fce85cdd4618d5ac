import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { labelsMax } from '../../../service/src/core/condition.js';
import { limits } from '../../../service/src/core/limits.js';

const file: unknown = JSON.parse(readFileSync(join(import.meta.dirname, '../../../proto/limits.json'), 'utf8'));

test('the limits that plugin and service share are those of proto/limits.json, which the plugin is held to as well', () => {
  const { songFrameMax, blockFramesMax, messageBytesMax, takesBytesMax, hostNameBytesMax } = limits;
  const { labelBytesMax, missedStretchesMax, tempoBpmMax, beatMax, signatureMax } = limits;
  expect(file).toEqual({
    ...{ songFrameMax, blockFramesMax, messageBytesMax, takesBytesMax, hostNameBytesMax },
    ...{ labelsMax, labelBytesMax, missedStretchesMax, tempoBpmMax, beatMax, signatureMax },
    // A track's name is held to the same length as a host's (wire/decode.ts).
    trackNameBytesMax: hostNameBytesMax,
  });
});
