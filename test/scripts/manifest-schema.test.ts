import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { manifestSchemaPath, manifestSchemaText } from '../../scripts/lib/manifest-schema.js';

test('models/manifest.schema.json is what the service reads manifests by', () => {
  expect(readFileSync(manifestSchemaPath, 'utf8'), 'run `npm run build:schema`').toBe(manifestSchemaText());
});
