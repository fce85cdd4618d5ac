import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { luaFolder } from '../folders.js';
import type { ArdourHome } from './home.js';
import { type Patience, patiently, runLua } from './lua.js';
import type { PluginPlan, SessionPlan } from './plan.js';
import { completeSession } from './session-xml.js';

/** Making a session takes a few seconds; what takes this long hangs. */
const makingMillisMax = 45_000;

/** Makes the session that a plan describes, in place of what is in its folder. */
export async function makeSession(home: ArdourHome, plan: SessionPlan, patience: Patience = {}): Promise<void> {
  const description = `${plan.folder}.lua`;
  await patiently(patience, async () => {
    rmSync(plan.folder, { recursive: true, force: true });
    mkdirSync(dirname(plan.folder), { recursive: true });
    writeFileSync(description, describe(plan));
    try {
      const options = { until: 'saved', timeoutMillis: makingMillisMax };
      await runLua(home, join(luaFolder, 'make-session.lua'), [description], options);
    } finally {
      rmSync(description, { force: true });
    }
  });
  completeSession(plan);
}

/** The part of the plan that Lua makes, as a Lua table. */
function describe(plan: SessionPlan): string {
  const tracks = plan.tracks.map(({ name, plugins = [], sendTo, listensTo, offMix = false }) =>
    table({
      name: text(name),
      plugins: list(plugins.map(describePlugin)),
      send_to: sendTo && text(sendTo),
      listens_to: listensTo && list(listensTo.map(text)),
      off_mix: `${offMix}`,
    }),
  );
  const { name, folder, sampleRateHz } = plan;
  return `return ${table({ name: text(name), folder: text(folder), rate: `${sampleRateHz}`, tracks: list(tracks) })}\n`;
}

function describePlugin({ name, parameters = new Map(), sidechain = false }: PluginPlan): string {
  const fixed = [...parameters].map(([id, value]) => list([`${id}`, `${value}`]));
  return table({ name: text(name), parameters: list(fixed), sidechain: `${sidechain}` });
}

const list = (items: readonly string[]) => `{ ${items.join(', ')} }`;

const table = (fields: Record<string, string | undefined>) =>
  list(Object.entries(fields).flatMap(([key, value]) => (value === undefined ? [] : [`${key} = ${value}`])));

/** A Lua string: everything but letters, digits and a few signs is escaped by its byte. */
function text(content: string): string {
  const bytes = [...Buffer.from(content)];
  return `"${bytes.map((byte) => (/[\w ./-]/.test(String.fromCharCode(byte)) ? String.fromCharCode(byte) : `\\${String(byte).padStart(3, '0')}`)).join('')}"`;
}
