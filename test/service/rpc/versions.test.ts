import { afterAll, beforeAll, expect, test } from 'vitest';
import { protocolVersion } from '../../../service/src/wire/messages.js';
import { RenderClient } from '../../support/render-client.js';
import { ServicePage } from '../../support/service-page.js';
import { ServiceProcess } from '../../support/service-process.js';

let service: ServiceProcess;
beforeAll(async () => {
  service = await ServiceProcess.start();
});
afterAll(() => service.stop());

test('a plugin of another version is refused at once, and the page says which to update for as long as it asks', async () => {
  const page = await ServicePage.open(service);
  await page.until('the sessions', () => page.isTold);
  expect(page.refused).toBe('');
  for (const [version, outdated] of [
    [1, 'plugin'],
    [protocolVersion + 1, 'service'],
  ] as const) {
    const plugin = new RenderClient(service.discovery);
    plugin.send({ open: { protocolVersion: version, instanceId: 'ab'.repeat(16), sampleRateHz: 48_000 } });
    const { details, responses } = await plugin.ended();
    expect(responses.map(({ failure }) => failure?.message)).toEqual([details]);
    await page.until('the refusal', () => page.refused === details);
    expect(details).toContain(`update the ${outdated}`);
  }
  await page.until('its end', () => page.refused === '');
  const good = new RenderClient(service.discovery);
  await good.open();
  await page.until('the instance', () => page.snapshot);
  expect(page.refused).toBe('');
  good.close();
  page.close();
});
