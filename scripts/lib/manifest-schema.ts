import { join } from 'node:path';
import { z } from 'zod';
import { manifestSchema } from '../../service/src/model/manifest.js';
import { repository } from './folders.js';

/** Where the schema of manifest.json lies for programs that are not ours, and for training/. */
export const manifestSchemaPath = join(repository, 'models', 'manifest.schema.json');

/** The JSON Schema of what a person or a program writes into manifest.json, as it stands in the file. */
export function manifestSchemaText(): string {
  const schema = {
    title: 'manifest.json of a model folder (docs/models.md)',
    $comment:
      'Written by `npm run build:schema` from service/src/model/manifest.ts. What a schema cannot say, such as which ' +
      'files must be listed and how large a state is, `simmer models check` says.',
    ...z.toJSONSchema(manifestSchema, { io: 'input' }),
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}
