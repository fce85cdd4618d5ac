// Writes models/manifest.schema.json from service/src/model/manifest.ts: `npm run build:schema`, after a change of it.
import { writeFileSync } from 'node:fs';
import { manifestSchemaPath, manifestSchemaText } from '../dist/scripts/lib/manifest-schema.js';

writeFileSync(manifestSchemaPath, manifestSchemaText());
