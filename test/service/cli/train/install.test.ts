import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { installModel } from '../../../../service/src/cli/train/install-model.js';
import { ensurePython } from '../../../../service/src/cli/train/python-environment.js';
import { torchSource } from '../../../../service/src/cli/train/torch-source.js';
import { root, temporaryFolder } from '../../../support/service-process.js';

function folderWith(content: string): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'manifest.json'), content);
  return folder;
}

describe('a model that was trained', () => {
  test('takes the place of an older one of its name, and nothing is left over', async () => {
    const models = join(temporaryFolder(), 'deep', 'models');
    for (const content of ['old', 'new']) {
      const folder = await installModel(folderWith(content), models, 'my-song');
      expect(readFileSync(join(folder, 'manifest.json'), 'utf8')).toBe(content);
      expect(readdirSync(models)).toEqual(['my-song']);
    }
  });

  test('stays where it is, and is told of, where it cannot be put', async () => {
    const models = folderWith('a file in the place of the folder');
    const made = folderWith('new');
    await expect(installModel(made, join(models, 'manifest.json'), 'my-song')).rejects.toMatchObject({
      code: 'exhausted',
      message: expect.stringContaining(made),
    });
  });
});

describe('the Python of training', () => {
  const options = (ownPython: string | undefined, trainingFolder = join(root, 'training')) => ({
    ownPython,
    trainingFolder,
    cacheFolder: temporaryFolder(),
    signal: new AbortController().signal,
    say: () => {},
  });

  test('that was named and is none is told by its name', async () => {
    await expect(ensurePython(options('/nowhere/python'))).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('/nowhere/python'),
    });
  });

  test('that was named and lacks packages is told by what it lacks', async () => {
    const training = temporaryFolder();
    mkdirSync(join(training, 'simmer_training', 'own_song'), { recursive: true });
    const script = join('simmer_training', 'own_song', 'environment.py');
    writeFileSync(join(training, script), readFileSync(join(root, 'training', script)));
    writeFileSync(join(training, 'pyproject.toml'), '[project]\ndependencies = ["no-such-package==1.2.3"]\n');
    await expect(ensurePython(options('python3', training))).rejects.toMatchObject({
      message: expect.stringContaining('lacks no-such-package==1.2.3'),
    });
    writeFileSync(join(training, 'pyproject.toml'), '[project]\ndependencies = []\n');
    expect(await ensurePython(options('python3', training))).toBe('python3');
  });

  test.runIf(process.platform === 'linux')(
    'is made once, from the index that fits, or else from the usual one',
    async () => {
      const wanted = { python: '3.12', missing: ['numpy==2.4.6', 'torch==2.15.0'] };
      const { asked, training, ensure } = machineWith(
        wanted,
        'case "$*" in *--index-url*) exit 1;; esac; none_missing',
      );
      expect(await ensure()).toBe(join(training, '.venv/bin/python'));
      expect(asked()).toEqual([
        '--version',
        expect.stringMatching(/^venv --clear --python >=3.11 /),
        expect.stringMatching(/^pip install --python \S+ torch==2.15.0 --index-url https:\S+\/cpu$/),
        expect.stringMatching(/^pip install --python \S+ numpy==2.4.6 torch==2.15.0$/),
      ]);
      // The next time there is nothing to do.
      await ensure();
      expect(asked()).toHaveLength(4);
    },
  );

  test.runIf(process.platform === 'linux')(
    'that cannot be installed is told with the last words of what tried',
    async () => {
      const { ensure } = machineWith({ python: '3.12', missing: ['numpy==2.4.6'] }, 'echo no route to host; exit 1');
      await expect(ensure()).rejects.toMatchObject({
        code: 'unavailable',
        message: expect.stringMatching(/no route to host.*run the same command again/),
      });
    },
  );

  /** A machine without a graphics card whose uv only writes down what it is asked for, and does `install`. */
  function machineWith(lacks: object, install: string) {
    const bin = temporaryFolder();
    const training = temporaryFolder();
    const [asked, state] = [join(bin, 'asked'), join(bin, 'state')];
    writeFileSync(state, JSON.stringify(lacks));
    const python = `#!/bin/sh\ncat ${state}\n`;
    writeFileSync(join(bin, 'python'), python, { mode: 0o755 });
    writeFileSync(join(bin, 'nvidia-smi'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    const uv = [
      '#!/bin/sh',
      `echo "$@" >> ${asked}`,
      `none_missing() { echo '{"python": "3.12", "missing": []}' > ${state}; }`,
      `case "$1" in venv) mkdir -p "$5/bin"; cp ${join(bin, 'python')} "$5/bin/python";; pip) ${install};; esac`,
    ];
    writeFileSync(join(bin, 'uv'), `${uv.join('\n')}\n`, { mode: 0o755 });
    return {
      training,
      asked: () => readFileSync(asked, 'utf8').trim().split('\n'),
      ensure: async () => {
        const path = process.env.PATH;
        process.env.PATH = `${bin}:${path}`;
        try {
          return await ensurePython(options(undefined, training));
        } finally {
          process.env.PATH = path;
        }
      },
    };
  }
});

test('every machine gets the PyTorch for it', () => {
  expect(torchSource('linux', true).index).toBeUndefined();
  expect(torchSource('linux', false).index).toMatch(/\/cpu$/);
  expect(torchSource('darwin', false).index).toBeUndefined();
  expect(torchSource('win32', true).index).toMatch(/\/cu\d+$/);
  expect(torchSource('win32', false).index).toBeUndefined();
});
