import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { runLua } from '../../scripts/lib/ardour/lua.js';
import { luaFolder } from '../../scripts/lib/folders.js';
import { parameters } from '../../service/src/core/parameters.js';
import { ServicePage } from '../support/service-page.js';
import { Rig, sampleRateHz } from './rig.js';

const playMillis = 9000;
let rig: Rig;
afterEach(() => rig.close());

test('a knob that a page turns is recorded by a lane in touch mode', async () => {
  rig = await Rig.start('tiny', ['--lookahead-ms', '500']);
  const plan = await rig.session('touch', 30 * sampleRateHz, [{ frame: 0, value: 0.5 }]);
  const page = await ServicePage.at(new URL(rig.service.pageUrl));
  const { id } = parameters.temperature;
  const turn = async () => {
    const { id: session } = await page.until('playback', () => page.snapshot?.playing === true && page.snapshot);
    page.edit(session, id, 'begin');
    for (const value of [0.9, 1.1, 1.3]) {
      const edit = page.edit(session, id, 'perform', value);
      await page.until(`the host is told ${value}`, () => page.edited >= edit);
      await page.until(`the host brings ${value}`, () => Math.abs((page.value(id) ?? 0) - value) < 1e-3);
    }
    page.edit(session, id, 'end');
  };
  const args = [plan.folder, plan.name, `${sampleRateHz}`, '1024', 'simmer', `${id}`, `${playMillis}`];
  const turned = turn();
  const said = await runLua(rig.home, join(luaFolder, 'touch.lua'), args, {
    until: 'recorded',
    timeoutMillis: playMillis + 60_000,
  });
  await turned;
  page.close();
  const points = said.filter(([word]) => word === 'point');
  const recorded = points.map(([, _frame, value]) => Math.round(Number(value) * 1000) / 1000);
  for (const value of [0.5, 0.9, 1.1, 1.3]) expect(recorded).toContain(value);
});
