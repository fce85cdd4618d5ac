import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { DiscoveryFile } from '../../../service/src/discovery/discovery-file.js';
import { cacheFolder, modelFolders, runtimeFolder } from '../../../service/src/discovery/folders.js';
import { RenderClient } from '../../support/render-client.js';
import { runSimmer, ServiceProcess, temporaryFolder } from '../../support/service-process.js';

const refusedArguments = (folder: string) => ['serve', '--json', '--model', 'tiny', '--runtime-dir', folder];

describe('service.json', () => {
  test('is there while the service lives, for its user only, and goes with it', async () => {
    const folder = join(temporaryFolder(), 'run');
    const service = await ServiceProcess.start([], folder);
    expect(service.discoveryFile).toBe(join(folder, 'service.json'));
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(service.discoveryFile).mode & 0o777).toBe(0o600);
    expect(service.discovery).toMatchObject({ version: 1, pid: service.pid });
    expect(service.discovery.grpc).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(service.discovery.page).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=/);
    expect(service.discovery.token).toMatch(/^[\w-]{43}$/);
    expect(await service.stop('SIGINT')).toBe(0);
    expect(existsSync(service.discoveryFile)).toBe(false);
  });

  test('a second service is refused with one clear line while the first lives; elsewhere it may run', async () => {
    const folder = temporaryFolder();
    const service = await ServiceProcess.start([], folder);
    const second = await runSimmer(refusedArguments(folder));
    expect(second.code).toBe(1);
    expect(second.stderr.trim().split('\n').at(-1)).toContain(`process ${service.pid}`);
    expect(JSON.parse(readFileSync(service.discoveryFile, 'utf8')).pid).toBe(service.pid);
    const elsewhere = await ServiceProcess.start();
    await elsewhere.stop();
    await service.stop();
  });

  test('the file of a service that was killed, of a process that is no service, or no file at all is replaced', async () => {
    const folder = temporaryFolder();
    const killed = await ServiceProcess.start([], folder);
    await killed.stop('SIGKILL');
    expect(existsSync(killed.discoveryFile)).toBe(true);
    const heir = await ServiceProcess.start([], folder);
    expect(heir.pid).not.toBe(killed.pid);
    await heir.stop();
    // A live process, at a port where nobody listens: the number has been given to another program.
    const page = 'http://127.0.0.1:1/';
    const stale = { version: 1, pid: process.pid, grpc: '127.0.0.1:1', page, token: 'x', startedAt: '' };
    for (const content of [JSON.stringify(stale), '', '{', '[]', 'x'.repeat(10_000)]) {
      writeFileSync(join(folder, 'service.json'), content);
      await (await ServiceProcess.start([], folder)).stop();
    }
  });

  test('another token takes the place of the first, and not in the file of another service', async () => {
    const file = new DiscoveryFile(temporaryFolder());
    const { pid } = process;
    const own = { version: 1 as const, pid, grpc: '127.0.0.1:1', page: '', token: 'first', startedAt: '' };
    await file.claim(async () => own);
    await file.replaceToken('second');
    expect(JSON.parse(readFileSync(file.path, 'utf8'))).toEqual({ ...own, token: 'second' });
    expect(statSync(file.path).mode & 0o777).toBe(0o600);
    writeFileSync(file.path, JSON.stringify({ ...own, pid: pid + 1 }));
    await expect(file.replaceToken('third')).rejects.toThrow('not this service');
    expect(JSON.parse(readFileSync(file.path, 'utf8')).token).toBe('first');
  });

  test('control: a live process that listens where the file says is not replaced', async () => {
    const folder = temporaryFolder();
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const file = { version: 1, pid: process.pid, grpc: `127.0.0.1:${port}`, page: '', token: 'x', startedAt: '' };
    writeFileSync(join(folder, 'service.json'), JSON.stringify(file));
    expect((await runSimmer(refusedArguments(folder))).code).toBe(1);
    server.close();
  });

  test('shutting down tells open streams, and they end', async () => {
    const service = await ServiceProcess.start();
    const client = new RenderClient(service.discovery);
    await client.open();
    const ended = client.ended();
    expect(await service.stop()).toBe(0);
    const { code, responses } = await ended;
    expect(code).toBe(14);
    expect(responses.at(-1)?.failure?.message).toContain('shutting down');
    client.close();
  });

  test.skipIf(process.platform !== 'linux')('only loopback is listened on', async () => {
    const service = await ServiceProcess.start();
    const sockets = readFileSync(`/proc/${service.pid}/net/tcp`, 'utf8');
    const listening = sockets
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[3] === '0A');
    const port = Number(service.discovery.grpc.split(':')[1]).toString(16).toUpperCase().padStart(4, '0');
    const ours = listening.filter((fields) => fields[1]?.endsWith(`:${port}`)).map((fields) => fields[1]);
    expect(ours).toEqual([`0100007F:${port}`]);
    await service.stop();
  });
});

describe('folders', () => {
  test('are where docs/protocol.md says', () => {
    expect(runtimeFolder({ SIMMER_RUNTIME_DIR: '/x/y' }, 'linux')).toBe('/x/y');
    expect(runtimeFolder({ XDG_STATE_HOME: '/s' }, 'linux')).toBe('/s/simmer');
    expect(runtimeFolder({}, 'linux')).toMatch(/\/\.local\/state\/simmer$/);
    expect(runtimeFolder({}, 'darwin')).toMatch(/Library\/Application Support\/Simmer$/);
    expect(runtimeFolder({ LOCALAPPDATA: '/l' }, 'win32')).toBe('/l/Simmer');
  });

  test('of what can be found out again: the cache of the user, or beside a runtime folder of their own', () => {
    expect(cacheFolder({ SIMMER_RUNTIME_DIR: '/x/y' }, 'linux')).toBe('/x/y/cache');
    expect(cacheFolder({ XDG_CACHE_HOME: '/c' }, 'linux', '/own')).toBe('/own/cache');
    expect(cacheFolder({ XDG_CACHE_HOME: '/c' }, 'linux')).toBe('/c/simmer');
    expect(cacheFolder({}, 'linux')).toMatch(/\/\.cache\/simmer$/);
    expect(cacheFolder({}, 'darwin')).toMatch(/Library\/Caches\/Simmer$/);
    expect(cacheFolder({ LOCALAPPDATA: '/l' }, 'win32')).toBe('/l/Simmer/cache');
  });

  test('of models: those of the environment first', () => {
    expect(modelFolders({ SIMMER_MODELS: '/m' }, 'linux', '/package')[0]).toBe('/m');
    expect(modelFolders({}, 'linux', '/package')).toContain('/package/models');
  });
});
